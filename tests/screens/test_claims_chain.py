"""The chain, the page behind a fault, remedies, and who hangs on a disk: dialogs in the real app."""

from typing import Any, cast

import pytest
from textual.pilot import Pilot

from screens.chain import ChainDialog
from screens.chain_users import UsersDialog
from screens.dashboard import DashboardScreen
from screens.diagnosis_page import ExplainDialog, page_lines
from screens.needs import AskDialog, PickDialog
from screens.operation import OperationDialog
from screens.plan_review import PlanReviewDialog
from tests.screens.driving import screen, shows, text, until
from tests.screens.fake_kube import FakeKube, busy_kube, no_class
from tests.screens.fake_site import FakeSite, app_on
from tests.screens.scene import busy_store
from tui.core.finding import Fix
from tui.core.plan import Refused
from tui.plans.kube_asks import Needs

SIZES = ((80, 24), (120, 40), (200, 60))
WIDE = (200, 60)
CART = ("shop", "cart")


def _site(kube: FakeKube | None = None) -> FakeSite:
    site = FakeSite(busy_store())
    site.kube = kube or busy_kube()
    return site


async def _chain(pilot: Pilot[None], key: tuple[str, str] = CART) -> ChainDialog:
    floor = await screen(pilot, DashboardScreen)
    await shows(pilot, "unreachable")
    await pilot.press("4")
    pane = cast(Any, floor.pane("claims"))
    await until(pilot, lambda: bool(pane.view.table.row_count == 43))
    pane.claims_view.table.move_to_key(key)
    await pilot.press("enter")
    return await screen(pilot, ChainDialog)


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_broken_link_is_marked_and_the_cursor_on_it(size: tuple[int, int]) -> None:
    async with app_on(_site()).run_test(size=size) as pilot:
        dialog = await _chain(pilot)
        await shows(pilot, "◀ here")
        assert cast(Any, dialog.query_one("TreeTable")).cursor_key == ("class", "slo")
        await shows(pilot, "C1 no StorageClass 'slo' - did you mean 'slow'?")
        await shows(pilot, "1-2 run a remedy")


async def test_evidence_cause_and_remedies_are_there_and_nothing_is_markup() -> None:
    async with app_on(_site()).run_test(size=WIDE, notifications=True) as pilot:
        await _chain(pilot)
        await shows(pilot, "why: Names of classes are compared letter by letter")
        await shows(pilot, "seen: PersistentVolumeClaim shop/cart spec.storageClassName: slo")
        await shows(pilot, "[red]x[/] not found")
        await shows(pilot, "1 Make the StorageClass slo")
        await shows(pilot, "· Ask who removed the class  (by hand)")


async def test_a_number_makes_the_plan_runs_it_and_the_claim_is_followed() -> None:
    site = _site()
    async with app_on(site).run_test(size=WIDE, notifications=True) as pilot:
        await _chain(pilot)
        await pilot.press("2")
        await screen(pilot, PlanReviewDialog)
        assert site.fixed == [Fix("recreate-claim", (("name", "cart"),))]
        await pilot.press("y")
        await screen(pilot, OperationDialog)
        assert [operation.plan.title for operation in site.operations] == ["Repair: recreate-claim"]
        floor = next(one for one in pilot.app.screen_stack if isinstance(one, DashboardScreen))
        assert cast(Any, floor.pane("claims")).claims_view.following == CART
        assert not any(isinstance(one, ChainDialog) for one in pilot.app.screen_stack)


async def test_a_repair_asks_for_what_it_needs_and_a_key_goes_into_the_vault() -> None:
    site = _site()
    site.questions = [
        Needs("key", "The Secret needs heketi's key.", secret=True),
        Needs("like", "It can be made like another one.", ("fast", "slow")),
    ]
    async with app_on(site).run_test(size=WIDE, notifications=True) as pilot:
        await _chain(pilot)
        await pilot.press("1")
        await screen(pilot, PickDialog)
        await shows(pilot, "It can be made like another one.")
        await pilot.press("down", "enter")
        await screen(pilot, AskDialog)
        await pilot.press(*"s3cret")
        assert "s3cret" not in text(pilot)
        await pilot.press("enter")
        await screen(pilot, PlanReviewDialog)
        like, key = (site.fixed[-1].value(name) for name in ("like", "key"))
        assert like == "slow"
        assert "s3cret" not in key
        assert site.vault.fill(key) == "s3cret"


async def test_who_gives_no_answer_goes_back_to_the_chain() -> None:
    site = _site()
    site.questions = [Needs("gluster", "Which Gluster volume?", ("a", "b"))]
    async with app_on(site).run_test(size=WIDE, notifications=True) as pilot:
        await _chain(pilot)
        await pilot.press("1")
        await screen(pilot, PickDialog)
        await pilot.press("escape")
        await screen(pilot, ChainDialog)
        assert len(site.fixed) == 1


