"""Bound claims whose fault lies under Gluster, and Endpoints beside the pool (F7, G2, H1-H9)."""

from dataclasses import replace
from typing import Any

from tests.core.site_facts import BRICK, VG, entry, facts, heal, peers, site, volume, with_brick, with_quota
from tests.corpus.build import Cluster
from tests.corpus.case import Cases
from tui.core.facts import LogicalVolume, Peer
from tui.core.model import Freshness, Snapshot
from tui.core.units import GIB

cases = Cases()


def bound(storage: Snapshot, *, path: str = "db", addresses: tuple[str, ...] = (), minor: int = 25) -> Cluster:
    """A claim "data" on the Gluster volume "db" of three nodes."""
    source = {"glusterfs": {"endpoints": "gluster", "path": path}}
    cluster = Cluster(1, minor).bound("data", pv={"source": source}).gluster(storage)
    return cluster.endpoints("gluster", *(addresses or ("10.0.0.1", "10.0.0.2", "10.0.0.3")))


def down(*numbers: int, **changes: Any) -> Snapshot:
    """The site with these bricks' processes down."""
    said = volume()
    for number in numbers:
        said = with_brick(said, number - 1, online=False, pid=None)
    return site(None, replace(said, **changes))


def seen_as(number: int, **changes: Any) -> tuple[Peer, ...]:
    """The pool as node 1 sees it, with one peer changed."""
    return tuple(replace(peer, **changes) if peer.hostname == f"10.0.0.{number}" else peer for peer in peers(1))


def with_metadata(percent: float) -> Snapshot:
    """The site with a thin pool on node 2 whose metadata is so full."""
    pool = LogicalVolume("tp_1", VG, "p", GIB, "twi-aotz--", "", 25.0, percent, 1, "253:2")
    brick = LogicalVolume(BRICK, VG, "l", GIB, "Vwi-aotz--", "tp_1", 25.0, None, None, "253:4")
    return site({2: entry(2, facts(2, logical_volumes=(brick, pool)))})


def with_space(used: int) -> Snapshot:
    """The site with so much of 1000 bytes used on node 1."""
    mounts = tuple(replace(m, used=used, free=1000 - used) if m.fstype == "xfs" else m for m in facts(1).mounts)
    return site({1: entry(1, facts(1, mounts=mounts))})


def away(*numbers: int, **changes: Any) -> Snapshot:
    """The site with nodes that can't be reached, and their bricks down."""
    nodes = {n: entry(n, facts(n), freshness=Freshness.UNREACHABLE, reason="no answer for 10 s") for n in numbers}
    said = volume()
    for number in numbers:
        said = with_brick(said, number - 1, online=None, pid=None)
    gone = {f"10.0.0.{n}" for n in numbers}
    seen = tuple(replace(p, connected=False) if p.hostname in gone else p for p in peers(1))
    return site({1: entry(1, facts(1, peers=seen)), **nodes}, replace(said, **changes))


@cases("H1", "data", "the volume is stopped")
def _() -> Cluster:
    return bound(site(None, volume(status="Stopped")))


@cases("H1", "data", "the volume was never started")
def _() -> Cluster:
    return bound(site(None, volume(status="Created")), minor=20)


@cases("H2", "data", "one brick process is down")
def _() -> Cluster:
    return bound(down(3))


@cases("H2", "data", "all brick processes are down")
def _() -> Cluster:
    return bound(down(1, 2, 3))


@cases("H2", "data", "a brick is not mounted")
def _() -> Cluster:
    said = facts(3, mounts=facts(3).mounts[:1])
    return bound(site({3: entry(3, said)}, with_brick(volume(), 2, online=False, pid=None)))


@cases("H2", "data", "a brick's logical volume is gone")
def _() -> Cluster:
    said = facts(3, mounts=(), fstab=(), logical_volumes=())
    return bound(site({3: entry(3, said)}, with_brick(volume(), 2, online=False, pid=None)))


@cases("H2", "data", "a process runs on a brick that is not mounted")
def _() -> Cluster:
    return bound(site({3: entry(3, facts(3, mounts=facts(3).mounts[:1]))}))


@cases("H2", "data", "a CSI volume on a volume with a brick down")
def _() -> Cluster:
    attributes = {"gluster_volname": "db"}
    source = {"csi": {"driver": "kadalu", "volumeHandle": "v", "volumeAttributes": attributes}}
    return Cluster(1, 30).bound("data", pv={"source": source}).gluster(down(2))


@cases("H3", "data", "a node can't be reached")
def _() -> Cluster:
    return bound(away(3))


@cases("H3", "data", "glusterd is stopped on a node")
def _() -> Cluster:
    stopped = entry(2, facts(2, glusterd="inactive", peers=()))
    return bound(site({2: stopped}, with_brick(volume(), 1, online=None, pid=None)))


@cases("H3", "data", "a peer is disconnected, though we reach it")
def _() -> Cluster:
    return bound(site({1: entry(1, facts(1, peers=seen_as(3, connected=False)))}))


