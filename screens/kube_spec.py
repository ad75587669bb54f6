"""A kind of table whose rows come from Kubernetes, as data. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from screens.table_spec import Ranked
from screens.words import DIM
from tui.core.kube import Key
from tui.core.units import format_age
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.query import searchable

Row = TypeVar("Row")


@dataclass(frozen=True)
class KubeSpec(Generic[Row]):
    """Columns, and pure functions over a row: its cells at a time, key, severity, texts to search in by column,
    and for each column what it sorts by (without it: by the text)."""

    columns: Sequence[Column]
    cells: Callable[[Row, float], Sequence[Cell]]
    key: Callable[[Row], Key]
    severity: Callable[[Row], int]
    texts: Callable[[Row], dict[str, str]]
    ranks: dict[str, Callable[[Row], Ranked]]
    created: Callable[[Row], float]

    def rank(self, column: str) -> Callable[[Row], Ranked]:
        """What a column sorts by."""
        return self.ranks[column]

    def line(self, row: Row) -> str:
        """The row as one line to search in."""
        return searchable(self.texts(row))


def age_cell(created: float, now: float) -> Cell:
    """How old an object is, in its largest unit: ages that change each second would draw the table each second."""
    return (age_text(created, now), DIM)


def age_text(created: float, now: float) -> str:
    """ "3d" for 3 days and 7 hours; "-" where the API server did not tell."""
    if not created:
        return "-"
    age = max(0.0, now - created)
    if age >= 86400:
        return f"{int(age // 86400)}d"
    if age >= 3600:
        return f"{int(age // 3600)}h"
    return f"{int(age // 60)}m" if age >= 60 else format_age(age)
