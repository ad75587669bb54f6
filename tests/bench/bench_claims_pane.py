"""The pane of 50,000 claims and as many PersistentVolumes on 160x48: filling, keys, and 1,000 changes a second."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median
from typing import Any, Final, cast

from textual import events
from textual.pilot import Pilot

from screens.dashboard import DashboardScreen
from screens.kube_view import KubeView
from screens.pane_claims import ClaimsPane
from tests.bench import Figure, show
from tests.bench.bench_keys import Ticking
from tests.bench.kube_objects import CLASSES, raw_claim, raw_class, raw_volume
from tests.screens.fake_kube import FakeKube
from tests.screens.fake_site import FakeSite, app_on
from tui.core.kube import Claim, Key, KubeObject
from tui.core.store import Store
from tui.dialects.kube import parse
from tui.sync.kube_memory import LongLived

COUNT: Final = 50_000
PENDING: Final = 50
SIZE: Final = (160, 48)
TIMES: Final = 7
SECONDS: Final = 10
PAINTED: Final = 2 / 60
"""Seconds in which what changed is painted: Textual does that 60 times a second."""
RATE: Final = 1000
ROUNDS: Final = 20
"""So many times a second changes come, RATE a second in all."""
KEYS: Final = ("down", "pagedown", "end", "pageup", "home")


def main() -> list[Figure]:
    """Measure in one app."""
    kube = _cluster()
    gc.collect()
    gc.freeze()
    return asyncio.run(_measure(kube))


def _cluster() -> FakeKube:
    """One claim in PENDING waits."""
    kube = FakeKube()
    for number in range(CLASSES):
        kube.tables.put("storageclasses", _parsed("storageclasses", raw_class(number)))
    for number in range(COUNT):
        bound = bool(number % PENDING)
        claim = _parsed("persistentvolumeclaims", raw_claim(number, is_bound=bound))
        kube.tables.put("persistentvolumeclaims", claim)
        kube.tables.put("persistentvolumes", _parsed("persistentvolumes", raw_volume(number)))
        if not bound:
            kube.words[claim.key] = ("waiting", f"no StorageClass 'gluster-{number}'")
    return kube.listed()


def _parsed(kind: str, raw: dict[str, Any]) -> KubeObject:
    found = parse(kind, raw)
    assert found is not None
    return found


async def _measure(kube: FakeKube) -> list[Figure]:
    site = FakeSite(Store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        floor = cast(DashboardScreen, pilot.app.screen)
        await pilot.pause(0.3)
        await pilot.press("4")
        pane = cast(ClaimsPane, floor.pane("claims"))
        site.kube = kube
        figures = await _filling(pilot, pane, "claims", lambda: floor._watch_store(pilot.app.site))  # type: ignore[attr-defined]
        figures += [await _key(pilot, f"claims: {key}", key, 25) for key in KEYS]
        figures += await _ways(pilot, pane)
        figures += await _filling(pilot, pane, "PersistentVolumes", pane.turn)
        figures += [await _key(pilot, f"PersistentVolumes: {key}", key, 25) for key in ("down", "pagedown")]
        await pilot.press("V", "home")
        figures += await _storm(pilot, pane, kube)
        await pilot.press("escape")
        return figures


async def _filling(pilot: Pilot[Any], pane: ClaimsPane, word: str, begin: Callable[[], object]) -> list[Figure]:
    ticking = Ticking()
    started, first = time.process_time(), 0.0
    async with ticking.watch():
        begin()
        while _view(pane).table.row_count < COUNT or _view(pane).is_busy:
            await asyncio.sleep(0.005)
            if not first and _view(pane).table.row_count:
                first = time.process_time() - started
        await pilot.pause(0.1)
    return [
        Figure(f"{word}: first rows", 1000 * first, 150),
        Figure(f"{word}: all {COUNT:,} rows", 1000 * (time.process_time() - started), 2500),
        Figure(f"{word}: longest stall meanwhile (CPU)", ticking.cpu, 150),
    ]


async def _ways(pilot: Pilot[Any], pane: ClaimsPane) -> list[Figure]:
    """The same rows in other ways."""
    figures = [await _key(pilot, "faults only, and all again", "f", 50), await _key(pilot, "", "f")]
    figures.append(await _key(pilot, "sort by the next column", "greater_than_sign", 250, times=3))
    figures.append(await _key(pilot, "turn the order around", "less_than_sign", 50))
    await pilot.press("slash")
    await _until_ready(pilot, pane)
    figures.append(await _key(pilot, "filter: a letter that all rows have", "d", 50, times=1))
    figures.append(await _key(pilot, "filter: one more", "b", 50, times=1))
    figures.append(await _key(pilot, "filter: a digit", "7", 50, times=1))
    await pilot.press("escape")
    return [figure for figure in figures if figure.name]


class Feeder:
    """Changes claims as often as wanted, whatever else goes on; its own CPU is not counted.

    As the feed of a real cluster does, it keeps the collector from what lives long.
    """

    def __init__(self, kube: FakeKube) -> None:
        self.made, self.cpu = 0, 0.0
        self._kube, self._changes = kube, _changes(kube)
        self._memory = LongLived()
        self._memory.listed(2 * COUNT)

    async def run(self) -> None:
        """Until cancelled."""
        started = time.monotonic()
        while True:
            began = time.process_time()
            due = int(RATE * (time.monotonic() - started)) - self.made
            for _ in range(due):
                key, claim = next(self._changes)
                self.made += 1
                if claim is None:
                    self._kube.tables.drop("persistentvolumeclaims", key)
                else:
                    self._kube.tables.put("persistentvolumeclaims", claim)
            self._kube.tell()
            self.cpu += time.process_time() - began
            self._memory.changed(due)
            await asyncio.sleep(1 / ROUNDS)


async def _storm(pilot: Pilot[Any], pane: ClaimsPane, kube: FakeKube) -> list[Figure]:
    """1,000 changes a second, while keys are pressed."""
    ticking, feeder = Ticking(), Feeder(kube)
    costs: list[float] = []
    task = asyncio.create_task(feeder.run())
    started, wall = time.process_time(), time.monotonic()
    async with ticking.watch():
        while time.monotonic() < wall + SECONDS:
            began = time.process_time() - feeder.cpu
            await _press(pilot, pane, "down" if len(costs) % 2 else "pagedown")
            costs.append(1000 * (time.process_time() - feeder.cpu - began))
            await asyncio.sleep(0.1)
    spent, wall = time.process_time() - started - feeder.cpu, time.monotonic() - wall
    task.cancel()
    await pilot.pause(0.5)
    rows = _view(pane).rows
    assert rows.keys() == set(kube.tables.claims), "rows differ from the tables"
    shown = list(_view(pane).table.rows)
    assert [row.claim for row in shown] == [kube.tables.claims[row.key] for row in shown]
    word = f"{RATE:,} changes/s"
    return [
        Figure(f"{word}: so many were made", feeder.made / wall, unit="1/s"),
        Figure(f"{word}: a key with all that is drawn meanwhile", median(costs), 50),
        Figure(f"{word}: the dearest key", max(costs)),
        Figure(f"{word}: all, share of a processor", 100 * spent / wall, 50, "%"),
        Figure(f"{word}: longest stall (CPU)", ticking.cpu, 150),
    ]


async def _press(pilot: Pilot[Any], pane: ClaimsPane, key: str) -> None:
    """Until the cursor is elsewhere, and that is on the screen."""
    before = _view(pane).table.cursor_key
    pilot.app.post_message(events.Key(key, None))
    while _view(pane).table.cursor_key == before:
        await asyncio.sleep(0.001)
    await asyncio.sleep(PAINTED)


def _changes(kube: FakeKube) -> Iterator[tuple[Key, Claim | None]]:
    """Claims are bound, forgotten, made anew; labels change."""
    number = 0
    while True:
        number = (number + 7919) % COUNT
        claim = cast(Claim, _parsed("persistentvolumeclaims", raw_claim(number, is_bound=number % 3 > 0)))
        held = kube.tables.claims.get(claim.key)
        if number % 10 == 0 and held is not None:
            yield claim.key, None
        else:
            yield claim.key, replace(claim, labels={"change": str(time.monotonic_ns())})


async def _until_ready(pilot: Pilot[Any], pane: ClaimsPane) -> None:
    while not _view(pane).rows.prepare(0.01):
        await pilot.pause(0.02)


async def _key(pilot: Pilot[Any], name: str, key: str, wanted: float | None = None, times: int = TIMES) -> Figure:
    costs = []
    for _ in range(times):
        await pilot.pause(0.05)
        started = time.process_time()
        await pilot.press(key)
        await pilot.pause(0.05)
        costs.append(1000 * (time.process_time() - started))
    return Figure(name, median(costs), wanted)


def _view(pane: ClaimsPane) -> KubeView[Any]:
    return pane.view


if __name__ == "__main__":
    show(__doc__ or "", main())
