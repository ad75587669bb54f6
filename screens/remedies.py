"""From a remedy to the review of its plan: one alone, or the first one of every finding at once."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from screens.all_remedies import as_one, destroys, first_remedies
from screens.dialog import plain
from screens.needs import plan_with_answers
from screens.running import review, run_flow
from screens.waiting import WaitingDialog
from tui.app import BrickyardApp
from tui.core.finding import Finding, Remedy
from tui.core.plan import Plan, Refused, Skipped
from tui.plans.kube_asks import Needs

if TYPE_CHECKING:
    from tui.site import Site

ALONE: Final = "Choose it in the list and run it alone."


def run_remedy(app: BrickyardApp, remedy: Remedy, on_started: Callable[[], object] | None = None) -> None:
    """Make the plan, which may have to look at the objects first, and show its review."""
    if app.site is not None:
        run_flow(app, _run(app, app.site, remedy, on_started), "planning the repair")


async def _run(app: BrickyardApp, site: "Site", remedy: Remedy, on_started: Callable[[], object] | None) -> None:
    plan = remedy.plan
    if plan is None and remedy.fix is not None:
        plan = await plan_with_answers(app, site, remedy.fix, remedy.title)
    if plan is not None:
        review(app, plan, on_started)


def run_all(app: BrickyardApp, findings: Sequence[Finding]) -> bool:
    """Review the first remedy of every finding as one plan; False where none can be run.

    What has to ask something, what can't be planned, and what destroys on a mere suspicion is left out and named.
    """
    chosen = first_remedies(findings)
    if chosen and app.site is not None:
        run_flow(app, _run_all(app, app.site, chosen), "planning the repairs")
    return bool(chosen)


async def _run_all(app: BrickyardApp, site: "Site", chosen: list[tuple[Finding, Remedy]]) -> None:
    async def ask() -> Plan | None:
        return await plan_all(site, chosen)

    if all(remedy.plan is not None for _, remedy in chosen):
        plan = await ask()
    else:
        text = plain(f"The objects are read whole before plans are made for them: {len(chosen)} repairs.")
        plan = await app.push_screen_wait(WaitingDialog[Plan | None]("Repairs", text, ask))
    if plan is not None:
        review(app, plan)


async def plan_all(site: "Site", chosen: list[tuple[Finding, Remedy]]) -> Plan | None:
    """One plan for these remedies."""
    plans: list[Plan] = []
    left_out: list[Skipped] = []
    for finding, remedy in chosen:
        try:
            plan = remedy.plan or (await site.fix_plan(remedy.fix) if remedy.fix is not None else None)
        except Needs as needs:
            left_out.append(Skipped(finding.subject, needs.sentence.rstrip("."), is_fault=True, remedy=ALONE))
            continue
        except Refused as refused:
            left_out.append(Skipped(finding.subject, refused.sentence.rstrip("."), is_fault=True))
            continue
        if plan is not None and destroys(plan) and not finding.definite:
            why = "it destroys, and what was found is likely, not certain"
            left_out.append(Skipped(finding.subject, why, is_fault=True, remedy=ALONE))
        elif plan is not None:
            plans.append(plan)
    return as_one(plans, left_out)
