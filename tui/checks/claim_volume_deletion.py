"""What can't be deleted and why: claims and PersistentVolumes that only are marked (B17, B18, B19)."""

from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import VOLUME, ClaimCase, ClaimWorld, by_hand, fixed_by, found, seen
from tui.checks.claim_class_way import CLAIMS, PODS, pod_names, pod_ref, scheduler_words
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.kube import Claim, PersistentVolume, Pod
from tui.core.kube_policy import GLUSTERFS_ENDED

CLAIM_PROTECTION: Final = "kubernetes.io/pvc-protection"
VOLUME_PROTECTION: Final = "kubernetes.io/pv-protection"
_CONTROLLER: Final = "kubernetes.io/pv-controller"
_EXTERNAL: Final = "external-provisioner.volume.kubernetes.io/finalizer"
_PATIENCE: Final = 60.0
"""Seconds that a deletion which nothing holds may take before it counts as stuck."""


def rules(case: ClaimCase) -> Iterator[Finding]:
    """Findings about the deletion of the claim, or of the volume under it."""
    claim = case.claim
    if claim is None:
        return
    if claim.deleted is not None:
        yield from _claim(case, claim)
        yield from _pods(case)
    volume = case.world.tables.volume_of(claim)
    if volume is not None and volume.deleted is not None and claim.is_bound and claim.deleted is None:
        yield _under_claim(case, volume)


def volume_rules(world: ClaimWorld, volume: PersistentVolume) -> Iterator[Finding]:
    """B17 about the volume itself, when nothing that is bound to it explains why it is still there."""
    if volume.deleted is None or not volume.finalizers:
        return
    about = ObjectRef(VOLUME, "", volume.name)
    own = world.tables.claims.get(volume.claim.key) if volume.claim else None
    bound = own is not None and own.volume_name == volume.name
    if not bound and world.now - volume.deleted < _PATIENCE:
        return
    if volume.phase == "Bound" and own is None and volume.claim and not world.is_known(CLAIMS, volume.claim.namespace):
        return
    why, remedies = _holder(world, volume, own if bound else None)
    yield found(
        "B17", about, f"it is marked for deletion, and {why}", cause="A finalizer holds it until its owner is done.",
        severity=Severity.WARNING, remedies=remedies,
        proof=(
            seen(about, "metadata.finalizers", ", ".join(volume.finalizers)),
            seen(about, "status.phase", volume.phase),
        ),
    )  # fmt: skip


def _claim(case: ClaimCase, claim: Claim) -> Iterator[Finding]:
    """B18: the pods that hold a claim are those that were put on a node, finished ones too."""
    holders = [pod for pod in case.world.tables.pods_of(case.key) if pod.node]
    others = [one for one in claim.finalizers if one != CLAIM_PROTECTION]
    proof = [seen(case.ref, "metadata.finalizers", ", ".join(claim.finalizers))]
    fix = fixed_by(
        "Show what holds it, and finish the deletion.", "finish-deletion",
        kind="claim", namespace=claim.namespace, name=claim.name,
    )  # fmt: skip
    cause = "Any pod that was put on a node holds the claim, a finished one as well, until the pod object is gone."
    if holders and all(_is_going(pod, case.world.now) for pod in holders):
        return
    if holders:
        proof += [seen(pod_ref(pod), "status.phase", _pod_words(pod)) for pod in holders[:10]]
        done = [pod for pod in holders if pod.is_finished]
        kind = "finished " if len(done) == len(holders) else ""
        remedies = [fix]
        if len(done) < len(holders):
            remedies.append(by_hand(f"Stop {_owners([pod for pod in holders if not pod.is_finished])} first."))
        yield _stuck(case, f"its deletion waits for {kind}{pod_names(holders)}", cause, proof, remedies)
    elif not case.world.is_known(PODS, case.key[0]):
        if CLAIM_PROTECTION in claim.finalizers and case.world.now - (claim.deleted or 0.0) >= _PATIENCE:
            yield _stuck(
                case, "its deletion waits, probably for pods, which can't be listed", cause, proof, [fix], False
            )
    elif case.world.now - (claim.deleted or 0.0) < _PATIENCE:
        return
    elif others:
        cause = f"The finalizer {others[0]} has to be removed by the program that set it."
        yield _stuck(case, f"its deletion waits for finalizer {', '.join(others)}", cause, proof, [fix])
    elif claim.finalizers:
        cause = "No pod holds it any more, so kube-controller-manager should have removed the finalizer."
        yield _stuck(case, "its deletion is stuck, though no pod holds it", cause, proof, [fix], False)


