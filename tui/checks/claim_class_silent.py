"""What can still be said of a claim that waits while no other room knows why (C13, C14)."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from tui.checks.claim_case import VOLUME, ClaimCase, by_hand, found, seen
from tui.checks.claim_class_way import VOLUMES, Way, claim_events, unbound, waits_for_pod, way_of
from tui.core.finding import Finding, ObjectRef, Severity
from tui.core.kube import Claim
from tui.core.kube_matcher import winner

_PATIENCE: Final = 60.0
"""Seconds that binding may take before it counts as slow."""
_MOST: Final = 200


def rules(case: ClaimCase) -> Iterator[Finding]:
    """Findings about a claim that waits longer than it should; asked only when nothing else was found."""
    claim = unbound(case)
    if claim is None or case.world.now - claim.created < _PATIENCE:
        return
    one = case.world.tables.class_of(claim)
    since = one.created if one else 0.0
    warnings = [event for event in claim_events(case) if event.is_warning and event.last >= since]
    if case.world.is_known(VOLUMES) and not waits_for_pod(case):
        yield from _not_bound(case, claim)
    if warnings:
        text = warnings[0].message
        yield found(
            "C14", case.ref, f"the last thing said about it is: {text}",
            cause="Kubernetes has reported this; brickyard does not know the text.", definite=False,
            proof=(seen(case.ref, f"event {warnings[0].reason}", text),),
            remedies=(by_hand(f"See all of it: kubectl -n {claim.namespace} describe pvc {claim.name}"),),
        )  # fmt: skip


def _not_bound(case: ClaimCase, claim: Claim) -> Iterator[Finding]:
    """C13: a volume fits, and nobody binds it."""
    tables = case.world.tables
    free = islice(tables.open_volumes(claim.class_name), _MOST) if way_of(case) is not Way.UNKNOWN else iter(())
    named = tables.volume_of(claim)
    volumes = [named] if named is not None else list(chain(tables.volumes_for(case.key), free))
    fits = winner(claim, volumes, version=case.world.version)
    if fits is None or case.world.now - fits.created < _PATIENCE:
        return
    yield found(
        "C13", case.ref, f"PersistentVolume {fits.name} fits, but Kubernetes does not bind it",
        cause="The controller that binds volumes is part of kube-controller-manager; it does this within seconds.",
        proof=(seen(ObjectRef(VOLUME, "", fits.name), "status.phase", fits.phase or "none"),), definite=False,
        severity=Severity.WARNING, remedies=(by_hand("See whether kube-controller-manager runs, and its log."),),
    )  # fmt: skip
