"""Claims of kubernetes.io/glusterfs: the class, its Secret, its group ids, what the claim asks for (D1-D16)."""

from typing import Any

from tests.corpus.build import Cluster
from tests.corpus.case import Cases

cases = Cases()

URL = "http://10.0.0.9:8080"
HIDDEN = (
    'Failed to provision volume with StorageClass "slow": failed to create volume: failed to create volume: '
    "see kube-controller-manager.log for details"
)


def waiting(minor: int = 25, request: dict[str, Any] | None = None, /, **parameters: str) -> Cluster:
    """A claim "db" of class "slow" with these parameters that waits for its volume."""
    cluster = Cluster(1, minor).storage_class("slow", parameters={"resturl": URL, **parameters})
    return cluster.claim("db", **{"cls": "slow", "size": "10Gi", **(request or {})})


def failed(cluster: Cluster, text: str, *, ago: float = 60.0) -> Cluster:
    """The same with the controller's event about it."""
    message = f'Failed to provision volume with StorageClass "slow": {text}'
    by = "persistentvolume-controller"
    return cluster.event("PersistentVolumeClaim default/db", "ProvisioningFailed", message, by=by, ago=ago)


def recorded(name: str) -> Cluster:
    """A claim of a real Kubernetes 1.25 with its events and all classes that were there."""
    return Cluster(1, 25).recorded("storageclasses-heketi", f"pvc-{name}", f"events-pvc-{name}")


@cases("D1", "db", "the provisioner is gone since 1.26")
def _() -> Cluster:
    cluster = waiting(28)
    text = "no volume plugin matched name: kubernetes.io/glusterfs"
    return cluster.event("PersistentVolumeClaim default/db", "ProvisioningFailed", text)


@cases("D1", "db", "the provisioner is gone, and no event tells it")
def _() -> Cluster:
    return waiting(36)


@cases("D2", "cap/p03", "no resturl (recorded)")
def _() -> Cluster:
    return recorded("p03")


@cases("D2", "db", "a resturl without scheme")
def _() -> Cluster:
    return waiting(resturl="heketi:8080")


@cases("D2", "db", "a resturl that ends in a slash")
def _() -> Cluster:
    return waiting(20, resturl=URL + "/")


@cases("D3", "cap/p04", "an unknown parameter (recorded)")
def _() -> Cluster:
    return recorded("p04")


@cases("D3", "db", "a mistyped parameter, and no event")
def _() -> Cluster:
    return waiting(20, volumtype="replicate:2")


@cases("D4", "cap/p07", "the Secret does not exist (recorded)")
def _() -> Cluster:
    return recorded("p07")


@cases("D4", "db", "the Secret has another type")
def _() -> Cluster:
    cluster = waiting(secretNamespace="default", secretName="heketi", restuser="admin")
    cluster.secret("heketi", type_="Opaque")
    return failed(cluster, "failed to get secret default/heketi: cannot get secret of type kubernetes.io/glusterfs")


@cases("D4", "db", "the Secret is empty")
def _() -> Cluster:
    return waiting(secretNamespace="default", secretName="heketi", restuser="admin").secret("heketi", keys="")


@cases("D4", "db", "the Secret has its key under another name")
def _() -> Cluster:
    return waiting(secretNamespace="default", secretName="heketi", restuser="admin").secret("heketi", keys="password")


@cases("D5", "cap/p06", "half of the Secret is told (recorded)")
def _() -> Cluster:
    return recorded("p06")


@cases("D6", "cap/p08", "group ids below 2000 (recorded)")
def _() -> Cluster:
    return recorded("p08")


@cases("D6", "db", "gidMax below gidMin")
def _() -> Cluster:
    return waiting(gidMin="5000", gidMax="4000")


@cases("D6", "db", "a group id that is no number")
def _() -> Cluster:
    return waiting(gidMin="two thousand")


@cases("D7", "cap/h6", "all group ids are in use (recorded)")
def _() -> Cluster:
    return recorded("h6").recorded("pv-h5", "pvc-h5").secret("heketi-secret")


@cases("D7", "db", "all group ids are in use, and no event")
def _() -> Cluster:
    cluster = waiting(gidMin="2000", gidMax="2001")
    for gid in ("2000", "2001"):
        cluster.volume(f"pvc-{gid}", cls="slow", phase="Released", annotations={"pv.beta.kubernetes.io/gid": gid})
    return cluster


@cases("D8", "cap/p05", "a volumetype that does not exist (recorded)")
def _() -> Cluster:
    return recorded("p05")


