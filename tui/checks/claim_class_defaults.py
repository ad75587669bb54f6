"""What concerns all claims of a cluster: two default classes, and kinds that may not be read (A5, A6, A13)."""

from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import CLASS, ClaimWorld, by_hand, fixed_by, found, seen
from tui.checks.claim_class_way import CLAIMS, CLASSES, VOLUMES, default_class
from tui.core.finding import Finding, ObjectRef, Severity
from tui.core.kube import MORE_KINDS

_CLUSTER: Final = ObjectRef("Cluster", "", "kubernetes")
_RIGHTS: Final = {
    "storageclasses": "storage.k8s.io", "csidrivers": "storage.k8s.io", "statefulsets": "apps",
    "endpointslices": "discovery.k8s.io", "leases": "coordination.k8s.io",
}  # fmt: skip


def cluster_rules(world: ClaimWorld) -> Iterator[Finding]:
    """Findings about the cluster as a whole."""
    yield from _defaults(world)
    for kind, part in world.tables.parts.items():
        # credentials or a kubeconfig that can't be used are no missing right
        lacks_right = part.state == "denied" and (not part.reason or part.reason.startswith("cannot "))
        if lacks_right and kind not in MORE_KINDS:
            yield _denied(kind, part.reason)


def _defaults(world: ClaimWorld) -> Iterator[Finding]:
    defaults = world.tables.default_classes()
    if len(defaults) < 2 or not world.is_known(CLASSES):
        return
    names = ", ".join(one.name for one in defaults)
    proof = [seen(ObjectRef(CLASS, "", one.name), "is-default-class", "true") for one in defaults]
    remedies = [
        fixed_by(f"Make '{one.name}' the only default.", "set-default-class", name=one.name) for one in defaults
    ]
    if world.version < (1, 26):
        yield found(
            "A5", _CLUSTER, f"there are {len(defaults)} default classes ({names}): claims without a class are refused",
            cause="Up to Kubernetes 1.25 the API server refuses a claim without a class while several are default.",
            proof=proof, remedies=remedies,
        )  # fmt: skip
        return
    taken = default_class(world)
    assert taken is not None
    yield found(
        "A6", _CLUSTER, f"there are {len(defaults)} default classes ({names}); claims without one get '{taken.name}'",
        cause="Since Kubernetes 1.26 the newest default class is taken, then the first by name.",
        proof=proof, remedies=remedies, severity=Severity.WARNING,
    )  # fmt: skip


def _denied(kind: str, reason: str) -> Finding:
    group = _RIGHTS.get(kind, "")
    return found(
        "A13", _CLUSTER, f"{kind} can't be read, so nothing is said of what depends on them",
        cause="The account that is used lacks a right.",
        proof=(seen(ObjectRef(kind, "", "*"), "list", reason or "forbidden"),),
        severity=Severity.WARNING if kind in (CLAIMS, VOLUMES, CLASSES) else Severity.INFO,
        remedies=(
            by_hand(f'Grant get, list and watch on {kind} (apiGroups: ["{group}"]) in a ClusterRole.'),
        ),
    )  # fmt: skip
