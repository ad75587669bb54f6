"""One line to filter a table with, hidden while there is nothing in it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from tui.widgets.cells import clean
from tui.widgets.query import Query, parse_query


class FilterBar(Widget):
    """Posts `Changed` on each key. Enter keeps the filter and leaves the line, Escape clears and hides it.

    What one types in is made when it is wanted first: many tables have such a line, and few are ever filtered.
    """

    DEFAULT_CSS = """
    FilterBar {
        layout: horizontal; height: 1; display: none;
        &.-open { display: block; }
        & > Label { width: 2; text-style: bold; color: $text-accent; }
        & > Input, & > Input:focus { width: 1fr; height: 1; border: none; padding: 0; background: transparent; }
        & > .filter--count { width: auto; max-width: 50%; height: 1; color: $text-muted; padding: 0 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "Clear filter", show=False, id="filter.clear"),
        Binding("down", "leave", "To the table", show=False, id="filter.leave"),
    ]

    @dataclass
    class Changed(Message):
        """Another query is wanted; an empty one means all rows."""

        bar: "FilterBar"
        query: Query

        @property
        def control(self) -> "FilterBar":
            return self.bar

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, FilterBar.Changed) and message.bar is self.bar

    @dataclass
    class Left(Message):
        """The admin is done typing: give the focus to the table."""

        bar: "FilterBar"

        @property
        def control(self) -> "FilterBar":
            return self.bar

    def __init__(self, columns: Collection[str] = ()) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._input: Input | None = None
        self._count = Static(classes="filter--count", markup=False)

    def _made(self) -> Input:
        if self._input is None:
            words = "word  !not-this  " + "  ".join(f"{key}:…" for key in self._columns)
            self._input = Input(placeholder=words, select_on_focus=False)
            self.mount(Label("/"), self._input, self._count)
        return self._input

    @property
    def text(self) -> str:
        """What is typed."""
        return self._input.value if self._input is not None else ""

    @property
    def query_wanted(self) -> Query:
        """The query as typed so far."""
        return parse_query(self.text, self._columns)

    def open(self, text: str | None = None) -> None:
        """Show the line and type in it; `text` replaces what it holds."""
        line = self._made()
        self.add_class("-open")
        if text is not None:
            line.value = text
        self.screen.set_focus(line)  # at once: what is typed next is meant for it

    def set_columns(self, columns: Collection[str]) -> None:
        """The keys that may stand before a colon."""
        self._columns = tuple(columns)

    def show_count(self, shown: int, total: int) -> None:
        """Say how many rows are left: "12 of 340"."""
        text = clean(f"{shown} of {total}")
        if text != str(self._count.content):
            self._count.update(text)

    def action_clear(self) -> None:
        if self._input is not None:
            self._input.value = ""
        self.remove_class("-open")
        self.post_message(self.Left(self))

    def action_leave(self) -> None:
        self.set_class(bool(self.text), "-open")
        self.post_message(self.Left(self))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self, self.query_wanted))

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_leave()
