"""Claims that wait for an external provisioner."""

from tests.checks.claims.rooms import codes, fixes, one
from tests.corpus.build import Cluster
from tests.corpus.cases_e import NAME, asked, lease, provisioner, waiting
from tests.corpus.raw import meta
from tui.checks.claim_external import volume_rules
from tui.checks.claim_external_words import said_by_driver
from tui.core.finding import Severity

DELETED = "no volume plugin matched name: kubernetes.io/glusterfs"
MADE = {"pv.kubernetes.io/provisioned-by": "kubernetes.io/glusterfs"}


def test_nobody_is_sure_only_where_everything_was_read() -> None:
    assert one(waiting(), "E1").definite
    assert not one(waiting().unlisted("leases"), "E1").definite
    assert not one(waiting().deny("csidrivers"), "E1").definite
    assert codes(waiting().deny("pods")) == []
    asked_in_vain = one(asked(waiting()).deny("pods"), "E1")
    assert not asked_in_vain.definite
    assert "has not answered" in asked_in_vain.sentence
    assert codes(asked(asked(waiting()), "it begins", "Provisioning").deny("pods")) != ["E1"]


def test_a_pod_that_may_be_the_provisioner_leaves_doubt() -> None:
    cluster = waiting().pod("gluster-thing", namespace="storage", image="example/glusterfile-provisioner:1", node="w1")
    finding = one(cluster, "E1")
    assert not finding.definite
    assert "example/glusterfile-provisioner:1" in str(finding.proof)


def test_a_lease_that_is_held_is_a_sign_of_life() -> None:
    assert codes(lease(waiting(), 3)) == []
    assert "does not run any more" in one(lease(waiting(), 3600), "E1").sentence


def test_a_claim_is_not_missed_at_once() -> None:
    assert codes(waiting(25, age=30)) == []
    assert codes(asked(waiting(25, age=30))) == ["E1"]


def test_it_is_not_stuck_at_once() -> None:
    text = 'External provisioner is provisioning volume for claim "default/db"'
    cluster = asked(provisioner(waiting()), text, "Provisioning", by=f"{NAME}_p", ago=30)
    assert codes(cluster) == ["E2"]  # it has waited half an hour in all
    assert "has not taken it on" in one(cluster, "E2").sentence


def test_a_failure_after_the_beginning_is_a_failure() -> None:
    text = 'External provisioner is provisioning volume for claim "default/db"'
    cluster = asked(provisioner(waiting()), text, "Provisioning", by=f"{NAME}_p", ago=900)
    asked(cluster, "rpc error: code = Internal desc = broken", "ProvisioningFailed", by=f"{NAME}_p", ago=800)
    assert codes(cluster) == ["E3"]


def test_what_a_driver_says() -> None:
    assert said_by_driver("rpc error: code = Internal desc = a\n  b")[0] == "a b (Internal)"
    assert said_by_driver("")[0] == "it does not say why"
    assert len(said_by_driver("x" * 900)[0]) <= 160
    assert "has no room" in said_by_driver("External resource is exhausted")[0]


def test_a_node_is_gone_only_where_nodes_were_read() -> None:
    notes = {"volume.kubernetes.io/selected-node": "w9"}
    cluster = Cluster(1, 28).storage_class("files", NAME, waits=True).claim("db", cls="files", annotations=notes, age=9)
    assert codes(cluster) == ["E6"]
    assert fixes(one(cluster, "E6")) == [("forget-selected-node", {"namespace": "default", "name": "db"})]
    assert codes(cluster.deny("nodes")) == []


def test_kadalus_class_is_missing_only_where_classes_were_read() -> None:
    cluster = Cluster(1, 30).claim("db", cls="kadalu.pool")
    pod = {"image": "docker.io/kadalu/kadalu-operator:1.2", "phase": "Pending"}
    cluster.pod("operator-1", namespace="kadalu", node="w1", **pod)
    assert "1 of kadalu's 1 pods are not ready" in str(one(cluster, "E7").proof)
    assert codes(cluster.deny("storageclasses")) == []


def test_built_in_provisioners_are_not_looked_for() -> None:
    cluster = Cluster(1, 30).storage_class("disk", "kubernetes.io/aws-ebs").claim("db", cls="disk")
    assert codes(cluster) == []


def _deleted(minor: int, **told: object) -> list[str]:
    status = {"message": DELETED}
    volume = {"policy": "Delete", "phase": "Failed", "annotations": MADE, "status": status, "cls": "slow", **told}
    world = Cluster(1, minor).volume("pvc-1", **volume).world()
    return [finding.code for finding in volume_rules(world, world.tables.volumes["", "pvc-1"])]


def test_volumes_that_can_not_be_deleted_since_1_26() -> None:
    assert _deleted(28) == ["E9"]
    assert _deleted(28, phase="Released") == ["E9"]
    assert _deleted(25) == []
    assert _deleted(28, policy="Retain") == []
    assert _deleted(28, phase="Bound") == []
    assert _deleted(28, source={"nfs": {"server": "n", "path": "/"}}, annotations={}) == []


def test_what_is_to_be_done_with_a_volume_that_stays() -> None:
    notes = {**MADE, "gluster.kubernetes.io/heketi-volume-id": "ab" * 16}
    status = {"message": DELETED}
    cluster = Cluster(1, 36).volume("v", policy="Delete", phase="Failed", annotations=notes, status=status)
    cluster.event("PersistentVolume v", "VolumeFailedDelete", DELETED)
    world = cluster.world()
    (finding,) = volume_rules(world, world.tables.volumes["", "v"])
    assert finding.severity is Severity.ERROR
    assert f"heketi-cli volume delete {'ab' * 16}" in finding.remedies[0].title
    assert [name for name, _ in fixes(finding)] == ["patch-volume", "finish-deletion"]
    assert any(piece.value == DELETED and piece.field.startswith("event") for piece in finding.proof)


def test_a_driver_may_be_registered_without_a_provisioner() -> None:
    cluster = waiting().add("csidrivers", {"metadata": meta(NAME), "spec": {}})
    assert "is registered" in one(cluster, "E1").sentence
