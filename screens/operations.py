"""All operations of the site, past and present, the newest first."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.export import export
from screens.operation_rows import COLUMNS, NEWEST, RUNS, Run, merge
from screens.record import RecordDialog
from screens.running import resume, run_flow, undo, watch
from screens.words import BAD, DIM
from tui.actions import DIALOG, OPERATIONS, TABLE, bindings
from tui.ops.history import Entry
from tui.ops.journal_schema import JournalError
from tui.widgets.filter_bar import FilterBar
from tui.widgets.query import Query
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui.site import Site

NOTHING = "Nothing was run on this site yet."


class OperationsDialog(Dialog[None]):
    """Enter opens one; what can be done about it stands on keys. Read again each second."""

    action_contexts = (OPERATIONS, TABLE, DIALOG)
    BINDINGS = [*bindings(OPERATIONS), Binding("slash", "filter", "Filter", show=False)]
    keys = (("Enter", "open"), ("u", "undo"), ("R", "resume"), ("e", "export"), ("/", "filter"), ("Esc", "back"))
    heading = "Operations"

    def __init__(self, site: "Site") -> None:
        super().__init__()
        self._site = site
        self._entries: list[Entry] = []
        self._query = Query()
        self._read = False

    def compose_body(self) -> ComposeResult:
        """The filter, what is wrong with the journal, the list."""
        yield FilterBar([column.key for column in COLUMNS])
        yield Static(id="journal-problem", markup=False)
        yield VirtualTable[Run](COLUMNS, RUNS.cells, RUNS.key, empty="Reading the journal…")

    def on_mount(self) -> None:
        """Keep it true."""
        self.query_one(".box").add_class("-wide", "-tall")
        self.query_one("#journal-problem").display = False
        self.query_one(VirtualTable).focus()
        self._fill()
        self._look()
        self.set_interval(1.0, self._look)

    @work(group="journal", exclusive=True)
    async def _look(self) -> None:
        note = self.query_one("#journal-problem", Static)
        try:
            self._entries = await self._site.history()
            note.display = False
        except JournalError as error:
            note.update(plain((f"{error.reason}: ", BAD), (error.remedy, DIM)))
            note.display = True
        self._read = True
        self._fill()

    def _fill(self) -> None:
        everything = merge(self._entries, self._site.operations)
        rows = RUNS.arrange(everything, replace(NEWEST, query=self._query))
        table = self.query_one(VirtualTable)
        if self._read:
            table.set_empty(f"No row matches. {len(everything)} are hidden; Esc shows them." if everything else NOTHING)
        table.set_rows(rows)
        self.query_one(FilterBar).show_count(len(rows), len(everything))

    @property
    def _selected(self) -> Run | None:
        return self.query_one(VirtualTable).cursor_item

    @on(VirtualTable.RowSelected)
    def _open(self) -> None:
        row = self._selected
        if row is None:
            return
        if row.live is not None and (row.is_running or not row.is_recorded):
            watch(self.app, row.live)
        else:
            run_flow(self.app, self._open_record(row.id), "reading the operation")

    async def _open_record(self, operation: str) -> None:
        record = await self._site.record(operation)
        self.app.push_screen(RecordDialog(self._site, record, time.time()))

    def action_undo(self) -> None:
        """Review what would be taken back."""
        if self._selected is not None:
            undo(self.app, self._selected.id)

    def action_resume(self) -> None:
        """Go on with it."""
        if self._selected is not None:
            resume(self.app, self._selected.id)

    def action_export(self) -> None:
        """Into a file."""
        if self._selected is not None:
            export(self.app, self._site, self._selected.id)

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open()

    @on(FilterBar.Changed)
    def _filtered(self, event: FilterBar.Changed) -> None:
        self._query = event.query
        self._fill()

    @on(FilterBar.Left)
    def _filter_left(self) -> None:
        self.query_one(VirtualTable).focus()

    def go_back(self) -> None:
        """Escape: out of the filter first."""
        if self._query:
            self.query_one(FilterBar).action_clear()
        else:
            self.dismiss(None)
