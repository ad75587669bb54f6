"""What the last join found out and the next may use again: most answers of most nodes are the same as before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tui.core.facts import ClusterFacts, NodeFacts, VolumeFact
from tui.core.heal import BrickHeal, HealFacts
from tui.core.join_devices import join_devices
from tui.core.join_pools import Pools, find_pools
from tui.core.join_view import NodeView
from tui.core.model import Brick, Device, Node, State, Volume
from tui.core.quota import Quota

if TYPE_CHECKING:
    from tui.core.store import NodeEntry

_NODE_FIELDS = tuple(name for name in NodeFacts.__dataclass_fields__ if name != "read_at")
# what of a node goes into its devices and bricks: the indexes over its facts, and how it is
Standing = tuple[NodeView, bool, State, str]
Said = tuple[tuple[BrickHeal, ...], str, tuple[str, ...]] | None


def nodes_alike(one: NodeFacts, other: NodeFacts) -> bool:
    """Whether two probes of a node differ in their time only."""
    return all(getattr(one, name) == getattr(other, name) for name in _NODE_FIELDS)


def clusters_alike(one: ClusterFacts, other: ClusterFacts) -> bool:
    """Whether two readings of a pool's volumes differ in their time only."""
    return (one.read_from, one.unread, one.volumes) == (other.read_from, other.unread, other.volumes)


@dataclass(frozen=True, slots=True)
class JoinedVolume:
    """A volume as it was joined from `fact`, `heal` and `quotas`, with the names of the nodes that went into it."""

    fact: VolumeFact
    heal: "Said"
    quotas: tuple[Quota, ...]
    nodes: frozenset[str]
    bricks: tuple[Brick, ...]
    volume: Volume


@dataclass(slots=True)
class PoolMemory:
    """The volumes of one pool by name; they hold as long as `common` is what it was."""

    common: object = None
    standings: dict[str, Standing] = field(default_factory=dict)
    volumes: dict[str, JoinedVolume] = field(default_factory=dict)

    def changed(self, common: object, standings: dict[str, Standing]) -> set[str]:
        """The nodes that are not as they were; forgets all where what is common to all volumes changed."""
        if common != self.common:
            self.volumes = {}
        dirty = {name for name, standing in standings.items() if self.standings.get(name) != standing}
        self.common, self.standings = common, standings
        return dirty


class JoinMemory:
    """Belongs to one store; a join without one begins from nothing and finds the same."""

    def __init__(self) -> None:
        self._views: dict[str, tuple[NodeEntry, NodeView]] = {}
        self._said: dict[str, ClusterFacts] = {}
        self._pools: tuple[object, Pools] | None = None
        self._devices: dict[str, tuple[object, list[Device]]] = {}
        self._volumes: dict[str, PoolMemory] = {}

    def views(self, nodes: "Mapping[str, NodeEntry]") -> dict[str, NodeView]:
        """Indexes over the entries; those of a node that said the same as before are kept."""
        self._views = {name: (entry, self._view(name, entry)) for name, entry in nodes.items()}
        return {name: view for name, (_, view) in self._views.items()}

    def _view(self, name: str, entry: "NodeEntry") -> NodeView:
        before, view = self._views.get(name, (None, None))
        if before is None or view is None or before.declared != entry.declared or not _same_facts(before, entry):
            return NodeView(name, entry)
        view.look_anew(entry)
        return view

    def pools(self, views: Mapping[str, NodeView], clusters: Mapping[str, ClusterFacts]) -> Pools:
        """The clusters; sorted out again only where nodes or volumes changed."""
        before = self._said
        self._said = {
            key: before[key] if key in before and clusters_alike(before[key], said) else said
            for key, said in clusters.items()
        }
        by_age = sorted(clusters, key=lambda key: clusters[key].read_at)
        # views are compared by identity, and so are the readings: equal ones were made one above
        key = (
            [(view, view.live) for view in views.values()],
            [(key, id(self._said[key])) for key in by_age],
        )
        if self._pools is None or self._pools[0] != key:
            self._pools = (key, find_pools(views, self._said))
        return self._pools[1]

    def devices(
        self, view: NodeView, node: Node, used_groups: Collection[str], bricks: Mapping[str, int]
    ) -> list[Device]:
        """The devices of one node; `bricks` are how many are on each, by path."""
        key = (standing(view, node), used_groups, bricks)
        known = self._devices.get(view.name)
        if known is None or known[0] != key:
            found = join_devices(view, node, used_groups)
            counted = [
                replace(device, bricks=bricks[device.path]) if device.path in bricks else device for device in found
            ]
            known = self._devices[view.name] = (key, counted)
        return known[1]

    def pool(self, cluster: str) -> PoolMemory:
        """What is known of a cluster's volumes."""
        return self._volumes.setdefault(cluster, PoolMemory())


def standing(view: NodeView, node: Node) -> Standing:
    """What of a node goes into its devices and bricks."""
    return (view, view.live, node.state, node.reason)


def said_of(heal: HealFacts | None) -> Said:
    """What of the copies goes into their volume: all but the time it was read."""
    return None if heal is None else (heal.bricks, heal.unread, heal.files)


def _same_facts(before: "NodeEntry", now: "NodeEntry") -> bool:
    if before.facts is None or now.facts is None:
        return before.facts is now.facts
    return before.facts is now.facts or nodes_alike(before.facts, now.facts)
