"""A topology of 50 nodes with 12 devices each over real SSH, on simulated nodes at 5 ms a command."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tests.bench import Figure, show
from tests.bench.simulated import Nodes, simulated
from tui.config import load_config
from tui.core.asker import RefusingAsker
from tui.core.model import State
from tui.core.plan import Plan
from tui.site import Site

NODES: Final = 50
DISKS: Final = 12


class Watch:
    """Takes what some work costs: seconds, our CPU seconds, commands that nodes were asked."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self.figures: list[Figure] = []
        self.seconds = 0.0

    @asynccontextmanager
    async def take(self, what: str, wanted: float | None = None) -> AsyncIterator[None]:
        """Add the figures of what is done meanwhile."""
        asked, _ = self._nodes.asked()
        started, cpu = time.monotonic(), time.process_time()
        yield
        seconds, cpu = time.monotonic() - started, time.process_time() - cpu
        self.seconds += seconds
        self.figures += [
            Figure(what, seconds, wanted, "s"),
            Figure("    CPU of ours", cpu, None, "s"),
            Figure("    commands on nodes", self._nodes.asked()[0] - asked, None, ""),
        ]


def main() -> list[Figure]:
    """Load it, load it again where nothing is left to do, and look at it with new connections."""
    with simulated(NODES, DISKS) as nodes:
        return asyncio.run(measure(nodes))


async def measure(nodes: Nodes) -> list[Figure]:
    """The nodes are blank."""
    watch = Watch(nodes)
    journal = nodes.config.with_name("journal.db")
    site = await _opened(nodes, journal)
    async with watch.take("preflight and plan, with all logins"):
        plan = await _plan(site, nodes)
    async with watch.take("run"):
        outcome = await site.start(plan).wait()
    assert outcome.ok, outcome.failed[:3]
    watch.figures.insert(0, Figure("preflight, plan and run", watch.seconds, 15, "s"))
    # the site reads all nodes again behind every operation
    await site.close()
    site = await _opened(nodes, journal)
    async with watch.take("the same again, where nothing is to be done", 15):
        plan = await _plan(site, nodes)
        outcome = await site.start(plan).wait()
    assert outcome.ok
    await site.close()
    site = await _opened(nodes, journal)
    async with watch.take("get devices"):
        await site.refresh()
    online = sum(device.state is State.ONLINE for device in site.store.snapshot.devices.values())
    assert online == NODES * DISKS, online
    await site.close()
    return watch.figures


async def _opened(nodes: Nodes, journal: Path) -> Site:
    site = Site(load_config(nodes.config).site(), RefusingAsker(), journal=journal)
    await site.open(watch=False)
    return site


async def _plan(site: Site, nodes: Nodes) -> Plan:
    topology = site.read_topology(nodes.topology).topology
    assert topology is not None
    return (await site.propose_load(topology)).plan


if __name__ == "__main__":
    show(__doc__, main())
