"""Questions about a disk that are asked right before it is changed: the plan may be minutes old."""

import re

from tui.core.facts import BlockDevice, NodeFacts
from tui.core.plan import Check, Command
from tui.dialects import host, lvm

OUR_GROUP = "vg_[0-9a-f]{32}"


def no_signature(path: str) -> Check:
    """Whether a direct probe finds nothing on the disk (blkid: exit code 2)."""
    return Check(Command(("blkid", "-p", "-o", "export", path), ok=(2,)), why=f"{path} carries something now")


def same_and_free(device: BlockDevice, kin: tuple[BlockDevice, ...]) -> Check:
    """Whether the disk is the one that was looked at, and nothing but partitions stands on it.

    The disk is known by its number, size and WWN; `kin` are the partitions on it.
    """
    fields = [("maj:min", device.number), ("size", str(device.size))]
    fields += [("wwn", device.wwn)] if device.wwn else []
    one_disk = r"[^{}]*".join(rf'"{key}"\s*:\s*"?\s*{re.escape(value)}\b"?' for key, value in fields)
    names = "|".join(re.escape(member.kname) for member in (device, *kin))
    return Check(
        Command(("lsblk", "-J", "-b", "-o", "KNAME,MAJ:MIN,TYPE,SIZE,PKNAME,WWN")),
        matches=one_disk,
        absent=rf'"type"\s*:\s*"(?!part")[^{{}}]*"pkname"\s*:\s*"(?:{names})"',
        why=f"{device.path} is not the disk it was, or something uses it now",
    )


def nothing_mounted(device: BlockDevice, kin: tuple[BlockDevice, ...]) -> Check:
    """Whether neither the disk nor a partition on it is mounted, in the eyes of the first process."""
    numbers = "|".join(re.escape(member.number) for member in (device, *kin) if member.number)
    return Check(
        host.cat(host.MOUNTINFO),
        matches=r"\d",
        absent=rf"(?:^|\n)\d+ \d+ (?:{numbers}) ",
        why=f"{device.path} is mounted now",
    )


def _on_number(group: str, number: str) -> str:
    major, _, minor = number.partition(":")
    return rf'"vg_name"\s*:\s*"{group}"[^{{}}]*"pv_major"\s*:\s*"?{major}\b"?[^{{}}]*"pv_minor"\s*:\s*"?{minor}\b"?'


def in_our_group(device: BlockDevice) -> Check:
    """Whether the disk is in a volume group for bricks already."""
    return Check(lvm.pvs(), matches=_on_number(OUR_GROUP, device.number), why=f"{device.path} is in no volume group")


def in_no_group(device: BlockDevice, kin: tuple[BlockDevice, ...]) -> Check:
    """Whether neither the disk nor a partition on it is in a volume group."""
    found = "|".join(_on_number('[^"]+', member.number) for member in (device, *kin) if member.number)
    return Check(lvm.pvs(), matches='"report"', absent=found, why=f"{device.path} is in a volume group now")


def partitions(facts: NodeFacts, device: BlockDevice) -> tuple[BlockDevice, ...]:
    """The partitions on a disk."""
    return tuple(
        d for d in facts.devices if d.type == "part" and (device.kname in d.parents or d.kname in device.children)
    )
