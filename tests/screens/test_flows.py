"""From a key to a plan to its result, on the real app with a site whose operations the test moves."""

from dataclasses import replace
from typing import cast

from textual.pilot import Pilot
from textual.widgets import Input

from screens.dashboard import DashboardScreen
from screens.mount_test import MountTestDialog
from screens.operation import OperationDialog
from screens.operations import OperationsDialog
from screens.plan_review import PlanReviewDialog
from screens.quit import QuitDialog
from screens.running import watch
from screens.volume_create import VolumeCreateDialog
from tests.screens.driving import screen, shows, table_of, text, until
from tests.screens.fake_site import FakeSite, app_on, step
from tests.screens.scene import busy_store
from tui.app import BrickyardApp
from tui.core.plan import Plan, Skipped
from tui.ops.events import Status, StepReport
from tui.widgets.virtual_table import VirtualTable

SIZE = (80, 24)


async def on_volumes(pilot: Pilot[None]) -> DashboardScreen:
    """The dashboard with its cursor on volume pvc-00."""
    await shows(pilot, "5 nodes live")
    await pilot.press("3")
    floor = await screen(pilot, DashboardScreen)
    table_of(floor, "volumes").move_to_key("pvc-00")
    return floor


async def test_create_a_volume() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("c")
        await screen(pilot, VolumeCreateDialog)
        await pilot.press(*"web", "tab", *"10GiB", "tab", "right")
        await shows(pilot, "split their brain")
        await pilot.press("enter")
        await screen(pilot, PlanReviewDialog)
        request = site.requests[0]
        assert (request.name, request.size, request.replica, request.gid) == ("web", 10 * 2**30, 2, 0)
        assert "3 steps on 3 nodes" in text(pilot)
        await pilot.press("escape")
        await screen(pilot, VolumeCreateDialog)
        assert site.operations == []
        await pilot.press("enter")
        await screen(pilot, PlanReviewDialog)
        await pilot.press("y")
        await screen(pilot, OperationDialog)
        await pilot.press("escape")
        await screen(pilot, DashboardScreen)
        await shows(pilot, "Create volume web")


async def test_wrong_answers_are_told_beside_the_field_and_nothing_is_lost() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("c")
        await screen(pilot, VolumeCreateDialog)
        await pilot.press(*"we b", "tab", *"10XiB", "enter")
        await shows(pilot, "! ")
        assert site.requests == []


async def test_no_room_is_told_in_the_form() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("c")
        await screen(pilot, VolumeCreateDialog)
        await pilot.press(*"web", "tab", *"2000TiB", "enter")
        await shows(pilot, "There is not enough room")
        assert "largest free: 1.9 TiB" in text(pilot)


async def test_stop_a_volume_with_a_key() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await on_volumes(pilot)
        await pilot.press("s")
        await screen(pilot, PlanReviewDialog)
        assert "▲ its clients lose it" in text(pilot)
        assert "[b]bold[/] [/x]" in text(pilot)
        await pilot.press("y")
        await screen(pilot, PlanReviewDialog)
        assert site.operations == []
        await pilot.press("Y")
        await screen(pilot, OperationDialog)
        assert site.operations[0].plan.title == "Stop volume pvc-00"


async def test_a_stopped_volume_is_started() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        floor = await on_volumes(pilot)
        stopped = next(v.name for v in floor.snapshot.volumes.values() if v.status == "Stopped")
        table_of(floor, "volumes").move_to_key(stopped)
        await pilot.press("s")
        await screen(pilot, PlanReviewDialog)
        assert "Start volume" in text(pilot)


async def test_deleting_needs_the_name_typed() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await on_volumes(pilot)
        await pilot.press("D")
        review = await screen(pilot, PlanReviewDialog)
        assert "DESTROYS DATA" in text(pilot)
        await pilot.press(*"pvc-01", "enter")
        await shows(pilot, "That is not 'pvc-00'")
        await pilot.press("y", "enter")
        assert site.operations == []
        review.query_one(Input).value = ""
        await pilot.press(*"pvc-00", "enter")
        await screen(pilot, OperationDialog)
        assert site.operations[0].plan.title == "Delete volume pvc-00"


