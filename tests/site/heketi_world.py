"""Sites with a simulated heketi: alone, or beside the simulated nodes that it works on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.plans.heketi_sites import wanted
from tui.config import HeketiSettings, SiteConfig, load_config
from tui.core.asker import Asker, RefusingAsker
from tui.core.heketi_model import HeketiSite
from tui.core.plan import Plan
from tui.core.topology import Topology
from tui.demo.heketi import SimHeketi
from tui.demo.heketi_of_site import heketi_of
from tui.demo.site import DemoSite, start_site
from tui.ops.events import Outcome
from tui.site import Site


@dataclass(frozen=True, slots=True)
class HeketiBench:
    """A site with a heketi."""

    server: SimHeketi
    site: Site
    demo: DemoSite | None = None

    async def run(self, plan: Plan) -> Outcome:
        """Run a plan to its end and look at everything again."""
        plan.check_order()
        outcome = await self.site.start(plan).wait()
        await self.site.refresh()
        return outcome

    async def undo(self) -> Outcome:
        """Take the newest operation back."""
        newest, plan = await self.site.undo_plan(self.site.operations[-1].id)
        outcome = await self.site.start(plan, undoes=newest).wait()
        await self.site.refresh()
        return outcome

    @property
    def known(self) -> HeketiSite:
        """What the site knows of its heketi."""
        return self.site.heketi_site()


def key_file(folder: Path, server: SimHeketi) -> str:
    """A file with the key of the simulated heketi."""
    path = folder / "heketi.key"
    path.write_text(server.admin_key + "\n")
    path.chmod(0o600)
    return str(path)


def topology(nodes: int = 3, disks: int = 2, first: int = 0) -> Topology:
    """node0, node1 ... with /dev/sdb, /dev/sdc."""
    return Topology((wanted(nodes, disks, first),), "topology.json")


@asynccontextmanager
async def alone(folder: Path, asker: Asker | None = None, **settings: Any) -> AsyncIterator[HeketiBench]:
    """A site that is a heketi and nothing else; without settings its key is in a file."""
    async with SimHeketi() as server:
        known = settings or {"key_file": key_file(folder, server)}
        heketi = HeketiSettings(server.url, **known)
        site = Site(SiteConfig("far", heketi=heketi), asker or RefusingAsker(), journal=folder / "journal.db")
        try:
            await site.open(watch=False)
            await site.refresh()
            yield HeketiBench(server, site)
        finally:
            await site.close()


@asynccontextmanager
async def beside(folder: Path, nodes: int = 3, disks: int = 2, *, manage: bool = True) -> AsyncIterator[HeketiBench]:
    """Simulated nodes that were loaded over SSH, and a heketi that took all of that over."""
    async with await start_site(nodes, disks, folder=folder / "demo") as demo:
        config = load_config(demo.config_path).site()
        before = Site(config, RefusingAsker(), journal=folder / "before.db")
        await before.open(watch=False)
        reading = before.read_topology(demo.topology_path)
        assert reading.topology is not None
        assert (await before.start((await before.propose_load(reading.topology)).plan).wait()).ok
        await before.close()
        async with heketi_of(demo) as server:
            heketi = HeketiSettings(server.url, key_file=key_file(folder, server), manage=manage)
            site = Site(
                SiteConfig(config.name, topology=config.topology, ssh=config.ssh, heketi=heketi),
                RefusingAsker(), journal=folder / "journal.db",
            )  # fmt: skip
            try:
                await site.open(watch=False)
                await site.refresh()
                yield HeketiBench(server, site, demo)
            finally:
                await site.close()
