"""Reach the nodes' sshd from outside their network namespace: 127.77.0.(10+I):22 -> 10.77.0.(10+I):22.

Usage: relay.py NAMESPACE NODES. Listens first, then enters the namespace; prints "ready".
"""

import ctypes
import os
import socket
import sys
import threading

CLONE_NEWNET = 0x40000000


def pump(source: socket.socket, target: socket.socket) -> None:
    """Copy one direction until its end, then tell the other side."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        target.close()


def join(client: socket.socket, node: int) -> None:
    """Serve one connection; a node that is away closes it."""
    try:
        server = socket.create_connection((f"10.77.0.{10 + node}", 22), 10)
    except OSError:
        client.close()
        return
    server.settimeout(None)
    back = threading.Thread(target=pump, args=(server, client), daemon=True)
    back.start()
    pump(client, server)
    back.join()
    client.close()
    server.close()


def serve(listener: socket.socket, node: int) -> None:
    """Take connections for one node for ever."""
    while True:
        threading.Thread(target=join, args=(listener.accept()[0], node), daemon=True).start()


def main() -> None:
    """Listen for all nodes and wait for ever."""
    namespace, nodes = sys.argv[1], int(sys.argv[2])
    listeners = {node: socket.create_server((f"127.77.0.{10 + node}", 22), backlog=64) for node in range(1, nodes + 1)}
    handle = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(handle, CLONE_NEWNET) != 0:
        sys.exit(f"can't enter the network namespace {namespace}: {os.strerror(ctypes.get_errno())}")
    for node, listener in listeners.items():
        threading.Thread(target=serve, args=(listener, node), daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
