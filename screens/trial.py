"""What the API server said to requests that it only tried (dryRun=All), as lines."""

from collections.abc import Sequence
from dataclasses import replace

from screens.dialog import plain
from screens.words import BAD, DIM, GOOD, one_line
from screens.wrapped import Indented
from tui.core.plan import Result, Step
from tui.dialects.failures import explain, succeeded

Tried = Sequence[tuple[Step, Result]]


def trial_lines(tried: Tried) -> list[Indented]:
    """What the API server said to each request."""
    lines: list[Indented] = []
    for step, result in tried:
        title = one_line(step.title)
        if succeeded(result):
            lines.append((0, plain(("✓ tried, nothing changed: ", GOOD), title)))
            continue
        why = explain(replace(result, command=step.commands[0]))
        lines.append((0, plain((f"✗ the API server refuses: {title}: {one_line(why.reason)}", BAD))))
        if why.remedy:
            lines.append((2, plain((f"what to do: {one_line(why.remedy)}", GOOD))))
    return lines or [(0, plain(("Nothing in it can be tried alone.", DIM)))]
