"""A small real SSH server on loopback. Commands run in the real `sh` of this machine."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh
from asyncssh.packet import UInt32

OnExec = Callable[["ShellSession"], Awaitable[None]]


@dataclass
class Node:
    """One server: how it behaves, and what it saw."""

    host_key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    client_keys: list[asyncssh.SSHKey] = field(default_factory=list)
    host_certificate: asyncssh.SSHCertificate | None = None
    max_sessions: int = 1000
    drop_logins: int = 0
    forward: bool = True
    passes_signals: bool = False
    env: dict[str, str] = field(default_factory=dict)
    on_exec: OnExec | None = None
    port: int = 0
    logins: int = 0
    users: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)
    forwards: list[tuple[str, int]] = field(default_factory=list)
    channels: int = 0
    most_channels: int = 0
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)
    sessions: list["ShellSession"] = field(default_factory=list)
    _acceptor: asyncssh.SSHAcceptor | None = None

    async def start(self) -> "Node":
        """Listen on a free port."""
        keys: list[object] = [self.host_key]
        if self.host_certificate:
            keys = [(self.host_key, self.host_certificate)]
        self._acceptor = await asyncssh.create_server(
            lambda: _Server(self), "127.0.0.1", self.port, server_host_keys=keys, encoding=None
        )
        self.port = self._acceptor.get_port()
        return self

    async def stop(self) -> None:
        """Cut all connections and stop listening."""
        if self._acceptor:
            self._acceptor.close()
            await self._acceptor.wait_closed()
        for connection in self.connections:
            connection.abort()
        for session in self.sessions:
            session.kill_daemons()
            await session.gone.wait()

    def known_hosts_line(self) -> str:
        """What known_hosts must hold to trust this server."""
        return f"[127.0.0.1]:{self.port} {self.host_key.export_public_key().decode().strip()}\n"

    def write_known_hosts(self, path: Path) -> str:
        """Add this server to a known_hosts file."""
        with path.open("a") as file:
            file.write(self.known_hosts_line())
        return str(path)


class _Server(asyncssh.SSHServer):
    def __init__(self, node: Node) -> None:
        self._node = node

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        if self._node.drop_logins:
            self._node.drop_logins -= 1
            conn.abort()
            return
        self._node.connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        self._node.users.append(username)
        if not self._node.client_keys:
            self._node.logins += 1
        return bool(self._node.client_keys)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return key in [known.convert_to_public() for known in self._node.client_keys]

    def auth_completed(self) -> None:
        if self._node.client_keys:
            self._node.logins += 1

    def session_requested(self) -> "ShellSession | bool":
        if self._node.channels >= self._node.max_sessions:
            return False
        return ShellSession(self._node)

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        self._node.forwards.append((dest_host, dest_port))
        if not self._node.forward:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "open failed")
        return True


class ShellSession(asyncssh.SSHServerSession[bytes]):
    """One channel; the command it asks for runs in a process group of its own."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.process: asyncio.subprocess.Process | None = None
        self._input: asyncio.Queue[bytes] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self.gone = asyncio.Event()
        node.sessions.append(self)
        node.channels += 1
        node.most_channels = max(node.most_channels, node.channels)

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self.channel = chan

    def exec_requested(self, command: str) -> bool:
        self.node.commands.append(command)
        return True

    def session_started(self) -> None:
        self._tasks.append(asyncio.create_task(self._run(self.node.commands[-1])))

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        self._input.put_nowait(data)

    def eof_received(self) -> bool:
        self._input.put_nowait(b"")
        return True

    def signal_received(self, signal: str) -> None:
        self.node.signals.append(signal)
        if self.node.passes_signals:
            self.kill()

    def connection_lost(self, exc: Exception | None) -> None:
        self.node.channels -= 1

    def kill(self) -> None:
        """End the process group."""
        if self.process and self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)

    def kill_daemons(self) -> None:
        """End what the command left behind, too."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    async def _run(self, command: str) -> None:
        try:
            await self._serve(command)
        finally:
            self.gone.set()

    async def _serve(self, command: str) -> None:
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_shell(
            command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True, env={**os.environ, **self.node.env}
        )
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stderr
        self._tasks.append(asyncio.create_task(self._feed(self.process.stdin)))
        if self.node.on_exec:
            self._tasks.append(asyncio.create_task(self._behave(self.node.on_exec)))
        pumps = asyncio.gather(
            self._pump(self.process.stdout, None), self._pump(self.process.stderr, asyncssh.EXTENDED_DATA_STDERR)
        )
        while self.process.returncode is None:  # wait() would wait for the streams too
            await asyncio.sleep(0.002)
        await self._end(self.process.returncode, pumps)

    async def _end(self, code: int, pumps: "asyncio.Future[tuple[None, None]]") -> None:
        """As sshd does: the exit code is told at once, and the channel stays open until the streams end."""
        with suppress(OSError):
            if code < 0:
                self.channel.exit_with_signal(signal.Signals(-code).name.removeprefix("SIG"))
            elif not self.channel.is_closing():
                self.channel._send_request(b"exit-status", UInt32(code))
        await pumps
        with suppress(OSError):
            self.channel.close()

    async def _behave(self, on_exec: OnExec) -> None:
        await on_exec(self)

    async def _feed(self, stdin: asyncio.StreamWriter) -> None:
        while data := await self._input.get():
            stdin.write(data)
            with suppress(ConnectionError):
                await stdin.drain()
        stdin.close()

    async def _pump(self, stream: asyncio.StreamReader, datatype: asyncssh.DataType) -> None:
        while data := await stream.read(65536):
            with suppress(OSError):
                self.channel.write(data, datatype)
