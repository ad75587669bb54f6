"""How each node is: can it be asked, does its glusterd run, and do the others see it."""

from collections.abc import Mapping

from tui.core.facts import Peer
from tui.core.join_pools import Pools
from tui.core.join_view import NodeView
from tui.core.model import Freshness, Node, State

_CONNECTED_STATE = 3
Health = tuple[State, str]


def join_nodes(views: Mapping[str, NodeView], pools: Pools) -> dict[str, Node]:
    """The nodes by name, in the order of the store."""
    healths = {name: _own_health(view) for name, view in views.items()}
    seen = _seen_by_others(views, pools, healths)
    return {name: _node(view, pools, *seen.get(name, healths[name])) for name, view in views.items()}


def _node(view: NodeView, pools: Pools, state: State, reason: str) -> Node:
    facts, tags = view.facts, view.tags
    return Node(
        name=view.name,
        storage=tags.storage or view.declared.storage,
        zone=tags.zone if tags.zone is not None else view.declared.zone,
        cluster=pools.of_node.get(view.name, ""),
        state=state,
        reason=reason,
        uuid=facts.uuid,
        hostname=facts.hostname,
        version=facts.gluster_version,
        glusterd=facts.glusterd,
        tags={**view.declared.tags, **tags.node},
        source=view.source,
    )


def _own_health(view: NodeView) -> Health:
    """What the node itself and our way to it tell."""
    freshness, reason = view.source.freshness, view.source.reason
    if freshness is Freshness.UNREACHABLE:
        return State.OFFLINE, f"can't be reached: {reason}" if reason else "can't be reached"
    if freshness is Freshness.DENIED:
        return State.UNKNOWN, f"refuses us: {reason}" if reason else "refuses us"
    if freshness is Freshness.CONNECTING or not view.known:
        return State.UNKNOWN, reason or "not asked yet"
    if freshness is Freshness.STALE:
        return State.UNKNOWN, reason or "its last answer is old"
    glusterd = view.facts.glusterd
    if glusterd == "not installed":
        return State.OFFLINE, "glusterd is not installed"
    if glusterd == "unknown":
        return State.UNKNOWN, f"whether glusterd runs is not known: {view.facts.unread.get('glusterd', 'no answer')}"
    if glusterd != "active":
        return State.OFFLINE, f"glusterd does not run ({glusterd})"
    if "peers" in view.facts.unread:
        return State.DEGRADED, f"its peers could not be read: {view.facts.unread['peers']}"
    return State.ONLINE, ""


def _seen_by_others(views: Mapping[str, NodeView], pools: Pools, healths: Mapping[str, Health]) -> dict[str, Health]:
    """Nodes that are well by themselves and still not well in the pool, with who says so.

    A peer that is down is its own fault and not that of the nodes that see it so.
    """
    found: dict[str, Health] = {}
    for view in views.values():
        if not view.live or healths[view.name][0] is not State.ONLINE:
            continue
        for peer in view.facts.peers:
            fault = _fault(peer)
            if not fault:
                continue
            name = pools.nodes.get(peer.uuid) or _by_name(peer, views)
            if name is None:
                found.setdefault(view.name, (State.DEGRADED, f"its peer {peer.hostname} is {fault}"))
            elif healths[name][0] is State.ONLINE:
                found.setdefault(name, (State.DEGRADED, f"{view.name} sees it as {fault}"))
    return found


def _by_name(peer: Peer, views: Mapping[str, NodeView]) -> str | None:
    return next((view.name for view in views.values() if view.names & {*peer.hostnames, peer.hostname}), None)


def _fault(peer: Peer) -> str:
    if peer.is_self:
        return ""
    if not peer.connected:
        return "disconnected"
    if peer.state != _CONNECTED_STATE:
        text = peer.state_text or f"state {peer.state}"
        return f"no full member ({text})"
    return ""
