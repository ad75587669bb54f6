"""What one node, or one cluster, said about itself when it was last asked.

Sizes are bytes, percentages 0 to 100, times seconds since the epoch. None means unknown and
is never shown as 0. Block devices are matched by their number ("252:16"), since one disk has
several paths (/dev/vdb, /dev/disk/by-id/...).
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BlockDevice:
    """One row of lsblk. `parents` and `children` are kernel names."""

    kname: str
    path: str
    number: str
    type: str
    size: int
    read_only: bool = False
    removable: bool = False
    fstype: str = ""
    uuid: str = ""
    partition_table: str = ""
    mountpoints: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    wwn: str = ""
    serial: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class DeviceProbe:
    """The close look at one device path that a load names: what the 12 tests of emptiness need.

    `number` is "" when the path does not exist. `signatures` are what a direct probe of the disk
    found (blkid, not udev's memory). `exclusive` tells whether the kernel let us open it with
    O_EXCL; `blank` whether its first and last MiB are zero; `released` whether the first thing on it
    is LVM's metadata header, which pvremove leaves when it takes the label. `filtered` is LVM's own
    word for why it ignores the device ("device is rejected by filter config"), "" when it does not.
    """

    path: str
    number: str = ""
    is_block: bool = False
    signatures: tuple[str, ...] = ()
    exclusive: bool | None = None
    blank: bool | None = None
    released: bool = False
    filtered: str = ""
    running: str = ""


@dataclass(frozen=True, slots=True)
class PhysicalVolume:
    """An LVM physical volume; `vg` is "" when it belongs to no volume group."""

    path: str
    uuid: str
    vg: str
    size: int
    free: int
    number: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
class VolumeGroup:
    """An LVM volume group with its tags."""

    name: str
    uuid: str
    size: int
    free: int
    extent: int
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogicalVolume:
    """A logical volume, thin pool or hidden part ("[tp_tmeta]" without its brackets)."""

    name: str
    vg: str
    uuid: str
    size: int
    attr: str
    pool: str = ""
    data_percent: float | None = None
    metadata_percent: float | None = None
    thin_count: int | None = None
    number: str = ""
    hidden: bool = False
    tags: tuple[str, ...] = ()

    @property
    def is_pool(self) -> bool:
        """A thin pool (lvs: first letter of lv_attr is t)."""
        return self.attr.startswith("t")


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of mountinfo; sizes are known for XFS mounts only (statfs on FUSE can hang)."""

    source: str
    target: str
    fstype: str
    options: str
    number: str = ""
    size: int | None = None
    used: int | None = None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class FstabEntry:
    """One entry of the fstab; `line` counts from 1."""

    line: int
    source: str
    target: str
    fstype: str
    options: str


@dataclass(frozen=True, slots=True)
class Peer:
    """A member of the trusted pool as one node sees it, itself included (`is_self`).

    A peer is well when it is connected and its state is 3; a disconnected peer keeps state 3.
    """

    uuid: str
    hostname: str
    hostnames: tuple[str, ...]
    connected: bool
    state: int | None
    state_text: str
    is_self: bool = False


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """All that one probe of one node read, at `read_at`.

    `unread` names each part that could not be read with the reason, so that an empty list is
    not taken for "there are none". `tools` maps program names to whether they were found,
    `modules` holds device-mapper targets and kernel modules that are loaded or built in.
    """

    read_at: float
    hostname: str = ""
    os_id: str = ""
    kernel: str = ""
    glusterd: str = "unknown"
    glusterd_enabled: str = "unknown"
    gluster_version: str = ""
    uuid: str = ""
    devices: tuple[BlockDevice, ...] = ()
    probes: tuple[DeviceProbe, ...] = ()
    physical_volumes: tuple[PhysicalVolume, ...] = ()
    volume_groups: tuple[VolumeGroup, ...] = ()
    logical_volumes: tuple[LogicalVolume, ...] = ()
    mounts: tuple[Mount, ...] = ()
    fstab: tuple[FstabEntry, ...] = ()
    swaps: tuple[str, ...] = ()
    peers: tuple[Peer, ...] = ()
    tools: dict[str, bool] = field(default_factory=dict)
    modules: frozenset[str] = frozenset()
    unread: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BrickFact:
    """A brick of a volume as Gluster tells it; `online` is None when nobody could say."""

    host: str
    path: str
    host_uuid: str
    arbiter: bool = False
    online: bool | None = None
    port: int | None = None
    pid: int | None = None
    size: int | None = None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class VolumeFact:
    """A volume of the cluster: `kind` as Gluster names it ("Replicate"), status "Started"."""

    name: str
    id: str
    status: str
    kind: str
    replica: int
    arbiter: int
    disperse: int
    redundancy: int
    distribute: int
    bricks: tuple[BrickFact, ...]
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """The volumes of one trusted pool, read from one healthy node of it."""

    read_at: float
    read_from: str
    volumes: tuple[VolumeFact, ...] = ()
    unread: dict[str, str] = field(default_factory=dict)
