"""The whole way with keys alone: key, class, claim, bound through heketi, mounted, in use, and deleted again."""

import logging
from pathlib import Path

import pytest

from screens import house
from screens.dashboard import DashboardScreen
from screens.mount_test import MountTestDialog
from screens.needs import PickDialog
from screens.operation import OperationDialog
from screens.pane_claims import ClaimsPane
from screens.plan_review import PlanReviewDialog
from screens.wizard_claim import ClaimWizard
from screens.wizard_class import ClassWizard
from screens.wizard_secret import SecretWizard
from screens.yaml_view import YamlDialog
from tests.screens.driving import screen, table_of, until
from tests.screens.kube_app import KubeApp
from tui.app import BrickyardApp
from tui.config import load_config
from tui.core.asker import Asker
from tui.demo.heketi_of_site import heketi_of
from tui.demo.kube_heketi import HeketiClient
from tui.demo.kube_objects import pod
from tui.demo.kube_resources import PODS
from tui.demo.whole_scene import WholeDemo, whole_scene
from tui.site import Site

KEY = "Gehe!m-und-lang-42"
CLAIM = ("default", "gluster-test")


async def by_wizard(app: KubeApp, kind: type, pressed: str, /, **values: str) -> None:
    """From the key of a wizard to the end of its plan, and back to the dashboard."""
    await app.press(pressed)
    await app.on(kind)
    await app.fill(**values)
    await app.press("enter")
    await app.on(YamlDialog)
    await app.press("y")
    await app.confirm()
    await app.on(OperationDialog)
    await app.done()
    await app.press("escape")
    await app.on(DashboardScreen)


async def the_volume_behind(app: KubeApp) -> str:
    """The Gluster volume of the claim, once the pane has told that it is bound."""
    await app.says("Claim default/gluster-test is bound to pvc-")
    bound = app.got("persistentvolumeclaims", CLAIM[1], CLAIM[0])["spec"]["volumeName"]
    return str(app.got("persistentvolumes", bound)["spec"]["glusterfs"]["path"])


async def mounts(app: KubeApp, gluster: str) -> None:
    """Mount test of a Gluster volume, from its pane."""
    await app.press("r")
    floor = await screen(app.pilot, DashboardScreen)
    await until(app.pilot, lambda: gluster in floor.snapshot.volumes, "the new Gluster volume")
    await app.press("3")
    await until(app.pilot, lambda: table_of(floor, "volumes").move_to_key(gluster), "its row")
    await app.pilot.pause()
    await app.press("m")
    await app.on(MountTestDialog)
    await app.press("enter")
    review = await app.on(PlanReviewDialog)
    assert review.plan.title.startswith(f"Test volume {gluster}")
    await app.confirm()
    await app.on(OperationDialog)
    await app.done()
    await app.press("escape")
    await app.on(DashboardScreen)


async def deletes(app: KubeApp, demo: WholeDemo, gluster: str) -> None:
    """Delete the claim with its data, in heketi and on the nodes."""
    demo.kube.store.delete(PODS, "default", "web")
    floor = await screen(app.pilot, DashboardScreen)
    pane = floor.query_one(ClaimsPane)
    await app.press("4")
    await app.select(pane, CLAIM)
    await app.press("D")
    await app.on(PickDialog)
    await app.shows("is deleted through heketi: ALL DATA IS LOST")
    await app.press("down", "enter")
    await app.confirm()
    await app.on(OperationDialog)
    await app.done()
    pool = demo.site.nodes[0].machine.glusterd.pool
    await until(app.pilot, lambda: gluster not in pool.volumes, "no Gluster volume")


async def test_from_nothing_to_a_mounted_volume(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    demo = await whole_scene(tmp_path / "demo", latency=0)
    demo.site.node("gl-b1").faults.glusterd_stopped = False
    heketi = heketi_of(demo.site)
    heketi.admin_key = KEY
    HeketiClient(demo.kube.controllers.world, 0.01).plug_in()
    journal = tmp_path / "journal.db"

    async def make(asker: Asker) -> Site:
        return Site(load_config(demo.site.config_path).site(), asker, journal=journal)

    tui = BrickyardApp(house(), make)
    try:
        async with heketi, tui.run_test(size=(120, 40), notifications=True) as pilot:
            app = KubeApp(demo.kube, tui, pilot, journal)
            await app.claims()
            place = {"namespace": "storage", "name": "story"}
            await by_wizard(app, SecretWizard, "K", **place, key=KEY)
            await by_wizard(
                app, ClassWizard, "C", name="gluster-story", url=heketi.url, secret_namespace="storage",
                secret_name="story", volume_type="replicate:3",
            )  # fmt: skip
            await until(pilot, lambda: app.knows_class("gluster-story"), "the new class")
            await by_wizard(app, ClaimWizard, "T", **{"class": "gluster-story"})
            gluster = await the_volume_behind(app)
            await app.shows("gluster-test ● bound")
            assert [one for one in heketi.requests if one == "POST /volumes"]
            await mounts(app, gluster)
            demo.kube.create(pod("default", "web", CLAIM[1]))
            await until(pilot, lambda: app.got("pods", "web", "default")["status"].get("phase") == "Running", "a pod")
            await deletes(app, demo, gluster)
            await app.looks_back()
            app.nowhere(KEY, log=caplog.text)
    finally:
        await demo.close()
