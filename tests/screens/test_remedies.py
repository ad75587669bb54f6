"""Remedies of findings: those with a plan and those that name a repair, one alone and all at once."""

from dataclasses import replace

import pytest

from screens.all_remedies import WORD, as_one, first_remedies
from screens.diagnosis_page import ExplainDialog
from screens.findings import FindingsDialog
from screens.needs import PickDialog
from screens.operation import OperationDialog
from screens.plan_review import PlanReviewDialog
from tests.screens.driving import screen, shows, until
from tests.screens.fake_site import FakeSite, app_on, step
from tests.screens.scene import busy_store
from tui.core.finding import Evidence, Finding, Fix, ObjectRef, Remedy, Severity
from tui.core.plan import Danger, Plan, Refused, Skipped
from tui.plans.kube_asks import Needs

SIZE = (80, 24)
VOLUME = ObjectRef("PersistentVolume", "", "pv-1")
RETAIN = Fix("patch-volume", (("volume", "pv-1"), ("policy", "Retain")))
VANISHED = Finding(
    "R17", Severity.WARNING, str(VOLUME), "PersistentVolume pv-1 names a volume that heketi does not know",
    about=VOLUME, cause="heketi can neither expand nor delete it.",
    proof=(Evidence(VOLUME, "annotation heketi-volume-id", "abc"),),
    remedies=(
        Remedy("Restore a backup of heketi's database"), Remedy("Keep pv-1 from being deleted", fix=RETAIN),
        Remedy("Delete it", Plan("Delete pv-1", (step("rm", "kubernetes"),))),
    ),
)  # fmt: skip


def leftover(number: int, danger: Danger = Danger.CHANGES, *, definite: bool = True) -> Finding:
    plan = Plan(f"Clean up {number}", (step(f"s{number}", "node1", danger),))
    return Finding(
        "leftover-pool", Severity.ERROR, f"node1 tp_{number}", f"pool {number} is left",
        remedies=(Remedy(f"remove it {number}", plan),), definite=definite,
    )  # fmt: skip


async def test_a_repair_that_is_only_named_is_planned_when_it_is_asked_for() -> None:
    site = FakeSite(busy_store())
    site.found = (VANISHED, replace(VANISHED, code="leftover-x", remedies=()))
    app = app_on(site)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("F")
        await screen(pilot, FindingsDialog)
        await shows(pilot, "why: heketi can neither")
        await shows(pilot, "seen: PersistentVolume pv-1 annotation heketi-volume-id: abc")
        await shows(pilot, "· Restore a backup of heketi's database  (by hand)")
        await shows(pilot, "1-2 run a remedy   A all   e explain   r look again   Esc back")
        await pilot.press("1")
        review = await screen(pilot, PlanReviewDialog)
        assert (review.plan.title, site.fixed) == ("Repair: patch-volume", [RETAIN])
        await pilot.press("escape")
        await screen(pilot, FindingsDialog)
        await pilot.press("2")
        review = await screen(pilot, PlanReviewDialog)
        assert review.plan.title == "Delete pv-1"
        await pilot.press("escape")
        await screen(pilot, FindingsDialog)
        await pilot.press("3")
        await shows(pilot, "There is nothing that can be run")
        await pilot.press("e")
        await screen(pilot, ExplainDialog)
        await pilot.press("escape", "down")
        await shows(pilot, "A all   r look again   Esc back")
        await pilot.press("e")
        notes = app._notifications
        await until(pilot, lambda: "All that is known of it is said here." in [note.message for note in notes])


async def test_a_question_of_a_repair_is_asked() -> None:
    site = FakeSite(busy_store())
    site.found = (VANISHED,)
    site.questions = [Needs("like", "It can be made like another one.", ("fast", "slow"))]
    async with app_on(site).run_test(size=SIZE) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("F")
        await screen(pilot, FindingsDialog)
        await pilot.press("enter")
        await screen(pilot, PickDialog)
        await pilot.press("down", "enter")
        await screen(pilot, PlanReviewDialog)
        assert [fix.value("like") for fix in site.fixed] == ["", "slow"]


