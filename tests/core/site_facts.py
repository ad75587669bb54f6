"""A small site of three nodes with one replicated volume, to be bent by the tests."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tui.core import group_tags
from tui.core.facts import (
    BlockDevice,
    BrickFact,
    ClusterFacts,
    FstabEntry,
    LogicalVolume,
    Mount,
    NodeFacts,
    Peer,
    PhysicalVolume,
    VolumeFact,
    VolumeGroup,
)
from tui.core.group_tags import GroupTags
from tui.core.heal import BrickHeal, HealFacts
from tui.core.links import join
from tui.core.model import Freshness, Snapshot, Source
from tui.core.quota import Quota, QuotaFacts
from tui.core.store import NodeEntry
from tui.core.topology import TopologyDevice, TopologyNode
from tui.core.units import GIB

CLUSTER = "c" * 32
VG, BRICK = "vg_" + "a" * 32, "brick_" + "b" * 32
MOUNT = f"/var/lib/heketi/mounts/{VG}/{BRICK}"
PATH = f"{MOUNT}/brick"
VOLUMES_READ_AT = 2_000_000_000.0
"""Later than anything was made."""


def uuid(number: int) -> str:
    return f"{number:08d}-0000-0000-0000-000000000000"


def disk(kname: str, number: str, **more: Any) -> BlockDevice:
    return BlockDevice(kname, f"/dev/{kname}", number, more.pop("type", "disk"), more.pop("size", 4 * GIB), **more)


def peers(me: int, count: int = 3) -> tuple[Peer, ...]:
    """The pool as node `me` sees it."""
    return tuple(
        Peer(uuid(n), "localhost" if n == me else f"10.0.0.{n}", (f"10.0.0.{n}",), True, 3, "Peer in Cluster", n == me)
        for n in range(1, count + 1)
    )


def facts(number: int, **changes: Any) -> NodeFacts:
    """What node `number` says: a system disk, a disk with one brick, and a blank disk."""
    members = {f"10.0.0.{n}": f"node{n}" for n in (1, 2, 3)}
    tags = GroupTags(number, f"node{number}", f"10.0.0.{number}", CLUSTER, device={"kind": "ssd"}, members=members)
    said = NodeFacts(
        read_at=100.0,
        hostname=f"node{number}",
        glusterd="active",
        gluster_version="10.3",
        uuid=uuid(number),
        devices=(
            disk("sda", "8:0", children=("sda1",)),
            disk("sda1", "8:1", type="part", parents=("sda",), mountpoints=("/",)),
            disk("sdb", "8:16", fstype="LVM2_member"),
            disk("sdc", "8:32"),
        ),
        physical_volumes=(PhysicalVolume("/dev/sdb", f"pv{number}", VG, 4 * GIB, 3 * GIB, "8:16"),),
        volume_groups=(VolumeGroup(VG, "u", 4 * GIB, 3 * GIB, 4 << 20, group_tags.write(tags)),),
        logical_volumes=(
            LogicalVolume(BRICK, VG, "l", GIB, "Vwi-aotz--", "tp_1", 25.0, None, None, "253:4"),
            LogicalVolume("tp_1", VG, "p", GIB, "twi-aotz--", "", 25.0, 11.0, 1, "253:2"),
        ),
        mounts=(
            Mount("/dev/sda1", "/", "ext4", "rw", "8:1"),
            Mount(f"/dev/mapper/{VG}-{BRICK}", MOUNT, "xfs", "rw", "253:4", 1000, 400, 600),
        ),
        fstab=(FstabEntry(1, f"/dev/mapper/{VG}-{BRICK}", MOUNT, "xfs", "rw"),),
        peers=peers(number),
    )
    return replace(said, **changes)


def entry(number: int, said: NodeFacts | None, **changes: Any) -> NodeEntry:
    """Node `number` as the store holds it; live unless said otherwise."""
    devices = tuple(TopologyDevice(path) for path in changes.pop("declared", ("/dev/sdb",)))
    name = changes.pop("name", f"node{number}")
    declared = TopologyNode(name, changes.pop("storage", f"10.0.0.{number}"), zone=9, devices=devices)
    return NodeEntry(declared, Source(name, changes.pop("freshness", Freshness.LIVE), 100.0, **changes), said)


def volume(**changes: Any) -> VolumeFact:
    """A started replica 3 volume with a brick on each node."""
    bricks = tuple(BrickFact(f"10.0.0.{n}", PATH, uuid(n), online=True, port=50000, pid=9) for n in (1, 2, 3))
    said = VolumeFact("db", "id", "Started", "Replicate", 3, 0, 0, 0, 1, bricks)
    return replace(said, **changes)


def with_brick(said: VolumeFact, number: int, **changes: Any) -> VolumeFact:
    bricks = tuple(replace(b, **changes) if i == number else b for i, b in enumerate(said.bricks))
    return replace(said, bricks=bricks)


def site(
    nodes: Mapping[int, NodeEntry] | None = None,
    *volumes: VolumeFact,
    unread: dict[str, str] | None = None,
    heals: Mapping[str, HealFacts] | None = None,
    quotas: Mapping[str, QuotaFacts] | None = None,
) -> Snapshot:
    """The joined picture; nodes that are not given are well. `heals` and `quotas` are by volume id ("id")."""
    entries = {n: entry(n, facts(n)) for n in (1, 2, 3)} | dict(nodes or {})
    read_from = entries[1].declared.manage
    said = ClusterFacts(VOLUMES_READ_AT, read_from, volumes or (volume(),), unread or {})
    return join({e.declared.manage: e for e in entries.values()}, {uuid(1): said}, 7, heals=heals, quotas=quotas)


def heal(*counts: tuple[int, int] | None, **changes: Any) -> dict[str, HealFacts]:
    """What the bricks of the volume count, in its order: (pending, in split-brain), None for one that is down."""
    bricks = tuple(
        BrickHeal(f"10.0.0.{n}", PATH, *one, healing=0) if one
        else BrickHeal(f"10.0.0.{n}", PATH, reason="Transport endpoint is not connected")
        for n, one in enumerate(counts, 1)
    )  # fmt: skip
    return {"id": replace(HealFacts(100.0, "node1", bricks), **changes)}


def with_quota(path: str, limit: int, used: int | None, **changes: Any) -> Snapshot:
    """The site with one limit on a folder of the volume."""
    quota = Quota(path, limit, used, is_reached=used is not None and used >= limit)
    said = replace(volume(options={"features.quota": "on"}), **changes)
    return site(None, said, quotas={"id": QuotaFacts(100.0, (quota,))})
