"""The dashboard of a large site (50 nodes, 600 devices, 500 volumes, 2,000 bricks): keys, and answers coming in."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any, Final

from textual.pilot import Pilot

from screens import house
from tests.bench import Figure, show
from tests.bench.bench_idle import SIZE, open_site, wait_for_all
from tests.bench.simulated import Nodes, simulated
from tui.app import BrickyardApp

VOLUMES: Final = 500
TIMES: Final = 9
TICK: Final = 0.002
PANES: Final = ("topology", "bricks", "volumes")
KEYS: Final = ("down", "pagedown", "end", "pageup", "home")


class Ticking:
    """The longest time in which the event loop served nobody, in milliseconds, and how much of that was our CPU."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[None]:
        """Tick meanwhile."""
        task = asyncio.create_task(self._tick())
        yield
        task.cancel()

    async def _tick(self) -> None:
        while True:
            wall, cpu = time.monotonic(), time.thread_time()
            await asyncio.sleep(TICK)
            self.wall = max(self.wall, 1000 * (time.monotonic() - wall - TICK))
            self.cpu = max(self.cpu, 1000 * (time.thread_time() - cpu))


def main() -> list[Figure]:
    """Keys with all panes on the screen, then stalls while all nodes answer anew, and while they answer first."""
    with simulated(volumes=VOLUMES, sets=2, copies=2) as nodes:
        return asyncio.run(measure(nodes))


async def measure(nodes: Nodes) -> list[Figure]:
    """Open the app on these nodes."""
    app = BrickyardApp(house(), lambda asker: open_site(nodes))
    first, again = Ticking(), Ticking()
    async with app.run_test(size=SIZE) as pilot:
        async with first.watch():
            await wait_for_all(app, pilot, VOLUMES)
        assert app.site is not None
        snapshot = app.site.store.snapshot
        assert len(snapshot.bricks) == 4 * VOLUMES, len(snapshot.bricks)
        async with again.watch():
            await app.site.refresh()
            await pilot.pause(0.5)
        await app.site.close()
        figures = await _keys(pilot)
    return [
        *figures,
        Figure("stall while all nodes answer anew", again.wall, 50),
        Figure("    CPU of ours in one piece", again.cpu),
        Figure("stall while all nodes answer the first time", first.wall),
        Figure("    CPU of ours in one piece", first.cpu),
    ]


async def _keys(pilot: Pilot[Any]) -> list[Figure]:
    figures = []
    for number, pane in enumerate(PANES, 1):
        await pilot.press(str(number))
        for key in KEYS:
            figures.append(Figure(f"{pane}: {key}", median([await _cost(pilot, key) for _ in range(TIMES)]), 25))
    figures.append(Figure("to the next pane", median([await _cost(pilot, "tab") for _ in range(TIMES)]), 25))
    return figures


async def _cost(pilot: Pilot[Any], key: str) -> float:
    """Milliseconds of CPU until the screen is still."""
    await pilot.pause(0.05)
    started = time.process_time()
    await pilot.press(key)
    await pilot.pause(0.05)
    return 1000 * (time.process_time() - started)


if __name__ == "__main__":
    show(__doc__, main())