async def test_all_at_once_are_one_plan_that_says_what_it_leaves_out() -> None:
    site = FakeSite(busy_store())
    other = replace(RETAIN, values=(("volume", "pv-2"), ("policy", "Retain")))
    asks = Fix("create-class", (("name", "slo"),))
    site.found = (
        leftover(1, Danger.DESTROYS), leftover(2, Danger.DESTROYS, definite=False), VANISHED,
        replace(VANISHED, subject="pv-2", remedies=(Remedy("Keep pv-2", fix=other),)),
        replace(VANISHED, subject="class slo", remedies=(Remedy("Make the class", fix=asks),)),
    )  # fmt: skip
    site.questions = [Needs("like", "StorageClass slo can be made like another one.", ("fast",))]
    async with app_on(site).run_test(size=(120, 40)) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("F")
        await screen(pilot, FindingsDialog)
        await pilot.press("A")
        review = await screen(pilot, PlanReviewDialog)
        # the first of the three that name a repair gets the question
        assert site.fixed == [RETAIN, other, asks]
        assert [s.id for s in review.plan.steps] == ["s1", "fix"]
        assert [skip.subject for skip in review.plan.skipped] == ["node1 tp_2", "PersistentVolume pv-1"]
        await shows(pilot, "✗ refused: node1 tp_2: it destroys, and what was found is likely, not certain")
        await shows(pilot, "what to do: Choose it in the list and run it alone.")
        assert review.plan.confirm == WORD
        await pilot.press(*WORD, "enter")
        await screen(pilot, OperationDialog)


def test_steps_keep_the_order_of_each_plan_and_no_id_is_double() -> None:
    one, two = step("a", "node1"), replace(step("b", "node1"), needs=("a",))
    other = replace(one, node="node2")
    first, second = Plan("one", (one, two)), Plan("two", (other, replace(two, node="node2")))
    plan = as_one([first, second, first])
    assert plan is not None
    plan.check_order()
    assert [(s.id, s.node, s.needs) for s in plan.steps] == [
        ("a", "node1", ()), ("b", "node1", ("a",)), ("a #2", "node2", ()), ("b #2", "node2", ("a #2",)),
    ]  # fmt: skip
    assert plan.confirm == ""


def test_one_plan_alone_stays_itself_and_of_none_is_told_why() -> None:
    plan, left = Plan("one", (step("a", "node1"),), confirm="node1"), Skipped("pv-1", "no", is_fault=True)
    assert as_one([plan]) == plan
    assert as_one([plan], [left]) == replace(plan, skipped=(left,))
    told = as_one([], [left])
    assert told is not None
    assert (told.steps, told.skipped) == ((), (left,))
    assert as_one([]) is None


def test_each_finding_gives_its_first_remedy_once() -> None:
    again = replace(VANISHED, sentence="the same once more")
    by_hand = replace(VANISHED, remedies=(Remedy("Look at it"),))
    assert first_remedies([by_hand, VANISHED, again]) == [(VANISHED, VANISHED.remedies[1])]


async def test_a_repair_that_can_not_be_planned_is_left_out_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    site = FakeSite(busy_store())
    site.found = (VANISHED,)

    async def refuse(fix: Fix) -> Plan:
        raise Refused("PersistentVolume pv-1 is gone.")

    monkeypatch.setattr(site, "fix_plan", refuse)
    async with app_on(site).run_test(size=SIZE) as pilot:
        await shows(pilot, "5 nodes live")
        await pilot.press("F")
        await screen(pilot, FindingsDialog)
        await pilot.press("A")
        await screen(pilot, PlanReviewDialog)
        await shows(pilot, "✗ refused: PersistentVolume pv-1: PersistentVolume pv-1 is gone")
