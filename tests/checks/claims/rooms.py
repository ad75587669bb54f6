"""The rooms for the rows D to H, asked by themselves."""

from tests.corpus.build import Cluster
from tui.checks import claim_external, claim_gluster_class, claim_heketi, claim_mount, claim_storage
from tui.core.finding import Finding

ROOMS = (claim_gluster_class, claim_heketi, claim_external, claim_mount, claim_storage)


def told(cluster: Cluster, claim: str = "db") -> list[Finding]:
    """What these rooms say of a claim, in their order."""
    case = cluster.case(claim)
    return [finding for room in ROOMS for finding in room.rules(case)]


def codes(cluster: Cluster, claim: str = "db") -> list[str]:
    """The codes of that."""
    return [finding.code for finding in told(cluster, claim)]


def one(cluster: Cluster, code: str, claim: str = "db") -> Finding:
    """The one finding of a code."""
    (found,) = (finding for finding in told(cluster, claim) if finding.code == code)
    return found


def fixes(finding: Finding) -> list[tuple[str, dict[str, str]]]:
    """The repairs of a finding that this tool can do."""
    return [(remedy.fix.name, dict(remedy.fix.values)) for remedy in finding.remedies if remedy.fix is not None]
