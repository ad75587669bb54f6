"""One batch of commands on one SSH channel: `sh -s` is started, reads the script, and answers."""

import asyncio
import logging
import secrets
from dataclasses import dataclass, replace

import asyncssh

from tui.core.plan import Command, Result
from tui.core.runner import OnOutput
from tui.dialects import shell
from tui.remote.collect import Budget, Stream
from tui.remote.errors import CommandTimeout, ConnectionLost, Denied, RemoteError, Unreachable
from tui.remote.gate import Gate
from tui.remote.limits import Limits

# What a login shell answers that does not run our `sh`: nologin, a missing program, a forced command.
_NO_SHELL = (1, 126, 127)
# The shell tells its process first: a command that has to end is ended by it (see `_stop`).
_TELL_PID = "printf '\\n%s pid %s\\n' {mark} $$ >&2\n"
_STOP_SECONDS = 5.0
# Seconds between the end of `sh` and the look whether a daemon holds its streams.
STREAMS_GRACE = 0.2
_STOPPING: set[asyncio.Task[None]] = set()

log = logging.getLogger(__name__)


async def stopped() -> None:
    """Wait until commands that were given up have been ended on their nodes."""
    if _STOPPING:
        await asyncio.wait(_STOPPING)


@dataclass(frozen=True, slots=True)
class Batch:
    """Commands for one node, and how they are run there. `stoppable`: the shell tells its process first."""

    node: str
    commands: tuple[Command, ...]
    stop: bool = True
    sudo: bool = False
    on_output: OnOutput | None = None
    stoppable: bool = True

    def seconds(self, most: float) -> float:
        """How long the batch may take: what its commands may take together, at most `most`."""
        return min(most, sum(command.timeout for command in self.commands))


