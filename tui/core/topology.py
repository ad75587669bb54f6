"""The topology that an admin asks for: clusters of nodes with their devices."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TopologyDevice:
    """A device path on a node. `destroydata` lets a load wipe what is on it."""

    path: str
    destroydata: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class TopologyNode:
    """A node: `manage` is where SSH goes, `storage` its name in the pool (an IP for Kubernetes).

    heketi uses only the first of each list of hostnames; the others stand in `other_manage`
    and `other_storage`.
    """

    manage: str
    storage: str
    zone: int = 1
    devices: tuple[TopologyDevice, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    other_manage: tuple[str, ...] = ()
    other_storage: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class TopologyCluster:
    """One trusted pool. `file` and `block` are heketi's flags; absent means true."""

    nodes: tuple[TopologyNode, ...]
    file: bool = True
    block: bool = True
    line: int = 0


@dataclass(frozen=True, slots=True)
class Topology:
    """A whole topology file."""

    clusters: tuple[TopologyCluster, ...]
    source: str = ""

    @property
    def nodes(self) -> tuple[TopologyNode, ...]:
        """The nodes of all clusters in file order."""
        return tuple(node for cluster in self.clusters for node in cluster.nodes)
