"""One run of a plan: started once, watched by anybody, cancelled at a safe point."""

import asyncio
import time
from collections.abc import Callable

from tui.core.plan import Plan
from tui.ops.events import Outcome, Status, StepReport

Watcher = Callable[[], None]


class Operation:
    """The live state of a plan that runs. `reports` has one entry a step from the start."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.reports = {step.id: StepReport(step.id, Status.WAITING) for step in plan.steps}
        self.live: dict[str, str] = {}
        self.step_started: dict[str, float] = {}
        self.started_at = time.time()
        self.outcome: Outcome | None = None
        self.cancelled = False
        self._ended = asyncio.Event()
        self._watchers: list[Watcher] = []

    @property
    def running(self) -> bool:
        """Whether the plan has not come to its end yet."""
        return self.outcome is None

    @property
    def seconds(self) -> float:
        """Seconds since the start, or how long it took."""
        return self.outcome.seconds if self.outcome else time.time() - self.started_at

    def cancel(self) -> None:
        """Start no further step; steps that run come to their end, so nothing is left half done."""
        self.cancelled = True
        self._tell()

    def subscribe(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` after each change; the returned function ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    async def wait(self) -> Outcome:
        """Wait for the end."""
        await self._ended.wait()
        assert self.outcome is not None
        return self.outcome

    def report(self, report: StepReport) -> None:
        """A step changed its status; called by the executor."""
        self.reports[report.step] = report
        if report.status is Status.RUNNING:
            self.step_started[report.step] = time.time()
        else:
            self.live.pop(report.step, None)
        self._tell()

    def output(self, step: str, text: str) -> None:
        """A running step printed something; its last line is kept to be shown."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if lines:
            self.live[step] = lines[-1]
            self._tell()

    def end(self) -> Outcome:
        """All steps have ended; called by the executor."""
        self.outcome = Outcome(self.plan, dict(self.reports), time.time() - self.started_at, self.cancelled)
        self._ended.set()
        self._tell()
        return self.outcome

    def _tell(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()
