"""Facts of a busy site with faults, put into a real store: 6 nodes of 12 devices, 40 volumes."""

import hashlib
import time
from collections.abc import Sequence

from tui.core.facts import (
    BlockDevice,
    BrickFact,
    ClusterFacts,
    LogicalVolume,
    Mount,
    NodeFacts,
    Peer,
    PhysicalVolume,
    VolumeFact,
    VolumeGroup,
)
from tui.core.model import Freshness
from tui.core.store import Store
from tui.core.topology import TopologyDevice, TopologyNode
from tui.core.units import GIB, TIB

NODES = 6
DEVICES = 12
VOLUMES = 40
HOSTILE = "[red]x[/] [/var/lib] \x1b[31mred"


def new_id(*parts: object) -> str:
    """32 hex digits that are always the same."""
    return hashlib.md5(repr(parts).encode()).hexdigest()


def busy_store(now: float | None = None) -> Store:
    """One node unreachable for two minutes, a brick that does not run, a stopped volume, text like markup."""
    now = time.time() if now is None else now
    volumes = [_volume(number) for number in range(VOLUMES)]
    store = Store()
    store.declare([_declared(number) for number in range(1, NODES + 1)])
    for number in range(1, NODES + 1):
        store.put_facts(f"node{number}", _facts(number, volumes, now - (134 if number == 5 else 3)))
    store.put_failure("node5", Freshness.UNREACHABLE, "no answer from 10.77.0.15 port 22", "Is it up? ping 10.77.0.15")
    store.put_cluster("pool", ClusterFacts(now - 3, "node1", tuple(volumes)))
    return store


def _declared(number: int) -> TopologyNode:
    devices = tuple(TopologyDevice(f"/dev/sd{chr(ord('b') + d)}") for d in range(DEVICES))
    return TopologyNode(f"node{number}", f"10.77.0.1{number}", (number - 1) // 2 + 1, devices)


def _where(volume: int, brick: int) -> tuple[int, int]:
    """Node (from 1) and device (from 0) of a brick: three nodes in three zones."""
    return 2 * brick + volume % 2 + 1, (volume // 2) % (DEVICES - 2)


def _path(volume: int, brick: int) -> str:
    node, device = _where(volume, brick)
    return f"/var/lib/heketi/mounts/vg_{new_id(node, device)}/brick_{new_id(volume, brick)}"


def _volume(number: int) -> VolumeFact:
    name = f"vol_{new_id('v', number)}" if number % 2 else f"pvc-{number:02d}"
    bricks = []
    for brick in range(3):
        node, _ = _where(number, brick)
        online = not (number == 7 and brick == 1) and node != 5
        bricks.append(
            BrickFact(
                f"10.77.0.1{node}", _path(number, brick) + "/brick", f"uuid-{node}",
                online=online if number != 9 else None, port=49152 + number if online else None,
                pid=1000 + number if online else None,
            )
        )  # fmt: skip
    status = "Stopped" if number == 9 else "Started"
    options = {"user.note": HOSTILE} if number == 4 else {}
    return VolumeFact(name, new_id("id", number), status, "Replicate", 3, 0, 0, 0, 1, tuple(bricks), options)


def _facts(node: int, volumes: Sequence[VolumeFact], read_at: float) -> NodeFacts:
    disks = [
        BlockDevice(f"sd{chr(ord('b') + d)}", f"/dev/sd{chr(ord('b') + d)}", f"8:{16 * (d + 1)}", "disk", 2 * TIB)
        for d in range(DEVICES)
        if not (node == 3 and d == 4)
    ]
    groups, physical, logical, mounts = [], [], [], []
    for d in range(DEVICES - 2):
        vg = f"vg_{new_id(node, d)}"
        mine = [(v, b) for v in range(VOLUMES) for b in range(3) if _where(v, b) == (node, d)]
        free = 2 * TIB - sum((20 + 20 * v) * GIB for v, _ in mine)
        groups.append(VolumeGroup(vg, f"u{vg}", 2 * TIB, free, 4 << 20, ()))
        missing = node == 3 and d == 4
        path = "[unknown]" if missing else f"/dev/sd{chr(ord('b') + d)}"
        physical.append(
            PhysicalVolume(path, f"p{vg}", vg, 2 * TIB, free, "" if missing else f"8:{16 * (d + 1)}", missing)
        )
        for v, b in mine:
            size = (20 + 20 * v) * GIB
            number = f"253:{v * 3 + b}"
            brick = f"brick_{new_id(v, b)}"
            logical.append(LogicalVolume(f"tp_{new_id(v, b)}", vg, f"t{brick}", size, "twi-aotz--", "", 40.0, 3.0, 1))
            logical.append(
                LogicalVolume(brick, vg, f"l{brick}", size, "Vwi-aotz--", f"tp_{new_id(v, b)}", 40.0, number=number)
            )
            used = int(size * (0.97 if v == 12 else 0.02 * v))
            mounts.append(Mount(f"/dev/mapper/{vg}-{brick}", _path(v, b), "xfs", "rw", number, size, used, size - used))
    peers = tuple(
        Peer(f"uuid-{n}", f"10.77.0.1{n}", (f"10.77.0.1{n}",), n != 5, 3, "Peer in Cluster", n == node)
        for n in range(1, NODES + 1)
    )
    return NodeFacts(
        read_at, f"node{node}", "debian", "6.1", "active", "enabled", "11.1", f"uuid-{node}", tuple(disks), (),
        tuple(physical), tuple(groups), tuple(logical), tuple(mounts), peers=peers,
    )  # fmt: skip
