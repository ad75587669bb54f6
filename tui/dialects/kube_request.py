"""Requests to the Kubernetes API: where objects are, how they are read, made, changed and deleted, and asked for.

Bodies are JSON text. A change says which life of the object it means (its uid) and which values it relies on, so
that the server itself refuses it when something else was faster.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from tui.core.json_fields import ABSENT, at
from tui.core.plan import Check, Command

Raw = Mapping[str, Any]
Fields = tuple[tuple[str, str], ...]

JSON: Final = "application/json"
JSON_PATCH: Final = "application/json-patch+json"
MERGE_PATCH: Final = "application/merge-patch+json"
METHODS: Final = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE"))

CLASS: Final = "StorageClass"
CLAIM: Final = "PersistentVolumeClaim"
VOLUME: Final = "PersistentVolume"

# kind: (path of the group and version, plural name, whether it has a namespace)
_KINDS: Final = {
    CLASS: ("/apis/storage.k8s.io/v1", "storageclasses", False),
    "CSIDriver": ("/apis/storage.k8s.io/v1", "csidrivers", False),
    VOLUME: ("/api/v1", "persistentvolumes", False),
    CLAIM: ("/api/v1", "persistentvolumeclaims", True),
    "Secret": ("/api/v1", "secrets", True),
    "Service": ("/api/v1", "services", True),
    "Endpoints": ("/api/v1", "endpoints", True),
    "Pod": ("/api/v1", "pods", True),
    "Node": ("/api/v1", "nodes", False),
    "Namespace": ("/api/v1", "namespaces", False),
    "StatefulSet": ("/apis/apps/v1", "statefulsets", True),
}


def is_request(command: Command) -> bool:
    """Whether a command is a request to an API and no program."""
    return len(command.argv) > 1 and command.argv[0] in METHODS and command.argv[1].startswith("/")


def api_version(kind: str) -> str:
    """ "storage.k8s.io/v1". Raises KeyError for a kind that is not known here."""
    return _KINDS[kind][0].removeprefix("/apis/").removeprefix("/api/")


def list_path(kind: str, namespace: str = "") -> str:
    """Where objects of a kind are; all namespaces where none is given. Raises KeyError for an unknown kind."""
    root, plural, _ = _KINDS[kind]
    return f"{root}/namespaces/{quote(namespace, safe='')}/{plural}" if namespace else f"{root}/{plural}"


def object_path(kind: str, namespace: str, name: str) -> str:
    """Where an object is. Raises KeyError for an unknown kind, ValueError where the namespace is missing."""
    if _KINDS[kind][2] and not namespace:
        raise ValueError(f"a {kind} has a namespace")
    return f"{list_path(kind, namespace if _KINDS[kind][2] else '')}/{quote(name, safe='')}"


def path_of(raw: Raw) -> str:
    """Where an object is that was read or is to be made."""
    return object_path(raw["kind"], raw["metadata"].get("namespace", ""), raw["metadata"]["name"])


def dumps(value: Any) -> str:
    """JSON as the API server writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read(path: str, *ok: int) -> Command:
    """GET an object or a list; 200 is well unless other codes are given."""
    return Command(("GET", path), timeout=30.0, ok=ok or (200,), sudo=False)


def create(manifest: Raw) -> Command:
    """POST a new object; a server that has one of this name answers 409."""
    kind, meta = manifest["kind"], manifest["metadata"]
    path = list_path(kind, meta.get("namespace", ""))
    return Command(("POST", path), dumps(manifest), timeout=60.0, ok=(200, 201, 202), sudo=False)


def delete(path: str, uid: str = "") -> Command:
    """DELETE this life of an object and no other; one that is gone already is well."""
    options: dict[str, Any] = {"kind": "DeleteOptions", "apiVersion": "v1"}
    if uid:
        options["preconditions"] = {"uid": uid}
    return Command(("DELETE", path), dumps(options), timeout=60.0, ok=(200, 202, 404), sudo=False)


def patch(path: str, uid: str, old: Raw, changes: Mapping[str, Any]) -> Command:
    """PATCH fields, by their JSON pointers; `ABSENT` takes a field away. `old` is the object as it was read.

    A JSON patch that tests every old value first, where what the fields are in is there; else a merge patch.
    """
    if all(isinstance(at(old, pointer.rpartition("/")[0]), dict) for pointer in changes):
        operations: list[dict[str, Any]] = [{"op": "test", "path": "/metadata/uid", "value": uid}]
        for pointer, value in changes.items():
            before = at(old, pointer)
            if before is not ABSENT:
                operations.append({"op": "test", "path": pointer, "value": before})
            operations += _operation(pointer, before, value)
        return _patch(path, JSON_PATCH, operations)
    return _patch(path, MERGE_PATCH, merge_body(uid, changes))


def merge_body(uid: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a merge patch that gives fields, by their JSON pointers, other values; `ABSENT` takes one away."""
    body: dict[str, Any] = {"metadata": {"uid": uid}}
    for pointer, value in changes.items():
        *way, last = names(pointer)
        place = body
        for part in way:
            place = place.setdefault(part, {})
        place[last] = None if value is ABSENT else value
    return body


def names(pointer: str) -> list[str]:
    """The names of the fields on the way to a value, from its JSON pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _operation(pointer: str, before: Any, value: Any) -> list[dict[str, Any]]:
    if value is ABSENT:
        return [] if before is ABSENT else [{"op": "remove", "path": pointer}]
    return [{"op": "add" if before is ABSENT else "replace", "path": pointer, "value": value}]


def take_from_list(path: str, uid: str, pointer: str, index: int, value: str) -> Command:
    """PATCH one entry out of a list, and nothing where another stands in its place by now."""
    where = f"{pointer}/{index}"
    operations = [
        {"op": "test", "path": "/metadata/uid", "value": uid},
        {"op": "test", "path": where, "value": value},
        {"op": "remove", "path": where},
    ]
    return _patch(path, JSON_PATCH, operations)


def merge(path: str, body: Raw) -> Command:
    """PATCH what is named, whatever it was; null takes a field away."""
    return _patch(path, MERGE_PATCH, body)


def _patch(path: str, content_type: str, body: Any) -> Command:
    return Command(("PATCH", path, content_type), dumps(body), timeout=60.0, ok=(200,), sudo=False)


def holds(path: str, fields: Mapping[str, Any], why: str) -> Check:
    """Whether an object is there and has these values (by pointer; `ABSENT`: has no such field)."""
    texts = tuple((pointer, "" if value is ABSENT else dumps(value)) for pointer, value in fields.items())
    return Check(read(path), fields=texts, why=why)


def gone(path: str, why: str) -> Check:
    """Whether there is no object of this name. A 404 of an unknown path or of a proxy is no answer."""
    return Check(read(path, 404), fields=(("/reason", '"NotFound"'),), why=why)


def gone_or_other(path: str, mark: str, why: str) -> Check:
    """Whether an object with this mark in it (its uid, the value of an annotation) is not there, or not any more."""
    return Check(read(path, 200, 404), matches=r'"kind"', absent=f'"{re.escape(mark)}"', why=why)


def leaves(value: Any, pointer: str = "") -> dict[str, Any]:
    """Every value in an object that holds no others, by its pointer; empty lists and objects are left out."""
    if isinstance(value, Mapping):
        pairs: Iterable[tuple[str, Any]] = ((k.replace("~", "~0").replace("/", "~1"), v) for k, v in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        pairs = ((str(number), one) for number, one in enumerate(value))
    else:
        return {pointer: value}
    return {key: leaf for name, one in pairs for key, leaf in leaves(one, f"{pointer}/{name}").items()}
