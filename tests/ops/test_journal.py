"""The journal: what is written when, and what it says when it can't be used."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tui.core.plan import Check, Command, Plan, Result, Skipped, Step
from tui.core.plan_json import dump_plan, read_plan
from tui.ops import history
from tui.ops.events import Status, StepReport
from tui.ops.export import as_json, as_text
from tui.ops.journal import Journal, lock_file
from tui.ops.journal_schema import JournalError, open_journal
from tui.ops.operation import Operation

CHECK = Check(Command(("lvm", "vgs", "vg_1"), ok=(0, 5)), matches="vg_1", why="it is not there")
PLAN = Plan(
    "Load topology.json",
    (
        Step("a", "node1", "make it", (Command(("vgcreate", "vg_1", "/dev/sdb")),), done=CHECK, guards=(CHECK,)),
        Step("b", "node2", "then this", (Command(("tee", "-a", "/x"), stdin="text\n"),), needs=("a",), after=("a",)),
    ),
    (Skipped("node3", "unreachable", is_fault=True),),
    ("Mind the gap.",),
    confirm="cluster",
)


def test_a_plan_survives_the_journal() -> None:
    assert read_plan(dump_plan(PLAN)) == PLAN


def test_a_plan_of_a_newer_version_is_refused() -> None:
    data = dump_plan(PLAN)
    data["steps"][0]["teleport"] = True
    with pytest.raises(ValueError, match="newer version"):
        read_plan(data)


ANOTHER = """
import sys
from pathlib import Path
from tui.ops.journal_schema import open_journal
connection = open_journal(Path(sys.argv[1]))
print(*(row[0] for row in connection.execute("SELECT id FROM operations ORDER BY started")))
connection.close()
"""


async def test_nothing_is_lost_where_several_processes_and_connections_come_and_go(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    begun: list[str] = []
    for _ in range(3):
        operation = Operation(PLAN)
        await journal.begin(operation, "prod")
        begun.append(operation.id)
        # the list of operations is read beside the connection that writes, and another process comes and goes
        assert [entry.id for entry in history.entries(path, "prod")] == begun[::-1]
        seen = subprocess.run([sys.executable, "-c", ANOTHER, str(path)], capture_output=True, text=True, check=True)
        assert seen.stdout.split() == begun
        open_files = [
            os.readlink(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd") if _is_open(number)
        ]
        assert not [name for name in open_files if "journal" in name and "(deleted)" in name]
    await journal.close()


def _is_open(number: str) -> bool:
    return Path(f"/proc/self/fd/{number}").is_symlink()


async def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state" / "journal.db")
    operation = Operation(PLAN)
    await journal.begin(operation, "prod")
    await journal.step_begins(operation.id, "a")
    result = Result(Command(("vgcreate", "vg_1", "/dev/sdb")), 5, "", "Device excluded by a filter.\n", 0.5)
    await journal.commands_ran(operation.id, "a", "run", [result])
    report = StepReport("a", Status.FAILED, "filtered", "let it through")
    await journal.step_ended(operation.id, report)
    operation.report(report)
    operation.end()
    await journal.ended(operation)
    await journal.close()
    record = history.record(journal.path, operation.id[:6])
    assert record.plan == PLAN
    assert record.entry.state == "failed"
    assert record.entry.ended is not None
    assert (record.reports["a"].status, record.reports["a"].reason) == (Status.FAILED, "filtered")
    assert record.reports["b"].status is Status.WAITING
    assert [(run.command, run.code) for run in record.commands] == [("vgcreate vg_1 /dev/sdb", 5)]
    assert "filter" in record.commands[0].output
    assert not lock_file(journal.path, operation.id).exists()


async def test_a_step_that_was_refused_before_it_began_took_no_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    operation = Operation(PLAN)
    await journal.begin(operation, "prod")
    await journal.step_ended(operation.id, StepReport("a", Status.FAILED, "it was changed since"))
    await journal.step_begins(operation.id, "b")
    await journal.step_ended(operation.id, StepReport("b", Status.DONE))
    operation.end()
    await journal.ended(operation)
    await journal.close()
    record = history.record(journal.path, operation.id)
    assert (record.reports["a"].seconds, record.reports["a"].begun) == (0.0, False)
    assert 0.0 <= record.reports["b"].seconds < 1_000_000
    assert next(step["seconds"] for step in as_json(record)["steps"]) == 0.0
    assert "then this: done (" in as_text(record)
    assert "make it: failed (0.0 s)" in as_text(record)


async def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state" / "journal.db")
    await journal.open()
    await journal.close()
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


async def test_many_steps_at_once_are_all_written(tmp_path: Path) -> None:
    steps = tuple(Step(str(n), "node1", f"step {n}", ()) for n in range(200))
    journal, operation = Journal(tmp_path / "journal.db"), Operation(Plan("many", steps))
    await journal.begin(operation, "prod")
    await asyncio.gather(*(journal.step_begins(operation.id, step.id) for step in steps))
    await journal.close()
    reports = history.record(journal.path, operation.id).reports
    assert {report.status for report in reports.values()} == {Status.RUNNING}


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tui.core.plan import Plan, Step
from tui.ops.journal import Journal
from tui.ops.operation import Operation
async def main():
    journal = Journal(Path(sys.argv[1]))
    operation = Operation(Plan("load", (Step("a", "node1", "make it", ()),)), id_="0123")
    await journal.begin(operation, "prod")
    await journal.step_begins("0123", "a")
    print("written", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


def test_a_killed_program_leaves_an_operation_that_broke_off(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    argv = [sys.executable, "-c", textwrap.dedent(KILLED), str(path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "written\n"
        assert [entry.state for entry in history.entries(path, "prod")] == ["running"]
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
    assert [(entry.id, entry.state) for entry in history.entries(path, "prod")] == [("0123", "broken off")]
    assert history.record(path, "0123").reports["a"].status is Status.RUNNING


def test_a_newer_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="newer brickyard"):
        open_journal(path)


def test_a_damaged_journal_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"no database at all, " * 500)
    before = path.read_bytes()
    with pytest.raises(JournalError, match="damaged") as caught:
        open_journal(path)
    assert str(path) in caught.value.remedy
    assert path.read_bytes() == before


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalError, match="can't be written"):
        open_journal(tmp_path / "file" / "journal.db")


async def test_a_full_disk_stops_before_anything_is_changed(tmp_path: Path) -> None:
    """SQLite's own limit of pages stands in for the disk: the same error comes from the same place."""
    path = tmp_path / "journal.db"
    journal = Journal(path)
    await journal.open()
    assert journal.connection is not None
    (pages,) = journal.connection.execute("PRAGMA page_count").fetchone()
    journal.connection.execute(f"PRAGMA max_page_count = {pages}")
    big = Plan("load", tuple(Step(str(n), "node1", "x" * 100, ()) for n in range(500)))
    with pytest.raises(JournalError, match="full"):
        await journal.begin(Operation(big), "prod")
    await journal.close()
    assert history.entries(path) == []


async def test_two_programs_can_t_run_the_same_operation(tmp_path: Path) -> None:
    first, second = Journal(tmp_path / "journal.db"), Journal(tmp_path / "journal.db")
    operation = Operation(PLAN)
    await first.begin(operation, "prod")
    with pytest.raises(JournalError, match="runs in another"):
        await second.take_up(operation)
    await first.close()
    await second.take_up(operation)
    await second.close()


def test_who_opens_a_new_journal_at_the_same_moment_waits(tmp_path: Path) -> None:
    for number in range(50):
        path = tmp_path / f"journal{number}.db"
        with ThreadPoolExecutor(8) as pool:
            opened = list(pool.map(open_journal, [path] * 8))
        assert len(opened) == 8
