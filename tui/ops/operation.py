"""One run of a plan: started once, watched by anybody, cancelled at a safe point."""

import asyncio
import secrets
import time
from collections.abc import Callable

from tui.core.plan import Plan
from tui.ops.events import Outcome, Status, StepReport

Watcher = Callable[[], None]


class Operation:
    """The live state of a plan that runs. `reports` has one entry a step from the start.

    `kind` is "do" or "undo"; `undoes` is the id of the operation that is taken back.
    """

    def __init__(self, plan: Plan, *, id_: str = "", kind: str = "do", undoes: str = "") -> None:
        self.id = id_ or secrets.token_hex(8)
        self.plan, self.kind, self.undoes = plan, kind, undoes
        self.reports = {step.id: StepReport(step.id, Status.WAITING) for step in plan.steps}
        self.live: dict[str, str] = {}
        self.step_started: dict[str, float] = {}
        self.started_at = time.time()
        self.outcome: Outcome | None = None
        self.cancelled = False
        self.stop_reason = ""
        self.refused = ""
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
        self.stop("")

    def stop(self, reason: str) -> None:
        """Start no further step, for this reason."""
        self.cancelled, self.stop_reason = True, self.stop_reason or reason
        self._tell()

    def refuse(self, reason: str) -> None:
        """Nothing may be begun; called by the executor."""
        for step in self.plan.steps:
            self.reports[step.id] = StepReport(step.id, Status.BLOCKED, reason)
        self.refused = reason
        self.end()

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

    def result(self) -> Outcome:
        """What came of it so far."""
        seconds = time.time() - self.started_at
        return Outcome(self.plan, dict(self.reports), seconds, self.cancelled, self.refused)

    def end(self, outcome: Outcome | None = None) -> Outcome:
        """All steps have ended; called by the executor."""
        self.outcome = outcome or self.result()
        self._ended.set()
        self._tell()
        return self.outcome

    def _tell(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()
