"""The wizards in the real app: what they ask, what they refuse, the YAML, and what is made on the API server."""

import base64
import logging
from pathlib import Path

import pytest
import yaml
from textual.widgets import Input

from screens.dashboard import DashboardScreen
from screens.export import SaveDialog
from screens.operation import OperationDialog
from screens.plan_review import PlanReviewDialog
from screens.wizard_claim import ClaimWizard
from screens.wizard_class import ClassWizard, asked_like
from screens.wizard_form import quantity
from screens.wizard_secret import IN_ITS_PLACE, SecretWizard
from screens.yaml_view import YamlDialog
from tests.screens.driving import text, until
from tests.screens.kube_app import CLASS, SIZES, KubeApp, kube_app
from tui.core.kube import StorageClass
from tui.dialects.kube_write import DEFAULT_CLASS

KEY = "Gehe!m-und-lang-42"


async def yaml_of(app: KubeApp) -> str:
    dialog = await app.on(YamlDialog)
    found = dialog._draft.text
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_a_class_is_made_with_all_parameters(tmp_path: Path, size: tuple[int, int]) -> None:
    async with kube_app(tmp_path, size=size) as app:
        await app.claims()
        await app.press("C")
        await app.on(ClassWizard)
        await app.is_whole()
        await app.write("fast")
        await app.fill(
            url="http://127.0.0.1:9", secret_namespace="storage", secret_name="key", gid_min="3000", gid_max="4000",
            volume_type="disperse:4:2", cluster="a" * 32, volume_options="user.heketi.arbiter true",
            name_prefix="team", snap_factor="1.5", endpoint_prefix="ep", reclaim="Retain",
            binding="WaitForFirstConsumer", default="yes", mount_options="log-level=ERROR",
        )  # fmt: skip
        await app.press("enter")
        wanted = yaml.safe_load(await yaml_of(app))
        await app.is_whole()
        await app.press("t")
        await app.shows("✓ tried, nothing changed: create StorageClass fast")
        assert app.sim.get("storageclasses", "fast") is None
        await app.press("y")
        await app.confirm()
        await app.on(OperationDialog)
        await app.done()
        made = app.got("storageclasses", "fast")
    assert made["parameters"] == wanted["parameters"] == CLASS | {
        "gidMin": "3000", "gidMax": "4000", "volumetype": "disperse:4:2", "clusterid": "a" * 32,
        "volumeoptions": "user.heketi.arbiter true", "volumenameprefix": "team", "snapfactor": "1.5",
        "customepnameprefix": "ep",
    }  # fmt: skip
    assert (made["reclaimPolicy"], made["volumeBindingMode"]) == ("Retain", "WaitForFirstConsumer")
    assert (made["allowVolumeExpansion"], made["mountOptions"]) == (True, ["log-level=ERROR"])
    assert made["metadata"]["annotations"][DEFAULT_CLASS] == "true"


async def test_what_the_provisioner_would_refuse_is_refused_while_one_types(tmp_path: Path) -> None:
    async with kube_app(tmp_path) as app:
        await app.claims()
        await app.press("C")
        wizard = await app.on(ClassWizard)
        await app.write("Fast")
        await app.press("tab", "tab")
        await app.shows("! 'Fast' is no name")
        await app.write("heketi")
        await app.press("enter")
        await app.shows("! 'heketi' is no address of a")
        await app.fill(name="fast", url="http://127.0.0.1:9", gid_min="9000", gid_max="3000")
        await app.press("enter")
        await app.shows("✗ heketi asks for a key: name a Secret")
        await app.shows("✗ gidMax must not be smaller than gidMin")
        await app.fill(gid_max="")
        await until(app.pilot, lambda: "gidMax must not" not in text(app.pilot), "the other problem alone")
        await app.fill(secret_namespace="storage")
        await app.shows("✗ secretNamespace and secretName belong together")
        await app.fill(secret_name="key")
        await until(app.pilot, lambda: not wizard.query_one("#why-not").display, "no problem")
        for key, value, said in (
            ("volume_type", "disperse:5:2", "disperse:4:2"), ("gid_min", "100", "from 2000"),
            ("snap_factor", "0", "1 to 100"), ("name_prefix", "a_b", "'_'"), ("more", "x", "NAME=VALUE"),
            ("more", "restuserkey=x", "name a Secret"), ("user", "eve", "not 'eve'"),
        ):  # fmt: skip
            before = wizard.query_one("Form").values[key]
            await app.fill(**{key: value})
            assert said in wizard.query_one("Form").check()[key]
            await app.fill(**{key: before})
        assert app.sim.get("storageclasses", "fast") is None


async def test_a_class_is_prefilled_from_the_selected_one_and_made_anew_under_its_name(tmp_path: Path) -> None:
    async with kube_app(tmp_path) as app:
        pane = await app.claims(turns=2)
        await app.select(pane, ("", "slow"))
        await app.press("C")
        wizard = await app.on(ClassWizard)
        values = wizard.query_one("Form").values
        assert (values["name"], values["url"], values["secret_name"]) == ("slow", CLASS["resturl"], "key")
        await app.press("enter", "y")
        await app.shows("StorageClass slow has these values already")
        await app.press("escape", "escape")
        await app.on(ClassWizard)
        await app.fill(volume_type="none", reclaim="Retain")
        await app.press("enter")
        await app.shows("StorageClass slow is there: it is deleted and made anew")
        await app.press("y")
        review = await app.on(PlanReviewDialog)
        assert review.plan.title == "Recreate StorageClass slow with other values"
        await app.confirm()
        await app.done()
        made = app.got("storageclasses", "slow")
    assert made["parameters"] == CLASS | {"volumetype": "none"}
    assert made["reclaimPolicy"] == "Retain"


