"""What a repair has to know is asked for; claims and volumes are deleted with the dialogs that say what is lost."""

import base64
import logging
from pathlib import Path

import pytest

from screens.chain import ChainDialog
from screens.dashboard import DashboardScreen
from screens.needs import AskDialog, PickDialog, run_fix
from screens.operation import OperationDialog
from screens.plan_review import PlanReviewDialog
from screens.wizard_sets import SetClaimsDialog, fix_of
from tests.screens.driving import text, until
from tests.screens.kube_app import SIZES, KubeApp, kube_app
from tui.actions import ActionProvider
from tui.core.finding import Fix
from tui.core.kube_sets import LEFT, SetClaim
from tui.core.plan import Danger
from tui.demo.kube_objects import pod, stateful_set
from tui.dialects.kube_write import claim, storage_class, volume

KEY = "Gehe!m-und-lang-42"
SOURCE = {"glusterfs": {"endpoints": "gluster", "path": "vol1"}}
RWX = ("ReadWriteMany",)


def a_bound_claim(app: KubeApp, policy: str = "Delete", name: str = "db") -> None:
    app.sim.create(volume(f"pv-{name}", SOURCE, capacity="10Gi", access_modes=RWX, class_name="manual", reclaim=policy))
    app.sim.create(claim("default", name, size="10Gi", access_modes=RWX, class_name="manual"))


async def until_phase(app: KubeApp, wanted: str, name: str = "db") -> None:
    def has_phase() -> bool:
        found = app.sim.get("persistentvolumeclaims", name, "default")
        return found is not None and found.get("status", {}).get("phase") == wanted

    await until(app.pilot, has_phase, wanted)


