"""Plans and what came of them: in words for people, as plain data for programs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from tui.core.plan import Danger, Plan, Skipped, Step
from tui.core.units import format_age
from tui.ops.events import Outcome, Status, status_word

_TITLES_MAX: Final = 40
_SAME_MAX: Final = 3


def review_lines(plan: Plan) -> list[str]:
    """A plan as it is shown before the question: what is done where, and what is left out; without commands."""
    lines = [plan.title]
    lines += [f"  warning: {text}" for text in plan.warnings]
    for node in dict.fromkeys(step.node for step in plan.steps):
        lines += [f"  {node}:", *_titles([step for step in plan.steps if step.node == node])]
    lines += skipped_lines(plan.skipped)
    there = sum(not skip.is_fault for skip in plan.skipped)
    lines += [f"  already there: {there} (--dry-run lists them)"] if there else []
    return lines


def _titles(steps: Sequence[Step]) -> Iterator[str]:
    """The first steps of a node; what destroys is never left out."""
    for number, step in enumerate(steps):
        if step.danger is Danger.DESTROYS:
            yield f"    {step.title} [destroys]"
        elif number < _TITLES_MAX:
            yield f"    {step.title}"
    if len(steps) > _TITLES_MAX:
        yield f"    and so on: {len(steps)} steps in all (--dry-run lists them)"


def skipped_lines(skipped: Sequence[Skipped]) -> Iterator[str]:
    """What is refused, with what to do; devices that share node and reason are on one line."""
    faults = [skip for skip in skipped if skip.is_fault]
    for (node, reason, remedy), group in groupby(faults, key=lambda s: (s.subject.split(" ")[0], s.reason, s.remedy)):
        things = " ".join(skip.subject.partition(" ")[2] for skip in group)
        yield f"  refused: {node}{' ' if things else ''}{things}: {reason}"
        if remedy:
            yield f"    what to do: {remedy}"


def result_lines(outcome: Outcome) -> Iterator[str]:
    """What came of a plan: a line in sum, then each fault."""
    if outcome.refused:
        yield f"{outcome.plan.title}: refused, nothing was changed: {outcome.refused}"
        return
    counts = ", ".join(f"{count} {words}" for words, count in _counts_said(outcome).items())
    seconds = f"{outcome.seconds:.1f} s" if outcome.seconds < 10 else format_age(outcome.seconds)
    yield f"{outcome.plan.title}: {counts or 'nothing to do'}" + (f" in {seconds}" if outcome.reports else "")
    if not outcome.plan.steps and len(outcome.plan.skipped) <= _SAME_MAX:
        yield from (f"  {skip.subject}: {skip.reason}" for skip in outcome.plan.skipped if not skip.is_fault)
    if outcome.ok and outcome.plan.then:
        yield f"  {outcome.plan.then}"
    yield from _bad_lines(outcome)
    yield from skipped_lines(outcome.plan.skipped)
    if not outcome.ok and not outcome.cancelled and outcome.reports:
        yield "  Run it again when that is mended: only what is missing is done."


def _bad_lines(outcome: Outcome) -> Iterator[str]:
    """Steps that are not done; many with the same reason are one line."""
    told: dict[tuple[str, str, str], list[Step]] = {}
    for step in outcome.plan.steps:
        report = outcome.reports[step.id]
        if not report.status.is_good:
            told.setdefault((str(report.status), report.reason, report.remedy), []).append(step)
    for (status, reason, remedy), steps in told.items():
        if len(steps) > _SAME_MAX:
            yield f"  {status}: {len(steps)} steps: {reason}"
        else:
            yield from (f"  {status}: {step.node}: {step.title}: {reason}" for step in steps)
        if remedy:
            yield f"    what to do: {remedy}"


def plan_data(plan: Plan) -> dict[str, Any]:
    """A plan as `--dry-run -o json` prints it; commands are lists of arguments."""
    steps = [
        {
            "node": step.node, "subject": step.subject, "title": step.title, "danger": str(step.danger),
            "commands": [list(command.argv) for command in step.commands],
        }
        for step in plan.steps
    ]  # fmt: skip
    return {"title": plan.title, "warnings": list(plan.warnings), "steps": steps, "skipped": _skipped(plan)}


def result_data(outcome: Outcome) -> dict[str, Any]:
    """What was done and what was not, as `-o json` prints it."""
    steps = []
    for step in outcome.plan.steps:
        report = outcome.reports[step.id]
        steps.append(
            {
                "node": step.node, "subject": step.subject, "title": step.title, "status": str(report.status),
                "reason": report.reason, "remedy": report.remedy, "seconds": round(report.seconds, 2),
            }
        )  # fmt: skip
    return {
        "title": outcome.plan.title, "ok": outcome.ok, "cancelled": outcome.cancelled,
        "refused": outcome.refused, "seconds": round(outcome.seconds, 2), "counts": _counts(outcome),
        "steps": steps, "skipped": _skipped(outcome.plan),
    }  # fmt: skip


def _skipped(plan: Plan) -> list[dict[str, Any]]:
    return [{"subject": s.subject, "reason": s.reason, "refused": s.is_fault, "remedy": s.remedy} for s in plan.skipped]


def _counts_said(outcome: Outcome) -> dict[str, int]:
    """The same for people, who are told "gone already" of what an undo did not find."""
    said = [(status, step) for status in Status for step, r in outcome.reports.items() if r.status is status]
    return dict(Counter(status_word(status, step) for status, step in said))


def _counts(outcome: Outcome) -> dict[str, int]:
    counts = {str(status): sum(r.status is status for r in outcome.reports.values()) for status in Status}
    return {status: count for status, count in counts.items() if count}
