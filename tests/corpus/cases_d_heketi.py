"""Claims that hang on heketi, which was asked itself (D20-D36)."""

from dataclasses import replace
from typing import Any

from tests.core.site_facts import entry, facts, site
from tests.corpus.build import NOW, Cluster
from tests.corpus.case import Cases
from tests.corpus.cases_d import HIDDEN, URL, failed, recorded, waiting
from tui.core.heketi_probe import HeketiProbe, HeketiSpace
from tui.core.model import Freshness
from tui.core.units import GIB

cases = Cases()

ONE = "c1" * 16


def space(number: int, free: int = 100 * GIB, **changes: Any) -> HeketiSpace:
    """A node of heketi's with one device."""
    node = HeketiSpace(f"{number}" * 32, f"10.0.0.{number}", number, "online", 1, free, free)
    return replace(node, **changes)


def probe(**changes: Any) -> HeketiProbe:
    """A heketi that is well, with three nodes of 100 GiB."""
    nodes = tuple(space(number) for number in (1, 2, 3))
    well = HeketiProbe(
        URL, "admin", "done", 200, skew=0.0, asked_from="bastion", clusters=(ONE,), nodes=nodes, volumes={ONE: 4},
        mode="normal", read_at=NOW,
    )  # fmt: skip
    return replace(well, **changes)


def asked(answer: HeketiProbe, cluster: Cluster | None = None) -> Cluster:
    """The claim "db" with the hidden event, and what heketi answered to us."""
    cluster = cluster or waiting()
    cluster.event("PersistentVolumeClaim default/db", "ProvisioningFailed", HIDDEN)
    return cluster.heketi("slow", answer)


def refused(stage: str, status: int, text: str, **more: Any) -> HeketiProbe:
    """A heketi that ended the look at it."""
    return probe(stage=stage, status=status, text=text, clusters=(), nodes=(), volumes={}, mode="", **more)


@cases("D20", "cap/p01", "heketi does not run (recorded event)")
def _() -> Cluster:
    answer = refused("connect", 0, "connection refused")
    return recorded("p01").heketi("gl-dead", replace(answer, url="http://127.0.0.1:1"))


@cases("D20", "db", "heketi's name is not known")
def _() -> Cluster:
    answer = refused("resolve", 0, "heketi.example: Name or service not known", url="http://heketi.example:8080")
    return asked(answer, waiting(resturl="http://heketi.example:8080"))


@cases("D20", "db", "something else answers at heketi's address")
def _() -> Cluster:
    return asked(refused("hello", 502, "<html>Bad gateway</html>"))


@cases("D20", "db", "resturl names a Service that is not there")
def _() -> Cluster:
    return waiting(resturl="http://heketi.storage.svc:8080")


@cases("D20", "db", "heketi's Service has no ready pod")
def _() -> Cluster:
    return waiting(resturl="http://heketi.storage.svc.cluster.local:8080").endpoints("heketi", namespace="storage")


@cases("D20", "db", "the controller may not know names of Services")
def _() -> Cluster:
    cluster = waiting(resturl="http://heketi.storage.svc:8080")
    cluster.endpoints("heketi", "10.244.0.5", namespace="storage")
    cluster.objects["services"]["storage", "heketi"]["spec"]["clusterIP"] = "10.96.0.9"
    return cluster.event("PersistentVolumeClaim default/db", "ProvisioningFailed", HIDDEN)


@cases("D21", "db", "heketi's clock is behind")
def _() -> Cluster:
    text = "Invalid JWT token: Token used before issued (client and server clocks may differ)"
    return asked(refused("auth", 401, text, skew=-400.0))


@cases("D22", "db", "the key is wrong")
def _() -> Cluster:
    text = "Invalid JWT token: signature is invalid (client and server secrets may not match)"
    return asked(refused("auth", 401, text))


@cases("D23", "db", "heketi's clock is ahead")
def _() -> Cluster:
    return asked(refused("auth", 401, "Invalid JWT token: Token is expired by 2m10s", skew=430.0))


@cases("D24", "db", "a user that heketi does not know")
def _() -> Cluster:
    return asked(refused("auth", 401, "Invalid JWT token: Unknown user", user="root"))


@cases("D24", "db", "heketi wants a token, and the class sends none")
def _() -> Cluster:
    answer = refused("auth", 401, "Required authorization token not found", user="")
    return asked(answer, waiting(restauthenabled="false"))


@cases("D25", "db", "the user may not see clusters")
def _() -> Cluster:
    return asked(refused("clusters", 401, "Administrator access required", user="user"), waiting(restuser="user"))


@cases("D26", "db", "a cluster that heketi does not have")
def _() -> Cluster:
    return asked(probe(), waiting(clusterid="deadbeef" * 4))


@cases("D26", "db", "no topology was loaded")
def _() -> Cluster:
    return asked(probe(clusters=(), nodes=(), volumes={}))


@cases("D26", "db", "heketi's words in the event of an old release")
def _() -> Cluster:
    text = f"failed to create volume: failed to create volume: Cluster id {'deadbeef' * 4} not found"
    return failed(waiting(clusterid="deadbeef" * 4), text)


