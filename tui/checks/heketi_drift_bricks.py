"""Bricks whose logical volumes and heketi's entries do not agree: gone, unknown, of another size (R6-R8)."""

from collections.abc import Iterator

from tui.checks.claim_case import by_hand, fixed_by, found, seen
from tui.checks.heketi_drift_case import BRICK, Drift, brick_ref, device_ref, group_of, volumes_in
from tui.core.facts import LogicalVolume, NodeFacts
from tui.core.finding import Finding, ObjectRef, Severity
from tui.core.heketi_model import HeketiBrick, HeketiDevice
from tui.core.sizing import EXTENT
from tui.core.units import format_size

_PARTS = ("logical_volumes", "volume_groups", "physical_volumes")


def brick_rules(drift: Drift) -> Iterator[Finding]:
    """Everything about bricks, on the nodes that answer, in the volume groups that are there."""
    for device in drift.devices.values():
        facts = drift.live(device.node, *_PARTS)
        if facts is None or group_of(facts, device.group) is None or _is_missing(facts, device.group):
            continue
        lvs = {lv.name: lv for lv in volumes_in(facts, device.group)}
        for brick in device.bricks:
            if brick.id in drift.held:
                continue
            lv = lvs.get(f"brick_{brick.id}")
            if lv is None:
                yield from _gone(drift, device, brick, facts)
            else:
                yield from _size(drift, device, brick, lv)
        yield from _unknown(drift, device, lvs, facts)


def _is_missing(facts: NodeFacts, group: str) -> bool:
    """Whether LVM misses a disk of the group: then what it tells of its volumes is not all."""
    return any(label.vg == group and label.missing for label in facts.physical_volumes)


def _words(drift: Drift, brick: HeketiBrick) -> str:
    volume = drift.site.volumes.get(brick.volume)
    return f"brick {brick.id[:8]} of volume {volume.name if volume else brick.volume[:8]}"


def _gone(drift: Drift, device: HeketiDevice, brick: HeketiBrick, facts: NodeFacts) -> Iterator[Finding]:
    """A brick without its logical volume. A clone's brick is a snapshot under another name, mounted elsewhere."""
    folder = brick.path.removesuffix("/brick")
    if not brick.path or f"/{device.group}/brick_{brick.id}" not in brick.path:
        return
    if "mounts" in facts.unread or any(mount.target == folder for mount in facts.mounts):
        return
    ref, volume = brick_ref(brick.id), drift.site.volumes.get(brick.volume)
    known = drift.gluster(drift.site.nodes[device.node].cluster)
    if known is not None and volume is not None and volume.name not in known:
        # the volume is gone as a whole, which is told of it
        return
    has_copies = volume is not None and volume.durability != "none"
    remedies = [
        fixed_by("Let heketi make the brick anew on another device; Gluster heals it from the others", "heketi-evict",
                 brick=brick.id),
    ] if has_copies else []  # fmt: skip
    yield found(
        "R6", ref, f"the logical volume of {_words(drift, brick)} is gone from {drift.device_words(device)}",
        cause="It was removed on the node, or the disk was made anew. heketi still counts it.",
        proof=[seen(ref, "path", brick.path), seen(device_ref(drift, device), "lvs", f"no brick_{brick.id}")],
        remedies=[*remedies, by_hand("Look at the volume's bricks and its heal state first: gluster volume status.")],
        severity=Severity.ERROR,
    )  # fmt: skip


def _size(drift: Drift, device: HeketiDevice, brick: HeketiBrick, lv: LogicalVolume) -> Iterator[Finding]:
    if not brick.size or abs(lv.size - brick.size) < EXTENT:
        return
    ref = brick_ref(brick.id)
    sizes = f"{format_size(brick.size)} in heketi and {format_size(lv.size)} on {drift.device_words(device)}"
    yield found(
        "R8", ref, f"{_words(drift, brick)} has {sizes}",
        cause="The logical volume was resized on the node (lvextend), which heketi never sees.",
        proof=[seen(ref, "size", format_size(brick.size)), seen(device_ref(drift, device), lv.name, lv.size)],
        remedies=[
            fixed_by("Let heketi read the space of the device again", "heketi-resync", device=device.id),
            by_hand("heketi keeps the brick's own size; it does not matter but for what it tells."),
        ],
        severity=Severity.WARNING,
    )  # fmt: skip


def _unknown(drift: Drift, device: HeketiDevice, lvs: dict[str, LogicalVolume], facts: NodeFacts) -> Iterator[Finding]:
    """Bricks on heketi's device that neither heketi nor a Gluster volume has."""
    node = drift.node_of[device.node]
    if drift.gluster(drift.site.nodes[device.node].cluster) is None:
        return
    used = drift.used.get(node.name, set()) | drift.used.get("", set())
    names = sorted(
        name for name, lv in lvs.items()
        if (match := BRICK.fullmatch(name)) and not lv.hidden and name not in used
        and match[1] not in drift.bricks and match[1] not in drift.held
    )  # fmt: skip
    if not names:
        return
    taken = sum(lvs[pool].size for pool in {lvs[name].pool for name in names} if pool in lvs)
    ref = device_ref(drift, device)
    count = f"{len(names)} brick{'s' * (len(names) > 1)}"
    yield found(
        "R7", ref, f"{drift.device_words(device)} has {count} ({format_size(taken)}) that heketi does not know",
        cause="A volume whose making or deleting failed left them, or heketi's database is older than they are. No "
        "Gluster volume uses them. heketi counts their space as free.",
        proof=[seen(ObjectRef("LogicalVolume", "", f"{device.group}/{name}"), "size", lvs[name].size)
               for name in names[:6]],
        remedies=[
            by_hand(f"If their data is not needed: brickyard clean leftovers (on {node.name})"),
            fixed_by("Let heketi read the space of the device again", "heketi-resync", device=device.id),
        ],
        severity=Severity.WARNING,
    )  # fmt: skip
