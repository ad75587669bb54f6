"""From a topology and what heketi knows to a plan through heketi: what is missing, and only that.

Unlike heketi-cli it never makes a second cluster by accident, adds side by side, and counts what failed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.core.heketi_model import HeketiCluster, HeketiNode, HeketiSite
from tui.core.plan import Danger, Plan, Refused, Skipped, Step
from tui.core.topology import Topology, TopologyCluster, TopologyNode
from tui.dialects.heketi_names import cluster_name
from tui.plans import heketi_steps


@dataclass(slots=True)
class _Load:
    """A plan in the making; `nodes` are those that heketi has, by manage name, `free` its empty clusters."""

    site: HeketiSite
    into: str
    new_cluster: bool
    nodes: Mapping[str, HeketiNode]
    free: list[str]
    steps: list[Step] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    """Steps that put the first node into a new cluster."""


def plan_heketi_load(topology: Topology, site: HeketiSite, *, into: str = "", new_cluster: bool = False) -> Plan:
    """The plan that makes a topology true through heketi.

    Nodes go into the cluster in which heketi has others of the same entry, else into an empty one, else into
    the cluster with the id `into`; a further cluster is made only with `new_cluster`, or where heketi has none.
    Raises Refused where the entry's nodes are in several clusters, where it is not said into which one new
    nodes shall go, and where a node is named twice.
    """
    names = [node.manage for node in topology.nodes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Refused(f"The topology names {', '.join(twice)} more than once.")
    if into and into not in site.clusters:
        raise Refused(f"heketi has no cluster {into}.", (f"it has {', '.join(site.clusters) or 'none'}",))
    free = [one.id for one in site.clusters.values() if not (one.nodes or one.volumes or one.block_volumes)]
    load = _Load(site, into, new_cluster, {node.name: node for node in site.nodes.values()}, free)
    if site.missing:
        load.warnings.append(f"heketi's database is broken: it does not find {len(site.missing)} of its own objects.")
    for number, cluster in enumerate(topology.clusters, 1):
        _load_cluster(load, number, cluster)
    wiped = [step for step in load.steps if step.danger is Danger.DESTROYS]
    return Plan(
        f"Load {topology.source or 'the topology'} through heketi: {len(load.steps)} to do",
        tuple(load.steps),
        tuple(load.skipped),
        tuple(load.warnings),
        confirm=f"destroy {len(wiped)} device{'s' * (len(wiped) > 1)}" if wiped else "",
    )


def _load_cluster(load: _Load, number: int, cluster: TopologyCluster) -> None:
    fit = [node for node in cluster.nodes if _is_fit(load, node)]
    new = [node for node in fit if node.manage not in load.nodes]
    home, needs, is_empty = _home(load, number, cluster, new) if new else ("", (), False)
    # the first node of a pool is not probed: no two of them may be the first
    serial = f"heketi peers {number}" if is_empty else ""
    for node in fit:
        if node.manage in load.nodes:
            _compare(load, node, load.nodes[node.manage])
        else:
            load.steps.append(heketi_steps.add_node(node, home, serial, needs))
        _load_devices(load, node)


def _home(
    load: _Load, number: int, cluster: TopologyCluster, new: list[TopologyNode]
) -> tuple[str, tuple[str, ...], bool]:
    """Where new nodes go: an id or a name, the steps that must come before, and whether nobody is there yet."""
    there = {load.nodes[node.manage].cluster for node in cluster.nodes if node.manage in load.nodes}
    if len(there) > 1:
        raise Refused(
            f"The nodes of cluster {number} of the topology are in {len(there)} clusters of heketi's.",
            tuple(f"{node.manage}: {load.nodes[node.manage].cluster}" for node in cluster.nodes if _known(load, node)),
        )
    if there:
        return there.pop(), (), False
    if load.into:
        return load.into, (), not load.site.clusters[load.into].nodes
    if load.free:
        return load.free.pop(0), (), True
    if load.site.clusters and not load.new_cluster:
        names = ", ".join(node.manage for node in new)
        raise Refused(
            f"heketi has {_count(load.site.clusters)} already, and none of {names} is in it.",
            ("say into which cluster they go, or that a new one is meant", *load.site.clusters),
        )
    members = [node.manage for node in new]
    # an empty cluster is known by being the only one: the next is made when the one before has a node
    before = tuple(load.first[-1:])
    step = heketi_steps.make_cluster(number, members, cluster.file, cluster.block, before)
    load.steps.append(step)
    load.first.append(f"node {members[0]}")
    return cluster_name(members), (step.id,), True


def _known(load: _Load, node: TopologyNode) -> bool:
    return node.manage in load.nodes


def _count(clusters: Mapping[str, HeketiCluster]) -> str:
    return "a cluster" if len(clusters) == 1 else f"{len(clusters)} clusters"


def _is_fit(load: _Load, node: TopologyNode) -> bool:
    """Whether a node may be loaded; the same machine under other names may not."""
    if node.manage in load.nodes:
        return True
    mine = {node.manage, node.storage, *node.other_manage, *node.other_storage}
    other = next((known for known in load.nodes.values() if mine & {*known.manage, *known.storage}), None)
    if other is None:
        return True
    swapped = node.manage in other.storage or node.storage in other.manage
    reason = f"heketi has {', '.join(sorted(mine & {*other.manage, *other.storage}))} already, as node {other.name}"
    remedy = "manage and storage names look swapped" if swapped else f"load it under the name {other.name}"
    load.skipped.append(Skipped(node.manage, reason, is_fault=True, remedy=remedy))
    for device in node.devices:
        load.skipped.append(Skipped(f"{node.manage} {device.path}", "its node is left out", is_fault=True))
    return False


def _compare(load: _Load, node: TopologyNode, known: HeketiNode) -> None:
    load.skipped.append(Skipped(node.manage, f"heketi has it already, in cluster {known.cluster}"))
    if node.storage not in known.storage:
        load.warnings.append(
            f"{node.manage} has the storage name {known.storage[0] if known.storage else '?'} in heketi, not "
            f"{node.storage}: heketi can't change that."
        )
    if node.zone != known.zone:
        load.warnings.append(
            f"{node.manage} is in zone {known.zone} in heketi, not {node.zone}: heketi can't change that."
        )
    named = {device.path for device in node.devices}
    more = sorted(device.name for device in known.devices if not named & {device.name, *device.paths})
    if more:
        load.warnings.append(f"{node.manage} has {', '.join(more)} too, which the topology does not name: that stays.")


def _load_devices(load: _Load, node: TopologyNode) -> None:
    known = load.nodes.get(node.manage)
    there = {path: device for device in (known.devices if known else ()) for path in (device.name, *device.paths)}
    for device in node.devices:
        if found := there.get(device.path):
            called = "" if found.name == device.path else f" as {found.name}"
            load.skipped.append(Skipped(f"{node.manage} {device.path}", f"heketi has it already{called}"))
            continue
        needs = () if known else (f"node {node.manage}",)
        load.steps.append(heketi_steps.add_device(node, device, needs))