@cases("D27", "db", "too little space")
def _() -> Cluster:
    return asked(probe(nodes=tuple(space(number, 5 * GIB) for number in (1, 2, 3))))


@cases("D27", "db", "only two nodes for three replicas")
def _() -> Cluster:
    return asked(probe(nodes=(space(1), space(2), space(3, state="offline"))))


@cases("D27", "db", "enough space, but the metadata does not fit")
def _() -> Cluster:
    return asked(probe(nodes=tuple(space(number, 10 * GIB) for number in (1, 2, 3))))


@cases("D27", "db", "strict zones, and all nodes in one")
def _() -> Cluster:
    cluster = waiting(volumeoptions="user.heketi.zone-checking strict")
    return asked(probe(nodes=tuple(space(number, zone=1) for number in (1, 2, 3))), cluster)


@cases("D28", "cap/h7", "larger than heketi makes volumes (recorded)")
def _() -> Cluster:
    return recorded("h7").heketi("gl-live", probe(url="http://127.0.0.1:28088"))


@cases("D28", "db", "too small for its dispersion")
def _() -> Cluster:
    return asked(probe(), waiting(25, {"size": "1Gi"}, volumetype="disperse:4:2"))


@cases("D29", "db", "all nodes are out of service")
def _() -> Cluster:
    return asked(probe(nodes=tuple(space(number, state="offline") for number in (1, 2, 3))))


@cases("D29", "db", "no device is online")
def _() -> Cluster:
    return asked(probe(nodes=tuple(space(number, online_devices=0) for number in (1, 2, 3))))


@cases("D30", "db", "the database is read-only")
def _() -> Cluster:
    return failed(waiting(), "failed to create volume: failed to create volume: database is in read-only mode")


@cases("D31", "db", "too many operations at once")
def _() -> Cluster:
    return asked(probe(in_flight=8))


@cases("D31", "db", "busy already when asked")
def _() -> Cluster:
    return asked(refused("operations", 429, "Server busy. Retry operation later."))


@cases("D32", "db", "operations that never ended")
def _() -> Cluster:
    return asked(probe(stale=2, failed=1))


@cases("D33", "db", "heketi is read-only for maintenance")
def _() -> Cluster:
    return asked(probe(mode="read-only"))


@cases("D34", "db", "heketi can't reach a node by ssh")
def _() -> Cluster:
    text = "failed to create volume: failed to create volume: Unable to execute command on gl1: ssh: handshake failed"
    return failed(waiting(20), text)


@cases("D34", "db", "heketi counts on a node that is down")
def _() -> Cluster:
    away = entry(3, facts(3), freshness=Freshness.UNREACHABLE, reason="no answer for 10 s")
    return asked(probe()).gluster(site({3: away}))


@cases("D35", "db", "a thousand volumes")
def _() -> Cluster:
    return asked(probe(volumes={ONE: 1000}))


@cases("D36", "db", "Gluster can't start the volume")
def _() -> Cluster:
    text = "failed to create volume: failed to create volume: volume start: vol_1: failed: Commit failed on 10.0.0.3"
    return failed(waiting(), text)


@cases("D37", "db", "a dangling reference in heketi's database")
def _() -> Cluster:
    return asked(refused("clusters", 404, "Id not found"))


@cases("D20", "db", "heketi hangs while it is asked")
def _() -> Cluster:
    return asked(refused("clusters", 0, "no answer within 20 s"))


@cases("H12", "db", "a brick folder that was used before")
def _() -> Cluster:
    text = "failed to create volume: volume create: vol_1: failed: /b/brick is already part of a volume"
    return failed(waiting(), text)


@cases("H11", "db", "a peer is down while a volume is made")
def _() -> Cluster:
    text = "failed to create volume: failed to create volume: volume create: vol_1: failed: Host 10.0.0.2 not connected"
    return failed(waiting(), text)


@cases("H8", "db", "another transaction holds the lock")
def _() -> Cluster:
    text = "failed to create volume: Another transaction is in progress for vol_1. Please try again after some time."
    return failed(waiting(), text)


@cases("D22", "db", "a wrong key, and a Service that is not there", "D20")
def _() -> Cluster:
    text = "Invalid JWT token: signature is invalid (client and server secrets may not match)"
    answer = refused("auth", 401, text, url="http://heketi.storage.svc:8080")
    return asked(answer, waiting(resturl="http://heketi.storage.svc:8080").unlisted("endpoints"))


@cases("D11", "db", "heketi is well now")
def _() -> Cluster:
    return asked(probe())


@cases("", "db", "heketi is well, and the claim is new")
def _() -> Cluster:
    return waiting(25, {"age": 3}).heketi("slow", probe())


@cases("", "db", "heketi is away, and the claim is bound")
def _() -> Cluster:
    cluster = Cluster(1, 25).storage_class("slow", parameters={"resturl": URL})
    cluster.bound("db", cls="slow").endpoints("glusterfs-cluster", "10.0.0.1")
    return cluster.heketi("slow", refused("connect", 0, "connection refused"))


@cases("", "db", "what was asked at heketi's old address")
def _() -> Cluster:
    return waiting(25, {"age": 3}).heketi("slow", refused("connect", 0, "refused", url="http://10.9.9.9:8080"))
