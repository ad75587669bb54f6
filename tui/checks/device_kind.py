"""What a device is: the system's own disk, its type and make, what stands on it, who else sees it."""

from collections.abc import Iterator
from dataclasses import replace

from tui.checks import disks
from tui.checks.case import WIPE, Case
from tui.core.finding import Finding, Severity
from tui.core.units import GIB, MIB, format_size

# A brick of 1 GiB, its pool metadata and the spare for it, and the 128 MiB of LVM's own metadata.
LEAST_SIZE = GIB + 160 * MIB


def system_disk(case: Case) -> Iterator[Finding]:
    for member, target in disks.mounts(case.facts, case.found):
        if target in disks.SYSTEM_MOUNTS:
            yield case.fault(
                "device-system",
                f"{case.wanted.path} is a system disk of {case.node.manage}: it holds {target}.",
                "Take it out of the topology.",
                evidence=f"{member.path} is mounted on {target}",
            )
            return


def kind(case: Case) -> Iterator[Finding]:
    kind = case.found.type
    if kind == "part":
        yield from _partition(case)
    elif kind == "loop":
        text = f"{case.wanted.path} is a loop device: after a restart of the node it is gone."
        yield replace(case.fault("device-loop", text), severity=Severity.WARNING)
    elif kind not in ("disk", "mpath", "crypt") and not kind.startswith("raid"):
        text = f"{case.wanted.path} is of type '{kind}', not a disk."
        yield case.fault("device-type", text, "Give the path of a whole disk.", evidence=f"lsblk: TYPE {kind}")


def _partition(case: Case) -> Iterator[Finding]:
    disk = next(iter(disks.parents(case.facts, case.found)), None)
    siblings = [d for d in disks.children(case.facts, disk) if d.kname != case.found.kname] if disk else []
    whole = disk.path if disk else "a disk"
    for sibling in siblings:
        uses = disks.uses(case.facts, sibling)
        if uses:
            yield case.fault(
                "device-partition-of-used-disk",
                f"{case.wanted.path} is a partition of {whole}, which is in use.",
                "Give a whole disk that nothing else uses.",
                evidence=f"{sibling.path}: {', '.join(uses)}",
            )
            return
    text = f"{case.wanted.path} is a partition of {whole}; a whole disk is easier to replace."
    yield replace(case.fault("device-partition", text), severity=Severity.WARNING)


def make(case: Case) -> Iterator[Finding]:
    disk, path = case.found, case.wanted.path
    if disk.read_only:
        yield case.fault(
            "device-read-only", f"{path} is read-only.", "Switch write protection off.", evidence="lsblk: RO 1"
        )
    if disk.removable:
        yield case.fault(
            "device-removable", f"{path} is a removable disk.", "Give a built-in disk.", evidence="lsblk: RM 1"
        )
    if disk.size < LEAST_SIZE:
        text = f"{path} has {format_size(disk.size)}; the smallest brick needs {format_size(LEAST_SIZE)}."
        yield case.fault("device-too-small", text, "Give a larger disk.", evidence=f"lsblk: SIZE {disk.size}")
    if case.probe.running not in ("", "running", "live"):
        text = f"The kernel has {path} in state '{case.probe.running}'."
        yield case.fault("device-not-running", text, "Look at the kernel's messages (dmesg) and replace the disk.")


def standing_on_it(case: Case) -> Iterator[Finding]:
    path = case.wanted.path
    above = disks.children(case.facts, case.found)
    for child in above:
        if child.type == "mpath":
            text = f"{path} is one path of the multipath disk {child.path}."
            yield case.fault(
                "device-multipath-leg",
                text,
                f"Put {child.path} into the topology instead.",
                evidence=f"lsblk: {child.path} (mpath) stands on {case.found.path}",
            )
            return
    held = [child for child in above if child.type != "part"]
    if held:
        names = ", ".join(f"{child.path} ({child.type})" for child in held)
        yield case.fault(
            "device-held",
            f"{path} is in use by {names}.",
            f"Remove {held[0].path} first if it is not needed.",
            evidence=f"lsblk: {names} on {case.found.path}",
        )
    parts = [child.path for child in above if child.type == "part"]
    # lsblk shows for a partition the type of the table that it stands in.
    if parts or (case.found.partition_table and case.found.type != "part"):
        kind = case.found.partition_table or "partition"
        text = f"{path} has a partition table ({kind}) with {len(parts)} partition{'s' * (len(parts) != 1)}."
        fault = case.fault(
            "device-partitioned", text, WIPE, evidence="lsblk: " + (", ".join(parts) or f"PTTYPE {kind}")
        )
        busy = [part for child in above for part in disks.family(case.facts, child) if part.type not in ("part", "")]
        if busy and not held:
            names = ", ".join(f"{b.path} ({b.type})" for b in busy)
            yield case.fault("device-held", f"A partition of {path} is in use by {names}.", evidence=f"lsblk: {names}")
        yield case.wiped(fault)


def shared(case: Case) -> Iterator[Finding]:
    path = case.wanted.path
    for leg in disks.legs(case.facts, case.found):
        if not leg.wwn or leg.type != "disk":
            continue
        twins = [d for d in case.facts.devices if d.type == "disk" and d.wwn == leg.wwn and d.kname != leg.kname]
        if twins and case.found.type == "disk":
            names = ", ".join(d.path for d in twins)
            text = f"{path} and {names} are the same disk (WWN {leg.wwn}): multipath is not running."
            yield case.fault(
                "device-multipath-off",
                text,
                "Start multipathd and put the /dev/mapper/mpath... path into the topology.",
                evidence=f"lsblk: WWN {leg.wwn} on {leg.path}, {names}",
            )
        for name, facts in case.everyone.items():
            same = [d.path for d in facts.devices if d.type == "disk" and d.wwn == leg.wwn]
            if same and name != case.node.manage:
                text = f"{path} on {case.node.manage} and {same[0]} on {name} are the same disk (WWN {leg.wwn})."
                yield case.fault(
                    "device-shared", text, "Give each node a disk (LUN) of its own.", evidence=f"lsblk: WWN {leg.wwn}"
                )
                return
