"""What is wrong with which claim, kept up with the tables in small pieces, and which claims changed for readers."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from tui.checks.claim_case import ClaimWorld
from tui.core.finding import Finding
from tui.core.kube import Key
from tui.core.kube_tables import KubeTables
from tui.sync.kube_memory import LongLived

SLICE_SECONDS: Final = 0.008
AT_ONCE: Final = 4
# The findings of one claim are so many times the objects of the claim itself.
FINDING_WEIGHT: Final = 3
# While kinds are being read, findings would be made to be thrown away; but who watches waits no longer than this,
PATIENCE_SECONDS: Final = 3.0
# and for those of claims that are bound no longer than this.
LONG_PATIENCE_SECONDS: Final = 30.0
HELD_SECONDS: Final = 0.05
# What is said of claims that wait depends on the time too.
AGE_SECONDS: Final = 60.0
MOST_AGED: Final = 2000
MOST_REMEMBERED: Final = 20_000

log = logging.getLogger(__name__)


class Book(Protocol):
    """The findings of all claims; `tui.checks.claim_book.FindingsBook` is the real one."""

    def mark(self, keys: Iterable[Key]) -> None: ...

    def work(self, world: ClaimWorld, limit: int) -> set[Key]: ...

    @property
    def waiting(self) -> int: ...

    def of(self, key: Key) -> tuple[Finding, ...]: ...

    def all(self) -> Iterator[Finding]: ...

    def keys(self) -> Iterable[Key]: ...


class ChangeLog:
    """Which claims changed since a reader last asked; forgets what is too old and says so."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most, self._held = most, 0
        self._changes: deque[tuple[int, frozenset[Key]]] = deque()
        self._mark = self._oldest = 1

    def add(self, keys: Iterable[Key]) -> None:
        """These changed now."""
        found = frozenset(keys)
        if not found:
            return
        self._mark += 1
        self._changes.append((self._mark, found))
        self._held += len(found)
        while self._held > self._most and self._changes:
            self._oldest, gone = self._changes.popleft()
            self._held -= len(gone)

    def since(self, mark: int) -> tuple[int, set[Key] | None]:
        """A mark for the next time, and the keys since the last one; None: too many, look at all of them.

        The first mark is 0.
        """
        if mark < self._oldest:
            return self._mark, None
        newer: set[Key] = set()
        for number, keys in reversed(self._changes):
            if number <= mark:
                break
            newer |= keys
        return self._mark, newer


class FindingsKeeper:
    """Diagnoses what changed, never for longer than SLICE_SECONDS in one piece."""

    def __init__(
        self, tables: KubeTables, book: Book, world: Callable[[], ClaimWorld], is_ready: Callable[[], bool],
        on_change: Callable[[], None], memory: LongLived,
    ) -> None:  # fmt: skip
        self._memory = memory
        self._tables, self._book, self._world = tables, book, world
        self._is_ready, self._on_change = is_ready, on_change
        self.log = ChangeLog()
        self.is_patient = False
        """Whether nobody looks before everything was read: then no claim is diagnosed before."""
        self._later: set[Key] = set()
        self._due = asyncio.Event()
        self._held: float | None = None
        self._idle = asyncio.Event()

    def due(self) -> None:
        """Something changed."""
        self._idle.clear()
        self._due.set()

    def mark(self, keys: Iterable[Key]) -> None:
        """Diagnose these claims again: something changed that the tables do not hold."""
        self._book.mark(keys)
        self.due()

    async def settled(self) -> None:
        """Wait until every claim that changed was diagnosed."""
        await self._idle.wait()

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await self._round()
            except Exception:
                log.exception("findings of claims")
                await asyncio.sleep(0.2)

    async def _round(self) -> None:
        self._collect()
        ready = self._may_work()
        if ready and self._book.waiting:
            self._work()
            await asyncio.sleep(0)
            return
        self._due.clear()
        if ready and not self._later:
            self._idle.set()
        is_held = self._held is not None
        try:
            async with asyncio.timeout(HELD_SECONDS if is_held else AGE_SECONDS):
                await self._due.wait()
        except TimeoutError:
            if not is_held:
                self._age()

    def _may_work(self) -> bool:
        if self._is_ready():
            self._held = None
            self._mark_later()
            return True
        if self._held is None:
            self._held = time.monotonic()
        held = time.monotonic() - self._held
        if held >= LONG_PATIENCE_SECONDS and not self.is_patient:
            self._mark_later()
        return held >= PATIENCE_SECONDS and not self.is_patient

    def _mark_later(self) -> None:
        self._book.mark(self._later)
        self._later.clear()

    def _collect(self) -> None:
        touched = self._tables.take_touched()
        if touched:
            self._later |= touched
            self.log.add(touched)
            if not self._is_ready():
                claims = self._tables.claims
                waiting = [key for key in touched if (claim := claims.get(key)) is not None and not claim.is_bound]
                self._book.mark(waiting)
                self._later.difference_update(waiting)

    def _work(self) -> None:
        end, world = time.perf_counter() + SLICE_SECONDS, self._world()
        changed: set[Key] = set()
        try:
            while self._book.waiting and time.perf_counter() < end:
                changed |= self._book.work(world, AT_ONCE)
        finally:
            if changed:
                self._memory.changed(FINDING_WEIGHT * len(changed))
                self.log.add(changed)
                self._on_change()

    def _age(self) -> None:
        """Look again at claims that wait, at so many of them."""
        waiting = (claim.key for claim in self._tables.claims.values() if not claim.is_bound)
        self._book.mark([key for _, key in zip(range(MOST_AGED), waiting, strict=False)])
