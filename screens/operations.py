"""The operations of this session, the newest first."""

import time
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult

from screens.dialog import Dialog
from screens.operation import OperationDialog
from screens.strips import result_line
from screens.words import BAD, DIM, GOOD, WARN, one_line
from tui.core.units import format_age
from tui.ops.events import Status
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui.ops.operation import Operation
    from tui.site import Site

COLUMNS: Final = (
    Column("state", "STATE", 11),
    Column("title", "OPERATION", grow=2, least=20),
    Column("started", "STARTED", 9, align="right"),
    Column("took", "TOOK", 7, align="right"),
    Column("result", "RESULT", grow=1, least=10, priority=1),
)


class OperationsDialog(Dialog[None]):
    """Enter opens one."""

    keys = (("Enter", "open"), ("Esc", "back"))

    def __init__(self, site: "Site") -> None:
        super().__init__()
        self.heading = "Operations of this session"
        self._site = site

    def compose_body(self) -> ComposeResult:
        """The list."""
        nothing = "Nothing was run in this session yet."
        yield VirtualTable["Operation"](COLUMNS, cells, id, empty=nothing)

    def on_mount(self) -> None:
        """Keep it true."""
        self.query_one(".box").add_class("-wide", "-tall")
        self._fill()
        self.set_interval(1.0, self._fill)

    def _fill(self) -> None:
        self.query_one(VirtualTable).set_rows(list(reversed(self._site.operations)))

    @on(VirtualTable.RowSelected)
    def _open(self) -> None:
        operation = self.query_one(VirtualTable).cursor_item
        if operation is not None:
            self.app.push_screen(OperationDialog(operation))


def cells(operation: "Operation") -> tuple[Cell, ...]:
    """An operation as a row."""
    outcome = operation.outcome
    ended = sum(r.status not in (Status.WAITING, Status.RUNNING) for r in operation.reports.values())
    result = "" if outcome is None else result_line(operation)[1][0]
    return (
        _state(operation),
        one_line(operation.plan.title),
        time.strftime("%H:%M:%S", time.localtime(operation.started_at)),
        format_age(operation.seconds),
        (result or f"{ended} of {len(operation.reports)} steps", DIM),
    )


def _state(operation: "Operation") -> Cell:
    outcome = operation.outcome
    if outcome is None:
        return ("▶ running", WARN)
    if outcome.failed:
        return ("✗ failed", BAD)
    return ("■ cancelled", WARN) if outcome.cancelled else ("✓ done", GOOD)
