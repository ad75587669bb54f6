"""One node under the check for leftovers, with what is asked of it again and again."""

import re
from dataclasses import dataclass
from functools import cached_property

from tui.core.facts import BlockDevice, NodeFacts
from tui.core.finding import Finding, Remedy, Severity
from tui.core.join_view import volume_of_path
from tui.core.model import Snapshot
from tui.dialects import host

OUR_GROUP = re.compile("vg_[0-9a-f]{32}")
BRICK = re.compile("brick_[0-9a-f]{32}")
POOL = re.compile("tp_[0-9a-f]{32}")
_BRICK_MOUNT = re.compile(rf"{re.escape(host.MOUNTS)}/({OUR_GROUP.pattern})/({BRICK.pattern})")
Names = tuple[str, str]  # volume group, logical volume


def names_of(target: str) -> Names | None:
    """The volume group and brick that a mount point of brickyard or heketi names."""
    found = _BRICK_MOUNT.fullmatch(target)
    return (found[1], found[2]) if found else None


def group_of_mapping(device: BlockDevice) -> str:
    """The volume group of a device-mapper entry of LVM, by its name; "" for other devices."""
    names = volume_of_path(device.path) if device.type == "lvm" else None
    return names[0] if names else ""


@dataclass
class Site:
    """A node with its facts, in the picture of the whole site."""

    snapshot: Snapshot
    node: str
    facts: NodeFacts

    def was_read(self, *parts: str) -> bool:
        """Whether all these parts of the facts could be read: what was not is not "nothing"."""
        return not any(part in self.facts.unread for part in parts)

    @property
    def knows_volumes(self) -> bool:
        """Whether the volumes of its cluster were read, as far as this node could have told them."""
        return self.node not in self.snapshot.volumes_unread

    @cached_property
    def groups(self) -> set[str]:
        """The names of the volume groups that are there."""
        return {group.name for group in self.facts.volume_groups}

    @cached_property
    def lvs(self) -> set[Names]:
        """The logical volumes that are there."""
        return {(lv.vg, lv.name) for lv in self.facts.logical_volumes}

    @cached_property
    def mounted(self) -> set[Names]:
        """The bricks whose own folders are mounted."""
        return {names for mount in self.facts.mounts if (names := names_of(mount.target))}

    @cached_property
    def in_fstab(self) -> set[Names]:
        """The bricks whose own folders the fstab names."""
        return {names for entry in self.facts.fstab if (names := names_of(entry.target))}

    @property
    def traces(self) -> set[Names]:
        """The bricks that mounts or the fstab name."""
        return self.mounted | self.in_fstab

    @cached_property
    def used(self) -> dict[Names, str]:
        """The volume that uses a brick; a brick of a host that is not known may be this node's."""
        found: dict[Names, str] = {}
        for brick in self.snapshot.bricks.values():
            if brick.node in (self.node, ""):
                names = names_of(brick.path.rpartition("/")[0]) or (brick.vg, brick.lv)
                found[names] = brick.volume
        return found

    def finding(
        self,
        code: str,
        name: str,
        sentence: str,
        remedy: str,
        *,
        evidence: str = "",
        device: str = "",
        severity: Severity = Severity.WARNING,
    ) -> Finding:
        """A finding about something on this node; its subject is the node and the name."""
        return Finding(code, severity, f"{self.node} {name}", sentence, self.node, device, evidence, (Remedy(remedy),))
