"""At most so many channels at once on one connection."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Lets `limit` through at once, the others wait. The limit shrinks when sshd allows fewer.

    `used` have been let through, `opened` channels stand, and `proven` is the most that ever
    stood at the same time. `held` of those that are used stay for long (see `keep`): one place
    beyond them always remains.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = self.opened = self.proven = self.held = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one place; waits for its turn."""
        while self.used >= self.limit:
            await self._turn()
        self.used += 1
        try:
            yield
        finally:
            self.used -= 1
            self._wake()

    def keep(self) -> None:
        """Who holds a place now keeps it beyond the end of its `slot`, until `let_go`."""
        self.used += 1
        self.held += 1

    def let_go(self) -> None:
        """A place that was kept is free."""
        self.used -= 1
        self.held -= 1
        self._wake()

    def channel_opened(self) -> None:
        """sshd opened a channel."""
        self.opened += 1
        self.proven = max(self.proven, self.opened)

    def channel_closed(self) -> None:
        """A channel is closed on both sides."""
        self.opened -= 1

    def refused(self) -> None:
        """sshd refused a channel: no more than are open now, unless it only lags behind in closing others."""
        if self.opened >= self.proven:
            self.limit = max(self.held + 1, min(self.limit, self.opened))

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # it was our turn and we leave: the next one must not be forgotten
                self._wake()
            raise

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
