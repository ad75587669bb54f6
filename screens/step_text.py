"""A step in full: what it was, why it failed, what to do, and what the node answered. Pure."""

import time
from collections.abc import Iterator
from typing import Final

from screens.dialog import plain
from screens.words import ACCENT, BAD, DIM, GOOD, PLAIN, WARN, one_line
from screens.wrapped import Indented
from tui.core.plan import Step
from tui.ops.events import Status, StepReport, status_word
from tui.ops.export import code_words
from tui.ops.history import CommandRun

STATUS_TONES: Final = {
    Status.WAITING: DIM, Status.RUNNING: ACCENT, Status.DONE: GOOD, Status.PRESENT: GOOD, Status.FAILED: BAD,
    Status.BLOCKED: WARN, Status.CANCELLED: WARN, Status.SKIPPED: WARN,
}  # fmt: skip
OUTPUT_LINES: Final = 400


def reason_lines(step: Step, report: StepReport) -> Iterator[Indented]:
    """Where, what, how it ended, why, and what to do."""
    tone = STATUS_TONES[report.status]
    yield (
        0,
        plain(
            (f"{one_line(step.node)}: {one_line(step.title)}", "bold"),
            (f"  {status_word(report.status, step.id)}", tone),
        ),
    )
    if report.reason:
        yield 2, plain((report.reason, tone))
    if report.remedy:
        yield 2, plain((f"what to do: {report.remedy}", GOOD))


def command_lines(run: CommandRun) -> Iterator[Indented]:
    """One command: when and why it was run, its exit code, what it printed."""
    when = time.strftime("%H:%M:%S", time.localtime(run.at))
    yield 0, plain(("$ ", DIM), (one_line(run.command), PLAIN))
    yield 2, plain((f"{run.phase} · {when} · {code_words(run)} · {run.seconds:.2f}s", DIM if run.code == 0 else WARN))
    yield from output_lines(run.output)


def output_lines(output: str) -> Iterator[Indented]:
    """What a command printed, its end where it is long: errors come last."""
    lines = output.splitlines()
    if len(lines) > OUTPUT_LINES:
        yield 4, plain((f"… {len(lines) - OUTPUT_LINES} lines before; the export has them", DIM))
    for line in lines[-OUTPUT_LINES:]:
        yield 4, plain(line or " ")
