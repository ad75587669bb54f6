"""Why is this claim not bound, or not usable? All rooms of the diagnosis are asked here, and their findings ordered.

A room is a module with `rules(case)`. Codes are those of the pages beside this file (`tui.pages`).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from tui.checks import (
    claim_admission,
    claim_binding,
    claim_binding_sets,
    claim_class,
    claim_class_defaults,
    claim_class_missing,
    claim_class_pods,
    claim_class_silent,
    claim_external,
    claim_gluster_class,
    claim_heketi,
    claim_heketi_later,
    claim_mount,
    claim_storage,
    claim_told,
    claim_volume_deletion,
    claim_volume_lost,
    claim_volume_named,
    claim_volume_state,
)
from tui.checks.claim_case import ClaimCase, ClaimWorld
from tui.core.finding import Finding, Severity
from tui.core.kube import PersistentVolume, StorageClass

ROOMS: Final[tuple[Callable[[ClaimCase], Iterator[Finding]], ...]] = (
    claim_admission.rules,
    claim_class_missing.rules,
    claim_volume_lost.rules,
    claim_volume_named.rules,
    claim_binding.rules,
    claim_class.rules,
    claim_gluster_class.rules,
    claim_heketi.rules,
    claim_external.rules,
    claim_told.rules,
    claim_class_pods.rules,
    claim_volume_deletion.rules,
    claim_volume_state.rules,
    claim_binding_sets.rules,
    claim_mount.rules,
    claim_storage.rules,
)
"""In the order of diagnosis: what was refused, where the volume should come from, then its use."""

VOLUME_ROOMS: Final[tuple[Callable[[ClaimWorld, PersistentVolume], Iterator[Finding]], ...]] = (
    claim_external.volume_rules,
    claim_heketi_later.volume_rules,
    claim_volume_state.volume_rules,
    claim_volume_deletion.volume_rules,
)
CLASS_ROOMS: Final[tuple[Callable[[ClaimWorld, StorageClass], Iterator[Finding]], ...]] = (
    claim_gluster_class.class_rules,
)
_FOLLOWS: Final[dict[str, frozenset[str]]] = {
    "C4": frozenset(),
    "C3": frozenset(("C7", "C8", "C9", "E6")),
    "B16": frozenset(("D12", "E9")),
}
"""What is only a consequence, and of which causes; an empty set: of any error."""
_HIDES: Final = "D11"
"""Says only that heketi's answer was hidden: what is known of heketi comes before it."""
_SEVERITIES: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def diagnose(case: ClaimCase) -> tuple[Finding, ...]:
    """All that is wrong with a claim, the definite causes first; empty when it is well.

    INFO is no fault (a claim that waits for its first pod). It looks at nothing but the world of the case.
    """
    findings = _ordered(finding for room in ROOMS for finding in room(case))
    return findings or tuple(claim_class_silent.rules(case))


def diagnose_volume(world: ClaimWorld, volume: PersistentVolume) -> tuple[Finding, ...]:
    """All that is to be said of a PersistentVolume by itself, also when no claim has it."""
    return _ordered(finding for room in VOLUME_ROOMS for finding in room(world, volume))


def diagnose_class(world: ClaimWorld, one: StorageClass) -> tuple[Finding, ...]:
    """All that is wrong with a StorageClass, whether a claim uses it or not."""
    return _ordered(finding for room in CLASS_ROOMS for finding in room(world, one))


def diagnose_cluster(world: ClaimWorld) -> tuple[Finding, ...]:
    """What concerns every claim: several default classes, kinds that may not be read."""
    return _ordered(claim_class_defaults.cluster_rules(world))


def state_words(case: ClaimCase, findings: tuple[Finding, ...]) -> tuple[str, str]:
    """(state, reason) of a claim for a line of a table: ("waiting", "no StorageClass 'slo' - did you mean 'slow'?").

    States: "bound", "waiting", "lost", "terminating", "missing" (named by somebody, but not there).
    """
    reason = findings[0].sentence if findings else ""
    claim = case.claim
    if claim is None:
        return "missing", reason
    if claim.deleted is not None:
        return "terminating", reason
    if claim.phase == "Lost":
        return "lost", reason
    return ("bound" if claim.is_bound else "waiting"), reason


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Without doubles and consequences; definite first, then by severity, then as they were found; INFO last."""
    kept: dict[tuple[str, object, str], Finding] = {}
    for finding in findings:
        kept.setdefault((finding.code, finding.about, finding.sentence), finding)
    if len(kept) < 2:
        return tuple(kept.values())
    left = [finding for finding in kept.values() if not _is_consequence(finding, kept.values())]
    return tuple(sorted(left, key=_rank))


def _rank(finding: Finding) -> tuple[bool, bool, bool, int]:
    last, sure = finding.severity is Severity.INFO, finding.definite
    return last, finding.code == _HIDES, not sure, _SEVERITIES.index(finding.severity)


def _is_consequence(finding: Finding, others: Iterable[Finding]) -> bool:
    causes = _FOLLOWS.get(finding.code)
    if causes is None:
        return False
    errors = {other.code for other in others if other.severity is Severity.ERROR} - _FOLLOWS.keys()
    every = {other.code for other in others}
    return bool(every & causes) if causes else bool(errors)
