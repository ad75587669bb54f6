"""Choose a file on this machine: type its path with completion, or walk the list. The keyboard is enough."""

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from tui.core.units import format_age, format_size
from tui.widgets.cells import Cell, clean
from tui.widgets.columns import Column
from tui.widgets.folder import Entry, beginning_with, complete, read_folder, split_path
from tui.widgets.virtual_table import VirtualTable

_COLUMNS = (
    Column("name", "Name", grow=1),
    Column("size", "Size", width=9, align="right", priority=1),
    Column("age", "Changed", width=12, align="right", priority=2),
)
_UP = Entry("..", True)


class PathInput(Input):
    """Tab completes; where there is nothing to complete it moves on as usual."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete", show=False, id="path.complete"),
        Binding("down", "list", "To the list", show=False, id="path.list"),
    ]

    def action_complete(self) -> None:
        if not self.query_ancestor(FilePicker).complete():
            self.screen.focus_next()

    def action_list(self) -> None:
        self.query_ancestor(FilePicker).query_one(VirtualTable).focus()


class FilePicker(Vertical):
    """Posts `Selected` with the file; `suffixes` are such as ".json", none means any file."""

    DEFAULT_CSS = """
    FilePicker {
        & > PathInput, & > PathInput:focus { height: 1; border: none; padding: 0 1; }
        & > Static { height: auto; padding: 0 1; color: $text-error; display: none; }
        & > Static.-said { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("backspace", "up", "Folder above", show=False, id="picker.up")]

    @dataclass
    class Selected(Message):
        """A file was chosen; it was there a moment ago."""

        picker: "FilePicker"
        path: Path

        @property
        def control(self) -> "FilePicker":
            return self.picker

    def __init__(
        self,
        start: Path | None = None,
        suffixes: Collection[str] = (".json", ".yaml", ".yml"),
    ) -> None:
        super().__init__()
        self._base = (start or Path.cwd()).absolute()
        self._suffixes = tuple(suffixes)
        self._folder: Path | None = None
        self._entries: list[Entry] = []

    def compose(self) -> ComposeResult:
        yield PathInput(f"{self._base}/".replace("//", "/"), select_on_focus=False)
        yield Static(markup=False)
        yield VirtualTable(_COLUMNS, _render, lambda entry: entry.name)

    @property
    def path(self) -> Path:
        """What is typed, made absolute."""
        return self._base / Path(self.query_one(Input).value).expanduser()

    def complete(self) -> bool:
        """Make the typed path longer as far as that is certain; False when it is not."""
        line = self.query_one(Input)
        folder, prefix = split_path(line.value, self._base)
        longer = complete(self._entries, prefix) if folder == self._folder else prefix
        if longer == prefix:
            return False
        line.value = line.value.removesuffix(prefix) + longer
        line.cursor_position = len(line.value)
        return True

    def action_up(self) -> None:
        if self._folder is not None:
            self._enter(self._folder.parent)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say("")
        folder, prefix = split_path(event.value, self._base)
        if folder == self._folder:
            self._show(prefix)
        else:
            self.run_worker(self._read(folder), exclusive=True, group="folder")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._choose(self.path)

    @on(VirtualTable.RowSelected)
    def _row_selected(self, event: VirtualTable.RowSelected) -> None:
        event.stop()
        if self._folder is not None:
            self._choose(self._folder.parent if event.key == ".." else self._folder / str(event.key))

    async def _read(self, folder: Path) -> None:
        """List a folder in a thread: one on a network may take its time."""
        table: VirtualTable[Entry] = self.query_one(VirtualTable)
        kinds = ", ".join(f"*{suffix}" for suffix in self._suffixes) or "file"
        try:
            entries = await asyncio.to_thread(read_folder, folder, self._suffixes)
            table.set_empty(f"No {kinds} in {folder}.")
        except OSError as error:
            entries = []
            table.set_empty(f"{folder} can't be read: {error.strerror}.")
        self._folder, self._entries = folder, entries
        self._show(split_path(self.query_one(Input).value, self._base)[1])

    def _show(self, prefix: str) -> None:
        above: list[Entry] = [_UP] if self._entries and not prefix and self._folder != Path("/") else []
        self.query_one(VirtualTable).set_rows(above + beginning_with(self._entries, prefix))

    def _choose(self, path: Path) -> None:
        try:
            if path.is_dir():
                self._enter(path)
            elif path.exists():
                self.post_message(self.Selected(self, path))
            else:
                self._say(f"{path} is not there.")
        except OSError as error:
            self._say(f"{path} can't be read: {error.strerror}.")

    def _enter(self, folder: Path) -> None:
        line = self.query_one(Input)
        line.value = f"{folder}/".replace("//", "/")
        line.cursor_position = len(line.value)
        self.query_one(VirtualTable).move_cursor(0)

    def _say(self, sentence: str) -> None:
        note = self.query_one(Static)
        note.update(clean(sentence))
        note.set_class(bool(sentence), "-said")


def _render(entry: Entry) -> Sequence[Cell]:
    if entry.is_folder:
        return (entry.name + "/", "bold"), "", ""
    age = None if entry.modified is None else time.time() - entry.modified
    return entry.name, format_size(entry.size), f"{format_age(age)} ago"