@cases("H4", "data", "a peer is rejected")
def _() -> Cluster:
    rejected = seen_as(2, state=6, state_text="Peer Rejected")
    return bound(site({1: entry(1, facts(1, peers=rejected))}))


@cases("H5", "data", "a peer has not become a member yet")
def _() -> Cluster:
    half = seen_as(2, state=4, state_text="Accepted peer request")
    return bound(site({1: entry(1, facts(1, peers=half))}))


@cases("H3", "data", "two of three nodes are away, with server quorum", "H7")
def _() -> Cluster:
    return bound(away(2, 3, options={"cluster.server-quorum-type": "server"}))


@cases("H9", "data", "a brick is full")
def _() -> Cluster:
    return bound(with_space(995))


@cases("H9", "data", "a brick is almost full")
def _() -> Cluster:
    return bound(with_space(960))


@cases("H9", "data", "the metadata of a thin pool is full")
def _() -> Cluster:
    return bound(with_metadata(99.6))


@cases("H6", "data", "files in split-brain, as two bricks count them")
def _() -> Cluster:
    return bound(site(heals=heal((0, 3), (0, 3), (0, 0))))


@cases("H6", "data", "split-brain, as the nodes and a pod tell it", "F16")
def _() -> Cluster:
    cluster = bound(site(heals=heal((0, 1), (0, 1), (0, 0)))).node("w1")
    cluster.pod("app", "data", phase="Running", node="w1")
    return cluster.event("Pod default/app", "Failed", "Error: read /data/a: Input/output error", ago=30)


@cases("H6", "data", "files in split-brain, and another brick down", "H2")
def _() -> Cluster:
    said = with_brick(volume(), 2, online=False, pid=None)
    return bound(site(None, said, heals=heal((4, 1), (4, 1), None)))


@cases("H13", "data", "entries that wait to be healed")
def _() -> Cluster:
    return bound(site(heals=heal((12, 0), (12, 0), (0, 0))))


@cases("H10", "data", "the quota of the claim's folder is used up")
def _() -> Cluster:
    return bound(with_quota("/team/a", GIB, GIB), path="db/team/a")


@cases("", "data", "the quota of another folder is used up")
def _() -> Cluster:
    return bound(with_quota("/team/b", GIB, GIB), path="db/team/a")


@cases("", "data", "a quota with room in it")
def _() -> Cluster:
    return bound(with_quota("/", GIB, GIB - 1))


@cases("", "data", "copies that are all alike")
def _() -> Cluster:
    return bound(site(heals=heal((0, 0), (0, 0), (0, 0))))


@cases("", "data", "copies of which one could not be compared")
def _() -> Cluster:
    return bound(site(heals=heal((0, 0), (0, 0), None)))


@cases("", "data", "copies that could not be compared at all")
def _() -> Cluster:
    return bound(site(heals=heal(read_at=None, unread="glusterd does not run on the node")))


@cases("F7", "data", "a mistyped volume")
def _() -> Cluster:
    return bound(site(), path="dbs")


@cases("G2", "data", "an address in the Endpoints is not in the pool")
def _() -> Cluster:
    return bound(site(), addresses=("10.0.0.1", "10.0.9.9"))


@cases("H1", "data", "stopped, and a stranger in the Endpoints", "G2")
def _() -> Cluster:
    return bound(site(None, volume(status="Stopped")), addresses=("10.0.0.1", "10.0.0.77"))


@cases("H2", "data", "a brick down, another one full", "H9")
def _() -> Cluster:
    mounts = tuple(replace(m, used=999, free=1) if m.fstype == "xfs" else m for m in facts(1).mounts)
    said = with_brick(with_brick(with_brick(volume(), 2, online=False), 1, online=False), 0, online=False)
    return bound(site({1: entry(1, facts(1, mounts=mounts))}, said))


@cases("", "data", "a volume that is well")
def _() -> Cluster:
    return bound(site()).pod("app", "data", phase="Running", node="w1").node("w1")


@cases("", "data", "a folder of a volume that is well, on 1.20")
def _() -> Cluster:
    return bound(site(), path="/db/team/a", minor=20)


@cases("", "data", "nodes that were not asked yet")
def _() -> Cluster:
    unknown = {n: entry(n, None, freshness=Freshness.CONNECTING) for n in (1, 2, 3)}
    return bound(site(unknown))


@cases("", "data", "a volume of a pool that is not configured here")
def _() -> Cluster:
    return bound(site(), path="other", addresses=("192.168.5.1", "192.168.5.2"))


@cases("", "data", "no storage node is configured")
def _() -> Cluster:
    return bound(Snapshot(), path="anything")


@cases("", "data", "a node that only we can't reach")
def _() -> Cluster:
    away_from_us = entry(3, facts(3), freshness=Freshness.UNREACHABLE, reason="no answer for 10 s")
    return bound(site({3: away_from_us}))


@cases("", "data", "nodes that refuse us")
def _() -> Cluster:
    denied = {n: entry(n, None, freshness=Freshness.DENIED, reason="wrong key") for n in (1, 2, 3)}
    return bound(site(denied), path="other")
