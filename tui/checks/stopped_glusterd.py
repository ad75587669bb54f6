"""Nodes whose glusterd does not run though it could: their bricks are down, and no volume can be made or deleted."""

from collections.abc import Collection

from tui.checks.claim_storage_nodes import start_glusterd
from tui.core.finding import Finding, Severity
from tui.core.model import Freshness, Snapshot


def stopped_glusterds(snapshot: Snapshot, told: Collection[Finding] = ()) -> list[Finding]:
    """One finding a node that is in a cluster; but of nodes of which `told` tells already."""
    known = {finding.node or (finding.about.name if finding.about is not None else "") for finding in told}
    found = []
    for node in snapshot.nodes.values():
        remedy = start_glusterd(node)
        if remedy is None or not node.cluster or node.source.freshness is not Freshness.LIVE or node.name in known:
            continue
        text = (
            f"glusterd does not run on {node.name} ({node.glusterd}): volumes of its cluster can't be made or deleted."
        )
        evidence = f"systemctl is-active glusterd: {node.glusterd}"
        found.append(
            Finding("glusterd-stopped", Severity.ERROR, node.name, text, node.name, "", evidence, (remedy,))
        )  # fmt: skip
    return found
