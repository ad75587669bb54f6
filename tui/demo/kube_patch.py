"""Patches: JSON patch (RFC 6902), merge patch (RFC 7386) and the strategic merge of Kubernetes."""

import copy
import json
from typing import Any, Final

from tui.demo.kube_resources import Obj
from tui.demo.kube_status import ApiError, bad_request, rejected, status

# lists whose entries are merged by a key, others are replaced
_KEYS: Final = {
    "containers": "name", "initContainers": "name", "volumes": "name", "env": "name", "volumeMounts": "mountPath",
    "ownerReferences": "uid", "conditions": "type", "imagePullSecrets": "name", "hostAliases": "ip", "secrets": "name",
}  # fmt: skip
_SETS: Final = ("finalizers",)
_DELETE: Final = "$deleteFromPrimitiveList/"


def patched(obj: Obj, kind: str, body: Any) -> Obj:
    """The object after a patch of the kind "json-patch", "merge-patch" or "strategic-merge-patch". Raises ApiError."""
    new = copy.deepcopy(obj)
    if kind == "json-patch":
        if not isinstance(body, list):
            raise bad_request(
                "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch"
            )
        for step in body:
            _json_step(new, step)
        return new
    if not isinstance(body, dict):
        raise bad_request(
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"
        )
    merged = merge(new, body) if kind == "merge-patch" else _strategic(new, body)
    if not isinstance(merged, dict):
        raise rejected()
    return merged


def merge(target: Any, patch: Any) -> Any:
    """A merge patch: null takes away, objects are merged, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    found = target if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merge(found.get(name), value)
    return found


def _json_step(obj: Obj, step: Any) -> None:
    try:
        kind, path = step["op"], step["path"]
        match kind:
            case "test":
                if _at(obj, path) != step.get("value"):
                    raise rejected()
            case "remove":
                _remove(obj, path)
            case "add":
                _add(obj, path, step["value"])
            case "replace":
                _remove(obj, path)
                _add(obj, path, step["value"])
            case "move" | "copy":
                value = copy.deepcopy(_at(obj, step["from"]))
                if kind == "move":
                    _remove(obj, step["from"])
                _add(obj, path, value)
            case _:
                raise rejected()
    except (LookupError, TypeError, ValueError) as error:
        raise rejected() from error


def _words(path: str) -> list[str]:
    return [word.replace("~1", "/").replace("~0", "~") for word in path.split("/")[1:]]


def _at(obj: Any, path: str) -> Any:
    for word in _words(path):
        obj = obj[int(word)] if isinstance(obj, list) else obj[word]
    return obj


def _parent(obj: Any, path: str) -> tuple[Any, str]:
    *way, last = _words(path)
    for word in way:
        obj = obj[int(word)] if isinstance(obj, list) else obj[word]
    return obj, last


def _remove(obj: Any, path: str) -> None:
    parent, last = _parent(obj, path)
    if isinstance(parent, list):
        del parent[int(last)]
    else:
        del parent[last]


def _add(obj: Any, path: str, value: Any) -> None:
    parent, last = _parent(obj, path)
    if not isinstance(parent, list):
        parent[last] = value
    elif last == "-":
        parent.append(value)
    elif int(last) > len(parent):
        raise IndexError(last)
    else:
        parent.insert(int(last), value)


def _strategic(target: Any, patch: Obj) -> Any:
    if patch.get("$patch") == "replace":
        return {name: value for name, value in patch.items() if name != "$patch"}
    if patch.get("$patch") == "delete":
        return {}
    found = target if isinstance(target, dict) else {}
    for name, value in patch.items():
        if name.startswith(_DELETE):
            plain = name.removeprefix(_DELETE)
            found[plain] = [entry for entry in found.get(plain, []) if entry not in value]
        elif name.startswith("$"):
            continue
        elif value is None:
            found.pop(name, None)
        elif isinstance(value, dict):
            found[name] = _strategic(found.get(name), value)
        elif isinstance(value, list):
            found[name] = _strategic_list(name, found.get(name) or [], value)
        else:
            found[name] = value
    return found


def _strategic_list(name: str, old: list[Any], patch: list[Any]) -> list[Any]:
    if name in _SETS:
        return [*old, *(entry for entry in patch if entry not in old)]
    key = "port" if name == "ports" and all("containerPort" not in entry for entry in patch) else _KEYS.get(name, "")
    key = "containerPort" if name == "ports" and not key else key
    if not key or any(not isinstance(entry, dict) for entry in (*old, *patch)):
        return patch
    if any(entry.get("$patch") == "replace" for entry in patch):
        return [entry for entry in patch if "$patch" not in entry]
    found = list(old)
    for entry in patch:
        if "$patch" not in entry and key not in entry:
            raise bad_request(f"map: map{json.dumps(entry)} does not contain declared merge key: {key}")
        place = next((number for number, other in enumerate(found) if other.get(key) == entry.get(key)), -1)
        if entry.get("$patch") == "delete":
            found = [other for number, other in enumerate(found) if number != place]
        elif place < 0:
            found.append(entry)
        else:
            found[place] = _strategic(found[place], entry)
    return found


class Owners:
    """Who applied which fields (server-side apply in its simple form: a list is one field)."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[str, dict[tuple[str, ...], Any]]] = {}

    def apply(self, key: str, current: Obj | None, body: Obj, manager: str, force: bool) -> Obj:
        """The object after the application of `body`. Raises ApiError (409) where another manager owns a field."""
        mine = dict(_leaves(body))
        others = self._fields.setdefault(key, {})
        if current is None:
            others.clear()
        clashes = [
            (name, path)
            for name, fields in others.items()
            for path, value in fields.items()
            if name != manager and path in mine and mine[path] != value
        ]
        if clashes and not force:
            raise _conflict(clashes)
        for name, path in clashes:
            del others[name][path]
        new = copy.deepcopy(current) if current else {}
        for path in set(others.get(manager, {})) - set(mine):
            if not any(path in fields for name, fields in others.items() if name != manager):
                _drop(new, path)
        for path, value in mine.items():
            _set(new, path, value)
        others[manager] = mine
        return new


def _leaves(value: Obj, way: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    found: list[tuple[tuple[str, ...], Any]] = []
    for name, inner in value.items():
        path = (*way, name)
        if path in (("kind",), ("apiVersion",), ("metadata", "name"), ("metadata", "namespace")):
            continue
        found += _leaves(inner, path) if isinstance(inner, dict) and inner else [(path, inner)]
    return found


def _drop(obj: Obj, path: tuple[str, ...]) -> None:
    *way, last = path
    for word in way:
        obj = obj.get(word, {})
    obj.pop(last, None)


def _set(obj: Obj, path: tuple[str, ...], value: Any) -> None:
    *way, last = path
    for word in way:
        obj = obj.setdefault(word, {})
    obj[last] = value


def _conflict(clashes: list[tuple[str, tuple[str, ...]]]) -> ApiError:
    causes = [
        {"reason": "FieldManagerConflict", "message": f'conflict with "{name}"', "field": "." + ".".join(path)}
        for name, path in clashes
    ]
    count = f"{len(causes)} conflict" + ("s" if len(causes) > 1 else "")
    texts = "; ".join(f"{cause['message']}: {cause['field']}" for cause in causes)
    return ApiError(status(409, "Conflict", f"Apply failed with {count}: {texts}", {"causes": causes}))
