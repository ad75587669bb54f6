"""Results on standard output: as a table for people, as JSON or YAML for programs. Notes on standard error.

A reader that goes away (`| head`) ends the printing and nothing else: a change that runs comes to its end.
"""

import errno
import io
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final, TextIO

from tui.cli.documents import Lists, json_pieces, json_text, yaml_pieces, yaml_text
from tui.cli.table import narrow_table, table

FORMATS: Final = ("table", "json", "yaml")
_PIECE: Final = 64 * 1024
_COLUMNS: Final = {
    "nodes": ("name", "storage", "zone", "state", "age_seconds", "glusterd", "version", "reason"),
    "devices": ("node", "path", "size", "free", "used", "bricks", "state", "vg", "reason"),
    "bricks": ("volume", "node", "device", "size", "used", "state", "path", "reason"),
    "operations": ("id", "started", "duration", "state", "operator", "title"),
    "claims": ("namespace", "name", "state", "class", "size", "access_modes", "pv", "pods", "age_seconds", "reason"),
    "pvs": ("name", "state", "class", "size", "access_modes", "claim", "gluster_volume", "age_seconds", "reason"),
    "classes": ("name", "default", "provisioner", "reclaim_policy", "claims", "waiting", "age_seconds", "reason"),
    "volumes": ("name", "type", "status", "size", "used", "state", "reason"),
}


def show(kind: str, rows: Sequence[dict[str, Any]], output: str) -> None:
    """Print the rows of one kind."""
    if output != "table":
        show_long(rows, output)
    elif not rows:
        note(f"no {kind}")
    elif sys.stdout.isatty():
        say("\n".join(narrow_table(_COLUMNS[kind], rows, shutil.get_terminal_size().columns)))
    else:
        say("\n".join(table(_COLUMNS[kind], rows)))


def show_data(data: object, output: str) -> None:
    """Print plain data as JSON or YAML."""
    say(yaml_text(data) if output == "yaml" else json_text(data))


def show_long(data: Lists, output: str) -> None:
    """Print a list, or named lists, as `show_data` would; of a list that is an iterator only a piece is ever held."""
    say_all(yaml_pieces(data) if output == "yaml" else json_pieces(data))


def say(text: str) -> None:
    """A result, on standard output."""
    _print(text + "\n", sys.stdout)


def say_all(pieces: Iterable[str]) -> None:
    """A result that is made while it is printed, on standard output."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > _PIECE:
            _print("".join(held), sys.stdout)
            held, size = [], 0
    _print("".join(held), sys.stdout)


def note(text: str, end: str = "\n") -> None:
    """A line about progress or a fault, on standard error."""
    _print(printable(text) + end, sys.stderr)


def draw(text: str) -> None:
    """Text with control sequences of our own, on standard error."""
    _print(text, sys.stderr)


def printable(text: str) -> str:
    """What nodes answered may hold control characters; they are not for the admin's terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def _print(text: str, stream: TextIO) -> None:
    try:
        stream.write(text)
        stream.flush()
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "replace").decode(encoding))
    except OSError as error:
        # a full disk may not look like a complete result; what is lost of the notes stops nobody
        _mute(stream)
        if stream is sys.stdout and error.errno not in (errno.EPIPE, errno.ECONNRESET, errno.EIO):
            raise


def _mute(stream: TextIO) -> None:
    """Nobody reads any more; what is still printed goes nowhere, the flush at exit included."""
    try:
        number = stream.fileno()
    except (OSError, io.UnsupportedOperation):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
