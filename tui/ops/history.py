"""The journal read: operations, their steps, and what broke off. Functions block; call them in a thread."""

import fcntl
import json
import os
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tui.core.plan import Plan
from tui.core.plan_json import read_plan
from tui.ops.events import Status, StepReport
from tui.ops.journal import lock_file
from tui.ops.journal_schema import JournalError, explain, open_journal


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation of the past. `state` is running, done, failed, cancelled or "broken off"."""

    id: str
    site: str
    title: str
    kind: str
    undoes: str
    operator: str
    host: str
    version: str
    started: float
    ended: float | None
    state: str
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class CommandRun:
    """A command that was run for a step."""

    step: str
    phase: str
    command: str
    code: int | None
    output: str
    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Record:
    """All of one operation: its plan, what came of each step, and what was run."""

    entry: Entry
    plan: Plan
    reports: dict[str, StepReport]
    commands: tuple[CommandRun, ...]


_ENTRIES = """
SELECT id, site, title, kind, undoes, operator, host, version, started, ended, state FROM operations
WHERE ? = '' OR site = ? ORDER BY started DESC LIMIT ?
"""


def entries(path: Path, site: str = "", limit: int = 500) -> list[Entry]:
    """The newest operations first, of one site or of all. Raises JournalError."""
    if not path.exists():
        return []
    rows = _read(path, _ENTRIES, (site, site, limit))
    found = [Entry(*row) for row in rows]
    undone = {entry.undoes: entry.id for entry in found if entry.undoes and entry.state == "done"}
    return [replace(_as_it_is(path, entry), undone_by=undone.get(entry.id, "")) for entry in found]


def open_ends(found: Sequence[Entry], states: Collection[str]) -> list[Entry]:
    """Those in one of these states that nobody has taken back, and undos that no later undo has brought to the end."""
    undone = {entry.id for entry in found if entry.undone_by}
    return [e for e in found if e.state in states and e.id not in undone and e.undoes not in undone]


def record(path: Path, operation: str) -> Record:
    """All of one operation, by its id or the beginning of it. Raises JournalError."""
    matching = [entry for entry in entries(path, limit=100_000) if entry.id.startswith(operation)]
    if len(matching) != 1:
        reason = f"several operations begin with '{operation}'" if matching else f"there is no operation '{operation}'"
        raise JournalError(reason, "list them with `brickyard operations`")
    entry = matching[0]
    ((text,),) = _read(path, "SELECT plan FROM operations WHERE id = ?", (entry.id,))
    try:
        plan = read_plan(json.loads(text))
    except ValueError as error:
        raise JournalError(f"operation {entry.id} can't be read: {error}", "use the version that wrote it") from error
    steps = _read(path, "SELECT id, status, reason, remedy, started, ended FROM steps WHERE operation = ?", (entry.id,))
    reports = {
        id_: StepReport(id_, Status(status), reason, remedy, _seconds(started, ended), begun=started is not None)
        for id_, status, reason, remedy, started, ended in steps
    }
    sql = "SELECT step, phase, command, code, output, at, seconds FROM commands WHERE operation = ? ORDER BY number"
    return Record(entry, plan, reports, tuple(CommandRun(*row) for row in _read(path, sql, (entry.id,))))


def _seconds(started: float | None, ended: float | None) -> float:
    """How long a step changed things; one that was refused before its first change has no start."""
    return 0.0 if started is None or ended is None else max(0.0, ended - started)


def _as_it_is(path: Path, entry: Entry) -> Entry:
    """An operation that was never ended and whose process is gone broke off."""
    if entry.state != "running" or _is_held(lock_file(path, entry.id)):
        return entry
    return replace(entry, state="broken off")


def _is_held(file: Path) -> bool:
    try:
        handle = os.open(file, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _read(path: Path, sql: str, values: tuple[str | int, ...]) -> list[tuple[Any, ...]]:
    connection = open_journal(path)
    try:
        return connection.execute(sql, values).fetchall()
    except sqlite3.Error as error:
        raise explain(error, path) from error
    finally:
        connection.close()
