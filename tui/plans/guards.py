"""Questions about a disk that are asked right before it is changed: the plan may be minutes old."""

import re
from dataclasses import replace

from tui.core.facts import BlockDevice, NodeFacts
from tui.core.plan import Check, Command
from tui.dialects import host, lvm

OUR_GROUP = "vg_[0-9a-f]{32}"


def no_signature(path: str) -> Check:
    """Whether a direct probe finds nothing on the disk (blkid: exit code 2)."""
    return Check(Command(("blkid", "-p", "-o", "export", path), ok=(2,)), why=f"{path} carries something now")


def leads_to(path: str, number: str) -> Check:
    """Whether a path, which may be a symbolic link, still leads to the device of this number ("8:16").

    The commands are given the path, all other questions are about the number.
    """
    major, _, minor = number.partition(":")
    return Check(
        Command(("stat", "-L", "--printf=%t:%T:%F", path)),
        matches=rf"\A{int(major or 0):x}:{int(minor or 0):x}:block",
        why=f"{path} does not lead to the disk any more that was looked at",
    )


def same_and_free(device: BlockDevice, kin: tuple[BlockDevice, ...]) -> Check:
    """Whether the disk is the one that was looked at, and nothing but its known partitions stands on it.

    The disk is known by its number, size, WWN and serial number; `kin` are the partitions on it.
    """
    fields = [("maj:min", device.number), ("size", str(device.size))]
    fields += [("wwn", device.wwn)] if device.wwn else []
    # programs differ in how they write odd characters
    fields += [("serial", device.serial)] if re.fullmatch(r"[A-Za-z0-9_.-]*\w", device.serial) else []
    one_disk = r"[^{}]*".join(rf'"{key}"\s*:\s*"?\s*{re.escape(value)}\b"?' for key, value in fields)
    names = "|".join(re.escape(member.kname) for member in (device, *kin))
    known = "|".join(re.escape(member.kname) for member in kin)
    but = f'(?!(?:{known})")' if known else ""
    return Check(
        Command(("lsblk", "-J", "-b", "-o", "KNAME,MAJ:MIN,TYPE,SIZE,PKNAME,WWN,SERIAL")),
        matches=one_disk,
        absent=rf'"kname"\s*:\s*"{but}[^"]*"[^{{}}]*"pkname"\s*:\s*"(?:{names})"',
        why=f"{device.path} is not the disk it was, or something uses it now",
    )


def same_content(device: BlockDevice, kin: tuple[BlockDevice, ...]) -> Check:
    """Whether the disk and the partitions on it hold what was shown to the admin, known by kind and UUID."""
    rows = (
        rf'"maj:min"\s*:\s*"\s*{re.escape(member.number)}\s*"[^{{}}]*{_field("fstype", member.fstype)}'
        rf"[^{{}}]*{_field('uuid', member.uuid)}"
        for member in (device, *kin)
    )
    return Check(
        Command(("lsblk", "-J", "-b", "-o", "KNAME,MAJ:MIN,FSTYPE,UUID")),
        matches=r"\A" + "".join(f"(?=.*?{row})" for row in rows),
        why=f"{device.path} holds something else than when the plan was made",
    )


def _field(name: str, value: str) -> str:
    return rf'"{name}"\s*:\s*' + (f'"{re.escape(value)}"' if value else '(?:null|"")')


def nothing_mounted(device: BlockDevice, kin: tuple[BlockDevice, ...]) -> Check:
    """Whether neither the disk nor a partition on it is mounted, in the eyes of the first process."""
    numbers = "|".join(re.escape(member.number) for member in (device, *kin) if member.number)
    # btrfs has numbers of its own, so the source of the mount counts too
    sources = "|".join(re.escape(path) for member in (device, *kin) for path in {member.path, f"/dev/{member.kname}"})
    return Check(
        host.cat(host.MOUNTINFO),
        matches=r"\d",
        absent=rf"(?:^|\n)\d+ \d+ (?:{numbers}) | - \S+ (?:{sources}) ",
        why=f"{device.path} is mounted now",
    )


def no_swap(device: BlockDevice, kin: tuple[BlockDevice, ...]) -> Check:
    """Whether the kernel swaps neither to the disk nor to a partition on it; without swap there may be no list."""
    paths = "|".join(re.escape(path) for member in (device, *kin) for path in {member.path, f"/dev/{member.kname}"})
    return Check(
        replace(host.cat("/proc/swaps", sudo=False), ok=(0, 1)),
        absent=rf"(?:^|\n)(?:{paths})\s",
        why=f"{device.path} is swap space now",
    )


def _on_number(group: str, number: str) -> str:
    major, _, minor = number.partition(":")
    return rf'"vg_name"\s*:\s*"{group}"[^{{}}]*"pv_major"\s*:\s*"?{major}\b"?[^{{}}]*"pv_minor"\s*:\s*"?{minor}\b"?'


def in_our_group(device: BlockDevice) -> Check:
    """Whether the disk is in a volume group for bricks already."""
    return Check(lvm.pvs(), matches=_on_number(OUR_GROUP, device.number), why=f"{device.path} is in no volume group")


def group_gone(group: str, device: BlockDevice) -> Check:
    """Whether neither the volume group is there nor a label of LVM on the disk it was made on."""
    major, _, minor = device.number.partition(":")
    label = rf'"pv_major"\s*:\s*"?{major}\b"?[^{{}}]*"pv_minor"\s*:\s*"?{minor}\b"?'
    absent = rf'"vg_name"\s*:\s*"{group}"|{label}'
    return Check(replace(lvm.pvs(), ok=(0,)), matches='"report"', absent=absent, why=f"{group} is there")


def no_left_metadata(path: str) -> Check:
    """Whether LVM's metadata header is not there, which pvremove leaves (cmp: 1 differs, 2 no such disk)."""
    return Check(lvm.left_metadata(path, ok=(1, 2)), why=f"metadata of LVM is left on {path}")


def in_no_group(device: BlockDevice, kin: tuple[BlockDevice, ...]) -> Check:
    """Whether neither the disk nor a partition on it is in a volume group.

    Code 5 is no answer here: what LVM could not read may be just this disk.
    """
    found = "|".join(_on_number('[^"]+', member.number) for member in (device, *kin) if member.number)
    why = f"{device.path} is in a volume group now, or LVM could not read all of its disks"
    return Check(replace(lvm.pvs(), ok=(0,)), matches='"report"', absent=found, why=why)


def partitions(facts: NodeFacts, device: BlockDevice) -> tuple[BlockDevice, ...]:
    """The partitions on a disk."""
    return tuple(
        d for d in facts.devices if d.type == "part" and (device.kname in d.parents or d.kname in device.children)
    )
