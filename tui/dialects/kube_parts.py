"""Endpoints, services, nodes, Secrets, quotas and limits from raw objects."""

from typing import Any, Final

from tui.core.kube import Endpoints, KubeNode, LimitRange, ResourceQuota, Secret, Service, Taint
from tui.dialects.kube_fields import (
    Head,
    Raw,
    conditions,
    items,
    mapping,
    moment_or_none,
    number,
    sub,
    text,
    word,
    words,
)
from tui.dialects.kube_quantity import parse_quantity

_QUOTA_WORDS: Final = ("storage", "persistentvolumeclaims", "services", "endpoints")


def parse_endpoints(head: Head, raw: Raw) -> Endpoints:
    """Endpoints; they carry the name of their Service."""
    ready: list[str] = []
    not_ready: list[str] = []
    ports: list[int] = []
    for subset in items(raw, "subsets"):
        ready += [word(address, "ip") for address in items(subset, "addresses")]
        not_ready += [word(address, "ip") for address in items(subset, "notReadyAddresses")]
        ports += _ports(subset)
    return Endpoints(
        *head, service=head[1], addresses=tuple(ready), not_ready=tuple(not_ready), ports=_unique(ports),
        provisioned_for=word(sub(sub(raw, "metadata"), "labels"), "gluster.kubernetes.io/provisioned-for-pvc"),
    )  # fmt: skip


def parse_slice(head: Head, raw: Raw) -> Endpoints:
    """An EndpointSlice; readiness that is not told counts as ready, as in Kubernetes."""
    labels = sub(sub(raw, "metadata"), "labels")
    ready: list[str] = []
    not_ready: list[str] = []
    for endpoint in items(raw, "endpoints"):
        told = sub(endpoint, "conditions").get("ready")
        (not_ready if told is False else ready).extend(words(endpoint, "addresses"))
    return Endpoints(
        *head, service=word(labels, "kubernetes.io/service-name"), addresses=tuple(ready), not_ready=tuple(not_ready),
        ports=_unique(_ports(raw)), provisioned_for=word(labels, "gluster.kubernetes.io/provisioned-for-pvc"),
    )  # fmt: skip


def parse_service(head: Head, raw: Raw) -> Service:
    """A Service."""
    spec = sub(raw, "spec")
    return Service(
        *head,
        type=word(spec, "type", "ClusterIP"),
        cluster_ip=word(spec, "clusterIP"),
        selector=mapping(spec, "selector"),
        ports=_unique(_ports(spec)),
    )


def parse_node(head: Head, raw: Raw) -> KubeNode:
    """A node; the times of its heartbeats are left out."""
    meta, spec, status = sub(raw, "metadata"), sub(raw, "spec"), sub(raw, "status")
    info = sub(status, "nodeInfo")
    return KubeNode(
        *head,
        deleted=moment_or_none(meta, "deletionTimestamp"),
        labels=mapping(meta, "labels"),
        ready=next(iter(conditions(status, ("Ready",))), None),
        unschedulable=spec.get("unschedulable") is True,
        taints=tuple(
            [Taint(word(item, "key"), word(item, "value"), word(item, "effect")) for item in items(spec, "taints")]
        ),
        addresses=tuple([(word(item, "type"), word(item, "address")) for item in items(status, "addresses")]),
        kubelet_version=word(info, "kubeletVersion"),
        os_image=word(info, "osImage"),
    )


def parse_secret(head: Head, raw: Raw) -> Secret:
    """A Secret's type and the names of its keys; its values are not read."""
    return Secret(
        *head, type=word(raw, "type"), keys=tuple(sorted(key for key in sub(raw, "data") if type(key) is str))
    )


def parse_quota(head: Head, raw: Raw) -> ResourceQuota | None:
    """A ResourceQuota that limits storage, claims or services; others are of no interest."""
    status = sub(raw, "status")
    hard = _amounts(sub(sub(raw, "spec"), "hard"))
    if not hard:
        return None
    used = _amounts(sub(status, "used"))
    return ResourceQuota(*head, hard=hard, used=used, is_counted=hard.keys() <= used.keys())


def parse_limits(head: Head, raw: Raw) -> LimitRange | None:
    """A LimitRange with limits for claims (the strictest of several); others are of no interest."""
    limits = [item for item in items(sub(raw, "spec"), "limits") if text(item, "type") == "PersistentVolumeClaim"]
    least = [parse_quantity(sub(item, "min").get("storage")) for item in limits]
    most = [parse_quantity(sub(item, "max").get("storage")) for item in limits]
    minimum = max((size for size in least if size is not None), default=None)
    maximum = min((size for size in most if size is not None), default=None)
    return LimitRange(*head, minimum=minimum, maximum=maximum) if limits else None


def _amounts(raw: dict[str, Any]) -> dict[str, int]:
    amounts = {name: parse_quantity(value) for name, value in raw.items() if any(part in name for part in _QUOTA_WORDS)}
    return {name: amount for name, amount in amounts.items() if amount is not None}


def _ports(raw: Raw) -> list[int]:
    return [port for item in items(raw, "ports") if (port := number(item, "port")) is not None]


def _unique(ports: list[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(ports))
