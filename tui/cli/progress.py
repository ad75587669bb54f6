"""The progress of an operation on standard error: a bar on a terminal, else a line for each step that ended."""

import asyncio
import shutil
import sys
from typing import Final

from tui.cli.output import draw, note, printable
from tui.cli.table import short_ids
from tui.core.plan import Step
from tui.core.units import format_age
from tui.ops.events import Status, StepReport, status_word
from tui.ops.operation import Operation

_BAR: Final = 16
_TICK: Final = 0.5
# without a terminal, a step that takes long is named once in so many seconds: nobody likes a silent log
_PATIENCE: Final = 30.0
_CLEAR: Final = "\r\x1b[K"


class Progress:
    """Watches an operation and prints what changed. Made in a running loop."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._told: set[str] = set()
        self._moving = sys.stderr.isatty()
        self._end = operation.subscribe(self._changed)
        self._ticks = asyncio.create_task(self._tick(), name="progress")

    def close(self) -> None:
        """Stop watching and leave the cursor on a fresh line."""
        self._end()
        self._ticks.cancel()
        if self._moving:
            draw(_CLEAR)

    async def _tick(self) -> None:
        pause = _TICK if self._moving else _PATIENCE
        while True:
            await asyncio.sleep(pause)
            if self._moving:
                self._draw()
            else:
                self._name_the_slow()

    def _changed(self) -> None:
        for step in self._operation.plan.steps:
            report = self._operation.reports[step.id]
            if step.id in self._told or report.status in (Status.WAITING, Status.RUNNING):
                continue
            self._told.add(step.id)
            # on a terminal the bar counts what went well; what was not tried is told in the end, with its reason
            if report.status is Status.FAILED or (report.status.is_good and not self._moving):
                self._tell(step, report)
        if self._moving:
            self._draw()

    def _tell(self, step: Step, report: StepReport) -> None:
        if self._moving:
            draw(_CLEAR)
        count = f"[{len(self._told)}/{len(self._operation.reports)}] "
        seconds = f" ({report.seconds:.1f} s)" if report.status in (Status.DONE, Status.FAILED) else ""
        reason = f": {report.reason}" if report.reason else ""
        title = short_ids(step.title) if self._moving else step.title
        note(f"{count}{step.node}: {title}: {status_word(report.status, step.id)}{seconds}{reason}")
        if report.remedy:
            note(f"    what to do: {report.remedy}")

    def _name_the_slow(self) -> None:
        for step in self._running():
            seconds = self._operation.seconds - (
                self._operation.step_started.get(step.id, 0.0) - self._operation.started_at
            )
            if seconds >= _PATIENCE:
                live = self._operation.live.get(step.id, "")
                note(f"{step.node}: {step.title}: running for {format_age(seconds)}" + (f": {live}" if live else ""))

    def _running(self) -> list[Step]:
        reports = self._operation.reports
        return [step for step in self._operation.plan.steps if reports[step.id].status is Status.RUNNING]

    def _draw(self) -> None:
        total = max(1, len(self._operation.reports))
        ended = len(self._told)
        filled = _BAR * ended // total
        running = self._running()
        now = f"{running[0].node}: {running[0].title}" if running else ""
        more = f" (and {len(running) - 1} more)" if len(running) > 1 else ""
        head = f"[{'#' * filled}{'-' * (_BAR - filled)}] {ended}/{total} {format_age(self._operation.seconds)} "
        head = ("ending… " if self._operation.cancelled else "") + head
        room = shutil.get_terminal_size().columns - 1 - len(head) - len(more)
        now = printable(short_ids(now))
        draw(_CLEAR + head + (now if len(now) <= room else now[: max(0, room - 1)] + "…") + more)
