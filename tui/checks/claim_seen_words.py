"""What every room asks of a claim first: its class, its volume, its pods, and the events that still say something."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from tui.checks.claim_case import CLASS, VOLUME, ClaimCase, ClaimWorld, seen
from tui.core.finding import Evidence, ObjectRef
from tui.core.kube import Claim, KubeEvent, PersistentVolume, Pod, StorageClass

GLUSTER: Final = "kubernetes.io/glusterfs"
REMOVED: Final = (1, 26)
"""The version of Kubernetes that came without the glusterfs driver (kubernetes PR 112015)."""

_FRAME: Final = re.compile(r'[Ff]ailed to provision volume with StorageClass "[^"]*": ')
_REPEATS: Final = 600.0
"""Seconds within which kubelet tells a fault again that is still there (its longest back-off is about 2 minutes)."""
_LOOKED_AT: Final = 500
_SETTLED: Final = ("ProvisioningSucceeded",)


def class_ref(name: str) -> ObjectRef:
    """A StorageClass as the object of evidence."""
    return ObjectRef(CLASS, "", name)


def volume_ref(name: str) -> ObjectRef:
    """A PersistentVolume as the object of evidence."""
    return ObjectRef(VOLUME, "", name)


def pod_ref(pod: Pod) -> ObjectRef:
    """A pod as the object of evidence."""
    return ObjectRef("Pod", pod.namespace, pod.name)


def service_ref(namespace: str, name: str) -> ObjectRef:
    """A Service as the object of evidence."""
    return ObjectRef("Service", namespace, name)


def told(event: KubeEvent) -> Evidence:
    """An event as evidence: of the object that it is about, with its reason and its text."""
    about = ObjectRef(event.object_kind, event.object_namespace, event.object_name)
    if event.object_kind in (VOLUME, CLASS):
        about = ObjectRef(event.object_kind, "", event.object_name)
    return seen(about, f"event {event.reason}", event.message)


def waits_for_provisioner(claim: Claim | None) -> bool:
    """Whether a provisioner has to make the volume: the claim is not bound, not going, and names no volume."""
    return claim is not None and claim.phase in ("Pending", "") and not claim.volume_name and claim.deleted is None


def waiting_class(case: ClaimCase) -> StorageClass | None:
    """The StorageClass of a claim that waits for its provisioner; None for any other claim."""
    claim = case.claim
    return case.world.tables.class_of(claim) if claim is not None and waits_for_provisioner(claim) else None


def bound_volume(case: ClaimCase) -> PersistentVolume | None:
    """The PersistentVolume that a bound claim has."""
    claim = case.claim
    return case.world.tables.volume_of(claim) if claim is not None and claim.is_bound else None


def claim_events(case: ClaimCase, *reasons: str) -> list[KubeEvent]:
    """The events of a claim's present life, newest first; of these reasons, or all.

    What was said before the claim's class was made anew is about a class that is gone, and left out.
    """
    claim, tables = case.claim, case.world.tables
    if claim is None:
        return []
    one = tables.class_of(claim)
    since = one.created if one is not None and not claim.is_bound else 0.0
    found = tables.events_of("PersistentVolumeClaim", claim.key, claim.uid)
    return [event for event in found if event.last >= since and (not reasons or event.reason in reasons)]


def failure(case: ClaimCase) -> KubeEvent | None:
    """The newest failure to provision, None when none is told or a success was told after it."""
    newest = next(iter(claim_events(case, "ProvisioningFailed", *_SETTLED)), None)
    return newest if newest is not None and newest.reason not in _SETTLED else None


def inner(event: KubeEvent) -> str:
    """What the provisioner said, without the controller's frame around it."""
    return _FRAME.sub("", event.message, count=1)


def provisioned_well(world: ClaimWorld, one: StorageClass) -> bool:
    """Whether some PersistentVolume was provisioned by this class' provisioner: its settings worked once."""
    some_volumes = islice(world.tables.volumes_of_class(one.name), _LOOKED_AT)
    return any(volume.provisioned_by == one.provisioner for volume in some_volumes)


def is_quiet(pod: Pod) -> bool:
    """Whether a pod says nothing of its volumes any more: it is finished or going."""
    return pod.is_finished or pod.deleted is not None


def is_old_news(event: KubeEvent, pod: Pod, now: float) -> bool:
    """Whether what an event tells was overcome: the pod became ready after it, or runs and it was not repeated."""
    ready = pod.condition("Ready")
    if ready is not None and ready.is_true and ready.since >= event.last:
        return True
    return pod.phase == "Running" and now - event.last > _REPEATS


def pod_events(case: ClaimCase, pods: Iterable[Pod]) -> Iterator[tuple[Pod, KubeEvent]]:
    """The warnings of pods that still matter, each pod's newest first."""
    for pod in pods:
        for event in case.world.tables.events_of("Pod", pod.key, pod.uid):
            if event.is_warning and not is_old_news(event, pod, case.world.told_until):
                yield pod, event


def some(names: Iterable[str], most: int = 3) -> str:
    """A few names in one phrase: "a, b and 4 more"."""
    listed = list(names)
    if len(listed) > most:
        return ", ".join(listed[:most]) + f" and {len(listed) - most} more"
    return listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + " and " + listed[-1] if listed else "none"
