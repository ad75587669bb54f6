"""Operations of the past on the screen: the list, one record, undo, resume, export, and what broke off."""

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from screens.dashboard import DashboardScreen
from screens.export import ExportDialog
from screens.operation import OperationDialog
from screens.operations import OperationsDialog
from screens.plan_review import PlanReviewDialog
from screens.record import RecordDialog
from screens.step_output import StepOutputDialog
from screens.unfinished import UnfinishedDialog
from tests.screens.driving import screen, shows, text, until
from tests.screens.fake_site import FakeSite, app_on, step
from tests.screens.past import record
from tui.core.plan import Plan
from tui.core.store import Store
from tui.ops.events import Status, StepReport
from tui.ops.journal_schema import JournalError
from tui.widgets.tree_table import TreeTable
from tui.widgets.virtual_table import VirtualTable

SIZE = (110, 30)


def site_with_past() -> FakeSite:
    """An undo of a load, the load, one that failed before."""
    site = FakeSite(Store())
    site.past = [
        record("cccc0003", "done", title="Undo: Load lab.json", undoes="bbbb0002"),
        record("bbbb0002", "done", undone_by="cccc0003", ago=60),
        record("aaaa0001", "failed", title="Create volume web", ago=120),
    ]
    return site


async def opened(pilot: Pilot[None]) -> None:
    """Wait until the site is open."""
    await screen(pilot, DashboardScreen)
    await shows(pilot, "Press L to load")


async def listed(pilot: Pilot[None]) -> OperationsDialog:
    """The list of operations, once it is read."""
    await opened(pilot)
    await pilot.press("o")
    dialog = await screen(pilot, OperationsDialog)
    await shows(pilot, "✗ failed")
    return dialog


async def test_the_list_holds_past_and_present_the_newest_first() -> None:
    site = site_with_past()
    async with app_on(site).run_test(size=(140, 30)) as pilot:
        await opened(pilot)
        running = site.start(Plan("Mount test [x]", (step("a", "node1"),)))
        running.started_at = 1_800_000_100.0
        await listed(pilot)
        lines = [line for line in text(pilot).splitlines() if "│" in line]
        rows = [line for line in lines if "Load lab" in line or "web" in line or "Mount" in line]
        states = ("▶ running", "✓ done", "↶ undone", "✗ failed")
        assert all(state in row for state, row in zip(states, rows, strict=True)), rows
        assert "undo of bbbb0002" in rows[1]
        assert "taken back by cccc0003" in rows[2]
        assert "anna@desk" in rows[3]
        assert "1m15s" in rows[3]
        running.refuse("boris@x changes this cluster since 10:00")
        await shows(pilot, "⊘ refused")


async def test_the_list_is_filtered_and_escape_drops_the_filter_first() -> None:
    async with app_on(site_with_past()).run_test(size=SIZE) as pilot:
        dialog = await listed(pilot)
        await pilot.press("slash", *"state:failed", "enter")
        table = dialog.query_one(VirtualTable)
        await until(pilot, lambda: table.row_count == 1)
        await pilot.press("escape")
        await until(pilot, lambda: table.row_count == 3)
        await pilot.press("escape")
        await screen(pilot, DashboardScreen)


