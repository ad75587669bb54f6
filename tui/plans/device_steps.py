"""The steps that make a disk ready for bricks: wipe it where that is allowed, put a volume group on it, tag it."""

import re
from dataclasses import dataclass, replace

from tui.core import group_tags as tags
from tui.core.facts import BlockDevice, DeviceProbe, NodeFacts, VolumeGroup
from tui.core.join_view import is_for_bricks
from tui.core.plan import Check, Command, Danger, Skipped, Step
from tui.core.topology import TopologyDevice, TopologyNode
from tui.dialects import host, lvm
from tui.plans import guards


@dataclass(frozen=True, slots=True)
class Disk:
    """One device of a topology with what is known of it.

    `group` is the volume group for bricks it is in, `foreign` the name of any other; `leftover`
    is an LVM physical volume without a group.
    """

    node: TopologyNode
    wanted: TopologyDevice
    block: BlockDevice
    probe: DeviceProbe
    kin: tuple[BlockDevice, ...] = ()
    group: VolumeGroup | None = None
    leftover: bool = False
    foreign: str = ""

    @property
    def subject(self) -> str:
        return f"{self.node.manage} {self.wanted.path}"

    @property
    def is_written(self) -> bool:
        """Something is on it that wipefs takes away."""
        return bool(self.probe.signatures or self.block.fstype or self.block.partition_table or self.leftover)


def find_disk(node: TopologyNode, wanted: TopologyDevice, facts: NodeFacts) -> Disk | None:
    """What the node said about a device; None where it has no such disk."""
    probe = next((p for p in facts.probes if p.path == wanted.path), DeviceProbe(wanted.path))
    block = next(
        (d for d in facts.devices if (d.number == probe.number if probe.number else d.path == wanted.path)), None
    )
    if block is None:
        return None
    label = next((v for v in facts.physical_volumes if v.number == block.number or v.path == block.path), None)
    kin = guards.partitions(facts, block)
    if label is None or not label.vg:
        return Disk(node, wanted, block, probe, kin, leftover=label is not None)
    group = next((g for g in facts.volume_groups if g.name == label.vg), None)
    ours = group if group and is_for_bricks(group.name, group.tags) else None
    return Disk(node, wanted, block, probe, kin, ours, foreign="" if ours else label.vg)


def make_steps(disk: Disk, group: str, wanted: tags.GroupTags) -> list[Step]:
    """Put a volume group on a free disk, after wiping it where destroydata asks for that."""
    wipe = _wipe_step(disk) if disk.wanted.destroydata and disk.is_written else None
    path = disk.wanted.path
    left = guards.no_left_metadata(path) if disk.probe.blank else None
    loses_data = disk.probe.blank is False and not disk.is_written
    step = Step(
        id=f"group {disk.subject}",
        node=disk.node.manage,
        title=f"make volume group {group} on {path}",
        commands=(lvm.vgcreate(group, path, tags.write(wanted)),),
        subject=disk.subject,
        needs=(wipe.id,) if wipe else (),
        done=guards.in_our_group(disk.block),
        guards=(
            guards.leads_to(path, disk.block.number),
            guards.same_and_free(disk.block, disk.kin),
            guards.no_signature(path),
        ),
        serial=_serial(disk),
        danger=Danger.DESTROYS if loses_data else Danger.CHANGES,
        undo=_take_back(disk, group),
        undone=replace(guards.group_gone(group, disk.block), also=left),
        undo_guards=(guards.leads_to(path, disk.block.number), _unused(group, path)),
    )
    return [wipe, step] if wipe else [step]


def _unused(group: str, path: str) -> Check:
    """Whether nobody has made a brick in the group since."""
    why = (
        f"volume group {group} on {path} holds logical volumes by now: delete the volume whose bricks they are,"
        " or clean what is left over, then undo this again"
    )
    return replace(lvm.vg_is_empty(group), why=why)


