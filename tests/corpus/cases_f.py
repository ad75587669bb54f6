"""Bound claims whose pods can't mount or use them (F1-F20)."""

from typing import Any

from tests.corpus.build import Cluster
from tests.corpus.case import Cases
from tests.corpus.raw import stamp

cases = Cases()

PATH = "/var/lib/kubelet/pods/1/volumes/kubernetes.io~glusterfs/pv-db"
FAILED = 'MountVolume.SetUp failed for volume "pv-db" : mount failed: exit status {} Mounting command: mount {}'


def bound(minor: int = 25, **pv: Any) -> Cluster:
    """A claim "db" bound to the glusterfs volume "pv-db" with its Endpoints, and a node for pods."""
    cluster = Cluster(1, minor).bound("db", pv=pv).node("w1", f"v1.{minor}.3")
    return cluster.endpoints("glusterfs-cluster", "10.0.0.1", "10.0.0.2", "10.0.0.3")


def stuck(cluster: Cluster, text: str = "", reason: str = "FailedMount", **event: Any) -> Cluster:
    """The same with a pod that waits for its volume, and what kubelet says."""
    state = {"waiting": {"reason": "ContainerCreating"}}
    cluster.pod("app", "db", node="w1", status={"containerStatuses": [{"name": "main", "state": state}]})
    return cluster.event("Pod default/app", reason, text, **event) if text else cluster


def running(cluster: Cluster, text: str, reason: str = "Failed", **event: Any) -> Cluster:
    """The same with a pod that ran well until just now."""
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": stamp(1000)}
    cluster.pod("app", "db", node="w1", phase="Running", status={"conditions": [ready]})
    return cluster.event("Pod default/app", reason, text, **{"ago": 30, **event})


@cases("F1", "db", "a glusterfs volume on 1.27")
def _() -> Cluster:
    text = (
        "Unable to attach or mount volumes: unmounted volumes=[v0], unattached volumes=[], failed to process "
        'volumes=[v0]: failed to get Plugin from volumeSpec for volume "pv-db" err=no volume plugin matched'
    )
    return stuck(bound(27), text)


@cases("F1", "db", "a glusterfs volume on 1.36, before any pod comes")
def _() -> Cluster:
    return bound(36)


@cases("F2", "db", "the Endpoints are in another namespace")
def _() -> Cluster:
    cluster = bound().remove("endpoints", "default/glusterfs-cluster").remove("services", "default/glusterfs-cluster")
    cluster.endpoints("glusterfs-cluster", "10.0.0.1", namespace="storage")
    text = 'MountVolume.NewMounter initialization failed for volume "pv-db" : endpoints "glusterfs-cluster" not found'
    return stuck(cluster, text)


@cases("F2", "db", "Endpoints are missing, and no event tells it")
def _() -> Cluster:
    return stuck(Cluster(1, 20).bound("db").node("w1"))


@cases("F2", "db", "the namespace for Endpoints is mistyped")
def _() -> Cluster:
    source = {"glusterfs": {"endpoints": "glusterfs-cluster", "endpointsNamespace": "defaults", "path": "vol"}}
    return bound(source=source)


@cases("F2", "db", "Endpoints without a Service")
def _() -> Cluster:
    return bound().remove("services", "default/glusterfs-cluster")


@cases("F2", "db", "only an event tells of it, since Endpoints may not be listed")
def _() -> Cluster:
    text = 'MountVolume.NewMounter initialization failed for volume "pv-db" : endpoints "glusterfs-cluster" not found'
    return stuck(bound().deny("endpoints"), text)


@cases("F3", "db", "a Service with a selector empties the Endpoints")
def _() -> Cluster:
    cluster = bound().endpoints("glusterfs-cluster", selector={"app": "gluster"})
    text = "no valid ipaddress found in endpoint address list"
    return stuck(cluster, f'MountVolume.SetUp failed for volume "pv-db" : failed to execute mount command:[{text}]')


@cases("F4", "db", "a volume that names no Endpoints")
def _() -> Cluster:
    return stuck(bound(source={"glusterfs": {"endpoints": "", "path": "vol"}}))


@cases("F5", "db", "no client on the node, on 1.23")
def _() -> Cluster:
    text = (
        'MountVolume.CanMount failed for volume "pv-db" : verify that your node machine has the required components '
        "before attempting to mount this volume type. required binary /sbin/mount.glusterfs is missing"
    )
    return stuck(bound(23), text)


@cases("F6", "db", "no client on the node, on 1.25")
def _() -> Cluster:
    return stuck(bound(), FAILED.format(32, f"Output: mount: {PATH}: unknown filesystem type 'glusterfs'."))


@cases("F7", "db", "no volume of that name, says the client")
def _() -> Cluster:
    return stuck(bound(), FAILED.format(1, f"Output: Mounting glusterfs on {PATH} failed."))


@cases("F8", "db", "no brick can be reached")
def _() -> Cluster:
    text = "Output: Mount failed. Check the log file /x-glusterfs.log for more details. All subvolumes are down."
    return stuck(bound(20), FAILED.format(1, text))


@cases("F9", "db", "the client did not start")
def _() -> Cluster:
    text = "the following error information was pulled from the glusterfs log to help diagnose this issue: "
    return stuck(bound(), FAILED.format(1, text + "could not open log file for pod app"))


@cases("F10", "db", "a client that is too old")
def _() -> Cluster:
    return stuck(bound(20), FAILED.format(1, "Output: Invalid option auto_unmount"))


