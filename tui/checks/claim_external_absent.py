"""Whether somebody works under the name of an external provisioner (E1)."""

from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import ClaimCase, ClaimWorld, by_hand, found, seen
from tui.checks.claim_names import did_you_mean
from tui.checks.claim_seen_words import claim_events, class_ref, pod_ref, some, told
from tui.core.finding import Evidence, Finding, ObjectRef
from tui.core.kube import Claim, Lease, Pod, StorageClass

_PATIENCE: Final = 120.0
"""Seconds that a provisioner may take before it is missed."""
_LONG_WAIT: Final = 300.0
_ASKING: Final = frozenset(("ExternalProvisioning", "WaitForFirstConsumer", "WaitForPodScheduled"))
"""What Kubernetes itself tells of such a claim; all else comes from its provisioner."""


def absence(case: ClaimCase, claim: Claim, one: StorageClass) -> Iterator[Finding]:
    """E1: nobody works under the provisioner's name."""
    world, name = case.world, one.provisioner
    if case.world.now - claim.created < _PATIENCE and not claim_events(case, "ExternalProvisioning"):
        return
    pods = world.tables.provisioner_pods(name)
    lease = _lease(world, name)
    proof = [seen(class_ref(one.name), "provisioner", name), *_seen_lease(world, lease)]
    proof += [told(event) for event in claim_events(case, "ExternalProvisioning")[:1]]
    if pods:
        sick = [pod for pod in pods if not is_ready(pod)]
        if len(sick) == len(pods):
            yield _sick(case, one, sick, proof)
        elif lease is not None and world.has_ended(lease):
            yield found(
                "E1", case.ref, f"provisioner '{name}' runs, but none of its pods leads",
                cause="Of several pods only the one that holds the lease works, and nobody renewed it.",
                proof=proof, remedies=[by_hand(f"Restart {some(f'{p.namespace}/{p.name}' for p in pods)}.")],
                definite=False,
            )  # fmt: skip
        elif world.now - claim.created > _LONG_WAIT and world.is_known("events", case.key[0]):
            yield _idle(case, one, pods, proof)
        return
    if lease is not None and not world.has_ended(lease):
        return
    if not world.is_known("pods"):
        yield from _unseen(case, claim, one, proof)
        return
    yield _absent(case, one, lease, proof)


def _absent(case: ClaimCase, one: StorageClass, lease: Lease | None, proof: list[Evidence]) -> Finding:
    world, name = case.world, one.provisioner
    others = {other.provisioner for other in world.tables.classes.values() if other.provisioner != name}
    near = did_you_mean(name, [other for other in others if world.tables.provisioner_pods(other)])
    registered = ("", name) in world.tables.drivers
    unnamed = world.tables.provisioner_pods("")
    sure = (
        lease is None and not registered and not unnamed and world.is_known("csidrivers") and world.is_known("leases")
    )
    sentence = f"no provisioner '{name}' runs (StorageClass '{one.name}')"
    if near:
        sentence += f" - did you mean '{near}'?"
    elif registered:
        sentence = f"driver '{name}' is registered, but its provisioner is not seen (StorageClass '{one.name}')"
    elif lease is not None:
        sentence = f"provisioner '{name}' does not run any more (StorageClass '{one.name}')"
    if unnamed:
        proof = [*proof, seen(pod_ref(unnamed[0]), "image", unnamed[0].images[0] if unnamed[0].images else "")]
    remedies = [by_hand(f"Start the provisioner '{name}', or look why it does not run.")]
    if near:
        remedies.insert(0, by_hand(f"Make the class anew with provisioner '{near}'."))
    return found(
        "E1", case.ref, sentence,
        cause="Kubernetes waits for a program that calls itself by the provisioner's name. No pod tells that name "
        "in its arguments or environment, and no lease of its is held.",
        proof=[*proof, seen(ObjectRef("Cluster", "", "pods"), "that name the provisioner", "none")],
        remedies=remedies, definite=sure or bool(near),
    )  # fmt: skip


def _unseen(case: ClaimCase, claim: Claim, one: StorageClass, proof: list[Evidence]) -> Iterator[Finding]:
    """Whether it runs can't be seen: only that it did not answer when Kubernetes asked for it."""
    reasons = {event.reason for event in claim_events(case)}
    if "ExternalProvisioning" in reasons and reasons <= _ASKING and case.world.now - claim.created > _LONG_WAIT:
        yield found(
            "E1", case.ref, f"provisioner '{one.provisioner}' has not answered (StorageClass '{one.name}')",
            cause="Kubernetes waits for it to make the volume; whether any of its pods runs could not be read.",
            proof=proof, remedies=[by_hand(f"Look whether the provisioner '{one.provisioner}' runs.")], definite=False,
        )  # fmt: skip


def _idle(case: ClaimCase, one: StorageClass, pods: list[Pod], proof: list[Evidence]) -> Finding:
    pod = pods[0]
    return found(
        "E2", case.ref, f"provisioner '{one.provisioner}' runs, but has not taken it on",
        cause="A provisioner tells when it begins with a claim, and of this one it has said nothing. It may watch "
        "other namespaces only, lack rights, or be cut off from the API server.",
        proof=[*proof, seen(pod_ref(pod), "status.phase", pod.phase)],
        remedies=[by_hand(f"Look what it says: kubectl -n {pod.namespace} logs {pod.name}")], definite=False,
    )  # fmt: skip


def _sick(case: ClaimCase, one: StorageClass, pods: list[Pod], proof: list[Evidence]) -> Finding:
    pod = pods[0]
    why = next((waiting.reason for waiting in pod.waiting if waiting.reason), pod.reason or pod.phase or "not ready")
    return found(
        "E1", case.ref, f"provisioner '{one.provisioner}' is not well: its pod {pod.namespace}/{pod.name} is {why}",
        cause="Kubernetes waits for the provisioner to make the volume, and none of its pods is ready.",
        proof=[*proof, *(seen(pod_ref(pod_), "status", pod_.waiting[0].message or why if pod_.waiting else why)
                         for pod_ in pods[:3])],
        remedies=[by_hand(f"Look why: kubectl -n {pod.namespace} logs {pod.name}")],
    )  # fmt: skip


def is_ready(pod: Pod) -> bool:
    ready = pod.condition("Ready")
    return pod.phase == "Running" and (ready is None or ready.is_true) and not any(w.reason for w in pod.waiting)


def _lease(world: ClaimWorld, name: str) -> Lease | None:
    """The provisioner's lease that was renewed last."""
    return max(world.tables.provisioner_leases(name), key=lambda lease: lease.renewed, default=None)


def _seen_lease(world: ClaimWorld, lease: Lease | None) -> list[Evidence]:
    if lease is None:
        return []
    state = "ended" if world.has_ended(lease) else "held"
    return [seen(ObjectRef("Lease", lease.namespace, lease.name), "holder", f"{lease.holder or 'nobody'} ({state})")]
