"""Findings in full: the sentence, why it is so, what was seen, and remedies that are numbered where they can be run."""

from collections.abc import Iterable, Sequence
from typing import Final

from screens.all_remedies import can_run
from screens.dialog import plain
from screens.words import ACCENT, BAD, DIM, GOOD, WARN, one_line
from screens.wrapped import Indented
from tui.core.finding import Finding, Remedy, Severity

MOST: Final = 9
"""So many remedies have a key of their own."""
MOST_SEEN: Final = 8
"""So many pieces of evidence of one finding are shown."""

LOOKS: Final = {Severity.ERROR: ("✗", BAD), Severity.WARNING: ("▲", WARN), Severity.INFO: ("·", DIM)}


def numbered(findings: Iterable[Finding]) -> list[Remedy]:
    """The remedies that can be run, in the order of their numbers; what two findings ask for alike is there once."""
    found: list[Remedy] = []
    for finding in findings:
        for remedy in finding.remedies:
            if can_run(remedy) and remedy not in found:
                found.append(remedy)
    return found[:MOST]


def finding_lines(findings: Sequence[Finding], *, where: bool = False) -> list[Indented]:
    """All findings in full, one below the other; each begins with its code, or with `where` it was found."""
    remedies = numbered(findings)
    lines: list[Indented] = []
    for place, finding in enumerate(findings):
        if place:
            lines.append((0, plain("")))
        lines += _one(finding, remedies, f"{one_line(finding.subject)}:" if where else finding.code)
    return lines


def _one(finding: Finding, remedies: list[Remedy], lead: str) -> Iterable[Indented]:
    sign, tone = LOOKS[finding.severity]
    doubt = "" if finding.definite else "  (likely, not certain)"
    yield 0, plain((f"{sign} {lead} ", tone), (one_line(finding.sentence), "bold"), (doubt, DIM))
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
