"""What heketi has is taken back in the order that heketi wants, whatever state it was left in.

Block volumes, volumes, devices (offline, failed, deleted), nodes, clusters: all of it in one plan.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from tui.core.heketi_model import HeketiCluster, HeketiDevice, HeketiNode, HeketiSite, HeketiVolume
from tui.core.plan import Plan, Refused, Skipped, Step
from tui.core.topology import Topology
from tui.dialects.heketi_names import cluster_name
from tui.plans import heketi_steps


@dataclass(frozen=True, slots=True)
class HeketiTarget:
    """What shall be taken back: a cluster, node or device by its id, or all that a topology file names.

    With `moves`, volumes stay and their bricks go to other devices; else volumes that stand on what is taken
    away are deleted with it.
    """

    kind: Literal["cluster", "node", "device", "topology"]
    id: str = ""
    topology: Topology | None = None
    moves: bool = False


@dataclass(slots=True)
class _Clean:
    """A plan in the making: the ids of devices, nodes and clusters that go."""

    site: HeketiSite
    moves: bool
    devices: set[str] = field(default_factory=set)
    nodes: set[str] = field(default_factory=set)
    clusters: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def plan_heketi_clean(site: HeketiSite, target: HeketiTarget) -> Plan:
    """The plan that takes back what heketi has. Raises Refused where the target is not there."""
    clean = _Clean(site, target.moves)
    title, confirm = _resolve(clean, target)
    stuck = [operation for operation in site.operations if operation.is_stuck]
    first: tuple[str, ...] = ()
    if stuck:
        clean.steps.append(heketi_steps.clean_operations(len(stuck)))
        first = ("operations",)
    if any(operation.is_in_flight for operation in site.operations):
        clean.warnings.append("heketi works on something right now: what it makes meanwhile is not in this plan.")
    volumes = _volumes(clean, first)
    devices = _devices(clean, volumes, first)
    nodes = _nodes(clean, devices)
    _clusters(clean, nodes, volumes)
    lost = [step.subject for step in clean.steps if step.id.startswith(("volume ", "block volume "))]
    if lost:
        clean.warnings.insert(0, f"All data of {_some(lost)} is lost, and clients lose it at once.")
    if clean.nodes:
        clean.warnings.append(
            "heketi passes over peers that it can't detach: look at 'gluster peer status' on the nodes that stay."
        )
    return Plan(title, tuple(clean.steps), tuple(clean.skipped), tuple(clean.warnings), confirm=confirm)


def _resolve(clean: _Clean, target: HeketiTarget) -> tuple[str, str]:
    """Fill in what goes; the title of the plan, and what must be typed."""
    site, ident = clean.site, target.id
    if target.kind == "topology":
        assert target.topology is not None
        return _resolve_topology(clean, target.topology)
    known: Collection[str] = {"cluster": site.clusters, "node": site.nodes, "device": site.devices}[target.kind]
    if ident not in known:
        raise Refused(f"heketi has no {target.kind} {ident}.")
    if target.kind == "device":
        device = site.devices[ident]
        clean.devices.add(ident)
        name = f"{site.nodes[device.node].name} {device.name}"
        return f"Take {device.name} of {site.nodes[device.node].name} out of heketi", name
    if target.kind == "node":
        _whole_node(clean, site.nodes[ident])
        return f"Take node {site.nodes[ident].name} out of heketi", site.nodes[ident].name
    for node in _members(site, site.clusters[ident]):
        _whole_node(clean, node)
    clean.clusters.add(ident)
    return f"Take cluster {ident} out of heketi", ident[:8]


def _resolve_topology(clean: _Clean, topology: Topology) -> tuple[str, str]:
    by_name = {node.name: node for node in clean.site.nodes.values()}
    for node in topology.nodes:
        known = by_name.get(node.manage)
        if known is None:
            clean.skipped.append(Skipped(node.manage, "heketi does not have it"))
            continue
        paths = {device.path for device in node.devices}
        clean.devices |= {device.id for device in known.devices if paths & {device.name, *device.paths}}
        stay = [device.name for device in known.devices if device.id not in clean.devices]
        if stay:
            reason = f"it has {', '.join(stay)} too, which the topology does not name"
            clean.skipped.append(Skipped(node.manage, f"it stays: {reason}"))
        else:
            clean.nodes.add(known.id)
    for cluster in clean.site.clusters.values():
        if cluster.nodes and clean.nodes >= set(cluster.nodes):
            clean.clusters.add(cluster.id)
    return f"Take {topology.source or 'the topology'} out of heketi", "clean" if clean.devices or clean.nodes else ""


def _whole_node(clean: _Clean, node: HeketiNode) -> None:
    clean.nodes.add(node.id)
    clean.devices |= {device.id for device in node.devices}


def _members(site: HeketiSite, cluster: HeketiCluster) -> list[HeketiNode]:
    return [site.nodes[ident] for ident in cluster.nodes if ident in site.nodes]


def _volumes(clean: _Clean, first: tuple[str, ...]) -> dict[str, str]:
    """Steps that delete volumes, by the volume's id; block volumes go before the volumes that host them."""
    made: dict[str, str] = {}
    for volume in sorted(clean.site.volumes.values(), key=lambda one: one.name):
        gone = volume.cluster in clean.clusters
        if not gone and (clean.moves or not any(brick.device in clean.devices for brick in volume.bricks)):
            continue
        inside = [
            clean.site.block_volumes[ident] for ident in volume.block_volumes if ident in clean.site.block_volumes
        ]
        blocks = [heketi_steps.delete_block_volume(block, first) for block in inside]
        clean.steps += blocks
        step = heketi_steps.delete_volume(volume, (*first, *(block.id for block in blocks)))
        clean.steps.append(step)
        made[volume.id] = step.id
    return made


