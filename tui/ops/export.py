"""One operation of the journal for others to read: as text for people, as plain data for programs. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from tui.core.plan import Step
from tui.core.units import format_age
from tui.dialects.kube_request import METHODS
from tui.ops.events import Status, StepReport, status_word
from tui.ops.history import CommandRun, Entry, Record

# as `tui.core.plan.Command` writes a request
_REQUEST: Final = re.compile(rf"(?:{'|'.join(sorted(METHODS))}) '?/")
FORMAT: Final = "brickyard operation 1"


def as_json(record: Record) -> dict[str, Any]:
    """The record as dictionaries, lists, texts and numbers. Times are RFC 3339 in UTC, durations seconds.

    `format` changes when a field changes its meaning or goes away; new fields may come without.
    """
    entry, plan = record.entry, record.plan
    runs = _runs_by_step(record)
    return {
        "format": FORMAT,
        "id": entry.id,
        "site": entry.site,
        "title": entry.title,
        "kind": entry.kind,
        "undoes": entry.undoes or None,
        "undone_by": entry.undone_by or None,
        "state": entry.state,
        "operator": entry.operator,
        "host": entry.host,
        "version": entry.version,
        "started": rfc3339(entry.started),
        "ended": rfc3339(entry.ended),
        "seconds": duration(entry),
        "warnings": list(plan.warnings),
        "skipped": [
            {"subject": s.subject, "reason": s.reason, "fault": s.is_fault, "remedy": s.remedy} for s in plan.skipped
        ],
        "steps": [_step(step, report_of(record, step.id), runs[step.id]) for step in plan.steps],
    }


def _step(step: Step, report: StepReport, runs: list[CommandRun]) -> dict[str, Any]:
    return {
        "id": step.id,
        "node": step.node,
        "title": step.title,
        "subject": step.subject,
        "danger": str(step.danger),
        "status": str(report.status),
        "begun": report.begun,
        "reason": report.reason,
        "remedy": report.remedy,
        "seconds": round(report.seconds, 3),
        "no_undo": step.no_undo,
        "planned": [str(command) for command in step.commands],
        "commands": [
            {
                "phase": run.phase,
                "command": run.command,
                "exit_code": run.code,
                "answered": rfc3339(run.at),
                "seconds": round(run.seconds, 3),
                "output": run.output,
            }
            for run in runs
        ],
    }


def as_text(record: Record) -> str:
    """The record as text, every command with its exit code and what it printed."""
    return "\n".join(_lines(record)) + "\n"


def _lines(record: Record) -> Iterator[str]:
    entry, plan = record.entry, record.plan
    yield _visible(entry.title)
    yield f"operation {entry.id}, {state_words(entry)}"
    yield f"site {entry.site}, by {entry.operator}@{entry.host}, brickyard {entry.version}"
    ended = rfc3339(entry.ended) or "never"
    yield f"started {rfc3339(entry.started)}, ended {ended}, took {format_age(duration(entry))}"
    yield from (f"warning: {_visible(warning)}" for warning in plan.warnings)
    for skip in plan.skipped:
        word = "refused" if skip.is_fault else "nothing to do"
        yield _visible(f"{word}: {skip.subject}: {skip.reason}" + (f" ({skip.remedy})" if skip.remedy else ""))
    runs = _runs_by_step(record)
    for number, step in enumerate(plan.steps, 1):
        report = report_of(record, step.id)
        yield ""
        yield _visible(
            f"{number}. {step.node}: {step.title}: {status_word(report.status, step.id)} ({report.seconds:.1f} s)"
        )
        if report.reason:
            yield _visible(f"   reason: {report.reason}")
        if report.remedy:
            yield _visible(f"   what to do: {report.remedy}")
        for run in runs[step.id]:
            yield _visible(f"   {rfc3339(run.at)} {run.phase}: $ {run.command}")
            yield f"      {code_words(run)}, {run.seconds:.2f} s"
            yield from (f"      | {_visible(line)}" for line in run.output.splitlines())


def _runs_by_step(record: Record) -> dict[str, list[CommandRun]]:
    runs: dict[str, list[CommandRun]] = defaultdict(list)
    for run in record.commands:
        runs[run.step].append(run)
    return runs


def report_of(record: Record, step: str) -> StepReport:
    """What the journal says of a step; one that it does not know was never begun."""
    return record.reports.get(step) or StepReport(step, Status.WAITING)


def state_words(entry: Entry) -> str:
    """ "done, taken back by 1a2b3c4d": the state with what became of it."""
    undo = f"undo of {entry.undoes[:8]}, " if entry.undoes else ""
    return f"{undo}{entry.state}" + (f", taken back by {entry.undone_by[:8]}" if entry.undone_by else "")


def code_words(run: CommandRun) -> str:
    """ "exit code 5", "HTTP 409" for a request, or that its end is not known."""
    if run.code is None:
        return "its end is not known"
    return f"HTTP {run.code}" if _REQUEST.match(run.command) else f"exit code {run.code}"


def duration(entry: Entry) -> float | None:
    """Seconds from start to end; None where it has none (it runs, or broke off)."""
    return None if entry.ended is None else round(max(0.0, entry.ended - entry.started), 3)


def rfc3339(at: float | None) -> str | None:
    """A time (seconds since the epoch) as "2026-05-04T12:30:01.250Z"; None stays None."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _visible(text: str) -> str:
    """What nodes printed may hold control characters; a file of text is looked at in a terminal too."""
    return "".join(c if c.isprintable() or c == "\t" else "?" for c in text)
