"""Claims that wait for an external provisioner (E1-E8)."""

from typing import Any

from tests.corpus.build import Cluster
from tests.corpus.case import Cases
from tests.corpus.raw import meta, stamp

cases = Cases()

NAME = "gluster.org/glusterfile"
CLAIM = "PersistentVolumeClaim default/db"
WAITS = (
    f'waiting for a volume to be created, either by external provisioner "{NAME}" or manually created by system '
    "administrator"
)
WAITS_NOW = (
    f"Waiting for a volume to be created either by the external provisioner '{NAME}' or manually by the system "
    "administrator. If volume creation is delayed, please verify that the provisioner is running and correctly "
    "registered."
)


def waiting(minor: int = 25, **request: Any) -> Cluster:
    """A claim of an external class that waits."""
    return Cluster(1, minor).storage_class("files", NAME).claim("db", **{"cls": "files", **request})


def provisioner(cluster: Cluster, name: str = NAME, **status: Any) -> Cluster:
    """The same with a pod that calls itself a provisioner."""
    container = {"env": [{"name": "PROVISIONER_NAME", "value": name}]}
    told = {"phase": "Running", **status}
    return cluster.pod("provisioner-0", namespace="storage", node="w1", container=container, **told)


def lease(cluster: Cluster, ago: float, name: str = "gluster.org-glusterfile") -> Cluster:
    """The same with the provisioner's lease, renewed so many seconds ago."""
    spec = {"holderIdentity": "provisioner-0", "leaseDurationSeconds": 15, "renewTime": stamp(ago)}
    return cluster.add("leases", {"metadata": meta(name, "storage"), "spec": spec})


def asked(cluster: Cluster, text: str = WAITS, reason: str = "ExternalProvisioning", **more: Any) -> Cluster:
    """The same with an event about it."""
    return cluster.event(CLAIM, reason, text, **{"by": "persistentvolume-controller", "type": "Normal", **more})


@cases("E1", "cap/p16", "nobody of that name (recorded)")
def _() -> Cluster:
    return Cluster(1, 25).recorded("storageclasses", "pvc-p16", "events-pvc-p16")


@cases("E1", "cap/p16b", "a CSI driver that is not there (recorded)")
def _() -> Cluster:
    return Cluster(1, 25).recorded("storageclasses", "pvc-p16b", "events-pvc-p16b")


@cases("E1", "cap/p17b", "nobody, after a node was chosen (recorded)")
def _() -> Cluster:
    return Cluster(1, 25).recorded("storageclasses", "pvc-p17b", "events-pvc-p17b").node("fake-node")


@cases("E1", "db", "nobody, and no event tells it")
def _() -> Cluster:
    return waiting()


@cases("E1", "db", "the words of newer releases")
def _() -> Cluster:
    return asked(waiting(32), WAITS_NOW)


@cases("E1", "db", "a mistyped provisioner")
def _() -> Cluster:
    cluster = Cluster(1, 28).storage_class("files", "gluster.org/glusterfiles").storage_class("good", NAME)
    return provisioner(cluster.claim("db", cls="files"))


@cases("E1", "db", "the provisioner crashes")
def _() -> Cluster:
    state = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}
    return asked(provisioner(waiting(), status={"containerStatuses": [{"name": "main", "state": state}]}))


@cases("E1", "db", "its lease is not renewed")
def _() -> Cluster:
    return lease(provisioner(asked(waiting(30))), 600)


@cases("E1", "db", "its driver is registered, but nobody provisions")
def _() -> Cluster:
    return asked(waiting(30)).add("csidrivers", {"metadata": meta(NAME), "spec": {"attachRequired": False}})


@cases("E2", "db", "it began and does not end")
def _() -> Cluster:
    text = 'External provisioner is provisioning volume for claim "default/db"'
    return asked(provisioner(waiting()), text, "Provisioning", by=f"{NAME}_provisioner-0_1", ago=900)


