"""Looking things up among the disks of one node: kin, mounts, swap, fstab, volume groups."""

from collections.abc import Iterator

from tui.core.facts import BlockDevice, FstabEntry, NodeFacts, PhysicalVolume

# Mounts that make a disk the system's own (or Kubernetes' own): it is never given away.
SYSTEM_MOUNTS = frozenset(
    {
        "/",
        "/boot",
        "/boot/efi",
        "/efi",
        "/usr",
        "/var",
        "/var/lib",
        "/var/log",
        "/home",
        "/opt",
        "/srv",
        "/var/lib/kubelet",
        "/var/lib/etcd",
        "/var/lib/docker",
        "/var/lib/containers",
        "/var/lib/containerd",
        "/var/lib/rancher",
        "/var/lib/glusterd",
        "/etc",
        "[SWAP]",
    }
)


def find_device(facts: NodeFacts, path: str, number: str = "") -> BlockDevice | None:
    """The block device behind a path; its number finds it where the path is a symbolic link."""
    if number:
        return next((d for d in facts.devices if d.number == number), None)
    return next((d for d in facts.devices if d.path == path), None)


def children(facts: NodeFacts, device: BlockDevice) -> list[BlockDevice]:
    """What stands directly on a device: partitions, logical volumes, multipath maps, arrays."""
    return [d for d in facts.devices if device.kname in d.parents or d.kname in device.children]


def family(facts: NodeFacts, device: BlockDevice) -> list[BlockDevice]:
    """The device itself and all that stands on it."""
    found = [device]
    for known in found:
        found += [child for child in children(facts, known) if child not in found]
    return found


def parents(facts: NodeFacts, device: BlockDevice) -> list[BlockDevice]:
    """What a device directly stands on."""
    return [d for d in facts.devices if d.kname in device.parents or device.kname in d.children]


def legs(facts: NodeFacts, device: BlockDevice) -> list[BlockDevice]:
    """The whole disks under a device; the device itself where nothing is under it."""
    under = parents(facts, device)
    return [disk for parent in under for disk in legs(facts, parent)] if under else [device]


def mounts(facts: NodeFacts, device: BlockDevice) -> Iterator[tuple[BlockDevice, str]]:
    """Where a device, or anything on it, is mounted: as the first process sees it, and as lsblk does."""
    for member in family(facts, device):
        seen = dict.fromkeys(
            [m.target for m in facts.mounts if (m.number and m.number == member.number) or m.source == member.path]
        )
        seen.update(dict.fromkeys(target for target in member.mountpoints if target != "[SWAP]"))
        for target in seen:
            yield member, target


def swaps(facts: NodeFacts, device: BlockDevice) -> list[BlockDevice]:
    """The parts of a device that are swapped to."""
    return [d for d in family(facts, device) if d.path in facts.swaps or "[SWAP]" in d.mountpoints]


def fstab_lines(facts: NodeFacts, device: BlockDevice, path: str) -> list[FstabEntry]:
    """Entries of the fstab that name a device or anything on it, by path or by UUID."""
    names = {path}
    for member in family(facts, device):
        names.add(member.path)
        if member.uuid:
            names |= {f"UUID={member.uuid}", f'UUID="{member.uuid}"', f"/dev/disk/by-uuid/{member.uuid}"}
    return [entry for entry in facts.fstab if entry.source in names]


def physical_volume(facts: NodeFacts, device: BlockDevice | None, path: str) -> PhysicalVolume | None:
    """The LVM physical volume on a device, whether or not it is in a volume group."""
    for volume in facts.physical_volumes:
        if device is not None and volume.number:
            if volume.number == device.number:
                return volume
        elif volume.path == path or (device is not None and volume.path == device.path):
            return volume
    return None


def uses(facts: NodeFacts, device: BlockDevice) -> list[str]:
    """What a device and all on it are in use for, in a few words each."""
    words = [f"mounted on {target}" for _, target in mounts(facts, device)]
    words += ["swap" for _ in swaps(facts, device)]
    for member in family(facts, device):
        volume = physical_volume(facts, member, member.path)
        if volume is not None and volume.vg:
            words.append(f"in volume group {volume.vg}")
    return words
