"""What the exit code of a change says."""

import pytest

from tui.cli import codes
from tui.cli.change import exit_code
from tui.core.plan import Command, Plan, Skipped, Step
from tui.ops.events import Outcome, Status, StepReport

PLAN = Plan("Make it", tuple(Step(name, "node1", name, (Command(("true",)),)) for name in "ab"))
REFUSED = Plan("Make it", PLAN.steps, (Skipped("node2", "unreachable", is_fault=True),))


@pytest.mark.parametrize(
    ("plan", "second", "cancelled", "code"),
    [
        (PLAN, Status.DONE, False, codes.DONE),
        (PLAN, Status.DONE, True, codes.DONE),
        (PLAN, Status.CANCELLED, True, codes.CANCELLED),
        (PLAN, Status.FAILED, True, codes.CANCELLED),
        (PLAN, Status.FAILED, False, codes.FAILED),
        (REFUSED, Status.DONE, False, codes.FAILED),
        (REFUSED, Status.DONE, True, codes.FAILED),
    ],
)
def test_cancelled_is_what_left_something_out(plan: Plan, second: Status, cancelled: bool, code: int) -> None:
    reports = {"a": StepReport("a", Status.DONE), "b": StepReport("b", second)}
    assert exit_code(Outcome(plan, reports, cancelled=cancelled)) == code