@pytest.mark.parametrize("size", SIZES)
async def test_a_key_is_typed_unseen_and_gets_into_the_secret_alone(
    tmp_path: Path, size: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    coded = base64.b64encode(KEY.encode()).decode()
    async with kube_app(tmp_path, size=size) as app:
        await app.claims()
        fix = Fix("create-secret", (("namespace", "storage"), ("name", "heketi")))
        run_fix(app.app, fix, "Make the Secret storage/heketi")
        await app.on(AskDialog)
        await app.shows("needs heketi's key.")
        await app.is_whole()
        await app.press("enter")
        await app.shows("Nothing was typed.")
        await app.write(KEY)
        await app.press("enter")
        review = await app.on(PlanReviewDialog)
        assert KEY not in repr(review.plan)
        await app.confirm()
        await app.on(OperationDialog)
        await app.done()
        assert app.got("secrets", "heketi", "storage")["data"] == {"key": coded}
        await app.looks_back()
        app.nowhere(KEY, coded, log=caplog.text)


async def test_one_of_a_list_is_taken_and_escape_ends_it(tmp_path: Path) -> None:
    async with kube_app(tmp_path) as app:
        await app.claims()
        fix = Fix("create-class", (("name", "slo"),))
        run_fix(app.app, fix)
        await app.on(PickDialog)
        await app.press("escape")
        await app.on(DashboardScreen)
        run_fix(app.app, fix)
        await app.on(PickDialog)
        await app.press("enter")
        await app.on(PlanReviewDialog)
        await app.confirm()
        await app.done()
        assert app.got("storageclasses", "slo")["parameters"]["secretName"] == "key"


async def test_a_long_list_is_narrowed_by_typing(tmp_path: Path) -> None:
    async with kube_app(tmp_path, size=(80, 24)) as app:
        for number in range(30):
            app.sim.create(storage_class(f"class-{number:02d}", "example.com/x"))
        await app.claims()
        run_fix(app.app, Fix("create-class", (("name", "slo"),)))
        await app.on(PickDialog)
        await app.is_whole()
        await app.write("-1")
        await app.press("down", "enter")
        review = await app.on(PlanReviewDialog)
        assert '"provisioner":"example.com/x"' in review.plan.steps[0].commands[0].stdin
        await app.press("escape")
        await app.on(DashboardScreen)


async def test_a_finding_s_remedy_asks_too(tmp_path: Path) -> None:
    async with kube_app(tmp_path) as app:
        app.sim.create(claim("default", "db", size="1Gi", class_name="slo"))
        pane = await app.claims()
        await app.select(pane, ("default", "db"))
        await app.press("enter")
        await app.on(ChainDialog)
        await app.shows("1-")
        await app.press("1")
        top = (PickDialog, AskDialog, PlanReviewDialog)
        await until(app.pilot, lambda: isinstance(app.app.screen, top), "a question or a plan")


@pytest.mark.parametrize("size", SIZES)
async def test_a_claim_is_deleted_and_its_data_kept(tmp_path: Path, size: tuple[int, int]) -> None:
    async with kube_app(tmp_path, size=size) as app:
        app.sim.create(storage_class("manual", "kubernetes.io/no-provisioner"))
        a_bound_claim(app)
        await until_phase(app, "Bound")
        pane = await app.claims()
        await app.select(pane, ("default", "db"))
        await app.press("D")
        await app.on(PickDialog)
        await app.shows("Delete: the Gluster volume vol1")
        await app.is_whole()
        await app.press("enter")
        review = await app.on(PlanReviewDialog)
        assert (review.plan.confirm, review.plan.danger) == ("db", Danger.CHANGES)
        await app.shows("is set to Retain first")
        await app.shows("ReadWriteMany (RWX)")
        await app.press("f8")
        await app.shows("✓ tried, nothing changed: set the reclaim policy of pv-db to Retain")
        await app.shows("✓ tried, nothing changed: delete claim default/db")
        await app.press("y")
        assert app.sim.get("persistentvolumeclaims", "db", "default") is not None
        review.query_one("#confirm").value = ""
        await app.confirm()
        await app.done()
        assert app.sim.get("persistentvolumeclaims", "db", "default") is None
        assert app.got("persistentvolumes", "pv-db")["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
        await app.press("u")
        await app.on(PlanReviewDialog)
        await app.confirm()
        await until_phase(app, "Bound")


async def test_a_claim_in_use_and_what_is_no_claim_are_not_deleted(tmp_path: Path) -> None:
    async with kube_app(tmp_path) as app:
        app.sim.create(storage_class("manual", "kubernetes.io/no-provisioner"))
        a_bound_claim(app, "Retain")
        await until_phase(app, "Bound")
        app.sim.create(pod("default", "web-0", "db"))
        pane = await app.claims()
        await until(app.pilot, lambda: bool(app.got("pods", "web-0", "default")["spec"].get("nodeName")))
        await app.select(pane, ("default", "db"))
        await app.press("D")
        await app.shows("is used by pods")
        await app.press("escape", "v")
        await app.select(pane, ("", "pv-db"))
        await app.press("D")
        await app.shows("is bound to claim default/db")
        await app.press("escape", "v", "D")
        await app.says("Select a claim or a PersistentVolume first")


async def test_a_volume_that_nobody_has_is_deleted(tmp_path: Path) -> None:
    async with kube_app(tmp_path) as app:
        app.sim.create(volume("pv-old", SOURCE, capacity="10Gi", access_modes=RWX))
        pane = await app.claims(turns=1)
        await app.select(pane, ("", "pv-old"))
        await app.press("D")
        await app.shows("Gluster volume vol1 stays with all data")
        await app.confirm()
        await app.done()
        assert app.sim.get("persistentvolumes", "pv-old") is None


@pytest.mark.parametrize("size", SIZES)
async def test_what_statefulsets_left_behind_is_chosen_and_deleted(tmp_path: Path, size: tuple[int, int]) -> None:
    async with kube_app(tmp_path, size=size) as app:
        app.sim.create(storage_class("manual", "kubernetes.io/no-provisioner"))
        app.sim.create(stateful_set("default", "db", 1, "10Gi", "manual"))
        for name in ("data-db-1", "data-db-2"):
            a_bound_claim(app, "Retain", name)
            await until_phase(app, "Bound", name)
        await app.claims()
        await app.press("S")
        await app.on(SetClaimsDialog)
        await app.shows("◇ left behind")
        await app.shows("its StatefulSet has 1 replica, and this is beyond them")
        await app.shows("template data: class manual, 10 GiB, RWO")
        await app.is_whole()
        await app.press("end", "D")
        await app.says("is not left behind: its StatefulSet wants it")
        await app.press("home", "a", "D")
        review = await app.on(PlanReviewDialog)
        assert review.plan.confirm == "default/db"
        await app.shows("Retain: PersistentVolume pv-data-db-1 stays as Released")
        await app.confirm()
        await app.done()
        left = [one["metadata"]["name"] for one in app.sim.list("persistentvolumeclaims")]
        assert left == ["data-db-0"]
        await app.press("escape")
        await app.on(SetClaimsDialog)
        await until(app.pilot, lambda: "left behind" not in text(app.pilot), "an empty rest")
        await app.press("enter")
        await app.on(ChainDialog)


def test_one_alone_is_typed_by_its_own_name() -> None:
    row = SetClaim(("shop", "data-db-4"), LEFT)
    assert fix_of([row]).value("of") == ""
    assert fix_of([row, row]).value("of") == "namespace shop"


async def test_a_plan_is_tried_on_a_server_that_is_gone(tmp_path: Path) -> None:
    async with kube_app(tmp_path) as app:
        await app.claims()
        run_fix(app.app, Fix("allow-expansion", (("name", "slow"),)))
        await app.shows("allows expansion already")
        await app.press("escape")
        run_fix(app.app, Fix("set-default-class", (("name", "slow"),)))
        await app.on(PlanReviewDialog)
        await app.shows("1 step on kubernetes")
        await app.sim.close()
        await app.press("t")
        await app.shows("✗ it could not be tried: Kubernetes can't be asked: ")


async def test_d_deletes_what_the_pane_shows(tmp_path: Path) -> None:
    async with kube_app(tmp_path) as app:
        await app.claims()
        await app.press("3", "D")
        await app.says("Select a volume first")
        floor = await app.on(DashboardScreen)
        assert floor.check_action("delete_volume", ())
        assert not floor.check_action("delete_claim", ())
        assert "claims.delete" not in {action.id for action in ActionProvider(floor)._offered()}
        await app.press("4")
        assert not floor.check_action("delete_volume", ())
        offered = {action.id for action in ActionProvider(floor)._offered()}
        assert "volume.delete" not in offered
        assert {"claims.delete", "claims.class", "claims.view", "quit"} <= offered