def _devices(clean: _Clean, volumes: dict[str, str], first: tuple[str, ...]) -> dict[str, str]:
    """Steps that take devices out, by the device's id."""
    made: dict[str, str] = {}
    for node in _by_name(clean.site.nodes.values()):
        for device in node.devices:
            if device.id not in clean.devices:
                continue
            stays = _rooted(clean, device, volumes)
            if stays:
                names = ", ".join(sorted(volume.name for volume in stays))
                reason = f"{names} can't be moved: a volume without replicas has one copy of its data"
                clean.skipped.append(Skipped(f"{node.name} {device.name}", reason, is_fault=True))
                continue
            needs = tuple(dict.fromkeys(volumes[b.volume] for b in device.bricks if b.volume in volumes))
            moves = any(brick.volume not in volumes for brick in device.bricks) and clean.moves
            step = heketi_steps.remove_device(node, device, (*first, *needs), moves=moves)
            clean.steps.append(step)
            made[device.id] = step.id
    return made


def _rooted(clean: _Clean, device: HeketiDevice, volumes: dict[str, str]) -> list[HeketiVolume]:
    """Volumes on a device that neither go nor can be moved."""
    there = {brick.volume for brick in device.bricks if brick.volume not in volumes}
    known = [clean.site.volumes[ident] for ident in there if ident in clean.site.volumes]
    return [volume for volume in known if clean.moves and volume.durability == "none"]


def _nodes(clean: _Clean, devices: dict[str, str]) -> dict[str, str]:
    """Steps that take nodes out, by the node's id."""
    made: dict[str, str] = {}
    for node in _by_name(clean.site.nodes[ident] for ident in clean.nodes):
        left = [device.name for device in node.devices if device.id not in devices]
        if left:
            clean.skipped.append(Skipped(node.name, f"it stays: {', '.join(left)} can't be taken out", is_fault=True))
            continue
        names = [other.name for other in _members(clean.site, clean.site.clusters[node.cluster])]
        home = cluster_name(names) if node.cluster in clean.clusters else node.cluster
        step = heketi_steps.remove_node(node, home, tuple(devices[device.id] for device in node.devices))
        clean.steps.append(step)
        made[node.id] = step.id
    return made


def _clusters(clean: _Clean, nodes: dict[str, str], volumes: dict[str, str]) -> None:
    """Steps that take clusters away, where nothing stays in them."""
    for ident in sorted(clean.clusters):
        cluster = clean.site.clusters[ident]
        lost = [path for path, by in clean.site.missing if by == ident]
        left = [node for node in cluster.nodes if node not in nodes]
        if lost or left:
            reason = f"it stays: heketi does not find {', '.join(lost)}" if lost else "it stays: it has nodes"
            remedy = "repair the database: heketi db export, edit, heketi db import" if lost else ""
            clean.skipped.append(Skipped(f"cluster {ident}", reason, is_fault=True, remedy=remedy))
            continue
        names = [node.name for node in _members(clean.site, cluster)]
        needs = (*(volumes[one] for one in cluster.volumes if one in volumes), *(nodes[one] for one in cluster.nodes))
        clean.steps.append(heketi_steps.remove_cluster(cluster, names, needs))


def _by_name(nodes: Iterable[HeketiNode]) -> list[HeketiNode]:
    return sorted(nodes, key=lambda node: node.name)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
