"""The LVM commands we run, and the questions we ask LVM. Sizes are bytes.

Options are those of heketi, so that both can work on the same nodes. vgcreate makes the LVM
physical volume itself; its standard input is /dev/null, so on a disk with a signature it
answers no to its own question and fails.
"""

import re
from collections.abc import Sequence
from typing import Final

from tui.core.plan import Check, Command
from tui.core.units import KIB

_REPORT: Final = ("--reportformat", "json", "--units", "b", "--nosuffix")
PV_COLUMNS: Final = "pv_name,pv_uuid,vg_name,pv_size,pv_free,pv_major,pv_minor,pv_missing"
VG_COLUMNS: Final = "vg_name,vg_uuid,vg_size,vg_free,vg_extent_size,vg_tags"
LV_COLUMNS: Final = (
    "lv_name,vg_name,lv_uuid,lv_size,lv_attr,pool_lv,data_percent,metadata_percent,thin_count,"
    "lv_kernel_major,lv_kernel_minor,lv_tags"
)


def pvs() -> Command:
    """All LVM physical volumes. Code 5 comes with whatever could be read."""
    return Command(("lvm", "pvs", *_REPORT, "-o", PV_COLUMNS), ok=(0, 5))


def vgs() -> Command:
    """All volume groups."""
    return Command(("lvm", "vgs", *_REPORT, "-o", VG_COLUMNS), ok=(0, 5))


def lvs() -> Command:
    """All logical volumes, hidden ones too."""
    return Command(("lvm", "lvs", *_REPORT, "-a", "-o", LV_COLUMNS), ok=(0, 5))


def vgcreate(vg: str, device: str, tags: Sequence[str] = ()) -> Command:
    """Make a volume group, and the LVM physical volume under it, on a blank device."""
    added = tuple(word for tag in tags for word in ("--addtag", tag))
    layout = ("--metadatasize=128M", "--dataalignment=256K", "--physicalextentsize=4M", "--autobackup=n")
    return Command(("lvm", "vgcreate", "-qq", *layout, *added, vg, device), timeout=300)


def vgremove(vg: str) -> Command:
    """Remove a volume group that holds no logical volume; on any other it fails."""
    return Command(("lvm", "vgremove", "-qq", vg), timeout=300)


def pvremove(device: str) -> Command:
    """Take the LVM label off a device that belongs to no volume group."""
    return Command(("lvm", "pvremove", "-qq", device), timeout=300)


def left_metadata(device: str, ok: tuple[int, ...] = (0,)) -> Command:
    """Succeeds where LVM's metadata header is on the device (lib/format_text/layout.h), which pvremove leaves there."""
    return Command(("cmp", "-n", "16", "-i", "4100:0", device, "-"), stdin=" LVM2 x[5A%r0N*>", ok=ok)


def pvcreate_test(device: str) -> Command:
    """What LVM would say to a pvcreate; nothing is written. Code 5 is a refusal with its reason."""
    return Command(("lvm", "pvcreate", "--test", device), ok=(0, 5))


def add_tags(vg: str, tags: Sequence[str]) -> Command:
    """Add tags to a volume group; tags it has already are no fault."""
    return Command(("lvm", "vgchange", *(word for tag in tags for word in ("--addtag", tag)), vg))


def del_tags(vg: str, tags: Sequence[str]) -> Command:
    """Take tags off a volume group."""
    return Command(("lvm", "vgchange", *(word for tag in tags for word in ("--deltag", tag)), vg))


def _kib(size: int) -> str:
    if size <= 0 or size % KIB:
        raise ValueError(f"{size} bytes is no whole number of KiB")
    return f"{size // KIB}K"


def lvcreate_brick(vg: str, pool: str, brick: str, size: int, pool_size: int, metadata: int) -> Command:
    """A thin pool with one thin logical volume in it; `metadata` is the size of the pool's metadata."""
    sizes = ("--poolmetadatasize", _kib(metadata), "--chunksize", "256K", "--size", _kib(pool_size))
    names = ("--thin", f"{vg}/{pool}", "--virtualsize", _kib(size), "--name", brick)
    return Command(("lvm", "lvcreate", "-qq", "--autobackup=n", *sizes, *names), timeout=600)


def lvremove_by_uuid(vg: str, lv: str, uuid: str) -> Command:
    """Remove a logical volume only if it is the one with this uuid; else nothing happens (code 0)."""
    return Command(("lvm", "lvremove", "--autobackup=n", "-f", "-S", f"lv_uuid={uuid}", f"{vg}/{lv}"), timeout=600)


def lvremove_empty_pool(vg: str, pool: str) -> Command:
    """Remove a thin pool only if no thin volume is in it; else nothing happens (code 0)."""
    return Command(("lvm", "lvremove", "--autobackup=n", "-f", "-S", "thin_count=0", f"{vg}/{pool}"), timeout=600)


def lvmdevices_add(device: str) -> Command:
    """Enter a device in LVM's devices file, so that LVM sees it (RHEL 9 and later)."""
    return Command(("lvmdevices", "--adddev", device))


def lvm_filter() -> Command:
    """The device filter of lvm.conf; code 5 where none is set."""
    return Command(("lvm", "lvmconfig", "devices/filter"), ok=(0, 5))


def _named(column: str, name: str) -> str:
    return rf'"{column}"\s*:\s*"{re.escape(name)}"'


def vg_exists(vg: str) -> Check:
    """Whether the volume group is there."""
    return Check(vgs(), matches=_named("vg_name", vg), why=f"there is no volume group {vg}")


def vg_gone(vg: str) -> Check:
    """Whether the volume group is not there."""
    return Check(vgs(), matches='"report"', absent=_named("vg_name", vg), why=f"volume group {vg} is there")


def _lv_named(vg: str, lv: str) -> str:
    return _named("lv_name", lv) + r"\s*,\s*" + _named("vg_name", vg)


def lv_exists(vg: str, lv: str, uuid: str = "") -> Check:
    """Whether the logical volume is there, and is the one with this uuid where one is given."""
    more = r"\s*,\s*" + _named("lv_uuid", uuid) if uuid else ""
    return Check(lvs(), matches=_lv_named(vg, lv) + more, why=f"there is no logical volume {vg}/{lv}")


def lv_gone(vg: str, lv: str) -> Check:
    """Whether the logical volume is not there."""
    return Check(lvs(), matches='"report"', absent=_lv_named(vg, lv), why=f"logical volume {vg}/{lv} is there")


def vg_is_empty(vg: str) -> Check:
    """Whether the volume group holds no logical volume (a group that is not there holds none)."""
    return Check(
        lvs(), matches='"report"', absent=_named("vg_name", vg), why=f"volume group {vg} holds logical volumes"
    )
