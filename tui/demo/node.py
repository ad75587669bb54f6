"""A simulated storage node on the network: an SSH server on loopback in front of a `Machine`."""

import asyncio
import contextlib
import logging
import shlex
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from typing import cast

import asyncssh

from tui.demo import flock
from tui.demo.executor import CutConnectionError, Executor
from tui.demo.faults import Faults
from tui.demo.machine import Machine
from tui.demo.minishell import Shell, ShellSyntaxError
from tui.demo.reply import Reply

Lookup = Callable[[str, int], "SimNode | None"]
log = logging.getLogger(__name__)


class SimNode:
    """One node: `machine` is its inside, `faults` what goes wrong, `executor.history` what it was asked.

    It listens on `address`:`port` from `start` to `close` and lets in whoever has the client key.
    """

    def __init__(self, machine: Machine, address: str, port: int, client_key: str, lookup: Lookup) -> None:
        self.machine, self.address, self.port = machine, address, port
        self.name = machine.name
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.import_public_key(client_key)
        self.faults = Faults(machine, self._apply)
        self.executor = Executor(machine, self.faults)
        self.lookup = lookup
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self.accepted = 0
        self._listener: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[socket.socket] = []
        self._started = False
        self._options: asyncssh.SSHServerConnectionOptions | None = None

    @property
    def public_key(self) -> str:
        """The host key as known_hosts has it."""
        return self.host_key.export_public_key().decode().strip()

    def start(self) -> None:
        """Open the port. Raises OSError where it is taken."""
        self._options = asyncssh.SSHServerConnectionOptions(
            server_factory=lambda: _Server(self),
            server_host_keys=[self.host_key],
            process_factory=self._process,
            kex_algs=["curve25519-sha256"],
            encryption_algs=["aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com"],
            compression_algs=None,
            login_timeout=60,
        )
        self._started = True
        self._apply()

    def _apply(self) -> None:
        closed = not self._started or self.faults.refuse or self.faults.powered_off
        if closed and self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None
        elif not closed and self._listener is None:
            self._listener = socket.create_server((self.address, self.port), backlog=64)
            self._listener.setblocking(False)
            self.port = self._listener.getsockname()[1]
            asyncio.get_running_loop().add_reader(self._listener, self._accept)
        if self.faults.powered_off:
            self.drop_connections()

    def _accept(self) -> None:
        if self._listener is None:
            return
        with contextlib.suppress(BlockingIOError):
            taken, _ = self._listener.accept()
            self.accepted += 1
            if self.faults.hang:
                self._held.append(taken)
                return
            taken.setblocking(False)
            self._spawn(self._serve(taken))

    async def _serve(self, taken: socket.socket) -> None:
        try:
            await asyncssh.run_server(taken, options=self._options)
        except (OSError, asyncssh.Error) as error:
            log.debug("%s: a connection ended early: %s", self.name, error)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def drop_connections(self) -> None:
        """Cut all connections at once."""
        for connection in list(self.connections):
            connection.abort()
        for taken in self._held:
            # no lingering: the other side sees a reset, as from a machine that is gone
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            taken.close()
        self._held.clear()

    async def _process(self, process: "asyncssh.SSHServerProcess[str]") -> None:
        try:
            code = await self._session(process)
            process.exit(code)
        except CutConnectionError:
            await asyncio.sleep(0)
            process.channel.get_connection().abort()
        except ShellSyntaxError as error:
            process.stderr.write(f'sh: Syntax error: "{error}" unexpected\n')
            process.exit(2)
        except (BrokenPipeError, ConnectionError, asyncssh.Error) as error:
            log.debug("%s: a session ended early: %s", self.name, error)

    async def _session(self, process: "asyncssh.SSHServerProcess[str]") -> int:
        async def emit(out: str, err: str) -> None:
            if out:
                process.stdout.write(out)
            if err:
                process.stderr.write(err)
            await process.stdout.drain()

        async def run(argv: Sequence[str], stdin: str) -> Reply:
            if argv[0] != "exec":
                return await self.executor.run(argv, stdin)
            shell.exited = True
            reply = await self.executor.run(argv[1:], stdin)
            if "flock" not in argv or reply.code:
                return reply
            words = argv[argv.index("flock") :]
            return Reply(await flock.keep(self.machine, words, process.stdin.read, emit))

        command = process.command or ""
        shell = Shell(run, emit)
        if shlex.split(command) != ["sh", "-s"]:
            if command:
                await shell.feed(f"{command}\n")
            return await shell.finish()
        while not shell.exited and (line := await process.stdin.readline()):
            await shell.feed(line)
        return await shell.finish()

    def lets_in(self, key: asyncssh.SSHKey) -> bool:
        """Whether the authorized_keys of its user hold a key."""
        home = "/root" if self.machine.user == "root" else f"/home/{self.machine.user}"
        try:
            lines = self.machine.files.read(f"{home}/.ssh/authorized_keys").decode().splitlines()
        except OSError:
            return False
        blob = key.export_public_key().decode().split()[1]
        return any(blob in line for line in lines)

    async def close(self) -> None:
        """Close the port and all connections."""
        self._started = False
        self._apply()
        self.drop_connections()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class _Server(asyncssh.SSHServer):
    """One connection to a node."""

    def __init__(self, node: SimNode) -> None:
        self._node = node
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._node.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._node.connections.discard(self._connection)

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        known = key.public_data == self._node.client_key.public_data or self._node.lets_in(key)
        return known and username == self._node.machine.user and not self._node.faults.refuse_key

    def connection_requested(
        self, dest_host: str, dest_port: int, orig_host: str, orig_port: int
    ) -> "Awaitable[asyncssh.SSHTCPSession[bytes]]":
        other = self._node.lookup(dest_host, dest_port)
        if other is None or self._connection is None or other.faults.refuse or other.faults.powered_off:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "Connection refused")
        # asyncssh takes a forwarder here (its own documentation says so), its types know sessions only
        forwarder = self._connection.forward_connection(other.address, other.port)
        return cast("Awaitable[asyncssh.SSHTCPSession[bytes]]", forwarder)
