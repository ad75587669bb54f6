"""A table whose rows form a tree that opens and closes."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.glyphs import glyphs
from tui.widgets.table_messages import TableMessage
from tui.widgets.virtual_table import Row, VirtualTable


class TreeTable(VirtualTable[Row]):
    """Rows in tree order, parents first; `depth` says how deep a row stands, 0 is a root.

    The owner gives all rows to `set_rows`; those below a closed row are left out here. Rows less
    deep than `open_depth` are open at first; the admin's choice is kept by key. The guides stand
    in the first column.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "open", "Open", show=False, id="tree.open"),
        Binding("left,h", "close", "Close", show=False, id="tree.close"),
        Binding("space", "fold", "Open or close", show=False, id="tree.toggle"),
    ]

    @dataclass
    class Toggled(TableMessage):
        """A row was opened or closed by the admin."""

        key: Hashable
        is_open: bool

    def __init__(
        self,
        columns: Sequence[Column],
        render_row: Callable[[Row], Sequence[Cell]],
        row_key: Callable[[Row], Hashable],
        depth: Callable[[Row], int],
        *,
        open_depth: int = 99,
        empty: str = "Nothing to show.",
    ) -> None:
        super().__init__(columns, render_row, row_key, empty=empty)
        self._depth = depth
        self._open_depth = open_depth
        self._chosen: dict[Hashable, bool] = {}
        self._all: Sequence[Row] = ()
        self._depths: list[int] = []
        self._following: list[int] = []
        self._parents: list[bool] = []

    @property
    def all_rows(self) -> Sequence[Row]:
        """The rows that were given, those below closed ones too."""
        return self._all

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show this tree (the list is kept, not copied); what is open, the cursor and the page stay."""
        self._all = rows
        self._show()

    def is_open(self, row: Row) -> bool:
        """Whether the rows below this one are shown."""
        return self._chosen.get(self._row_key(row), self._depth(row) < self._open_depth)

    def set_open(self, key: Hashable, is_open: bool) -> None:
        """Open or close one row."""
        self._chosen[key] = is_open
        self._show()

    def open_to(self, depth: int) -> None:
        """Open all rows less deep than `depth` and close the others; the cursor goes to the parent that is left."""
        self._chosen.clear()
        self._open_depth = depth
        while self._rows and self._depths[self._cursor] > depth:
            self.move_cursor(self._parent_of(self._cursor))
        self._show()

    def reveal(self, key: Hashable) -> bool:
        """Open what hides a row and put the cursor on it; False when there is no such row."""
        above: list[Row] = []
        for row in self._all:
            del above[self._depth(row) :]
            if self._row_key(row) == key:
                self._chosen.update((self._row_key(parent), True) for parent in above)
                self._show()
                return self.move_to_key(key)
            above.append(row)
        return False

    def action_open(self) -> None:
        """Open the row; when it is open already go to its first child."""
        if not self._rows or not self._parents[self._cursor]:
            return
        if self.is_open(self._rows[self._cursor]):
            self.move_cursor(self._cursor + 1)
        else:
            self._toggle(self._cursor)

    def action_close(self) -> None:
        """Close the row; when it is closed or a leaf go to its parent."""
        if not self._rows:
            return
        if self._parents[self._cursor] and self.is_open(self._rows[self._cursor]):
            self._toggle(self._cursor)
        else:
            self.move_cursor(self._parent_of(self._cursor))

    def action_fold(self) -> None:
        """Open or close the row."""
        if self._rows:
            self._toggle(self._cursor)

    def clicked(self, index: int, x: int, chain: int) -> None:
        """A click on the guides opens or closes; elsewhere a double click selects."""
        if self._parents[index] and x <= 2 * self._depths[index] + 1:
            self._toggle(index)
        else:
            super().clicked(index, x, chain)

    def lead(self, index: int) -> str:
        """The guides and the sign that says open or closed."""
        signs, depth = glyphs(), self._depths[index]
        sign = (signs.opened if self.is_open(self._rows[index]) else signs.closed) if self._parents[index] else ""
        if depth == 0:
            return (sign or " ") + " "
        following = self._following[index]
        bars = "".join(f"{signs.bar} " if following >> level & 1 else "  " for level in range(1, depth))
        return bars + (signs.branch if following >> depth & 1 else signs.last) + (sign or signs.dash) + " "

    def _toggle(self, index: int) -> None:
        if self._parents[index]:
            row = self._rows[index]
            is_open = not self.is_open(row)
            self.set_open(self._row_key(row), is_open)
            self.post_message(self.Toggled(self, self._row_key(row), is_open))

    def _parent_of(self, index: int) -> int:
        """The place of a row's parent, of the row itself when it is a root."""
        above = range(index - 1, -1, -1)
        return next((place for place in above if self._depths[place] < self._depths[index]), index)

    def _show(self) -> None:
        """Leave out what is below closed rows, and note for each row left what its guides need."""
        shown, depths, parents = self._unfold()
        following, mask = [0] * len(shown), 0
        for place in range(len(shown) - 1, -1, -1):
            depth = depths[place]
            following[place] = mask
            mask = mask & ((1 << depth) - 1) | 1 << depth
        self._depths, self._parents, self._following = depths, parents, following
        super().set_rows(shown)

    def _unfold(self) -> tuple[list[Row], list[int], list[bool]]:
        shown: list[Row] = []
        depths: list[int] = []
        parents: list[bool] = []
        limit = last = -1
        for row in self._all:
            depth = self._depth(row)
            if depth > last and parents:  # a row left out has been told of by the closed one above it
                parents[-1] = True
            last = depth
            if 0 <= limit < depth:
                continue
            shown.append(row)
            depths.append(depth)
            parents.append(False)
            limit = -1 if self.is_open(row) else depth
        return shown, depths, parents
