"""Taking things back, leftovers with their remedies, and what keeps a stray key from doing harm."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from screens.all_remedies import WORD
from screens.dashboard import DashboardScreen
from screens.findings import FindingsDialog
from screens.load import FileDialog, start_folder
from screens.operation import OperationDialog
from screens.plan_review import PlanReviewDialog
from screens.waiting import WaitingDialog
from tests.screens.driving import screen, shows, text, tree_of, until
from tests.screens.fake_site import FakeSite, app_on, step
from tests.screens.scene import busy_store
from tests.screens.test_load import GOOD
from tui.core.facts import ClusterFacts
from tui.core.finding import Finding, Remedy, Severity
from tui.core.plan import Danger, Plan
from tui.core.store import Store
from tui.plans.clean_target import CleanTarget
from tui.widgets.file_picker import FilePicker

SIZE = (110, 30)


async def on_tree(pilot: Pilot[None], *key: str) -> DashboardScreen:
    """The dashboard with its cursor on this row of the topology."""
    await shows(pilot, "5 nodes live")
    floor = await screen(pilot, DashboardScreen)
    await pilot.press("1")
    tree_of(floor).reveal(key)
    return floor


@pytest.mark.parametrize(
    ("key", "target"),
    [
        (("node", "node1"), CleanTarget("node", node="node1")),
        (("device", "node1", "/dev/sdb"), CleanTarget("device", node="node1", device="/dev/sdb")),
    ],
)
async def test_a_clean_shows_what_is_lost_and_needs_the_name(key: tuple[str, ...], target: CleanTarget) -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await on_tree(pilot, *key)
        await pilot.press("X")
        await screen(pilot, PlanReviewDialog)
        assert site.cleaned == [target]
        await shows(pilot, "▲ volume pvc-00 with 12 GiB of data is lost")
        await pilot.press("y", "Y", "enter")
        assert site.operations == []
        await pilot.press("backspace", "backspace", *"node1", "enter")
        await screen(pilot, OperationDialog)


async def test_leftovers_wait_for_the_volumes() -> None:
    store = busy_store()
    store.put_cluster("pool", ClusterFacts(1.0, "node1", unread={"volumes": "not asked yet"}))
    assert store.snapshot.awaits_volumes
    site = Slow(store)
    async with app_on(site).run_test(size=SIZE) as pilot:
        await shows(pilot, "The volumes are being read")
        await pilot.press("F")
        await screen(pilot, WaitingDialog)
        await shows(pilot, "they are being read")
        site.answers.set()
        await screen(pilot, FindingsDialog)


class Slow(FakeSite):
    """Its nodes answer when they are let."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.answers = asyncio.Event()

    async def refresh(self, nodes: Sequence[str] | None = None) -> None:
        """Waits."""
        await self.answers.wait()


async def test_a_cluster_is_cleaned_by_its_id_and_a_zone_is_nothing_to_clean() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE, notifications=True) as pilot:
        floor = await on_tree(pilot, "node", "node1")
        await pilot.press("home", "X")
        await screen(pilot, PlanReviewDialog)
        cluster = next(c for c in floor.snapshot.clusters if c.id)
        assert site.cleaned == [CleanTarget("cluster", cluster=cluster.id)]
        await pilot.press("escape", "down", "X")
        await shows(pilot, "Select a cluster, a node or a device")


async def test_a_topology_file_is_taken_back_from_the_load_dialog(tmp_path: Path) -> None:
    path = tmp_path / "topology.json"
    path.write_text(GOOD)
    site = FakeSite(busy_store())
    site.config = replace(site.config, topology=str(path))
    async with app_on(site).run_test(size=SIZE) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("L")
        dialog = await screen(pilot, FileDialog)
        line = dialog.query_one(FilePicker).query_one(Input)
        assert line.value == f"{tmp_path}/"
        await pilot.press("f8")
        await shows(pilot, "Take back what a topology file names")
        line.value = str(path)
        await pilot.press("enter")
        await screen(pilot, PlanReviewDialog)
        (target,) = site.cleaned
        assert target.kind == "topology"
        assert target.topology is not None
        assert [node.manage for node in target.topology.nodes] == ["node1", "node2", "node3"]


def test_the_picker_starts_beside_the_site_s_own_topology(tmp_path: Path) -> None:
    assert start_folder(str(tmp_path / "lab.json")) == tmp_path
    assert start_folder("") is None
    assert start_folder(str(tmp_path / "gone" / "lab.json")) is None


