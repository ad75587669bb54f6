"""From the keyboard to simulated nodes and back, with the real site and its journal."""

from pathlib import Path

from textual.pilot import Pilot

from screens import house
from screens.dashboard import DashboardScreen
from screens.findings import FindingsDialog
from screens.operation import OperationDialog
from screens.operations import OperationsDialog
from screens.plan_review import PlanReviewDialog
from screens.unfinished import UnfinishedDialog
from tests.screens.driving import screen, shows, text, until
from tui.app import BrickyardApp, MakeSite
from tui.config import load_config
from tui.core.asker import Asker, RefusingAsker
from tui.demo.site import DemoSite, start_site
from tui.ops.journal import Journal
from tui.ops.operation import Operation
from tui.site import Site

SIZE = (120, 40)


def maker(demo: DemoSite) -> MakeSite:
    """The site of these simulated nodes."""

    async def make(asker: Asker) -> Site:
        return Site(load_config(demo.config_path).site(), asker)

    return make


def groups(demo: DemoSite) -> list[int]:
    """How many volume groups each node has."""
    return [len(node.machine.lvm.groups) for node in demo.nodes]


async def load(pilot: Pilot[None]) -> None:
    """Run the plan of the topology that the app was started with."""
    await until(pilot, lambda: isinstance(pilot.app.screen, (FindingsDialog, PlanReviewDialog)), "findings or plan")
    if isinstance(pilot.app.screen, FindingsDialog):
        await pilot.press("y")
    await screen(pilot, PlanReviewDialog)
    await pilot.press("y")
    await screen(pilot, OperationDialog)
    await shows(pilot, "u take it back")


async def test_a_load_is_undone_with_keys(tmp_path: Path) -> None:
    async with await start_site(3, 1, folder=tmp_path / "demo") as demo:
        app = BrickyardApp(house(), maker(demo), topology=demo.topology_path)
        async with app.run_test(size=SIZE) as pilot:
            await load(pilot)
            assert groups(demo) == [1, 1, 1]
            await pilot.press("u")
            await screen(pilot, PlanReviewDialog)
            await pilot.press(*"undo", "enter")
            await screen(pilot, OperationDialog)
            await until(pilot, lambda: groups(demo) == [0, 0, 0], "blank disks")
            await until(pilot, lambda: app.site is not None and not any(o.running for o in app.site.operations))
            await pilot.press("escape", "o")
            await screen(pilot, OperationsDialog)
            await shows(pilot, "↶ undone")
            await shows(pilot, "✓ done")
            assert "undo of " in text(pilot)


async def test_a_loaded_cluster_is_cleaned_with_keys(tmp_path: Path) -> None:
    async with await start_site(3, 1, folder=tmp_path / "demo") as demo:
        app = BrickyardApp(house(), maker(demo), topology=demo.topology_path)
        async with app.run_test(size=SIZE) as pilot:
            await load(pilot)
            await pilot.press("escape")
            floor = await screen(pilot, DashboardScreen)
            await until(pilot, lambda: any(c.id for c in floor.snapshot.clusters), "a cluster")
            await pilot.press("1", "home", "X")
            review = await screen(pilot, PlanReviewDialog)
            await pilot.press(*review.plan.confirm, "enter")
            await screen(pilot, OperationDialog)
            await until(pilot, lambda: groups(demo) == [0, 0, 0], "blank disks")
            await pilot.press("escape", "F")
            await screen(pilot, FindingsDialog)


async def test_what_another_process_left_is_found_at_the_start(tmp_path: Path) -> None:
    async with await start_site(3, 1, folder=tmp_path / "demo") as demo:
        before = Site(load_config(demo.config_path).site(), RefusingAsker())
        await before.open(watch=False)
        reading = before.read_topology(demo.topology_path)
        assert reading.topology is not None
        plan = (await before.propose_load(reading.topology)).plan
        await before.close()
        journal = Journal()
        broken = Operation(plan)
        await journal.begin(broken, demo.name)
        await journal.step_begins(broken.id, plan.steps[0].id)
        await journal.close()
        app = BrickyardApp(house(), maker(demo))
        async with app.run_test(size=SIZE) as pilot:
            await screen(pilot, UnfinishedDialog)
            await shows(pilot, "1 unknown")
            await pilot.press("R")
            await screen(pilot, PlanReviewDialog)
            await pilot.press("y")
            await screen(pilot, OperationDialog)
            await until(pilot, lambda: groups(demo) == [1, 1, 1], "volume groups")
