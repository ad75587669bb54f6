"""The database of the simulated heketi: mutable, sizes in KiB (volumes in GiB) as heketi counts them."""

import random
from bisect import insort
from dataclasses import dataclass, field


@dataclass(slots=True)
class Cluster:
    id: str
    file: bool = True
    block: bool = True
    nodes: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    block_volumes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Node:
    id: str
    cluster: str
    zone: int
    manage: list[str]
    storage: list[str]
    tags: dict[str, str] = field(default_factory=dict)
    state: str = "online"
    devices: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Device:
    id: str
    node: str
    name: str
    total: int
    used: int = 0
    tags: dict[str, str] = field(default_factory=dict)
    state: str = "online"
    bricks: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    pv_uuid: str = ""
    extent: int = 4096

    @property
    def free(self) -> int:
        return self.total - self.used


@dataclass(slots=True)
class Brick:
    """A brick; `sub_type` is 1, of an arbiter 2."""

    id: str
    device: str
    node: str
    volume: str
    size: int
    pool_size: int
    metadata: int
    pool: str
    sub_type: int = 1
    pending: str = ""

    @property
    def mount(self) -> str:
        return f"/var/lib/heketi/mounts/vg_{self.device}/brick_{self.id}"

    @property
    def path(self) -> str:
        return f"{self.mount}/brick"

    @property
    def needed(self) -> int:
        return self.pool_size + self.metadata


@dataclass(slots=True)
class Volume:
    """A volume; `sets` are its bricks in the order of Gluster, `free` and `reserved` GiB for block volumes."""

    id: str
    name: str
    cluster: str
    size: int
    durability: str = "none"
    replica: int = 0
    data: int = 0
    redundancy: int = 0
    gid: int = 0
    options: list[str] = field(default_factory=list)
    snapshot: bool = False
    factor: float = 1.0
    block: bool = False
    asked_clusters: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    sets: list[list[str]] = field(default_factory=list)
    free: int = 0
    reserved: int = 0
    block_volumes: list[str] = field(default_factory=list)
    restriction: str = ""
    pending: str = ""

    @property
    def bricks(self) -> list[str]:
        return sorted(brick for one in self.sets for brick in one)


@dataclass(slots=True)
class BlockVolume:
    id: str
    name: str
    cluster: str
    host_volume: str
    size: int
    ha: int
    auth: bool
    hosts: list[str] = field(default_factory=list)
    pending: str = ""


@dataclass(slots=True)
class Operation:
    """A pending operation; `changes` are (heketi's words, id)."""

    id: str
    type: str
    changes: list[tuple[str, str]] = field(default_factory=list)
    status: str = ""
    in_flight: bool = True


class Tables:
    """All tables. `names` are the host names that are taken: ("MANAGE" or "STORAGE", name) -> id of a node."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.clusters: dict[str, Cluster] = {}
        self.nodes: dict[str, Node] = {}
        self.devices: dict[str, Device] = {}
        self.bricks: dict[str, Brick] = {}
        self.volumes: dict[str, Volume] = {}
        self.block_volumes: dict[str, BlockVolume] = {}
        self.operations: dict[str, Operation] = {}
        self.names: dict[tuple[str, str], str] = {}

    def new_id(self) -> str:
        """A fresh id."""
        return f"{self.rng.getrandbits(128):032x}"

    def put_cluster(self, cluster: Cluster) -> Cluster:
        """Keep a cluster."""
        self.clusters[cluster.id] = cluster
        return cluster

    def put_node(self, node: Node) -> Node:
        """Keep a node, with its names and in its cluster."""
        self.nodes[node.id] = node
        insort(self.clusters[node.cluster].nodes, node.id)
        for kind, names in (("MANAGE", node.manage), ("STORAGE", node.storage)):
            for name in names:
                self.names.setdefault((kind, name), node.id)
        return node

    def drop_node(self, node: Node) -> None:
        """Forget a node and its names."""
        del self.nodes[node.id]
        self.clusters[node.cluster].nodes.remove(node.id)
        self.release_names(node.id)

    def release_names(self, node: str) -> None:
        """The names of a node are free again."""
        self.names = {key: holder for key, holder in self.names.items() if holder != node}

    def put_device(self, device: Device) -> Device:
        """Keep a device on its node."""
        self.devices[device.id] = device
        insort(self.nodes[device.node].devices, device.id)
        return device

    def drop_device(self, device: Device) -> None:
        """Forget a device."""
        del self.devices[device.id]
        self.nodes[device.node].devices.remove(device.id)

    def put_brick(self, brick: Brick) -> None:
        """Keep a brick and take its space."""
        self.bricks[brick.id] = brick
        device = self.devices[brick.device]
        insort(device.bricks, brick.id)
        device.used += brick.needed

    def drop_brick(self, brick_id: str) -> None:
        """Forget a brick and give its space back."""
        brick = self.bricks.pop(brick_id, None)
        device = self.devices.get(brick.device) if brick else None
        if brick and device:
            device.bricks.remove(brick.id)
            device.used -= brick.needed

    def put_volume(self, volume: Volume) -> None:
        """Keep a volume in its cluster."""
        self.volumes[volume.id] = volume
        insort(self.clusters[volume.cluster].volumes, volume.id)

    def drop_volume(self, volume: Volume) -> None:
        """Forget a volume; its bricks are dropped one by one."""
        del self.volumes[volume.id]
        self.clusters[volume.cluster].volumes.remove(volume.id)

    def put_block_volume(self, volume: BlockVolume) -> None:
        """Keep a block volume in its cluster and in its host, and take its space there."""
        self.block_volumes[volume.id] = volume
        insort(self.clusters[volume.cluster].block_volumes, volume.id)
        host = self.volumes[volume.host_volume]
        insort(host.block_volumes, volume.id)
        host.free -= volume.size

    def drop_block_volume(self, volume: BlockVolume) -> None:
        """Forget a block volume and give its space back."""
        del self.block_volumes[volume.id]
        self.clusters[volume.cluster].block_volumes.remove(volume.id)
        host = self.volumes[volume.host_volume]
        host.block_volumes.remove(volume.id)
        host.free += volume.size
