"""What the wizards ask for is checked as the provisioner would, and written as manifests."""

from dataclasses import replace
from typing import Any

import pytest

from tui.core.plan import Refused
from tui.dialects.kube_write import DEFAULT_CLASS, LEGACY_CLASS
from tui.plans.kube_static import INSTEAD, StaticVolumeRequest, check_source, plan_static_volume
from tui.plans.kube_wizard import ClaimRequest, StorageClassRequest

GOOD = StorageClassRequest(
    "slow", url="http://10.0.0.9:8080", user="admin", secret_namespace="default", secret_name="heketi-secret",
    gid_min="40000", gid_max="50000", volume_type="replicate:3", cluster="630372ccdc720a92c681fb928f27b53f",
)  # fmt: skip
STATIC = StaticVolumeRequest("pv1", "vol1", "10Gi", addresses=("10.0.0.1",), endpoints_namespace="default")


def test_a_class_with_all_that_heketi_needs() -> None:
    assert GOOD.problems() == []
    assert GOOD.manifest() == {
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "slow"},
        "provisioner": "kubernetes.io/glusterfs",
        "parameters": {
            "resturl": "http://10.0.0.9:8080", "restuser": "admin", "secretNamespace": "default",
            "secretName": "heketi-secret", "clusterid": "630372ccdc720a92c681fb928f27b53f", "gidMin": "40000",
            "gidMax": "50000", "volumetype": "replicate:3",
        },
        "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate", "allowVolumeExpansion": True,
    }  # fmt: skip


def test_a_default_class() -> None:
    assert replace(GOOD, default=True).manifest()["metadata"]["annotations"] == {DEFAULT_CLASS: "true"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Slow"}, "is no name"),
        ({"name": ""}, "is no name"),
        ({"url": ""}, "resturl"),
        ({"url": "10.0.0.9:8080"}, "no address of a server"),
        ({"url": "http://h:99999"}, "no address of a server"),
        ({"url": "http://admin:x@h:8080"}, "can be read by everybody"),
        ({"secret_namespace": ""}, "belong together"),
        ({"secret_namespace": "", "secret_name": ""}, "asks for a key"),
        ({"user": "root"}, "knows the users"),
        ({"user": "user"}, "take 'admin'"),
        ({"gid_min": "1999"}, "gidMin is from 2000"),
        ({"gid_max": "2147483648"}, "gidMax is from 2000"),
        ({"gid_min": "many"}, "whole number"),
        ({"gid_max": "30000"}, "must not be smaller"),
        ({"volume_type": "mirror"}, "volumetype is"),
        ({"volume_type": "replicate:0"}, "volumetype is"),
        ({"volume_type": "disperse:3:2"}, "heketi makes disperse:2:1"),
        ({"volume_type": "disperse:4"}, "volumetype is"),
        ({"name_prefix": "a_b"}, "volumenameprefix"),
        ({"snap_factor": "0.5"}, "snapfactor"),
        ({"snap_factor": "ten"}, "snapfactor"),
        ({"endpoint_prefix": "e" * 27}, "at most 26"),
        ({"endpoint_prefix": "E_"}, "beginning of a name"),
        ({"reclaim": "Recycle"}, "Delete or Retain"),
        ({"binding": "Later"}, "WaitForFirstConsumer"),
        ({"provisioner": ""}, "has a provisioner"),
    ],
)
def test_what_is_wrong_with_a_class(change: dict[str, Any], words: str) -> None:
    (problem,) = replace(GOOD, **change).problems()
    assert words in problem


@pytest.mark.parametrize("kind", ["", "none", "replicate", "replicate:3", "disperse:4:2", "disperse:8:4"])
def test_volume_types(kind: str) -> None:
    assert replace(GOOD, volume_type=kind).problems() == []


def test_another_provisioner_has_parameters_of_its_own() -> None:
    asked = StorageClassRequest("nfs", "example.com/nfs", more={"archiveOnDelete": "false"})
    assert asked.problems() == []
    assert asked.manifest()["parameters"] == {"archiveOnDelete": "false"}


