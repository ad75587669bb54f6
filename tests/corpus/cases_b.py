"""B: claims and the PersistentVolumes that exist; most of it recorded from a real cluster."""

from collections.abc import Callable

from tests.corpus import raw
from tests.corpus.build import NO_PROVISIONER, Cluster
from tests.corpus.case import Cases

cases = Cases()


def _recorded(*names: str) -> Callable[[], Cluster]:
    """Objects as a real 1.25 gave them, with all its classes."""
    return lambda: Cluster(1, 25).recorded("storageclasses", *names)


cases("B1", "cap/p19", "no class, no volume")(_recorded("pvc-p19", "events-pvc-p19"))
cases("B1", "cap/p20", "no class is told and none is default")(_recorded("pvc-p20-no-class", "events-pvc-p20"))
cases("B1", "cap/p20", "the same without its event")(_recorded("pvc-p20-no-class"))
cases("B4", "cap/p26", "the named volume is too small")(_recorded("pvc-p26", "pv-v26", "events-pvc-p26"))
cases("B4", "cap/p27", "the named volume lacks an access mode")(_recorded("pvc-p27", "pv-v27", "events-pvc-p27"))
cases("B4", "cap/p28", "the named volume has another class")(_recorded("pvc-p28", "pv-v28", "events-pvc-p28"))
cases("B4", "cap/p29", "the named volume is of another mode")(_recorded("pvc-p29", "pv-v29", "events-pvc-p29"))
cases("B5", "cap/p48b", "two claims name one volume")(_recorded("pvc-p48a", "pvc-p48b", "pv-v48", "events-pvc-p48b"))
cases("B6", "cap/p24", "the named volume does not exist, and nobody says so")(_recorded("pvc-p24", "events-pvc-p24"))
cases("B7", "cap/p46", "its volume was removed by force")(_recorded("pvc-p46-lost", "events-pvc-p46"))
cases("B8", "cap/p35", "a stale uid in a claimRef")(_recorded("pvc-p35", "pv-v35", "events-pvc-p35"))
cases("B8", "cap/p42", "deleted and made anew under Retain")(_recorded("pvc-p42", "pv-v42", "events-pvc-p42"))
cases("B8", "cap/p42same", "names the volume of a claim that is gone")(_recorded("pvc-p42same", "pv-v42"))
cases("B8", "cap/p42again", "another one that names it")(
    _recorded("pvc-p42", "pvc-p42again", "pv-v42", "events-pvc-p42again")
)
cases("B11", "cap/p30", "too small for a class without an object", "C1")(
    _recorded("pvc-p30", "pv-v30", "events-pvc-p30")
)
cases("B12", "cap/p31", "lacks an access mode", "C1")(_recorded("pvc-p31", "pv-v31", "events-pvc-p31"))
cases("B14", "cap/p32", "lacks a label", "C1")(_recorded("pvc-p32", "pv-v32", "events-pvc-p32"))
cases("B15", "cap/p34", "reserved for another name")(_recorded("pvc-p34", "pv-v34", "events-pvc-p34"))
cases("B17", "cap/p49", "its volume is marked for deletion")(_recorded("pvc-p49", "pv-v49"))


@cases("B18", "cap/p47", "its deletion waits for a pod")
def _in_use() -> Cluster:
    cluster = _recorded("pvc-p47-terminating", "pv-v47")()
    return cluster.pod("web", "p47", namespace="cap", node="node-a", phase="Running")


@cases("B18", "db", "its deletion waits for a pod that has finished")
def _finished() -> Cluster:
    cluster = Cluster().bound("db", deleted=600.0).endpoints("glusterfs-cluster", "10.0.0.1")
    return cluster.pod("job", "db", node="n1", phase="Succeeded")


@cases("B18", "db", "its deletion waits, and pods can't be seen")
def _pods_denied() -> Cluster:
    return Cluster().bound("db", deleted=600.0).endpoints("glusterfs-cluster", "10.0.0.1").deny("pods")


@cases("B18", "db", "a new pod waits while the claim goes", "B19")
def _next_pod() -> Cluster:
    cluster = Cluster().bound("db", deleted=600.0).endpoints("glusterfs-cluster", "10.0.0.1")
    cluster.pod("old", "db", node="n1", phase="Running")
    return cluster.pod("new", "db", why='persistentvolumeclaim "db" is being deleted')


@cases("B2", "db", "made before the default class, on 1.25")
def _before_default() -> Cluster:
    return Cluster(1, 25).storage_class("slow", default=True).claim("db", cls=None)


@cases("B1", "db", "an empty class on purpose, with a default class", "B2")
def _empty_class() -> Cluster:
    return Cluster(1, 30).storage_class("slow", "org.example/x", default=True).claim("db", cls="")


@cases("B3", "db", "the old annotation overrides a class that exists", "C1")
def _legacy() -> Cluster:
    return Cluster().storage_class("slow", "org.example/x").claim("db", cls="slow", legacy="slwo")


