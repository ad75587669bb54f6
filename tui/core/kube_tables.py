"""What one Kubernetes cluster last said, with indexes and the claims that each change concerns.

One writer (the feed in `tui.sync`), many readers. An object is replaced whole; an equal one that only has a
newer resourceVersion is stored without telling anyone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from tui.core.kube import KINDS, Key, KubeObject
from tui.core.kube_links import links
from tui.core.kube_lookups import KubeLookups
from tui.core.kube_touch import Touches


@dataclass(frozen=True, slots=True)
class PartState:
    """How well one kind is known: since when (epoch seconds), and why when it is not live.

    `only` is the one namespace that is read where rights reach no further, "" when all are.
    """

    state: Literal["live", "loading", "stale", "denied", "unreachable"] = "loading"
    since: float = 0.0
    reason: str = ""
    only: str = ""


class KubeTables(KubeLookups):
    """The tables as their one writer sees them."""

    def __init__(self) -> None:
        super().__init__()
        self._touches = Touches(self)
        self._parts = {kind: PartState() for kind in KINDS}
        self._listed: set[str] = set()
        self._version: tuple[int, int] | None = None
        self._revision = 0
        self._heard = 0.0

    @property
    def revision(self) -> int:
        """Grows with every change that a reader can see."""
        return self._revision

    @property
    def version(self) -> tuple[int, int] | None:
        """The version of Kubernetes, for example (1, 25); None until it was told."""
        return self._version

    @property
    def heard(self) -> float:
        """The newest moment that any object told of (epoch seconds): the cluster's clock, whatever ours says."""
        return self._heard

    def set_version(self, version: tuple[int, int]) -> None:
        """The API server told its version; what is wrong with a claim may depend on it."""
        if version != self._version:
            self._version = version
            self._revision += 1
            self._touches.everything()

    @property
    def parts(self) -> Mapping[str, PartState]:
        """How well each kind is known; of MORE_KINDS those that were told of."""
        return MappingProxyType(self._parts)

    def set_part(self, kind: str, part: PartState) -> None:
        """Note how well a kind is known; its objects stay. Raises KeyError for an unknown kind."""
        before = self._parts.get(kind) if kind in self._tables else self._parts[kind]
        if part == before:
            return
        self._parts[kind] = part
        self._revision += 1
        if (part.state == "denied") != (before is not None and before.state == "denied"):
            self._touches.everything()

    def is_listed(self, kind: str) -> bool:
        """Whether a kind was read whole at least once: only then does "not there" mean that it does not exist."""
        return kind in self._listed

    def put(self, kind: str, obj: KubeObject) -> bool:
        """Store an object; True when a reader can see a change. Raises KeyError for an unknown kind."""
        table, key = self._tables[kind], obj.key
        self._heard = max(self._heard, obj.told)
        old = table.get(key)
        if old is not None and old == obj:
            if old.version != obj.version:
                table[key] = obj
            return False
        table[key] = obj
        self._link(kind, key, old, obj)
        return True

    def drop(self, kind: str, key: Key) -> bool:
        """Forget an object; False when it was not there. Raises KeyError for an unknown kind."""
        old = self._tables[kind].pop(key, None)
        if old is None:
            return False
        self._link(kind, key, old, None)
        return True

    def replace(self, kind: str, objs: Iterable[KubeObject]) -> int:
        """Make a kind hold exactly these objects, all of them as one list told; the number of changes.

        Objects that are the same stay the ones that they were. Raises KeyError for an unknown kind.
        """
        changes, gone = 0, set(self._tables[kind])
        for obj in objs:
            changes += self.put(kind, obj)
            gone.discard(obj.key)
        for key in gone:
            changes += self.drop(kind, key)
        self.mark_listed(kind)
        return changes

    def mark_listed(self, kind: str) -> None:
        """All objects of a kind were put one by one: from now on what is not there does not exist."""
        if kind not in self._listed:
            self._listed.add(kind)
            self._revision += 1
            self._touches.everything()

    def take_touched(self) -> set[Key]:
        """The claims whose findings may have changed since the last call.

        Keys of claims that are gone are among them, and of claims that only a pod, a StatefulSet or a volume names.
        """
        return self._touches.take()

    def _link(self, kind: str, key: Key, old: KubeObject | None, new: KubeObject | None) -> None:
        before = links(kind, old) if old is not None else []
        after = links(kind, new) if new is not None else []
        if before != after:
            for name, where in before:
                self._indexes[name].discard(where, key)
            for name, where in after:
                self._indexes[name].add(where, key)
        self._revision += 1
        self._touches.change(kind, key, old, new)
