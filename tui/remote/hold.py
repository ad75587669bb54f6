"""A program on a node that runs as long as we live: it ends with its SSH channel, or when our heartbeat stops.

The program prints one line once it has what it is for. From then on it gets a letter every few
seconds and answers each. That it lives is certain only until its `patience` ends, counted from
the last letter that was answered: after that somebody else may have what it held.
"""

import asyncio
import contextlib
import time
from collections import deque
from dataclasses import dataclass
from typing import Final

import asyncssh

from tui.core.plan import Command
from tui.dialects import shell
from tui.dialects.lock import BEAT, RELEASE
from tui.remote.channel import open_session
from tui.remote.errors import RemoteError, Unreachable
from tui.remote.gate import Gate
from tui.remote.limits import Limits

# counts on while the machine sleeps, where the system has such a clock
_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_CERTAIN: Final = 0.8
_GRACE: Final = 5.0
_MOST_STDERR: Final = 4096


@dataclass(frozen=True, slots=True)
class Pulse:
    """Seconds: a letter is sent every `interval`; without one for `patience` the program ends."""

    interval: float = 10.0
    patience: float = 30.0


class NotHeld(RemoteError):
    """The program ended before it printed a line: its exit code and what it said. Nothing is held."""

    def __init__(self, node: str, command: Command, code: int, said: str) -> None:
        super().__init__(node, said.strip() or f"'{command.argv[0]}' ended with exit code {code}")
        self.command, self.code, self.said = command, code, said


class _Session(asyncssh.SSHClientSession[bytes]):
    """Counts lines of output; knows when the program and the channel have ended."""

    def __init__(self, gate: Gate) -> None:
        self.exited, self.closed, self.spoke = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.problem: Exception | None = None
        self.sent: deque[float] = deque()
        self.answered = 0.0
        self.stderr = b""
        self.kept = False
        self._gate = gate
        self._opened = False

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        """sshd opened the channel."""
        self._opened = True
        self._gate.channel_opened()

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """Each line answers the oldest letter; the first one answers the script."""
        if datatype == asyncssh.EXTENDED_DATA_STDERR:
            self.stderr = (self.stderr + data)[-_MOST_STDERR:]
            return
        for _ in range(data.count(b"\n")):
            if self.sent:
                self.answered = self.sent.popleft()
            self.spoke.set()

    def exit_status_received(self, status: int) -> None:
        """The program has ended; what it said may still be on its way."""
        self.exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is gone."""
        self.problem = exc
        if self._opened:
            self._gate.channel_closed()
        if self.kept:
            self._gate.let_go()
        for event in (self.exited, self.closed, self.spoke):
            event.set()


class HoldChannel:
    """An open channel on which `sh -s` waits to become the program."""

    def __init__(self, node: str, command: Command, sudo: bool, pulse: Pulse, limits: Limits, gate: Gate) -> None:
        self._node, self._command, self._sudo = node, command, sudo
        self._pulse, self._limits, self._gate = pulse, limits, gate
        self._session = _Session(gate)
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None

    async def open(self, connection: asyncssh.SSHClientConnection) -> None:
        """Open the channel. Raises asyncssh.ChannelOpenError when sshd wants no more, Unreachable on silence."""
        self._channel = await open_session(connection, self._session, self._node, self._limits)

    async def run(self) -> "Hold":
        """Start the program and wait for its first line. Raises NotHeld or Unreachable."""
        channel, session = self._channel, self._session
        if channel is None:
            raise RuntimeError("open() comes before run()")
        # with exec, nothing but the program reads what is sent later
        script = shell.render((), "") + f"exec {shell.as_typed(self._command, self._sudo)}\n"
        exited = asyncio.create_task(session.exited.wait())
        spoke = asyncio.create_task(session.spoke.wait())
        try:
            session.sent.append(time.clock_gettime(_CLOCK))
            channel.write(script.encode())
            await asyncio.wait((exited, spoke), timeout=self._limits.login_timeout, return_when=asyncio.FIRST_COMPLETED)
            if session.exited.is_set():
                # what it said may arrive after its exit code
                await _within(_GRACE, session.closed)
            if session.sent or session.exited.is_set():
                raise self._failure(channel)
        except OSError as broken:
            raise Unreachable(self._node, f"the connection broke at once: {broken}") from broken
        except BaseException:
            channel.abort()
            raise
        finally:
            exited.cancel()
            spoke.cancel()
        session.kept = True
        self._gate.keep()
        return Hold(self._node, channel, session, self._pulse)

    def _failure(self, channel: asyncssh.SSHClientChannel[bytes]) -> RemoteError:
        code = channel.get_exit_status()
        if code is not None and code >= 0:
            return NotHeld(self._node, self._command, code, self._session.stderr.decode("utf-8", "replace"))
        if self._session.exited.is_set():
            why = f": {self._session.problem}" if self._session.problem else ""
            return Unreachable(self._node, f"the connection broke before '{self._command.argv[0]}' answered{why}")
        return Unreachable(
            self._node,
            f"'{self._command.argv[0]}' did not answer within {self._limits.login_timeout:g} s",
            "The machine may be overloaded; look at its console.",
        )


class Hold:
    """A program that runs. `lost` is set when it ended without `release`, or may have; `reason` says why."""

    def __init__(self, node: str, channel: asyncssh.SSHClientChannel[bytes], session: _Session, pulse: Pulse) -> None:
        self.node = node
        self.lost = asyncio.Event()
        self.reason = ""
        self._channel, self._session, self._pulse = channel, session, pulse
        self._beats = asyncio.create_task(self._beat(), name=f"heartbeat {node}")

    @property
    def certain_until(self) -> float:
        """Until when the program lives for sure, on the clock of this machine that counts on in sleep."""
        return self._session.answered + self._pulse.patience * _CERTAIN

    @property
    def alive(self) -> bool:
        """Whether the program runs for sure now. May be False a moment before `lost` is set."""
        ended = self.lost.is_set() or self._session.exited.is_set()
        return not ended and time.clock_gettime(_CLOCK) < self.certain_until

    async def release(self) -> None:
        """End the program and wait until it is gone, at most 5 s; then its channel is closed anyway."""
        self._beats.cancel()
        with contextlib.suppress(OSError):
            self._channel.write(RELEASE.encode())
        try:
            await _within(_GRACE, self._session.closed)
        finally:
            self._channel.abort()

    async def _beat(self) -> None:
        session, beat_at = self._session, 0.0
        while not session.exited.is_set():
            now = time.clock_gettime(_CLOCK)
            if now >= self.certain_until:
                self._lose(f"{self.node} gave no sign of life for {self._pulse.patience * _CERTAIN:.0f} s")
                self._channel.abort()
                return
            if now >= beat_at:
                beat_at = now + self._pulse.interval
                session.sent.append(now)
                with contextlib.suppress(OSError):
                    self._channel.write(BEAT.encode())
            await _within(min(beat_at, self.certain_until) - now, session.exited)
        code = self._channel.get_exit_status()
        how = session.problem or (f"exit code {code}" if code is not None else "the channel was closed")
        self._lose(f"the program on {self.node} that held it ended: {how}")

    def _lose(self, reason: str) -> None:
        self.reason = reason
        self.lost.set()


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Wait for the event, at most so long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
