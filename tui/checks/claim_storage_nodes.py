"""Storage nodes under a claim that are away, rejected or too few (H3, H4, H5, H7)."""

import re
from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import ClaimCase, by_hand, fixed_by, found, seen
from tui.checks.claim_seen_words import some
from tui.checks.claim_storage_words import DOWN, brick_evidence, gluster_ref
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.model import Brick, Node, State, Volume

_NOT_THERE: Final = ("missing", "not-found", "not installed")
_NO_MEMBER: Final = re.compile(r"no full member \((.*)\)$")


def node_faults(case: ClaimCase, gluster: Volume, bricks: list[Brick], chain: list[Evidence]) -> Iterator[Finding]:
    """H3, H4, H5: nodes of the volume's bricks that are away or no full peers."""
    storage = case.world.storage
    lost = gluster.state is State.OFFLINE
    severity = Severity.ERROR if lost else Severity.WARNING
    carriers = {brick.node: brick for brick in bricks if brick.node}
    for name, brick in carriers.items():
        node = storage.nodes.get(name)
        if node is None or node.state not in (State.OFFLINE, State.DEGRADED):
            continue
        proof = [*chain, _of_node(node), brick_evidence(brick)]
        peer = _NO_MEMBER.search(node.reason)
        if peer is not None:
            yield _no_member(case, gluster, node, peer[1], proof, severity)
        elif node.state is State.OFFLINE and brick.state in DOWN:
            yield _away(case, gluster, node, proof, severity, definite=True)
        elif "disconnected" in node.reason:
            yield _away(case, gluster, node, proof, Severity.WARNING, definite=False)
    strangers = [brick for brick in bricks if "is not connected in the pool" in brick.reason and not brick.node]
    for brick in strangers[:3]:
        yield found(
            "H3", case.ref, f"storage node '{brick.host}' of Gluster volume '{gluster.name}' is disconnected",
            cause="The pool can't reach it; a peer that is away keeps its state 'Peer in Cluster'.",
            proof=[*chain, brick_evidence(brick)], remedies=[by_hand(f"Bring {brick.host} and its glusterd back.")],
            severity=severity,
        )  # fmt: skip


def _away(
    case: ClaimCase, gluster: Volume, node: Node, proof: list[Evidence], severity: Severity, *, definite: bool
) -> Finding:
    back = start_glusterd(node) if "reached" not in node.reason else None
    return found(
        "H3", case.ref, f"storage node '{node.name}' of Gluster volume '{gluster.name}' is away: {node.reason}",
        cause="Its bricks can't be reached: the machine, its network, or its glusterd is down.",
        proof=proof, remedies=[back or by_hand(f"Bring {node.name} back.")], severity=severity, definite=definite,
    )  # fmt: skip


def start_glusterd(node: Node) -> Remedy | None:
    """Start it on a node where it does not run; None where it runs or nobody knows."""
    if node.glusterd in ("active", "unknown"):
        return None
    if node.glusterd in _NOT_THERE:
        return by_hand(f"Install the Gluster server on {node.name} and start it.")
    title = f"Start glusterd on {node.name}, now and at each start of the node"
    return fixed_by(title, "start-glusterd", node=node.name)


def _no_member(
    case: ClaimCase, gluster: Volume, node: Node, text: str, proof: list[Evidence], severity: Severity
) -> Finding:
    if "Rejected" in text:
        return found(
            "H4", case.ref, f"storage node '{node.name}' of Gluster volume '{gluster.name}' is rejected by its pool",
            cause="What it knows of the volumes differs from what the others know (after it missed a change, or was "
            "set up anew). glusterd's log tells: Version of Cksums differ.",
            proof=proof,
            remedies=[
                by_hand("Make the op-versions equal first: gluster volume get all cluster.op-version on each node."),
                by_hand(f"Else on {node.name}: stop glusterd, keep /var/lib/glusterd/glusterd.info, move the rest of "
                        "/var/lib/glusterd away, start it, probe a good peer, and restart glusterd."),
            ],
            severity=severity,
        )  # fmt: skip
    return found(
        "H5", case.ref, f"storage node '{node.name}' of Gluster volume '{gluster.name}' is no full peer ({text})",
        cause="The handshake with the pool has not come to its end; changes of volumes fail meanwhile.",
        proof=proof, severity=severity, definite=False,
        remedies=[by_hand("Wait a minute; if it stays so, restart glusterd on it and on the node that says so.")],
    )  # fmt: skip


def quorum_faults(case: ClaimCase, gluster: Volume, chain: list[Evidence]) -> Iterator[Finding]:
    """H7: too few nodes for server quorum, so that glusterd stops bricks."""
    option = "cluster.server-quorum-type"
    if gluster.options.get(option) != "server":
        return
    members = [node for node in case.world.storage.nodes.values() if node.cluster == gluster.cluster]
    away = [node for node in members if node.state is State.OFFLINE]
    if len(members) < 2 or 2 * (len(members) - len(away)) > len(members):
        return
    yield found(
        "H7", case.ref, f"{len(away)} of {len(members)} nodes of the pool are away: server quorum is lost",
        cause=f"With {option}=server glusterd stops the bricks where not more than half of the nodes are there.",
        proof=[*chain, seen(gluster_ref(gluster), option, "server"), *(_of_node(node) for node in away[:4])],
        remedies=[by_hand(f"Bring back {some(node.name for node in away)}; the bricks start by themselves.")],
        definite=gluster.state is State.OFFLINE,
    )  # fmt: skip


def _of_node(node: Node) -> Evidence:
    return seen(ObjectRef("StorageNode", "", node.name), "state", f"{node.state}: {node.reason}")
