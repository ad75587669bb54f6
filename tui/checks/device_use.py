"""What a device is used for: mounts, swap, the fstab, LVM, and what is written on it."""

from collections.abc import Iterator
from dataclasses import replace

from tui.checks import disks
from tui.checks.case import WIPE, Case
from tui.core.facts import BlockDevice, PhysicalVolume
from tui.core.finding import Finding, Severity


def used(case: Case) -> Iterator[Finding]:
    path = case.wanted.path
    places = list(disks.mounts(case.facts, case.found))
    if places:
        member, target = places[0]
        text = (
            f"{path} is mounted on {target}."
            if member is case.found
            else f"{member.path} on {path} is mounted on {target}."
        )
        yield case.fault(
            "device-mounted",
            text,
            f"If the data is not needed: umount {target}, and take it out of the fstab.",
            evidence=", ".join(f"{m.path} on {t}" for m, t in places),
        )
    for member in disks.swaps(case.facts, case.found):
        text = f"{path} is swap space." if member is case.found else f"{member.path} on {path} is swap space."
        yield case.fault(
            "device-swap",
            text,
            f"If it may go: swapoff {member.path}, and take it out of the fstab.",
            evidence=f"/proc/swaps: {member.path}",
        )
    for entry in disks.fstab_lines(case.facts, case.found, path):
        text = f"{path} stands in the fstab (line {entry.line}, for {entry.target}): without it the node may not start."
        yield case.fault(
            "device-in-fstab",
            text,
            f"Remove line {entry.line} of /etc/fstab if it is out of date.",
            evidence=f"{entry.source} {entry.target} {entry.fstype}",
        )


def lvm(case: Case) -> Iterator[Finding]:
    path, reason = case.wanted.path, case.probe.filtered
    for member in disks.family(case.facts, case.found):
        volume = disks.physical_volume(case.facts, member, member.path if member is not case.found else path)
        if volume is not None:
            yield from _group(case, member, volume)
    if "devices file" in reason:
        text = f"LVM on {case.node.manage} does not see {path}: it is not in LVM's devices file."
        yield case.fault("device-not-in-devices-file", text, f"Add it: lvmdevices --adddev {path}", evidence=reason)
    elif "filter" in reason:
        text = f"LVM on {case.node.manage} does not see {path}: a filter in lvm.conf keeps it out."
        yield case.fault(
            "device-filtered", text, f"Let {path} through the filter in /etc/lvm/lvm.conf.", evidence=reason
        )
    elif reason:
        yield case.fault("device-refused-by-lvm", f"LVM refuses {path}: {reason}.", evidence=reason)


def _group(case: Case, member: BlockDevice, volume: PhysicalVolume) -> Iterator[Finding]:
    path = case.wanted.path
    what = path if member is case.found else f"{member.path} on {path}"
    if volume.vg:
        text = f"{what} is in volume group {volume.vg}, which is not for bricks."
        yield case.fault(
            "device-foreign-group",
            text,
            f"If it may go: vgremove {volume.vg}, then pvremove {member.path}.",
            evidence=f"pvs: {volume.path} in {volume.vg}",
        )
    else:
        text = f"{what} is an LVM physical volume in no volume group: a leftover of an earlier use."
        fault = case.fault(
            "device-leftover", text, f"pvremove {member.path}", WIPE, evidence=f"pvs: {volume.path} {volume.uuid}"
        )
        yield case.wiped(fault)


def written(case: Case) -> Iterator[Finding]:
    path, probe = case.wanted.path, case.probe
    names = probe.signatures or ((case.found.fstype,) if case.found.fstype else ())
    if names:
        text = f"{path} carries {', '.join(names)}."
        yield case.wiped(case.fault("device-signature", text, WIPE, evidence="blkid: " + ", ".join(names)))
    if probe.exclusive is False:
        text = f"{path} is busy: the kernel does not give it away (open with O_EXCL)."
        yield case.fault("device-busy", text, "Find who holds it: lsblk, dmsetup ls --tree, fuser -vm.")
    table = case.found.type != "part" and case.found.partition_table
    if not names and not table and probe.released:
        text = f"{path} was an LVM physical volume that was given back (pvremove); what it held is written over."
        evidence = "no label, but LVM's metadata header at byte 4096"
        yield replace(case.fault("device-released", text, evidence=evidence), severity=Severity.WARNING)
    elif not names and not table and probe.blank is False:
        text = f"{path} has no signature that we know, but data is written on it."
        yield case.wiped(case.fault("device-has-data", text, WIPE, evidence="its first or last MiB is not all zeros"))
    elif not names and not table and probe.blank is None:
        text = f"Whether data without a signature is written on {path} could not be read."
        doubt = case.fault("device-not-compared", text, "Install cmp (diffutils) on the node, or look at the disk.")
        yield replace(doubt, severity=Severity.WARNING)
