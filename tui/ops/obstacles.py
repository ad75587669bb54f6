"""What keeps an undo from working by now, asked before its plan is shown and not only when it runs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tui.core.plan import Check, Plan, Refused, Result, Step
from tui.core.runner import API_TARGETS, Runner
from tui.ops.step_run import Answers, is_unread, says_yes
from tui.remote.errors import RemoteError

_AGAIN: Final = "what to do: change what is in the way, or put it back by hand, then undo this again"


async def with_obstacles(plan: Plan, runner: Runner) -> Plan:
    """The plan with a warning, on top, for each request that is refused as things are.

    Only steps that wait for no other are asked: what those before them change is not known yet. Raises Refused where
    no step would run. What can't be read now is no obstacle: the run asks again.
    """
    first = [step for step in plan.steps if step.node in API_TARGETS and not step.needs]
    why: dict[str, str] = {}
    for target in dict.fromkeys(step.node for step in first):
        asked = [step for step in first if step.node == target]
        parts = list(dict.fromkeys(part for step in asked for check in _checks(step) for part in check.parts()))
        try:
            results = await runner.run(target, [part.command for part in parts], stop=False)
        except RemoteError as error:
            text = f"Whether {target} still lets it be taken back could not be asked: {error.reason}."
            plan = replace(plan, warnings=(text, *plan.warnings))
            continue
        answers = dict(zip(parts, results, strict=False))
        why |= {step.id: reason for step in asked if (reason := _obstacle(step, answers))}
    if not why:
        return plan
    words = tuple(f"{step.title}: {why[step.id]}" for step in first if step.id in why)
    if len(_held_up(plan, set(why))) == len(plan.steps):
        raise Refused(f"This can't be taken back as it is now: {words[0]}.", (*words[1:], _AGAIN))
    said = (*(f"This will fail: {text}." for text in words), "What needs it stays too; the rest is taken back.")
    return replace(plan, warnings=(*said, *plan.warnings))


def _checks(step: Step) -> tuple[Check, ...]:
    return ((step.done,) if step.done else ()) + step.guards


def _obstacle(step: Step, answers: Answers) -> str:
    """Why a step would be refused, "" where it would not, or that can't be told."""
    if step.done and says_yes(step.done, answers):
        return ""
    for guard in step.guards:
        if says_yes(guard, answers):
            continue
        seen = [answers[part] for part in guard.parts() if part in answers]
        return "" if len(seen) < len(guard.parts()) or any(map(_is_unknown, seen)) else guard.why
    return ""


def _is_unknown(result: Result) -> bool:
    return result.code is None or result.truncated or is_unread(result)


def _held_up(plan: Plan, failing: set[str]) -> Sequence[Step]:
    """The steps that would not run: those that fail, and what needs them."""
    held = set(failing)
    while more := {step.id for step in plan.steps if step.id not in held and held & set(step.needs)}:
        held |= more
    return [step for step in plan.steps if step.id in held]
