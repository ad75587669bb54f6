"""Rows by key that stay sorted, searched and narrowed while single ones change: a change costs what it is, not what
the table is."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from time import thread_time
from typing import Any, Final, Generic, TypeVar, overload

from tui.widgets.query import Query

K = TypeVar("K", bound=Hashable)
Row = TypeVar("Row")
Rank = tuple[Any, ...]

SINGLY: Final = 150
"""From so many changes at once on, where that is more than a hundredth of the rows, all rows are merged anew."""

READY_AT_ONCE: Final = 100


class RowsView(Sequence[Row]):
    """Rows in the order of a list of keys, looked up when they are drawn."""

    __slots__ = ("_keys", "_rows")

    def __init__(self, keys: Sequence[Any], rows: dict[Any, Row]) -> None:
        self._keys, self._rows = keys, rows

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            return [self._rows[key] for key in self._keys[place]]
        return self._rows[self._keys[place]]

    def __iter__(self) -> Iterator[Row]:
        return map(self._rows.__getitem__, self._keys)


class SortedRows(Generic[K, Row]):
    """Holds all rows of a table. `rank` sorts (equal ranks by key), `severity` > 0 is a fault, `line` is searched in.

    Changes are taken with `put` and `drop`, and seen after `flush`. `groups` counts the rows by `group`.
    """

    def __init__(
        self,
        rank: Callable[[Row], Rank],
        severity: Callable[[Row], int],
        line: Callable[[Row], str],
        group: Callable[[Row], Hashable] = lambda row: None,
    ) -> None:
        self._rank, self._severity, self._line, self._group = rank, severity, line, group
        self.groups: Counter[Hashable] = Counter()
        self._rows: dict[K, Row] = {}
        self._waiting: dict[K, tuple[Row, Rank] | None] = {}
        self._ranks: list[Rank] = []
        self._keys: list[K] = []
        self._faults: set[K] = set()
        self._lines: dict[K, str] = {}
        self._searches = False
        self._unready: list[K] = []
        self._query = Query()
        self._faults_only = False
        self._matching: set[K] = set()

    def __len__(self) -> int:
        """All rows, hidden ones too."""
        return len(self._rows)

    def get(self, key: K) -> Row | None:
        """The row of a key, as of the last flush."""
        return self._rows.get(key)

    def __iter__(self) -> Iterator[Row]:
        """All rows in no order."""
        return iter(self._rows.values())

    def keys(self) -> set[K]:
        """The keys of all rows, of those that wait for the flush as well."""
        gone = {key for key, row in self._waiting.items() if row is None}
        return (self._rows.keys() | self._waiting.keys()) - gone

    def differing(self, table: Mapping[K, Row]) -> list[K]:
        """The keys under which a table holds another object than this, none, or one that is not here."""
        rows = self._rows
        new = [key for key, row in table.items() if rows.get(key) is not row]
        return new if len(new) + len(rows) == len(table) else [*new, *(key for key in rows if key not in table)]

    @property
    def faults(self) -> int:
        """How many rows are faults."""
        return len(self._faults)

    def put(self, key: K, row: Row) -> None:
        """A new row, or what a row is now."""
        if key not in self._waiting and self._rows.get(key) == row:
            self._rows[key] = row  # it says the same, but may be another object
        else:
            self._waiting[key] = (row, (*self._rank(row), key))

    def drop(self, key: K) -> None:
        """There is no such row any more."""
        self._waiting[key] = None

    @property
    def waiting(self) -> int:
        """How many changes wait for the flush."""
        return len(self._waiting)

    def flush(self) -> set[K]:
        """Take all changes in; the keys of the rows that look otherwise now, came or went."""
        changed = {key: new for key, new in self._waiting.items() if new is not None or key in self._rows}
        self._waiting = {}
        for key, new in changed.items():
            self._count(self._rows.get(key), None if new is None else new[0])
        if len(changed) > max(SINGLY, len(self._rows) // 100):
            self._merge(changed)
        else:
            for key, new in changed.items():
                self._move(key, new)
        for key, new in changed.items():
            self._note(key, None if new is None else new[0])
        return set(changed)

    def sort_by(self, rank: Callable[[Row], Rank]) -> None:
        """Sort by something else."""
        self._rank = rank
        self._waiting = {
            key: None if new is None else (new[0], (*rank(new[0]), key)) for key, new in self._waiting.items()
        }
        self._sort(list(self._rows))

    def narrow(self, query: Query, faults_only: bool) -> None:
        """Show only what matches; an empty query matches all."""
        self._query, self._faults_only = query, faults_only
        self._select()

    def prepare(self, seconds: float) -> bool:
        """Get ready to search, for so much CPU; True when that is done. What is not ready is not found until then."""
        if not self._searches:
            self._searches = True
            self._unready = list(self._rows)
        until = thread_time() + seconds
        while self._unready:
            for key in self._unready[-READY_AT_ONCE:]:
                row = self._rows.get(key)
                if row is not None and key not in self._lines:
                    self._lines[key] = self._line(row)
            del self._unready[-READY_AT_ONCE:]
            if thread_time() > until:
                break
        return not self._unready

    def shown(self, reverse: bool = False) -> list[K]:
        """The keys of the rows to show, in order; a list of its own."""
        keys = self._keys
        if self._query or self._faults_only:
            keys = [key for key in keys if key in self._matching]
        return keys[::-1] if reverse else keys.copy()

    def view(self, keys: Sequence[K]) -> RowsView[Row]:
        """The rows of these keys."""
        return RowsView(keys, self._rows)

    def place_of(self, key: K) -> int:
        """The place of a row among all, -1 when it is not there."""
        row = self._rows.get(key)
        return -1 if row is None else bisect_left(self._ranks, (*self._rank(row), key))

    def _move(self, key: K, new: tuple[Row, Rank] | None) -> None:
        before = self._rows.get(key)
        old = None if before is None else (*self._rank(before), key)
        rank = None if new is None else new[1]
        if old != rank:
            if old is not None:
                place = bisect_left(self._ranks, old)
                del self._ranks[place], self._keys[place]
            if rank is not None:
                place = bisect_left(self._ranks, rank)
                self._ranks.insert(place, rank)
                self._keys.insert(place, key)
        self._keep(key, new)

    def _count(self, before: Row | None, row: Row | None) -> None:
        if before is not None:
            self.groups[self._group(before)] -= 1
        if row is not None:
            self.groups[self._group(row)] += 1

    def _keep(self, key: K, new: tuple[Row, Rank] | None) -> None:
        if new is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = new[0]

    def _merge(self, changed: dict[K, tuple[Row, Rank] | None]) -> None:
        if self._rows.keys().isdisjoint(changed):
            ranks = self._ranks.copy()
        else:
            ranks = [rank for rank in self._ranks if rank[-1] not in changed]
        for key, new in changed.items():
            self._keep(key, new)
            if new is not None:
                ranks.append(new[1])
        ranks.sort()  # two runs that are sorted already cost little
        self._ranks, self._keys = ranks, [rank[-1] for rank in ranks]

    def _sort(self, keys: list[K]) -> None:
        rank, rows = self._rank, self._rows
        self._ranks = sorted((*rank(rows[key]), key) for key in keys)
        self._keys = [rank[-1] for rank in self._ranks]

    def _note(self, key: K, row: Row | None) -> None:
        """What searching and hiding need to know of a row."""
        if row is not None and self._severity(row) > 0:
            self._faults.add(key)
        else:
            self._faults.discard(key)
        self._lines.pop(key, None)
        self._matching.discard(key)
        if row is None or not (self._searches or self._query or self._faults_only):
            return
        if self._searches:
            self._lines[key] = self._line(row)
        if self._matches(key):
            self._matching.add(key)

    def _matches(self, key: K) -> bool:
        if self._faults_only and key not in self._faults:
            return False
        return not self._query or bool(self._query.select([self._lines.get(key, "")]))

    def _select(self) -> None:
        if self._query:
            keys = [key for key in self._lines if key in self._faults] if self._faults_only else list(self._lines)
            lines = list(map(self._lines.__getitem__, keys)) if self._faults_only else list(self._lines.values())
            self._matching = {keys[place] for place in self._query.select(lines)}
        else:
            self._matching = set(self._faults) if self._faults_only else set()
