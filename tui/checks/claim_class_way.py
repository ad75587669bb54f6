"""How a claim can come to a volume, and who waits for it: what several rooms of the diagnosis ask first."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from tui.checks.claim_case import ClaimCase, ClaimWorld
from tui.core.finding import ObjectRef
from tui.core.kube import Claim, KubeEvent, Pod, StorageClass

NO_PROVISIONER: Final = "kubernetes.io/no-provisioner"
CLAIMS: Final = "persistentvolumeclaims"
VOLUMES: Final = "persistentvolumes"
CLASSES: Final = "storageclasses"
PODS: Final = "pods"


class Way(StrEnum):
    """Where the volume of a claim is to come from."""

    STATIC = "only from PersistentVolumes without a class"
    LABEL = "from PersistentVolumes of a class that has no StorageClass object"
    MISSING = "from a class that does not exist"
    NO_PROVISIONER = "from PersistentVolumes of a class that never provisions"
    DYNAMIC = "from a provisioner"
    UNKNOWN = "not known: StorageClasses can't be read"


def way_of(case: ClaimCase) -> Way:
    """Where the volume of the case's claim is to come from; UNKNOWN without a claim, too."""
    claim, tables = case.claim, case.world.tables
    if claim is None:
        return Way.UNKNOWN
    if not claim.class_name:
        return Way.STATIC
    one = tables.class_of(claim)
    if one is not None:
        return Way.NO_PROVISIONER if one.provisioner == NO_PROVISIONER else Way.DYNAMIC
    if not case.world.is_known(CLASSES):
        return Way.UNKNOWN
    return Way.LABEL if tables.index("volumes.class", claim.class_name) else Way.MISSING


def unbound(case: ClaimCase) -> Claim | None:
    """The case's claim when it waits to be bound and is not on its way out."""
    claim = case.claim
    if claim is None or claim.deleted is not None or claim.phase not in ("", "Pending"):
        return None
    return claim


def free_claim(case: ClaimCase) -> Claim | None:
    """The same, when it does not name its volume itself: matcher and provisioner decide."""
    claim = unbound(case)
    return None if claim is None or claim.volume_name else claim


def waits_for_pod(case: ClaimCase) -> bool:
    """Whether the claim's class binds only for a pod."""
    one = case.world.tables.class_of(case.claim) if case.claim else None
    return one is not None and one.waits_for_consumer


def pods_waiting(case: ClaimCase) -> list[Pod]:
    """The pods that name the claim and are neither finished nor going nor put on a node."""
    return [pod for pod in live_pods(case) if not pod.node]


def live_pods(case: ClaimCase) -> list[Pod]:
    """The pods that name the claim and are neither finished nor going."""
    return [pod for pod in case.world.tables.pods_of(case.key) if not pod.is_finished and pod.deleted is None]


def pod_ref(pod: Pod) -> ObjectRef:
    """A pod as the object of evidence."""
    return ObjectRef("Pod", pod.namespace, pod.name)


def pod_names(pods: Iterable[Pod], most: int = 3) -> str:
    """ "pod a", "pods a, b", "pods a, b, c and 4 more"."""
    names = [pod.name for pod in pods]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"pod{'s' if len(names) > 1 else ''} {', '.join(names[:most])}{more}"


def claim_events(case: ClaimCase) -> list[KubeEvent]:
    """The events of the claim's present life, newest first."""
    claim = case.claim
    uid, since = (claim.uid, claim.created) if claim else ("", 0.0)
    found = case.world.tables.events_of("PersistentVolumeClaim", case.key, uid)
    return [event for event in found if event.last >= since]


def event_with(events: Iterable[KubeEvent], *parts: str) -> KubeEvent | None:
    """The first event whose message holds one of the parts."""
    return next((event for event in events if any(part in event.message for part in parts)), None)


def scheduler_words(world: ClaimWorld, pod: Pod) -> str:
    """Why the scheduler did not place a pod: its condition, else the newest FailedScheduling; "" when not told."""
    condition = pod.condition("PodScheduled")
    if condition is not None and not condition.is_true and condition.message:
        return condition.message
    events = world.tables.events_of("Pod", pod.key, pod.uid)
    return next((event.message for event in events if event.reason == "FailedScheduling"), "")


def default_class(world: ClaimWorld) -> StorageClass | None:
    """The class that a claim without one gets: the only default, since 1.26 the newest (then by name) of several."""
    defaults = world.tables.default_classes()
    if len(defaults) > 1 and world.version < (1, 26):
        return None
    return min(defaults, key=lambda one: (-one.created, one.name), default=None)
