"""Claims and pods that wait for each other (C2, C3, C4, C7, C9, C11)."""

from collections.abc import Iterator

from tui.checks.claim_case import CLASS, VOLUME, ClaimCase, by_hand, found, seen
from tui.checks.claim_class import class_field
from tui.checks.claim_class_way import (
    free_claim,
    live_pods,
    pod_names,
    pod_ref,
    pods_waiting,
    scheduler_words,
    unbound,
    waits_for_pod,
)
from tui.core.finding import Finding, ObjectRef, Severity
from tui.core.kube import Claim, PersistentVolume, Pod
from tui.core.kube_matcher import is_kept_for, on_node

_AFFINITY = ("volume node affinity conflict", "didn't match PersistentVolume's node affinity")
_ONE_POD = "ReadWriteOncePod"


def rules(case: ClaimCase) -> Iterator[Finding]:
    """Findings about the pods of a claim, as far as the binding of volumes holds them."""
    claim = case.claim
    if claim is None or claim.deleted is not None:
        return
    if free_claim(case) is not None and waits_for_pod(case) and not _is_kept(case, claim):
        if not claim.selected_node:
            yield from _first_consumer(case, claim)
    elif unbound(case) is not None:
        yield from _unbound(case)
    volume = case.world.tables.volume_of(claim) if claim.is_bound else None
    if volume is not None and volume.node_affinity is not None:
        yield from _affinity(case, volume)
    if _ONE_POD in claim.access_modes:
        yield from _one_pod(case)


def _is_kept(case: ClaimCase, claim: Claim) -> bool:
    """Whether a volume is kept for the claim: then it is bound without waiting for a pod."""
    return any(is_kept_for(one, claim) for one in case.world.tables.volumes_for(case.key))


def _first_consumer(case: ClaimCase, claim: Claim) -> Iterator[Finding]:
    """C2 without pods; C3 when the scheduler can't place them; C11 when no scheduler will ever see them."""
    one = seen(ObjectRef(CLASS, "", claim.class_name), "volumeBindingMode", "WaitForFirstConsumer")
    live = live_pods(case)
    if not live:
        if case.world.is_known("pods", case.key[0]):
            yield found(
                "C2", case.ref, "for its first pod: the class binds only then; this is no fault",
                cause="With WaitForFirstConsumer a volume is chosen for the node on which the first pod runs.",
                proof=(seen(case.ref, class_field(claim), claim.class_name), one), severity=Severity.INFO,
                remedies=(by_hand("Start a pod that uses the claim."),),
            )  # fmt: skip
        return
    waiting = [pod for pod in live if not pod.node]
    if not waiting:
        yield found(
            "C11", case.ref, f"{pod_names(live)} has its node by name, so the scheduler never chooses a volume for it",
            cause="With WaitForFirstConsumer the scheduler starts the binding; a pod with spec.nodeName goes past it.",
            proof=(one, *(seen(pod_ref(pod), "spec.nodeName", pod.node) for pod in live[:3])),
            remedies=(by_hand("Take spec.nodeName out of the pod and use a nodeSelector instead."),),
        )  # fmt: skip
        return
    yield _scheduling(case, waiting)


def _scheduling(case: ClaimCase, waiting: list[Pod]) -> Finding:
    words = scheduler_words(case.world, waiting[0])
    if not words:
        return found(
            "C3", case.ref, f"for {pod_names(waiting)} to be placed on a node",
            cause="The volume is chosen when the scheduler places the pod.",
            proof=(seen(pod_ref(waiting[0]), "spec.nodeName", "none"),), severity=Severity.INFO, definite=False,
        )  # fmt: skip
    return found(
        "C3", case.ref, f"{pod_names(waiting)} can't be placed on a node: {words}",
        cause="The class binds the claim when its pod is placed, so what holds the pod holds the claim.",
        proof=(seen(pod_ref(waiting[0]), "event", words),),
        remedies=(by_hand("Make room for the pod, or correct its node selector, affinity or tolerations."),),
    )  # fmt: skip


def _unbound(case: ClaimCase) -> Iterator[Finding]:
    """C4: the pods wait for the claim; what the claim waits for is told by others, where they know."""
    for pod in pods_waiting(case):
        words = scheduler_words(case.world, pod)
        if "unbound immediate PersistentVolumeClaims" in words:
            yield found(
                "C4", case.ref, f"{pod_names(pods_waiting(case))} can't start before it is bound",
                cause="The scheduler places a pod only when all its immediate claims are bound.",
                proof=(seen(pod_ref(pod), "event", words),), severity=Severity.WARNING,
                remedies=(by_hand("Find out why the claim is not bound."),),
            )  # fmt: skip
            return


def _affinity(case: ClaimCase, volume: PersistentVolume) -> Iterator[Finding]:
    """C7: no node can have the volume, or not the one that the pod may go to."""
    world, waiting = case.world, pods_waiting(case)
    nodes = [node for node in world.tables.nodes.values() if on_node(volume, node)]
    about = ObjectRef(VOLUME, "", volume.name)
    needs = [
        f"{one.key} {one.operator} {','.join(one.values)}"
        for term in volume.node_affinity or ()
        for one in (*term.labels, *term.fields)
    ]
    proof = [seen(about, "spec.nodeAffinity", "; ".join(needs))]
    words = next((text for pod in waiting if (text := scheduler_words(world, pod))), "")
    said = any(part in words for part in _AFFINITY)
    if words:
        proof.append(seen(pod_ref(waiting[0]), "event", words))
    remedy = by_hand(
        "Give a node the label that the volume needs, or make the PersistentVolume anew for the node it is on."
    )
    if world.is_known("nodes") and not nodes:
        yield found(
            "C7", case.ref, f"its PersistentVolume {volume.name} can be used on no node: it needs {' or '.join(needs)}",
            cause="The label was changed, or the node is gone.", proof=proof, remedies=(remedy,),
            severity=Severity.ERROR if waiting else Severity.WARNING,
        )  # fmt: skip
    elif said:
        proof += [seen(ObjectRef("Node", "", node.name), "metadata.labels", "fits") for node in nodes[:3]]
        where = ", ".join(node.name for node in nodes[:3])
        yield found(
            "C7", case.ref, f"{pod_names(waiting)} can't go where PersistentVolume {volume.name} is"
            + (f": only on {where}" if where else ""),
            cause="The volume can be used on some nodes only, and the pod can't be placed on those.", proof=proof,
            remedies=(by_hand("See what keeps the pod from those nodes: full, tainted, not ready, selector."), remedy),
        )  # fmt: skip


def _one_pod(case: ClaimCase) -> Iterator[Finding]:
    """C9: a claim for one single pod has more than one."""
    live = live_pods(case)
    users, waiting = [pod for pod in live if pod.node], [pod for pod in live if not pod.node]
    if not users or not waiting:
        return
    words = scheduler_words(case.world, waiting[0])
    proof = [seen(case.ref, "spec.accessModes", _ONE_POD), seen(pod_ref(users[0]), "spec.nodeName", users[0].node)]
    if words:
        proof.append(seen(pod_ref(waiting[0]), "event", words))
    yield found(
        "C9", case.ref, f"{pod_names(waiting)} waits for pod {users[0].name}: the claim is for one pod at a time",
        cause="ReadWriteOncePod lets one single pod of the whole cluster use the claim.", proof=proof,
        severity=Severity.WARNING, definite="ReadWriteOncePod" in words or not words,
        remedies=(by_hand(f"Stop pod {users[0].name}, or use ReadWriteOnce or ReadWriteMany."),),
    )  # fmt: skip
