"""Whole sites to plan with: nodes that were loaded, and volumes on them."""

from dataclasses import replace

from tests.plans.factory import facts, in_pool, node, uuid, with_group
from tui.core.facts import BrickFact, ClusterFacts, FstabEntry, LogicalVolume, Mount, NodeFacts, VolumeFact
from tui.core.model import Snapshot
from tui.core.store import Store
from tui.core.units import GIB

CLUSTER = "c" * 32
VOLUME_ID = "11111111-2222-4333-8444-555555555555"


def vg(number: int) -> str:
    return f"vg_{number:032x}"


def brick_mount(number: int, brick: int = 0) -> str:
    return f"/var/lib/heketi/mounts/{vg(number)}/brick_{brick or number:032x}"


def loaded(count: int, *, letters: str = "b", free: int = -1, zone: int = 0) -> dict[str, NodeFacts]:
    """Nodes of one pool with a volume group on each disk; the groups count from 1."""
    known: dict[str, NodeFacts] = {}
    for number in range(1, count + 1):
        of = in_pool(facts(number), *(n for n in range(1, count + 1) if n != number))
        for place, letter in enumerate(letters):
            tags = (f"brickyard.cluster={CLUSTER}", f"brickyard.zone={zone or number}",
                    f"brickyard.manage=node{number}", f"brickyard.storage=10.0.0.{number}")  # fmt: skip
            of = with_group(of, letter, vg=vg((number - 1) * len(letters) + place + 1), tags=tags, free=free)
        known[f"node{number}"] = of
    return known


def with_brick(of: NodeFacts, number: int, brick: int = 0, *, thin_count: int = 1) -> NodeFacts:
    """The node with a mounted brick in its volume group `number`."""
    name, group = f"brick_{brick or number:032x}", vg(number)
    pool = f"tp_{brick or number:032x}"
    target = brick_mount(number, brick)
    source = f"/dev/mapper/{group}-{name}"
    return replace(
        of,
        logical_volumes=(
            *of.logical_volumes,
            LogicalVolume(name, group, f"lv-uuid-{name[-4:]}", GIB, "Vwi-aotz--", pool, number=f"253:{number * 10}"),
            LogicalVolume(pool, group, f"tp-uuid-{name[-4:]}", GIB, "twi-aotz--", thin_count=thin_count),
        ),
        mounts=(*of.mounts, Mount(source, target, "xfs", "rw", f"253:{number * 10}")),
        fstab=(*of.fstab, FstabEntry(9, source, target, "xfs", "rw,inode64,noatime,nouuid")),
    )


def volume(name: str, *bricks: tuple[int, str], status: str = "Started", replica: int = 3) -> VolumeFact:
    """A volume of bricks given by node number and path."""
    facts_ = tuple(BrickFact(f"10.0.0.{n}", path, uuid(n), online=status == "Started") for n, path in bricks)
    return VolumeFact(name, VOLUME_ID, status, "Replicate", replica, 0, 0, 0, len(bricks) // replica, facts_)


def snapshot(known: dict[str, NodeFacts], *volumes: VolumeFact) -> Snapshot:
    """The joined picture of nodes that all answered just now; the volumes are those of node1's pool."""
    store = unread_site(known)
    for name, of in known.items():
        if all(peer.is_self for peer in of.peers):
            store.put_cluster(name, ClusterFacts(1000.0, name))
    store.put_cluster("pool", ClusterFacts(1000.0, "node1", volumes))
    return store.snapshot


def unread_site(known: dict[str, NodeFacts]) -> Store:
    """Nodes that answered, before anybody was asked for the volumes."""
    store = Store()
    store.declare(node(int(name[-1]), "") for name in known)
    for name, of in known.items():
        store.put_facts(name, of)
    return store


def with_volume(count: int = 3, status: str = "Started") -> tuple[Snapshot, dict[str, NodeFacts]]:
    """A pool with volume "db", one brick a node."""
    known = {name: with_brick(of, int(name[-1])) for name, of in loaded(count).items()}
    bricks = [(n, f"{brick_mount(n)}/brick") for n in range(1, count + 1)]
    return snapshot(known, volume("db", *bricks, status=status, replica=count)), known
