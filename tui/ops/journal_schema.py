"""The journal's file: SQLite with write-ahead log, made for its owner alone."""

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import Final

SCHEMA: Final = 1
BUSY_SECONDS: Final = 10.0
_TABLES: Final = """
CREATE TABLE operations (
    id TEXT PRIMARY KEY, site TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, undoes TEXT NOT NULL,
    plan TEXT NOT NULL, operator TEXT NOT NULL, host TEXT NOT NULL, version TEXT NOT NULL,
    started REAL NOT NULL, ended REAL, state TEXT NOT NULL
);
CREATE TABLE steps (
    operation TEXT NOT NULL REFERENCES operations(id), id TEXT NOT NULL, position INTEGER NOT NULL,
    node TEXT NOT NULL, title TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL, remedy TEXT NOT NULL,
    started REAL, ended REAL, PRIMARY KEY (operation, id)
);
CREATE TABLE commands (
    number INTEGER PRIMARY KEY, operation TEXT NOT NULL, step TEXT NOT NULL, phase TEXT NOT NULL, command TEXT NOT NULL,
    code INTEGER, output TEXT NOT NULL, at REAL NOT NULL, seconds REAL NOT NULL
);
CREATE INDEX operations_of_site ON operations (site, started);
CREATE INDEX commands_of_step ON commands (operation, step);
"""


class JournalError(Exception):
    """The journal can't be read or written; nothing was changed. `remedy` is what to do now."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy


def open_journal(path: Path) -> sqlite3.Connection:
    """Open the journal and make it where there is none. Raises JournalError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # one that is there is left to SQLite alone: whoever closes it takes away the locks that all connections of
        # this process have on it, and the next process to close it would throw away what they write from then on
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise JournalError(
            f"the journal {path} can't be written: {error.strerror}",
            f"make {path.parent} writable for you; without a journal nothing is changed",
        ) from error
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return _connect(path)
        except sqlite3.Error as error:
            # who makes the file at the same moment locks it in a way that SQLite's own patience does not cover
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise explain(error, path) from error
        time.sleep(0.02)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _upgrade(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA:
        connection.execute("ROLLBACK")
        raise JournalError(
            f"the journal {path} was written by a newer brickyard (schema {version}, this one knows {SCHEMA})",
            "use that version, or give this one a state folder of its own (XDG_STATE_HOME)",
        )
    if version == 0:
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
    connection.execute("COMMIT")


def explain(error: sqlite3.Error, path: Path) -> JournalError:
    """What SQLite's error means for the admin."""
    text = str(error)
    if "full" in text or "disk I/O" in text:
        return JournalError(f"the journal {path} can't be written: {text}", f"make room in {path.parent}")
    if "not a database" in text or "malformed" in text or "no such table" in text:
        return JournalError(
            f"the journal {path} is damaged: {text}", f"move it away ({path}.damaged); a new one is made then"
        )
    if "readonly" in text or "unable to open" in text:
        return JournalError(f"the journal {path} can't be written: {text}", f"make {path} writable for you")
    return JournalError(f"the journal {path} can't be used: {text}", "end other brickyards that use it, or see the log")
