"""The chain below volumes that are no glusterfs ones: down to the same bricks, where that can be told."""

from dataclasses import replace

import pytest

from tests.screens.fake_kube import FakeKube, busy_kube
from tests.screens.scene import busy_store
from tui.core.chain import chain_of
from tui.core.claim_users import claims_of_volume, gluster_of
from tui.core.kube import (
    Condition,
    CsiDriver,
    CsiSource,
    KubeNode,
    LocalSource,
    NfsSource,
    NodeTerm,
    Requirement,
    VolumeSource,
)
from tui.core.link import BROKEN, WELL, Link

SNAPSHOT = busy_store().snapshot
KEY = ("team-1", "data-1")
KADALU = {"type": "External", "hostvol": "pool", "gserver": "10.77.0.11,10.77.0.12", "path": "subvol/ab/pvc-1"}
GLUSTER_CSI = {"glusterserver": "10.77.0.11", "glusterbkpservers": "10.77.0.12:10.77.0.13"}
ON_NODE_A = (NodeTerm((Requirement("kubernetes.io/hostname", "In", ("a",)),)),)


def _on(source: VolumeSource, affinity: tuple[NodeTerm, ...] | None = None) -> FakeKube:
    kube = busy_kube()
    volume = kube.tables.volumes["", "pv-data-1"]
    kube.put("persistentvolumes", replace(volume, source=source, node_affinity=affinity))
    return kube


def _below(kube: FakeKube) -> list[Link]:
    """The links from the source down."""
    links = chain_of(kube.tables, SNAPSHOT, KEY, ("bound", ""), ())
    return links[[link.kind for link in links].index("source") :]


def _gluster() -> str:
    return busy_kube().tables.volumes["", "pv-data-1"].gluster_name


@pytest.mark.parametrize(
    ("driver", "attributes", "reason"),
    [
        ("kadalu", {**KADALU, "gvolname": _gluster()}, "folder subvol/ab/pvc-1 of Gluster volume {} from 10.77.0.11,"
         " 10.77.0.12"),
        ("org.gluster.glusterfs", {**GLUSTER_CSI, "glustervol": _gluster()}, "Gluster volume {} from 10.77.0.11,"
         " 10.77.0.12, 10.77.0.13"),
    ],
)  # fmt: skip
def test_csi_drivers_for_gluster_lead_to_the_bricks(driver: str, attributes: dict[str, str], reason: str) -> None:
    kube = _on(CsiSource(driver, "pvc-1", attributes=attributes))
    links = _below(kube)
    assert [link.kind for link in links[:5]] == ["source", "Gluster volume", "brick", "device", "node"]
    assert (links[0].name, links[0].reason) == (f"{driver} pvc-1", reason.format(_gluster()))
    assert links[0].severity == WELL
    assert gluster_of(kube.tables, KEY) == _gluster()
    assert KEY in [user.claim for user in claims_of_volume(kube.tables, _gluster())]


def test_whether_a_driver_is_registered_is_told_where_that_is_known() -> None:
    kube = _on(CsiSource("kadalu", "h"))
    assert _below(kube)[0].state == ""
    kube.tables.mark_listed("csidrivers")
    assert _below(kube)[0].state == "no CSIDriver object"
    kube.put("csidrivers", CsiDriver("", "kadalu", "u", "1", 0.0))
    assert _below(kube)[0].state == "registered"


def test_nfs_of_a_storage_node_leads_to_its_volume() -> None:
    links = _below(_on(NfsSource("10.77.0.11", f"/{_gluster()}/sub")))
    assert (links[0].reason, links[1].kind) == ("server 10.77.0.11 is one of the storage nodes", "Gluster volume")
    assert len(_below(_on(NfsSource("10.77.0.11", "/other")))) == 1


def test_a_local_volume_names_its_nodes() -> None:
    kube = _on(LocalSource("/mnt/x"), ON_NODE_A)
    assert len(_below(kube)) == 1, "nodes were not read"
    kube.tables.mark_listed("nodes")
    gone = _below(kube)[1]
    assert (gone.state, gone.severity, gone.reason) == (
        "missing", BROKEN, "no node has kubernetes.io/hostname In a",
    )  # fmt: skip
    labels = {"kubernetes.io/hostname": "a"}
    node = KubeNode("", "a", "u", "1", 0.0, labels=labels, ready=Condition("Ready", "True"))
    kube.put("nodes", node)
    assert (_below(kube)[1].name, _below(kube)[1].state) == ("a", "ready")
    kube.put("nodes", replace(node, ready=Condition("Ready", "Unknown", "", "Kubelet stopped posting node status.")))
    sick = _below(kube)[1]
    assert (sick.state, sick.severity, sick.reason) == ("not ready", BROKEN, "Kubelet stopped posting node status.")
    for name in "bcde":
        kube.put("nodes", replace(node, name=name, uid=name))
    assert _below(kube)[-1].name == "and 2 more"
