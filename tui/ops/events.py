"""What the executor tells while a plan runs, and what came of it in the end."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tui.core.plan import Plan
from tui.plans.undo import UNDO


class Status(StrEnum):
    """Where one step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PRESENT = "already there"
    FAILED = "failed"
    BLOCKED = "not tried"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"

    @property
    def is_good(self) -> bool:
        """What the step is for is there."""
        return self in (Status.DONE, Status.PRESENT)

    @property
    def lets_on(self) -> bool:
        """What needs the step may go on: it is there, or the admin wants to go on without it."""
        return self.is_good or self is Status.SKIPPED


GONE: Final = "gone already"


def status_word(status: Status, step: str) -> str:
    """How the status of a step is said: what an undo was to take away is not "already there" but gone."""
    return GONE if status is Status.PRESENT and step.startswith(UNDO) else str(status)


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step: its status, the reason of a failure and what to do, seconds, and its output.

    `begun` is known of steps that were read from the journal: a change was begun, so that half of
    it may be there where the step did not come to a good end.
    """

    step: str
    status: Status
    reason: str = ""
    remedy: str = ""
    seconds: float = 0.0
    output: str = ""
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a plan. `refused` says why nothing was begun at all."""

    plan: Plan
    reports: dict[str, StepReport] = field(default_factory=dict)
    seconds: float = 0.0
    cancelled: bool = False
    refused: str = ""

    @property
    def failed(self) -> list[StepReport]:
        """The steps that failed, in plan order."""
        return [r for r in self.reports.values() if r.status is Status.FAILED]

    @property
    def ok(self) -> bool:
        """All that was asked for is there now."""
        return (
            not self.refused
            and all(r.status.lets_on for r in self.reports.values())
            and not any(s.is_fault for s in self.plan.skipped)
        )
