"""From a topology and what its nodes said to a plan: what is missing, and only that.

A node or device with an error is left out with its reason, and the others are loaded; a second
run does what is still missing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tui.core import group_tags as tags
from tui.core.facts import NodeFacts
from tui.core.finding import Finding, Severity
from tui.core.plan import Danger, Plan, Refused, Skipped, Step
from tui.core.topology import Topology, TopologyCluster, TopologyDevice, TopologyNode
from tui.plans import device_steps, pool_steps
from tui.plans.device_steps import Disk

NewId = Callable[[], str]
_NOT_READ = "it was not read"
_NODE_LEFT_OUT = "its node is left out"


@dataclass(slots=True)
class _Load:
    """A plan in the making."""

    facts: Mapping[str, NodeFacts]
    findings: Sequence[Finding]
    new_id: NewId
    steps: list[Step] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def fault(self, node: TopologyNode, device: TopologyDevice | None = None) -> Finding | None:
        """The first error about a node (without a device) or about one of its devices."""
        path = device.path if device else ""
        return next(
            (f for f in self.findings if f.severity is Severity.ERROR and f.node == node.manage and f.device == path),
            None,
        )

    def leave_out(self, subject: str, reason: str, fault: Finding | None = None) -> None:
        remedy = fault.remedies[0].title if fault and fault.remedies else ""
        self.skipped.append(Skipped(subject, _without(subject, reason), is_fault=True, remedy=remedy))


def plan_load(topology: Topology, facts: Mapping[str, NodeFacts], findings: Iterable[Finding], new_id: NewId) -> Plan:
    """The plan that makes a topology true.

    `facts` are of the nodes that answered, by manage name, with the close look at their devices
    in `probes`; `findings` are those of `tui.checks.preflight`; `new_id` gives 32 hexadecimal
    digits at each call. Raises Refused where the topology names a node twice or a tag is too long.
    """
    names = [node.manage for node in topology.nodes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Refused(f"The topology names {', '.join(twice)} more than once.")
    load = _Load(facts, tuple(findings), new_id)
    load.warnings += [f.sentence for f in load.findings if f.severity is Severity.WARNING]
    try:
        for cluster in topology.clusters:
            _load_cluster(load, cluster)
    except ValueError as error:
        raise Refused(f"The topology can't be loaded: {error}.") from error
    lost = sum(step.danger is Danger.DESTROYS for step in load.steps)
    return Plan(
        _title(topology),
        tuple(load.steps),
        tuple(load.skipped),
        tuple(load.warnings),
        confirm=f"destroy {lost} device{'s' * (lost > 1)}" if lost else "",
    )


def _without(subject: str, reason: str) -> str:
    """The reason without the subject ("node1", "node1 /dev/sdb") that it begins with: that stands before it."""
    node, _, device = subject.partition(" ")
    rest = reason.removeprefix(f"{device} on {node} " if device else f"{node} ")
    # of "node1 and node2 are the same machine" nothing can be left out
    return reason if rest.startswith("and ") else rest


def _title(topology: Topology) -> str:
    devices = sum(len(node.devices) for node in topology.nodes)
    counts = [
        f"{count} {word}{'s' * (count != 1)}"
        for count, word in ((len(topology.clusters), "cluster"), (len(topology.nodes), "node"), (devices, "device"))
    ]
    return f"Load {topology.source or 'the topology'}: " + ", ".join(counts)


def _load_cluster(load: _Load, cluster: TopologyCluster) -> None:
    nodes = [node for node in cluster.nodes if _is_fit(load, cluster, node)]
    if not nodes:
        return
    first = pool_steps.choose_first(nodes, load.facts)
    disks = [disk for node in nodes for disk in _disks(load, node)]
    id_ = _cluster_id(load, first, disks)
    steps, skipped = pool_steps.join_steps(first, nodes, load.facts, f"gluster {id_}")
    load.steps += steps
    load.skipped += skipped
    known = {disk.subject: tags.read(disk.group.tags) for disk in disks if disk.group}
    members = {storage: manage for group in known.values() for storage, manage in group.members.items()}
    members |= {node.storage: node.manage for node in nodes}
    left = next((group.left for group in known.values() if group.left), "")
    for disk in disks:
        wanted = tags.GroupTags(
            disk.node.zone, disk.node.manage, disk.node.storage, id_, disk.node.tags, disk.wanted.tags, members, left
        )
        _load_disk(load, disk, wanted)


def _is_fit(load: _Load, cluster: TopologyCluster, node: TopologyNode) -> bool:
    fault = load.fault(node)
    reason = fault.sentence if fault else ""
    if not reason and node.manage not in load.facts:
        reason = f"{node.manage} can't be loaded: {_NOT_READ}."
    if not reason:
        others = pool_steps.stranger(node, [n for n in cluster.nodes if n.manage in load.facts], load.facts)
        if others:
            reason = f"{node.manage} is in another pool already, with {others}."
    if reason:
        load.leave_out(node.manage, reason, fault)
        for device in node.devices:
            load.leave_out(f"{node.manage} {device.path}", _NODE_LEFT_OUT)
    return not reason


def _disks(load: _Load, node: TopologyNode) -> Iterable[Disk]:
    for device in node.devices:
        subject = f"{node.manage} {device.path}"
        fault = load.fault(node, device)
        disk = device_steps.find_disk(node, device, load.facts[node.manage])
        if fault is not None:
            load.leave_out(subject, fault.sentence, fault)
        elif disk is None:
            load.leave_out(subject, f"{device.path} on {node.manage} does not exist.")
        elif disk.foreign:
            load.leave_out(subject, f"{device.path} is in volume group {disk.foreign}, which is not for bricks.")
        else:
            yield disk
    yield from _unnamed(load, node)


def _unnamed(load: _Load, node: TopologyNode) -> Iterable[Disk]:
    """Disks of an earlier load that the file does not name: they stay, and know of their node what the others know."""
    facts = load.facts[node.manage]
    seen = {disk.group.name for d in node.devices if (disk := device_steps.find_disk(node, d, facts)) and disk.group}
    paths: list[str] = []
    for label in facts.physical_volumes:
        disk = device_steps.find_disk(node, TopologyDevice(label.path), facts)
        said = tags.read(disk.group.tags) if disk and disk.group else tags.GroupTags()
        if disk is None or disk.group is None or disk.group.name in seen or node.storage != said.storage:
            continue
        seen.add(disk.group.name)
        paths.append(label.path)
        yield replace(disk, wanted=TopologyDevice(label.path, tags=said.device))
    if paths:
        text = f"{node.manage} was loaded with {', '.join(paths)} too, which the topology does not name"
        load.warnings.append(f"{text}: that stays ('brickyard clean device' takes a device away).")


def _cluster_id(load: _Load, first: TopologyNode, disks: Sequence[Disk]) -> str:
    """The id that the cluster has; the first node's, should there be several; else a new one."""
    ordered = sorted(disks, key=lambda disk: disk.node.manage != first.manage)
    found = [tags.read(disk.group.tags).cluster for disk in ordered if disk.group]
    ids = list(dict.fromkeys(id_ for id_ in found if id_))
    if len(ids) > 1:
        load.warnings.append(
            f"The volume groups of this cluster carry {len(ids)} cluster ids; all get {ids[0]}, that of {first.manage}."
        )
    return ids[0] if ids else load.new_id()


def _load_disk(load: _Load, disk: Disk, wanted: tags.GroupTags) -> None:
    if disk.group is None:
        load.steps += device_steps.make_steps(disk, f"vg_{load.new_id()}", wanted)
        return
    load.skipped.append(device_steps.present(disk))
    step = device_steps.retag_step(disk, wanted)
    load.steps += [step] if step else []