def _take_back(disk: Disk, group: str) -> tuple[Command, ...]:
    """Takes a volume group off its disk wherever its making, or an earlier undo, stopped.

    What is not there is no fault; a disk that LVM would not take anew is in use, and is left alone.
    Zeros come only over metadata that LVM left: the path may lead to another disk by now.
    """
    path = disk.wanted.path
    again = (replace(lvm.pvcreate_test(path), ok=(0,)),)
    blank = (lvm.left_metadata(path), blank_again(path)) if disk.probe.blank else ()
    return (replace(lvm.vgremove(group), ok=(0, 5)), replace(lvm.pvremove(path), ok=(0, 5)), *again, *blank)


def _serial(disk: Disk) -> str:
    """Two operations must not work on one disk at once: a wipe would meet the volume group of the other."""
    return f"device {disk.node.manage} {disk.block.number}"


def blank_again(path: str) -> Command:
    """Zeros over what LVM leaves behind of its metadata, which the next load would take for somebody's data.

    It comes after a pvremove that succeeded, on a disk that was blank before. Without dd it stays.
    """
    return Command(("dd", "if=/dev/zero", f"of={path}", "bs=1M", "count=1", "conv=fsync,nocreat"), ok=(0, 127))


def _wipe_step(disk: Disk) -> Step:
    path = disk.wanted.path
    found = ", ".join(disk.probe.signatures) or disk.block.partition_table or disk.block.fstype or "LVM2_member"
    return Step(
        id=f"wipe {disk.subject}",
        node=disk.node.manage,
        title=f"wipe {path} ({found})",
        commands=(host.wipefs_all(path),),
        subject=disk.subject,
        done=guards.no_signature(path),
        guards=(
            guards.leads_to(path, disk.block.number),
            guards.same_and_free(disk.block, disk.kin),
            guards.same_content(disk.block, disk.kin),
            guards.nothing_mounted(disk.block, disk.kin),
            guards.no_swap(disk.block, disk.kin),
            guards.in_no_group(disk.block, disk.kin),
        ),
        serial=_serial(disk),
        danger=Danger.DESTROYS,
        no_undo="what was on the disk is lost",
    )


def present(disk: Disk) -> Skipped:
    """A disk that is in a volume group for bricks already."""
    return Skipped(disk.subject, f"already in volume group {disk.group.name if disk.group else ''}")


def retag_step(disk: Disk, wanted: tags.GroupTags) -> Step | None:
    """Bring the tags of an existing volume group up to date; None where they are.

    Tags of others are left alone.
    """
    if disk.group is None:
        return None
    want = set(tags.write(wanted))
    have = {tag for tag in disk.group.tags if tag.startswith(tags.PREFIX)}
    add, remove = tuple(sorted(want - have)), tuple(sorted(have - want))
    if not add and not remove:
        return None
    return Step(
        id=f"tags {disk.subject}",
        node=disk.node.manage,
        title=f"write the tags of volume group {disk.group.name}",
        commands=_change_tags(disk.group.name, add, remove),
        subject=disk.subject,
        done=_has_tags(disk.group.name, add, remove),
        guards=(lvm.vg_exists(disk.group.name),),
        undo=_change_tags(disk.group.name, remove, add),
    )


def _change_tags(group: str, add: tuple[str, ...], remove: tuple[str, ...]) -> tuple[Command, ...]:
    commands = [lvm.add_tags(group, add)] if add else []
    return (*commands, lvm.del_tags(group, remove)) if remove else tuple(commands)


def _has_tags(group: str, wanted: tuple[str, ...], unwanted: tuple[str, ...]) -> Check:
    there = "".join(rf'(?=[^{{}}]*[",]{re.escape(tag)}[",])' for tag in wanted)
    gone = "".join(rf'(?![^{{}}]*[",]{re.escape(tag)}[",])' for tag in unwanted)
    name = rf'"vg_name"\s*:\s*"{re.escape(group)}"'
    return Check(lvm.vgs(), matches=f"{name}{there}{gone}", why=f"volume group {group} has other tags")