async def test_mount_test_offers_nodes_that_answer_first() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await on_volumes(pilot)
        await pilot.press("m")
        dialog = await screen(pilot, MountTestDialog)
        await pilot.press("end")
        assert dialog.query_one(VirtualTable).cursor_key == "node5"
        await pilot.press("home", "enter")
        await screen(pilot, PlanReviewDialog)
        assert "Mount test of pvc-00 on node1" in text(pilot)


async def test_an_operation_from_start_to_failure() -> None:
    site = FakeSite(busy_store())
    plan = Plan("Try it", tuple(step(f"s{n}", f"node{n}") for n in (1, 2, 3)),
                (Skipped("node9 /dev/sdz", "it is mounted", True, "umount it"),))  # fmt: skip
    async with app_on(site).run_test(size=(100, 40)) as pilot:
        await shows(pilot, "5 nodes live")
        operation = site.start(plan)
        await pilot.press("o")
        await screen(pilot, OperationsDialog)
        await pilot.press("enter")
        await screen(pilot, OperationDialog)
        operation.report(StepReport("s1", Status.DONE, seconds=1))
        operation.report(StepReport("s2", Status.RUNNING))
        operation.output("s2", "wiping [1/2]\n")
        await shows(pilot, "wiping [1/2]")
        await shows(pilot, "1/3")
        operation.report(StepReport("s2", Status.FAILED, "the device is in use", "look who holds it: lsof /dev/sdb", 2))
        operation.report(StepReport("s3", Status.BLOCKED))
        operation.end()
        await shows(pilot, "1 done · 1 failed · 1 not tried")
        seen = text(pilot)
        for words in (
            "the device is in use",
            "what to do: look who holds it",
            "it is mounted",
            "what to do: umount it",
        ):
            assert words in seen
        await pilot.press("escape", "escape")
        await shows(pilot, "1 of 3 steps failed")


async def test_cancelling_an_operation() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await shows(pilot, "5 nodes live")
        operation = site.start(Plan("Long", (step("a", "node1"),)))
        await pilot.press("o", "enter")
        await screen(pilot, OperationDialog)
        await pilot.press("x")
        assert operation.cancelled
        await shows(pilot, "stopping")


async def test_a_read_only_site_shows_the_plan_and_does_not_run_it() -> None:
    site = FakeSite(busy_store(), read_only=True)
    async with app_on(site).run_test(size=SIZE) as pilot:
        await on_volumes(pilot)
        await pilot.press("s")
        await screen(pilot, PlanReviewDialog)
        await shows(pilot, "Read-only")
        await pilot.press("y")
        await screen(pilot, PlanReviewDialog)
        assert site.operations == []


async def test_control_c_says_how_one_quits() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE, notifications=True) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("ctrl+c")
        notes = pilot.app._notifications
        await until(pilot, lambda: "Ctrl-C ends nothing here. q quits." in [note.message for note in notes])
        await pilot.press("o")
        await screen(pilot, OperationsDialog)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: any("Escape goes back" in note.message for note in notes))


async def test_an_operation_that_left_nothing_can_not_be_taken_back() -> None:
    site = FakeSite(busy_store())
    tidy = replace(step("mount", "node1"), undo=(), no_undo="the last step cleans up")
    plan = Plan("Mount test", (tidy,))
    for shown, one in ((False, plan), (True, Plan("Load", (step("mount", "node1"),)))):
        async with app_on(site).run_test(size=SIZE) as pilot:
            await shows(pilot, "5 nodes live")
            operation = site.start(one)
            watch(cast(BrickyardApp, pilot.app), operation)
            await screen(pilot, OperationDialog)
            operation.report(StepReport("mount", Status.DONE, begun=True))
            operation.end()
            await shows(pilot, "Esc close")
            assert ("u take it back" in text(pilot)) is shown


async def test_quitting_asks_only_while_something_runs() -> None:
    site = FakeSite(busy_store())
    app = app_on(site)
    async with app.run_test(size=SIZE) as pilot:
        await shows(pilot, "5 nodes live")
        operation = site.start(Plan("Long", (step("a", "node1"),)))
        await pilot.press("q")
        await screen(pilot, QuitDialog)
        await pilot.press("escape")
        await screen(pilot, DashboardScreen)
        await pilot.press("q")
        await screen(pilot, QuitDialog)
        await pilot.press("y")
        await shows(pilot, "Stopping")
        assert operation.cancelled
        operation.end()
        await until(pilot, lambda: not app.is_running or app._exit)
    assert site.closed
