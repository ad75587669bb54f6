"""An app with nothing but the widgets under test, and what of it is on screen."""

from collections.abc import Hashable, Sequence
from typing import Any, TypeVar

from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.file_picker import FilePicker
from tui.widgets.filter_bar import FilterBar
from tui.widgets.form import Form
from tui.widgets.pane import Pane
from tui.widgets.tree_table import TreeTable
from tui.widgets.virtual_table import VirtualTable

COLUMNS = (
    Column("name", "Name", grow=1),
    Column("state", "State", width=8, priority=2),
    Column("size", "Size", width=8, align="right", priority=1),
)
Brick = tuple[str, str, int]
M = TypeVar("M", bound=Message)


class Wall(App[None]):
    """Shows widgets and keeps what they said."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets
        self._heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    @on(VirtualTable.RowHighlighted)
    @on(VirtualTable.RowSelected)
    @on(VirtualTable.HeaderClicked)
    @on(TreeTable.Toggled)
    @on(FilterBar.Changed)
    @on(FilterBar.Left)
    @on(Form.Submitted)
    @on(FilePicker.Selected)
    @on(Pane.ZoomRequested)
    def _hear(self, event: Message) -> None:
        self._heard.append(event)

    def heard(self, kind: type[M]) -> list[M]:
        """The messages of one kind, oldest first."""
        return [message for message in self._heard if isinstance(message, kind)]

    def lines(self) -> list[str]:
        """The screen as text, line by line, without trailing blanks."""
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]


class CountingTable(VirtualTable[Brick]):
    """A table of bricks that counts how often a row was rendered."""

    def __init__(self, **options: Any) -> None:
        self.rendered: list[Hashable] = []
        super().__init__(COLUMNS, self._as_cells, lambda brick: brick[0], **options)

    def _as_cells(self, brick: Brick) -> Sequence[Cell]:
        self.rendered.append(brick[0])
        return brick[0], (brick[1], "$text-success"), f"{brick[2]} GiB"


def bricks(count: int, first: int = 0) -> list[Brick]:
    """Rows with the keys "brick-0", "brick-1"..."""
    return [(f"brick-{n}", "online" if n % 7 else "offline", n) for n in range(first, first + count)]
