"""What was changed, when, by whom and with which outcome; written before a step begins and after it ended.

One thread writes. What several steps want written at the same moment shares one transaction, so
that each waits for one flush to the disk and not for all of them.
"""

import asyncio
import contextlib
import fcntl
import getpass
import json
import os
import platform
import queue
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import platformdirs

from tui import __version__
from tui.core.plan import Result
from tui.core.plan_json import dump_plan
from tui.ops.events import Outcome, Status, StepReport
from tui.ops.journal_schema import JournalError, explain, open_journal
from tui.ops.operation import Operation

OUTPUT_LIMIT: Final = 16 * 1024
Statement = tuple[str, tuple[Any, ...]]
_Job = tuple[list[Statement], asyncio.AbstractEventLoop, "asyncio.Future[None]"]


def journal_path() -> Path:
    """Where the journal is: in the XDG state folder."""
    return platformdirs.user_state_path("brickyard") / "journal.db"


class Journal:
    """Writes one journal file from the event loop. All methods raise JournalError."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or journal_path()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.connection: sqlite3.Connection | None = None
        self._thread: threading.Thread | None = None
        # two operations that begin at once must not start two threads: one would never end
        self._opening = asyncio.Lock()
        self._owned: dict[str, int] = {}

    async def open(self) -> None:
        """Open or make the file, so that what is wrong with it shows before anything is changed."""
        async with self._opening:
            if self._thread is None:
                self.connection = await asyncio.to_thread(self._connect)
                self._thread = threading.Thread(
                    target=self._write_all, args=(self.connection,), name="journal", daemon=True
                )
                self._thread.start()

    async def close(self) -> None:
        """Write what is waiting and close."""
        if self._thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None
        for operation in tuple(self._owned):
            self._disown(operation)

    async def begin(self, operation: Operation, site: str) -> None:
        """An operation begins: its plan and all steps are written."""
        await self.open()
        plan = json.dumps(dump_plan(operation.plan), ensure_ascii=False)
        who = (getpass.getuser(), platform.node(), __version__)
        statements: list[Statement] = [
            (
                "INSERT INTO operations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 'running')",
                (operation.id, site, operation.plan.title, operation.kind, operation.undoes, plan, *who, time.time()),
            )
        ]
        statements += [
            (
                "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, '', '', NULL, NULL)",
                (operation.id, step.id, position, step.node, step.title, str(Status.WAITING)),
            )
            for position, step in enumerate(operation.plan.steps)
        ]
        await self._own(operation.id)
        try:
            await self._write(statements)
        except JournalError:
            self._disown(operation.id)
            raise

    async def take_up(self, operation: Operation) -> None:
        """An operation that broke off goes on, in this process now.

        What was read of it before may be old: another process may have gone on with it meanwhile.
        Where that brought it to its end, or took it back, it is refused.
        """
        await self.open()
        await self._own(operation.id)
        try:
            await asyncio.to_thread(self._check_open, operation.id)
            await self._write([("UPDATE operations SET state = 'running', ended = NULL WHERE id = ?", (operation.id,))])
        except JournalError:
            self._disown(operation.id)
            raise

    async def step_begins(self, operation: str, step: str) -> None:
        """Written before the step's first command that changes anything."""
        sql = "UPDATE steps SET status = ?, started = ?, ended = NULL WHERE operation = ? AND id = ?"
        await self._write([(sql, (str(Status.RUNNING), time.time(), operation, step))])

    async def step_ended(self, operation: str, report: StepReport) -> None:
        """What came of a step."""
        sql = "UPDATE steps SET status = ?, reason = ?, remedy = ?, ended = ? WHERE operation = ? AND id = ?"
        values = (str(report.status), report.reason, report.remedy, time.time(), operation, report.step)
        await self._write([(sql, values)])

    async def commands_ran(self, operation: str, step: str, phase: str, results: Sequence[Result]) -> None:
        """What was run for a step and what it answered, capped."""
        sql = "INSERT INTO commands VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)"
        now = time.time()
        rows = [(str(r.command), r.code, (r.stdout + r.stderr)[:OUTPUT_LIMIT], now, r.seconds) for r in results]
        await self._write([(sql, (operation, step, phase, *row)) for row in rows])

    async def ended(self, operation: Operation) -> None:
        """The operation came to its end."""
        outcome = operation.outcome or operation.result()
        state = _state(outcome)
        sql = "UPDATE operations SET state = ?, ended = ? WHERE id = ?"
        await self._write([(sql, (state, time.time(), operation.id))])
        self._disown(operation.id)

    async def _write(self, statements: list[Statement]) -> None:
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        self._jobs.put((statements, loop, written))
        await written

    def _connect(self) -> sqlite3.Connection:
        open_journal(self.path).close()
        return sqlite3.connect(self.path, timeout=10.0, isolation_level=None, check_same_thread=False)

    def _write_all(self, connection: sqlite3.Connection) -> None:
        """The writing thread: takes all that waits, writes it in one transaction, tells those who wait."""
        connection.execute("PRAGMA synchronous = FULL")
        while (job := self._jobs.get()) is not None:
            jobs = [job]
            with contextlib.suppress(queue.Empty):
                while (more := self._jobs.get_nowait()) is not None:
                    jobs.append(more)
                self._jobs.put(None)
            problem = self._transact(connection, [statement for statements, _, _ in jobs for statement in statements])
            for _, loop, written in jobs:
                loop.call_soon_threadsafe(_settle, written, problem)
        connection.close()

    def _transact(self, connection: sqlite3.Connection, statements: list[Statement]) -> JournalError | None:
        try:
            connection.execute("BEGIN IMMEDIATE")
            for sql, values in statements:
                connection.execute(sql, values)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            return explain(error, self.path)
        return None

    def _check_open(self, operation: str) -> None:
        """Raise JournalError where nothing is left to go on with."""
        connection = open_journal(self.path)
        try:
            ended = "SELECT 1 FROM operations WHERE state = 'done' AND ? IN (id, undoes)"
            found = connection.execute(ended, (operation,)).fetchone()
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
        finally:
            connection.close()
        if found:
            reason = "another brickyard brought this operation to its end meanwhile, or took it back"
            raise JournalError(reason, "look at it in the list of operations")

    async def _own(self, operation: str) -> None:
        """Show other processes that this operation runs: the lock is gone when we are."""
        for again in (True, True, False):
            handle = _lock(lock_file(self.path, operation))
            if handle is not None:
                self._owned[operation] = handle
                return
            # whoever lists operations holds the lock for an instant, so one refusal means nothing
            await asyncio.sleep(0.05 if again else 0)
        raise JournalError("this operation runs in another brickyard", "wait for it, or end it there")

    def _disown(self, operation: str) -> None:
        handle = self._owned.pop(operation, None)
        if handle is not None:
            lock_file(self.path, operation).unlink(missing_ok=True)
            os.close(handle)


def lock_file(journal: Path, operation: str) -> Path:
    """The file that is locked while an operation runs."""
    return journal.parent / f"operation-{operation}.lock"


def _lock(file: Path) -> int | None:
    """The handle that holds the lock on this file; None where another process has it."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # its last owner may have removed the file while we opened it: then the lock is on nothing
        if os.fstat(handle).st_ino == file.stat().st_ino:
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


def _state(outcome: Outcome) -> str:
    """What was refused before anything began is no failure of the operation: its steps are what it did."""
    if all(report.status.lets_on for report in outcome.reports.values()):
        return "done"
    return "cancelled" if outcome.cancelled else "failed"


def _settle(written: "asyncio.Future[None]", problem: JournalError | None) -> None:
    if written.done():
        return
    if problem is None:
        written.set_result(None)
    else:
        written.set_exception(problem)