def leftover(number: int, *steps: str) -> Finding:
    """A finding whose remedy destroys."""
    plan = Plan(f"Clean up {number}", tuple(step(name, "node1", Danger.DESTROYS) for name in steps))
    remedies = (Remedy(f"remove it {number}", plan if steps else None),)
    return Finding("leftover-pool", Severity.WARNING, f"node1 tp_{number}", f"pool {number} is left", remedies=remedies)


async def test_leftovers_are_listed_and_cleaned_one_by_one_or_all_at_once() -> None:
    site = FakeSite(busy_store())
    site.found = (leftover(1, "a"), leftover(2, "b"), leftover(3))
    async with app_on(site).run_test(size=SIZE, notifications=True) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("F")
        await screen(pilot, FindingsDialog)
        await shows(pilot, "pool 3 is left")
        await pilot.press("enter")
        await screen(pilot, PlanReviewDialog)
        assert "Clean up 1" in text(pilot)
        await pilot.press("escape")
        await screen(pilot, FindingsDialog)
        await pilot.press("y")
        await screen(pilot, FindingsDialog)
        await pilot.press("A")
        await screen(pilot, PlanReviewDialog)
        assert "2 remedies" in text(pilot)
        await pilot.press(*WORD, "enter")
        await screen(pilot, OperationDialog)
        assert [s.id for s in site.operations[0].plan.steps] == ["a", "b"]
        await pilot.press("escape")
        site.found = ()
        await pilot.press("r")
        await until(pilot, lambda: site.refreshed == 1)
        await shows(pilot, "Nothing was found: no leftovers")


async def test_a_confirmation_that_was_typed_before_the_plan_was_shown_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("screens.plan_review.GRACE_SECONDS", 0.0)
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE, notifications=True) as pilot:
        await on_tree(pilot, "node", "node1")
        await pilot.press("3", "s")
        review = await screen(pilot, PlanReviewDialog)
        await until(pilot, lambda: review._quiet_since < float("inf"), "the plan painted")
        # so it is where the keys before it took long
        ahead = events.Key("Y", "Y")
        ahead.time = review._quiet_since - 1.0
        pilot.app.post_message(ahead)
        notes = pilot.app._notifications
        await until(pilot, lambda: any("That came before the plan" in note.message for note in notes))
        assert not site.operations
        await pilot.press("Y")
        await screen(pilot, OperationDialog)
        assert len(site.operations) == 1


async def test_a_confirmation_right_after_the_plan_is_shown_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE, notifications=True) as pilot:
        await on_tree(pilot, "node", "node1")
        await pilot.press("3", "s")
        await screen(pilot, PlanReviewDialog)
        monkeypatch.setattr("screens.plan_review.GRACE_SECONDS", 1000.0)
        await pilot.press("Y")
        await shows(pilot, "That came before the plan could be")
        assert site.operations == []
        monkeypatch.setattr("screens.plan_review.GRACE_SECONDS", 0.0)
        await pilot.press("Y")
        await screen(pilot, OperationDialog)


async def test_a_name_typed_ahead_does_not_count_either(monkeypatch: pytest.MonkeyPatch) -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await on_tree(pilot, "node", "node1")
        monkeypatch.setattr("screens.plan_review.GRACE_SECONDS", 1000.0)
        await pilot.press("X")
        await screen(pilot, PlanReviewDialog)
        await pilot.press(*"node1", "enter")
        await screen(pilot, PlanReviewDialog)
        assert site.operations == []


async def test_what_destroys_without_a_name_to_type_needs_shift() -> None:
    site = FakeSite(busy_store())
    site.found = (leftover(1, "a"),)
    async with app_on(site).run_test(size=SIZE) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("F")
        await screen(pilot, FindingsDialog)
        await pilot.press("1")
        await screen(pilot, PlanReviewDialog)
        await shows(pilot, "Y run it (with Shift)")
        await pilot.press("y")
        assert site.operations == []
        await pilot.press("Y")
        await screen(pilot, OperationDialog)


async def test_escape_with_a_key_behind_it_is_escape_in_a_review() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=SIZE) as pilot:
        await on_tree(pilot, "node", "node1")
        await pilot.press("3", "s")
        await screen(pilot, PlanReviewDialog)
        await pilot.press("alt+shift+y")
        await screen(pilot, DashboardScreen)
        assert site.operations == []
