"""The other members of a pool, as the nodes that are known name them.

A member has several names: the node that probed the others is known to them by whatever its
address resolves back to. Members are the same where their pool uuid is, and a name alone makes no
new node as long as some node has not told its uuid: it may be that one.
"""

from collections.abc import Iterator, Mapping

from tui.core.model import Freshness
from tui.core.store import NodeEntry
from tui.core.topology import TopologyNode
from tui.dialects import tags


def find_new(nodes: Mapping[str, NodeEntry]) -> list[tuple[TopologyNode, str]]:
    """Members that are no nodes of the site yet, each with the name of the node that named it.

    Nothing is new before every known node was asked once.
    """
    if any(entry.source.freshness is Freshness.CONNECTING for entry in nodes.values()):
        return []
    names = {name for entry in nodes.values() for name in _names(entry.declared)}
    new: dict[str, tuple[TopologyNode, str]] = {}
    for member, named_by in _members(nodes):
        if not names & _names(member):
            new.setdefault(member.manage, (member, named_by))
    silent = [entry for entry in nodes.values() if entry.facts is None or not entry.facts.uuid]
    if new or silent:
        return list(new.values())
    uuids = {entry.facts.uuid for entry in nodes.values() if entry.facts}
    for name, entry in nodes.items():
        for peer in entry.facts.peers if entry.facts else ():
            if not peer.is_self and peer.uuid not in uuids and not names & {peer.hostname, *peer.hostnames}:
                found = TopologyNode(peer.hostname, peer.hostname, other_storage=peer.hostnames)
                new.setdefault(peer.uuid, (found, name))
    return list(new.values())


def _members(nodes: Mapping[str, NodeEntry]) -> Iterator[tuple[TopologyNode, str]]:
    """The members that the LVM tags of each node name, with both of their names."""
    for name, entry in nodes.items():
        groups = entry.facts.volume_groups if entry.facts else ()
        for storage, manage in tags.members(tag for group in groups for tag in group.tags).items():
            yield TopologyNode(manage, storage), name


def _names(node: TopologyNode) -> set[str]:
    return {node.manage, node.storage, *node.other_manage, *node.other_storage}
