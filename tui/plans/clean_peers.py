"""Putting nodes out of their trusted pool, once nothing of the pool is on them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.core.facts import NodeFacts, Peer
from tui.core.model import Cluster, Snapshot
from tui.core.plan import Check, Refused, Skipped, Step
from tui.dialects import gluster
from tui.plans import volume_state
from tui.plans.pool_steps import SETTLE_SECONDS

Facts = Mapping[str, NodeFacts]


def detach_steps(
    snapshot: Snapshot,
    facts: Facts,
    leaving: Sequence[str],
    needs: Mapping[str, Sequence[str]],
    stuck: Mapping[str, str],
) -> tuple[list[Step], list[Skipped]]:
    """Detach these nodes, each from another node of its pool.

    `needs` are the steps that must have succeeded on each node before. `stuck` are nodes that
    must stay, with the reason.
    """
    steps: list[Step] = []
    skipped: list[Skipped] = []
    for cluster in snapshot.clusters:
        going = [name for name in cluster.nodes if name in leaving]
        if not cluster.id or not going or (len(cluster.nodes) == 1 and not _others(facts.get(going[0]))):
            continue
        found, left = _of_cluster(snapshot, facts, cluster, going, needs, stuck)
        steps += found
        skipped += left
    return steps, skipped


def _of_cluster(
    snapshot: Snapshot,
    facts: Facts,
    cluster: Cluster,
    going: list[str],
    needs: Mapping[str, Sequence[str]],
    stuck: Mapping[str, str],
) -> tuple[list[Step], list[Skipped]]:
    # whoever stays speaks for the pool; where all go, the last one is alone then and needs no detach
    speakers = [name for name in cluster.nodes if name not in going or name in stuck]
    try:
        speaker = volume_state.speaker(snapshot, cluster, tuple(speakers))
    except Refused as refused:
        return [], [_stays(name, refused.sentence) for name in going]
    known = facts[speaker]
    down = [peer.hostname for peer in _others(known) if not peer.connected]
    steps: list[Step] = []
    skipped: list[Skipped] = []
    for name in going:
        peer = _peer(known, snapshot, facts, name)
        if name == speaker or peer is None:
            continue
        if name in stuck:
            skipped.append(_stays(name, stuck[name]))
        elif down:
            reason = f"Gluster detaches nodes only while all are connected, and {', '.join(down[:3])} is not"
            skipped.append(_stays(name, reason))
        else:
            steps.append(detach_step(speaker, name, peer, needs.get(name, ()), volume_state.serial(cluster)))
    return steps, skipped


def _stays(name: str, reason: str) -> Skipped:
    return Skipped(name, f"stays in its pool: {reason}", is_fault=True, remedy="clean it again when that is mended")


def _others(facts: NodeFacts | None) -> list[Peer]:
    return [peer for peer in facts.peers if not peer.is_self] if facts else []


def _peer(known: NodeFacts, snapshot: Snapshot, facts: Facts, name: str) -> Peer | None:
    """A node as the one that speaks knows it: by UUID, else by its storage name."""
    uuid = facts[name].uuid if name in facts else ""
    node = snapshot.nodes.get(name)
    for peer in _others(known):
        if (uuid and peer.uuid == uuid) or (node and node.storage in (peer.hostname, *peer.hostnames)):
            return peer
    return None


def detach_step(speaker: str, name: str, peer: Peer, needs: Sequence[str], serial: str, *, force: bool = False) -> Step:
    """Detach one peer; `force` where it does not answer. Gluster refuses while it holds bricks."""
    plain = gluster.peer_detach(peer.hostname)
    command = replace(plain, argv=(*plain.argv, "force")) if force else plain
    return Step(
        id=f"detach {name}",
        node=speaker,
        title=f"put {name} ({peer.hostname}) out of the pool",
        commands=(command,),
        subject=name,
        needs=tuple(needs),
        done=gluster.peer_gone(peer.hostname),
        guards=(holds_no_bricks(peer),) if peer.uuid else (),
        settled=gluster.peer_gone(peer.hostname),
        settle_seconds=SETTLE_SECONDS,
        serial=serial,
        undo=() if force else (gluster.peer_probe(peer.hostname),),
        no_undo="it was no full member" if force else "",
        retry=True,
    )


def holds_no_bricks(peer: Peer) -> Check:
    """Whether no volume of the pool has a brick on this peer."""
    return Check(
        gluster.volume_info(),
        matches="<opRet>0</opRet>",
        absent=f"<hostUuid>{re.escape(peer.uuid)}</hostUuid>",
        why=f"{peer.hostname} holds bricks of a volume",
    )
