"""When claims are diagnosed while a cluster is still being read."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.bench.kube_objects import raw_claim
from tui.checks.claim_book import FindingsBook
from tui.checks.claim_case import ClaimWorld
from tui.core.kube import KINDS, Claim, Key
from tui.core.kube_tables import KubeTables
from tui.dialects.kube import parse
from tui.sync import kube_findings
from tui.sync.kube_findings import FindingsKeeper
from tui.sync.kube_memory import LongLived

CLAIMS = "persistentvolumeclaims"


class CountingBook(FindingsBook):
    """Knows in which order claims were diagnosed."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[Key] = []

    def work(self, world: ClaimWorld, limit: int) -> set[Key]:
        self.done += list(self._marked)[:limit]
        return super().work(world, limit)


class Reading:
    """A cluster with a bound claim, then one that waits; other kinds are not read yet."""

    def __init__(self) -> None:
        self.is_ready = False
        self.tables, self.book, self.memory = KubeTables(), CountingBook(), LongLived()
        self.bound, self.waiting = self._put(1, is_bound=True), self._put(2, is_bound=False)
        self.keeper = FindingsKeeper(
            self.tables, self.book, lambda: ClaimWorld(self.tables, 0.0), lambda: self.is_ready, lambda: None,
            self.memory,
        )  # fmt: skip

    def _put(self, number: int, *, is_bound: bool) -> Key:
        claim = parse(CLAIMS, raw_claim(number, is_bound=is_bound))
        assert isinstance(claim, Claim)
        self.tables.put(CLAIMS, claim)
        return claim.key

    async def end(self) -> None:
        """All is read; until all is diagnosed."""
        for kind in KINDS:
            self.tables.mark_listed(kind)
        self.is_ready = True
        self.keeper.due()
        await asyncio.wait_for(self.keeper.settled(), 30)


@pytest.fixture
async def reading() -> AsyncIterator[Reading]:
    one = Reading()
    yield one
    one.memory.close()


async def test_who_reads_once_diagnoses_once(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kube_findings, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(kube_findings, "LONG_PATIENCE_SECONDS", 0.0)
    reading.keeper.is_patient = True
    for _ in range(3):
        await reading.keeper._round()
    assert reading.book.done == []
    task = asyncio.create_task(reading.keeper.run())
    await reading.end()
    task.cancel()
    assert sorted(reading.book.done) == sorted([reading.bound, reading.waiting])


async def test_who_watches_is_told_of_claims_that_wait_first(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kube_findings, "PATIENCE_SECONDS", 0.0)
    for _ in range(3):
        await reading.keeper._round()
    assert reading.book.done == [reading.waiting]
    task = asyncio.create_task(reading.keeper.run())
    await reading.end()
    task.cancel()
    assert reading.book.done.count(reading.bound) == 1


async def test_what_is_never_read_keeps_nobody_waiting_for_ever(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kube_findings, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(kube_findings, "LONG_PATIENCE_SECONDS", 0.0)
    for _ in range(3):
        await reading.keeper._round()
    assert sorted(reading.book.done) == sorted([reading.bound, reading.waiting])
