"""Where shall the record of an operation go?"""

import asyncio
import json
import os
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


class ExportDialog(Dialog[Path]):
    """The path that was written; what can't be written is said here, so that the path is not lost."""

    keys = (("Enter", "write"), ("Esc", "back"))
    heading = "Export the record of the operation"

    def __init__(self, record: Record) -> None:
        super().__init__()
        self._record = record

    def compose_body(self) -> ComposeResult:
        """The path."""
        yield Static(plain(("Ends with .json: as JSON; anything else: as text.", DIM)), classes="body", markup=False)
        yield Input(f"~/brickyard-operation-{self._record.entry.id[:8]}.json", select_on_focus=False)
        yield Static(" ", id="wrong", markup=False)

    @on(Input.Submitted)
    async def _submitted(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            return
        path = absolute(event.value.strip())
        try:
            await asyncio.to_thread(write_new, path, formatted(self._record, path))
        except FileExistsError:
            self._say(f"{path} is there already and stays as it is: choose another name.")
        except OSError as error:
            self._say(f"{path} can't be written: {error.strerror}.")
        else:
            self.dismiss(path)

    def _say(self, sentence: str) -> None:
        self.query_one("#wrong", Static).update(plain((sentence, BAD)))


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
