"""What a table tells its owner. Handlers are named after the table: `on_virtual_table_row_selected`."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message

from tui.widgets.columns import Column

if TYPE_CHECKING:
    from tui.widgets.virtual_table import VirtualTable


@dataclass
class TableMessage(Message):
    """Something that happened in a table."""

    table: "VirtualTable[Any]"

    @property
    def control(self) -> "VirtualTable[Any]":
        return self.table


@dataclass
class RowHighlighted(TableMessage, namespace="virtual_table"):
    """The cursor is on another row now; `key` is None when there are no rows."""

    key: Hashable

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, RowHighlighted) and message.table is self.table


@dataclass
class RowSelected(TableMessage, namespace="virtual_table"):
    """Enter or a double click on a row."""

    key: Hashable


@dataclass
class HeaderClicked(TableMessage, namespace="virtual_table"):
    """The title of a column was clicked: the owner sorts by it."""

    column: Column
