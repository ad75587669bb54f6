"""Nodes and their states: heketi's, and how they are (R12-R15)."""

from collections.abc import Iterator

from tui.checks.claim_case import by_hand, fixed_by, found, seen
from tui.checks.claim_storage_nodes import start_glusterd
from tui.checks.heketi_drift_case import Drift, device_ref, node_ref
from tui.core.finding import Finding, ObjectRef, Severity
from tui.core.heketi_model import FAILED, OFFLINE, ONLINE, HeketiDevice, HeketiNode
from tui.core.model import Freshness, Node


def node_rules(drift: Drift) -> Iterator[Finding]:
    """Everything about nodes, and about devices that heketi does not use."""
    yield from _twice(drift)
    for node in drift.site.nodes.values():
        known = drift.node_of.get(node.id)
        if known is None:
            continue
        if node.state == ONLINE:
            yield from _down(node, known)
        else:
            yield from _disabled(drift, node, known)
        yield from _outside(drift, node, known)
        for device in node.devices:
            if device.state != ONLINE and node.state == ONLINE:
                yield from _set_aside(drift, device)


def _down(node: HeketiNode, known: Node) -> Iterator[Finding]:
    """A node that heketi counts on. It looks every two minutes by itself, and keeps what it saw to itself."""
    away = known.source.freshness is Freshness.UNREACHABLE
    start = start_glusterd(known) if known.source.freshness is Freshness.LIVE else None
    if not away and start is None:
        return
    ref = node_ref(node)
    why = f"it can't be reached from here ({known.source.reason})" if away else f"its glusterd is {known.glusterd}"
    yield found(
        "R12", ref, f"node {node.name} is online in heketi, and {why}",
        cause="heketi's state is what was set, not what is. Volumes that need this node can't be made, and what "
        "heketi does on it waits or fails.",
        proof=[seen(ref, "state in heketi", node.state), seen(ObjectRef("Node", "", known.name), "state", known.state),
               seen(ObjectRef("Node", "", known.name), "reason", known.source.reason or known.reason)],
        remedies=[
            *([start] if start is not None else []),
            fixed_by(f"Disable {node.name} in heketi until it is back", "heketi-state", kind="nodes", id=node.id,
                     state=OFFLINE),
        ],
        severity=Severity.WARNING, definite=start is not None,
    )  # fmt: skip


def _disabled(drift: Drift, node: HeketiNode, known: Node) -> Iterator[Finding]:
    if drift.live(node.id) is None or known.glusterd != "active":
        return
    ref = node_ref(node)
    removed = node.state == FAILED
    word = "removed" if removed else "disabled"
    remedies = [fixed_by(f"Enable {node.name} in heketi", "heketi-state", kind="nodes", id=node.id, state=ONLINE)]
    if removed:
        remedies = [by_hand("heketi lets no removed node come back: delete it and add it again.")]
    yield found(
        "R13", ref, f"node {node.name} is {word} in heketi, and it is well",
        cause="Somebody set it so, perhaps for work on the node. heketi places no bricks on it.",
        proof=[seen(ref, "state in heketi", node.state), seen(ObjectRef("Node", "", known.name), "state", known.state)],
        remedies=remedies, severity=Severity.WARNING if removed else Severity.INFO,
    )  # fmt: skip


def _set_aside(drift: Drift, device: HeketiDevice) -> Iterator[Finding]:
    facts = drift.live(device.node, "volume_groups", "physical_volumes")
    if facts is None or not any(group.name == device.group for group in facts.volume_groups):
        return
    if any(label.vg == device.group and label.missing for label in facts.physical_volumes):
        return
    words, ref = drift.device_words(device), device_ref(drift, device)
    removed = device.state == FAILED
    yield found(
        "R13", ref, f"device {words} is {'removed' if removed else 'disabled'} in heketi, and it is well",
        cause="Somebody set it so. heketi places no bricks on it"
        + (", and its volume group stays on the disk until the device is deleted." if removed else "."),
        proof=[seen(ref, "state in heketi", device.state), seen(ref, "bricks", len(device.bricks))],
        remedies=[fixed_by(f"Enable {words} in heketi", "heketi-state", kind="devices", id=device.id, state=ONLINE)],
        severity=Severity.INFO,
    )  # fmt: skip


def _outside(drift: Drift, node: HeketiNode, known: Node) -> Iterator[Finding]:
    """A node of heketi's that is no member of the pool that the others are in."""
    home = drift.home.get(node.cluster, "")
    facts = drift.live(node.id, "peers")
    if not home or facts is None or known.glusterd != "active" or known.cluster == home:
        return
    ref = node_ref(node)
    others = sorted(one.name for ident, one in drift.node_of.items() if one.cluster == home and ident != node.id)
    yield found(
        "R14", ref, f"node {node.name} is in heketi's cluster, and not in the Gluster pool of {', '.join(others[:3])}",
        cause="It was detached, or its /var/lib/glusterd was made anew. Volumes that heketi places on it fail.",
        proof=[seen(ref, "cluster in heketi", node.cluster),
               seen(ObjectRef("Node", "", known.name), "peers", len([p for p in facts.peers if not p.is_self]))],
        remedies=[by_hand(f"On {others[0]}: gluster peer probe {drift.host(node.id) or node.name}")] if others else [],
        severity=Severity.ERROR,
    )  # fmt: skip


def _twice(drift: Drift) -> Iterator[Finding]:
    """One machine that heketi has as two nodes: a failed add leaves its names free for another."""
    seen_names: dict[str, HeketiNode] = {}
    for node in drift.site.nodes.values():
        for name in dict.fromkeys((*node.manage[:1], *node.storage[:1])):
            first = seen_names.setdefault(name, node)
            if first is node:
                continue
            ref = node_ref(node)
            yield found(
                "R15", ref, f"heketi has {name} as two nodes: {first.name} and {node.name}",
                cause="A node was added again after a failed attempt, which leaves its names free, or with manage and "
                "storage names swapped. heketi may put two bricks of one set on this machine.",
                proof=[seen(ref, "id", node.id), seen(node_ref(first), "id", first.id), seen(ref, "name", name)],
                remedies=[by_hand("Take the one of both out that has no bricks: remove its devices, then delete it.")],
                severity=Severity.ERROR,
            )  # fmt: skip
            break
