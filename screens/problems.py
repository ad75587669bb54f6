"""All that is wrong with a file, at once, with line and column."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.words import BAD, DIM, WARN, one_line
from tui.core.document import Problem
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable

COLUMNS: Final = (
    Column("severity", "", 9),
    Column("where", "LINE:COL", 9, align="right"),
    Column("message", "WHAT IS WRONG", grow=1, least=30),
)


class ProblemsDialog(Dialog[bool]):
    """True: read the file again; False: go on with warnings; None: give up."""

    BINDINGS = [Binding("r", "again", "Read again", show=False), Binding("y", "go_on", "Go on", show=False)]

    def __init__(self, path: str, problems: Sequence[Problem], *, can_go_on: bool) -> None:
        super().__init__()
        self._path, self._problems, self._can_go_on = path, list(problems), can_go_on
        self.heading = "The file has warnings" if can_go_on else "The file can't be loaded"
        self.keys = (("r", "read it again"), ("Esc", "back"))
        if can_go_on:
            self.keys = (("y", "go on"), *self.keys)

    def compose_body(self) -> ComposeResult:
        """The list, and the selected problem in full."""
        errors = sum(problem.severity == "error" for problem in self._problems)
        count = f"{errors} errors, {len(self._problems) - errors} warnings"
        yield Static(plain((self._path, "bold"), (f"   {count}", BAD if errors else WARN)), markup=False)
        yield VirtualTable[Problem](COLUMNS, cells, id)
        yield Static(id="problem-full", markup=False)

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(".box").add_class("-wide", "-tall")
        self.query_one(VirtualTable).set_rows(self._problems)

    def on_virtual_table_row_highlighted(self) -> None:
        """The whole sentence, in the form that editors understand."""
        problem = self.query_one(VirtualTable).cursor_item
        if problem is not None:
            self.query_one("#problem-full", Static).update(plain(str(problem)))

    def action_again(self) -> None:
        """The admin mended it in an editor."""
        self.dismiss(True)

    def action_go_on(self) -> None:
        """Warnings are no reason to stop."""
        if self._can_go_on:
            self.dismiss(False)


def cells(problem: Problem) -> tuple[Cell, ...]:
    """A problem as a row."""
    tone = BAD if problem.severity == "error" else WARN
    glyph = "✗" if problem.severity == "error" else "▲"
    return (
        (f"{glyph} {problem.severity}", tone),
        (f"{problem.line}:{problem.column}", DIM),
        one_line(problem.message),
    )
