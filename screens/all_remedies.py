"""The first remedy of every finding as one plan. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from tui.core.finding import Finding, Remedy
from tui.core.plan import Danger, Plan, Step

WORD: Final = "run all"


def runnable(finding: Finding | None) -> list[Remedy]:
    """The remedies that this tool can run itself."""
    return [remedy for remedy in finding.remedies if remedy.plan is not None] if finding else []


def all_remedies(findings: Iterable[Finding]) -> Plan | None:
    """One plan that runs them all; None where none can be run. Two findings that ask for the same get it once."""
    plans: list[Plan] = []
    for finding in findings:
        plan = next((remedy.plan for remedy in runnable(finding)), None)
        if plan is not None and plan.steps and plan not in plans:
            plans.append(plan)
    if len(plans) <= 1:
        return plans[0] if plans else None
    steps: dict[str, Step] = {}
    for number, plan in enumerate(plans, 1):
        steps.update((step.id, step) for step in _renamed(plan.steps, steps, number))
    destroys = any(plan.confirm or plan.danger is Danger.DESTROYS for plan in plans)
    return Plan(
        f"{len(plans)} remedies: {plans[0].title}, …",
        tuple(steps.values()),
        tuple(skip for plan in plans for skip in plan.skipped),
        tuple(dict.fromkeys(warning for plan in plans for warning in plan.warnings)),
        confirm=WORD if destroys else "",
    )


def _renamed(steps: Iterable[Step], taken: dict[str, Step], number: int) -> list[Step]:
    """The steps under ids that no other plan's step has; a step that is there already stays the same one."""
    chosen = list(steps)
    names = {s.id: f"{s.id} #{number}" if s.id in taken and taken[s.id] != s else s.id for s in chosen}
    return [
        replace(
            step,
            id=names[step.id],
            needs=tuple(names.get(need, need) for need in step.needs),
            after=tuple(names.get(before, before) for before in step.after),
        )
        for step in chosen
    ]
