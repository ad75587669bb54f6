"""Loading a topology: file, problems, a look at the nodes, findings with remedies, the plan."""

from pathlib import Path

from textual.widgets import Input

from screens.dashboard import DashboardScreen
from screens.error import ErrorDialog
from screens.findings import FindingsDialog
from screens.load import FileDialog, PreflightDialog
from screens.operation import OperationDialog
from screens.plan_review import PlanReviewDialog
from screens.problems import ProblemsDialog
from tests.screens.driving import screen, shows, static, text, until
from tests.screens.fake_site import FakeSite, app_on, step
from tests.screens.past import record
from tests.screens.scene import busy_store
from tui.core.finding import Finding, Remedy, Severity
from tui.core.plan import Plan
from tui.ops.events import Status, StepReport
from tui.widgets.file_picker import FilePicker

SIZE = (80, 24)
GOOD = """{"clusters": [{"nodes": [
 {"node": {"hostnames": {"manage": ["node1"], "storage": ["10.77.0.11"]}, "zone": 1}, "devices": ["/dev/sdb"]},
 {"node": {"hostnames": {"manage": ["node2"], "storage": ["10.77.0.12"]}, "zone": 2}, "devices": ["/dev/sdb"]},
 {"node": {"hostnames": {"manage": ["node3"], "storage": ["10.77.0.13"]}, "zone": 3}, "devices": ["/dev/sdb"]}]}]}
"""
TWO_NODES = "\n".join(line for line in GOOD.splitlines() if "node2" not in line)
BAD = GOOD.replace('"zone": 1', '"zone": "one"').replace('"zone": 2', '"zoon": 2')


async def test_load_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "topology.json"
    path.write_text(GOOD)
    site = FakeSite(busy_store())
    site.preflight.clear()
    async with app_on(site).run_test(size=SIZE) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("L")
        dialog = await screen(pilot, FileDialog)
        dialog.query_one(FilePicker).query_one(Input).value = str(path)
        await pilot.press("enter")
        await screen(pilot, PreflightDialog)
        assert "3 nodes with 3 devices" in text(pilot)
        assert "asking…" in text(pilot)
        site.preflight.set()
        await screen(pilot, PlanReviewDialog)
        await pilot.press("y")
        await screen(pilot, OperationDialog)
        assert site.operations[0].plan is site.load_plan


async def test_looking_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "topology.json"
    path.write_text(GOOD)
    site = FakeSite(busy_store())
    site.preflight.clear()
    async with app_on(site, topology=path).run_test(size=SIZE) as pilot:
        await screen(pilot, PreflightDialog)
        await pilot.press("escape")
        await screen(pilot, DashboardScreen)
        site.preflight.set()
        await pilot.pause(0.05)
        await screen(pilot, DashboardScreen)


async def test_all_faults_of_a_file_are_shown_at_once_and_it_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "topology.json"
    path.write_text(BAD)
    site = FakeSite(busy_store())
    async with app_on(site, topology=path).run_test(size=(120, 30)) as pilot:
        problems = await screen(pilot, ProblemsDialog)
        await shows(pilot, "can't be loaded")
        assert len([line for line in text(pilot).splitlines() if "✗ error" in line]) >= 2
        assert f"{path}:2:" in static(pilot, "#problem-full")
        await pilot.press("y")
        assert await screen(pilot, ProblemsDialog) is problems
        path.write_text(GOOD)
        await pilot.press("r")
        await screen(pilot, PlanReviewDialog)


async def test_warnings_allow_to_go_on(tmp_path: Path) -> None:
    path = tmp_path / "topology.json"
    path.write_text(TWO_NODES)
    site = FakeSite(busy_store())
    async with app_on(site, topology=path).run_test(size=SIZE) as pilot:
        await screen(pilot, ProblemsDialog)
        await shows(pilot, "The file has warnings")
        await pilot.press("y")
        await screen(pilot, PlanReviewDialog)


async def test_a_file_that_can_not_be_read(tmp_path: Path) -> None:
    site = FakeSite(busy_store())
    async with app_on(site, topology=tmp_path / "none.json").run_test(size=SIZE) as pilot:
        await screen(pilot, ErrorDialog)
        assert "can't be read: No such file" in " ".join(text(pilot).replace("│", " ").split())
        await pilot.press("enter")
        await screen(pilot, DashboardScreen)


