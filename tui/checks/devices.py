"""Is this device fit for bricks? The tests of emptiness, each with its evidence and what to do.

The tests follow the order in which an admin would look: is it there, is it the system's, what
is it, what stands on it, who uses it, what is written on it. All that fail are told, the first
that fails first; what only follows from another fault is left out.
"""

from collections.abc import Callable, Iterator, Mapping

from tui.checks import device_kind, device_use, disks
from tui.checks.case import Case, finding
from tui.core import group_tags
from tui.core.facts import BlockDevice, DeviceProbe, NodeFacts, VolumeGroup
from tui.core.finding import Finding, Severity
from tui.core.join_view import is_for_bricks
from tui.core.topology import TopologyDevice, TopologyNode

# What the fault on the left already explains.
_CONSEQUENCES = {
    "device-system": {
        "device-mounted", "device-swap", "device-partitioned", "device-signature", "device-busy", "device-held",
        "device-refused-by-lvm", "device-in-fstab", "device-foreign-group",
    },
    "device-mounted": {"device-signature", "device-busy", "device-refused-by-lvm"},
    "device-swap": {"device-signature", "device-busy", "device-refused-by-lvm"},
    "device-foreign-group": {"device-signature", "device-busy", "device-held", "device-refused-by-lvm"},
    "device-multipath-leg": {
        "device-signature", "device-busy", "device-refused-by-lvm", "device-shared", "device-multipath-off",
    },
    "device-held": {"device-signature", "device-busy", "device-refused-by-lvm"},
    "device-partitioned": {"device-signature", "device-refused-by-lvm"},
    "device-leftover": {"device-signature"},
    "device-partition-of-used-disk": {"device-partition"},
    "device-type": {"device-refused-by-lvm"},
    "device-read-only": {"device-refused-by-lvm"},
    "device-too-small": {"device-refused-by-lvm"},
}  # fmt: skip

_TESTS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    device_kind.system_disk,
    device_kind.kind,
    device_kind.make,
    device_kind.standing_on_it,
    device_use.used,
    device_kind.shared,
    device_use.lvm,
    device_use.written,
)


def check_device(
    declared: TopologyNode,
    device: TopologyDevice,
    facts: NodeFacts | None,
    probe: DeviceProbe | None,
    all_facts: Mapping[str, NodeFacts],
) -> list[Finding]:
    """All that speaks against a device, worst first; one INFO finding where it is in use by us already.

    A node that could not be read gives nothing: its own finding says why.
    """
    if facts is None:
        return []
    found = disks.find_device(facts, device.path, probe.number if probe else "")
    label = disks.physical_volume(facts, found, device.path)
    group = next((g for g in facts.volume_groups if label and g.name == label.vg), None)
    if group is not None and is_for_bricks(group.name, group.tags):
        return [_present(declared, device, group)]
    missing = _missing(declared, device, found, probe)
    if missing or probe is None or found is None:
        return missing
    case = Case(declared, device, facts, probe, found, all_facts)
    faults = [fault for test in _TESTS for fault in test(case)]
    explained = {code for fault in faults for code in _CONSEQUENCES.get(fault.code, ())}
    faults = [fault for fault in faults if fault.code not in explained]
    return sorted(faults, key=lambda fault: fault.severity is not Severity.ERROR)


def _present(node: TopologyNode, device: TopologyDevice, group: VolumeGroup) -> Finding:
    """A disk that carries bricks already, or may: this node's own, or one that came from another node."""
    said = group_tags.read(group.tags)
    if said.manage and said.storage and said.manage != node.manage and said.storage != node.storage:
        text = f"{device.path} on {node.manage} belongs to node {said.manage} ({said.storage}): it was moved or copied."
        help_ = f"Put the disk back into {said.manage}, or check 'manage' and 'storage' in the topology."
        evidence = f"tags of volume group {group.name}: manage={said.manage} storage={said.storage}"
        return finding(node, device, "device-of-other-node", text, help_, evidence=evidence)
    text = f"{device.path} on {node.manage} is already in volume group {group.name}."
    return finding(node, device, "device-present", text, severity=Severity.INFO)


def _missing(
    node: TopologyNode, device: TopologyDevice, found: BlockDevice | None, probe: DeviceProbe | None
) -> list[Finding]:
    where = f"{device.path} on {node.manage}"
    if probe is None:
        text = f"{where} was not looked at closely, so nothing is known of what is on it."
        return [finding(node, device, "device-not-read", text, "Read the node again.")]
    if not probe.number:
        text = f"There is no block device {where}."
        return [finding(node, device, "device-missing", text, "Check the path against the output of lsblk.")]
    if not probe.is_block:
        text = f"{where} is not a block device."
        return [finding(node, device, "device-not-block", text, "Give the path of a whole disk.")]
    if found is None:
        text = f"{where} is block device {probe.number}, and lsblk does not list it."
        return [finding(node, device, "device-not-read", text, "Check that udev runs on the node.")]
    return []
