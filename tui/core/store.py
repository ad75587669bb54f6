"""The store: what every source last said, and the joined picture made from it.

One writer (the supervisor in `tui.sync`), many readers. Readers get an immutable `Snapshot`;
it is made when first asked for after a change, so that a burst of answers costs one join.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from tui.core.facts import ClusterFacts, NodeFacts
from tui.core.heal import HealFacts
from tui.core.heketi_facts import HeketiFacts
from tui.core.join_heketi import HeketiMemory, with_heketi
from tui.core.join_memory import JoinMemory, clusters_alike, nodes_alike, said_of
from tui.core.links import join
from tui.core.model import Freshness, Snapshot, Source
from tui.core.quota import QuotaFacts
from tui.core.topology import TopologyNode

Listener = Callable[[], None]


@dataclass(frozen=True, slots=True)
class NodeEntry:
    """One node of the site: what was declared of it, and what it last said."""

    declared: TopologyNode
    source: Source
    facts: NodeFacts | None = None


class Store:
    """Holds node entries and the volumes of each pool; tells listeners that something changed."""

    def __init__(self) -> None:
        self._nodes: dict[str, NodeEntry] = {}
        self._clusters: dict[str, ClusterFacts] = {}
        self._heals: dict[str, HealFacts] = {}
        self._quotas: dict[str, QuotaFacts] = {}
        self._revision = 0
        self._storage: Snapshot | None = None
        self._snapshot: Snapshot | None = None
        self._heketi: HeketiFacts | None = None
        self._memory, self._heketi_memory = JoinMemory(), HeketiMemory()
        self._untold = False
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after each change; the returned function ends that.

        Where nothing changed but the time of an answer, that waits for the next `tell_ages`.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @property
    def nodes(self) -> dict[str, NodeEntry]:
        """The entries by node name; do not change."""
        return self._nodes

    @property
    def storage(self) -> Snapshot:
        """The picture from the nodes alone."""
        if self._storage is None:
            self._storage = join(
                self._nodes, self._clusters, self._revision, self._memory, self._heals, self._quotas
            )  # fmt: skip
        return self._storage

    @property
    def snapshot(self) -> Snapshot:
        """The joined picture at the present revision."""
        if self._snapshot is None:
            self._snapshot = with_heketi(self.storage, self._heketi, self._heketi_memory)
        return self._snapshot

    @property
    def heketi(self) -> HeketiFacts | None:
        """What heketi said, None where the site has none."""
        return self._heketi

    def put_heketi(self, facts: HeketiFacts) -> None:
        """heketi answered, or did not: then its `site` is the one before, and the source says why it is old."""
        before = self._heketi
        if before is not None and before.site == facts.site:
            facts = replace(facts, site=before.site)
        self._heketi = facts
        self._changed(tell=before is None or before != replace(facts, source=_as_old(facts.source, before.source)))

    def declare(self, nodes: Iterable[TopologyNode]) -> None:
        """Add nodes, or replace what is declared of known ones; what they said stays."""
        for node in nodes:
            known = self._nodes.get(node.manage)
            if known is None:
                self._nodes[node.manage] = NodeEntry(node, Source(node.manage))
            elif known.declared != node:
                self._nodes[node.manage] = replace(known, declared=node)
        self._changed()

    def forget(self, name: str) -> None:
        """Drop a node."""
        if self._nodes.pop(name, None) is not None:
            self._changed()

    def put_facts(self, name: str, facts: NodeFacts) -> None:
        """A node answered: its facts are live now."""
        entry = self._nodes.get(name)
        if entry is None:
            return
        source = Source(name, Freshness.LIVE, facts.read_at)
        self._nodes[name] = replace(entry, source=source, facts=facts)
        is_news = entry.facts is None or entry.source != replace(source, read_at=entry.source.read_at)
        self._changed(tell=is_news or entry.facts is None or not nodes_alike(entry.facts, facts))

    def put_failure(self, name: str, freshness: Freshness, reason: str, remedy: str = "") -> None:
        """A node did not answer: old facts stay and are marked with why they are old."""
        entry = self._nodes.get(name)
        if entry is None:
            return
        source = replace(entry.source, freshness=freshness, reason=reason, remedy=remedy)
        if source != entry.source:
            self._nodes[name] = replace(entry, source=source)
            self._changed()

    def put_cluster(self, key: str, facts: ClusterFacts) -> None:
        """The volumes of one pool; `key` is any name that is stable for the pool."""
        before = self._clusters.get(key)
        self._clusters[key] = facts
        self._changed(tell=before is None or not clusters_alike(before, facts))

    def put_heal(self, volume: str, facts: HealFacts) -> None:
        """What was said of the copies of a volume (its id); where that failed, what was said before stays."""
        before = self._heals.get(volume)
        if facts.read_at is None and before is not None:
            facts = replace(before, unread=facts.unread)
        self._heals[volume] = facts
        self._changed(tell=said_of(before) != said_of(facts))

    def put_quotas(self, volume: str, facts: QuotaFacts) -> None:
        """The limits of a volume's folders (its id)."""
        before = self._quotas.get(volume)
        self._quotas[volume] = facts
        self._changed(tell=before is None or before.quotas != facts.quotas)

    def keep_details(self, volumes: Collection[str]) -> None:
        """Forget the copies and quotas of all volumes but these (their ids)."""
        gone = (self._heals.keys() | self._quotas.keys()) - set(volumes)
        for name in gone:
            self._heals.pop(name, None)
            self._quotas.pop(name, None)
        if gone:
            self._changed()

    def drop_clusters(self, keep: Iterable[str]) -> None:
        """Forget the volumes of pools that no node belongs to any more."""
        gone = set(self._clusters) - set(keep)
        for key in gone:
            del self._clusters[key]
        if gone:
            self._changed()

    def tell_ages(self) -> None:
        """Tell listeners of answers that were the same as before, if there were any since they heard last."""
        if self._untold:
            self._tell()

    @property
    def has_untold_ages(self) -> bool:
        """Whether `tell_ages` would tell something."""
        return self._untold

    def _changed(self, *, tell: bool = True) -> None:
        self._revision += 1
        self._storage = self._snapshot = None
        self._untold = True
        if tell:
            self._tell()

    def _tell(self) -> None:
        self._untold = False
        for listener in tuple(self._listeners):
            listener()


def _as_old(source: Source, before: Source) -> Source:
    """A source but for the time of its answer."""
    return replace(source, read_at=before.read_at)
