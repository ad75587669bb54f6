"""C: classes that are missing or never provision, and pods that wait."""

from tests.corpus.build import NO_PROVISIONER, Cluster
from tests.corpus.case import Cases

cases = Cases()
_LOCAL = {"local": {"path": "/mnt/disk"}}


@cases("C1", "default/db", "a mistyped class")
def _typo() -> Cluster:
    return Cluster().storage_class("slow").storage_class("fast", "org.example/x").claim("db", cls="slo")


@cases("C1", "cap/p18", "a class that does not exist")
def _missing() -> Cluster:
    return Cluster().recorded("storageclasses", "pvc-p18", "events-pvc-p18")


@cases("C1", "cap/p25", "a class that does not exist, by the old annotation")
def _legacy() -> Cluster:
    return Cluster().recorded("storageclasses", "pvc-p25", "events-pvc-p25")


@cases("C1", "db", "upper and lower case")
def _case() -> Cluster:
    return Cluster(1, 30).storage_class("Gold", "org.example/x").claim("db", cls="gold")


@cases("C1", "db", "and a pod that waits for it")
def _with_pod() -> Cluster:
    cluster = Cluster().storage_class("slow").claim("db", cls="none")
    return cluster.pod("p", "db", why="0/1 nodes are available: 1 pod has unbound immediate PersistentVolumeClaims.")


@cases("C1", "cap/w5", "a class that waits for pods is gone")
def _waiting() -> Cluster:
    return Cluster().recorded("storageclasses", "pvc-w5", "pod-w5", "events-pvc-w5", "events-pod-w5")


@cases("C2", "cap/p22", "waits for its first pod")
def _first_pod() -> Cluster:
    return Cluster().recorded("storageclasses", "pvc-p22", "events-pvc-p22")


@cases("C2", "cap/p10", "waits for its first pod, of a provisioner")
def _first_pod_dynamic() -> Cluster:
    return Cluster().recorded("storageclasses", "pvc-p10")


@cases("C3", "db", "its pod finds no room")
def _no_room() -> Cluster:
    cluster = Cluster(1, 30).storage_class("later", "org.example/x", waits=True).claim("db", cls="later")
    return cluster.pod("p", "db", why="0/3 nodes are available: 3 Insufficient memory.").pod(
        "helper", container=_HELPER
    )


@cases("C4", "db", "only the pod says that it is not bound")
def _only_pod() -> Cluster:
    cluster = Cluster().claim("db", cls="slow").deny("storageclasses", "persistentvolumes")
    return cluster.pod("p", "db", why="pod has unbound immediate PersistentVolumeClaims")


@cases("C5", "db", "a pod names a claim of another namespace")
def _elsewhere() -> Cluster:
    cluster = Cluster().claim("db", "other", cls="").pod("p", "db", why='persistentvolumeclaim "db" not found')
    return cluster.volume("v1", ref=("other", "db", ""))


@cases("C5", "databse", "a pod mistypes its claim")
def _pod_typo() -> Cluster:
    return Cluster().bound("database").endpoints("glusterfs-cluster", "10.0.0.1").pod("p", "databse")


@cases("C6", "db", "the scheduler tells of a volume that can't be read")
def _non_existent() -> Cluster:
    cluster = Cluster().claim("db", cls="", phase="Bound", volume="v1").deny("persistentvolumes")
    return cluster.pod("p", "db", why='persistentvolumeclaim "db" bound to non-existent persistentvolume "v1"')


@cases("C7", "db", "the node of its volume is gone")
def _node_gone() -> Cluster:
    cluster = Cluster(1, 30).node("n2").bound("db", pv={"on_nodes": ["n1"], "source": _LOCAL})
    return cluster.pod("p", "db", why="0/1 nodes are available: 1 node(s) had volume node affinity conflict.")


@cases("C7", "db", "the words of 1.36, and its node is there")
def _node_full() -> Cluster:
    cluster = Cluster(1, 36).node("n1").node("n2").bound("db", pv={"on_nodes": ["n1"], "source": _LOCAL})
    return cluster.pod("p", "db", why="0/2 nodes: 1 node(s) didn't match PersistentVolume's node affinity")


@cases("C8", "db", "a class for local volumes without one")
def _no_local() -> Cluster:
    cluster = Cluster(1, 30).node("n1").storage_class("local", NO_PROVISIONER, waits=True).claim("db", cls="local")
    return cluster.pod("p", "db", why="1 node(s) didn't find available persistent volumes to bind")


@cases("B11", "db", "a class for local volumes with a small one", "C8")
def _small_local() -> Cluster:
    cluster = Cluster(1, 30).node("n1").storage_class("local", NO_PROVISIONER, waits=True)
    cluster.volume("v1", cls="local", on_nodes=["n1"], source=_LOCAL).claim("db", cls="local", size="5Gi")
    return cluster.pod("p", "db", why="1 node(s) didn't find available persistent volumes to bind")


@cases("C7", "db", "a local volume for a node that is gone", "C8")
def _lonely_local() -> Cluster:
    cluster = Cluster(1, 30).node("n1").storage_class("local", NO_PROVISIONER, waits=True)
    cluster.volume("v1", cls="local", on_nodes=["n9"], source=_LOCAL).claim("db", cls="local")
    return cluster.pod("p", "db", why="1 node(s) didn't find available persistent volumes to bind")


@cases("C9", "db", "a second pod of a claim for one")
def _second_pod() -> Cluster:
    cluster = Cluster(1, 30).bound("db", modes=("ReadWriteOncePod",), pv={"source": _LOCAL})
    cluster.pod("first", "db", node="n1", phase="Running")
    return cluster.pod("second", "db", why="node has pod using PersistentVolumeClaim with the same name and "
                       "ReadWriteOncePod access mode")  # fmt: skip


@cases("C10", "cap/p21", "a class that never provisions")
def _never() -> Cluster:
    return Cluster().recorded("storageclasses", "pvc-p21", "events-pvc-p21")


@cases("C10", "db", "the same without its event, on 1.36")
def _never_quiet() -> Cluster:
    return Cluster(1, 36).storage_class("static", NO_PROVISIONER).claim("db", cls="static")


@cases("C11", "db", "a pod with its node by name")
def _node_by_name() -> Cluster:
    cluster = Cluster(1, 30).storage_class("local", NO_PROVISIONER, waits=True).claim("db", cls="local")
    return cluster.node("n1").pod("p", "db", node="n1")


@cases("C12", "db", "a provisioner that only sounds built in")
def _not_built_in() -> Cluster:
    return Cluster().storage_class("g", "kubernetes.io/gluster").claim("db", cls="g")


@cases("C13", "db", "a volume fits and nobody binds it")
def _nobody_binds() -> Cluster:
    return Cluster().volume("v1").claim("db", cls="")


@cases("C14", "db", "a text that nobody knows")
def _unknown_text() -> Cluster:
    cluster = Cluster().claim("db", cls="slow").deny("storageclasses", "persistentvolumes")
    return cluster.event("PersistentVolumeClaim default/db", "Strange", "the moon is too low")


_HELPER = {"env": [{"name": "PROVISIONER_NAME", "value": "org.example/x"}]}
