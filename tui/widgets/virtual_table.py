"""A table that draws only the rows on screen, so that its length costs next to nothing."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import ClassVar, Generic, TypeAlias, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.widgets import table_messages
from tui.widgets.cells import Cell, Run
from tui.widgets.columns import Column
from tui.widgets.painter import Painter, RowState
from tui.widgets.scrolling import resize_content

Row = TypeVar("Row")


class VirtualTable(ScrollView, Generic[Row], can_focus=True):
    """Rows of any kind, drawn by a pure `render_row`, told apart by `row_key` (unique and hashable).

    The owner sorts and filters the list and gives it to `set_rows`. Text is never parsed as markup.
    """

    DEFAULT_CSS = """
    VirtualTable {
        height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1;
        & > .virtual-table--header { text-style: bold underline; color: $text-accent; }
        & > .virtual-table--row { color: $foreground; }
        & > .virtual-table--empty { color: $text-muted; }
        & > .virtual-table--marked { text-style: bold; background: $accent 20%; }
        & > .virtual-table--cursor { background: $primary 30%; }
        &:ansi > .virtual-table--marked, &:ansi > .virtual-table--cursor { background: ansi_default; }
        &:focus > .virtual-table--cursor {
            color: $block-cursor-foreground; background: $block-cursor-background; text-style: $block-cursor-text-style;
        }
        &:nocolor:focus > .virtual-table--cursor { text-style: reverse; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"virtual-table--{part}" for part in ("header", "row", "empty", "marked", "cursor")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor(1)", "Down", show=False, id="table.down"),
        Binding("up,k", "cursor(-1)", "Up", show=False, id="table.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page-up"),
        Binding("home,g", "first", "First", show=False, id="table.first"),
        Binding("end,G", "last", "Last", show=False, id="table.last"),
        Binding("enter", "select", "Open", show=False, id="table.select"),
    ]
    ALLOW_SELECT = False

    RowHighlighted: TypeAlias = table_messages.RowHighlighted
    RowSelected: TypeAlias = table_messages.RowSelected
    HeaderClicked: TypeAlias = table_messages.HeaderClicked

    def __init__(
        self,
        columns: Sequence[Column],
        render_row: Callable[[Row], Sequence[Cell]],
        row_key: Callable[[Row], Hashable],
        *,
        empty: str = "Nothing to show.",
    ) -> None:
        self._render_row = render_row
        self._row_key = row_key
        self._empty = empty
        self._rows: Sequence[Row] = ()
        self._keys: Sequence[Hashable] = []
        self._cursor = 0
        self._marked: frozenset[Hashable] = frozenset()
        self._painter = Painter(self, columns)
        super().__init__()

    # What the owner sets and asks
    @property
    def rows(self) -> Sequence[Row]:
        """The rows as shown, in order."""
        return self._rows

    @property
    def row_count(self) -> int:
        return len(self._rows)

    @property
    def cursor_row(self) -> int:
        """The place of the cursor, 0 when there are no rows."""
        return self._cursor

    @property
    def cursor_key(self) -> Hashable:
        """The key under the cursor, None when there are no rows."""
        return self._keys[self._cursor] if self._keys else None

    @property
    def cursor_item(self) -> Row | None:
        """The row object under the cursor."""
        return self._rows[self._cursor] if self._rows else None

    @property
    def visible_range(self) -> range:
        """The places of the rows on screen."""
        top = self.scroll_offset.y
        return range(top, min(len(self._rows), top + self._page))

    @property
    def marked(self) -> frozenset[Hashable]:
        """Keys of the rows that are lit because something else was chosen elsewhere."""
        return self._marked

    @marked.setter
    def marked(self, keys: Iterable[Hashable]) -> None:
        marked = frozenset(keys)
        if marked != self._marked:
            self._marked = marked
            self.refresh()

    def set_empty(self, text: str) -> None:
        """What to say when there are no rows; blank lines are kept."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    def show_sort(self, column: str | None, reverse: bool = False) -> None:
        """Put the sort marker on the title of a column; None takes it away."""
        if self._painter.show_sort(column, reverse):
            self._forget()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; `render_row` must answer with as many cells, in the same order."""
        self._painter.set_columns(columns)
        self._forget()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows (the list is kept, not copied). The cursor stays on its key, the page where it was.

        When the key is gone the cursor stays at its place in the list.
        """
        self.set_keyed_rows(rows, list(map(self._row_key, rows)))

    def set_keyed_rows(
        self, rows: Sequence[Row], keys: Sequence[Hashable], changed: Collection[Hashable] | None = None
    ) -> None:
        """The same, with the keys at hand; only rows of `changed` keys look otherwise now. The lists are kept."""
        before, line = self.cursor_key, self._cursor - self.scroll_offset.y
        self._rows = rows
        self._keys = keys
        self._cursor = self._place_of(before, min(self._cursor, max(0, len(rows) - 1)))
        resize_content(self, Size(self.scrollable_content_region.width, len(rows) + 1))
        top = self.scroll_offset.y
        if 0 <= line < self._page and not top <= self._cursor < top + self._page:
            top = self._cursor - line
        self._scroll(max(0, min(top, len(rows) - self._page)))
        self._forget(changed)
        if self.cursor_key != before:
            self.post_message(self.RowHighlighted(self, self.cursor_key))

    def refresh_rows(self, keys: Collection[Hashable]) -> None:
        """Draw these rows again where they are on screen: `render_row` would answer otherwise now."""
        wanted = set(keys)
        self._painter.forget_rows(wanted)
        for index in self.visible_range:
            if self._keys[index] in wanted:
                self._refresh_row(index)
        self._fit()

    def move_cursor(self, row: int) -> None:
        """Put the cursor on a place (clamped to the list) and show it."""
        row = max(0, min(row, len(self._rows) - 1))
        if row != self._cursor:
            self._refresh_row(self._cursor)
            self._cursor = row
            self._refresh_row(row)
            self.post_message(self.RowHighlighted(self, self.cursor_key))
        self._show_cursor()

    def move_to_key(self, key: Hashable) -> bool:
        """Put the cursor on the row with this key; False when there is none."""
        place = self._place_of(key, -1)
        if place >= 0:
            self.move_cursor(place)
        return place >= 0

    # Keys and mouse
    def action_cursor(self, step: int) -> None:
        self.move_cursor(self._cursor + step)

    def action_page(self, pages: int) -> None:
        self.move_cursor(self._cursor + pages * max(1, self._page - 1))

    def action_first(self) -> None:
        self.move_cursor(0)

    def action_last(self) -> None:
        self.move_cursor(len(self._rows) - 1)

    def action_select(self) -> None:
        if self._keys:
            self.post_message(self.RowSelected(self, self.cursor_key))

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        if at.y == 0:
            column = self._painter.column_at(at.x)
            if column is not None:
                self.post_message(self.HeaderClicked(self, column))
            return
        index = at.y - 1 + self.scroll_offset.y
        if index < len(self._rows):
            self.move_cursor(index)
            self.clicked(index, at.x - 1, event.chain)

    def clicked(self, index: int, x: int, chain: int) -> None:
        """A row was clicked at cell `x` of its text, for the `chain`-th time in a row."""
        if chain == 2:
            self.action_select()

    def lead(self, index: int) -> str:
        """What stands before the first cell of a row: guides in a tree."""
        return ""

    # Drawing
    def on_resize(self) -> None:
        self._show_cursor()
        self._fit()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._fit()

    def notify_style_update(self) -> None:
        self._painter.forget_styles()
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        self._painter.arrange(self.scrollable_content_region.width)  # a scroll bar may have come or gone
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        if y == 0:
            return self._painter.header()
        index = y - 1 + self.scroll_offset.y
        if index < len(self._rows):
            return self._row(index)
        return self._painter.note("" if self._rows else self._empty, y - 1)

    def _row(self, index: int) -> Strip:
        key = self._keys[index]
        state = RowState(index == self._cursor, self.has_focus, key in self._marked)
        return self._painter.row(key, self._cells(index), state)

    # Bookkeeping
    @property
    def _page(self) -> int:
        return max(1, self.scrollable_content_region.height - 1)

    def _place_of(self, key: Hashable, otherwise: int) -> int:
        if 0 <= otherwise < len(self._keys) and self._keys[otherwise] == key:
            return otherwise
        try:
            return self._keys.index(key)
        except ValueError:
            return otherwise

    def _cells(self, index: int) -> list[list[Run]]:
        key = self._keys[index]
        known = self._painter.known(key)
        return known or self._painter.learn(key, self._render_row(self._rows[index]), self.lead(index))

    def _fit(self) -> None:
        """Share the width anew when the rows on screen ask for it."""
        for index in self.visible_range:
            self._cells(index)
        if self._painter.arrange(self.scrollable_content_region.width):
            self.refresh()

    def _forget(self, keys: Collection[Hashable] | None = None) -> None:
        self._painter.forget_rows(keys)
        self._fit()
        self.refresh()

    def _refresh_row(self, index: int) -> None:
        self.refresh(Region(0, index + 1 - self.scroll_offset.y, self.scrollable_content_region.width, 1))

    def _show_cursor(self) -> None:
        top, page = self.scroll_offset.y, self._page
        wanted = max(min(top, self._cursor), self._cursor - page + 1)
        if wanted != top:
            self._scroll(wanted)

    def _scroll(self, top: int) -> None:
        if self.is_attached:
            self.scroll_to(y=top, animate=False, immediate=True, force=True)
