"""Deletions: preconditions, finalizers, grace, what waits for a kubelet, and whole collections."""

from collections.abc import Sequence
from typing import Any

from tui.demo.kube_resources import NAMESPACES, PODS, Obj, Resource
from tui.demo.kube_status import Cause, invalid, precondition, success
from tui.demo.kube_store import KubeStore, Stored, dump, pack, stamp

_POLICIES = ("Foreground", "Background", "Orphan")


def delete(store: KubeStore, stored: Stored, options: Obj, dry: bool = False) -> bytes:
    """Delete an object as its finalizers allow; gives the body of the answer. Raises ApiError."""
    _check(stored, options)
    obj = stored.obj()
    meta = obj["metadata"]
    policy = options.get("propagationPolicy")
    if policy in ("Foreground", "Orphan") and "deletionTimestamp" not in meta:
        finalizer = "foregroundDeletion" if policy == "Foreground" else "orphan"
        meta["finalizers"] = [*meta.get("finalizers", []), finalizer]
    grace = _grace(stored.resource, obj, options)
    if meta.get("finalizers") or grace or stored.resource is NAMESPACES:
        return _mark(store, stored, obj, grace, dry)
    if not dry:
        store.drop(stored)
    if stored.resource.returned:
        return stored.whole
    return dump(success(stored.resource, stored.name, stored.uid))


def delete_all(store: KubeStore, resource: Resource, found: Sequence[Stored], options: Obj, dry: bool) -> bytes:
    """Delete many objects; gives the list of them."""
    for stored in found:
        delete(store, stored, {k: v for k, v in options.items() if k != "preconditions"}, dry)
    head = dump({"kind": f"{resource.kind}List", "apiVersion": resource.api_version})
    meta = dump({"resourceVersion": str(store.version)})
    return head[:-1] + b',"metadata":' + meta + b',"items":[' + b",".join(one.body for one in found) + b"]}"


def _check(stored: Stored, options: Obj) -> None:
    policy = options.get("propagationPolicy")
    if policy is not None and policy not in _POLICIES:
        names = ", ".join(f'"{name}"' for name in (*_POLICIES, "nil"))
        text = f'Unsupported value: "{policy}": supported values: {names}'
        raise invalid("DeleteOptions", "", [Cause("propagationPolicy", "FieldValueNotSupported", text)], "meta.k8s.io")
    wanted: Any = options.get("preconditions") or {}
    uid, version = wanted.get("uid"), wanted.get("resourceVersion")
    if uid is not None and uid != stored.uid:
        raise precondition(stored.resource, stored.name, "UID", uid, stored.uid)
    if version is not None and version != str(stored.version):
        raise precondition(stored.resource, stored.name, "ResourceVersion", version, str(stored.version))


def _grace(resource: Resource, obj: Obj, options: Obj) -> int:
    """Seconds that a pod on a node is given to end; 0 for everything else."""
    if resource is not PODS or not obj["spec"].get("nodeName"):
        return 0
    if obj.get("status", {}).get("phase") in ("Succeeded", "Failed"):
        return 0
    asked = options.get("gracePeriodSeconds")
    return int(obj["spec"].get("terminationGracePeriodSeconds", 30) if asked is None else asked)


def _mark(store: KubeStore, stored: Stored, obj: Obj, grace: int, dry: bool) -> bytes:
    meta = obj["metadata"]
    if "deletionTimestamp" in meta and meta.get("deletionGracePeriodSeconds", 0) <= grace:
        return stored.whole
    meta["deletionTimestamp"] = stamp(store.clock() + grace)
    if stored.resource is NAMESPACES:
        obj["status"] = {**obj.get("status", {}), "phase": "Terminating"}
    else:
        meta["deletionGracePeriodSeconds"] = grace
    if dry:
        return stored.resource.head + pack(obj, stored.version)[1:]
    return store.write(stored.resource, obj, stored).whole
