"""Which changes of an object are refused, with the words of real servers."""

import json
from typing import Any

from tui.demo.kube_resources import Obj, Resource
from tui.demo.kube_status import Cause, Version
from tui.demo.kube_validate import SOURCES, refuse, wrong
from tui.dialects.kube_quantity import parse_quantity


def check_change(resource: Resource, old: Obj, new: Obj, version: Version) -> None:
    """Whether an object may be changed like this. Raises ApiError (422)."""
    causes = _finalizers(old, new)
    match resource.kind:
        case "PersistentVolumeClaim":
            causes += _claim(old, new, version)
        case "PersistentVolume":
            causes += _volume(old.get("spec", {}), new.get("spec", {}))
        case "StorageClass":
            causes += _class(old, new)
        case "Secret":
            if old.get("type") != new.get("type"):
                causes.append(wrong("type", str(new.get("type")), "field is immutable"))
        case "StatefulSet":
            causes += _set(old["spec"], new["spec"])
    refuse(resource, new, causes)


def _forbidden(field: str, why: str) -> Cause:
    return Cause(field, "FieldValueForbidden", f"Forbidden: {why}")


def _finalizers(old: Obj, new: Obj) -> list[Cause]:
    if "deletionTimestamp" not in old["metadata"]:
        return []
    before = old["metadata"].get("finalizers") or []
    added = [name for name in new["metadata"].get("finalizers") or [] if name not in before]
    if not added:
        return []
    names = ", ".join(f'"{name}"' for name in added)
    why = "no new finalizers can be added if the object is being deleted, found new finalizers []string{" + names + "}"
    # real servers say it twice: once for the metadata, once for the kind
    return [_forbidden("metadata.finalizers", why)] * (2 if new["kind"] == "PersistentVolumeClaim" else 1)


def _claim(old: Obj, new: Obj, version: Version) -> list[Cause]:
    before, after = dict(old["spec"]), dict(new["spec"])
    if not before.get("volumeName"):
        before.pop("volumeName", None)
        after.pop("volumeName", None)
    if version >= (1, 26) and "storageClassName" not in before:
        after.pop("storageClassName", None)
    if old.get("status", {}).get("phase") == "Bound":
        had, wants = _request(before), _request(after)
        before.pop("resources", None)
        after.pop("resources", None)
        if before == after and wants < had:
            return [_forbidden("spec.resources.requests.storage", "field can not be less than previous value")]
    if before == after:
        return []
    what = "resources.requests" if version < (1, 29) else "resources.requests and volumeAttributesClassName"
    why = f"spec is immutable after creation except {what} for bound claims\n"
    return [_forbidden("spec", why + _difference("PersistentVolumeClaimSpec", old["spec"], new["spec"]))]


def _request(spec: Obj) -> int:
    requests = (spec.get("resources") or {}).get("requests") or {}
    return parse_quantity(requests.get("storage")) or 0


def _volume(old: Obj, new: Obj) -> list[Cause]:
    causes = []
    before: Obj = {name: old[name] for name in SOURCES if name in old}
    after: Obj = {name: new[name] for name in SOURCES if name in new}
    if before != after:
        why = "spec.persistentvolumesource is immutable after creation\n"
        causes.append(
            _forbidden("spec.persistentvolumesource", why + _difference("PersistentVolumeSource", before, after))
        )
    if old.get("volumeMode", "Filesystem") != new.get("volumeMode", "Filesystem"):
        causes.append(wrong("spec.volumeMode", str(new.get("volumeMode")), "field is immutable"))
    if old.get("nodeAffinity") and old["nodeAffinity"] != new.get("nodeAffinity"):
        causes.append(wrong("spec.nodeAffinity", json.dumps(new.get("nodeAffinity")), "field is immutable"))
    return causes


def _class(old: Obj, new: Obj) -> list[Cause]:
    causes = []
    if (old.get("parameters") or {}) != (new.get("parameters") or {}):
        causes.append(_forbidden("parameters", "updates to parameters are forbidden."))
    for name in ("provisioner", "reclaimPolicy"):
        if old.get(name) != new.get(name):
            causes.append(_forbidden(name, f"updates to {name} are forbidden."))
    if old.get("volumeBindingMode") != new.get("volumeBindingMode"):
        causes.append(wrong("volumeBindingMode", str(new.get("volumeBindingMode")), "field is immutable"))
    return causes


def _set(old: Obj, new: Obj) -> list[Cause]:
    free = ("replicas", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy", "minReadySeconds")
    if {k: v for k, v in old.items() if k not in free} == {k: v for k, v in new.items() if k not in free}:
        return []
    names = "'replicas', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'"
    return [_forbidden("spec", f"updates to statefulset spec for fields other than {names} are forbidden")]


def _difference(name: str, old: Obj, new: Obj) -> str:
    """The fields that differ, in the way of the real texts (which show their surroundings too)."""
    lines = [f"\u00a0\u00a0core.{name}{{"]
    for field in dict.fromkeys((*old, *new)):
        if old.get(field) != new.get(field):
            title = field[0].upper() + field[1:]
            lines += [f"-\u00a0\t{title}: {_shown(old.get(field))},", f"+\u00a0\t{title}: {_shown(new.get(field))},"]
    return "\n".join([*lines, "\u00a0\u00a0}", ""])


def _shown(value: Any) -> str:
    if value is None:
        return "nil"
    return f'&"{value}"' if isinstance(value, str) else json.dumps(value)