@cases("F11", "db", "noise of the mount script alone")
def _() -> Cluster:
    return stuck(bound(), FAILED.format(1, "Output: /sbin/mount.glusterfs: 90: [: 1: SyntaxOK: unexpected operator"))


@cases("F6", "db", "noise and the real fault")
def _() -> Cluster:
    stuck(cluster := bound(), FAILED.format(1, "/sbin/mount.glusterfs: 90: [: 1: SyntaxOK: unexpected operator"))
    return stuck(cluster, FAILED.format(32, "Output: mount: unknown filesystem type 'glusterfs'."))


@cases("F12", "db", "the client died under a pod")
def _() -> Cluster:
    return running(bound(), f"Error: failed to start: stat {PATH}: transport endpoint is not connected")


@cases("F13", "db", "a volume of heketi's without a group")
def _() -> Cluster:
    cluster = bound(annotations={"gluster.kubernetes.io/heketi-volume-id": "a" * 32})
    return cluster.pod("app", "db", node="w1", phase="Running")


@cases("F13", "db", "a pod may not write")
def _() -> Cluster:
    return running(bound(), "Error: mkdir /data/x: Permission denied")


@cases("F14", "db", "SELinux forbids it")
def _() -> Cluster:
    return running(bound(), "Error: avc: denied { write } tcontext=system_u:object_r:fusefs_t:s0")


@cases("F15", "db", "read-only without quorum")
def _() -> Cluster:
    return running(bound(), "Error: open /data/lock: Read-only file system")


@cases("F16", "db", "split-brain")
def _() -> Cluster:
    return running(bound(), "Error: read /data/a: Input/output error")


@cases("H6", "db", "split-brain, by its name")
def _() -> Cluster:
    return running(bound(), "Error: stat /data/a: split-brain detected: Input/output error")


@cases("F17", "db", "the CSI driver is not on the node")
def _() -> Cluster:
    source = {"csi": {"driver": "kadalu", "volumeHandle": "v"}}
    text = (
        'MountVolume.MountDevice failed for volume "pv-db" : kubernetes.io/csi: attacher.MountDevice failed to create '
        "newCsiDriverClient: driver name kadalu not found in the list of registered CSI drivers"
    )
    return stuck(bound(30, source=source), text)


@cases("F17", "db", "the CSI driver was never installed")
def _() -> Cluster:
    source = {"csi": {"driver": "org.gluster.glusterfs", "volumeHandle": "v", "volumeAttributes": {"glustervol": "db"}}}
    return stuck(bound(30, source=source), "Unable to attach or mount volumes: unmounted volumes=[v0]: timed out")


@cases("F18", "db", "attached elsewhere")
def _() -> Cluster:
    source = {"csi": {"driver": "disk", "volumeHandle": "v"}}
    text = 'Multi-Attach error for volume "pv-db" Volume is already used by pod(s) other'
    return stuck(bound(30, source=source), text, "FailedAttachVolume")


@cases("F19", "db", "a path that is not on the node")
def _() -> Cluster:
    text = 'MountVolume.NewMounter initialization failed for volume "pv-db" : path "/mnt/gluster/db" does not exist'
    return stuck(bound(30, source={"local": {"path": "/mnt/gluster/db"}}), text)


@cases("F20", "db", "bound differently after it was placed")
def _() -> Cluster:
    text = "Unable to attach or mount volumes: unmounted volumes=[v0], unattached volumes=[v0]: PVC is being deleted"
    return stuck(bound(), text)


@cases("H9", "db", "no space left, says a pod")
def _() -> Cluster:
    return running(bound(), "Error: write /data/x: no space left on device")


@cases("H10", "db", "the quota is used up")
def _() -> Cluster:
    return running(bound(), "Error: write /data/x: Disk quota exceeded")


@cases("G3", "db", "the node of its pod is not ready")
def _() -> Cluster:
    return stuck(bound().node("w1", ready=False))


@cases("G1", "db", "only some kubelets can mount it")
def _() -> Cluster:
    return bound(26).node("w1", "v1.26.1").node("w2", "v1.25.9")


@cases("", "db", "a bound claim on 1.20")
def _() -> Cluster:
    return bound(20).pod("app", "db", node="w1", phase="Running")


@cases("", "db", "a mount that failed at first and works now")
def _() -> Cluster:
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": stamp(100)}
    cluster = bound().pod("app", "db", node="w1", phase="Running", status={"conditions": [ready]})
    text = 'MountVolume.NewMounter initialization failed for volume "pv-db" : endpoints "glusterfs-cluster" not found'
    return cluster.event("Pod default/app", "FailedMount", text, ago=900)


@cases("", "db", "a pod that can't mount another volume of its")
def _() -> Cluster:
    cluster = bound()
    cluster.bound("logs", pv={"source": {"nfs": {"server": "n", "path": "/x"}}})
    state = {"waiting": {"reason": "ContainerCreating"}}
    cluster.pod("app", "db", "logs", node="w1", status={"containerStatuses": [{"name": "main", "state": state}]})
    text = "MountVolume.SetUp failed for volume \"pv-logs\" : mount failed: unknown filesystem type 'glusterfs'"
    return cluster.event("Pod default/app", "FailedMount", text)


@cases("", "db", "Endpoints that may not be listed")
def _() -> Cluster:
    return bound().deny("endpoints", "services")
