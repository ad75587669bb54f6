"""By which values the objects of each kind are found: the entries that an object has in the indexes."""

from collections.abc import Callable, Hashable
from typing import Any, Final

from tui.core.kube import (
    Claim,
    CsiSource,
    Endpoints,
    KubeEvent,
    KubeObject,
    Lease,
    LimitRange,
    PersistentVolume,
    Pod,
    ResourceQuota,
    StatefulSet,
    StorageClass,
)

Link = tuple[str, Hashable]

INDEXES: Final = (
    "claims.class", "claims.volume", "claims.stem", "claims.name", "claims.node", "claims.namespace", "pending.class",
    "pending.namespace", "volumes.class", "volumes.claim", "volumes.endpoints", "volumes.gluster", "volumes.secret",
    "volumes.driver", "volumes.pinned", "open.class", "events.object", "pods.claim", "pods.wanted", "pods.node",
    "pods.helper", "classes.secret", "classes.service", "classes.default", "classes.topology", "slices.service",
    "endpoints.name", "endpoints.namespace", "sets.stem", "sets.namespace", "quotas.namespace", "limits.namespace",
    "leases.name",
)  # fmt: skip
"""All indexes: whose keys they hold, then by what."""

_CLUSTER_WIDE: Final = ("PersistentVolume", "StorageClass")


def links(kind: str, obj: KubeObject) -> list[Link]:
    """The index entries of an object."""
    of_kind = _LINKS.get(kind)
    return of_kind(obj) if of_kind else []


def event_place(kind: str, namespace: str, name: str) -> tuple[str, str, str]:
    """Under what the events of an object are found; that of cluster-wide objects has no namespace."""
    return kind, "" if kind in _CLUSTER_WIDE else namespace, name


def _claim(claim: Claim) -> list[Link]:
    name = claim.class_name
    found: list[Link] = [
        ("claims.class", name), ("claims.name", claim.name), ("claims.namespace", claim.namespace),
    ]  # fmt: skip
    if claim.volume_name:
        found.append(("claims.volume", claim.volume_name))
    if stem := claim.stem:
        found.append(("claims.stem", (claim.namespace, stem)))
    if claim.selected_node:
        found.append(("claims.node", claim.selected_node))
    if not claim.is_bound:
        found += [("pending.class", name), ("pending.namespace", claim.namespace)]
    return found


def _volume(volume: PersistentVolume) -> list[Link]:
    name, source = volume.class_name, volume.source
    found: list[Link] = [("volumes.class", name)]
    if volume.claim is not None:
        found.append(("volumes.claim", volume.claim.key))
    if (endpoints := volume.endpoints_key) is not None:
        found.append(("volumes.endpoints", endpoints))
    if gluster := volume.gluster_name:
        found.append(("volumes.gluster", gluster))
    if isinstance(source, CsiSource):
        found.append(("volumes.driver", source.driver))
        found += [("volumes.secret", secret) for secret in source.secrets]
    if volume.node_affinity is not None:
        found.append(("volumes.pinned", ""))
    if not volume.is_settled:
        found.append(("open.class", name))
    return found


def _class(one: StorageClass) -> list[Link]:
    found: list[Link] = [("classes.secret", secret) for secret in one.secrets]
    if (service := one.rest_service) is not None:
        found.append(("classes.service", service))
    if one.is_default:
        found.append(("classes.default", ""))
    if one.topologies:
        found.append(("classes.topology", ""))
    return found


def _event(event: KubeEvent) -> list[Link]:
    return [("events.object", event_place(event.object_kind, event.object_namespace, event.object_name))]


def _pod(pod: Pod) -> list[Link]:
    found: list[Link] = []
    for use in pod.claims:
        found += [("pods.claim", (pod.namespace, use.claim)), ("pods.wanted", use.claim)]
    if pod.claims:
        found.append(("pods.node", pod.node))
    found += [("pods.helper", name) for name in pod.provisioners]
    if not pod.claims and not pod.provisioners:
        found.append(("pods.helper", ""))
    return found


def _slice(one: Endpoints) -> list[Link]:
    return [("slices.service", one.service_key)]


def _endpoints(one: Endpoints) -> list[Link]:
    return [("endpoints.name", one.name), ("endpoints.namespace", one.namespace)]


def _set(one: StatefulSet) -> list[Link]:
    found: list[Link] = [("sets.stem", (one.namespace, stem)) for stem in one.stems]
    return [*found, ("sets.namespace", one.namespace)]


def _quota(one: ResourceQuota) -> list[Link]:
    return [("quotas.namespace", one.namespace)]


def _limits(one: LimitRange) -> list[Link]:
    return [("limits.namespace", one.namespace)]


def _lease(one: Lease) -> list[Link]:
    return [("leases.name", one.name)]


_LINKS: Final[dict[str, Callable[[Any], list[Link]]]] = {
    "persistentvolumeclaims": _claim,
    "persistentvolumes": _volume,
    "storageclasses": _class,
    "events": _event,
    "pods": _pod,
    "endpoints": _endpoints,
    "endpointslices": _slice,
    "statefulsets": _set,
    "resourcequotas": _quota,
    "limitranges": _limits,
    "leases": _lease,
}
