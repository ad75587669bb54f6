"""One SSH connection that is made when it is needed, shared by all who need it, and made again after a break.

After a failure the next login waits, with exponential back-off and full jitter; who asks
meanwhile is told the last reason at once.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from asyncssh import SSHClientConnection

from tui.remote.errors import ConnectionLost, RemoteError, Unreachable
from tui.remote.gate import Gate
from tui.remote.limits import Limits


class Phase(StrEnum):
    """Where a connection stands."""

    NEVER = "never"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    WAITING = "waiting"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class LinkState:
    """A connection in words. `seconds` is the time until the next login may be tried, `reason` the last failure."""

    phase: Phase
    seconds: float = 0.0
    reason: str = ""

    def __str__(self) -> str:
        return f"waiting {self.seconds:.0f} s" if self.phase is Phase.WAITING else self.phase.value


@dataclass(frozen=True, slots=True)
class Live:
    """A connection that stands, and its channels."""

    connection: SSHClientConnection
    gate: Gate


Login = Callable[[bool], Awaitable[SSHClientConnection]]


class Link:
    """The connection to one host. `login` makes it; its argument says that the admin wants it now."""

    def __init__(self, name: str, login: Login, limits: Limits) -> None:
        self.name = name
        self.failures = 0
        self.channels = limits.channels
        self._login, self._limits = login, limits
        self._live: Live | None = None
        self._task: asyncio.Task[Live] | None = None
        self._error: RemoteError | None = None
        self._retry_at = 0.0

    @property
    def state(self) -> LinkState:
        """Where the connection stands now."""
        reason = self._error.reason if self._error else ""
        if self._live and not self._live.connection.is_closed():
            return LinkState(Phase.CONNECTED)
        if self._task:
            return LinkState(Phase.CONNECTING, 0, reason)
        if (seconds := self._seconds_left()) > 0:
            return LinkState(Phase.WAITING, seconds, reason)
        return LinkState(Phase.LOST if self._live or self._error else Phase.NEVER, 0, reason)

    def broke_while_opening(self, used: int) -> None:
        """The connection broke when one more channel was asked for: some sshd do that beyond MaxSessions."""
        if used > 1:
            self.channels = max(2, min(self.channels, used // 2))

    async def live(self, force: bool = False) -> Live:
        """The connection, made now if need be; all who ask meanwhile share one login.

        While it waits after a failure, raises the last RemoteError at once, unless with `force`.
        """
        if self._live and not self._live.connection.is_closed():
            return self._live
        if self._task is None:
            if self._error and not force and self._seconds_left() > 0:
                # what broke earlier says nothing of a command that was not even sent
                kind = Unreachable if isinstance(self._error, ConnectionLost) else type(self._error)
                raise kind(self.name, self._error.reason, self._error.remedy)
            self._task = asyncio.create_task(self._connect(force), name=f"login {self.name}")
            self._task.add_done_callback(self._ended)
        task = self._task
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise Unreachable(self.name, "the connection was closed while it was made") from None
            raise

    def worked(self) -> None:
        """A command came to its end: the next failure starts with a short wait again."""
        self.failures, self._error = 0, None

    def failed(self, error: RemoteError) -> None:
        """Note a failure; the next login has to wait."""
        self.failures += 1
        self._error = error
        most = min(self._limits.backoff_most, self._limits.backoff_first * 2.0 ** min(self.failures - 1, 32))
        self._retry_at = asyncio.get_running_loop().time() + random.uniform(0, most)  # noqa: S311  (no secret)

    async def close(self) -> None:
        """End the connection, or the login that goes on."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        if self._live:
            self._live.connection.close()
            await self._live.connection.wait_closed()
        self._live = None

    def abort(self) -> None:
        """End the connection, or the login that goes on, without waiting for the other side."""
        if self._task:
            self._task.cancel()
        if self._live:
            self._live.connection.abort()

    async def _connect(self, force: bool) -> Live:
        try:
            connection = await self._login(force)
        except RemoteError as error:
            self.failed(error)
            raise
        self._live = Live(connection, Gate(self.channels))
        return self._live

    def _ended(self, task: asyncio.Task[Live]) -> None:
        self._task = None
        if not task.cancelled():
            # retrieved here too, for the case that all who waited have gone
            task.exception()

    def _seconds_left(self) -> float:
        return self._retry_at - asyncio.get_running_loop().time()
