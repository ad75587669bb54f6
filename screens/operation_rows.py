"""Operations of past and present as rows: those of the journal, and those of this session live. Pure."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from screens.table_spec import Ranked, TableSpec, View
from screens.words import BAD, DIM, GOOD, PLAIN, WARN, one_line
from tui.core.units import format_age
from tui.ops.events import Status
from tui.ops.history import Entry
from tui.widgets.cells import Cell
from tui.widgets.columns import Column

if TYPE_CHECKING:
    from tui.ops.operation import Operation

COLUMNS: Final = (
    Column("state", "STATE", 12),
    Column("title", "OPERATION", grow=2, least=18),
    Column("started", "STARTED", 11, align="right"),
    Column("took", "TOOK", 6, align="right", priority=2),
    Column("who", "WHO", least=9, priority=3),
    Column("result", "RESULT", grow=1, least=12, priority=1),
    Column("id", "ID", 8, priority=4),
)

LOOKS: Final = {
    "running": ("▶", WARN), "done": ("✓", GOOD), "failed": ("✗", BAD), "cancelled": ("■", WARN),
    "broken off": ("⚡", BAD), "undone": ("↶", DIM), "refused": ("⊘", BAD),
}  # fmt: skip
NEWEST: Final = View(sort="started", reverse=True)


@dataclass(frozen=True, slots=True)
class Run:
    """One operation: what the journal has of it, and its live state where it runs or ran in this session."""

    id: str
    title: str
    state: str
    started: float
    seconds: float | None
    who: str = ""
    undoes: str = ""
    undone_by: str = ""
    result: str = ""
    live: "Operation | None" = None

    @property
    def is_running(self) -> bool:
        return self.state == "running"

    @property
    def is_recorded(self) -> bool:
        """Whether the journal has it."""
        return bool(self.who)


def merge(entries: Iterable[Entry], live: "Iterable[Operation]") -> list[Run]:
    """All operations once, in no order. What runs here is told by itself: the journal is a moment behind."""
    here = {operation.id: operation for operation in live}
    rows = [_row(entry, here.pop(entry.id, None)) for entry in entries]
    return rows + [_live(operation) for operation in here.values()]


def _row(entry: Entry, live: "Operation | None") -> Run:
    state = "undone" if entry.undone_by else entry.state
    if live is not None and live.running:
        state = "running"
    elif live is not None and state in ("running", "broken off"):
        state = _live(live).state
    seconds = None if entry.ended is None else entry.ended - entry.started
    if live is not None:
        seconds = live.seconds
    return Run(
        entry.id, entry.title, state, entry.started, seconds, f"{entry.operator}@{entry.host}", entry.undoes,
        entry.undone_by, _result(live) or _became(entry), live,
    )  # fmt: skip


def _live(operation: "Operation") -> Run:
    outcome = operation.outcome
    state = "running"
    if outcome is not None:
        state = "refused" if outcome.refused else "cancelled" if outcome.cancelled else "done"
        if not outcome.ok and state == "done":
            state = "failed"
    return Run(
        operation.id, operation.plan.title, state, operation.started_at, operation.seconds,
        undoes=operation.undoes, result=_result(operation), live=operation,
    )  # fmt: skip


def _became(entry: Entry) -> str:
    if entry.undone_by:
        return f"taken back by {entry.undone_by[:8]}"
    return f"undo of {entry.undoes[:8]}" if entry.undoes else ""


def _result(operation: "Operation | None") -> str:
    if operation is None:
        return ""
    outcome, total = operation.outcome, len(operation.reports)
    if outcome is None:
        ended = sum(r.status not in (Status.WAITING, Status.RUNNING) for r in operation.reports.values())
        return f"{ended} of {total} steps"
    if outcome.refused:
        return one_line(outcome.refused)
    if outcome.failed:
        return f"{len(outcome.failed)} of {total} steps failed: {one_line(outcome.failed[0].reason)}"
    return ""


def state_cell(state: str) -> tuple[str, str]:
    """Glyph and word, with their tone."""
    glyph, tone = LOOKS.get(state, ("?", PLAIN))
    return f"{glyph} {state}", tone


def cells(row: Run) -> tuple[Cell, ...]:
    """The row."""
    faulty = row.state in ("failed", "refused")
    return (
        state_cell(row.state),
        one_line(row.title),
        started_text(row.started, time.time()),
        (format_age(row.seconds), DIM),
        (one_line(row.who) or "this session", DIM),
        (row.result, BAD if faulty else DIM),
        (row.id[:8], DIM),
    )


def started_text(at: float, now: float) -> str:
    """The time of day today, else the date with it: local time, seconds since the epoch."""
    local, today = time.localtime(at), time.localtime(now)
    same_day = (local.tm_year, local.tm_yday) == (today.tm_year, today.tm_yday)
    if same_day:
        return time.strftime("%H:%M:%S", local)
    return time.strftime("%d %b %H:%M" if local.tm_year == today.tm_year else "%d %b %Y", local)


def rank(row: Run, column: str) -> Ranked:
    """What a column sorts by."""
    values: dict[str, Ranked] = {
        "state": (row.state not in ("broken off", "running"), row.state),
        "title": (row.title,),
        "started": (row.started,),
        "took": (-1.0 if row.seconds is None else row.seconds,),
        "who": (row.who,),
        "result": (row.result == "", row.result),
        "id": (row.id,),
    }
    return values[column]


RUNS: Final = TableSpec[Run](
    COLUMNS, cells, lambda row: row.id, rank, lambda row: int(row.state in ("failed", "broken off", "refused")),
    then=lambda row: (-row.started, row.id),
)  # fmt: skip
