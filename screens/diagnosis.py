"""Findings in full: the sentence, why it is so, what was seen, and remedies that are numbered where they can be run."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from screens.dialog import plain
from screens.needs import plan_with_answers
from screens.running import review, run_flow
from screens.words import ACCENT, BAD, DIM, GOOD, WARN, one_line
from screens.wrapped import Indented
from tui.app import BrickyardApp
from tui.core.finding import Finding, Remedy, Severity

if TYPE_CHECKING:
    from tui.site import Site

MOST: Final = 9
"""So many remedies have a key of their own."""
MOST_SEEN: Final = 8
"""So many pieces of evidence of one finding are shown."""

_LOOKS: Final = {Severity.ERROR: ("✗", BAD), Severity.WARNING: ("▲", WARN), Severity.INFO: ("·", DIM)}


def numbered(findings: Iterable[Finding]) -> list[Remedy]:
    """The remedies that can be run, in the order of their numbers; what two findings ask for alike is there once."""
    found: list[Remedy] = []
    for finding in findings:
        for remedy in finding.remedies:
            if can_run(remedy) and remedy not in found:
                found.append(remedy)
    return found[:MOST]


def can_run(remedy: Remedy) -> bool:
    """Whether this tool can carry it out."""
    return remedy.plan is not None or remedy.fix is not None


def finding_lines(findings: Sequence[Finding]) -> list[Indented]:
    """All findings in full, one below the other."""
    remedies = numbered(findings)
    lines: list[Indented] = []
    for place, finding in enumerate(findings):
        if place:
            lines.append((0, plain("")))
        lines += _one(finding, remedies)
    return lines


def _one(finding: Finding, remedies: list[Remedy]) -> Iterable[Indented]:
    sign, tone = _LOOKS[finding.severity]
    doubt = "" if finding.definite else "  (likely, not certain)"
    yield 0, plain((f"{sign} {finding.code} ", tone), (one_line(finding.sentence), "bold"), (doubt, DIM))
    if finding.cause:
        yield 2, plain(("why: ", DIM), one_line(finding.cause))
    for evidence in finding.proof[:MOST_SEEN]:
        where = f"seen: {one_line(str(evidence.about))} {one_line(evidence.field)}: "
        yield 2, plain((where, DIM), one_line(evidence.value) or ("nothing", DIM))
    if len(finding.proof) > MOST_SEEN:
        yield 2, plain((f"and {len(finding.proof) - MOST_SEEN} more", DIM))
    if finding.evidence and not finding.proof:
        yield 2, plain(("seen: ", DIM), one_line(finding.evidence))
    for remedy in finding.remedies:
        if remedy in remedies:
            yield 2, plain((f"{remedies.index(remedy) + 1} ", ACCENT), (one_line(remedy.title), GOOD))
        else:
            yield 2, plain(("· ", DIM), one_line(remedy.title), ("" if can_run(remedy) else "  (by hand)", DIM))


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
