"""One device under test, and how a finding about it is made."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tui.core.facts import BlockDevice, DeviceProbe, NodeFacts
from tui.core.finding import Finding, Remedy, Severity
from tui.core.topology import TopologyDevice, TopologyNode

WIPE = 'If the data is not needed, set "destroydata": true for the device; the load then wipes it.'


@dataclass(frozen=True, slots=True)
class Case:
    """One device under test with all that is known of it."""

    node: TopologyNode
    wanted: TopologyDevice
    facts: NodeFacts
    probe: DeviceProbe
    found: BlockDevice
    everyone: Mapping[str, NodeFacts]

    def fault(self, code: str, sentence: str, *remedies: str, evidence: str = "") -> Finding:
        return finding(self.node, self.wanted, code, sentence, *remedies, evidence=evidence)

    def wiped(self, fault: Finding) -> Finding:
        """A fault that destroydata lets pass: then it is a warning that says what will be lost."""
        if not self.wanted.destroydata:
            return fault
        sentence = fault.sentence.rstrip(".") + "; destroydata is set: it will be wiped."
        return replace(fault, severity=Severity.WARNING, sentence=sentence, remedies=())


def finding(
    node: TopologyNode,
    device: TopologyDevice,
    code: str,
    sentence: str,
    *remedies: str,
    evidence: str = "",
    severity: Severity = Severity.ERROR,
) -> Finding:
    """A finding about one device."""
    return Finding(
        code,
        severity,
        f"{node.manage} {device.path}",
        sentence,
        node.manage,
        device.path,
        evidence,
        tuple(Remedy(title) for title in remedies),
    )
