"""Disks that brickyard or heketi use: which they are, what forbids to clean one, and the step that does it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tui.core.facts import BlockDevice, LogicalVolume, NodeFacts, PhysicalVolume, VolumeGroup
from tui.core.plan import Check, Command, Danger, Refused, Skipped, Step
from tui.core.units import MIB
from tui.dialects import host, lvm
from tui.plans import guards
from tui.plans.device_steps import blank_again

OUR_GROUP = re.compile(guards.OUR_GROUP)
BRICK = re.compile("brick_[0-9a-f]{32}")
POOL = re.compile("tp_[0-9a-f]{32}")
_SPARE = "lvol0_pmspare"
_NO_DISKS = frozenset({"loop", "rom", "part", "lvm"})
_SYSTEM = frozenset({"/", "/boot", "/boot/efi", "/efi", "/usr", "/var", "/var/lib", "/var/log", "/home"})


@dataclass(frozen=True, slots=True)
class Holding:
    """An LVM physical volume that may be taken away; `group` is None where it is in none.

    `lvs` are the logical volumes and thin pools of its group, hidden parts left out.
    """

    node: str
    label: PhysicalVolume
    group: VolumeGroup | None = None
    lvs: tuple[LogicalVolume, ...] = ()

    @property
    def subject(self) -> str:
        return f"{self.node} {self.label.path}"

    @property
    def vg(self) -> str:
        """The name of its volume group, or ""."""
        return self.group.name if self.group else ""

    @property
    def bricks(self) -> list[LogicalVolume]:
        """The logical volumes that carry bricks."""
        return [lv for lv in self.lvs if BRICK.fullmatch(lv.name)]


class Strange(Skipped):
    """A device on which nothing is that a load made: it is left alone, and holds up nothing."""


def all_holdings(node: str, facts: NodeFacts) -> Iterator[Holding | Skipped]:
    """Every volume group for bricks on a node, or why one must be left alone."""
    for label in facts.physical_volumes:
        if OUR_GROUP.fullmatch(label.vg):
            yield _checked(node, label, facts)


def named_holding(node: str, path: str, facts: NodeFacts) -> Holding | Skipped:
    """What of ours is on a named device, or why it must be left alone."""
    subject = f"{node} {path}"
    block = find_block(facts, path)
    if block is None:
        return Strange(subject, f"there is no {path} on {node}")
    label = next((v for v in facts.physical_volumes if v.number == block.number or v.path == block.path), None)
    if label is not None:
        found = _checked(node, label, facts)
        return found if isinstance(found, Holding) else replace(found, subject=subject)
    reason = foreign_use(facts, block) or _content(facts, block)
    if block.fstype == "LVM2_member":
        return Skipped(subject, "it carries a label of LVM, which LVM does not show", is_fault=True)
    if reason:
        return Strange(subject, f"{reason}: nothing of brickyard's or heketi's is on it", is_fault=True)
    return Strange(subject, "nothing of brickyard's or heketi's is on it")


def check_there(node: str, path: str, facts: NodeFacts) -> None:
    """Raise Refused where a node has no such device; the details name its disks."""
    if find_block(facts, path) is None:
        disks = ", ".join(sorted(device.path for device in facts.devices if device.type not in _NO_DISKS)) or "none"
        raise Refused(f"There is no {path} on {node}.", (f"known disks of {node}: {disks}",))


def find_block(facts: NodeFacts, path: str) -> BlockDevice | None:
    """The block device behind a path, which may be a symbolic link."""
    number = next((probe.number for probe in facts.probes if probe.path == path and probe.number), "")
    return next((d for d in facts.devices if (d.number == number if number else d.path == path)), None)


def _checked(node: str, label: PhysicalVolume, facts: NodeFacts) -> Holding | Skipped:
    reason = _why_not(label, facts)
    if reason:
        kind = Strange if label.vg and not OUR_GROUP.fullmatch(label.vg) else Skipped
        return kind(f"{node} {label.path}", reason, is_fault=True, remedy="look at it and remove it by hand")
    if not label.vg:
        return Holding(node, label)
    group = next(group for group in facts.volume_groups if group.name == label.vg)
    lvs = tuple(lv for lv in facts.logical_volumes if lv.vg == label.vg and not lv.hidden)
    return Holding(node, label, group, lvs)


def _why_not(label: PhysicalVolume, facts: NodeFacts) -> str:
    if label.missing:
        return f"the disk with LVM physical volume {label.uuid} of {label.vg} is missing"
    block = next((d for d in facts.devices if d.number == label.number), None)
    used = foreign_use(facts, block) if block else ""
    if used:
        return used
    if not label.vg:
        return ""
    if not OUR_GROUP.fullmatch(label.vg):
        return f"in volume group {label.vg}, which neither brickyard nor heketi made"
    if not any(group.name == label.vg for group in facts.volume_groups):
        return f"volume group {label.vg} was not read"
    disks = [other.path for other in facts.physical_volumes if other.vg == label.vg]
    if len(disks) > 1:
        return f"volume group {label.vg} spans {', '.join(disks)}: brickyard and heketi make one a disk"
    strange = [lv.name for lv in facts.logical_volumes if lv.vg == label.vg and not _is_ours(lv)]
    return f"volume group {label.vg} holds {', '.join(strange[:3])}, which are no bricks" if strange else ""


def _is_ours(lv: LogicalVolume) -> bool:
    return lv.hidden or bool((POOL if lv.is_pool else BRICK).fullmatch(lv.name)) or lv.name == _SPARE


def foreign_use(facts: NodeFacts, block: BlockDevice) -> str:
    """What a disk, or anything on the same disk, is in use for besides bricks; "" for nothing."""
    for member in _kin(facts, block):
        if member.path in facts.swaps or "[SWAP]" in member.mountpoints:
            return f"{member.path} is swap space: it is the system's own disk"
        for target in _targets(facts, member):
            if target in _SYSTEM:
                return f"{member.path} is mounted on {target}: it is the system's own disk"
            if not target.startswith(f"{host.MOUNTS}/"):
                return f"{member.path} is mounted on {target}"
    return ""


def _targets(facts: NodeFacts, member: BlockDevice) -> list[str]:
    seen = [m.target for m in facts.mounts if member.number and m.number == member.number]
    return list(dict.fromkeys([*seen, *member.mountpoints]))


def _kin(facts: NodeFacts, block: BlockDevice) -> list[BlockDevice]:
    """The disk under a device, and all that stands on that disk."""
    by_name = {device.kname: device for device in facts.devices}
    found = [block]
    for member in found:
        found += [by_name[name] for name in member.parents if name in by_name and by_name[name] not in found]
    for member in found:
        found += [by_name[name] for name in member.children if name in by_name and by_name[name] not in found]
    return found


def _content(facts: NodeFacts, block: BlockDevice) -> str:
    above = [device.path for device in facts.devices if block.kname in device.parents]
    if above:
        return f"it carries {', '.join(above[:3])}"
    kind = block.fstype or (block.partition_table if block.type != "part" else "")
    return f"it holds {kind}" if kind else ""


def away_step(held: Holding, needs: Sequence[str]) -> Step:
    """Take an empty volume group and its label off a disk, blank the start of it, and remove its folder."""
    path, vg = held.label.path, held.vg
    commands: tuple[Command, ...] = (lvm.pvremove(path), blank_again(path))
    undo: tuple[Command, ...] = ()
    if held.group:
        # 5: it is gone already, after a run that broke off; pvremove fails as long as it is not
        remove = replace(lvm.vgremove(vg), ok=(0, 5))
        folder = f"{host.MOUNTS}/{vg}"
        empty = Command(("find", folder, "-xdev", "-depth", "-type", "d", "-empty", "-delete"), ok=(0, 1))
        commands = (remove, *commands, empty, host.rmdir(folder, tolerant=True))
        # another layout than ours would not come back the same
        undo = (lvm.vgcreate(vg, path, held.group.tags),) if held.group.extent == 4 * MIB else ()
    return Step(
        id=f"clean {held.subject}",
        node=held.node,
        title=f"remove volume group {vg} from {path}" if vg else f"take the LVM label off {path}",
        commands=commands,
        subject=held.subject,
        needs=tuple(needs),
        done=label_gone(held.label),
        guards=(as_planned(held.label), *((only_spare(vg),) if vg else ())),
        serial=f"device {held.node} {held.label.number}",
        danger=Danger.DESTROYS,
        undo=undo,
        no_undo="" if undo else "the label does not come back",
    )


def label_gone(label: PhysicalVolume) -> Check:
    """Whether LVM knows no physical volume with this UUID."""
    uuid = rf'"pv_uuid"\s*:\s*"{re.escape(label.uuid)}"'
    return Check(_all(lvm.pvs()), matches='"report"', absent=uuid, why=f"{label.path} is still an LVM physical volume")


def as_planned(label: PhysicalVolume) -> Check:
    """Whether the same label is at the same path, in its group or in none, and is all of that group."""
    path, uuid, vg = (re.escape(text) for text in (label.path, label.uuid, label.vg))
    row = rf'"pv_name"\s*:\s*"{path}"\s*,\s*"pv_uuid"\s*:\s*"{uuid}"\s*,\s*"vg_name"\s*:\s*"(?:{vg})?"'
    other = rf'"pv_uuid"\s*:\s*"(?!{uuid}")[^"]*"\s*,\s*"vg_name"\s*:\s*"{vg}"' if vg else ""
    what = f"alone in volume group {label.vg}" if vg else "in no volume group"
    why = f"{label.path} is no longer what it was, an LVM physical volume {what}, or LVM can't read all its disks"
    return Check(_all(lvm.pvs()), matches=row, absent=other, why=why)


def only_spare(vg: str) -> Check:
    """Whether a volume group holds nothing but the spare metadata, which goes with it."""
    row = rf'"lv_name"\s*:\s*"(?!\[?{_SPARE}\]?")[^"]*"\s*,\s*"vg_name"\s*:\s*"{re.escape(vg)}"'
    return Check(_all(lvm.lvs()), matches='"report"', absent=row, why=f"volume group {vg} still holds logical volumes")


def _all(report: Command) -> Command:
    """A report of LVM that is whole: with code 5 something could not be read, maybe just this."""
    return replace(report, ok=(0,))
