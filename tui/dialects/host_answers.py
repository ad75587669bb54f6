"""What the programs and files of a node's operating system say. Sizes are bytes."""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui.core.facts import BlockDevice, FstabEntry, Mount

_OCTAL: Final = re.compile(r"\\([0-7]{3})")
# kernel interfaces and memory: nothing of them is on a disk
_NO_DISK: Final = frozenset(
    ("proc", "sysfs", "cgroup", "cgroup2", "devpts", "devtmpfs", "tmpfs", "ramfs", "securityfs", "selinuxfs", "bpf",
     "debugfs", "tracefs", "configfs", "pstore", "efivarfs", "mqueue", "hugetlbfs", "autofs", "binfmt_misc",
     "fusectl", "rpc_pipefs", "nsfs", "fuse.lxcfs")
)  # fmt: skip
MountSizes = dict[str, tuple[int | None, int | None, int | None]]


def load_json(text: str) -> Any:
    """Raises ValueError with a sentence where the text is no JSON."""
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(f"the answer is no JSON: {text.strip()[:60]!r}") from None


def whole(value: object) -> int | None:
    """A whole number that may come as text; None where it is absent, empty or no number."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return int(str(value))
    except ValueError:
        return None


def _yes(value: object) -> bool:
    return value in (True, 1, "1", "true")


def parse_lsblk(text: str) -> tuple[BlockDevice, ...]:
    """The devices of lsblk's JSON, flat or as a tree, typed or (before util-linux 2.33) all text.

    A device with several parents is listed under each; here it is one. Raises ValueError.
    """
    rows: dict[str, Mapping[str, Any]] = {}
    parents: dict[str, dict[str, None]] = {}
    children: dict[str, dict[str, None]] = {}
    document = load_json(text)
    for row, above in _rows(document.get("blockdevices") or [], ""):
        kname = str(row.get("kname") or row.get("name") or "")
        rows.setdefault(kname, row)
        parent = str(row.get("pkname") or above)
        if parent:
            parents.setdefault(kname, {})[parent] = None
            children.setdefault(parent, {})[kname] = None
    return tuple(
        _device(kname, row, tuple(parents.get(kname, ())), tuple(children.get(kname, ())))
        for kname, row in rows.items()
    )


def _rows(devices: list[dict[str, Any]], parent: str) -> Iterator[tuple[dict[str, Any], str]]:
    for row in devices:
        yield row, parent
        yield from _rows(row.get("children") or [], str(row.get("kname") or row.get("name") or ""))


def _device(kname: str, row: Mapping[str, Any], parents: tuple[str, ...], children: tuple[str, ...]) -> BlockDevice:
    mounted = row.get("mountpoints") if "mountpoints" in row else [row.get("mountpoint")]
    return BlockDevice(
        kname=kname,
        path=str(row.get("path") or _path(kname, str(row.get("name") or ""))),
        number=str(row.get("maj:min") or "").strip(),
        type=str(row.get("type") or ""),
        size=whole(row.get("size")) or 0,
        read_only=_yes(row.get("ro")),
        removable=_yes(row.get("rm")),
        fstype=str(row.get("fstype") or ""),
        uuid=str(row.get("uuid") or ""),
        partition_table=str(row.get("pttype") or ""),
        mountpoints=tuple(str(place) for place in mounted or [] if place),
        parents=parents,
        children=children,
        wwn=str(row.get("wwn") or ""),
        serial=str(row.get("serial") or "").strip(),
        model=str(row.get("model") or "").strip(),
    )


def _path(kname: str, name: str) -> str:
    return f"/dev/mapper/{name}" if kname.startswith("dm-") and name else f"/dev/{kname}"


def unescape(text: str) -> str:
    """Undo the \\040 of mountinfo and fstab."""
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)


def parse_mountinfo(text: str) -> tuple[Mount, ...]:
    """The mounts of /proc/PID/mountinfo that are on a disk or on the network, in order of mounting."""
    mounts = []
    for line in text.splitlines():
        left, separator, right = line.partition(" - ")
        fields, more = left.split(), right.split(" ")
        if not separator or len(fields) < 6 or len(more) < 2 or more[0] in _NO_DISK:
            continue
        options = ",".join(dict.fromkeys([*fields[5].split(","), *"".join(more[2:3]).split(",")])).strip(",")
        mounts.append(Mount(unescape(more[1]), unescape(fields[4]), more[0], options, fields[2]))
    return tuple(mounts)


def parse_findmnt(text: str) -> MountSizes:
    """Size, used and free bytes by mount point; findmnt prints nothing at all when there are none."""
    if not text.strip():
        return {}
    found: MountSizes = {}
    stack = list(load_json(text).get("filesystems") or [])
    while stack:
        row = stack.pop()
        found[str(row.get("target"))] = (whole(row.get("size")), whole(row.get("used")), whole(row.get("avail")))
        stack += row.get("children") or []
    return found


def parse_fstab(text: str) -> tuple[FstabEntry, ...]:
    """The entries of an fstab; comments and lines without a mount point are none."""
    entries = []
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split()
        if len(fields) < 2 or fields[0].startswith("#"):
            continue
        source, target, fstype, options = (*fields[:4], "", "")[:4]
        entries.append(FstabEntry(number, unescape(source), unescape(target), fstype, options))
    return tuple(entries)


def parse_swaps(text: str) -> tuple[str, ...]:
    """The device paths of /proc/swaps, without its heading."""
    return tuple(unescape(line.split()[0]) for line in text.splitlines()[1:] if line.strip())


def parse_properties(text: str) -> dict[str, str]:
    """Lines of KEY=VALUE (systemctl show, os-release, glusterd.info, blkid); quotes are taken off."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}


def parse_links(text: str, devices: tuple[BlockDevice, ...]) -> dict[str, str]:
    """Other names of block devices ("/dev/disk/by-id/...") with the device's number.

    `text` has a line "LINK TARGET" for each symbolic link below /dev.
    """
    links = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    disks = [device for device in devices if device.type != "lvm"]
    numbers = {device.path: device.number for device in disks}
    numbers |= {f"/dev/{device.kname}": device.number for device in disks}
    found = {}
    for link in links:
        place = link
        for _ in range(8):
            if place not in links:
                break
            place = posixpath.normpath(posixpath.join(posixpath.dirname(place), links[place]))
        if place in numbers and not link.startswith("/dev/block/"):
            found[link] = numbers[place]
    return found
