"""Claims that a StatefulSet found and uses though its template asks for something else (B20)."""

from collections.abc import Iterator

from tui.checks.claim_case import ClaimCase, by_hand, fixed_by, found, seen
from tui.core.finding import Finding, ObjectRef, Severity
from tui.core.kube import Claim, ClaimTemplate, StatefulSet
from tui.core.kube_policy import short_modes
from tui.core.units import format_size


def rules(case: ClaimCase) -> Iterator[Finding]:
    """B20: the claim of a set differs from the template that would make it today.

    A claim that is larger than its template was expanded, as templates can't be changed: that is no fault.
    """
    claim = case.claim
    if claim is None or claim.deleted is not None or not claim.stem:
        return
    for one in case.world.tables.sets_of(case.key):
        template = next((item for item in one.templates if f"{item.name}-{one.name}" == claim.stem), None)
        ordinal = int(claim.name.rpartition("-")[2])
        if template is None or one.deleted is not None or not one.start <= ordinal < one.start + one.replicas:
            continue
        if differences := list(_differences(claim, template)):
            yield _left_over(case, claim, one, differences)


def _differences(claim: Claim, template: ClaimTemplate) -> Iterator[tuple[str, str, str]]:
    """(field, what the claim has, what the template says)."""
    if template.class_name is not None and template.class_name != claim.class_name:
        yield "spec.storageClassName", claim.class_name or "none", template.class_name or "none"
    if template.request is not None and claim.request is not None and claim.request < template.request:
        yield "spec.resources.requests.storage", format_size(claim.request), format_size(template.request)
    if template.access_modes and set(template.access_modes) != set(claim.access_modes):
        yield "spec.accessModes", short_modes(claim.access_modes), short_modes(template.access_modes)
    if template.volume_mode != claim.volume_mode:
        yield "spec.volumeMode", claim.volume_mode, template.volume_mode


def _left_over(case: ClaimCase, claim: Claim, one: StatefulSet, differences: list[tuple[str, str, str]]) -> Finding:
    about = ObjectRef("StatefulSet", one.namespace, one.name)
    proof = []
    for field, have, want in differences:
        proof += [seen(case.ref, field, have), seen(about, f"volumeClaimTemplates {field}", want)]
    proof.append(seen(case.ref, "older than its set", "yes" if claim.created < one.created else "no"))
    told = ", ".join(f"{have} where the template says {want}" for _, have, want in differences)
    remedies = [by_hand(f"Scale {one.name} down, delete the claim (its data with the policy Delete), scale up again.")]
    if all(field.endswith("storage") for field, _, _ in differences):
        remedies.insert(0, by_hand("Expand the claim, where its class allows it."))
    elif not claim.is_bound and differences[0][0] == "spec.storageClassName":
        remedies.insert(
            0,
            fixed_by(
                f"Make the claim anew with class '{differences[0][2]}'.", "recreate-claim",
                namespace=claim.namespace, name=claim.name, **{"class": differences[0][2]},
            ),
        )  # fmt: skip
    return found(
        "B20", case.ref, f"StatefulSet {one.name} uses this older claim, which has {told}",
        cause="A StatefulSet takes claims of the right name as they are; a new template changes none that exist.",
        proof=proof, remedies=remedies, severity=Severity.WARNING,
    )  # fmt: skip
