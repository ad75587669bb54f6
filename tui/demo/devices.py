"""Block devices of a simulated node and what is written on them. Sizes and offsets are bytes."""

import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

SECTOR: Final = 512
# first bytes that are not zero besides the signatures, as parted, mke2fs and mkswap leave them
_LEFTOVERS: Final = {"ext4": (1026, 4 * 1024**2), "gpt": (448, -33 * SECTOR), "dos": (0,), "swap": (1024,)}
SD_MAJOR: Final = 8
DM_MAJOR: Final = 254


@dataclass(frozen=True, slots=True)
class Signature:
    """A magic number on a device. `usage` is blkid's; partition tables have none."""

    type: str
    offset: int
    magic: bytes
    uuid: str = ""
    label: str = ""
    usage: str = ""
    version: str = ""
    block_size: int = 0
    table: str = ""


@dataclass(slots=True, eq=False)
class Device:
    """A block device. `data` are offsets of bytes that are not zero (the signatures come on top).

    `swap` says that the kernel swaps on it; `marked` is what udev calls it without a signature
    on the disk ("mpath_member").
    """

    kname: str
    path: str
    number: tuple[int, int]
    type: str
    size: int
    signatures: list[Signature] = field(default_factory=list)
    data: set[int] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    parents: list["Device"] = field(default_factory=list)
    read_only: bool = False
    removable: bool = False
    wwn: str = ""
    serial: str = ""
    model: str = ""
    state: str = ""
    swap: bool = False
    marked: str = ""

    def __str__(self) -> str:
        return ":".join(map(str, self.number))

    @property
    def fstype(self) -> str:
        """What udev calls the content; two filesystems at once it calls nothing."""
        kinds = [s.type for s in self.signatures if not s.table]
        return self.marked or (kinds[0] if len(kinds) == 1 else "")

    @property
    def table(self) -> str:
        """The kind of partition table ("gpt", "dos") or ""."""
        return next((s.table for s in self.signatures if s.table), "")

    @property
    def fs_uuid(self) -> str:
        """The uuid of the content, where udev knows what it is."""
        if not self.fstype:
            return ""
        return next((s.uuid for s in self.signatures if s.uuid and not s.table), "")

    def differs_at(self, start: int, length: int) -> int | None:
        """Offset of the first byte in this range that is not zero."""
        found = [s.offset for s in self.signatures] + list(self.data)
        return min((at for at in found if start <= at < start + length), default=None)

    def wipe(self) -> list[Signature]:
        """Erase the signatures as wipefs does; other data stays. Returns what was erased."""
        gone, self.signatures = self.signatures, []
        return gone

    def write(self, kind: str, rng: random.Random) -> None:
        """Put a signature of this kind on the device, beside those that are there."""
        self.signatures += make_signatures(kind, self.size, rng)
        self.data |= {at if at >= 0 else self.size + at for at in _LEFTOVERS.get(kind, ())}


def new_uuid(rng: random.Random) -> str:
    """A random uuid from the seed."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def lvm_uuid(rng: random.Random) -> str:
    """An LVM uuid: 32 characters in seven groups."""
    letters = "".join(rng.choices("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", k=32))
    cuts = (0, 6, 10, 14, 18, 22, 26, 32)
    return "-".join(letters[a:b] for a, b in pairwise(cuts))


def make_signatures(kind: str, size: int, rng: random.Random) -> list[Signature]:
    """The signatures that a program leaves: offsets and magics as wipefs shows them."""
    if kind == "gpt":
        efi, table = b"EFI PART", new_uuid(rng)
        return [
            Signature("gpt", 0x200, efi, uuid=table, table="gpt"),
            Signature("gpt", size - SECTOR, efi, uuid=table, table="gpt"),
            Signature("PMBR", 0x1FE, b"\x55\xaa", uuid=table, table="gpt"),
        ]
    if kind == "dos":
        return [Signature("dos", 0x1FE, b"\x55\xaa", uuid=f"{rng.getrandbits(32):08x}", table="dos")]
    name = new_uuid(rng)
    if kind == "ext4":
        return [Signature("ext4", 0x438, b"\x53\xef", name, "", "filesystem", "1.0", 4096)]
    if kind == "xfs":
        return [Signature("xfs", 0, b"XFSB", name, "", "filesystem", "", 512)]
    if kind == "swap":
        return [Signature("swap", 0xFF6, b"SWAPSPACE2", name, "", "other", "1")]
    raise ValueError(f"no signature is known for '{kind}'")


def lvm_signature(pv_uuid: str) -> Signature:
    """The label of an LVM physical volume."""
    return Signature("LVM2_member", 0x218, b"LVM2 001", pv_uuid, "", "raid", "LVM2 001")


class Devices:
    """All block devices of a node."""

    def __init__(self) -> None:
        self.all: dict[str, Device] = {}

    def add(self, device: Device) -> Device:
        """Make a device known."""
        self.all[device.kname] = device
        return device

    def add_disk(self, kname: str, size: int, *, number: tuple[int, int] | None = None) -> Device:
        """A disk `sdX` or `vdX` with the numbers that the kernel gives it."""
        letter = ord(kname[-1]) - ord("a")
        major = SD_MAJOR if kname.startswith("sd") else 252
        return self.add(Device(kname, f"/dev/{kname}", number or (major, 16 * letter), "disk", size))

    def partition(self, disk: Device, kind: str, rng: random.Random, size: int = 0) -> Device:
        """Write a partition table of this kind ("gpt", "dos") with one partition."""
        disk.write(kind, rng)
        major, minor = disk.number
        name = f"{disk.kname}1"
        # parted aligns to 1 MiB; GPT keeps its copy at the end
        whole = disk.size - (2 if kind == "gpt" else 1) * 1024**2
        return self.add(Device(name, f"/dev/{name}", (major, minor + 1), "part", size or whole, parents=[disk]))

    def multipath(self, name: str, legs: list[Device]) -> Device:
        """Make these disks the legs of a multipath device."""
        for leg in legs:
            leg.marked = "mpath_member"
        return self.add_mapped(name, legs[0].size, legs, "mpath")

    def find(self, path: str) -> Device | None:
        """The device behind a path or one of its symbolic links."""
        for device in self.all.values():
            if path in (device.path, f"/dev/{device.kname}") or path in device.links:
                return device
        return None

    def children(self, device: Device) -> list[Device]:
        """Devices that stand on this one."""
        return [other for other in self.all.values() if device in other.parents]

    def drop(self, devices: Iterable[Device]) -> None:
        """Forget devices."""
        for device in devices:
            self.all.pop(device.kname, None)

    def free_minor(self) -> int:
        """The lowest minor number that device-mapper has free."""
        used = {device.number[1] for device in self.all.values() if device.number[0] == DM_MAJOR}
        return next(minor for minor in range(len(used) + 1) if minor not in used)

    def add_mapped(self, name: str, size: int, parents: list[Device], kind: str = "lvm") -> Device:
        """A device-mapper device with this name."""
        minor = self.free_minor()
        return self.add(Device(f"dm-{minor}", f"/dev/mapper/{name}", (DM_MAJOR, minor), kind, size, parents=parents))
