"""Devices: volume groups that one side alone knows, and space that heketi counts otherwise than LVM (R9-R11)."""

from collections.abc import Iterator

from tui.checks.claim_case import by_hand, fixed_by, found, seen
from tui.checks.heketi_drift_case import GROUP, Drift, device_ref, group_of, volumes_in
from tui.core import group_tags
from tui.core.facts import NodeFacts, VolumeGroup
from tui.core.finding import Finding, ObjectRef, Remedy, Severity
from tui.core.heketi_model import HeketiDevice, HeketiNode
from tui.core.units import format_size

_PARTS = ("physical_volumes", "volume_groups", "logical_volumes")


def device_rules(drift: Drift) -> Iterator[Finding]:
    """Everything about devices and volume groups, on the nodes that answer."""
    for node in drift.site.nodes.values():
        facts = drift.live(node.id, *_PARTS)
        if facts is None:
            continue
        for device in node.devices:
            group = group_of(facts, device.group)
            if group is None or any(label.vg == group.name and label.missing for label in facts.physical_volumes):
                yield _gone(drift, device, group)
            elif device.id not in drift.moving:
                yield from _space(drift, device, group, facts)
        yield from _unknown(drift, node, facts)


def _gone(drift: Drift, device: HeketiDevice, group: VolumeGroup | None) -> Finding:
    words, ref = drift.device_words(device), device_ref(drift, device)
    why = f"volume group {device.group} is not on the node" if group is None else "LVM misses its disk"
    if device.bricks:
        remedies = [
            fixed_by("Take the device out of heketi; its bricks are made anew on others and healed",
                     "heketi-move-device", device=device.id),
            by_hand("Bring the disk back, where it is only unplugged or its path has changed."),
        ]  # fmt: skip
    else:
        remedies = [
            fixed_by("Let heketi forget the device", "heketi-forget-device", device=device.id),
            by_hand("Bring the disk back, where it is only unplugged or its path has changed."),
        ]
    return found(
        "R9", ref, f"heketi counts on {words}, and {why}",
        cause="The disk failed or was taken out, or its volume group was removed on the node.",
        proof=[seen(ref, "id", device.id), seen(ref, "state in heketi", device.state),
               seen(ref, "bricks", len(device.bricks)), seen(ref, "vgs", "no such group" if group is None else why)],
        remedies=remedies, severity=Severity.ERROR if device.bricks or device.state == "online" else Severity.WARNING,
    )  # fmt: skip


def _space(drift: Drift, device: HeketiDevice, group: VolumeGroup, facts: NodeFacts) -> Iterator[Finding]:
    """heketi does not count LVM's spare for metadata as used, unless it has read the group anew: both are right."""
    spare = sum(lv.size for lv in volumes_in(facts, group.name) if lv.name.endswith("_pmspare"))
    slack = max(group.extent, 1)
    total_differs = abs(device.total - group.size) >= slack
    if group.free - slack < device.free < group.free + spare + slack and not total_differs:
        return
    words, ref = drift.device_words(device), device_ref(drift, device)
    if device.free >= group.free + spare + slack:
        more = format_size(device.free - group.free - spare)
        text = f"heketi counts {more} more free on {words} than LVM has"
        cause = "heketi places bricks where there is no room, and making a volume fails with 'insufficient free space'."
    elif device.free <= group.free - slack:
        text = f"heketi counts {format_size(group.free - device.free)} less free on {words} than LVM has"
        cause = "A failed operation kept its space in heketi, or something was removed on the node."
    else:
        text = f"heketi counts {format_size(device.total)} in all on {words}, and LVM {format_size(group.size)}"
        cause = "The disk was made greater or smaller on the node."
    yield found(
        "R11", ref, text, cause=cause,
        proof=[
            seen(ref, "in heketi", f"{format_size(device.free)} free of {format_size(device.total)}"),
            seen(ObjectRef("VolumeGroup", "", group.name), "vgs",
                 f"{format_size(group.free)} free of {format_size(group.size)}, spare {format_size(spare)}"),
        ],
        remedies=[fixed_by("Let heketi read the space again", "heketi-resync", device=device.id)],
        severity=Severity.WARNING,
    )  # fmt: skip


def _unknown(drift: Drift, node: HeketiNode, facts: NodeFacts) -> Iterator[Finding]:
    """Volume groups with heketi's kind of name that it does not know; those with brickyard's tags are brickyard's."""
    for group in facts.volume_groups:
        match = GROUP.fullmatch(group.name)
        if match is None or match[1] in drift.devices or any(tag.startswith(group_tags.PREFIX) for tag in group.tags):
            continue
        paths = [label.path for label in facts.physical_volumes if label.vg == group.name]
        bricks = [lv.name for lv in volumes_in(facts, group.name) if lv.name.startswith("brick_")]
        ref = ObjectRef("VolumeGroup", "", f"{node.name} {group.name}")
        if bricks:
            remedies = [
                by_hand("Leave heketi: brickyard manages these bricks whoever made them."),
                by_hand("Or restore a backup of heketi's database that has the device."),
            ]
        else:
            remedies = [_load_again(paths), by_hand(f"Or let brickyard clean it: brickyard clean device {node.name}")]
        yield found(
            "R10", ref, f"{node.name} has volume group {group.name} ({', '.join(paths)}), which heketi does not know",
            cause="Adding the device failed half-way, heketi was made to forget it, or its database is older.",
            proof=[seen(ref, "vgs", f"{format_size(group.size)}, {format_size(group.free)} free"),
                   seen(ref, "bricks on it", len(bricks))],
            remedies=remedies, severity=Severity.WARNING,
        )  # fmt: skip


def _load_again(paths: list[str]) -> Remedy:
    names = ", ".join(paths) or "the disk"
    return by_hand(f"Remove the empty group (vgremove, pvremove {names}) and add the device to heketi again.")
