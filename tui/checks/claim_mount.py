"""Bound claims whose pods can't mount or use them: kubelet's words, Endpoints and nodes (F1-F20, G1-G3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from tui.checks.claim_case import ON_KADALU, ClaimCase, by_hand, fixed_by, found, seen
from tui.checks.claim_endpoints import endpoints_faults
from tui.checks.claim_mount_csi import driver_faults
from tui.checks.claim_mount_words import MountText, meaning, pod_volumes_told, volume_told
from tui.checks.claim_seen_words import REMOVED, bound_volume, is_quiet, pod_events, pod_ref, some, told, volume_ref
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.kube import KubeEvent, KubeNode, PersistentVolume, Pod

_FROM_OBJECTS: Final = frozenset(("F1", "F2", "F3", "F4"))
_MOUNTS: Final = ("FailedMount", "FailedAttachVolume", "FailedMapVolume")
_PODS: Final = 200
_ALL_WITHOUT: Final = (1, 29)
"""From here on no kubelet can be old enough to have the driver: it is three versions behind at most."""


def rules(case: ClaimCase) -> Iterator[Finding]:
    """What keeps the pods of a bound claim from their volume."""
    volume = bound_volume(case)
    if volume is None or case.claim is None:
        return
    pods = [pod for pod in case.world.tables.pods_of(case.key)[:_PODS] if not is_quiet(pod)]
    waiting = [pod for pod in pods if is_held_up(pod)]
    gone = list(_driver(case, volume, pods))
    yield from gone
    faults = [] if gone and gone[0].code == "F1" else list(endpoints_faults(case, volume, waiting))
    yield from faults
    said = list(_told_by_pods(case, volume, pods, {fault.code for fault in (*gone, *faults)}))
    yield from said
    if not any(finding.code == "F17" for finding in said):
        yield from driver_faults(case, volume, waiting)
    yield from _group(case, volume, pods)
    yield from _dead_node(case, waiting)


def is_held_up(pod: Pod) -> bool:
    """Whether a pod has a node and its containers still wait to be created: kubelet is at its volumes."""
    if not pod.node or pod.phase != "Pending":
        return False
    return not pod.waiting or any(one.reason in ("ContainerCreating", "PodInitializing", "") for one in pod.waiting)


def _driver(case: ClaimCase, volume: PersistentVolume, pods: list[Pod]) -> Iterator[Finding]:
    """F1: kubelet has no driver for it; G1: some kubelets still have."""
    world = case.world
    if volume.gluster is None or world.version < REMOVED:
        return
    old = [node for node in world.tables.nodes.values() if _has_driver(node)]
    ref = volume_ref(volume.name)
    version = f"{world.version[0]}.{world.version[1]}"
    proof = [
        seen(ref, "spec.glusterfs.path", volume.gluster.path),
        seen(ObjectRef("Kubernetes", "", "server"), "version", version),
    ]
    cause = "The driver for glusterfs was taken out in Kubernetes 1.26. Claims are still bound, and nothing warns."
    stuck = [pod for pod in pods if pod.node and ("", pod.node) in world.tables.nodes and pod.node not in
             {node.name for node in old}]  # fmt: skip
    if old and not stuck:
        yield found(
            "G1", case.ref, f"only nodes with an old kubelet can mount it: {some(node.name for node in old)}",
            cause=cause, proof=[*proof, *(seen(ObjectRef("Node", "", node.name), "kubelet", node.kubelet_version)
                                          for node in old[:3])],
            remedies=_ways_out(case, volume), severity=Severity.WARNING,
        )  # fmt: skip
        return
    yield found(
        "F1", case.ref, f"it is a glusterfs volume, and Kubernetes {version} can't mount those any more", cause=cause,
        proof=[*proof, *(seen(pod_ref(pod), "spec.nodeName", pod.node) for pod in stuck[:3])],
        remedies=_ways_out(case, volume), definite=world.is_known("nodes") or world.version >= _ALL_WITHOUT,
    )  # fmt: skip


def _has_driver(node: KubeNode) -> bool:
    return _is_old(node.kubelet_version)


@lru_cache(maxsize=256)
def _is_old(kubelet: str) -> bool:
    """Whether a kubelet's version is from before 1.26; one that can't be read is not."""
    parts = kubelet.lstrip("v").split(".")
    if len(parts) < 2 or not parts[0].isdigit() or not parts[1].isdigit():
        return False
    return (int(parts[0]), int(parts[1])) < REMOVED


def _ways_out(case: ClaimCase, volume: PersistentVolume) -> list[Remedy]:
    gluster = volume.gluster.volume if volume.gluster is not None else volume.name
    policy = volume.reclaim_policy
    keep = []
    if policy != "Retain":
        keep = [fixed_by("First of all keep the data: set the reclaim policy to Retain", "patch-volume",
                         volume=volume.name, policy="Retain")]  # fmt: skip
    if ("", "kadalu") in case.world.tables.drivers:
        title = f"Make the claim anew for a PersistentVolume '{volume.name}{ON_KADALU}', which kadalu mounts from the "
        title += f"same Gluster volume '{gluster}'; the next remedy makes that. The data is not touched"
        keep.append(fixed_by(title, "recreate-claim", namespace=case.key[0], name=case.key[1],
                             volume_name=volume.name + ON_KADALU))  # fmt: skip
    return [
        *keep,
        by_hand(f"Make a PersistentVolume of a CSI driver for the same Gluster volume '{gluster}' (kadalu mounts "
                "existing ones), and a claim for it; the data is not touched."),
        by_hand("Or mount the Gluster volume on the nodes and give it to the pods as a local volume."),
    ]  # fmt: skip


@dataclass(slots=True)
class _Told:
    """One cause with all pods that tell of it."""

    text: MountText
    pods: list[Pod] = field(default_factory=list)
    proof: list[Evidence] = field(default_factory=list)


def _told_by_pods(case: ClaimCase, volume: PersistentVolume, pods: list[Pod], known: set[str]) -> Iterator[Finding]:
    """What kubelet tells of the pods, each cause once."""
    causes: dict[str, _Told] = {}
    for pod, event in pod_events(case, pods):
        if not _is_about(case, volume, pod, event):
            continue
        _note(causes, pod, meaning(event.message), told(event), mounts=event.reason in _MOUNTS)
    for pod in pods:
        for one in pod.waiting:
            if one.message:
                evidence = seen(pod_ref(pod), f"container {one.container}", f"{one.reason}: {one.message}")
                _note(causes, pod, meaning(one.message), evidence, mounts=False)
    specific = {code for code in causes if code not in ("F11", "F8", "F7")}
    for code, cause in causes.items():
        if code in known or (code in ("F7", "F11") and specific):
            continue
        if code in _FROM_OBJECTS and _is_settled(case, volume, code):
            continue
        names = some(f"{pod.namespace}/{pod.name}" for pod in cause.pods)
        word = "pod" if len(cause.pods) == 1 else "pods"
        text = cause.text
        yield found(
            code, case.ref, f"{word} {names}: {text.sentence}", cause=text.cause, proof=cause.proof[:4],
            remedies=[by_hand(advice) for advice in text.advice], severity=text.severity, definite=text.definite,
        )  # fmt: skip


def _note(causes: dict[str, _Told], pod: Pod, text: MountText | None, evidence: Evidence, *, mounts: bool) -> None:
    """Take a cause down; of containers that fail only what tells of file systems for sure."""
    if text is None or not (mounts or text.running):
        return
    cause = causes.setdefault(text.code, _Told(text))
    cause.proof.append(evidence)
    if pod not in cause.pods:
        cause.pods.append(pod)


def _is_about(case: ClaimCase, volume: PersistentVolume, pod: Pod, event: KubeEvent) -> bool:
    """Whether an event of a pod is about this volume, or about no volume in particular."""
    name = volume_told(event.message)
    if name:
        return name == volume.name or name.endswith("^" + volume.name)
    mine = {use.volume for use in pod.claims if use.claim == case.key[1]}
    names = pod_volumes_told(event.message)
    if names:
        return not mine.isdisjoint(names)
    return len(pod.claims) == 1 or event.reason in _MOUNTS


def _is_settled(case: ClaimCase, volume: PersistentVolume, code: str) -> bool:
    """Whether the objects show that what an event told of Endpoints is over."""
    key = volume.endpoints_key
    if key is None or code == "F1" or not case.world.is_known("endpoints", key[0]):
        return False
    own = case.world.tables.endpoints.get(key)
    return own is not None and (code == "F2" or bool(own.addresses))


def _group(case: ClaimCase, volume: PersistentVolume, pods: list[Pod]) -> Iterator[Finding]:
    """F13 from the objects: a volume of heketi's whose group nobody gets."""
    if not volume.heketi_volume or volume.gid or volume.gluster is None:
        return
    users = [pod for pod in pods if not pod.supplemental_groups]
    if not users:
        return
    names = some(f"{pod.namespace}/{pod.name}" for pod in users)
    yield found(
        "F13", case.ref, f"pod {names} may not be allowed to write: its PersistentVolume tells no group",
        cause="heketi gives each volume's folder to a group of its own. A pod gets that group from the annotation "
        "pv.beta.kubernetes.io/gid, and it is not there.",
        proof=[seen(volume_ref(volume.name), "pv.beta.kubernetes.io/gid", "(not there)"),
               seen(volume_ref(volume.name), "gluster.kubernetes.io/heketi-volume-id", volume.heketi_volume)],
        remedies=[by_hand("See the folder's group (stat -c %g on the volume), put it into the annotation "
                          "pv.beta.kubernetes.io/gid of the PersistentVolume, and start the pods anew.")],
        severity=Severity.WARNING, definite=False,
    )  # fmt: skip


def _dead_node(case: ClaimCase, waiting: list[Pod]) -> Iterator[Finding]:
    """G3: the pod waits on a node that does not work."""
    for pod in waiting:
        node = case.world.tables.nodes.get(("", pod.node))
        if node is not None and node.ready is not None and not node.ready.is_true:
            yield found(
                "G3", case.ref, f"pod {pod.namespace}/{pod.name} waits on node '{node.name}', which is not ready",
                cause=f"kubelet does not answer there: {node.ready.reason or node.ready.message or 'no reason told'}.",
                proof=[seen(pod_ref(pod), "spec.nodeName", node.name),
                       seen(ObjectRef("Node", "", node.name), "condition Ready", node.ready.status)],
                remedies=[by_hand(f"Bring node '{node.name}' back, or delete the pod so that it is placed elsewhere.")],
            )  # fmt: skip
            return
