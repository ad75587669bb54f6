"""What the node answered to one step, while the operation runs and after it."""

from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll

from screens.dialog import Dialog, plain
from screens.step_text import command_lines, output_lines, reason_lines
from screens.words import DIM, one_line
from screens.wrapped import Indented, WrappedText
from tui.core.plan import Step
from tui.ops.history import CommandRun
from tui.ops.journal_schema import JournalError

if TYPE_CHECKING:
    from tui.ops.operation import Operation


class StepOutputDialog(Dialog[None]):
    """The reason, and every command with its exit code and output, from the journal."""

    BINDINGS = [Binding("enter", "app.back", "Back", show=False)]
    keys = (("↑↓", "scroll"), ("Esc", "back"))

    def __init__(self, operation: "Operation", step: Step) -> None:
        super().__init__()
        self.heading = f"{one_line(step.node)}: {one_line(step.title)}"
        self._operation, self._step = operation, step
        self._runs: list[CommandRun] = []

    def compose_body(self) -> ComposeResult:
        """The text."""
        with VerticalScroll(id="step-full"):
            yield WrappedText()

    def on_mount(self) -> None:
        """Keep it true while the operation runs."""
        self.query_one(".box").add_class("-wide", "-tall")
        self._draw()
        self._look()
        self.set_interval(1.0, self._look)

    @work(group="output", exclusive=True)
    async def _look(self) -> None:
        site = self.app.site
        if site is None or self._operation.refused:
            return
        try:
            record = await site.record(self._operation.id)
        except JournalError:
            # what the operation itself knows of the step is shown instead
            return
        runs = [run for run in record.commands if run.step == self._step.id]
        if runs != self._runs or self._operation.running:
            self._runs = runs
            self._draw()

    def _draw(self) -> None:
        self.query_one(WrappedText).show(self._lines())

    def _lines(self) -> list[Indented]:
        report = self._operation.reports[self._step.id]
        lines = [*reason_lines(self._step, report)]
        for run in self._runs:
            lines += command_lines(run)
        if not self._runs:
            lines += output_lines(report.output) if report.output else [(0, plain(("No answer yet.", DIM)))]
        last = self._operation.live.get(self._step.id, "")
        return [*lines, (4, plain((last, DIM)))] if last else lines
