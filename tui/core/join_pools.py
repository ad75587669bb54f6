"""Which nodes are one cluster: the trusted pools, found by who knows whose uuid."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tui.core.facts import ClusterFacts
from tui.core.join_view import NodeView
from tui.core.model import Cluster

NO_POOL = "no cluster"


@dataclass(frozen=True, slots=True)
class Pools:
    """The clusters, the cluster id and name by node name, and what is known of their volumes.

    `nodes` maps gluster uuids to node names.
    """

    clusters: tuple[Cluster, ...]
    of_node: dict[str, str]
    nodes: dict[str, str]
    facts: tuple[tuple[Cluster, ClusterFacts], ...]


def find_pools(views: Mapping[str, NodeView], clusters: Mapping[str, ClusterFacts]) -> Pools:
    """Sort the nodes into clusters. A node that is alone and holds nothing of ours is in none."""
    groups = _Groups()
    for view in views.values():
        _unite(view, views, groups)
    nodes = {view.facts.uuid: view.name for view in views.values() if view.facts.uuid}
    members: dict[str, list[NodeView]] = {}
    for view in views.values():
        if view.facts.uuid:
            members.setdefault(groups.root(view.facts.uuid), []).append(view)
    volumes_of = _volumes_by_group(views, clusters, groups)
    pools = {
        root: found
        for root, found in members.items()
        if groups.size(root) > 1 or root in volumes_of or any(view.groups for view in found)
    }
    _place_silent(views, pools)
    of_node: dict[str, str] = {}
    made: list[Cluster] = []
    facts: list[tuple[Cluster, ClusterFacts]] = []
    for number, (root, found) in enumerate(
        sorted(pools.items(), key=lambda item: min(view.name for view in item[1])), 1
    ):
        taken = {cluster.id for cluster in made}
        cluster = Cluster(_id(root, found, groups, taken), f"cluster {number}", tuple(sorted(v.name for v in found)))
        made.append(cluster)
        of_node.update(dict.fromkeys(cluster.nodes, cluster.id))
        facts += [(cluster, said) for said in volumes_of.get(root, [])]
    alone = tuple(sorted(name for name in views if name not in of_node))
    if alone:
        made.append(Cluster("", NO_POOL, alone))
    return Pools(tuple(made), of_node, nodes, tuple(facts))


class _Groups:
    """Sets of uuids that know each other (union-find)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, uuid: str) -> str:
        parent = self._parent.setdefault(uuid, uuid)
        while parent != uuid:
            uuid, parent = parent, self._parent[parent]
        return uuid

    def unite(self, one: str, other: str) -> None:
        """The smallest uuid of a set stands for it."""
        first, second = self.root(one), self.root(other)
        if first != second:
            self._parent[max(first, second)] = min(first, second)

    def size(self, root: str) -> int:
        return sum(1 for uuid in self._parent if self.root(uuid) == root)


def _unite(view: NodeView, views: Mapping[str, NodeView], groups: _Groups) -> None:
    """What a node said long ago counts only for peers that can't be asked either."""
    if not view.facts.uuid:
        return
    groups.root(view.facts.uuid)
    alive = set() if view.live else {other.facts.uuid for other in views.values() if other.live}
    for peer in view.facts.peers:
        if peer.uuid and peer.uuid not in alive:
            groups.unite(view.facts.uuid, peer.uuid)


def _volumes_by_group(
    views: Mapping[str, NodeView], clusters: Mapping[str, ClusterFacts], groups: _Groups
) -> dict[str, list[ClusterFacts]]:
    found: dict[str, list[ClusterFacts]] = {}
    for said in clusters.values():
        reader = views.get(said.read_from)
        uuids: Iterable[str] = (brick.host_uuid for volume in said.volumes for brick in volume.bricks)
        uuid = reader.facts.uuid if reader and reader.facts.uuid else next(iter(uuids), "")
        if uuid and said.volumes:
            found.setdefault(groups.root(uuid), []).append(said)
    for answers in found.values():
        answers.sort(key=lambda said: said.read_at, reverse=True)
    return found


def _place_silent(views: Mapping[str, NodeView], pools: dict[str, list[NodeView]]) -> None:
    """Nodes that never told a uuid go where their names, or their cluster's tag, are known."""
    if all(view.facts.uuid for view in views.values()):
        return
    known: dict[str, str] = {}
    for root, found in pools.items():
        for view in found:
            names = {name for peer in view.facts.peers if not peer.is_self for name in peer.hostnames}
            names |= {*view.tags.members, *view.tags.members.values(), view.tags.cluster}
            known.update(dict.fromkeys(names - {""}, root))
    for view in views.values():
        if not view.facts.uuid:
            names = {*view.names, view.tags.cluster} - {""}
            root = next((known[name] for name in sorted(names) if name in known), "")
            if root:
                pools[root].append(view)


def _id(root: str, found: list[NodeView], groups: _Groups, taken: set[str]) -> str:
    """The id from the tags, else one made from the smallest uuid of the pool."""
    tags = Counter(tags.cluster for view in found for tags in view.groups.values() if tags.cluster)
    tagged = next((tag for tag, _ in tags.most_common() if tag not in taken), "")
    return tagged or f"pool-{groups.root(root)[:8]}"
