"""The first remedy of every finding as one plan. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from tui.core.finding import Finding, Remedy
from tui.core.plan import Danger, Plan, Skipped, Step

WORD: Final = "run all"


def can_run(remedy: Remedy) -> bool:
    """Whether this tool can carry it out."""
    return remedy.plan is not None or remedy.fix is not None


def runnable(finding: Finding | None) -> list[Remedy]:
    """The remedies that this tool can run itself."""
    return [remedy for remedy in finding.remedies if can_run(remedy)] if finding else []


def first_remedies(findings: Iterable[Finding]) -> list[tuple[Finding, Remedy]]:
    """What "all" means: of each finding the first remedy that can be run, each once."""
    found: list[tuple[Finding, Remedy]] = []
    for finding in findings:
        remedies = runnable(finding)[:1]
        found += [(finding, remedy) for remedy in remedies if remedy not in (known for _, known in found)]
    return found


def as_one(plans: Iterable[Plan], left_out: Sequence[Skipped] = ()) -> Plan | None:
    """One plan that runs them all; None where there is nothing to run or to tell. Equal plans are run once."""
    chosen: list[Plan] = []
    for plan in plans:
        if plan.steps and plan not in chosen:
            chosen.append(plan)
    if not chosen:
        return Plan("Run all remedies", (), tuple(left_out)) if left_out else None
    if len(chosen) == 1:
        return replace(chosen[0], skipped=(*chosen[0].skipped, *left_out))
    steps: dict[str, Step] = {}
    for number, plan in enumerate(chosen, 1):
        steps.update((step.id, step) for step in _renamed(plan.steps, steps, number))
    return Plan(
        f"{len(chosen)} remedies: {chosen[0].title}, …",
        tuple(steps.values()),
        (*(skip for plan in chosen for skip in plan.skipped), *left_out),
        tuple(dict.fromkeys(warning for plan in chosen for warning in plan.warnings)),
        confirm=WORD if any(map(destroys, chosen)) else "",
    )


def destroys(plan: Plan) -> bool:
    """Whether data or what stands for it goes."""
    return bool(plan.confirm) or plan.danger is Danger.DESTROYS


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
