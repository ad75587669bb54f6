"""Paints the lines of a table: shares the width among its columns and turns cells into strips."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from textwrap import wrap
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.cache import LRUCache
from textual.markup import MarkupError
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from tui.widgets.cells import Cell, Run, clean, fit, runs, width_of
from tui.widgets.columns import Column, Layout, lay_out
from tui.widgets.glyphs import glyphs

Cells = list[list[Run]]


class RowState(NamedTuple):
    """What decides the look of a row beside its cells."""

    at_cursor: bool
    focused: bool
    marked: bool

    @property
    def part(self) -> str:
        return "cursor" if self.at_cursor else "marked" if self.marked else "row"

    @property
    def marker(self) -> str:
        """The sign before the row, so that nothing depends on colours."""
        signs = glyphs()
        if self.at_cursor and self.focused:
            return signs.cursor_mark if self.marked else signs.cursor
        return signs.mark if self.marked else signs.cursor_blurred if self.at_cursor else " "


class Painter:
    """Holds the columns, their widths on screen, and the rows and styles seen so far. Widths are terminal cells.

    A `part` names a component class of the owner ("header" is `virtual-table--header`).
    """

    def __init__(self, owner: Widget, columns: Sequence[Column]) -> None:
        self._owner = owner
        self._sort: tuple[str, bool] | None = None
        self._looks: dict[tuple[str, str], RichStyle] = {}
        self._known: LRUCache[Hashable, Cells] = LRUCache(512)
        self._strips: LRUCache[tuple[Hashable, RowState], Strip] = LRUCache(1024)
        self._layout = Layout()
        self._width = 0
        self.set_columns(columns)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show these columns, as narrow as their titles until rows are learnt."""
        self.columns = tuple(columns)
        self._natural = [width_of([(self._title(column), "")]) for column in self.columns]
        self.forget_rows()

    def show_sort(self, column: str | None, reverse: bool) -> bool:
        """Put the sort marker on a column's title, None takes it away; True when it was not there before."""
        before, self._sort = self._sort, None if column is None else (column, reverse)
        if self._sort != before:
            self.set_columns(self.columns)
        return self._sort != before

    def known(self, key: Hashable) -> Cells | None:
        """The cells of a row that was learnt before."""
        return self._known.get(key)

    def learn(self, key: Hashable, cells: Sequence[Cell], lead: str) -> Cells:
        """Take in a row, with `lead` before its first cell, and how much width it asks for.

        What wider rows asked for before stays, so that columns don't jitter while scrolling.
        """
        learnt = [runs(cell) for cell in cells]
        if lead:
            learnt[0].insert(0, (lead, ""))
        self._natural = [max(n, width_of(cell)) for n, cell in zip(self._natural, learnt, strict=True)]
        self._known[key] = learnt
        return learnt

    def arrange(self, width: int) -> bool:
        """Share the width among the columns; True when lines look other than before."""
        before = self._width, self._layout
        self._width, self._layout = width, lay_out(self.columns, self._natural, width - 1)
        changed = before != (self._width, self._layout)
        if changed:
            self.forget_strips()
        return changed

    def column_at(self, x: int) -> Column | None:
        """The column at cell `x` of a line."""
        place = self._layout.column_at(x - 1)
        return None if place is None else self.columns[place]

    def forget_rows(self, keys: Collection[Hashable] | None = None) -> None:
        """These rows (None: all) would be rendered otherwise now."""
        self.forget_strips()
        for key in list(self._known.keys()):
            if keys is None or key in keys:
                self._known.discard(key)

    def forget_styles(self) -> None:
        """The theme or the state of the owner changed."""
        self._looks.clear()
        self.forget_strips()

    def forget_strips(self) -> None:
        """The columns or a look changed."""
        self._strips.clear()

    def header(self) -> Strip:
        """The line of titles."""
        return self._line(self._row([[(self._title(column), "")] for column in self.columns], " "), "header")

    def row(self, key: Hashable, cells: Cells, state: RowState) -> Strip:
        """One row: its marker, then each cell cut to its column."""
        strip = self._strips.get((key, state))
        if strip is None:
            strip = self._strips[key, state] = self._line(self._row(cells, state.marker), state.part)
        return strip

    def note(self, text: str, y: int) -> Strip:
        """Line `y` of a text that stands where rows would; line breaks are kept."""
        lines = [line for part in text.split("\n") for line in wrap(clean(part), max(10, self._width - 2)) or [""]]
        return self._line([(" " + "".join(lines[y : y + 1]), "")], "empty")

    def _row(self, cells: Sequence[Sequence[Run]], marker: str) -> Iterable[Run]:
        yield marker, ""
        for place, room in zip(self._layout.places, self._layout.widths, strict=True):
            column = self.columns[place]
            yield from fit(cells[place], room, column.align, column.cut)
            yield " " * self._layout.gap, ""

    def _line(self, pieces: Iterable[Run], part: str) -> Strip:
        segments: list[Segment] = []
        for text, style in pieces:
            look = self._look(part, style)
            if segments and segments[-1].style is look:
                segments[-1] = Segment(segments[-1].text + text, look)
            else:
                segments.append(Segment(text, look))
        return Strip(segments).adjust_cell_length(self._width, self._look(part, ""))

    def _title(self, column: Column) -> str:
        if self._sort is None or self._sort[0] != column.key:
            return clean(column.title)
        return clean(column.title) + (glyphs().descending if self._sort[1] else glyphs().ascending)

    def _look(self, part: str, style: str) -> RichStyle:
        look = self._looks.get((part, style))
        if look is None:
            over = _parse(style) if style else Style()
            if part == "cursor" and self._owner.has_focus:  # a cell's own colour may not be readable on the cursor's
                over = Style(bold=over.bold, italic=over.italic, underline=over.underline, strike=over.strike)
            name = f"virtual-table--{part}"
            base = self._owner.get_visual_style(name)
            reverse = Style(reverse=self._owner.get_component_styles(name).text_style.reverse)  # left out by the former
            look = self._looks[part, style] = (base + reverse + over).rich_style
        return look


def _parse(style: str) -> Style:
    """A Textual style; one that is none (a Rich name in a Text from elsewhere) is no reason to fail."""
    try:
        return Style.parse(style)
    except (MarkupError, ValueError):
        return Style()