@cases("D8", "db", "a dispersion that heketi refuses")
def _() -> Cluster:
    return waiting(volumetype="disperse:3:1")


@cases("D8", "db", "too many replicas")
def _() -> Cluster:
    return waiting(volumetype="replicate:5")


@cases("D8", "db", "a dispersion without counts")
def _() -> Cluster:
    return waiting(volumetype="disperse")


@cases("D9", "db", "an underscore in the name's prefix")
def _() -> Cluster:
    return waiting(volumenameprefix="team_a")


@cases("D9", "db", "a snapshot factor out of range")
def _() -> Cluster:
    return waiting(snapfactor="0.5")


@cases("D9", "db", "a prefix of Endpoints that is too long")
def _() -> Cluster:
    return waiting(customepnameprefix="a-very-long-prefix-for-endpoints")


@cases("D10", "cap/p12", "a block device (recorded)")
def _() -> Cluster:
    return recorded("p12")


@cases("D10", "db", "ReadWriteOncePod")
def _() -> Cluster:
    return waiting(25, {"modes": ("ReadWriteOncePod",)})


@cases("D11", "cap/p01", "heketi refused, and nobody asked it (recorded)")
def _() -> Cluster:
    return recorded("p01")


@cases("D11", "cap/p09", "heketi's name is not known (recorded)")
def _() -> Cluster:
    return recorded("p09")


@cases("D11", "cap/w2", "refused when its pod came (recorded)")
def _() -> Cluster:
    cluster = Cluster(1, 25).recorded("pvc-w2", "events-pvc-w2")
    return cluster.storage_class("w-dead", parameters={"resturl": "http://127.0.0.1:1"}, waits=True, age=3600)


@cases("D13", "db", "Endpoints can't be made")
def _() -> Cluster:
    text = (
        "failed to create volume: failed to create endpoint/service default/glusterfs-dynamic-1: "
        'services "glusterfs-dynamic-1" is forbidden: exceeded quota: few'
    )
    return failed(waiting(), text)


@cases("D14", "db", "storage nodes known by name")
def _() -> Cluster:
    text = (
        "failed to get cluster nodes for volume vol_1: glusterfs server node ip address gl1.example must be a valid "
        "IP address, (e.g. 10.9.8.7)"
    )
    return failed(waiting(23), text)


@cases("D15", "cap/p40", "a volume could not be made larger (recorded)")
def _() -> Cluster:
    cluster = Cluster(1, 25).recorded("pvc-p40-expand", "events-pvc-p40-expand", "pv-v40")
    source = cluster.objects["persistentvolumes"]["", "v40"]["spec"]["glusterfs"]
    return cluster.endpoints(source["endpoints"], "10.0.0.1", namespace="cap")


@cases("D16", "db", "a volume is to grow, and nobody can do it", "F1")
def _() -> Cluster:
    return Cluster(1, 30).bound("db", size="20Gi", capacity="10Gi", pv={"size": "10Gi"})


@cases("D2", "db", "two faults of one class", "D6")
def _() -> Cluster:
    return waiting(resturl="", gidMin="5")


@cases("", "cap/h5", "a claim that heketi's volume was made for (recorded)")
def _() -> Cluster:
    cluster = Cluster(1, 25).recorded("storageclasses-heketi", "pvc-h5", "pv-h5", "events-pvc-h5", "endpoints")
    cluster.secret("heketi-secret")
    for _, name in list(cluster.objects["endpoints"]):
        cluster.add("services", {"metadata": {"name": name, "namespace": "cap", "uid": "s"}, "spec": {}})
    return cluster


@cases("", "db", "a class with all parameters, and a claim that was made just now")
def _() -> Cluster:
    parameters = {
        "restuser": "admin", "secretNamespace": "default", "secretName": "heketi", "clusterid": "a" * 32,
        "gidMin": "40000", "gidMax": "50000", "volumetype": "disperse:4:2", "volumeoptions": "nfs.disable on",
        "volumenameprefix": "team", "snapfactor": "1.5", "customepnameprefix": "gl", "restauthenabled": "true",
    }  # fmt: skip
    return waiting(25, {"age": 5}, **parameters).secret("heketi")


@cases("", "db", "what was said of a class that was made anew since")
def _() -> Cluster:
    cluster = failed(waiting(25, {"age": 7200}), 'invalid option "x" for volume plugin kubernetes.io/glusterfs')
    cluster.storage_class("slow", parameters={"resturl": URL}, age=10)
    return cluster
