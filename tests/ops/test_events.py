"""How the end of a step is said."""

from tui.cli.review import result_data, result_lines
from tui.core.plan import Command, Plan, Step
from tui.ops.events import Outcome, Status, StepReport, status_word
from tui.plans.undo import plan_undo


def test_what_an_undo_does_not_find_is_gone_and_not_there() -> None:
    made = [Step(id_, "n1", f"make {id_}", (Command(("make", id_)),), undo=(Command(("rm", id_)),)) for id_ in "ab"]
    plan = Plan("Make both", tuple(made))
    undo = plan_undo(plan, {"a", "b"}, ())
    reports = {"undo a": StepReport("undo a", Status.PRESENT), "undo b": StepReport("undo b", Status.DONE)}
    outcome = Outcome(undo, reports)
    assert next(result_lines(outcome)) == "Undo: Make both: 1 done, 1 gone already in 0.0 s"
    # programs read the same word as ever
    assert [step["status"] for step in result_data(outcome)["steps"]] == ["done", "already there"]
    assert next(result_lines(Outcome(plan, {one.id: StepReport(one.id, Status.PRESENT) for one in made}))).endswith(
        "2 already there in 0.0 s"
    )
    assert status_word(Status.FAILED, "undo a") == "failed"
