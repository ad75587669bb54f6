"""What of a topology heketi is asked to load, where its nodes were looked at first."""

from collections.abc import Iterable
from dataclasses import replace

from tui.core.finding import Finding, Severity
from tui.core.heketi_model import HeketiNode, HeketiSite
from tui.core.plan import Skipped
from tui.core.topology import Topology


def without_faults(
    topology: Topology, findings: Iterable[Finding], known: HeketiSite
) -> tuple[Topology, tuple[Skipped, ...]]:
    """The topology without what heketi could not load, with what was left out.

    A node that can't be reached from here may be within heketi's reach, and what heketi has is left to it.
    """
    there = {(node.name, path) for node in known.nodes.values() for path in _paths(node)}
    there |= {(node.name, "") for node in known.nodes.values()}
    bad = {
        (finding.node, finding.device): finding
        for finding in findings
        if finding.severity is Severity.ERROR and finding.code != "node-unreachable"
        if (finding.node, finding.device) not in there
    }
    skipped = tuple(_skipped(finding) for finding in bad.values())
    clusters = tuple(
        replace(
            cluster,
            nodes=tuple(
                replace(node, devices=tuple(one for one in node.devices if (node.manage, one.path) not in bad))
                for node in cluster.nodes
                if (node.manage, "") not in bad
            ),
        )
        for cluster in topology.clusters
    )
    return replace(topology, clusters=clusters), skipped


def _paths(node: HeketiNode) -> set[str]:
    return {path for device in node.devices for path in (device.name, *device.paths)}


def _skipped(finding: Finding) -> Skipped:
    remedy = finding.remedies[0].title if finding.remedies else ""
    return Skipped(finding.subject, finding.sentence, is_fault=True, remedy=remedy)
