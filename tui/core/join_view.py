"""One node's facts, indexed for the join: by device number, mount point, volume group."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tui.core import group_tags
from tui.core.facts import BlockDevice, FstabEntry, LogicalVolume, Mount, NodeFacts, PhysicalVolume
from tui.core.group_tags import GroupTags
from tui.core.model import Freshness
from tui.core.topology import TopologyDevice

if TYPE_CHECKING:
    from tui.core.store import NodeEntry

_HEKETI_GROUP: Final = re.compile(r"vg_[0-9a-f]{32}")
_ONE_DASH: Final = re.compile(r"(?<!-)-(?!-)")
VolumeName = tuple[str, str]  # volume group, logical volume


def is_for_bricks(vg: str, tags: tuple[str, ...]) -> bool:
    """Whether heketi or brickyard made this volume group."""
    return bool(_HEKETI_GROUP.fullmatch(vg)) or any(tag.startswith(group_tags.PREFIX) for tag in tags)


def volume_of_path(path: str) -> VolumeName | None:
    """The names in /dev/mapper/VG-LV (dashes inside a name are doubled) or /dev/VG/LV."""
    if path.startswith("/dev/mapper/"):
        parts = _ONE_DASH.split(path.removeprefix("/dev/mapper/"), maxsplit=1)
        return (parts[0].replace("--", "-"), parts[1].replace("--", "-")) if len(parts) == 2 else None
    names = path.removeprefix("/dev/").split("/")
    return (names[0], names[1]) if path.startswith("/dev/") and len(names) == 2 and names[0] != "disk" else None


def folders_above(path: str) -> Iterator[str]:
    """The path itself and every folder above it, the root folder left out."""
    while path and path != "/":
        yield path
        path = path.rpartition("/")[0]


class NodeView:
    """Indexes over one node entry; each is built when first asked for."""

    def __init__(self, name: str, entry: "NodeEntry") -> None:
        self.name, self.declared = name, entry.declared
        self.facts = entry.facts or NodeFacts(0.0)
        self.known = entry.facts is not None
        self.look_anew(entry)

    def look_anew(self, entry: "NodeEntry") -> None:
        """Take how fresh the entry is; its facts are the same as before but for their time."""
        self.source = entry.source
        self.live = self.known and entry.source.freshness is Freshness.LIVE

    @cached_property
    def groups(self) -> dict[str, GroupTags]:
        """What the tags say, by the names of the volume groups that are for bricks."""
        return {g.name: group_tags.read(g.tags) for g in self.facts.volume_groups if is_for_bricks(g.name, g.tags)}

    @cached_property
    def tags(self) -> GroupTags:
        """What the tags of all volume groups of the node say together; the first that says it is right."""
        said = list(self.groups.values())
        return GroupTags(
            zone=next((tags.zone for tags in said if tags.zone is not None), None),
            manage=next((tags.manage for tags in said if tags.manage), ""),
            storage=next((tags.storage for tags in said if tags.storage), ""),
            cluster=next((tags.cluster for tags in said if tags.cluster), ""),
            node=next((tags.node for tags in said if tags.node), {}),
            members=next((tags.members for tags in said if tags.members), {}),
        )

    @cached_property
    def names(self) -> set[str]:
        """All names under which the node is known."""
        declared = self.declared
        own = {self.name, declared.manage, declared.storage, *declared.other_manage, *declared.other_storage}
        return (own | {self.tags.manage, self.tags.storage, self.facts.hostname}) - {"", "localhost"}

    @cached_property
    def devices(self) -> dict[str, BlockDevice]:
        """Block devices by number."""
        return {device.number: device for device in self.facts.devices}

    @cached_property
    def by_kname(self) -> dict[str, BlockDevice]:
        """Block devices by kernel name."""
        return {device.kname: device for device in self.facts.devices}

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Device numbers by every path that is known for a device."""
        numbers = {probe.path: probe.number for probe in self.facts.probes if probe.number}
        for device in self.facts.devices:
            numbers[device.path] = numbers[f"/dev/{device.kname}"] = device.number
        numbers.update({pv.path: pv.number for pv in self.facts.physical_volumes if pv.number})
        return numbers

    @cached_property
    def wanted(self) -> dict[str, TopologyDevice]:
        """The declared devices that are there, by number."""
        pairs = ((self.numbers.get(device.path), device) for device in self.declared.devices)
        return {number: device for number, device in pairs if number}

    @cached_property
    def lvs(self) -> dict[VolumeName, LogicalVolume]:
        """Logical volumes and thin pools by name."""
        return {(lv.vg, lv.name): lv for lv in self.facts.logical_volumes if not lv.hidden}

    @cached_property
    def lv_by_number(self) -> dict[str, LogicalVolume]:
        """Active logical volumes by device number."""
        return {lv.number: lv for lv in self.facts.logical_volumes if lv.number and not lv.is_pool}

    @cached_property
    def mounts(self) -> dict[str, Mount]:
        """Mounts by target; of several on one target the last is on top."""
        return {mount.target: mount for mount in self.facts.mounts}

    @cached_property
    def fstab(self) -> dict[str, FstabEntry]:
        """Entries of the fstab by target."""
        return {entry.target: entry for entry in self.facts.fstab}

    @cached_property
    def path_of_group(self) -> dict[str, str]:
        """The device path to show for each volume group (of several, the first)."""
        paths: dict[str, str] = {}
        for pv in self.facts.physical_volumes:
            if pv.vg:
                paths.setdefault(pv.vg, self.path_of(pv))
        return paths

    @cached_property
    def absent(self) -> list[TopologyDevice]:
        """The declared devices that are not there."""
        return [device for device in self.declared.devices if device.path not in self.numbers]

    def path_of(self, pv: PhysicalVolume) -> str:
        """The path to show for an LVM physical volume: the declared one, else LVM's own.

        For one that is missing LVM has no path; where exactly one is missing and exactly one
        declared path is absent, they are taken to be the same disk.
        """
        wanted = self.wanted.get(pv.number) if pv.number else None
        if wanted:
            return wanted.path
        if not pv.missing and not pv.path.startswith("["):
            return pv.path
        missing = [other for other in self.facts.physical_volumes if other.missing]
        return self.absent[0].path if len(missing) == len(self.absent) == 1 else f"[missing {pv.uuid}]"

    def family(self, device: BlockDevice) -> Iterator[BlockDevice]:
        """A device and all that is on it."""
        seen = {device.kname}
        waiting = [device]
        while waiting:
            current = waiting.pop()
            yield current
            for kname in current.children:
                child = self.by_kname.get(kname)
                if child and kname not in seen:
                    seen.add(kname)
                    waiting.append(child)
