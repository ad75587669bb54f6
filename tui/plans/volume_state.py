"""What plans for volumes must know first: which cluster, is its whole pool up, who may be asked."""

import re
from collections.abc import Mapping, Sequence

from tui.core.facts import NodeFacts
from tui.core.model import Cluster, Node, Snapshot, State, Volume
from tui.core.plan import Check, Refused
from tui.dialects import gluster

Facts = Mapping[str, NodeFacts]
_NAMES = 5
DOWN = (State.OFFLINE, State.MISSING, State.UNKNOWN)


def volume(snapshot: Snapshot, name: str) -> Volume:
    """A volume by its name. Raises Refused where there is none."""
    found = snapshot.volumes.get(name)
    if found is None:
        known = sorted(snapshot.volumes)
        names = ", ".join(known[:_NAMES]) + (f", … ({len(known)} in all)" if len(known) > _NAMES else "")
        raise Refused(f"There is no volume {name}.", (f"known volumes: {names or 'none'}",))
    return found


def cluster_of(snapshot: Snapshot, volume: Volume) -> Cluster:
    """The cluster of a volume. Raises Refused where it is not known."""
    found = next((c for c in snapshot.clusters if c.id == volume.cluster), None)
    if found is None:
        raise Refused(f"The cluster of volume {volume.name} is not known yet; read the nodes again.")
    return found


def serial(cluster: Cluster) -> str:
    """What all transactions of one pool share: they run one after the other."""
    return f"gluster {cluster.id or cluster.name}"


def is_up(node: Node) -> bool:
    """Whether a node can be asked and its glusterd runs."""
    return node.state not in DOWN and node.glusterd in ("active", "unknown")


def speaker(snapshot: Snapshot, cluster: Cluster, prefer: tuple[str, ...] = ()) -> str:
    """The node that is given the gluster commands. Raises Refused where none is up."""
    for name in (*prefer, *cluster.nodes):
        node = snapshot.nodes.get(name)
        if node is not None and is_up(node):
            return name
    raise Refused(f"No node of cluster {cluster.name or cluster.id} can be asked now.", _reasons(snapshot, cluster))


def _reasons(snapshot: Snapshot, cluster: Cluster) -> tuple[str, ...]:
    nodes = (snapshot.nodes[name] for name in cluster.nodes if name in snapshot.nodes)
    return tuple(f"{node.name}: {node.reason or node.state.value}" for node in nodes if not is_up(node))


def need_whole_pool(snapshot: Snapshot, facts: Facts, cluster: Cluster, purpose: str) -> None:
    """Raise Refused unless all members of the pool are connected: Gluster makes and deletes volumes only then."""
    down = [name for name in cluster.nodes if name not in snapshot.nodes or not is_up(snapshot.nodes[name])]
    details = list(_reasons(snapshot, cluster))
    by_uuid = {facts[name].uuid: name for name in cluster.nodes if name in facts and facts[name].uuid}
    for name in cluster.nodes:
        if name in down or name not in facts:
            continue
        for peer in facts[name].peers:
            if peer.is_self or (peer.connected and peer.state in (3, None)):
                continue
            other = by_uuid.get(peer.uuid, peer.hostname)
            details.append(f"{name} sees {other} {'disconnected' if not peer.connected else peer.state_text}")
            down += [other] if other not in down else []
    if down:
        verb = "is" if len(down) == 1 else "are"
        raise Refused(
            f"{purpose} needs all nodes of the pool, and {', '.join(down)} {verb} not connected.", tuple(details)
        )


def _block(name: str) -> str:
    return rf"<volume>\s*<name>{re.escape(name)}</name>(?:(?!</volume>).)*?"


def not_started(name: str) -> Check:
    """Whether the volume does not run: it is stopped, or gone already."""
    return Check(
        gluster.volume_info(),
        matches="<opRet>0</opRet>",
        absent=_block(name) + "<statusStr>Started</statusStr>",
        why=f"volume {name} is started",
    )


def is_made_of(name: str, path: str) -> Check:
    """Whether the volume is there with a brick at this path, so that no other is taken for ours."""
    return Check(
        gluster.volume_info(),
        matches="<opRet>0</opRet>.*" + _block(name) + re.escape(path),
        why=f"volume {name} is not there, or has other bricks",
    )


def is_not_made_of(name: str, path: str, status: str = "") -> Check:
    """Whether no volume of this name has a brick at this path (and, where one is given, this status)."""
    more = f"<statusStr>{status}</statusStr>(?:(?!</volume>).)*?" if status else ""
    return Check(
        gluster.volume_info(),
        matches="<opRet>0</opRet>.*</cliOutput>",
        absent=_block(name) + more + re.escape(path),
        why=f"volume {name} is there",
    )


def runs(name: str, mark: str) -> Check:
    """Whether the volume is started and is the one that we mean; `mark` is its id or the path of a brick."""
    before = f"(?=(?:(?!</volume>).)*?{re.escape(mark)})"
    return Check(
        gluster.volume_info(),
        matches=rf"<opRet>0</opRet>.*<volume>\s*<name>{re.escape(name)}</name>{before}"
        "(?:(?!</volume>).)*?<statusStr>Started</statusStr>",
        why=f"volume {name} is not started, or is another one",
    )


def has_bricks(name: str, bricks: Sequence[str]) -> Check:
    """Whether the volume still has just these bricks ("host:path"), so that none is lost or left behind."""
    known = "|".join(re.escape(brick) for brick in bricks)
    return Check(
        gluster.volume_info(),
        matches="<opRet>0</opRet>.*</cliOutput>",
        absent=_block(name) + f"<name>(?!(?:{known})</name>)[^<]*:/",
        why=f"volume {name} has other bricks than when the plan was made",
    )


def has_id(name: str, id_: str) -> Check:
    """Whether the volume of this name is still the one that was looked at."""
    return Check(
        gluster.volume_info(),
        matches="<opRet>0</opRet>.*" + _block(name) + rf"<id>{re.escape(id_)}</id>",
        why=f"volume {name} is another one than it was (its id was {id_})",
    )
