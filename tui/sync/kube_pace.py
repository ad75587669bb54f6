"""How fast Kubernetes is asked, and how long is waited after something went wrong."""

import asyncio
import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KubePace:
    """Seconds, unless told otherwise.

    `page` objects are asked for at once, of `lists` kinds at the same time. The server ends a watch after
    `watch_least` to `watch_most`; one that brings nothing for `quiet` is begun anew (a bookmark comes every
    minute), and one that ends sooner than `short` without a line is taken for a failure. `first` to `most` is
    waited after a failure, `denied` where a right is missing, `absent` where the server lacks a kind. `poll` is
    the age at which what can't be watched is read again.
    """

    page: int = 500
    page_bytes: int = 3 * 2**20
    lists: int = 3
    request: float = 60.0
    watch_least: float = 240.0
    watch_most: float = 300.0
    quiet: float = 120.0
    short: float = 1.0
    first: float = 0.5
    most: float = 30.0
    denied: float = 60.0
    absent: float = 600.0
    poll: float = 30.0
    slice: float = 0.008


class Backoff:
    """Pauses that double from failure to failure, with jitter: many who fail together do not come back together."""

    def __init__(self, pace: KubePace) -> None:
        self._pace = pace
        self.failures = 0

    def next(self, least: float | None = None) -> float:
        """The pause after one more failure; at least what the server asked for."""
        whole = min(self._pace.first * 2 ** min(self.failures, 20), self._pace.most)
        self.failures += 1
        return max(jitter(whole), least or 0.0)

    def reset(self) -> None:
        """It went well."""
        self.failures = 0


def jitter(seconds: float) -> float:
    """Between three quarters of it and five quarters."""
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311 - no secret


class Contact:
    """Whether the server can be reached at all: as soon as one who waits reaches it, all others try at once."""

    def __init__(self) -> None:
        self.is_lost = False
        self._turn = asyncio.Event()

    def lost(self) -> None:
        """Somebody could not reach the server."""
        self.is_lost = True

    def made(self) -> bool:
        """Somebody reached it; True when it was lost before."""
        was_lost, self.is_lost = self.is_lost, False
        if was_lost:
            self.wake()
        return was_lost

    def wake(self) -> None:
        """Who waits, tries now."""
        self._turn.set()
        self._turn = asyncio.Event()

    async def pause(self, seconds: float) -> None:
        """Wait, but not longer than until the next `wake`."""
        try:
            async with asyncio.timeout(seconds):
                await self._turn.wait()
        except TimeoutError:
            pass
