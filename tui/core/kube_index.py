"""Which objects are found under which value: kept beside a table and changed with it."""

from collections.abc import Collection, Hashable, Iterator

from tui.core.kube_object import Key


class Index:
    """Keys of objects by some value of theirs.

    A value that one object has alone holds its bare key: most do, and a set for each costs 200 bytes.
    """

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: dict[Hashable, Key | set[Key]] = {}

    def add(self, where: Hashable, key: Key) -> None:
        """Note that the object `key` has the value `where`."""
        held = self._places.get(where)
        if held is None:
            self._places[where] = key
        elif isinstance(held, set):
            held.add(key)
        elif held != key:
            self._places[where] = {held, key}

    def discard(self, where: Hashable, key: Key) -> None:
        """Forget that; nothing happens when it was not noted."""
        held = self._places.get(where)
        if isinstance(held, set):
            held.discard(key)
            if len(held) == 1:
                self._places[where] = held.pop()
        elif held == key:
            del self._places[where]

    def at(self, where: Hashable) -> Collection[Key]:
        """The keys of all objects with a value, in no order; do not change, do not keep."""
        held = self._places.get(where)
        if held is None:
            return ()
        return held if isinstance(held, set) else (held,)

    def __iter__(self) -> Iterator[Hashable]:
        """All values that some object has."""
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def contents(self) -> dict[Hashable, frozenset[Key]]:
        """All of it, as it would be built from scratch; for tests."""
        return {where: frozenset(self.at(where)) for where in self._places}
