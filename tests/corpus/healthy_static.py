"""Situations in which all is well: nothing may be found, or nothing but what is INFO."""

from tests.corpus import raw
from tests.corpus.build import NO_PROVISIONER, Cluster
from tests.corpus.case import Cases

cases = Cases()
_LOCAL = {"local": {"path": "/mnt/disk"}}


def _mounted(cluster: Cluster, namespace: str = "default") -> Cluster:
    return cluster.endpoints("glusterfs-cluster", "10.0.0.1", "10.0.0.2", namespace=namespace)


@cases("", "cap/p40", "recorded: bound to a static volume")
def _recorded_static() -> Cluster:
    return _mounted(Cluster().recorded("storageclasses", "pvc-p40", "pv-v40"), "cap")


@cases("", "cap/p36", "recorded: bound by a claimRef without uid")
def _recorded_by_name() -> Cluster:
    return _mounted(Cluster().recorded("storageclasses", "pvc-p36", "pv-v36"), "cap")


@cases("", "cap/p48a", "recorded: the one that got the volume of two")
def _recorded_first() -> Cluster:
    return _mounted(Cluster().recorded("storageclasses", "pvc-p48a", "pvc-p48b", "pv-v48"), "cap")


@cases("", "db", "a bound claim whose class object is gone")
def _class_gone() -> Cluster:
    return _mounted(Cluster().bound("db", cls="gone"))


@cases("", "db", "a local volume on its node, used")
def _local() -> Cluster:
    cluster = Cluster(1, 32).node("n1", "v1.32.1").storage_class("local", NO_PROVISIONER, waits=True)
    cluster.bound("db", cls="local", pv={"on_nodes": ["n1"], "source": _LOCAL})
    return cluster.pod("p", "db", node="n1", phase="Running")


@cases("", "data-db-0", "a set whose claim was expanded beyond its template")
def _expanded() -> Cluster:
    cluster = Cluster().storage_class("slow", expands=True, parameters={"resturl": "http://10.0.0.9:8080"})
    cluster.bound("data-db-0", cls="slow", size="9Gi")
    return _mounted(cluster).stateful_set("db", raw.claim("data", cls="slow", size="5Gi"))


@cases("", "data-db-2", "a set that has not come to its third claim")
def _not_yet() -> Cluster:
    cluster = _mounted(Cluster().bound("data-db-0", cls="slow")).storage_class("slow")
    cluster.stateful_set("db", raw.claim("data", cls="slow"), replicas=3)
    return cluster.quota("q", {"persistentvolumeclaims": "1"}, {"persistentvolumeclaims": "1"})


@cases("", "data-db-5", "a claim that a smaller set left behind")
def _left() -> Cluster:
    cluster = _mounted(Cluster().bound("data-db-5", cls="old"))
    return cluster.stateful_set("db", raw.claim("data", cls="new"), replicas=2)


@cases("", "db", "a claim whose deletion began just now")
def _going() -> Cluster:
    return _mounted(Cluster().bound("db", deleted=2.0))


@cases("", "db", "a claim that goes with its pod, which still ends")
def _going_with_its_pod() -> Cluster:
    return _mounted(Cluster().bound("db", deleted=90.0)).pod("p", "db", node="n1", phase="Running", deleted=-10.0)


@cases("", "db", "a claim that will get a volume in a moment")
def _just_made() -> Cluster:
    return Cluster().volume("v1").claim("db", cls="", age=3.0)


@cases("", "db", "an unknown class while classes were not read yet")
def _not_listed() -> Cluster:
    return Cluster().claim("db", cls="slow").unlisted("storageclasses")


@cases("", "db", "a missing volume while volumes may not be read")
def _denied() -> Cluster:
    return Cluster().claim("db", cls="", volume="v1").deny("persistentvolumes")


@cases("", "db", "old events of a claim that is bound since")
def _old_events() -> Cluster:
    cluster = _mounted(Cluster().bound("db", cls="slow")).storage_class("slow")
    text = 'storageclass.storage.k8s.io "slow" not found'
    return cluster.event("PersistentVolumeClaim default/db", "ProvisioningFailed", text, ago=1700.0)


@cases("", "db", "a claim that is bound to a large volume of more modes")
def _larger() -> Cluster:
    own = {"size": "90Gi", "modes": ["ReadWriteOnce", "ReadWriteMany"]}
    return _mounted(Cluster().bound("db", pv=own)).pod("a", "db", node="n1", phase="Running")


@cases("", "db", "a finished pod of a claim in another namespace that is missing")
def _finished_pod() -> Cluster:
    return Cluster().pod("job", "db", node="n1", phase="Succeeded")


@cases("", "p-scratch", "the claim of a generic ephemeral volume, not made yet")
def _ephemeral() -> Cluster:
    spec = {"volumes": [{"name": "scratch", "ephemeral": {"volumeClaimTemplate": {}}}]}
    return Cluster(1, 30).pod("p", spec=spec)


@cases("", "db", "a pod that starts on a volume of kadalu's")
def _csi() -> Cluster:
    attributes = {"type": "External", "gvolname": "db", "gserver": "10.0.0.1"}
    source = {"csi": {"driver": "kadalu", "volumeHandle": "v", "volumeAttributes": attributes}}
    cluster = Cluster(1, 30).bound("db", pv={"source": source}).node("n1", "v1.30.1")
    cluster.add("csidrivers", {"metadata": {"name": "kadalu", "uid": "kadalu"}, "spec": {"attachRequired": False}})
    return cluster.pod("app", "db", node="n1")
