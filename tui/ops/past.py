"""What can still be done about an operation of the past: go on with it, or take it back."""

from collections.abc import Collection

from tui.core.plan import Danger, Plan, Refused
from tui.ops.events import Status
from tui.ops.history import Record
from tui.plans.undo import plan_undo


class ChangedNothing(Refused):
    """An operation left nothing behind that could be taken back: all was there already, or it tidied up itself."""


def undo_of(record: Record) -> Plan:
    """The plan that takes an operation back, from what its steps did.

    Raises Refused, and ChangedNothing where there never was anything to take back.
    """
    entry = record.entry
    _check_ended(record, "taken back")
    if entry.undone_by:
        raise Refused(f"operation {entry.id[:8]} was taken back already, by {entry.undone_by[:8]}")
    if entry.kind == "undo":
        raise Refused(
            f"operation {entry.id[:8]} is an undo itself", (f"to have it back, run it again: {record.plan.title}",)
        )
    done = {id_ for id_, report in record.reports.items() if report.status is Status.DONE}
    unsure = {id_ for id_, report in record.reports.items() if report.begun and not report.status.is_good}
    plan = plan_undo(record.plan, done, unsure)
    if not plan.steps:
        kind = ChangedNothing if _left_nothing(record.plan, done | unsure) else Refused
        raise kind(f"operation {entry.id[:8]} changed nothing that can be taken back", _why_not(plan))
    return plan


def _left_nothing(plan: Plan, taken: Collection[str]) -> bool:
    """Whether what was done is safe, or was tidied up by a step of the same plan that came to its end."""
    steps = [step for step in plan.steps if step.id in taken]
    tidied = {id_ for step in steps if step.danger is Danger.SAFE for id_ in step.after}
    return all(step.danger is Danger.SAFE or step.id in tidied for step in steps)


def check_resumable(record: Record) -> None:
    """Raise Refused where there is nothing left to go on with."""
    entry = record.entry
    _check_ended(record, "resumed")
    if entry.undone_by:
        raise Refused(f"operation {entry.id[:8]} was taken back, by {entry.undone_by[:8]}; nothing is left to resume")
    if all(report.status.lets_on for report in record.reports.values()):
        raise Refused(f"operation {entry.id[:8]} is complete; nothing is left to resume")


def failed_steps(record: Record) -> tuple[str, ...]:
    """The ids of the steps that failed. Raises Refused where there are none."""
    failed = tuple(id_ for id_, report in record.reports.items() if report.status is Status.FAILED)
    if not failed:
        raise Refused(f"no step of operation {record.entry.id[:8]} failed; nothing is to be skipped")
    return failed


def _check_ended(record: Record, what: str) -> None:
    if record.entry.state == "running":
        raise Refused(f"operation {record.entry.id[:8]} still runs, so it can't be {what}", ("wait for it, or end it",))


def _why_not(plan: Plan) -> tuple[str, ...]:
    return tuple(skip.reason for skip in plan.skipped)