async def test_findings_with_a_remedy_that_runs_from_there(tmp_path: Path) -> None:
    path = tmp_path / "topology.json"
    path.write_text(GOOD)
    site = FakeSite(busy_store())
    remedy = Plan("Load dm_thin_pool on node3", (step("modprobe", "node3"),))
    site.found = (
        Finding("module", Severity.WARNING, "node3", "dm_thin_pool is not loaded [x]", "node3",
                evidence="dmsetup targets", remedies=(Remedy("load it now", remedy), Remedy("reboot"))),
        Finding("used", Severity.ERROR, "node1 /dev/sdb", "it is mounted", "node1", "/dev/sdb"),
    )  # fmt: skip
    async with app_on(site, topology=path).run_test(size=(100, 30)) as pilot:
        await screen(pilot, FindingsDialog)
        await shows(pilot, "it is mounted")
        await pilot.press("j")
        await shows(pilot, "seen: dmsetup targets")
        assert "1 load it now" in text(pilot)
        assert "reboot  (by hand)" in text(pilot)
        await pilot.press("1")
        await screen(pilot, PlanReviewDialog)
        assert "Load dm_thin_pool on node3" in text(pilot)
        await pilot.press("y")
        await screen(pilot, OperationDialog)
        assert site.operations[0].plan is remedy
        await pilot.press("escape")
        await screen(pilot, FindingsDialog)
        await pilot.press("r")
        await screen(pilot, FindingsDialog)
        await pilot.press("escape")
        await screen(pilot, DashboardScreen)


async def test_after_a_remedy_has_ended_one_looks_again(tmp_path: Path) -> None:
    path = tmp_path / "topology.json"
    path.write_text(GOOD)
    site = FakeSite(busy_store())
    remedy = Plan("Start glusterd on node1", (step("glusterd", "node1"),))
    site.found = (
        Finding("glusterd", Severity.ERROR, "node1", "glusterd is not running", "node1",
                remedies=(Remedy("start it", remedy),)),
    )  # fmt: skip
    async with app_on(site, topology=path).run_test(size=(100, 30)) as pilot:
        first = await screen(pilot, FindingsDialog)
        await shows(pilot, "glusterd is not running")
        await pilot.press("1")
        await screen(pilot, PlanReviewDialog)
        await pilot.press("escape")
        assert await screen(pilot, FindingsDialog) is first
        await pilot.press("1")
        await screen(pilot, PlanReviewDialog)
        await pilot.press("y")
        await screen(pilot, OperationDialog)
        await pilot.press("escape")
        assert await screen(pilot, FindingsDialog) is first
        site.found = (Finding("used", Severity.WARNING, "node2 /dev/sdb", "it has a file system", "node2"),)
        site.operations[0].end()
        await shows(pilot, "it has a file system")
        assert "glusterd is not running" not in text(pilot)
        await pilot.press("y")
        assert (await screen(pilot, PlanReviewDialog)).plan is site.load_plan


async def test_while_a_remedy_is_taken_back_one_waits_with_looking_again(tmp_path: Path) -> None:
    path = tmp_path / "topology.json"
    path.write_text(GOOD)
    site = FakeSite(busy_store())
    remedy = Plan("Load dm_thin_pool on node3", (step("modprobe", "node3"),))
    site.found = (
        Finding("module", Severity.WARNING, "node3", "dm_thin_pool is not loaded", "node3",
                remedies=(Remedy("load it now", remedy),)),
    )  # fmt: skip
    async with app_on(site, topology=path).run_test(size=(100, 30)) as pilot:
        first = await screen(pilot, FindingsDialog)
        await pilot.press("1")
        await screen(pilot, PlanReviewDialog)
        await pilot.press("y")
        await screen(pilot, OperationDialog)
        operation = site.operations[0]
        site.past = [record(operation.id, "done")]
        operation.report(StepReport("modprobe", Status.DONE, begun=True))
        operation.end()
        await shows(pilot, "take it back")
        await pilot.press("u")
        await screen(pilot, PlanReviewDialog)
        assert first in pilot.app.screen_stack
        await pilot.press("escape")
        await until(pilot, lambda: first not in pilot.app.screen_stack)
        await screen(pilot, FindingsDialog)
