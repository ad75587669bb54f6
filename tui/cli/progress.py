"""The progress of an operation on standard error: one moving line on a terminal, else plain lines."""

import sys
from typing import Final

from tui.cli.output import note
from tui.core.units import format_age
from tui.ops.events import Status
from tui.ops.operation import Operation

_WIDTH: Final = 24


class Progress:
    """Watches an operation and prints what changed."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._told: dict[str, Status] = {}
        self._moving = sys.stderr.isatty()
        self._end = operation.subscribe(self._changed)

    def close(self) -> None:
        """Stop watching and leave the cursor on a fresh line."""
        self._end()
        if self._moving:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def _changed(self) -> None:
        for step in self._operation.plan.steps:
            report = self._operation.reports[step.id]
            if self._told.get(step.id) is report.status or report.status is Status.WAITING:
                continue
            self._told[step.id] = report.status
            if report.status is Status.RUNNING and self._moving:
                continue
            self._clear()
            text = f"{step.node}: {step.title}: {report.status}"
            if report.status in (Status.DONE, Status.FAILED):
                text += f" ({report.seconds:.1f} s)"
            note(text + (f": {report.reason}" if report.reason else ""))
            if report.remedy:
                note(f"    {report.remedy}")
        if self._moving:
            self._draw()

    def _draw(self) -> None:
        reports = self._operation.reports.values()
        ended = sum(r.status not in (Status.WAITING, Status.RUNNING) for r in reports)
        filled = _WIDTH * ended // max(1, len(reports))
        running = [s for s in self._operation.plan.steps if self._operation.reports[s.id].status is Status.RUNNING]
        now = f"{running[0].node}: {running[0].title}" if running else ""
        bar = "#" * filled + "-" * (_WIDTH - filled)
        line = f"[{bar}] {ended}/{len(reports)} {format_age(self._operation.seconds)} {now}"
        print("\r\x1b[K" + line[:78], end="", file=sys.stderr, flush=True)

    def _clear(self) -> None:
        if self._moving:
            print("\r\x1b[K", end="", file=sys.stderr)
