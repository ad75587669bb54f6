"""The objects of the simulated Kubernetes: one counter of versions, sorted tables, and a bounded history.

Objects are kept as bytes, made once a version: a list is a join of them, a watch line one more join. What reads
an object gets its own copy and may change it.
"""

import json
import random
import time
import uuid
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from tui.demo.kube_resources import NAMESPACES, RESOURCES, Obj, Resource, resource_of

_META: Final = (
    "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp",
    "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers",
)  # fmt: skip
_FIRST_VERSION: Final = 200


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of an object. `body` is its JSON as in a list: without kind and apiVersion."""

    resource: Resource
    namespace: str
    name: str
    uid: str
    version: int
    body: bytes

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def whole(self) -> bytes:
        """The JSON of the object on its own."""
        return self.resource.head + self.body[1:]

    def obj(self) -> Obj:
        """A copy of the object to read and to change."""
        return {"kind": self.resource.kind, "apiVersion": self.resource.api_version, **json.loads(self.body)}


@dataclass(slots=True)
class Change:
    """ADDED, MODIFIED or DELETED (then `new` is what was there, with the version of the deletion)."""

    type: str
    new: Stored
    old: Stored | None
    _line: bytes = b""

    @property
    def line(self) -> bytes:
        """As a line of a watch."""
        self._line = self._line or watch_line(self.type, self.new)
        return self._line


def watch_line(kind: str, stored: Stored) -> bytes:
    """A line of a watch."""
    return b'{"type":"%s","object":%s}\n' % (kind.encode(), stored.whole)


@dataclass(slots=True)
class Table:
    """The objects of one kind. `floor` is the oldest version from which a watch can go on."""

    objects: dict[str, Stored] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    history: deque[Change] = field(default_factory=deque)
    floor: int = 0


Listener = Callable[[Change], None]


class KubeStore:
    """All objects. `history` is how many changes of each kind can be watched again."""

    def __init__(self, *, seed: int = 1, history: int = 20_000, clock: Callable[[], float] = time.time) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - names, no secrets
        self.clock, self.history = clock, history
        self.version = _FIRST_VERSION
        self.tables = {resource.plural: Table() for resource in RESOURCES}
        self.listeners: list[Listener] = []

    def now(self) -> str:
        """The time as in creationTimestamp."""
        return stamp(self.clock())

    def get(self, resource: Resource, namespace: str, name: str) -> Stored | None:
        """An object, None when there is none."""
        return self.tables[resource.plural].objects.get(f"{namespace}/{name}")

    def read(self, resource: Resource, namespace: str, name: str) -> Obj | None:
        """A copy of an object, None when there is none."""
        found = self.get(resource, namespace, name)
        return found.obj() if found else None

    def all(self, resource: Resource, namespace: str = "") -> list[Stored]:
        """The objects of a kind, of one namespace or of all, in the order of their keys."""
        table = self.tables[resource.plural]
        if not namespace:
            return [table.objects[key] for key in table.keys]
        first, end = bisect_left(table.keys, f"{namespace}/"), bisect_left(table.keys, f"{namespace}0")
        return [table.objects[key] for key in table.keys[first:end]]

    def put(self, obj: Obj) -> Stored:
        """Create or replace an object as it is, past all admission; what it lacks of identity is filled in."""
        resource = resource_of(obj)
        meta = obj["metadata"]
        self._need_namespace(meta.get("namespace", "") if resource.namespaced else "")
        old = self.get(resource, meta.get("namespace", ""), meta["name"])
        if old and "uid" not in meta:
            meta = {**meta, "uid": old.uid}
        return self.write(resource, {**obj, "metadata": meta}, old)

    def load(self, objects: Iterable[Obj]) -> None:
        """Put many objects at once, of which no watch and no controller is told."""
        touched = set()
        for obj in objects:
            resource = resource_of(obj)
            table = self.tables[resource.plural]
            stored = self._pack(resource, obj)
            table.objects[stored.key] = stored
            touched.add(resource.plural)
        for plural in touched:
            table = self.tables[plural]
            table.keys = sorted(table.objects)
            table.history.clear()
            table.floor = self.version
        known = self.tables[NAMESPACES.plural].objects
        for name in {key.partition("/")[0] for plural in touched for key in self.tables[plural].keys} - {""}:
            if f"/{name}" not in known:
                self._need_namespace(name)

    def write(self, resource: Resource, obj: Obj, old: Stored | None) -> Stored:
        """Keep an object in a new version and tell everyone."""
        stored = self._pack(resource, obj)
        table = self.tables[resource.plural]
        if stored.key not in table.objects:
            insort(table.keys, stored.key)
        table.objects[stored.key] = stored
        self._tell(table, Change("MODIFIED" if old else "ADDED", stored, old))
        return stored

    def update(self, stored: Stored, change: Callable[[Obj], None]) -> Stored:
        """Change the newest version of an object; nothing happens where it stays the same.

        Takes it away when it was being deleted and lost its last finalizer. Raises KeyError when it is gone.
        """
        newest = self.tables[stored.resource.plural].objects[stored.key]
        obj = newest.obj()
        change(obj)
        return self.settle(newest, obj)

    def settle(self, old: Stored, obj: Obj) -> Stored:
        """Keep a changed object, or take it away when nothing holds it any more."""
        if "deletionTimestamp" in obj["metadata"] and _held(obj) is False and not _waits(obj):
            self.drop(old)
            return old
        if pack(obj, old.version) == old.body:
            return old
        return self.write(old.resource, obj, old)

    def delete(self, resource: Resource, namespace: str, name: str) -> None:
        """Take an object away at once, whatever holds it. Raises KeyError."""
        self.drop(self.tables[resource.plural].objects[f"{namespace}/{name}"])

    def drop(self, stored: Stored) -> None:
        """Take an object away at once; the last watch line shows it as it was."""
        table = self.tables[stored.resource.plural]
        del table.objects[stored.key]
        del table.keys[bisect_left(table.keys, stored.key)]
        self.version += 1
        old = json.loads(stored.body)
        last = Stored(stored.resource, stored.namespace, stored.name, stored.uid, self.version, pack(old, self.version))
        self._tell(table, Change("DELETED", last, stored))

    def forget(self, plural: str = "") -> None:
        """Forget the history, of one kind or of all: every older watch ends with 410."""
        for name, table in self.tables.items():
            if plural in ("", name):
                table.history.clear()
                table.floor = self.version

    def new_uid(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def _need_namespace(self, name: str) -> None:
        if name and self.get(NAMESPACES, "", name) is None:
            spec = {"finalizers": ["kubernetes"]}
            labels = {"kubernetes.io/metadata.name": name}
            meta = {"name": name, "labels": labels}
            self.put({"kind": "Namespace", "metadata": meta, "spec": spec, "status": {"phase": "Active"}})

    def _pack(self, resource: Resource, obj: Obj) -> Stored:
        self.version += 1
        meta = dict(obj["metadata"])
        meta.setdefault("uid", "")
        meta["uid"] = meta["uid"] or self.new_uid()
        meta["creationTimestamp"] = meta.get("creationTimestamp") or self.now()
        if not resource.namespaced:
            meta.pop("namespace", None)
        namespace = str(meta.get("namespace", ""))
        body = pack({**obj, "metadata": meta}, self.version)
        return Stored(resource, namespace, meta["name"], meta["uid"], self.version, body)

    def _tell(self, table: Table, change: Change) -> None:
        if len(table.history) >= self.history:
            table.floor = table.history.popleft().new.version
        table.history.append(change)
        for listener in self.listeners:
            listener(change)


def pack(obj: Obj, version: int) -> bytes:
    """The JSON of an object in the order of a real server, without kind and apiVersion."""
    meta = obj["metadata"]
    ordered = {name: meta[name] for name in _META if meta.get(name) not in (None, "", {}, [])}
    ordered["resourceVersion"] = str(version)
    rest = {name: value for name, value in obj.items() if name not in ("kind", "apiVersion", "metadata")}
    return dump({"metadata": {name: ordered[name] for name in _META if name in ordered}, **rest})


def dump(value: object) -> bytes:
    """JSON without blanks."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def stamp(seconds: float) -> str:
    """A time of Kubernetes, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _held(obj: Obj) -> bool:
    return bool(obj["metadata"].get("finalizers"))


def _waits(obj: Obj) -> bool:
    """Whether a deletion waits for a kubelet, or a namespace for what is in it."""
    return bool(obj["metadata"].get("deletionGracePeriodSeconds")) or bool(
        obj["kind"] == "Namespace" and obj.get("spec", {}).get("finalizers")
    )
