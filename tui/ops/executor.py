"""The only place that changes the world: runs the steps of a plan in their order.

Steps of one node run side by side up to `PER_NODE`, steps that share a `serial` one after the
other, over all operations of this executor. A step that fails blocks those that need it and
nothing else. Everything is in the journal before it is begun.
"""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Mapping, Sequence
from typing import Final

from tui.core.plan import Plan, Refused, Result, Step
from tui.core.runner import Runner
from tui.ops.events import Status, StepReport
from tui.ops.journal import Journal
from tui.ops.journal_schema import JournalError
from tui.ops.operation import Operation
from tui.ops.patience import Patience
from tui.ops.step_run import StepFailed, StepRun
from tui.remote.errors import RemoteError

PER_NODE: Final = 4

log = logging.getLogger(__name__)


class Executor:
    """Runs plans on one site. In read-only mode it refuses every one of them."""

    def __init__(self, runner: Runner, journal: Journal, site: str, *, read_only: bool = False) -> None:
        self._nodes_asked = Patience(runner)
        self._journal, self._site, self._read_only = journal, site, read_only
        self._serial: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._nodes: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PER_NODE))

    def check_allowed(self, plan: Plan) -> None:
        """Raise Refused where the plan may not be run, or its steps wait for each other."""
        if self._read_only:
            raise Refused(
                "this session is read-only: nothing is changed", ("start without --read-only to change things",)
            )
        plan.check_order()

    async def execute(self, operation: Operation, before: Mapping[str, StepReport] | None = None) -> None:
        """Run the operation's plan to its end.

        With `before`, what the journal says of its steps, an operation that broke off goes on.
        Where the journal can't be written the operation ends refused, before anything is run.
        """
        self.check_allowed(operation.plan)
        try:
            await (self._journal.begin(operation, self._site) if before is None else self._journal.take_up(operation))
        except JournalError as error:
            operation.refuse(f"{error.reason} ({error.remedy})")
            return
        ended = {step.id: asyncio.Event() for step in operation.plan.steps}
        try:
            async with asyncio.TaskGroup() as group:
                for step in operation.plan.steps:
                    earlier = (before or {}).get(step.id)
                    group.create_task(self._run_in_turn(step, operation, ended, earlier))
        finally:
            operation.end()
            await self._write(operation, self._journal.ended(operation))

    async def _run_in_turn(
        self, step: Step, operation: Operation, ended: dict[str, asyncio.Event], earlier: StepReport | None
    ) -> None:
        started = time.monotonic()
        try:
            for needed in (*step.needs, *step.after):
                await ended[needed].wait()
            report = await self._outcome_of(step, operation, earlier)
            await self._write(operation, self._journal.step_ended(operation.id, report))
            operation.report(report)
        except asyncio.CancelledError:
            operation.report(StepReport(step.id, Status.CANCELLED, "the program ended while it ran"))
            raise
        except Exception as error:
            log.exception("step %s on %s", step.id, step.node)
            seconds = time.monotonic() - started
            operation.report(StepReport(step.id, Status.FAILED, f"unexpected: {error!r}", "see the log", seconds))
        finally:
            ended[step.id].set()

    async def _outcome_of(self, step: Step, operation: Operation, earlier: StepReport | None) -> StepReport:
        if earlier is not None and earlier.status.is_good and step.done is None:
            return earlier
        failed = [need for need in step.needs if not operation.reports[need].status.is_good]
        if failed:
            return StepReport(step.id, Status.BLOCKED, f"'{_title(operation.plan, failed[0])}' did not succeed")
        turn = self._serial[step.serial] if step.serial else contextlib.nullcontext()
        async with turn, self._nodes[step.node]:
            if operation.cancelled and not _cleans_up(step, operation):
                return StepReport(step.id, Status.CANCELLED, operation.stop_reason or "cancelled before it began")
            operation.report(StepReport(step.id, Status.RUNNING))
            started = time.monotonic()
            try:
                status, output = await self._step_run(step, operation, earlier).run()
                if earlier is not None and earlier.status is Status.DONE and status is Status.PRESENT:
                    status = Status.DONE
                return StepReport(step.id, status, seconds=time.monotonic() - started, output=output)
            except StepFailed as failure:
                reason, remedy, output = failure.reason, failure.remedy, failure.output
            except RemoteError as failure:
                reason, remedy, output = failure.reason, failure.remedy, ""
            return StepReport(step.id, Status.FAILED, reason, remedy, time.monotonic() - started, output)

    def _step_run(self, step: Step, operation: Operation, earlier: StepReport | None) -> StepRun:
        async def begins() -> None:
            try:
                await self._journal.step_begins(operation.id, step.id)
            except JournalError as error:
                operation.stop(error.reason)
                raise StepFailed(f"not begun: {error.reason}", error.remedy) from error

        async def ran(phase: str, results: Sequence[Result]) -> None:
            await self._write(operation, self._journal.commands_ran(operation.id, step.id, phase, results))

        begun = earlier is not None and earlier.begun
        return StepRun(step, operation, self._nodes_asked, begins, ran, was_begun=begun)

    async def _write(self, operation: Operation, entry: Awaitable[None]) -> None:
        """Write what has happened already; where that fails nothing more is begun."""
        try:
            await entry
        except JournalError as error:
            log.error("journal: %s", error.reason)
            operation.stop(error.reason)


def _title(plan: Plan, step_id: str) -> str:
    return next(step.title for step in plan.steps if step.id == step_id)


def _cleans_up(step: Step, operation: Operation) -> bool:
    """Whether the step tidies up after steps that were begun: that is not left out."""
    begun = (Status.DONE, Status.FAILED, Status.PRESENT)
    return not step.needs and any(operation.reports[before].status in begun for before in step.after)
