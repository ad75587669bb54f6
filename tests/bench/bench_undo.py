"""A load of 4 nodes with 4 devices each on simulated nodes: done, and taken back."""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.bench import Figure, show
from tui.config import load_config
from tui.core.asker import RefusingAsker
from tui.demo.site import start_site
from tui.site import Site

LATENCY: Final = 0.005


def main() -> list[Figure]:
    """Measure once; the nodes run in this process, and each command takes them LATENCY."""
    with tempfile.TemporaryDirectory(prefix="brickyard-bench-") as folder:
        done, undone = asyncio.run(measure(Path(folder)))
    return [
        Figure("load of 4 nodes x 4 devices", done, None, "s"),
        Figure("its undo, from the plan to blank disks", undone, 5.0, "s"),
    ]


async def measure(folder: Path, nodes: int = 4, disks: int = 4) -> tuple[float, float]:
    """Seconds of the load, and of planning and running its undo."""
    async with await start_site(nodes, disks, LATENCY, folder / "demo") as demo:
        site = Site(load_config(demo.config_path).site(), RefusingAsker(), journal=folder / "journal.db")
        await site.open(watch=False)
        try:
            topology = site.read_topology(demo.topology_path).topology
            assert topology is not None
            plan = (await site.propose_load(topology)).plan
            started = time.monotonic()
            assert (await site.start(plan).wait()).ok
            done = time.monotonic() - started
            await site.refresh()
            started = time.monotonic()
            id_, undo = await site.undo_plan((await site.history())[0].id)
            assert (await site.start(undo, undoes=id_).wait()).ok
            undone = time.monotonic() - started
        finally:
            await site.close()
        assert not any(node.machine.lvm.pvs for node in demo.nodes)
        return done, undone


if __name__ == "__main__":
    show(__doc__ or "", main())