@cases("E2", "db", "it runs, but has not taken the claim on")
def _() -> Cluster:
    return lease(provisioner(asked(waiting())), 3)


@cases("E3", "db", "kadalu has no room")
def _() -> Cluster:
    text = (
        'failed to provision volume with StorageClass "files": rpc error: code = ResourceExhausted desc = '
        "No Hosting Volumes available, add more storage"
    )
    return asked(provisioner(waiting(30)), text, "ProvisioningFailed", by="kadalu_provisioner-0", type="Warning")


@cases("E3", "db", "an error of a driver that nobody knows")
def _() -> Cluster:
    text = (
        'failed to provision volume with StorageClass "files": rpc error: code = Internal desc = '
        "exit status 1: [gluster volume create] {nothing} works"
    )
    return asked(provisioner(waiting(30)), text, "ProvisioningFailed", by="kadalu_provisioner-0", type="Warning")


@cases("E4", "db", "it lacks a right")
def _() -> Cluster:
    text = (
        'failed to provision volume with StorageClass "files": endpoints is forbidden: User '
        '"system:serviceaccount:storage:provisioner" cannot create resource "endpoints" in API group "" in the '
        'namespace "default"'
    )
    return asked(provisioner(waiting()), text, "ProvisioningFailed", by=f"{NAME}_provisioner-0", type="Warning")


@cases("E5", "db", "its class was made anew for another provisioner")
def _() -> Cluster:
    notes = {"volume.kubernetes.io/storage-provisioner": "gluster.org/old"}
    return lease(provisioner(waiting(28, annotations=notes, age=200)), 3)


@cases("E6", "db", "the chosen node is gone", "E1")
def _() -> Cluster:
    notes = {"volume.kubernetes.io/selected-node": "w9"}
    cluster = Cluster(1, 28).storage_class("files", NAME, waits=True).node("w1", "v1.28.3")
    return cluster.claim("db", cls="files", annotations=notes)


@cases("E6", "db", "the chosen node is not ready")
def _() -> Cluster:
    notes = {"volume.kubernetes.io/selected-node": "w1"}
    cluster = Cluster(1, 28).storage_class("files", NAME, waits=True).node("w1", "v1.28.3", ready=False)
    return lease(provisioner(cluster.claim("db", cls="files", annotations=notes, age=200)), 3)


@cases("C1", "db", "kadalu's class is not there", "E7")
def _() -> Cluster:
    return Cluster(1, 30).claim("db", cls="kadalu.storage-pool-1")


@cases("F1", "db", "a provisioner that makes glusterfs volumes on 1.28", "E8")
def _() -> Cluster:
    notes = {"pv.kubernetes.io/provisioned-by": "gluster.org/glusterfs-subdir"}
    cluster = Cluster(1, 28).storage_class("files", "gluster.org/glusterfs-subdir")
    return cluster.bound("db", cls="files", pv={"annotations": notes})


@cases("", "db", "a CSI volume on 1.30")
def _() -> Cluster:
    attributes = {"gluster_volname": "db", "gluster_hosts": "10.0.0.1"}
    source = {"csi": {"driver": "kadalu", "volumeHandle": "v", "volumeAttributes": attributes}}
    cluster = Cluster(1, 30).storage_class("kadalu.pool", "kadalu").node("w1", "v1.30.2")
    cluster.bound("db", cls="kadalu.pool", pv={"source": source})
    return cluster.pod("app", "db", node="w1", phase="Running")


@cases("", "db", "a claim that an external provisioner has just taken on")
def _() -> Cluster:
    text = 'External provisioner is provisioning volume for claim "default/db"'
    cluster = lease(provisioner(waiting(30, age=8)), 2)
    return asked(cluster, text, "Provisioning", by=f"{NAME}_provisioner-0", ago=3)


@cases("", "db", "a claim that waits for its first pod")
def _() -> Cluster:
    return Cluster(1, 30).storage_class("files", NAME, waits=True).claim("db", cls="files")
