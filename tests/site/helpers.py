"""The engine over real SSH on simulated nodes."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tui.config import load_config
from tui.core.asker import RefusingAsker
from tui.core.plan import Plan
from tui.demo.site import DemoSite, start_site
from tui.ops.events import Outcome
from tui.site import Site
from tui.site_load import LoadProposal


@dataclass(slots=True)
class Bench:
    """A simulated site under administration."""

    demo: DemoSite
    site: Site

    async def run(self, plan: Plan) -> Outcome:
        """Run a plan to its end and read the nodes again."""
        outcome = await self.site.start(plan).wait()
        await self.site.refresh()
        return outcome

    async def propose(self, path: Path | None = None) -> LoadProposal:
        """The proposal for a topology file."""
        reading = self.site.read_topology(path or self.demo.topology_path)
        assert reading.topology is not None, reading.problems
        return await self.site.propose_load(reading.topology)

    async def load(self) -> Outcome:
        """Load the site's topology."""
        return await self.run((await self.propose()).plan)

    def asked(self, *words: str) -> list[tuple[str, str]]:
        """What nodes were asked so far: (node, command) where the command holds one of the words."""
        return [
            (node.name, line)
            for node in self.demo.nodes
            for line in node.executor.history
            if any(word in line for word in words)
        ]

    def groups(self) -> list[dict[str, list[str]]]:
        """What is in each volume group of each node."""
        return [
            {name: sorted(group.pools) for name, group in node.machine.lvm.groups.items()} for node in self.demo.nodes
        ]


@contextlib.asynccontextmanager
async def open_bench(folder: Path, *, nodes: int, disks: int, read_only: bool = False) -> AsyncIterator[Bench]:
    """Start simulated nodes and open a site on them that is read only when it is asked to."""
    demo = await start_site(nodes, disks, folder=folder / "demo")
    site = Site(load_config(demo.config_path).site(), RefusingAsker(), read_only=read_only)
    try:
        await site.open(watch=False)
        yield Bench(demo, site)
    finally:
        await site.close()
        await demo.close()


def write_topology(path: Path, devices: dict[str, list[str | dict[str, object]]]) -> Path:
    """A topology file of nodes (by simulated name) and devices; storage addresses are the demo's."""
    nodes = [
        {
            "node": {"hostnames": {"manage": [name], "storage": [f"10.42.0.{number}"]}, "zone": number},
            "devices": paths,
        }
        for number, (name, paths) in enumerate(devices.items(), 1)
    ]
    path.write_text(json.dumps({"clusters": [{"nodes": nodes}]}, indent=2))
    return path
