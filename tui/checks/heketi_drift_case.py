"""heketi's picture beside the nodes' own: who is who in both, and what of each was really read."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tui.checks.claim_case import ClaimWorld
from tui.core.facts import LogicalVolume, NodeFacts, VolumeGroup
from tui.core.finding import ObjectRef
from tui.core.heketi_dump import HeketiDump
from tui.core.heketi_model import HeketiBrick, HeketiDevice, HeketiNode, HeketiSite, HeketiVolume
from tui.core.kube_tables import KubeTables
from tui.core.model import Freshness, Node, Snapshot, Volume

BRICK: Final = re.compile("brick_([0-9a-f]{32})")
GROUP: Final = re.compile("vg_([0-9a-f]{32})")
CLONE: Final = "clone-volume"


@dataclass
class Drift:
    """All pictures at one moment. `read` are the ids of Gluster clusters whose volumes were read whole.

    Without `read` those count that have any volume: an empty list may be one that was not read yet.
    """

    site: HeketiSite
    storage: Snapshot = field(default_factory=Snapshot)
    facts: Mapping[str, NodeFacts] = field(default_factory=dict)
    dump: HeketiDump | None = None
    tables: KubeTables | None = None
    now: float = 0.0
    read: Collection[str] | None = None

    @cached_property
    def node_of(self) -> dict[str, Node]:
        """The storage node behind each node of heketi's, by heketi's id, as far as it is one of the site's."""
        named = {facts.hostname: name for name, facts in self.facts.items() if facts.hostname}
        stored = {node.storage: name for name, node in self.storage.nodes.items() if node.storage}
        found: dict[str, Node] = {}
        for ident, node in self.site.nodes.items():
            first = node.storage[0] if node.storage else ""
            name = node.name if node.name in self.storage.nodes else stored.get(first) or named.get(node.name, "")
            if name in self.storage.nodes:
                found[ident] = self.storage.nodes[name]
        return found

    def live(self, node: str, *parts: str) -> NodeFacts | None:
        """What a node of heketi's (by id) says now; None where it does not, or one of these parts is unread."""
        known = self.node_of.get(node)
        if known is None or known.source.freshness is not Freshness.LIVE:
            return None
        facts = self.facts.get(known.name)
        return None if facts is None or any(part in facts.unread for part in parts) else facts

    @cached_property
    def home(self) -> dict[str, str]:
        """The Gluster cluster that each of heketi's clusters is, by the nodes that both have."""
        counts: dict[str, Counter[str]] = {}
        for ident, node in self.node_of.items():
            if node.cluster:
                counts.setdefault(self.site.nodes[ident].cluster, Counter())[node.cluster] += 1
        return {cluster: count.most_common(1)[0][0] for cluster, count in counts.items()}

    def gluster(self, cluster: str) -> dict[str, Volume] | None:
        """The volumes that Gluster has in a cluster of heketi's, by name; None while nobody told them."""
        return self._gluster.get(cluster)

    @cached_property
    def _gluster(self) -> dict[str, dict[str, Volume] | None]:
        return {cluster: self._volumes_of(cluster) for cluster in self.site.clusters}

    def _volumes_of(self, cluster: str) -> dict[str, Volume] | None:
        home = self.home.get(cluster, "")
        volumes = {one.name: one for one in self.storage.volumes.values() if home and one.cluster == home}
        was_read = bool(volumes) if self.read is None else home in self.read
        asked = any(self.live(node.id) for node in self.site.nodes.values() if node.cluster == cluster)
        return volumes if was_read and asked else None

    @cached_property
    def held(self) -> set[str]:
        """Ids of all that operations work on, or left half-done: it is told with the operation."""
        ids = {change.id for operation in self.site.operations for change in operation.changes}
        if self.dump is not None:
            ids |= {key for key, one in self.dump.bricks.items() if one.pending}
            ids |= {key for key, one in self.dump.volumes.items() if one.pending} | {*self.dump.pending_blocks}
        return ids

    @cached_property
    def moving(self) -> set[str]:
        """Devices on which an operation has begun or left something; all of them where the database is not known."""
        if self.dump is None:
            return set(self.devices) if self.held else set()
        return {one.brick.device for key, one in self.dump.bricks.items() if one.pending or key in self.held}

    @cached_property
    def used(self) -> dict[str, set[str]]:
        """The logical volumes that Gluster's bricks stand on, by node; "" for bricks whose node is not known."""
        found: dict[str, set[str]] = {}
        for brick in self.storage.bricks.values():
            found.setdefault(brick.node, set()).add(brick.lv)
        return found

    @property
    def is_busy(self) -> bool:
        """Whether heketi works on something now, so that both pictures are in motion."""
        return any(not operation.is_stuck for operation in self.site.operations)

    @cached_property
    def devices(self) -> dict[str, HeketiDevice]:
        """All devices by id."""
        return self.site.devices

    @cached_property
    def bricks(self) -> dict[str, HeketiBrick]:
        """All bricks that heketi knows, those of operations too."""
        found = {brick.id: brick for device in self.devices.values() for brick in device.bricks}
        found |= {brick.id: brick for volume in self.site.volumes.values() for brick in volume.bricks}
        if self.dump is not None:
            found |= {key: one.brick for key, one in self.dump.bricks.items() if key not in found}
        return found

    def host(self, node: str) -> str:
        """The name that a node of heketi's has in the pool."""
        known = self.site.nodes.get(node)
        return known.storage[0] if known is not None and known.storage else ""

    def device_words(self, device: HeketiDevice) -> str:
        """A device in words: "node1 /dev/sdb"."""
        node = self.site.nodes.get(device.node)
        return f"{node.name if node else device.node[:8]} {device.name}"

    def is_whole(self, kind: str) -> bool:
        """Whether a kind of Kubernetes was read in all namespaces, so that what is not there does not exist."""
        if self.tables is None or not ClaimWorld(self.tables, self.now).is_known(kind):
            return False
        part = self.tables.parts.get(kind)
        return part is None or part.state == "live"


def volume_ref(volume: HeketiVolume) -> ObjectRef:
    """A volume of heketi's."""
    return ObjectRef("HeketiVolume", "", volume.name or volume.id)


def gluster_ref(name: str) -> ObjectRef:
    """A Gluster volume."""
    return ObjectRef("GlusterVolume", "", name)


def device_ref(drift: Drift, device: HeketiDevice) -> ObjectRef:
    """A device of heketi's."""
    return ObjectRef("HeketiDevice", "", drift.device_words(device))


def node_ref(node: HeketiNode) -> ObjectRef:
    """A node of heketi's."""
    return ObjectRef("HeketiNode", "", node.name)


def brick_ref(ident: str) -> ObjectRef:
    """A brick of heketi's."""
    return ObjectRef("HeketiBrick", "", ident)


def group_of(facts: NodeFacts, name: str) -> VolumeGroup | None:
    """A volume group of a node."""
    return next((group for group in facts.volume_groups if group.name == name), None)


def volumes_in(facts: NodeFacts, group: str) -> list[LogicalVolume]:
    """The logical volumes of a volume group, hidden ones too."""
    return [lv for lv in facts.logical_volumes if lv.vg == group]
