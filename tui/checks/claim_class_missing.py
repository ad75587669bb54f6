"""A claim that does not exist, but that pods name (C5)."""

from collections.abc import Iterator

from tui.checks.claim_case import CLAIM, ClaimCase, by_hand, found, seen
from tui.checks.claim_class_way import CLAIMS, live_pods, pod_names, pod_ref, scheduler_words
from tui.checks.claim_names import meant_among
from tui.core.finding import Finding, ObjectRef, Remedy


def rules(case: ClaimCase) -> Iterator[Finding]:
    """Findings about a claim that is named and not there."""
    if case.claim is not None or not case.world.is_known(CLAIMS, case.key[0]):
        return
    pods = [
        pod for pod in live_pods(case) if not any(use.claim == case.key[1] and use.is_ephemeral for use in pod.claims)
    ]
    if not pods:
        return
    namespace, name = case.key
    proof = [seen(pod_ref(pods[0]), "spec.volumes.persistentVolumeClaim.claimName", name)]
    proof.append(seen(case.ref, "object", "not found"))
    if words := scheduler_words(case.world, pods[0]):
        proof.append(seen(pod_ref(pods[0]), "event", words))
    elsewhere = [one.namespace for one in case.world.tables.claims_named(name)]
    proof += [seen(ObjectRef(CLAIM, other, name), "object", "exists") for other in elsewhere[:3]]
    meant = meant_among(name, case.world.tables.index("claims.namespace", namespace))
    remedies: list[Remedy] = [by_hand(f"Create claim {namespace}/{name}.")]
    hint = ""
    if elsewhere:
        hint = f"; there is one in namespace {', '.join(elsewhere[:3])}"
        remedies.append(by_hand(f"Or run the pod in namespace {elsewhere[0]}: a pod can only use claims of its own."))
    if meant:
        hint += f" - did you mean '{meant}'?"
        remedies.insert(0, by_hand(f"Name claim '{meant}' in the pod."))
    yield found(
        "C5", case.ref, f"{pod_names(pods)} needs it, and there is no claim '{name}' in namespace {namespace}{hint}",
        cause="A pod finds claims only in its own namespace, by the exact name.", proof=proof, remedies=remedies,
    )  # fmt: skip
