"""Clean of 50 nodes with 12 disks each, on simulated nodes over real SSH at 5 ms a command."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

from tests.bench import Figure
from tests.bench.simulated import simulated
from tui.config import load_config
from tui.core.asker import RefusingAsker
from tui.plans.clean import CleanTarget, plan_clean
from tui.site import Site

NODES, DISKS = 50, 12


def main() -> list[Figure]:
    """Seconds that the plan and its run take; the nodes are a process of their own."""
    with simulated(NODES, DISKS, loaded=True) as nodes:
        return asyncio.run(_clean(str(nodes.config)))


async def _clean(config: str) -> list[Figure]:
    site = Site(replace(load_config(Path(config)).site(), poll_seconds=3600), RefusingAsker())
    await site.open(watch=False)
    try:
        await site.refresh()
        snapshot = site.store.snapshot
        facts = {name: entry.facts for name, entry in site.store.nodes.items() if entry.facts}
        started = time.process_time()
        plan = plan_clean(snapshot, facts, CleanTarget("cluster", cluster=snapshot.clusters[0].id))
        planned = (time.process_time() - started) * 1000
        assert len(plan.steps) == NODES * DISKS + NODES - 1, plan.title
        outcome = await site.start(plan).wait()
        assert outcome.ok, outcome.failed[:3]
        await site.refresh()
        left = [device for device in site.store.snapshot.devices.values() if device.vg]
        assert left == [], left[:3]
        return [
            Figure(f"plan to clean {NODES} nodes x {DISKS} devices", planned, 500, "ms"),
            Figure(f"clean {NODES} nodes x {DISKS} devices", outcome.seconds, 15, "s"),
        ]
    finally:
        await site.close()
