"""The steps that bring nodes into one trusted pool and wait until all of them agree."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.core.facts import NodeFacts, Peer
from tui.core.plan import Check, Danger, Skipped, Step
from tui.core.topology import TopologyNode
from tui.dialects import gluster

SETTLE_SECONDS = 60.0
Facts = Mapping[str, NodeFacts]


def peers(facts: NodeFacts) -> tuple[Peer, ...]:
    """The other members of a node's pool."""
    return tuple(peer for peer in facts.peers if not peer.is_self)


def choose_first(nodes: Sequence[TopologyNode], facts: Facts) -> TopologyNode:
    """The node that the others are probed from: the one that knows most of them already, else the first."""
    return max(nodes, key=lambda node: sum(bool(_known(facts[node.manage], other, facts)) for other in nodes))


def _known(facts: NodeFacts, other: TopologyNode, everyone: Facts) -> Peer | None:
    """A node as this one knows it, by UUID where that is known, else by its storage name."""
    uuid = everyone[other.manage].uuid if other.manage in everyone else ""
    for peer in peers(facts):
        if uuid and peer.uuid:
            if peer.uuid == uuid:
                return peer
        elif other.storage in (peer.hostname, *peer.hostnames):
            return peer
    return None


def stranger(node: TopologyNode, nodes: Sequence[TopologyNode], facts: Facts) -> str:
    """The names of a node's peers where none of them is in this cluster; "" where all is well."""
    others = [other for other in nodes if other.manage != node.manage]
    own = peers(facts[node.manage])
    if not own or not others or any(_known(facts[node.manage], other, facts) for other in others):
        return ""
    if any(_known(facts[other.manage], node, facts) for other in others if other.manage in facts):
        return ""
    return ", ".join(peer.hostname for peer in own)


def join_steps(
    first: TopologyNode, nodes: Sequence[TopologyNode], facts: Facts, serial: str
) -> tuple[list[Step], list[Skipped]]:
    """Probe what is missing from `first`, its name back from the second, and wait for all to be connected.

    `nodes` are those that may be joined, `first` among them; `serial` is that of the pool's transactions.
    """
    steps: list[Step] = []
    skipped: list[Skipped] = []
    others = [node for node in nodes if node.manage != first.manage]
    for node in others:
        known = _known(facts[first.manage], node, facts)
        if known is not None and node.storage in (known.hostname, *known.hostnames) and known.state in (3, None):
            skipped.append(Skipped(node.manage, f"already in the pool with {first.manage}"))
        else:
            steps.append(_probe_step(first, node, facts, serial, was_member=known is not None))
    back = _probe_back(first, others[0], facts, steps, serial) if others else None
    steps += [back] if back else []
    guards = _no_strangers(nodes, facts)
    named = {f"peer {node.manage}": _leads_to(node, facts) for node in others}
    # each asks whether the probe before it met the right machine; the first wait asks that of all
    before = ((), *(named.get(step.id, ()) for step in steps))
    steps = [replace(step, guards=(*right, *guards)) for step, right in zip(steps, before, strict=False)]
    if steps:
        needs = tuple(step.id for step in steps)
        waits = [_wait_step(node, nodes, facts, needs) for node in nodes]
        right = tuple(check for step in steps for check in named.get(step.id, ()))
        steps += [replace(step, guards=right if step.node == first.manage else ()) for step in waits]
    return steps, skipped


def _leads_to(node: TopologyNode, facts: Facts) -> tuple[Check, ...]:
    """A storage name that leads to another machine draws that one into the pool, and bricks would be sought there."""
    uuid = facts[node.manage].uuid
    other = rf"<uuid>(?!{re.escape(uuid)}<|[0-]+<)[^<]*</uuid>(?:(?!</peer>).)*?<hostname>{re.escape(node.storage)}<"
    why = f"{node.storage} leads to another machine than {node.manage}: correct 'storage' in the topology"
    return (Check(gluster.pool_list(), absent=other, why=why),) if uuid else ()


def _no_strangers(nodes: Sequence[TopologyNode], facts: Facts) -> tuple[Check, ...]:
    """A node that somebody took into another pool meanwhile must not draw ours into it."""
    known = [facts[node.manage].uuid for node in nodes]
    if not all(known):
        return ()
    members = {peer.uuid for node in nodes for peer in facts[node.manage].peers}
    return (gluster.peers_are_among(sorted({*known, *members} - {""})),)


def _probe_step(first: TopologyNode, node: TopologyNode, facts: Facts, serial: str, *, was_member: bool) -> Step:
    new, name = (
        f"take {node.manage} ({node.storage}) into the pool",
        f"tell the pool the name {node.storage} of {node.manage}",
    )
    return Step(
        id=f"peer {node.manage}",
        node=first.manage,
        title=name if was_member else new,
        commands=(gluster.peer_probe(node.storage),),
        subject=node.manage,
        done=gluster.peer_known(node.storage, facts[node.manage].uuid),
        serial=serial,
        undo=() if was_member else (gluster.peer_detach(node.storage),),
        undone=None if was_member else gluster.peer_gone(node.storage),
        no_undo="the node was in the pool before" if was_member else "",
        retry=True,
    )


def is_address(name: str) -> bool:
    """Whether a storage name is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _probe_back(
    first: TopologyNode, second: TopologyNode, facts: Facts, steps: Sequence[Step], serial: str
) -> Step | None:
    """The pool knows the first node by its address only, until another node probes its name."""
    known = _known(facts[second.manage], first, facts)
    if is_address(first.storage) or (known and first.storage in (known.hostname, *known.hostnames)):
        return None
    needed = f"peer {second.manage}"
    return Step(
        id=f"peer {first.manage}",
        node=second.manage,
        title=f"tell the pool the name {first.storage} of {first.manage}",
        commands=(gluster.peer_probe(first.storage),),
        subject=first.manage,
        needs=(needed,) if any(step.id == needed for step in steps) else (),
        done=gluster.peer_known(first.storage),
        serial=serial,
        no_undo="the name goes when the pool is taken apart",
        retry=True,
    )


def _wait_step(node: TopologyNode, nodes: Sequence[TopologyNode], facts: Facts, needs: tuple[str, ...]) -> Step:
    others = [other for other in nodes if other.manage != node.manage]
    return Step(
        id=f"connected {node.manage}",
        node=node.manage,
        title="wait until all peers are connected",
        commands=(),
        subject=node.manage,
        needs=needs,
        settled=sees_all(node, others, facts),
        settle_seconds=SETTLE_SECONDS,
        danger=Danger.SAFE,
    )


def sees_all(node: TopologyNode, others: Sequence[TopologyNode], facts: Facts) -> Check:
    """Whether a node sees all these others connected and in the cluster.

    By UUID, since a node is known by different names from different sides; peers that are not
    ours to wait for may be down.
    """
    uuids = [facts[other.manage].uuid for other in others]
    if not all(uuids):
        return gluster.all_connected(len(others) + 1)
    well = r"(?:(?!</peer>).)*?<connected>1</connected>\s*<state>3<"
    wanted = "".join(rf"(?=.*<uuid>{re.escape(uuid)}</uuid>{well})" for uuid in uuids)
    names = ", ".join(other.manage for other in others)
    return Check(
        gluster.pool_list(), matches=rf"\A{wanted}", why=f"{node.manage} does not see all of {names} connected yet"
    )
