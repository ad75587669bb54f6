"""The dashboard left alone: 50 nodes with 12 devices each, polled as configured by default."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Final

from screens import house
from tests.bench import Figure, show
from tests.bench.simulated import Nodes, simulated
from tui.app import BrickyardApp
from tui.config import load_config
from tui.core.asker import RefusingAsker
from tui.site import Site

SECONDS: Final = 45.0
SIZE: Final = (160, 48)


@dataclass(slots=True)
class Idle:
    """Shares of one core in percent, and what was asked of the nodes a second."""

    cpu: float
    nodes_cpu: float
    commands: float


def main() -> list[Figure]:
    """Measure for SECONDS after the first poll, without volumes and with 100 of them."""
    figures: list[Figure] = []
    for volumes, wanted in ((0, 2.0), (100, None)):
        with simulated(volumes=volumes, loaded=True) as nodes:
            idle = asyncio.run(measure(nodes, volumes, SECONDS))
        what = f"600 devices, {volumes} volumes"
        figures += [
            Figure(f"{what}: CPU of the app", idle.cpu, wanted, "%"),
            Figure(f"{what}: commands asked", idle.commands, None, "/s"),
        ]
    return figures


async def measure(nodes: Nodes, volumes: int, seconds: float) -> Idle:
    """Open the app on these nodes, wait until all was read once, and watch what it costs from then on."""
    app = BrickyardApp(house(), lambda asker: open_site(nodes))
    async with app.run_test(size=SIZE) as pilot:
        await wait_for_all(app, pilot, volumes)
        asked, nodes_cpu = nodes.asked()
        started, cpu = time.monotonic(), time.process_time()
        await asyncio.sleep(seconds)
        spent, cpu = time.monotonic() - started, time.process_time() - cpu
        more, more_cpu = nodes.asked()
        return Idle(100 * cpu / spent, 100 * (more_cpu - nodes_cpu) / spent, (more - asked) / spent)


async def open_site(nodes: Nodes) -> Site:
    """The site of these nodes, as the configuration has it."""
    return Site(load_config(nodes.config).site(), RefusingAsker(), journal=nodes.config.with_name("journal.db"))


async def wait_for_all(app: BrickyardApp, pilot: Any, volumes: int) -> None:
    """Wait until every node has answered, and all volumes are known."""
    while True:
        await pilot.pause(0.5)
        if app.site is None:
            continue
        snapshot = app.site.store.snapshot
        if len(snapshot.volumes) >= volumes and all(node.source.read_at for node in snapshot.nodes.values()):
            return


if __name__ == "__main__":
    show(__doc__, main())
