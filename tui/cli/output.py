"""Results on standard output: as a table for people, as JSON or YAML for programs. Notes on standard error.

A reader that goes away (`| head`) ends the printing and nothing else: a change that runs comes to its end.
"""

import errno
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from typing import Any, Final, TextIO

import yaml

from tui.cli.table import narrow_table, table

FORMATS: Final = ("table", "json", "yaml")
_STRANGE: Final = re.compile(r"[^\x20-\x7e\n]")
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
        show_data(list(rows), output)
    elif not rows:
        note(f"no {kind}")
    elif sys.stdout.isatty():
        say("\n".join(narrow_table(_COLUMNS[kind], rows, shutil.get_terminal_size().columns)))
    else:
        say("\n".join(table(_COLUMNS[kind], rows)))


def show_data(data: object, output: str) -> None:
    """Print plain data as JSON or YAML."""
    if output == "yaml":
        say(yaml.safe_dump(data, sort_keys=False, allow_unicode=True).rstrip("\n"))
    else:
        say(_STRANGE.sub(_escaped, json.dumps(data, indent=2, ensure_ascii=False)))


def _escaped(match: re.Match[str]) -> str:
    """What answers hold may control a terminal; in JSON an escape says the same."""
    return match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1]


def say(text: str) -> None:
    """A result, on standard output."""
    _print(text + "\n", sys.stdout)


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
