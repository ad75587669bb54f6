"""One operation: every step live, and in the end what was done, what not, why, and what to do."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.plan_review import skipped_lines
from screens.strips import Part, result_line, running_line
from screens.words import BAD, DIM, GOOD, PLAIN, WARN, one_line
from screens.wrapped import Indented, WrappedText
from tui.core.plan import Step
from tui.ops.events import Outcome, Status, StepReport
from tui.widgets.progress_list import Progress, ProgressList

if TYPE_CHECKING:
    from tui.ops.operation import Operation

REDRAW_SECONDS = 0.1


class OperationDialog(Dialog[None]):
    """Watches an operation. Escape leaves it running; the strip of the dashboard goes on showing it."""

    BINDINGS = [Binding("x", "cancel", "Cancel", show=False)]
    keys = (("x", "cancel after the running steps"), ("Esc", "leave it running"), ("↑↓", "look around"))

    def __init__(self, operation: "Operation") -> None:
        super().__init__()
        self._operation = operation
        self.heading = one_line(operation.plan.title)
        self._redraw_waits = False
        self._ended = False
        self._end_watching: Callable[[], None] | None = None

    def compose_body(self) -> ComposeResult:
        """The line of progress, the result (at the end), the steps."""
        yield Static(id="operation-line", markup=False)
        with VerticalScroll(id="operation-result"):
            yield WrappedText()
        yield ProgressList()

    def on_mount(self) -> None:
        """Begin to watch."""
        self.query_one(".box").add_class("-wide", "-tall")
        self.query_one("#operation-result").display = False
        self.query_one(ProgressList).set_items(list(progress(self._operation, time.time())))
        self._end_watching = self._operation.subscribe(self._redraw_soon)
        self.set_interval(1.0, self._redraw)
        self._redraw()

    def on_unmount(self) -> None:
        """End watching."""
        if self._end_watching is not None:
            self._end_watching()

    def action_cancel(self) -> None:
        """Start no further step."""
        if self._operation.running:
            self._operation.cancel()

    def _redraw_soon(self) -> None:
        if not self._redraw_waits:
            self._redraw_waits = True
            self.set_timer(REDRAW_SECONDS, self._redraw)

    def _redraw(self) -> None:
        self._redraw_waits = False
        outcome = self._operation.outcome
        if self._ended:
            return
        self.query_one(ProgressList).update_items(progress(self._operation, time.time()))
        line = running_line(self._operation) if outcome is None else result_line(self._operation)
        self.query_one("#operation-line", Static).update(plain(*line))
        if outcome is not None:
            self._ended = True
            self._show_result(outcome)

    def _show_result(self, outcome: Outcome) -> None:
        result = self.query_one("#operation-result", VerticalScroll)
        result.query_one(WrappedText).show(result_lines(outcome))
        result.display = True
        self.set_keys((("Esc", "close"), ("Tab ↑↓", "scroll")))


def progress(operation: "Operation", now: float) -> Iterator[Progress]:
    """One line a step, grouped by what it works on."""
    for step in operation.plan.steps:
        report = operation.reports[step.id]
        seconds: float | None = report.seconds or None
        if report.status is Status.RUNNING and step.id in operation.step_started:
            seconds = now - operation.step_started[step.id]
        line = operation.live.get(step.id, "") or report.reason
        yield Progress(
            step.id, step.subject or step.node, one_line(step.title), str(report.status), seconds, one_line(line)
        )


def result_lines(outcome: Outcome) -> list[Indented]:
    """What was done, what was not and why, and what to do about it."""
    steps = {step.id: step for step in outcome.plan.steps}
    lines: list[Indented] = [(0, plain(*_tally(outcome)))]
    for report in outcome.failed:
        lines += _failure(steps[report.step], report)
    for skip in outcome.plan.skipped:
        if skip.is_fault:
            lines += skipped_lines("✗ refused", BAD, skip)
    return lines


def _tally(outcome: Outcome) -> list[Part]:
    statuses = [report.status for report in outcome.reports.values()]
    tones = {
        Status.DONE: GOOD, Status.PRESENT: GOOD, Status.FAILED: BAD, Status.BLOCKED: WARN, Status.CANCELLED: WARN,
    }  # fmt: skip
    counts = [(status, statuses.count(status)) for status in Status if status in statuses]
    parts: list[Part] = []
    for status, count in counts:
        parts += [(" · " if parts else "", DIM), (f"{count} {status}", tones.get(status, PLAIN))]
    return parts or [("nothing was run", DIM)]


def _failure(step: Step, report: StepReport) -> Iterator[Indented]:
    yield 0, plain(("✗ ", BAD), (f"{step.node}: {one_line(step.title)}", "bold"))
    yield 4, plain((report.reason, BAD))
    if report.remedy:
        yield 4, plain((f"what to do: {report.remedy}", GOOD))