def _stuck(
    case: ClaimCase, sentence: str, cause: str, proof: list[Evidence], remedies: list[Remedy], definite: bool = True
) -> Finding:
    return found(
        "B18", case.ref, sentence, cause=cause, proof=proof, remedies=remedies, definite=definite,
        severity=Severity.WARNING,
    )  # fmt: skip


def _pods(case: ClaimCase) -> Iterator[Finding]:
    """B19: new pods can't be placed meanwhile."""
    pods = [pod for pod in case.world.tables.pods_of(case.key) if not pod.node and not pod.is_finished]
    if not pods:
        return
    words = scheduler_words(case.world, pods[0])
    proof = [seen(case.ref, "metadata.deletionTimestamp", "set")]
    proof += [seen(pod_ref(pod), "status.phase", pod.phase) for pod in pods[:5]]
    if words:
        proof.append(seen(pod_ref(pods[0]), "event", words))
    yield found(
        "B19", case.ref, f"{pod_names(pods)} can't start: the claim is being deleted",
        cause="A pod is not placed while a claim of it is marked for deletion; the mark can't be taken back.",
        proof=proof, severity=Severity.WARNING,
        remedies=(by_hand("Let the deletion finish; then make the claim anew, and the pods go on."),),
    )  # fmt: skip


def _under_claim(case: ClaimCase, volume: PersistentVolume) -> Finding:
    about = ObjectRef(VOLUME, "", volume.name)
    return found(
        "B17", case.ref, f"its PersistentVolume {volume.name} is marked for deletion and goes with the claim",
        cause="The volume was deleted while bound: it works on, but nothing can take the mark back, and when the claim "
        f"goes the policy {volume.reclaim_policy} no longer protects it as an object.",
        proof=(
            seen(about, "metadata.deletionTimestamp", "set"),
            seen(about, "metadata.finalizers", ", ".join(volume.finalizers)),
        ),
        remedies=(
            by_hand("Plan a time without the pods: set the policy to Retain, then make volume and claim anew."),
        ),
        severity=Severity.WARNING,
    )  # fmt: skip


def _holder(world: ClaimWorld, volume: PersistentVolume, claim: Claim | None) -> tuple[str, tuple[Remedy, ...]]:
    """What holds a volume, and what to do."""
    fix = fixed_by("Show what holds it, and finish the deletion.", "finish-deletion", kind="volume", name=volume.name)
    if VOLUME_PROTECTION in volume.finalizers and claim is not None:
        return f"claim {claim.namespace}/{claim.name} still has it", (by_hand("It goes with the claim."),)
    if _CONTROLLER in volume.finalizers:
        if volume.gluster is not None and world.version >= GLUSTERFS_ENDED:
            return "since Kubernetes 1.26 nothing can delete its Gluster volume", (
                by_hand(f"Decide whether Gluster volume {volume.gluster.volume} is still wanted."), fix,
            )  # fmt: skip
        return "the controller still has to delete what is behind it", (fix,)
    if _EXTERNAL in volume.finalizers:
        provisioner = f"its provisioner {volume.provisioned_by}".rstrip()
        return f"{provisioner} has to delete what is behind it first", (fix,)
    others = [one for one in volume.finalizers if one != VOLUME_PROTECTION]
    return f"waits for finalizer {', '.join(others or volume.finalizers)}", (fix,)


def _is_going(pod: Pod, now: float) -> bool:
    """Whether a pod is about to be gone; the mark of a pod is the end of the time that it has for that."""
    return pod.deleted is not None and now - pod.deleted < _PATIENCE


def _pod_words(pod: Pod) -> str:
    return f"{pod.phase} on {pod.node}" + (f", of {pod.owner.kind} {pod.owner.name}" if pod.owner else "")


def _owners(pods: list[Pod]) -> str:
    """Who has to be stopped: the owners of pods, else the pods."""
    names = dict.fromkeys(f"{pod.owner.kind} {pod.owner.name}" if pod.owner else f"pod {pod.name}" for pod in pods)
    return ", ".join(list(names)[:3])
