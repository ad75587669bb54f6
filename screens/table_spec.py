"""A kind of table as data: columns, cells, sort keys; and what filter, faults-only and sorting do with rows. Pure."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from rich.text import Text

from tui.widgets.bar import usage_bar
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.query import Query, searchable

Row = TypeVar("Row")

Ranked = tuple[Any, ...]
"""What one column sorts by; compared only with the same column of other rows."""


_THIN: Final = str.maketrans("█▏▎▍▌▋▊▉", "━╸╸╸╸╸╸╸")


@dataclass(frozen=True, slots=True)
class View:
    """How the admin wants to see a table: sorted by what, which rows."""

    sort: str = "state"
    reverse: bool = False
    faults_only: bool = False
    query: Query = field(default_factory=Query)

    @property
    def is_narrowed(self) -> bool:
        """Whether rows may be left out."""
        return self.faults_only or bool(self.query)


@dataclass(frozen=True)
class TableSpec(Generic[Row]):
    """Everything a table needs to know about its rows; all functions are pure.

    `severity` is 0 for what is well, `then` breaks ties, so that rows never swap places by chance.
    """

    columns: Sequence[Column]
    cells: Callable[[Row], Sequence[Cell]]
    key: Callable[[Row], Hashable]
    rank: Callable[[Row, str], Ranked]
    severity: Callable[[Row], int]
    then: Callable[[Row], Ranked]

    def arrange(self, rows: Iterable[Row], view: View) -> list[Row]:
        """The rows to show, in order."""
        kept = [row for row in rows if self.severity(row) > 0] if view.faults_only else list(rows)
        if view.query:
            kept = [kept[place] for place in view.query.select([self.line(row) for row in kept])]
        kept.sort(key=self.then)
        kept.sort(key=lambda row: self.rank(row, view.sort), reverse=view.reverse)
        return kept

    def line(self, row: Row) -> str:
        """The row as one line to search in."""
        return searchable({c.key: cell_text(cell) for c, cell in zip(self.columns, self.cells(row), strict=True)})


def cell_text(cell: Cell) -> str:
    """A cell's text without its style."""
    if isinstance(cell, tuple):
        return cell[0]
    return cell.plain if isinstance(cell, Text) else cell


def use_cell(fraction: float | None) -> Cell:
    """How full something is, as a bar with its number; thin, so that bars below each other don't melt into one."""
    bar = usage_bar(fraction, 13)
    return Text(bar.plain.translate(_THIN), bar.style, spans=bar.spans)