def test_a_class_of_another_provisioner_keeps_its_parameters() -> None:
    nfs = StorageClass(
        "", "nfs", "u", "1", 0.0, provisioner="example.com/nfs", parameters={"server": "a", "path": "/b"}
    )
    asked = asked_like(nfs)
    assert asked.parameters() == {"server": "a", "path": "/b"}
    hidden = StorageClass("", "x", "u", "1", 0.0, provisioner="kubernetes.io/glusterfs",
                          parameters={"RestURL": "http://h", "restuserkey": "(hidden)", "odd": "1"})  # fmt: skip
    assert asked_like(hidden).parameters() == {"resturl": "http://h", "odd": "1"}


@pytest.mark.parametrize("size", SIZES)
async def test_the_test_claim_is_what_the_field_expects(tmp_path: Path, size: tuple[int, int]) -> None:
    async with kube_app(tmp_path, size=size) as app:
        pane = await app.claims(turns=2)
        await app.select(pane, ("", "slow"))
        await app.press("T")
        await app.on(ClaimWizard)
        await app.is_whole()
        await app.press("enter")
        assert yaml.safe_load(await yaml_of(app)) == {
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": "gluster-test", "namespace": "default"},
            "spec": {
                "accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "20Gi"}},
                "storageClassName": "slow",
            },
        }  # fmt: skip
        await app.press("y")
        await app.confirm()
        await app.done()
        assert app.got("persistentvolumeclaims", "gluster-test", "default")["spec"]["storageClassName"] == "slow"
        await app.press("escape")
        await app.on(DashboardScreen)
        assert pane.claims_view.following == ("default", "gluster-test")
        # heketi is not there, and the pane says so of the claim that it follows
        await app.shows("gluster-test")
        await app.press("T")
        await app.on(ClaimWizard)
        await app.press("enter")
        await app.shows("claim default/gluster-test is there already")


async def test_a_claim_with_the_class_in_the_annotation_of_old_is_saved_instead(tmp_path: Path) -> None:
    async with kube_app(tmp_path) as app:
        await app.claims()
        await app.press("T")
        await app.on(ClaimWizard)
        await app.fill(**{"legacy": "yes", "class": "slow", "mode": "ReadOnlyMany (ROX)", "size": "1Gi"})
        await app.press("enter")
        await app.on(YamlDialog)
        await app.press("s")
        dialog = await app.on(SaveDialog)
        dialog.query_one(Input).value = str(tmp_path / "claim.yaml")
        await app.press("enter")
        await app.on(YamlDialog)
        await app.shows("Written to")
        saved = yaml.safe_load((tmp_path / "claim.yaml").read_text())
        assert not app.sim.list("persistentvolumeclaims")
    assert saved["metadata"]["annotations"] == {"volume.beta.kubernetes.io/storage-class": "slow"}
    assert saved["spec"]["accessModes"] == ["ReadOnlyMany"]
    assert "storageClassName" not in saved["spec"]


@pytest.mark.parametrize("from_file", [False, True])
async def test_the_key_gets_into_the_secret_and_nowhere_else(
    tmp_path: Path, from_file: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    coded = base64.b64encode(KEY.encode()).decode()
    async with kube_app(tmp_path) as app:
        await app.claims()
        await app.press("K")
        await app.on(SecretWizard)
        await app.is_whole()
        await app.fill(namespace="storage", name="heketi-secret")
        await app.press("enter")
        await app.shows("type the key, or name a file")
        if from_file:
            (tmp_path / "key.txt").write_text(KEY + "\n")
            await app.fill(file=str(tmp_path / "missing.txt"))
            await app.press("enter")
            await app.shows("missing.txt can't be read: No such file or directory.")
            await app.fill(file=str(tmp_path / "key.txt"))
        else:
            await app.press("tab", "tab")
            await app.write(KEY)
        await app.press("enter")
        assert IN_ITS_PLACE in await yaml_of(app)
        await app.press("s")
        (await app.on(SaveDialog)).query_one(Input).value = str(tmp_path / "secret.yaml")
        await app.press("enter")
        await app.on(YamlDialog)
        await app.press("t")
        await app.shows("✓ tried")
        await app.press("y")
        await app.confirm()
        await app.on(OperationDialog)
        await app.done()
        made = app.got("secrets", "heketi-secret", "storage")
        assert (made["type"], made["data"]) == ("kubernetes.io/glusterfs", {"key": coded})
        await app.looks_back()
        app.nowhere(KEY, coded, log=caplog.text)
    saved = (tmp_path / "secret.yaml").read_text()
    assert saved.startswith("# Put heketi's key")
    assert KEY not in saved
    assert coded not in saved


async def test_a_name_that_is_taken_is_said_by_the_plan_that_ran_into_it(tmp_path: Path) -> None:
    async with kube_app(tmp_path) as app:
        await app.claims()
        await app.press("T")
        await app.on(ClaimWizard)
        await app.fill(namespace="nowhere")
        await app.press("enter", "t")
        await app.shows("✗ the API server refuses")
        assert not app.sim.list("persistentvolumeclaims")


@pytest.mark.parametrize(
    ("size", "said"), [(20 << 30, "20Gi"), (1 << 40, "1Ti"), (1536 << 20, "1536Mi"), (5, "5"), (None, "")]
)
def test_bytes_as_kubernetes_writes_them(size: int | None, said: str) -> None:
    assert quantity(size) == said
