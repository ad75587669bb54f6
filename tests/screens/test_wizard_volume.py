"""A PersistentVolume for a Gluster volume, by keys from the pane of volumes, on the storage nodes of the demo."""

from pathlib import Path

import pytest
import yaml

from screens import house
from screens.dashboard import DashboardScreen
from screens.needs import PickDialog
from screens.operation import OperationDialog
from screens.wizard_volume import VolumeWizard, asked_for, waiting_claims
from screens.yaml_view import YamlDialog
from tests.screens.driving import until
from tests.screens.fake_kube import FakeKube, claim
from tests.screens.kube_app import KubeApp
from tui.app import BrickyardApp
from tui.config import load_config
from tui.core.asker import Asker
from tui.core.model import State, Volume
from tui.core.units import GIB
from tui.demo.whole_scene import whole_scene
from tui.site import Site
from tui.widgets.virtual_table import VirtualTable

WAITS = "wiki/attachments"


async def test_a_claim_that_waits_gets_a_volume_of_gluster(tmp_path: Path) -> None:
    demo = await whole_scene(tmp_path / "demo", latency=0)

    async def make(asker: Asker) -> Site:
        return Site(load_config(demo.site.config_path).site(), asker, journal=tmp_path / "journal.db")

    tui = BrickyardApp(house(), make)
    try:
        async with tui.run_test(size=(80, 24), notifications=True) as pilot:
            app = KubeApp(demo.kube, tui, pilot, tmp_path / "journal.db")
            floor = await app.on(DashboardScreen)
            await app.listed()
            await app.press("3")
            table = floor.pane("volumes").query_one(VirtualTable)
            await until(pilot, lambda: table.move_to_key("heketidbstorage"), "the volumes")
            await app.press("p")
            await app.says("heketi keeps its database on this volume")
            table.move_to_key("media")
            await pilot.pause()
            await app.press("p")
            pick = await app.on(PickDialog)
            await app.shows("are on this Gluster volume already: all would write into it.")
            assert pick.query_one(VirtualTable).move_to_key(WAITS)
            await app.press("enter")
            wizard = await app.on(VolumeWizard)
            form = wizard.query_one("Form")
            assert (form.values["name"], form.values["capacity"], form.values["modes"]) == (
                "wiki-attachments", "10Gi", "RWX",
            )  # fmt: skip
            await app.fill(modes="RWX, RWQ")
            assert form.check()["modes"] == "'RWQ' is none of RWO, ROX, RWX, RWOP"
            await app.fill(modes="RWX", source="nfs")
            await app.press("enter")
            await app.shows("✗ the NFS server that exports the volume is missing")
            await app.fill(source="glusterfs", endpoints="media-endpoints")
            await app.press("enter")
            dialog = await app.on(YamlDialog)
            made = list(yaml.safe_load_all(dialog._draft.text))
            assert [one["kind"] for one in made] == ["Service", "Endpoints", "PersistentVolume"]
            assert "annotations" not in made[2]["metadata"]
            assert made[2]["spec"]["claimRef"]["name"] == "attachments"
            await app.press("y")
            await app.confirm()
            await app.on(OperationDialog)
            await app.done()

            def is_bound() -> bool:
                return bool(app.got("persistentvolumeclaims", "attachments", "wiki")["status"]["phase"] == "Bound")

            await until(pilot, is_bound, "a bound claim")
    finally:
        await demo.close()


def test_a_volume_is_proposed_as_the_claim_wants_it() -> None:
    kube = FakeKube()
    kube.put("persistentvolumeclaims", claim("shop", "cart", "Pending"), claim("shop", "db"))
    volume = Volume("vol_A", "id", "c", "replicate 3", 3, "Started", 25 * GIB + 5, 0, State.ONLINE)
    assert list(waiting_claims(kube.tables)) == ["shop/cart"]
    asked = asked_for(kube.tables, volume, waiting_claims(kube.tables)["shop/cart"])
    assert (asked.name, asked.capacity, asked.class_name, asked.endpoints) == (
        "shop-cart", "20Gi", "fast", "glusterfs-vol-a",
    )  # fmt: skip
    assert asked.problems() == []
    free = asked_for(kube.tables, volume, None)
    assert (free.name, free.capacity, free.claim_name) == ("vol-a", "25Gi", "")


@pytest.mark.parametrize(("version", "source"), [((1, 25), "glusterfs"), ((1, 26), "kadalu")])
def test_what_this_kubernetes_can_mount_is_proposed(version: tuple[int, int], source: str) -> None:
    kube = FakeKube()
    kube.tables.set_version(version)
    volume = Volume("v", "id", "c", "replicate 3", 3, "Started", None, 0, State.ONLINE)
    asked = asked_for(kube.tables, volume, None)
    assert (asked.source, asked.capacity) == (source, "")
