"""The disks of a node: those that hold bricks, those that could, and those that were asked for."""

from collections.abc import Collection, Iterator
from typing import Final

from tui.core.facts import BlockDevice, PhysicalVolume
from tui.core.join_view import NodeView
from tui.core.model import Device, Node, State
from tui.core.topology import TopologyDevice

_SYSTEM: Final = frozenset(("/", "/boot", "/boot/efi", "/usr", "/var", "/home", "[SWAP]"))
_WHOLE: Final = ("disk", "mpath", "raid0", "raid1", "raid4", "raid5", "raid6", "raid10")
_NO_DISK: Final = ("zram", "ram", "fd", "nbd", "sr", "loop")


def join_devices(view: NodeView, node: Node, used_groups: Collection[str]) -> list[Device]:
    """The devices of one node by path. `used_groups` are volume groups on which bricks were found."""
    if not view.known:
        return [_unseen(view, device, node.reason) for device in view.declared.devices]
    found: dict[str, Device] = {}
    covered: set[str] = set()
    for pv in view.facts.physical_volumes:
        if pv.vg and (pv.vg in view.groups or pv.vg in used_groups or pv.number in view.wanted):
            device = _in_group(view, node, pv, used_groups)
            found[device.path] = device
            covered.add(pv.number)
    for number, wanted in view.wanted.items():
        block = view.devices.get(number)
        if block and number not in covered:
            found[wanted.path] = _disk(view, node, block, wanted)
            covered.add(number)
    for wanted in view.absent:
        if wanted.path not in found:
            found[wanted.path] = _absent(view, node, wanted)
    for block in _others(view, covered):
        found.setdefault(block.path, _disk(view, node, block, None))
    return sorted(found.values(), key=lambda device: device.path)


def _stale(view: NodeView, node: Node) -> tuple[State, str] | None:
    """What to say of every device of a node that can't be asked now."""
    return (
        None
        if view.live
        else (State.UNKNOWN, f"{view.name}: {node.reason}" if node.reason else "the node can't be asked")
    )


def _unseen(view: NodeView, device: TopologyDevice, reason: str) -> Device:
    why = f"{view.name}: {reason}" if reason else ""
    return Device(view.name, device.path, None, None, None, State.UNKNOWN, why, tags=device.tags)


def _in_group(view: NodeView, node: Node, pv: PhysicalVolume, used_groups: Collection[str]) -> Device:
    tags = view.groups.get(pv.vg)
    wanted = view.wanted.get(pv.number)
    state, reason = State.ONLINE, ""
    if pv.missing:
        state, reason = State.MISSING, f"LVM misses the disk with physical volume {pv.uuid} of volume group {pv.vg}"
    elif tags is None and pv.vg not in used_groups:
        state, reason = State.FOREIGN, f"in volume group {pv.vg}, which is not for bricks"
    state, reason = _stale(view, node) or (state, reason)
    return Device(
        node=view.name,
        path=view.path_of(pv),
        size=pv.size,
        free=pv.free,
        used=pv.size - pv.free,
        state=state,
        reason=reason,
        vg=pv.vg,
        uuid=pv.uuid,
        number=pv.number,
        tags={**(wanted.tags if wanted else {}), **(tags.device if tags else {})},
    )


def _disk(view: NodeView, node: Node, block: BlockDevice, wanted: TopologyDevice | None) -> Device:
    holds = what_it_holds(view, block)
    state, reason = (State.FOREIGN, holds) if holds else (State.AVAILABLE, "")
    state, reason = _stale(view, node) or (state, reason)
    path, tags = (wanted.path, wanted.tags) if wanted else (block.path, {})
    return Device(view.name, path, block.size, None, None, state, reason, number=block.number, tags=tags)


def _absent(view: NodeView, node: Node, wanted: TopologyDevice) -> Device:
    unread = view.facts.unread.get("devices")
    state, reason = State.MISSING, f"there is no {wanted.path} on {view.name}"
    if unread:
        state, reason = State.UNKNOWN, f"the disks of {view.name} could not be read: {unread}"
    state, reason = _stale(view, node) or (state, reason)
    return Device(view.name, wanted.path, None, None, None, state, reason, tags=wanted.tags)


def _others(view: NodeView, covered: Collection[str]) -> Iterator[BlockDevice]:
    """Whole disks that nobody asked for: neither the system's nor ones with a device of ours on them."""
    for block in view.facts.devices:
        if block.type not in _WHOLE or block.removable or not block.size or block.kname.startswith(_NO_DISK):
            continue
        family = list(view.family(block)) if block.children else [block]
        if any(member.number in covered or not _SYSTEM.isdisjoint(member.mountpoints) for member in family):
            continue
        if not any(member.type == "mpath" and member is not block for member in family):
            yield block


def what_it_holds(view: NodeView, block: BlockDevice) -> str:
    """In words what is on a disk; "" for a blank one that nobody uses."""
    swaps = view.facts.swaps
    for member in view.family(block):
        if member.path in swaps or "[SWAP]" in member.mountpoints:
            return "swap space"
        if member.mountpoints:
            return f"mounted on {member.mountpoints[0]}"
    pv = next((pv for pv in view.facts.physical_volumes if pv.number == block.number), None)
    if pv or block.fstype == "LVM2_member":
        return f"in volume group {pv.vg}" if pv and pv.vg else "an LVM physical volume in no volume group"
    children = [view.by_kname[kname] for kname in block.children if kname in view.by_kname]
    if block.partition_table or any(child.type == "part" for child in children):
        return f"partitioned ({block.partition_table})" if block.partition_table else "partitioned"
    if block.fstype:
        return f"holds {block.fstype}"
    if children:
        return f"used by {children[0].path}"
    return "read-only" if block.read_only else ""