async def test_a_journal_that_can_not_be_read_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken() -> None:
        raise JournalError("the journal is damaged", "move it away")

    site = FakeSite(Store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await opened(pilot)
        await until(pilot, lambda: not list(pilot.app.workers), "the end of what reads the journal at the start")
        monkeypatch.setattr(site, "history", broken)
        await pilot.press("o")
        await screen(pilot, OperationsDialog)
        await shows(pilot, "the journal is damaged: move it away")


async def test_a_record_shows_steps_commands_exit_codes_and_output() -> None:
    site = site_with_past()
    async with app_on(site).run_test(size=SIZE) as pilot:
        await listed(pilot)
        await pilot.press("end", "enter")
        await screen(pilot, RecordDialog)
        for words in (
            "✗ failed", "anna@desk", "took 1m15s", "what to do: lsof /dev/sdb", "exit code 5 · 0.25s",
            "Can't open [b]no[/b] red", "second line", "⊘ not tried",
        ):  # fmt: skip
            await shows(pilot, words)
        await pilot.press("up")
        await shows(pilot, "$ lvm vgcreate vg_a /dev/sdb")
        await pilot.press("end")
        await shows(pilot, "Nothing was run for it.")


async def test_an_undo_is_reviewed_and_a_word_is_typed() -> None:
    site = site_with_past()
    async with app_on(site).run_test(size=SIZE) as pilot:
        await listed(pilot)
        await pilot.press("end", "u")
        await screen(pilot, PlanReviewDialog)
        await shows(pilot, "Undo: Create volume web")
        assert "goes with all that was written to it since" in text(pilot)
        assert "2 steps" in text(pilot)
        await pilot.press("y", "enter")
        assert site.operations == []
        await pilot.press("backspace", *"undo", "enter")
        await screen(pilot, OperationDialog)
        assert site.operations[0].undoes == "aaaa0001"


async def test_what_can_not_be_undone_says_why() -> None:
    async with app_on(site_with_past()).run_test(size=SIZE) as pilot:
        await listed(pilot)
        await pilot.press("home", "u")
        await shows(pilot, "Operation cccc0003 is an undo itself")
        await pilot.press("escape", "R")
        await shows(pilot, "is complete; nothing is left to resume")


async def test_resume_shows_what_is_left_before_it_goes_on() -> None:
    site = site_with_past()
    async with app_on(site).run_test(size=SIZE) as pilot:
        await listed(pilot)
        await pilot.press("end", "R")
        await screen(pilot, PlanReviewDialog)
        assert "1 of 3 steps are done" in text(pilot)
        assert "2 steps on 2 nodes" in text(pilot)
        assert site.operations == []
        await pilot.press("y")
        await screen(pilot, OperationDialog)
        assert site.operations[0].id == "aaaa0001"
        assert len(site.operations[0].plan.steps) == 3


async def test_export_asks_for_a_path_and_writes_over_nothing(tmp_path: Path) -> None:
    async with app_on(site_with_past()).run_test(size=SIZE, notifications=True) as pilot:
        await listed(pilot)
        await pilot.press("end", "e")
        dialog = await screen(pilot, ExportDialog)
        line = dialog.query_one(Input)
        assert line.value == "~/brickyard-operation-aaaa0001.json"
        path = tmp_path / "x.json"
        path.write_text("mine")
        line.value = str(path)
        await pilot.press("enter")
        await shows(pilot, "is there already")
        assert path.read_text() == "mine"
        line.value = str(tmp_path / "none" / "x.json")
        await pilot.press("enter")
        await shows(pilot, "No such file")
        line.value = str(tmp_path / "y.json")
        await pilot.press("enter")
        await screen(pilot, OperationsDialog)
        assert json.loads((tmp_path / "y.json").read_text())["id"] == "aaaa0001"


async def test_what_broke_off_is_told_at_the_start_and_stays_marked_until_it_is_settled() -> None:
    site = FakeSite(Store())
    site.past = [record("dddd0004", "broken off", title="Load lab.json [x]")]
    async with app_on(site).run_test(size=SIZE) as pilot:
        await screen(pilot, UnfinishedDialog)
        for words in ("Load lab.json [x]", "by anna@desk", "1 unknown · 1 not begun · 1 done", "? node2: step s2"):
            await shows(pilot, words)
        await pilot.press("escape")
        await screen(pilot, DashboardScreen)
        await shows(pilot, "broke off, o settles it: Load lab.json [x]")
        site.past = [record("dddd0004", "done")]
        await pilot.press("question_mark", "escape")
        await shows(pilot, "no operation in this session")


@pytest.mark.parametrize(("key", "words"), [("R", "Resume: Load lab.json"), ("u", "Undo: Load lab.json")])
async def test_what_broke_off_is_settled_from_the_start(key: str, words: str) -> None:
    site = FakeSite(Store())
    site.past = [record("dddd0004", "broken off")]
    async with app_on(site).run_test(size=SIZE) as pilot:
        await screen(pilot, UnfinishedDialog)
        await pilot.press(key)
        await screen(pilot, PlanReviewDialog)
        assert words in text(pilot)
        await pilot.press(*("undo" if key == "u" else "y"), *(["enter"] if key == "u" else []))
        await screen(pilot, OperationDialog)
        operation = site.operations[0]
        assert (operation.undoes or operation.id) == "dddd0004"


async def test_a_failure_is_told_while_the_rest_runs_and_can_be_retried_in_the_end() -> None:
    site = FakeSite(Store())
    async with app_on(site).run_test(size=SIZE, notifications=True) as pilot:
        await opened(pilot)
        failed = record("aaaa0001")
        operation = site.start(failed.plan)
        site.past = [failed]
        operation.id = "aaaa0001"
        await pilot.press("o")
        await screen(pilot, OperationsDialog)
        await pilot.press("enter")
        await screen(pilot, OperationDialog)
        operation.report(StepReport("s1", Status.RUNNING))
        operation.report(StepReport("s2", Status.FAILED, "the device is in use", "lsof /dev/sdb"))
        await shows(pilot, "what to do: lsof /dev/sdb")
        await pilot.press("R")
        await shows(pilot, "It still runs")
        operation.report(StepReport("s1", Status.DONE))
        operation.report(StepReport("s3", Status.BLOCKED))
        operation.end()
        await shows(pilot, "R retry")
        assert "u take it back" in text(pilot)
        assert "s skip what failed" in text(pilot)
        await pilot.press("R")
        await screen(pilot, PlanReviewDialog)
        assert "Resume: Load lab.json" in text(pilot)
        await pilot.press("escape", "enter")
        await screen(pilot, OperationDialog)
        # its table has the focus, and takes none of the keys that the bottom line names
        await pilot.press("s")
        review = await screen(pilot, PlanReviewDialog)
        assert [s.id for s in review.plan.steps] == ["s3"]


async def test_the_output_of_a_step_is_one_key_away() -> None:
    site = FakeSite(Store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await opened(pilot)
        past = record("aaaa0001")
        operation = site.start(past.plan)
        operation.id = "aaaa0001"
        site.past = [past]
        operation.report(StepReport("s2", Status.RUNNING))
        await pilot.press("o")
        await screen(pilot, OperationsDialog)
        await pilot.press("enter")
        dialog = await screen(pilot, OperationDialog)
        dialog.query_one(TreeTable).move_to_key("s2")
        await pilot.press("enter")
        await screen(pilot, StepOutputDialog)
        await shows(pilot, "exit code 5")
        assert "second line" in text(pilot)


async def test_a_refused_operation_says_why_and_offers_nothing() -> None:
    site = FakeSite(Store())
    async with app_on(site).run_test(size=SIZE, notifications=True) as pilot:
        await opened(pilot)
        site.start(Plan("Load it", (step("a", "node1"),))).refuse("boris@x changes this cluster since 10:00")
        await shows(pilot, "refused, nothing was begun: boris@x")
        await pilot.press("o")
        await screen(pilot, OperationsDialog)
        await pilot.press("enter")
        await screen(pilot, OperationDialog)
        await shows(pilot, "Nothing was begun: boris@x changes this cluster since 10:00")
        assert "retry" not in text(pilot)
        await pilot.press("u")
        await shows(pilot, "there is nothing to go on")


async def test_a_shell_where_the_terminal_can_not_be_handed_over_shows_the_command() -> None:
    async with app_on(site_with_past()).run_test(size=SIZE, notifications=True) as pilot:
        await listed(pilot)
        await pilot.press("end", "enter")
        await screen(pilot, RecordDialog)
        await pilot.press("exclamation_mark")
        await shows(pilot, "true node2")
