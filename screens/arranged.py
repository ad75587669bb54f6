"""How the admin looks at a table: what is typed into its filter, what it is sorted by. For panes and views alike."""

from dataclasses import replace

from textual import on
from textual.dom import DOMNode

from screens.table_spec import View
from tui.widgets.filter_bar import FilterBar
from tui.widgets.virtual_table import VirtualTable


class Arranged(DOMNode):
    """Mixed into what holds one filter and one table; `set_view` shows the rows another way."""

    view: View

    def set_view(self, view: View) -> None:
        """Look at the rows another way."""
        raise NotImplementedError

    def sort_keys(self) -> list[str]:
        """The columns, as `View.sort` names them."""
        raise NotImplementedError

    def sort_next(self) -> None:
        """Sort by the next column."""
        keys = self.sort_keys()
        self.set_view(replace(self.view, sort=keys[(keys.index(self.view.sort) + 1) % len(keys)], reverse=False))

    def sort_turn(self) -> None:
        """Turn the order around."""
        self.set_view(replace(self.view, reverse=not self.view.reverse))

    def open_filter(self) -> None:
        """Let the admin type a filter."""
        self.query_one(FilterBar).open()

    def go_back(self) -> bool:
        """Drop the filter."""
        if not self.view.query:
            return False
        self.query_one(FilterBar).action_clear()
        return True

    @on(FilterBar.Changed)
    def _filtered(self, event: FilterBar.Changed) -> None:
        event.stop()
        self.set_view(replace(self.view, query=event.query))

    @on(FilterBar.Left)
    def _filter_left(self, event: FilterBar.Left) -> None:
        event.stop()
        self.query_one(VirtualTable).focus()

    @on(VirtualTable.HeaderClicked)
    def _sort_by(self, event: VirtualTable.HeaderClicked) -> None:
        event.stop()
        same = event.column.key == self.view.sort
        self.set_view(replace(self.view, sort=event.column.key, reverse=same and not self.view.reverse))
