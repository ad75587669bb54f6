"""One operation: every step live, and in the end what was done, what not, why, and what to do."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from screens.dialog import Dialog, Keys, plain
from screens.plan_review import skipped_lines
from screens.shell import open_shell
from screens.step_output import StepOutputDialog
from screens.strips import Part, result_line, running_line
from screens.words import BAD, DIM, GOOD, PLAIN, WARN, one_line
from screens.wrapped import Indented, WrappedText
from tui.core.plan import Step
from tui.ops.events import Status, StepReport, status_word
from tui.plans.undo import plan_undo
from tui.widgets.progress_list import Progress, ProgressList
from tui.widgets.tree_table import TreeTable

if TYPE_CHECKING:
    from tui.ops.operation import Operation

REDRAW_SECONDS = 0.1


class OperationDialog(Dialog[str]):
    """Watches an operation. Escape leaves it running; the strip of the dashboard goes on showing it.

    "undo", "resume" or "skip" when the admin wants that done about an operation that ended.
    """

    BINDINGS = [
        Binding("x", "cancel", "Cancel", show=False),
        Binding("u", "wish('undo')", "Undo", show=False),
        Binding("R", "wish('resume')", "Resume", show=False),
        Binding("s", "wish('skip')", "Skip", show=False),
        Binding("exclamation_mark", "shell", "Shell", show=False),
    ]
    keys = (
        ("x", "cancel after the running steps"), ("Enter", "output"), ("!", "shell"), ("f", "follow"),
        ("Esc", "leave it running"),
    )  # fmt: skip

    def __init__(self, operation: "Operation") -> None:
        super().__init__()
        self._operation = operation
        self.heading = one_line(operation.plan.title)
        self._redraw_waits = False
        self._ended = False
        self._failures = -1
        self._end_watching: Callable[[], None] | None = None

    def compose_body(self) -> ComposeResult:
        """The line of progress, what failed and the result, the steps."""
        yield Static(id="operation-line", markup=False)
        with VerticalScroll(id="operation-result"):
            yield WrappedText()
        yield ProgressList()

    def on_mount(self) -> None:
        """Begin to watch."""
        self.query_one(".box").add_class("-wide", "-tall")
        self.query_one("#operation-result").display = False
        self.query_one(ProgressList).set_items(list(progress(self._operation, time.time())))
        self.query_one(TreeTable).focus()
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
            self.set_keys((("Esc", "leave it"), ("then", "R resumes it, u takes it back")))

    def action_wish(self, wish: str) -> None:
        """What shall become of it, once it has ended."""
        if self._operation.running:
            self.app.notify("It still runs: wait for its end, or cancel it with x.", markup=False)
        elif self._operation.refused:
            self.app.notify("Nothing was begun, so there is nothing to go on with or to take back.", markup=False)
        else:
            self.dismiss(wish)

    async def action_shell(self) -> None:
        """On the node of the selected step."""
        step = self._selected
        if step is not None and self.app.site is not None:
            await open_shell(self.app, self.app.site, step.node)

    @on(TreeTable.RowSelected)
    def _open_output(self) -> None:
        """What the node answered."""
        step = self._selected
        if step is not None:
            self.app.push_screen(StepOutputDialog(self._operation, step))

    @property
    def _selected(self) -> Step | None:
        """The step under the cursor; the first of a subject where the cursor is on one."""
        key = self.query_one(TreeTable).cursor_key
        steps = self._operation.plan.steps
        if isinstance(key, tuple):
            return next((step for step in steps if key[1] in (step.subject, step.node)), None)
        return next((step for step in steps if step.id == key), None)

    def _redraw_soon(self) -> None:
        if not self._redraw_waits:
            self._redraw_waits = True
            self.set_timer(REDRAW_SECONDS, self._redraw)

    def _redraw(self) -> None:
        self._redraw_waits = False
        operation = self._operation
        if self._ended:
            return
        self.query_one(ProgressList).update_items(progress(operation, time.time()))
        line = running_line(operation) if operation.running else result_line(operation)
        self.query_one("#operation-line", Static).update(plain(*line))
        failures = sum(report.status is Status.FAILED for report in operation.reports.values())
        if not operation.running:
            self._ended = True
            self.set_keys(self._keys_of_end())
        if self._ended or failures not in (0, self._failures):
            self._failures = failures
            self._show_result()

    def _show_result(self) -> None:
        result = self.query_one("#operation-result", VerticalScroll)
        result.query_one(WrappedText).show(result_lines(self._operation))
        result.display = True

    def _keys_of_end(self) -> Keys:
        outcome = self._operation.outcome
        begun = outcome is not None and not outcome.refused
        complete = outcome is not None and all(report.status.lets_on for report in outcome.reports.values())
        keys: Keys = (("Enter", "output"), ("!", "shell"), ("Esc", "close"))
        if begun and can_be_taken_back(self._operation):
            keys = (("u", "take it back"), *keys)
        if begun and not complete:
            keys = (("R", "retry"), *((("s", "skip what failed"),) if outcome and outcome.failed else ()), *keys)
        return keys


def can_be_taken_back(operation: "Operation") -> bool:
    """Whether something that it did, or may have done, has a way back."""
    reports = operation.reports.items()
    done = {id_ for id_, report in reports if report.status is Status.DONE}
    unsure = {id_ for id_, report in reports if report.begun and not report.status.is_good}
    return operation.kind != "undo" and bool(plan_undo(operation.plan, done, unsure).steps)


def progress(operation: "Operation", now: float) -> Iterator[Progress]:
    """One line a step, grouped by what it works on."""
    for step in operation.plan.steps:
        report = operation.reports[step.id]
        seconds: float | None = report.seconds or None
        if report.status is Status.RUNNING and step.id in operation.step_started:
            seconds = now - operation.step_started[step.id]
        line = operation.live.get(step.id, "") or report.reason
        yield Progress(
            step.id,
            step.subject or step.node,
            one_line(step.title),
            status_word(report.status, step.id),
            seconds,
            one_line(line),
        )


def result_lines(operation: "Operation") -> list[Indented]:
    """What was done so far, what was not and why, and what to do about it."""
    steps = {step.id: step for step in operation.plan.steps}
    if operation.refused:
        return [(0, plain(("⊘ Nothing was begun: ", f"bold {BAD}"), (operation.refused, BAD)))]
    lines: list[Indented] = [(0, plain(*_tally(operation)))]
    if operation.plan.then and operation.outcome is not None and operation.outcome.ok:
        lines.append((0, plain((operation.plan.then, PLAIN))))
    if operation.stop_reason:
        lines.append((0, plain((f"■ stopped: {operation.stop_reason}", WARN))))
    for report in operation.reports.values():
        if report.status is Status.FAILED:
            lines += _failure(steps[report.step], report)
    for skip in operation.plan.skipped:
        if skip.is_fault:
            lines += skipped_lines("✗ refused", BAD, skip)
    return lines


def _tally(operation: "Operation") -> list[Part]:
    reports = operation.reports.values()
    tones = {
        Status.DONE: GOOD, Status.PRESENT: GOOD, Status.FAILED: BAD, Status.BLOCKED: WARN, Status.CANCELLED: WARN,
        Status.SKIPPED: WARN,
    }  # fmt: skip
    parts: list[Part] = []
    for status in Status:
        words = Counter(status_word(status, report.step) for report in reports if report.status is status)
        for word, count in words.items():
            parts += [(" · " if parts else "", DIM), (f"{count} {word}", tones.get(status, PLAIN))]
    return parts or [("nothing was run", DIM)]


def _failure(step: Step, report: StepReport) -> Iterator[Indented]:
    yield 0, plain(("✗ ", BAD), (f"{step.node}: {one_line(step.title)}", "bold"))
    yield 4, plain((report.reason, BAD))
    if report.remedy:
        yield 4, plain((f"what to do: {report.remedy}", GOOD))
