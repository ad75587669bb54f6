"""Pauses after failures, who waits for whom, and what is hidden from the garbage collector."""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from tui.sync.kube_memory import LEAST_OBJECTS, LIST_STEP, WATCH_STEP, LongLived
from tui.sync.kube_pace import Backoff, Contact, KubePace


def test_pauses_grow_up_to_the_most_and_begin_anew() -> None:
    backoff = Backoff(KubePace(first=1.0, most=8.0))
    pauses = [backoff.next() for _ in range(30)]
    for pause, whole in zip(pauses, [1, 2, 4, *[8] * 27], strict=True):
        assert 0.75 * whole <= pause <= 1.25 * whole
    assert len(set(pauses)) > 25, "nobody comes back together with others"
    backoff.reset()
    assert backoff.next() <= 1.25
    assert backoff.next(least=60.0) == 60.0


async def test_who_waits_tries_as_soon_as_somebody_got_through() -> None:
    contact = Contact()
    assert not contact.made(), "it was never lost"
    contact.lost()
    waiting = [asyncio.create_task(contact.pause(3600)) for _ in range(3)]
    await asyncio.sleep(0)
    assert contact.made()
    await asyncio.wait_for(asyncio.gather(*waiting), 5)
    assert not contact.made()
    later = asyncio.create_task(contact.pause(3600))
    await asyncio.sleep(0)
    assert not later.done(), "a wake is for those who waited then"
    contact.wake()
    await asyncio.wait_for(later, 5)
    await contact.pause(0.001)


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
def test_only_large_clusters_are_hidden_from_the_collector() -> None:
    gc.unfreeze()
    memory = LongLived()
    memory.listed(LEAST_OBJECTS - 1)
    memory.close()
    assert gc.get_freeze_count() == 0
    memory.listed(LIST_STEP)
    frozen = gc.get_freeze_count()
    assert frozen > 0
    kept = [[number] for number in range(1000)]
    memory.changed(WATCH_STEP - 1)
    assert gc.get_freeze_count() == frozen
    memory.changed(1)
    assert gc.get_freeze_count() >= frozen + len(kept)
    memory.close()
    assert gc.get_freeze_count() == 0