async def test_a_repair_that_cannot_be_planned_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    site = _site()

    async def refuse(fix: Fix) -> None:
        raise Refused("There is a StorageClass of this name by now.")

    monkeypatch.setattr(site, "fix_plan", refuse)
    async with app_on(site).run_test(size=WIDE, notifications=True) as pilot:
        await _chain(pilot)
        await pilot.press("1")
        await shows(pilot, "There is a StorageClass of this name by now.")


async def test_a_number_without_a_remedy_says_so() -> None:
    async with app_on(_site()).run_test(size=WIDE, notifications=True) as pilot:
        await _chain(pilot)
        await pilot.press("7")
        await shows(pilot, "No remedy has this number.")


async def test_the_chain_follows_the_cluster() -> None:
    kube = busy_kube()
    async with app_on(_site(kube)).run_test(size=WIDE, notifications=True) as pilot:
        dialog = await _chain(pilot)
        kube.said[CART] = (*kube.said[CART], no_class(("shop", "other")))
        kube.drop("pods", ("shop", "web-0"))
        dialog._read()
        await until(pilot, lambda: text(pilot).count("C1 no StorageClass") == 2)
        assert "2 pods" not in text(pilot)


async def test_a_healthy_claim_says_so() -> None:
    async with app_on(_site()).run_test(size=WIDE, notifications=True) as pilot:
        await _chain(pilot, ("team-1", "data-1"))
        await shows(pilot, "Nothing is wrong with it as far as can be seen.")
        await shows(pilot, "Endpoints team-1/gluster")
        assert "◀ here" not in text(pilot)
        await pilot.press("e")
        await shows(pilot, "Nothing was found that could be explained.")


async def test_volumes_and_classes_have_a_chain_too() -> None:
    async with app_on(_site()).run_test(size=WIDE, notifications=True) as pilot:
        await screen(pilot, DashboardScreen)
        await shows(pilot, "unreachable")
        await pilot.press("4", "v", "end", "enter")
        dialog = await screen(pilot, ChainDialog)
        assert dialog.heading.startswith("PersistentVolume pv-data-")
        await shows(pilot, "Gluster volume")
        await pilot.press("escape", "v", "home", "enter")
        assert (await screen(pilot, ChainDialog)).heading == "StorageClass slo"
        await shows(pilot, "claim shop/cart")
        # the class itself is not there: those that ask for it say what is wrong
        await shows(pilot, "C1 no StorageClass 'slo' - did you mean 'slow'?")
        await shows(pilot, "1-2 run a remedy")


async def test_explain_shows_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.claim_findings.page", lambda code: f"# {code}: [b]no[/] class\n\n## Why\none\nline")
    async with app_on(_site()).run_test(size=WIDE, notifications=True) as pilot:
        await _chain(pilot)
        await pilot.press("e")
        await screen(pilot, ExplainDialog)
        await shows(pilot, "C1: [b]no[/] class")
        await shows(pilot, "one line")
        await pilot.press("escape", "escape", "e")
        await screen(pilot, ExplainDialog)


def test_a_page_flows_but_lists_and_code_stay() -> None:
    lines = list(page_lines("# T\n\na\nb\n- one\n  more\n- two\n\n    kubectl get\n1. first"))
    assert [(indent, str(content)) for indent, content in lines] == [
        (0, "T"), (0, ""), (0, "a b"), (0, "- one more"), (0, "- two"), (0, ""), (4, "kubectl get"), (0, "1. first"),
    ]  # fmt: skip


async def test_who_hangs_on_a_disk_and_from_there_to_the_chain() -> None:
    async with app_on(_site()).run_test(size=WIDE, notifications=True) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "unreachable")
        await pilot.press("1")
        cast(Any, floor.pane("topology")).table.reveal(("device", "node1", "/dev/sdb"))
        await pilot.press("w")
        dialog = await screen(pilot, UsersDialog)
        assert dialog.heading == "/dev/sdb on node1: 2 claims, 2 pods"
        await pilot.press("enter")
        assert (await screen(pilot, ChainDialog)).heading.startswith("The chain of claim team-")


async def test_nobody_hangs_on_it() -> None:
    async with app_on(_site(FakeKube().listed())).run_test(size=WIDE, notifications=True) as pilot:
        await screen(pilot, DashboardScreen)
        await shows(pilot, "unreachable")
        await pilot.press("3", "w")
        await screen(pilot, UsersDialog)
        await shows(pilot, "No PersistentVolume of this Kubernetes cluster is on it.")
        await pilot.press("escape", "4", "w")
        await shows(pilot, "Select a volume, a brick, a device or a node")
