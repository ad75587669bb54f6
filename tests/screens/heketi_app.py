"""The real app on a real site with a simulated heketi: alone, or beside simulated nodes."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from textual.pilot import Pilot
from textual.screen import Screen

from screens import house
from screens.dashboard import DashboardScreen
from screens.heketi_menu import HeketiMenu
from screens.operation import OperationDialog
from screens.plan_review import PlanReviewDialog
from tests.screens.driving import screen, shows, text, until
from tests.site.heketi_world import key_file
from tui.app import BrickyardApp
from tui.config import HeketiSettings, SiteConfig
from tui.core.asker import Asker
from tui.core.model import Snapshot
from tui.core.plan import Plan
from tui.demo.heketi import SimHeketi
from tui.site import Site

S = TypeVar("S", bound=Screen[Any])
SIZE = (150, 44)


@dataclass
class HeketiApp:
    """Presses keys and looks."""

    app: BrickyardApp
    pilot: Pilot[None]
    server: SimHeketi

    async def press(self, *keys: str) -> None:
        """Keys, one after another."""
        await self.pilot.press(*keys)

    async def on(self, kind: type[S]) -> S:
        """Wait for this screen."""
        return await screen(self.pilot, kind)

    async def shows(self, words: str) -> None:
        """Wait for these words."""
        await shows(self.pilot, words)

    async def until(self, seen: Callable[[], bool], what: str) -> None:
        """Wait for what is seen."""
        await until(self.pilot, seen, what)

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return text(self.pilot)

    @property
    def snapshot(self) -> Snapshot:
        """What the site knows."""
        assert self.app.site is not None
        return self.app.site.store.snapshot

    async def floor(self) -> DashboardScreen:
        """Wait for the dashboard with heketi's answer on it."""
        found = await self.on(DashboardScreen)
        await self.shows("heketi live")
        return found

    async def select(self, pane: str, key: object) -> None:
        """Put the cursor of a pane on a row."""
        floor = await self.on(DashboardScreen)
        table = floor.pane(pane).query_one("VirtualTable, TreeTable")
        await self.press({"topology": "1", "bricks": "2", "volumes": "3"}[pane], "home")
        for _ in range(60):
            await self.pilot.pause()
            thing = floor.selected
            if getattr(thing, "key", None) == key or getattr(thing, "name", None) == key:
                return
            await self.press("down")
        raise AssertionError(f"{key} is not in {table}\n{self.text}")

    async def runs(self) -> Plan:
        """Confirm the plan on top, and wait for its good end."""
        review = await self.on(PlanReviewDialog)
        assert self.app.site is not None
        before = len(self.app.site.operations)
        await self.until(lambda: review._quiet_since < float("inf"), "the plan painted")
        if review.plan.confirm:
            await self.press(*review.plan.confirm, "enter")
        else:
            await self.press("y")
        await self.on(OperationDialog)
        operation = self.app.site.operations[before]
        outcome = await operation.wait()
        assert outcome.ok, outcome.reports
        await self.press("escape")
        await self.on(DashboardScreen)
        return review.plan


@asynccontextmanager
async def on_site(folder: Path, server: SimHeketi, base: SiteConfig | None = None) -> AsyncIterator[HeketiApp]:
    """The app on a site with this heketi, which is running."""
    heketi = HeketiSettings(server.url, key_file=key_file(folder, server))
    base = base or SiteConfig("far")
    config = SiteConfig(base.name, topology=base.topology, ssh=base.ssh, heketi=heketi, poll_seconds=0.2)

    async def make(asker: Asker) -> Site:
        return Site(config, asker, journal=folder / "journal.db")

    app = BrickyardApp(house(), make)
    async with app.run_test(size=SIZE) as pilot:
        yield HeketiApp(app, pilot, server)


async def menu(app: HeketiApp, name: str) -> None:
    """H, then this choice."""
    await app.press("H")
    dialog = await app.on(HeketiMenu)
    place = [choice.name for choice in dialog._offered].index(name)
    await app.press("123456789abcdefghi"[place])


def seed(server: SimHeketi, nodes: int = 4, disks: int = 2) -> str:
    """A cluster of nodes; the answer is its id."""
    cluster = server.seed_cluster()
    paths = [f"/dev/sd{letter}" for letter in "bcd"[:disks]]
    for number in range(nodes):
        server.seed_node(cluster.id, f"node{number}", f"10.0.0.{number}", number % 3 + 1, paths)
    return cluster.id
