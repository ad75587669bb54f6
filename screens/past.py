"""Plans for an operation of the past, made fit to be reviewed by a tired admin. Pure."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from tui.core.plan import Plan
from tui.core.units import format_age
from tui.ops.export import report_of
from tui.ops.history import Record
from tui.plans.undo import takes_data

UNDO_WORD: Final = "undo"


def careful(plan: Plan, record: Record, now: float) -> Plan:
    """A word must be typed; where what was made holds data by now, that this goes with it is said."""
    age = format_age(now - record.entry.started)
    said = (f"What was made {age} ago goes with all that was written to it since.",) if takes_data(plan) else ()
    return replace(plan, warnings=(*said, *plan.warnings), confirm=plan.confirm or UNDO_WORD)


def what_is_left(record: Record, skip: Collection[str] = ()) -> Plan:
    """The plan without the steps that came to a good end or are to be skipped.

    It is for reading: the whole plan goes on.
    """
    plan = record.plan
    reports = {step.id: report_of(record, step.id).status for step in plan.steps}
    left = tuple(s for s in plan.steps if not reports[s.id].lets_on and s.id not in skip)
    done = sum(status.is_good for status in reports.values())
    out = [step for step in plan.steps if step.id in skip]
    said = [f"{done} of {len(plan.steps)} steps are done; they are looked at again and not repeated."] if done else []
    said += [f"Left out: {step.node}: {step.title}; what needs it is tried without it." for step in out]
    return replace(plan, title=f"Resume: {plan.title}", steps=left, warnings=(*said, *plan.warnings))
