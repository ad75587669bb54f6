"""What heketi knows, for tests of plans: clusters of nodes with devices and volumes."""

from dataclasses import replace

from tui.core.heketi_model import (
    HeketiBrick,
    HeketiCluster,
    HeketiDevice,
    HeketiNode,
    HeketiOperation,
    HeketiSite,
    HeketiVolume,
)
from tui.core.topology import Topology, TopologyCluster, TopologyDevice, TopologyNode
from tui.core.units import GIB


def wanted(nodes: int, disks: int = 2, first: int = 0, destroy: bool = False) -> TopologyCluster:
    """An entry of a topology: node0, node1 ... with /dev/sdb, /dev/sdc ..."""
    return TopologyCluster(
        tuple(
            TopologyNode(
                f"node{number}",
                f"10.0.0.{number + 10}",
                number % 3 + 1,
                tuple(TopologyDevice(f"/dev/sd{letter}", destroy) for letter in "bcdefghijklm"[:disks]),
            )
            for number in range(first, first + nodes)
        )
    )


def topology(*clusters: TopologyCluster) -> Topology:
    """A whole topology."""
    return Topology(clusters, "topology.json")


def known_node(cluster: str, number: int, disks: int = 2, volumes: tuple[HeketiVolume, ...] = ()) -> HeketiNode:
    """A node that heketi has; the first disk carries the bricks of volumes."""
    ident = f"n{number}"
    devices = []
    for letter in "bcdefghijklm"[:disks]:
        device = f"{ident}{letter}"
        bricks = tuple(
            HeketiBrick(f"{volume.id}-{ident}", "/x/brick", device, ident, volume.id, GIB)
            for volume in volumes
            if letter == "b"
        )
        devices.append(HeketiDevice(device, f"/dev/sd{letter}", "online", 10 * GIB, 9 * GIB, GIB, ident, {}, bricks))
    return HeketiNode(
        ident, cluster, number % 3 + 1, (f"node{number}",), (f"10.0.0.{number + 10}",), "online", tuple(devices)
    )


def volume(ident: str, cluster: str = "c1", durability: str = "replicate", **more: object) -> HeketiVolume:
    """A volume; `known_node` gives it bricks."""
    return HeketiVolume(ident, f"name-of-{ident}", cluster, GIB, durability, 3, **more)  # type: ignore[arg-type]


def site(
    *nodes: HeketiNode,
    volumes: tuple[HeketiVolume, ...] = (),
    empty: tuple[str, ...] = (),
    operations: tuple[HeketiOperation, ...] = (),
    missing: tuple[tuple[str, str], ...] = (),
) -> HeketiSite:
    """What heketi has; clusters are those of the nodes, and `empty` ones."""
    bricks: dict[str, list[HeketiBrick]] = {}
    for node in nodes:
        for device in node.devices:
            for brick in device.bricks:
                bricks.setdefault(brick.volume, []).append(brick)
    whole = {one.id: replace(one, bricks=tuple(bricks.get(one.id, ()))) for one in volumes}
    names = dict.fromkeys([*(node.cluster for node in nodes), *empty])
    clusters = {
        name: HeketiCluster(
            name,
            tuple(node.id for node in nodes if node.cluster == name),
            tuple(one.id for one in volumes if one.cluster == name),
        )
        for name in names
    }
    return HeketiSite(clusters, {node.id: node for node in nodes}, whole, {}, operations, missing)
