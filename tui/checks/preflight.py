"""All checks of a topology against what its nodes said, before anything is changed."""

from collections.abc import Mapping

from tui.checks.case import finding
from tui.checks.devices import check_device
from tui.checks.disks import find_device
from tui.checks.nodes import check_node
from tui.checks.pools import check_pools
from tui.core.facts import DeviceProbe, NodeFacts
from tui.core.finding import Finding
from tui.core.topology import Topology, TopologyDevice, TopologyNode

Failures = Mapping[str, tuple[str, str]]


def check_topology(topology: Topology, facts: Mapping[str, NodeFacts], failures: Failures) -> list[Finding]:
    """Findings on all nodes and devices, in file order, what concerns pools last.

    `facts` holds the nodes that answered, by their manage name, with their `probes` filled in.
    `failures` tells of the others why they did not, and what to do.
    """
    faults: list[Finding] = []
    # the site may know the same machine under another name too, so only those in the file are compared
    named = {node.manage: facts[node.manage] for node in topology.nodes if node.manage in facts}
    for node in topology.nodes:
        reason, remedy = failures.get(node.manage, ("", ""))
        known = facts.get(node.manage)
        faults += check_node(node, known, reason, remedy=remedy, all_facts=named)
        if known is not None and not reason:
            faults += _devices(node, known, named)
    return faults + check_pools(topology, named)


def _devices(node: TopologyNode, facts: NodeFacts, everyone: Mapping[str, NodeFacts]) -> list[Finding]:
    faults: list[Finding] = []
    seen: dict[str, TopologyDevice] = {}
    for device in node.devices:
        probe = next((probe for probe in facts.probes if probe.path == device.path), None)
        number = _number(facts, device, probe)
        if number and number in seen:
            text = f"{device.path} and {seen[number].path} on {node.manage} are the same disk."
            faults.append(
                finding(node, device, "device-twice", text, "Name the disk once.", evidence=f"number {number}")
            )
            continue
        seen[number] = device
        faults += check_device(node, device, facts, probe, everyone)
    return faults


def _number(facts: NodeFacts, device: TopologyDevice, probe: DeviceProbe | None) -> str:
    found = find_device(facts, device.path, probe.number if probe else "")
    return found.number if found else ""
