"""What a heketi server knows: clusters, nodes, devices, bricks, volumes and operations. Pure data.

Ids are heketi's (32 hexadecimal digits), sizes are bytes. Passwords of block volumes are never held.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ONLINE, OFFLINE, FAILED = "online", "offline", "failed"


@dataclass(frozen=True, slots=True)
class HeketiBrick:
    """A brick; `path` ends in "/brick", `device`, `node` and `volume` are ids."""

    id: str
    path: str
    device: str
    node: str
    volume: str
    size: int


@dataclass(frozen=True, slots=True)
class HeketiDevice:
    """A device of a node, with its space as heketi counts it (it never looks again by itself)."""

    id: str
    name: str
    state: str
    total: int
    free: int
    used: int
    node: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    bricks: tuple[HeketiBrick, ...] = ()
    paths: tuple[str, ...] = ()
    pv_uuid: str = ""

    @property
    def group(self) -> str:
        """The name of its volume group."""
        return f"vg_{self.id}"


@dataclass(frozen=True, slots=True)
class HeketiNode:
    """A node; heketi uses only the first manage name (where it logs in) and the first storage name (the peer)."""

    id: str
    cluster: str
    zone: int
    manage: tuple[str, ...]
    storage: tuple[str, ...]
    state: str
    devices: tuple[HeketiDevice, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name that heketi logs in with."""
        return self.manage[0] if self.manage else self.id


@dataclass(frozen=True, slots=True)
class HeketiVolume:
    """A Gluster volume of heketi's. `durability` is "replicate", "disperse" or "none".

    `bricks` are sorted by id: which of them are one replica set is known from Gluster alone. `free` and
    `reserved` count in a volume that hosts block volumes.
    """

    id: str
    name: str
    cluster: str
    size: int
    durability: str
    replica: int = 0
    data: int = 0
    redundancy: int = 0
    gid: int = 0
    options: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    bricks: tuple[HeketiBrick, ...] = ()
    snapshot_factor: float = 1.0
    is_block: bool = False
    block_volumes: tuple[str, ...] = ()
    restriction: str = ""
    free: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class HeketiBlockVolume:
    """A block volume and the volume that hosts it."""

    id: str
    name: str
    cluster: str
    host_volume: str
    size: int
    usable: int
    ha_count: int
    hosts: tuple[str, ...] = ()
    iqn: str = ""
    lun: int = 0
    user: str = ""


@dataclass(frozen=True, slots=True)
class HeketiCluster:
    """A cluster: its members by id, and whether it takes volumes and block volumes."""

    id: str
    nodes: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    block_volumes: tuple[str, ...] = ()
    takes_files: bool = True
    takes_blocks: bool = True


@dataclass(frozen=True, slots=True)
class HeketiCounts:
    """How many operations heketi has on its books, from GET /operations."""

    total: int = 0
    in_flight: int = 0
    stale: int = 0
    failed: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class HeketiChange:
    """One change of an operation: the id of the object, and heketi's words for what happens to it."""

    id: str
    description: str


@dataclass(frozen=True, slots=True)
class HeketiOperation:
    """A pending operation. `status` is "" (under way), "stale" (heketi died meanwhile) or "failed"."""

    id: str
    type: str
    status: str
    is_in_flight: bool = False
    changes: tuple[HeketiChange, ...] = ()

    @property
    def is_stuck(self) -> bool:
        """Whether nobody works on it any more: its space is held until it is cleaned up."""
        return bool(self.status)


@dataclass(frozen=True, slots=True)
class HeketiSite:
    """All that a heketi knows, by id, from one walk through its API.

    `missing` are ids that something refers to and that heketi answers with "Id not found": its database is
    broken there. They are pairs (path that failed, who named it).
    """

    clusters: Mapping[str, HeketiCluster] = field(default_factory=dict)
    nodes: Mapping[str, HeketiNode] = field(default_factory=dict)
    volumes: Mapping[str, HeketiVolume] = field(default_factory=dict)
    block_volumes: Mapping[str, HeketiBlockVolume] = field(default_factory=dict)
    operations: tuple[HeketiOperation, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()

    @property
    def devices(self) -> dict[str, HeketiDevice]:
        """All devices by id."""
        return {device.id: device for node in self.nodes.values() for device in node.devices}
