"""What the panes of the dashboard share: a table with its filter, faults-only, sorting, and marks from other panes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import is_
from typing import ClassVar, Final, Generic, TypeVar

from textual import getters, on
from textual.app import ComposeResult
from textual.message import Message

from screens.arranged import Arranged
from screens.health import Part
from screens.heketi_health import heketi_banner
from screens.marks import Marks, Thing, for_pane
from screens.table_spec import TableSpec, View
from screens.words import BAD, WARN
from tui.app import BrickyardApp
from tui.core.model import Snapshot
from tui.widgets.filter_bar import FilterBar
from tui.widgets.pane import Pane
from tui.widgets.virtual_table import VirtualTable

Row = TypeVar("Row", bound=Thing)
OPENING: Final = "The site is being opened…"


@dataclass
class ThingSelected(Message):
    """The cursor of a pane stands on another object; `opened` when Enter asked for its details."""

    thing: Thing | None
    opened: bool = False


class DashboardPane(Pane):
    """A pane that is given each new snapshot and keeps only how the admin looks at it."""

    app = getters.app(BrickyardApp)
    number: ClassVar[int] = 0
    heading: ClassVar[str] = ""

    def __init__(self, pane_id: str) -> None:
        super().__init__(title=f"{self.number} {self.heading}", pane_id=pane_id, classes="dashboard-pane")
        self.snapshot = Snapshot()
        self.now = 0.0

    def show_health(self, parts: list[Part]) -> None:
        """The one line of health in the title, once the site is open; the pane takes the tone of the worst part."""
        parts = parts if self.app.site is not None else []
        self.summary = " · ".join(text for text, _ in parts)
        tones = {tone for _, tone in parts}
        self.set_class(BAD in tones, "-bad")
        self.set_class(WARN in tones and BAD not in tones, "-warn")

    def show(self, snapshot: Snapshot, now: float) -> None:
        """A new snapshot, at `now` seconds since the epoch."""
        self.snapshot, self.now = snapshot, now

    def tick(self, now: float) -> None:
        """Time went by: ages grew."""
        self.now = now

    def mark(self, marks: Marks) -> None:
        """Light up what belongs to the row selected in another pane."""

    def set_faults_only(self, faults_only: bool) -> None:
        """Hide what is well, or show it again."""

    def open_filter(self) -> None:
        """Let the admin type a filter."""

    def sort_next(self) -> None:
        """Sort by the next column."""

    def sort_turn(self) -> None:
        """Turn the order around."""

    def go_back(self) -> bool:
        """Escape: whether there was something to go back from."""
        return False

    @property
    def selected(self) -> Thing | None:
        """The object under the cursor."""
        return None

    def focus_body(self) -> None:
        """Take the focus."""

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self, event: VirtualTable.RowHighlighted) -> None:
        event.stop()
        if self.has_focus_within:
            self.post_message(ThingSelected(self.selected))

    @on(VirtualTable.RowSelected)
    def _selected(self, event: VirtualTable.RowSelected) -> None:
        event.stop()
        self.post_message(ThingSelected(self.selected, opened=True))


class TablePane(Arranged, DashboardPane, Generic[Row]):
    """A pane with a flat table."""

    spec: TableSpec[Row]
    nothing: ClassVar[str] = "Nothing to show."
    of_volumes: ClassVar[bool] = False

    def __init__(self, pane_id: str) -> None:
        super().__init__(pane_id)
        self.view = View()
        self.all_rows: list[Row] = []

    def compose_body(self) -> ComposeResult:
        """The filter line and the table."""
        yield FilterBar([column.key for column in self.spec.columns])
        yield self.make_table()

    def make_table(self) -> VirtualTable[Row]:
        """The table itself."""
        return VirtualTable(self.spec.columns, self.spec.cells, self.spec.key)

    @property
    def table(self) -> VirtualTable[Row]:
        """The table."""
        return self.query_one(VirtualTable)

    def rows_of(self, snapshot: Snapshot) -> Iterable[Row]:
        """All objects of this pane."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Show how rows are sorted from the start."""
        self.show_sorting()

    def show_sorting(self) -> None:
        """Put the sign of the order on its column."""
        self.table.show_sort(self.view.sort, self.view.reverse)

    def show(self, snapshot: Snapshot, now: float) -> None:
        """Draw the rows anew, unless each is the same object as before; the cursor stays on its row."""
        super().show(snapshot, now)
        rows = list(self.rows_of(snapshot))
        is_same = rows and len(rows) == len(self.all_rows) and all(map(is_, rows, self.all_rows))
        if not rows and not self.all_rows:
            self.table.set_empty(self.why_empty())
        elif not is_same:
            self.all_rows = rows
            self.refill()

    def refill(self) -> None:
        """Filter, sort, and hand the rows to the table."""
        rows = self.arranged()
        self.table.set_empty(self.why_empty())
        self.table.set_rows(rows)
        self.query_one(FilterBar).show_count(len(rows), len(self.all_rows))
        if self.table.has_focus or self.has_focus_within:
            self.post_message(ThingSelected(self.selected))

    def arranged(self) -> list[Row]:
        """The rows to show, in order."""
        return self.spec.arrange(self.all_rows, self.view)

    def why_empty(self) -> str:
        """What to say where there is no row."""
        if self.app.site is None:
            return OPENING if self.app.opening else "No site is open. r tries again."
        if self.all_rows and self.view.query:
            return f"No row matches the filter. {len(self.all_rows)} rows are hidden; Esc shows them."
        if self.all_rows and self.view.faults_only:
            return f"No faults here. f shows all {len(self.all_rows)} rows again."
        waiting = sum(node.source.read_at is None for node in self.snapshot.nodes.values())
        if waiting and waiting == len(self.snapshot.nodes):
            return f"Waiting for the first answer of {waiting} node{'s' * (waiting > 1)}."
        if self.of_volumes and self.snapshot.awaits_volumes:
            return "The volumes are being read…"
        return heketi_banner(self.snapshot) or self.nothing

    def mark(self, marks: Marks) -> None:
        """Light up rows; where none of them is on screen, bring the first there without moving the cursor."""
        keys = for_pane(marks, self.id or "")
        if keys == self.table.marked:
            return
        self.table.marked = keys
        places = [place for place, row in enumerate(self.table.rows) if self.spec.key(row) in keys]
        if places and not set(places) & set(self.table.visible_range):
            self.table.scroll_to(y=max(0, places[0] - 1), animate=False, immediate=True)

    def set_faults_only(self, faults_only: bool) -> None:
        """Hide what is well, or show it again."""
        self.set_view(replace(self.view, faults_only=faults_only))

    def set_view(self, view: View) -> None:
        """Look at the rows another way."""
        self.view = view
        self.show_sorting()
        self.refill()

    def sort_keys(self) -> list[str]:
        """The columns."""
        return [column.key for column in self.spec.columns]

    @property
    def selected(self) -> Thing | None:
        """The object under the cursor."""
        return self.table.cursor_item

    def focus_body(self) -> None:
        """Take the focus."""
        self.table.focus()
