"""One table of objects of Kubernetes: filled in slices, kept sorted while single rows change."""

from collections.abc import Hashable, Iterable, Sequence
from time import thread_time
from typing import ClassVar, Final, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer

from screens.arranged import Arranged
from screens.kube_health import grouped
from screens.kube_spec import KubeSpec, age_text
from screens.table_spec import View
from tui.core.kube import Key
from tui.core.kube_source import KubeSource
from tui.widgets.cells import Cell
from tui.widgets.filter_bar import FilterBar
from tui.widgets.sorted_rows import SortedRows
from tui.widgets.virtual_table import VirtualTable

Row = TypeVar("Row")

SLICE_SECONDS: Final = 0.012
"""So much of the processor goes into making rows before keys are served again."""
FLUSH_SECONDS: Final = 0.25
"""So much of the processor goes by before the table is shown anew, while there are rows to make."""
FLUSH_SHARE: Final = 12
MOST_WAITING: Final = 10_000
PAUSE_SECONDS: Final = 0.004


class KubeView(Arranged, Vertical, Generic[Row]):
    """A table with its filter. `update` takes in what changed; rows that wait are made beside the keys."""

    spec: KubeSpec[Row]
    kind: ClassVar[str] = ""
    word: ClassVar[str] = ""
    nothing: ClassVar[str] = "Nothing to show."

    class Shown(Message):
        """Other rows are on the table, or the same with another look."""

    def __init__(self) -> None:
        super().__init__(id=f"kube-{self.kind}", classes="kube-view")
        self.view = View()
        self.now = 0.0
        self.source: KubeSource | None = None
        self.table = VirtualTable[Row](self.spec.columns, self.cells, self.spec.key)
        self._bar = FilterBar([column.key for column in self.spec.columns])
        self._rows = self._new_rows()
        self._todo: dict[Key, None] = {}
        self._working: Timer | None = None
        self._next_flush = 0.0
        self._ages: dict[Key, str] = {}

    def _new_rows(self) -> SortedRows[Key, Row]:
        spec = self.spec
        return SortedRows(spec.rank(self.view.sort), spec.severity, spec.line, self.group)

    def compose(self) -> ComposeResult:
        """The filter line and the table."""
        yield self._bar
        yield self.table

    def on_mount(self) -> None:
        """Show how rows are sorted from the start."""
        self.table.show_sort(self.view.sort, self.view.reverse)

    # What a kind of rows says of itself

    def group(self, row: Row) -> Hashable:
        """(state, severity): what rows are counted by."""
        raise NotImplementedError

    def make(self, source: KubeSource, key: Key) -> Row | None:
        """The row of a key as it is now, None when there is none (any more)."""
        raise NotImplementedError

    def changed_keys(self, source: KubeSource) -> Iterable[Key]:
        """The keys whose rows may look otherwise since the last call."""
        raise NotImplementedError

    def cells(self, row: Row) -> Sequence[Cell]:
        """The cells of a row now."""
        return self.spec.cells(row, self.now)

    # What the pane asks

    @property
    def rows(self) -> SortedRows[Key, Row]:
        """All rows."""
        return self._rows

    @property
    def is_busy(self) -> bool:
        """Whether rows wait to be made."""
        return bool(self._todo)

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        return self.table.cursor_item

    def watch_source(self, source: KubeSource | None) -> None:
        """Another cluster, or none."""
        self.source = source
        self._todo.clear()
        self._rows = self._new_rows()
        self._narrow()
        self._show()

    def update_rows(self, now: float) -> None:
        """Take in what changed, at `now` seconds since the epoch."""
        self.now = now
        if self.source is not None:
            self._todo.update(dict.fromkeys(self.changed_keys(self.source)))
            if self._working is None:
                self._work()

    def tick(self, now: float) -> None:
        """A second went by: rows whose age reads otherwise are drawn again."""
        self.now = now
        ages = {}
        for place in self.table.visible_range:
            row = self.table.rows[place]
            ages[self.spec.key(row)] = age_text(self.spec.created(row), now)
        older = [key for key, age in ages.items() if self._ages.get(key, age) != age]
        self._ages = ages
        if older:
            self.table.refresh_rows(older)

    def health(self) -> list[tuple[str, str]]:
        """The counts for the title."""
        return grouped(self._rows.groups, self.word)

    # Filling

    def _work(self) -> None:
        """Make rows for a slice of time."""
        self._working = None
        source, todo = self.source, self._todo
        if source is None:
            return
        until = thread_time() + SLICE_SECONDS
        made = 0
        while todo:
            key, _ = todo.popitem()
            row = self.make(source, key)
            if row is None:
                self._rows.drop(key)
            else:
                self._rows.put(key, row)
            made += 1
            if made % 16 == 0 and thread_time() > until:
                break
        if not todo or thread_time() > self._next_flush or self._rows.waiting > MOST_WAITING:
            self._flush()
        if todo:
            self._working = self.set_timer(PAUSE_SECONDS, self._work)

    def _flush(self) -> None:
        started = thread_time()
        changed = self._rows.flush()
        if changed:
            self._show(changed)
        elif not self._todo:
            self.table.set_empty(self.why_empty())
        # showing must not cost more than a small part of the time, however many rows and however busy the machine
        self._next_flush = thread_time() + max(FLUSH_SECONDS, FLUSH_SHARE * (thread_time() - started))

    def _show(self, changed: set[Key] | None = None) -> None:
        keys = self._rows.shown(self.view.reverse)
        self.table.set_empty(self.why_empty())
        self.table.set_keyed_rows(self._rows.view(keys), keys, changed)
        if self._bar.has_class("-open"):
            self._bar.show_count(len(keys), len(self._rows))
        self.post_message(self.Shown())

    def why_empty(self) -> str:
        """What to say where there is no row."""
        total = len(self._rows)
        if total and self.view.query:
            return f"No row matches the filter. {total:,} rows are hidden; Esc shows them."
        if total and self.view.faults_only:
            return f"No faults here. f shows all {total:,} rows again."
        part = self.source.tables.parts.get(self.kind) if self.source else None
        if part is None or self.source is None:
            return self.nothing
        if part.state == "denied":
            return f"Denied: cannot list {self.kind}. {part.reason}"
        if not self.source.tables.is_listed(self.kind):
            why = f" {part.reason}" if part.state == "unreachable" else ""
            return f"Waiting for the first {self.word} of the API server.{why}"
        return self.nothing

    # How the admin looks at it

    def set_view(self, view: View) -> None:
        """Look at the rows another way."""
        before, self.view = self.view, view
        if view.sort != before.sort:
            self._rows.sort_by(self.spec.rank(view.sort))
        self.table.show_sort(view.sort, view.reverse)
        if (view.query, view.faults_only) != (before.query, before.faults_only):
            self._narrow()
        self._show()

    def _narrow(self) -> None:
        self._rows.narrow(self.view.query, self.view.faults_only)

    def sort_keys(self) -> list[str]:
        """The columns."""
        return [column.key for column in self.spec.columns]

    def open_filter(self) -> None:
        """Let the admin type a filter; the rows are got ready for it meanwhile."""
        super().open_filter()
        self._prepare()

    def _prepare(self) -> None:
        if not self._rows.prepare(SLICE_SECONDS):
            self.set_timer(PAUSE_SECONDS, self._prepare)
        elif self.view.query:
            self._narrow()
            self._show()

    def mark(self, keys: frozenset[Key]) -> None:
        """Light up rows; where none of them is on screen, bring the first there without moving the cursor."""
        table = self.table
        if keys == table.marked:
            return
        table.marked = keys
        if self.view.is_narrowed or not keys:
            return
        last = table.row_count - 1
        found = [place for place in map(self._rows.place_of, keys) if place >= 0]
        places = sorted(last - place if self.view.reverse else place for place in found)
        if places and not set(places) & set(table.visible_range):
            table.scroll_to(y=max(0, places[0] - 1), animate=False, immediate=True)
