"""LVM as a model: physical volumes, volume groups, thin pools, and the exact arithmetic of their space."""

import random
from dataclasses import dataclass, field
from typing import Final

from tui.core.units import KIB, MIB
from tui.demo.devices import Device, Devices, lvm_signature, lvm_uuid

EXTENT: Final = 4 * MIB
PLAIN_START: Final = MIB
CHUNK: Final = 256 * KIB
SPARE: Final = "lvol0_pmspare"


@dataclass(slots=True, eq=False)
class PhysicalVolume:
    """An LVM physical volume; `vg` is "" as long as it is in none."""

    device: Device
    uuid: str
    vg: str = ""
    start: int = PLAIN_START


@dataclass(slots=True, eq=False)
class ThinVolume:
    """A thin logical volume in a pool; `mapped` are the chunks of the pool that it uses."""

    name: str
    uuid: str
    size: int
    device: Device
    mapped: int = 0
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Pool:
    """A thin pool. `devices` are those of its metadata, its data, the inner pool and the pool, in this order."""

    name: str
    uuids: tuple[str, str, str]
    size: int
    metadata: int
    devices: list[Device]
    thins: list[ThinVolume] = field(default_factory=list)

    @property
    def data_percent(self) -> float:
        """Used part of the data, 0 to 100."""
        return 100 * sum(thin.mapped for thin in self.thins) * CHUNK / self.size

    @property
    def metadata_percent(self) -> float:
        """Used part of the metadata as thin-pool counts it: a tenth is kept for itself."""
        blocks = self.metadata // 4096
        mapped = sum(thin.mapped for thin in self.thins)
        return 100 * (int(0.1 * blocks) + 10 + mapped // 128) / blocks


@dataclass(slots=True, eq=False)
class Group:
    """A volume group. `spare` are the segments of the spare metadata, in bytes."""

    name: str
    uuid: str
    pvs: list[PhysicalVolume]
    extent: int = EXTENT
    tags: set[str] = field(default_factory=set)
    pools: dict[str, Pool] = field(default_factory=dict)
    spare: list[int] = field(default_factory=list)
    spare_uuid: str = ""

    def usable(self, pv: PhysicalVolume) -> int:
        """Bytes of a physical volume that can be given away: whole extents behind its start."""
        return (pv.device.size - pv.start) // self.extent * self.extent

    @property
    def size(self) -> int:
        """All bytes of the group."""
        return sum(self.usable(pv) for pv in self.pvs)

    @property
    def free(self) -> int:
        """Bytes that no logical volume holds."""
        return self.size - sum(p.size + p.metadata for p in self.pools.values()) - sum(self.spare)

    def round_up(self, size: int) -> int:
        """The size in whole extents, in bytes."""
        return -(-size // self.extent) * self.extent

    @property
    def visible(self) -> int:
        """How many logical volumes the group shows: pools and thin volumes."""
        return sum(1 + len(pool.thins) for pool in self.pools.values())


def mapper_name(vg: str, lv: str) -> str:
    """The device-mapper name of a logical volume: dashes of both names are doubled."""
    return f"{vg.replace('-', '--')}-{lv.replace('-', '--')}"


class Lvm:
    """The LVM of one node. `rejected` maps device paths to LVM's word why it ignores them."""

    def __init__(self, devices: Devices, rng: random.Random) -> None:
        self.devices, self.rng = devices, rng
        self.pvs: dict[str, PhysicalVolume] = {}
        self.groups: dict[str, Group] = {}
        self.rejected: dict[str, str] = {}

    def pv_of(self, device: Device) -> PhysicalVolume | None:
        """The LVM physical volume on a device."""
        return self.pvs.get(device.kname)

    def make_pv(self, device: Device, start: int = PLAIN_START) -> PhysicalVolume:
        """Label a device."""
        pv = PhysicalVolume(device, lvm_uuid(self.rng), start=start)
        self.pvs[device.kname] = pv
        device.signatures = [lvm_signature(pv.uuid)]
        device.data |= {512, 4096}
        return pv

    def remove_pv(self, pv: PhysicalVolume) -> None:
        """Take the label off; LVM zeroes the first sectors only."""
        del self.pvs[pv.device.kname]
        pv.device.wipe()
        pv.device.data.discard(512)

    def forget_pv(self, device: Device) -> None:
        """The label was erased behind LVM's back; a group that has no physical volume left is gone."""
        pv = self.pvs.pop(device.kname, None)
        group = self.groups.get(pv.vg) if pv is not None else None
        if pv is not None and group is not None:
            group.pvs.remove(pv)
            if not group.pvs:
                del self.groups[group.name]

    def make_group(self, name: str, pvs: list[PhysicalVolume], tags: set[str], extent: int = EXTENT) -> Group:
        """A volume group on physical volumes that are in none."""
        for pv in pvs:
            pv.vg = name
        group = Group(name, lvm_uuid(self.rng), pvs, extent, set(tags))
        self.groups[name] = group
        return group

    def remove_group(self, group: Group) -> None:
        """The physical volumes stay."""
        for pv in group.pvs:
            pv.vg = ""
        del self.groups[group.name]

    def add_pool(self, group: Group, name: str, size: int, metadata: int) -> Pool:
        """A thin pool; sizes are whole extents. The spare metadata must stand already."""
        disk = group.pvs[0].device
        base = mapper_name(group.name, name)
        meta = self.devices.add_mapped(f"{base}_tmeta", metadata, [disk])
        data = self.devices.add_mapped(f"{base}_tdata", size, [disk])
        inner = self.devices.add_mapped(f"{base}-tpool", size, [data, meta])
        shown = self.devices.add_mapped(base, size, [inner])
        shown.read_only = True
        uuids = (lvm_uuid(self.rng), lvm_uuid(self.rng), lvm_uuid(self.rng))
        pool = Pool(name, uuids, size, metadata, [meta, data, inner, shown])
        group.pools[name] = pool
        return pool

    def add_thin(self, group: Group, pool: Pool, name: str, size: int) -> ThinVolume:
        """A thin volume in a pool."""
        device = self.devices.add_mapped(mapper_name(group.name, name), size, [pool.devices[2]])
        device.links.append(f"/dev/{group.name}/{name}")
        thin = ThinVolume(name, lvm_uuid(self.rng), size, device)
        pool.thins.append(thin)
        return thin

    def grow_spare(self, group: Group, metadata: int) -> None:
        """Make the spare as large as the largest metadata; it grows by a segment and never shrinks."""
        missing = metadata - sum(group.spare)
        if missing > 0:
            group.spare.append(missing)
            group.spare_uuid = group.spare_uuid or lvm_uuid(self.rng)

    def remove_thin(self, pool: Pool, thin: ThinVolume) -> None:
        """Remove a thin volume."""
        pool.thins.remove(thin)
        self.devices.drop([thin.device])

    def remove_pool(self, group: Group, pool: Pool) -> None:
        """Remove an empty pool; with the last one the spare goes too."""
        del group.pools[pool.name]
        self.devices.drop(pool.devices)
        if not group.pools:
            group.spare, group.spare_uuid = [], ""

    def find_lv(self, vg: str, lv: str) -> tuple[Group, Pool, ThinVolume | None] | None:
        """A thin volume (with its pool) or a pool by name."""
        group = self.groups.get(vg)
        for pool in group.pools.values() if group else ():
            if pool.name == lv and group:
                return group, pool, None
            for thin in pool.thins:
                if thin.name == lv and group:
                    return group, pool, thin
        return None

    def thin_of(self, device: Device) -> ThinVolume | None:
        """The thin volume whose device this is."""
        thins = (t for group in self.groups.values() for pool in group.pools.values() for t in pool.thins)
        return next((thin for thin in thins if thin.device is device), None)
