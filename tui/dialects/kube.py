"""Raw objects of the Kubernetes API, as JSON gave them, read into the few fields that storage needs.

Nothing here fails on a broken object: what is missing or of the wrong type reads as empty, and what has no
name reads as None, so that one odd object never stops a feed.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tui.core.kube import Key, KubeObject
from tui.dialects.kube_cluster import parse_driver, parse_lease, parse_namespace
from tui.dialects.kube_fields import Head, Raw, head, text
from tui.dialects.kube_parts import (
    parse_endpoints,
    parse_limits,
    parse_node,
    parse_quota,
    parse_secret,
    parse_service,
    parse_slice,
)
from tui.dialects.kube_quantity import parse_quantity
from tui.dialects.kube_storage import parse_claim, parse_class, parse_volume
from tui.dialects.kube_workload import parse_event, parse_pod, parse_stateful_set

__all__ = ["identify", "parse", "parse_quantity", "parse_version"]

_PARSERS: Final[dict[str, Callable[[Head, Raw], KubeObject | None]]] = {
    "persistentvolumeclaims": parse_claim,
    "persistentvolumes": parse_volume,
    "storageclasses": parse_class,
    "events": parse_event,
    "pods": parse_pod,
    "endpoints": parse_endpoints,
    "endpointslices": parse_slice,
    "services": parse_service,
    "nodes": parse_node,
    "secrets": parse_secret,
    "statefulsets": parse_stateful_set,
    "resourcequotas": parse_quota,
    "limitranges": parse_limits,
    "namespaces": parse_namespace,
    "csidrivers": parse_driver,
    "leases": parse_lease,
}


def parse(kind: str, raw: Mapping[str, Any]) -> KubeObject | None:
    """An object of a kind (plural resource), from a list's item or a watch event's object.

    None: of no interest to storage. An object that was of interest before may become None (a quota that no
    longer limits claims); whoever holds it drops it then. Raises KeyError for a kind that is in neither KINDS
    nor MORE_KINDS.
    """
    parser = _PARSERS[kind]
    identity = head(raw) if isinstance(raw, dict) else None
    return None if identity is None else parser(identity, raw)


def identify(raw: object) -> Key | None:
    """The key of any raw object, also of one that `parse` has no interest in; None when it has no name."""
    identity = head(raw) if isinstance(raw, dict) else None
    return None if identity is None else identity[:2]


def parse_version(raw: Mapping[str, Any]) -> tuple[int, int]:
    """(1, 25) of the answer to GET /version; some vendors write the minor as "25+". (0, 0) when it says nothing."""
    if not isinstance(raw, dict):
        return 0, 0
    major, minor = _leading(text(raw, "major")), _leading(text(raw, "minor"))
    if major and minor:
        return int(major), int(minor)
    parts = text(raw, "gitVersion").lstrip("v").split(".")
    if len(parts) > 1 and _leading(parts[0]) and _leading(parts[1]):
        return int(_leading(parts[0])), int(_leading(parts[1]))
    return 0, 0


def _leading(value: str) -> str:
    """The digits that a text begins with, at most four."""
    end = 0
    while end < min(len(value), 4) and value[end] in "0123456789":
        end += 1
    return value[:end]
