"""Tables, as `kubectl get` asks for them: the columns of a real server for the kinds of storage."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from tui.demo.kube_resources import Obj, Resource
from tui.demo.kube_status import Version

Row = Callable[[Obj, float], list[Any]]
_MODES: Final = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
_UNSET: Final = "<unset>"


def table(resource: Resource, objects: list[Obj], meta: Obj, version: Version, now: float, columns: bool = True) -> Obj:
    """A Table of some objects; watches give its columns only once."""
    names, row = _TABLES.get(resource.kind, (("Name", "Age"), _plain))
    new = version >= (1, 31)
    definitions: list[Obj] = []
    for name in names:
        title = name.rstrip("+*")
        if name.endswith("*") and not new:
            continue
        kind = {"type": "string", "format": "name" if title == "Name" else ""}
        definitions.append({"name": title, **kind, "description": "", "priority": int(name.endswith("+"))})
    rows = []
    for obj in objects:
        cells = [cell for name, cell in zip(names, row(obj, now), strict=True) if new or not name.endswith("*")]
        part = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
        rows.append({"cells": cells, "object": part})
    head = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta}
    return {**head, "columnDefinitions": definitions if columns else [], "rows": rows}


def _age(value: object, now: float) -> str:
    if not isinstance(value, str):
        return "<unknown>"
    seconds = max(0, int(now - datetime.fromisoformat(value).timestamp()))
    if seconds < 120:
        return f"{seconds}s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 10:
        rest = seconds % 60
        return f"{minutes}m{rest}s" if rest else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        rest = minutes % 60
        return f"{hours}h{rest}m" if rest else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    if days < 8 and hours % 24:
        return f"{days}d{hours % 24}h"
    return f"{days}d" if days < 730 else f"{days // 365}y"


def _made(obj: Obj, now: float) -> str:
    return _age(obj["metadata"].get("creationTimestamp"), now)


def _modes(values: Any) -> str:
    return ",".join(_MODES.get(mode, mode) for mode in values or ())


def _phase(obj: Obj) -> str:
    return "Terminating" if "deletionTimestamp" in obj["metadata"] else str(obj.get("status", {}).get("phase", ""))


def _class(obj: Obj) -> str:
    legacy = (obj["metadata"].get("annotations") or {}).get("volume.beta.kubernetes.io/storage-class")
    return str(legacy if legacy is not None else obj["spec"].get("storageClassName") or "")


def _plain(obj: Obj, now: float) -> list[Any]:
    return [obj["metadata"]["name"], _made(obj, now)]


def _claim(obj: Obj, now: float) -> list[Any]:
    spec, state = obj["spec"], obj.get("status", {})
    bound = bool(spec.get("volumeName"))
    size = (state.get("capacity") or {}).get("storage", "") if bound else ""
    modes = _modes(state.get("accessModes")) if bound else ""
    attributes = spec.get("volumeAttributesClassName") or _UNSET
    row = [obj["metadata"]["name"], _phase(obj), spec.get("volumeName", ""), size, modes, _class(obj), attributes]
    return [*row, _made(obj, now), spec.get("volumeMode", "Filesystem")]


def _volume(obj: Obj, now: float) -> list[Any]:
    spec, state = obj["spec"], obj.get("status", {})
    reference = spec.get("claimRef") or {}
    claim = f"{reference.get('namespace', '')}/{reference.get('name', '')}" if reference else ""
    row = [obj["metadata"]["name"], (spec.get("capacity") or {}).get("storage", ""), _modes(spec.get("accessModes"))]
    row += [spec.get("persistentVolumeReclaimPolicy", ""), _phase(obj), claim, _class(obj)]
    row += [spec.get("volumeAttributesClassName") or _UNSET, state.get("reason", ""), _made(obj, now)]
    return [*row, spec.get("volumeMode", "Filesystem")]


def _storage_class(obj: Obj, now: float) -> list[Any]:
    annotations = obj["metadata"].get("annotations") or {}
    default = annotations.get("storageclass.kubernetes.io/is-default-class") == "true"
    name = obj["metadata"]["name"] + (" (default)" if default else "")
    row = [name, obj["provisioner"], obj.get("reclaimPolicy", "Delete"), obj.get("volumeBindingMode", "Immediate")]
    return [*row, bool(obj.get("allowVolumeExpansion")), _made(obj, now)]


def _event(obj: Obj, now: float) -> list[Any]:
    about = obj.get("involvedObject", {})
    series = obj.get("series") or {}
    last = obj.get("lastTimestamp") or series.get("lastObservedTime") or obj.get("eventTime")
    first = obj.get("firstTimestamp") or obj.get("eventTime")
    source = obj.get("source", {}).get("component") or obj.get("reportingComponent", "")
    row = [_age(last, now), obj.get("type", ""), obj.get("reason", "")]
    row += [f"{about.get('kind', '').lower()}/{about.get('name', '')}", about.get("fieldPath", ""), source]
    row += [str(obj.get("message", "")).strip(), _age(first, now), int(obj.get("count") or series.get("count") or 1)]
    return [*row, obj["metadata"]["name"]]


def _pod(obj: Obj, now: float) -> list[Any]:
    state, spec = obj.get("status", {}), obj["spec"]
    statuses = state.get("containerStatuses") or ()
    ready = sum(bool(one.get("ready")) for one in statuses)
    restarts = sum(int(one.get("restartCount", 0)) for one in statuses)
    waiting = [one["state"]["waiting"].get("reason") for one in statuses if "waiting" in (one.get("state") or {})]
    phase = next((reason for reason in waiting if reason), _phase(obj))
    row = [obj["metadata"]["name"], f"{ready}/{len(spec.get('containers', ()))}", phase, restarts, _made(obj, now)]
    return [*row, state.get("podIP", "<none>"), spec.get("nodeName", "<none>"), "<none>", "<none>"]


def _node(obj: Obj, now: float) -> list[Any]:
    state = obj.get("status", {})
    ready = any(one.get("type") == "Ready" and one.get("status") == "True" for one in state.get("conditions", ()))
    version = state.get("nodeInfo", {}).get("kubeletVersion", "")
    return [obj["metadata"]["name"], "Ready" if ready else "NotReady", "<none>", _made(obj, now), version]


def _endpoints(obj: Obj, now: float) -> list[Any]:
    found = [
        f"{address.get('ip')}:{port.get('port')}"
        for subset in obj.get("subsets") or ()
        for address in subset.get("addresses") or ()
        for port in subset.get("ports") or ({"port": ""},)
    ]
    more = f" + {len(found) - 3} more..." if len(found) > 3 else ""
    return [obj["metadata"]["name"], ",".join(found[:3]) + more if found else "<none>", _made(obj, now)]


def _service(obj: Obj, now: float) -> list[Any]:
    spec = obj.get("spec", {})
    ports = ",".join(f"{port.get('port')}/{port.get('protocol', 'TCP')}" for port in spec.get("ports", ())) or "<none>"
    selector = ",".join(f"{k}={v}" for k, v in (spec.get("selector") or {}).items()) or "<none>"
    row = [obj["metadata"]["name"], spec.get("type", "ClusterIP"), spec.get("clusterIP", "None"), "<none>", ports]
    return [*row, _made(obj, now), selector]


def _secret(obj: Obj, now: float) -> list[Any]:
    return [obj["metadata"]["name"], obj.get("type", "Opaque"), len(obj.get("data") or {}), _made(obj, now)]


def _set(obj: Obj, now: float) -> list[Any]:
    state = obj.get("status", {})
    return [
        obj["metadata"]["name"],
        f"{state.get('readyReplicas', 0)}/{obj['spec'].get('replicas', 1)}",
        _made(obj, now),
    ]


_PODS: Final = ("Name", "Ready", "Status", "Restarts", "Age", "IP+", "Node+", "Nominated Node+", "Readiness Gates+")
_EVENTS: Final = (
    "Last Seen", "Type", "Reason", "Object", "Subobject+", "Source+", "Message", "First Seen+", "Count+", "Name+",
)  # fmt: skip
_CLAIMS: Final = (
    "Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeAttributesClass*", "Age",
    "VolumeMode+",
)  # fmt: skip
_VOLUMES: Final = (
    "Name", "Capacity", "Access Modes", "Reclaim Policy", "Status", "Claim", "StorageClass", "VolumeAttributesClass*",
    "Reason", "Age", "VolumeMode+",
)  # fmt: skip
_CLASSES: Final = ("Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age")
_TABLES: Final[dict[str, tuple[tuple[str, ...], Row]]] = {
    "PersistentVolumeClaim": (_CLAIMS, _claim),
    "PersistentVolume": (_VOLUMES, _volume),
    "StorageClass": (_CLASSES, _storage_class),
    "Event": (_EVENTS, _event),
    "Pod": (_PODS, _pod),
    "Node": (("Name", "Status", "Roles", "Age", "Version"), _node),
    "Namespace": (("Name", "Status", "Age"), lambda obj, now: [obj["metadata"]["name"], _phase(obj), _made(obj, now)]),
    "Endpoints": (("Name", "Endpoints", "Age"), _endpoints),
    "Service": (("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "Selector+"), _service),
    "Secret": (("Name", "Type", "Data", "Age"), _secret),
    "StatefulSet": (("Name", "Ready", "Age"), _set),
}