class _Session(asyncssh.SSHClientSession[bytes]):
    """Feeds what arrives to the streams; knows when `sh` has ended and when the channel is closed."""

    def __init__(self, out: Stream, err: Stream, gate: Gate) -> None:
        self.out, self.err, self.gate = out, err, gate
        self.closed: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self.exited = asyncio.Event()

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        """sshd opened the channel; `sh` is not asked for yet."""
        self.gate.channel_opened()

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """Standard output or standard error."""
        (self.err if datatype == asyncssh.EXTENDED_DATA_STDERR else self.out).feed(data)

    def exit_status_received(self, status: int) -> None:
        """`sh` has ended; output may still be on its way."""
        self.exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is gone: after the end of `sh`, or with the connection."""
        self.exited.set()
        self.gate.channel_closed()
        if not self.closed.done():
            self.closed.set_result(exc)


async def open_session(
    connection: asyncssh.SSHClientConnection, session: asyncssh.SSHClientSession[bytes], node: str, limits: Limits
) -> asyncssh.SSHClientChannel[bytes]:
    """Open a channel with `sh -s` on it. Raises asyncssh.ChannelOpenError, or Unreachable on silence."""
    try:
        async with asyncio.timeout(limits.login_timeout):
            channel, _ = await connection.create_session(
                lambda: session, " ".join(shell.SHELL_ARGV), encoding=None, request_pty=False
            )
            return channel
    except TimeoutError as problem:
        connection.abort()
        raise Unreachable(
            node,
            f"the node did not open a channel within {limits.login_timeout:g} s; the connection was ended",
            "The machine may be overloaded or its network broken; look at its console.",
        ) from problem


class Channel:
    """An open channel on which `sh -s` waits for its script. Nothing was run so far."""

    def __init__(self, batch: Batch, limits: Limits, gate: Gate) -> None:
        self._batch, self._limits, self._gate = batch, limits, gate
        self._mark = secrets.token_hex(16)
        clock = asyncio.get_running_loop().time
        budget = Budget(limits.output)
        self._started = clock()
        self._out = Stream(self._mark, budget, clock, batch.on_output)
        self._err = Stream(self._mark, budget, clock, batch.on_output)
        self._session = _Session(self._out, self._err, gate)
        self._connection: asyncssh.SSHClientConnection | None = None
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None

    async def open(self, connection: asyncssh.SSHClientConnection) -> None:
        """Open the channel. Raises asyncssh.ChannelOpenError when sshd wants no more, Unreachable on silence."""
        self._connection = connection
        self._channel = await open_session(connection, self._session, self._batch.node, self._limits)

    async def run(self) -> list[Result]:
        """Hand over the script and wait for its end.

        Raises ConnectionLost or CommandTimeout (their `results` say what had ended), or Denied
        when the node did not run our shell at all.
        """
        channel, batch = self._channel, self._batch
        if channel is None:
            raise RuntimeError("open() comes before run()")
        script = shell.render(batch.commands, self._mark, sudo=batch.sudo, stop=batch.stop)
        if batch.stoppable:
            script = _TELL_PID.format(mark=self._mark) + script
        self._started = asyncio.get_running_loop().time()
        seconds = batch.seconds(self._limits.batch_timeout)
        try:
            channel.write(script.encode())
            channel.write_eof()
            async with asyncio.timeout(seconds):
                problem = await self._end()
        except TimeoutError:
            await self._stop(channel)
            raise self._timed_out(seconds) from None
        except asyncio.CancelledError:
            # who cancels must not wait for the node; the task is held until it is done
            task = asyncio.create_task(self._stop(channel))
            _STOPPING.add(task)
            task.add_done_callback(_STOPPING.discard)
            raise
        except OSError as broken:
            problem = broken
        channel.abort()
        return self._ended(problem, channel.get_exit_status(), channel.get_exit_signal() is not None)

    async def _end(self) -> Exception | None:
        """Wait until the channel is closed, or `sh` has ended and told all its marks.

        A daemon that a command left behind (mount.glusterfs does) may hold the streams open for ever.
        """
        await self._session.exited.wait()
        closed = self._session.closed
        while not closed.done():
            await asyncio.wait([closed], timeout=STREAMS_GRACE)
            if self._told_all():
                break
        return closed.result() if closed.done() else None

    def _told_all(self) -> bool:
        codes, commands = self._out.codes, self._batch.commands
        if not codes or len(codes) != len(self._err.codes):
            return False
        return len(codes) == len(commands) or (self._batch.stop and codes[-1] not in commands[len(codes) - 1].ok)

    def _ended(self, problem: Exception | None, status: int | None, signalled: bool) -> list[Result]:
        results = self._results()
        if self._told_all():
            return results
        node, first = self._batch.node, results[0] if results else None
        if first and first.code is None and status in _NO_SHELL and not signalled and problem is None:
            said = " ".join((first.stdout + " " + first.stderr).split())[:300]
            raise Denied(
                node,
                f"the node's login shell did not run `sh`: {said or f'exit code {status}'}",
                "Give the user a real shell on the node, without a forced command, or name another user.",
            )
        why = f": {problem}" if problem else ": the shell was killed" if signalled else ""
        raise self._with_results(
            ConnectionLost(
                node,
                f"the connection broke while `{_running(results)}` ran{why}",
                "Whether it took effect is not known: it is looked at again before it is repeated.",
            ),
            results,
        )

    def _timed_out(self, seconds: float) -> RemoteError:
        results = self._results()
        return self._with_results(
            CommandTimeout(
                self._batch.node,
                f"`{_running(results)}` did not end in time ({seconds:g} s for the batch)",
                "It was told to stop and may still run on the node: look there before it is repeated.",
            ),
            results,
        )

    def _with_results(self, error: ConnectionLost, results: list[Result]) -> ConnectionLost:
        error.results = tuple(results)
        return error

    def _results(self) -> list[Result]:
        """What the streams hold, with the seconds each command took."""
        self._out.finish()
        self._err.finish()
        results = shell.split(self._batch.commands, self._mark, self._out.text, self._err.text)
        times = [self._started, *self._out.marks, asyncio.get_running_loop().time()]
        cut = self._out.cut | self._err.cut
        return [
            replace(result, seconds=times[number + 1] - times[number], truncated=number in cut)
            for number, result in enumerate(results)
        ]

    async def _stop(self, channel: asyncssh.SSHClientChannel[bytes]) -> None:
        """End the shell and what it runs, then the channel.

        sshd passes no signals on where root logs in (session.c: "session signalling requires
        privilege separation"), so TERM is sent by `kill` on a second channel as well. The shell
        still holds its process number then: nobody else can have got it.
        """
        pid = self._err.pid
        try:
            if pid and self._batch.stoppable and self._connection and not self._session.exited.is_set():
                [status] = await self._aside(self._connection, Command(("cat", f"/proc/{pid}/stat"), sudo=False))
                # proc(5): the group is the third word behind the name, which stands in brackets
                group = status.stdout.rpartition(")")[2].split()[2]
                await self._aside(self._connection, Command(("kill", "-s", "TERM", "--", f"-{group}")))
        except (asyncssh.Error, OSError, RemoteError, IndexError) as problem:
            log.debug("%s: what was given up could not be ended by kill: %s", self._batch.node, problem)
        try:
            channel.terminate()
        except OSError as problem:
            log.debug("%s: what was given up may still run: %s", self._batch.node, problem)
        channel.abort()

    async def _aside(self, connection: asyncssh.SSHClientConnection, command: Command) -> list[Result]:
        """Run one quick command on a channel of its own."""
        quick = replace(command, timeout=_STOP_SECONDS)
        other = Channel(
            Batch(self._batch.node, (quick,), sudo=self._batch.sudo, stoppable=False), self._limits, self._gate
        )
        await other.open(connection)
        return await other.run()


def _running(results: list[Result]) -> str:
    """The command that had not ended, shortened."""
    text = str(results[-1].command) if results else "sh"
    return text if len(text) <= 120 else text[:117] + "..."