def test_the_claim_that_tries_a_class() -> None:
    asked = ClaimRequest(class_name="slow")
    assert asked.problems() == []
    assert asked.manifest()["spec"] == {
        "accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "20Gi"}}, "storageClassName": "slow",
    }  # fmt: skip
    old = replace(asked, legacy=True).manifest()
    assert old["metadata"]["annotations"] == {LEGACY_CLASS: "slow"}
    assert "storageClassName" not in replace(asked, class_name=None).manifest()["spec"]
    assert replace(asked, class_name="").manifest()["spec"]["storageClassName"] == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"namespace": "a.b"}, "no namespace"),
        ({"name": "x_y"}, "is no name"),
        ({"class_name": "Gold!"}, "no name of a class"),
        ({"size": "20 potatoes"}, "no size"),
        ({"size": "0"}, "no size"),
        ({"access_modes": ()}, "at least one"),
        ({"access_modes": ("RWX",)}, "no access mode"),
        ({"access_modes": ("ReadWriteOncePod", "ReadWriteMany")}, "stands alone"),
    ],
)
def test_what_is_wrong_with_a_claim(change: dict[str, Any], words: str) -> None:
    (problem,) = replace(ClaimRequest(class_name="slow"), **change).problems()
    assert words in problem


def test_a_static_volume_for_kubelets_that_mount_gluster() -> None:
    plan = plan_static_volume(replace(STATIC, gid="2001"), (None, None), "t0ken", (1, 25))
    assert [step.id for step in plan.steps] == [
        "create Service default/glusterfs-cluster", "create Endpoints default/glusterfs-cluster",
        "create PersistentVolume pv1",
    ]  # fmt: skip
    assert plan.steps[2].needs == (plan.steps[0].id, plan.steps[1].id)
    assert '"pv.beta.kubernetes.io/gid":"2001"' in plan.steps[2].commands[0].stdin


@pytest.mark.parametrize("version", [(1, 26), (1, 30), (1, 36)])
def test_no_kubelet_mounts_gluster_any_more(version: tuple[int, int]) -> None:
    with pytest.raises(Refused, match="can't mount") as refused:
        check_source("glusterfs", version)
    assert refused.value.details == INSTEAD
    for source in ("kadalu", "local", "nfs"):
        check_source(source, version)
    check_source("glusterfs", (1, 25))
    check_source("glusterfs", (0, 0))


def test_a_folder_on_nodes_with_a_label() -> None:
    asked = replace(STATIC, source="local", path="/var/lib/gluster/vol1/data", node_label="example.com/vol1")
    plan = plan_static_volume(asked, (None, None), "t0ken", (1, 30))
    spec = asked.manifest()["spec"]
    assert spec["local"] == {"path": "/var/lib/gluster/vol1/data"}
    (term,) = spec["nodeAffinity"]["required"]["nodeSelectorTerms"]
    assert term["matchExpressions"] == [{"key": "example.com/vol1", "operator": "In", "values": ["true"]}]
    assert any("fill its own disk" in warning for warning in plan.warnings)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "PV"}, "is no name"),
        ({"gluster": ""}, "which Gluster volume"),
        ({"capacity": "x"}, "is no size"),
        ({"claim_name": "db"}, "namespace and a name"),
        ({"gid": "root"}, "number of a group"),
        ({"access_modes": ("ReadWriteOncePod",)}, "CSI drivers only"),
        ({"source": "ceph"}, "mounts no Gluster volume"),
        ({"endpoints_namespace": ""}, "namespace of the Endpoints"),
        ({"source": "kadalu", "addresses": ()}, "addresses of the Gluster servers"),
        ({"source": "local", "path": "x", "node_label": "a"}, "folder is missing"),
        ({"source": "local", "path": "/x"}, "label is missing"),
        ({"source": "nfs", "path": "/x"}, "NFS server"),
    ],
)
def test_what_is_wrong_with_a_static_volume(change: dict[str, Any], words: str) -> None:
    asked = replace(STATIC, **change)
    (problem,) = asked.problems()
    assert words in problem
    with pytest.raises(Refused):
        plan_static_volume(asked, (None, None), "t0ken")
