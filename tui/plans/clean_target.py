"""What a clean is for: a cluster, a node, a device or all that a topology file names; and what that covers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Literal

from tui.core.facts import NodeFacts
from tui.core.model import Cluster, Freshness, Snapshot
from tui.core.plan import Refused
from tui.core.topology import Topology

Facts = Mapping[str, NodeFacts]
# what a node must have told: an empty list of what was not read would pass for "there is nothing"
_NEEDED = ("devices", "mounts", "fstab", "physical_volumes", "volume_groups", "logical_volumes")


@dataclass(frozen=True, slots=True)
class CleanTarget:
    """What shall be clean. `cluster` is a name or an id, `device` a path on `node`."""

    kind: Literal["cluster", "node", "device", "topology"]
    cluster: str = ""
    node: str = ""
    device: str = ""
    topology: Topology | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a target covers: `whole` nodes with all volume groups for bricks, `named` device paths by node.

    `leaving` are the nodes that are put out of their pool; `confirm` is what must be typed.
    """

    what: str
    confirm: str
    whole: tuple[str, ...] = ()
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    leaving: tuple[str, ...] = ()

    @property
    def nodes(self) -> tuple[str, ...]:
        """All nodes that are touched."""
        return tuple(dict.fromkeys((*self.whole, *self.named)))


def resolve(snapshot: Snapshot, target: CleanTarget) -> Scope:
    """What a target covers. Raises Refused where it names something that is not there."""
    if target.kind == "topology":
        return _of_topology(snapshot, target)
    if target.kind == "cluster":
        cluster = find_cluster(snapshot, target.cluster)
        return Scope(cluster.name, cluster.name, cluster.nodes, leaving=cluster.nodes)
    if target.node not in snapshot.nodes:
        raise Refused(f"There is no node {target.node}.", (f"known nodes: {', '.join(sorted(snapshot.nodes))}",))
    if target.kind == "node":
        return Scope(target.node, target.node, (target.node,), leaving=(target.node,))
    if not target.device:
        raise Refused("No device was named.")
    return Scope(f"{target.node} {target.device}", target.device, named={target.node: (target.device,)})


def find_cluster(snapshot: Snapshot, wanted: str) -> Cluster:
    """A cluster by its id or name. Raises Refused where there is none."""
    known = [cluster for cluster in snapshot.clusters if cluster.id]
    found = next((cluster for cluster in known if wanted and wanted in (cluster.id, cluster.name)), None)
    if found is None:
        names = ", ".join(f"{cluster.name} ({cluster.id})" for cluster in known) or "none"
        raise Refused(f"There is no cluster {wanted}.", (f"known clusters: {names}",))
    return found


def _of_topology(snapshot: Snapshot, target: CleanTarget) -> Scope:
    topology = target.topology
    if topology is None or not topology.nodes:
        raise Refused("The topology names no node.")
    named = {node.manage: tuple(device.path for device in node.devices) for node in topology.nodes}
    clusters = [c for c in snapshot.clusters if c.id and any(name in named for name in c.nodes)]
    file = PurePath(topology.source).name or "topology"
    confirm = clusters[0].name if len(clusters) == 1 and set(clusters[0].nodes) <= set(named) else file
    return Scope(f"all of {topology.source or 'the topology'}", confirm, named=named, leaving=tuple(named))


def why_unread(name: str, snapshot: Snapshot, facts: Facts) -> str:
    """Why a node can't be cleaned now; "" where it answered and told all that is needed."""
    node, known = snapshot.nodes.get(name), facts.get(name)
    if known is None:
        return (node.reason if node else "") or "it was not read yet"
    if node is not None and node.source.freshness is not Freshness.LIVE:
        return node.reason or "it can't be asked now"
    if name in snapshot.volumes_unread:
        return "the volumes of its cluster were not read yet"
    part = next((part for part in _NEEDED if part in known.unread), "")
    return f"its {part.replace('_', ' ')} could not be read: {known.unread[part]}" if part else ""
