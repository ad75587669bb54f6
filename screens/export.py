"""Where shall it go? Texts, such as the record of an operation, are written into a file."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from screens.dialog import Dialog, plain
from screens.running import run_flow
from screens.words import BAD, DIM
from tui.app import BrickyardApp
from tui.ops.export import as_json, as_text
from tui.ops.history import Record

if TYPE_CHECKING:
    from tui.site import Site


def export(app: BrickyardApp, site: "Site", operation: str) -> None:
    """Ask for a path and write the record of an operation there."""
    run_flow(app, _export(app, site, operation), "the export")


async def _export(app: BrickyardApp, site: "Site", operation: str) -> None:
    record = await site.record(operation)
    path = await app.push_screen_wait(ExportDialog(record))
    if path is not None:
        app.notify(f"Written to {path}", markup=False)


class SaveDialog(Dialog[Path]):
    """The path that was written; what can't be written is said here, so that the path is not lost.

    `text` makes what is written, for the path.
    """

    keys = (("Enter", "write"), ("Esc", "back"))

    def __init__(self, heading: str, note: str, path: str, text: Callable[[Path], str]) -> None:
        super().__init__()
        self.heading = heading
        self._note, self._path, self._text = note, path, text

    def compose_body(self) -> ComposeResult:
        """The path."""
        yield Static(plain((self._note, DIM)), classes="body", markup=False)
        yield Input(self._path, select_on_focus=False)
        yield Static(" ", id="wrong", markup=False)

    @on(Input.Submitted)
    async def _submitted(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            return
        path = absolute(event.value.strip())
        try:
            await asyncio.to_thread(write_new, path, self._text(path))
        except FileExistsError:
            self._say(f"{path} is there already and stays as it is: choose another name.")
        except OSError as error:
            self._say(f"{path} can't be written: {error.strerror}.")
        else:
            self.dismiss(path)

    def _say(self, sentence: str) -> None:
        self.query_one("#wrong", Static).update(plain((sentence, BAD)))


class ExportDialog(SaveDialog):
    """Asks where the record of an operation shall go, and writes it there."""

    def __init__(self, record: Record) -> None:
        path = f"~/brickyard-operation-{record.entry.id[:8]}.json"
        note = "Ends with .json: as JSON; anything else: as text."
        super().__init__("Export the record of the operation", note, path, lambda path: formatted(record, path))


def absolute(typed: str) -> Path:
    """What was typed as a path; ~ is the home folder."""
    return Path(typed).expanduser().absolute()


def formatted(record: Record, path: Path) -> str:
    """The record in the format that the file's name asks for."""
    if path.suffix.casefold() == ".json":
        return json.dumps(as_json(record), indent=2, ensure_ascii=False) + "\n"
    return as_text(record)


def write_new(path: Path, text: str) -> None:
    """Write a file that only its owner can read. Raises OSError, FileExistsError where there is one already."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