@cases("B3", "db", "the old annotation of a volume overrides its class")
def _legacy_volume() -> Cluster:
    return Cluster().volume("v1", cls="", legacy="gold").claim("db", cls="")


@cases("B6", "db", "a mistyped volume name")
def _typo() -> Cluster:
    return Cluster().volume("archive-1").claim("db", cls="", volume="archiv-1")


@cases("B7", "db", "bound to a volume that is gone, and a pod waits")
def _bound_to_nothing() -> Cluster:
    cluster = Cluster().claim("db", cls="", phase="Bound", volume="v1")
    return cluster.pod("p", "db", why='persistentvolumeclaim "db" bound to non-existent persistentvolume "v1"')


@cases("B7", "db", "lost, and volumes can't be read")
def _lost_unseen() -> Cluster:
    return Cluster().claim("db", cls="", phase="Lost", volume="v1").deny("persistentvolumes")


@cases("B8", "db", "a released volume would fit a claim without class", "B1")
def _released() -> Cluster:
    return Cluster().volume("v1", phase="Released", ref=("default", "db", "old-life")).claim("db", cls="")


@cases("B9", "db", "bound to a volume that is bound to another claim")
def _misbound() -> Cluster:
    cluster = Cluster().bound("first", volume="v1").endpoints("glusterfs-cluster", "10.0.0.1")
    text = "Two claims are bound to the same volume, this one is bound incorrectly"
    return cluster.claim("db", cls="", phase="Lost", volume="v1").event(
        "PersistentVolumeClaim default/db", "ClaimMisbound", text
    )


@cases("B10", "db", "a volume reserved for it is of another mode")
def _block() -> Cluster:
    return Cluster().volume("v1", ref=("default", "db", "")).claim("db", cls="", mode="Block")


@cases("B11", "db", "10G is less than 10Gi", "B1")
def _decimal() -> Cluster:
    return Cluster().volume("v1", size="10G").claim("db", cls="", size="10Gi")


@cases("B11", "db", "too small for a class of existing volumes", "C10")
def _small_static() -> Cluster:
    cluster = Cluster(1, 32).storage_class("static", NO_PROVISIONER)
    return cluster.volume("v1", cls="static", source=_LOCAL).claim("db", cls="static", size="2Gi")


@cases("B12", "db", "ReadWriteMany asked, ReadWriteOnce offered", "B1")
def _many() -> Cluster:
    return Cluster().volume("v1").claim("db", cls="", modes=("ReadWriteMany",))


@cases("B12", "db", "ReadWriteOncePod of a glusterfs volume", "B1")
def _one_pod() -> Cluster:
    return Cluster(1, 25).volume("v1").claim("db", cls="", modes=("ReadWriteOncePod",))


@cases("B13", "cap/p11", "a selector and a provisioner")
def _selector() -> Cluster:
    return _recorded("pvc-p11", "events-pvc-p11")()


@cases("B14", "db", "a selector by expression", "B1")
def _expression() -> Cluster:
    selector = {"matchExpressions": [{"key": "tier", "operator": "In", "values": ["gold"]}]}
    return Cluster().volume("v1", labels={"tier": "silver"}).claim("db", cls="", selector=selector)


@cases("B16", "db", "the volume under a bound claim has failed")
def _failed() -> Cluster:
    own = {"phase": "Failed", "status": {"message": "something went wrong"}, "source": _LOCAL}
    return Cluster().bound("db", pv=own)


@cases("B17", "db", "the only volume that fits is on its way out", "B1")
def _going() -> Cluster:
    return Cluster().volume("v1", deleted=500.0).claim("db", cls="")


@cases("B20", "data-db-0", "a set found an older claim of another class")
def _other_class() -> Cluster:
    cluster = Cluster().storage_class("slow").storage_class("fast", "org.example/x")
    cluster.bound("data-db-0", cls="slow", age=9000.0).endpoints("glusterfs-cluster", "10.0.0.1")
    return cluster.stateful_set("db", raw.claim("data", cls="fast"), age=100.0)


@cases("B20", "data-db-0", "a set found a smaller claim")
def _smaller() -> Cluster:
    cluster = Cluster().bound("data-db-0", cls="slow", age=9000.0).endpoints("glusterfs-cluster", "10.0.0.1")
    return cluster.storage_class("slow").stateful_set("db", raw.claim("data", cls="slow", size="9Gi"), age=100.0)


@cases("B1", "db", "a volume that differs only in its class", "B21")
def _class_differs() -> Cluster:
    return Cluster().storage_class("slow").volume("v1", cls="slow").claim("db", cls="")


@cases("B22", "db", "another VolumeAttributesClass on 1.31", "B1")
def _attributes() -> Cluster:
    return Cluster(1, 31).volume("v1", attributes="fast", source=_LOCAL).claim("db", cls="")


@cases("B23", "db", "a volume that an unfinished repair left as Bound", "B1")
def _half_repaired() -> Cluster:
    return Cluster().volume("v1", phase="Bound", source=_LOCAL).claim("db", cls="")


_LOCAL = {"local": {"path": "/mnt/disk"}}
