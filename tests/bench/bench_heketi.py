"""Load and clean of 50 nodes with 12 devices each through the simulated heketi, whose commands cost nothing.

heketi-cli needs 222 s to load the same into a real heketi with its mock executor, and has no clean.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from tests.bench import Figure
from tests.plans.heketi_sites import topology, wanted
from tests.site.heketi_desk import heketi_desk
from tui.plans.heketi_clean import HeketiTarget, plan_heketi_clean
from tui.plans.heketi_load import plan_heketi_load

NODES, DEVICES = 50, 12


def main() -> list[Figure]:
    """Seconds that both take, with server and client in one process."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_both(Path(folder)))


async def _both(folder: Path) -> list[Figure]:
    async with heketi_desk(folder) as desk:
        plan = plan_heketi_load(topology(wanted(NODES, DEVICES)), await desk.site())
        before = time.process_time()
        loaded = await desk.run(plan)
        assert loaded.ok, loaded.failed[:3]
        loading = time.process_time() - before
        started = time.perf_counter()
        site = await desk.site()
        read = time.perf_counter() - started
        assert len(site.devices) == NODES * DEVICES
        [cluster] = site.clusters
        before = time.process_time()
        cleaned = await desk.run(plan_heketi_clean(site, HeketiTarget("cluster", cluster)))
        assert cleaned.ok, cleaned.failed[:3]
        cleaning = time.process_time() - before
        assert desk.server.state.tables.nodes == {}
        return [
            Figure(f"load of {NODES} nodes x {DEVICES} devices", loaded.seconds, 10, "s"),
            Figure("CPU of that, with the server's", loading, None, "s"),
            Figure("read all that heketi knows", read, 1, "s"),
            Figure(f"clean of {NODES} nodes x {DEVICES} devices", cleaned.seconds, 10, "s"),
            Figure("CPU of that, with the server's", cleaning, None, "s"),
            Figure("most operations in flight", desk.server.most_in_flight, 8, ""),
        ]
