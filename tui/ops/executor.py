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
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tui.core.plan import Plan, Refused, Result, Step
from tui.core.runner import API_TARGETS, Runner
from tui.ops import history
from tui.ops.events import Status, StepReport
from tui.ops.journal import Journal
from tui.ops.journal_schema import JournalError
from tui.ops.operation import Operation
from tui.ops.patience import Patience
from tui.ops.step_run import StepFailed, StepRun
from tui.remote.errors import RemoteError

PER_NODE: Final = 6
PER_API: Final = 16

Steady = Callable[[str], Awaitable[None]]

log = logging.getLogger(__name__)


class Executor:
    """Runs plans on one site. In read-only mode it refuses every one of them."""

    def __init__(self, runner: Runner, journal: Journal, site: str, *, read_only: bool = False) -> None:
        self._nodes_asked = Patience(runner)
        self._journal, self._site, self._read_only = journal, site, read_only
        self._serial: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._nodes: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PER_NODE))
        self._nodes.update({target: asyncio.Semaphore(PER_API) for target in API_TARGETS})

    def check_allowed(self, plan: Plan) -> None:
        """Raise Refused where the plan may not be run, or its steps wait for each other."""
        if self._read_only:
            raise Refused(
                "this session is read-only: nothing is changed", ("start without --read-only to change things",)
            )
        plan.check_order()

    async def execute(
        self,
        operation: Operation,
        before: Mapping[str, StepReport] | None = None,
        steady: Steady | None = None,
        skip: Collection[str] = (),
    ) -> None:
        """Run the operation's plan to its end.

        With `before`, what the journal says of its steps, an operation that broke off goes on; steps
        whose ids are in `skip` are left out then, and what needs them goes on without them.
        Where the journal can't be written the operation ends refused, before anything is run.
        `steady` is awaited right before each change: it raises Refused when the cluster is no
        longer ours to change, and RemoteError where only that node is away.
        """
        self.check_allowed(operation.plan)
        try:
            if before is None:
                await self._journal.begin(operation, self._site)
            else:
                before = _without(skip, await self._take_up(operation))
        except JournalError as error:
            operation.refuse(f"{error.reason} ({error.remedy})")
            return
        ended = {step.id: asyncio.Event() for step in operation.plan.steps}
        try:
            async with asyncio.TaskGroup() as group:
                for step in operation.plan.steps:
                    earlier = (before or {}).get(step.id)
                    group.create_task(self._run_in_turn(step, operation, ended, earlier, steady))
        finally:
            # who waits for the end and then reads the journal shall find it there
            outcome = operation.result()
            try:
                await self._write(operation, self._journal.ended(operation))
            finally:
                operation.end(outcome)

    async def _take_up(self, operation: Operation) -> Mapping[str, StepReport]:
        """What the journal says of the steps, now that nobody else writes it."""
        await self._journal.take_up(operation)
        record = await asyncio.to_thread(history.record, self._journal.path, operation.id)
        return record.reports

    async def _run_in_turn(
        self,
        step: Step,
        operation: Operation,
        ended: dict[str, asyncio.Event],
        earlier: StepReport | None,
        steady: Steady | None,
    ) -> None:
        started = time.monotonic()
        try:
            for needed in (*step.needs, *step.after):
                await ended[needed].wait()
            report = await self._outcome_of(step, operation, earlier, steady)
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

    async def _outcome_of(
        self, step: Step, operation: Operation, earlier: StepReport | None, steady: Steady | None
    ) -> StepReport:
        if earlier is not None and (earlier.status is Status.SKIPPED or (earlier.status.is_good and step.done is None)):
            return earlier
        failed = [need for need in step.needs if not operation.reports[need].status.lets_on]
        if failed:
            return StepReport(step.id, Status.BLOCKED, f"'{_title(operation.plan, failed[0])}' did not succeed")
        turn = self._serial[step.serial] if step.serial else contextlib.nullcontext()
        async with turn, self._nodes[step.node]:
            if operation.cancelled and not _cleans_up(step, operation):
                return StepReport(step.id, Status.CANCELLED, operation.stop_reason or "cancelled before it began")
            operation.report(StepReport(step.id, Status.RUNNING))
            started = time.monotonic()
            try:
                status, output = await self._step_run(step, operation, earlier, steady).run()
                if earlier is not None and earlier.status is Status.DONE and status is Status.PRESENT:
                    status = Status.DONE
                return StepReport(step.id, status, seconds=time.monotonic() - started, output=output)
            except StepFailed as failure:
                reason, remedy, output = failure.reason, failure.remedy, failure.output
            except RemoteError as failure:
                reason, remedy, output = failure.reason, failure.remedy, ""
            return StepReport(step.id, Status.FAILED, reason, remedy, time.monotonic() - started, output)

    def _step_run(self, step: Step, operation: Operation, earlier: StepReport | None, steady: Steady | None) -> StepRun:
        async def begins() -> None:
            try:
                if steady is not None:
                    await steady(step.node)
                await self._journal.step_begins(operation.id, step.id)
            except JournalError as error:
                operation.stop(error.reason)
                raise StepFailed(f"not begun: {error.reason}", error.remedy) from error
            except Refused as lost:
                operation.stop(lost.sentence)
                raise StepFailed(f"not begun: {lost.sentence}", "resume or undo the operation later") from lost

        async def ran(phase: str, results: Sequence[Result]) -> None:
            await self._write(operation, self._journal.commands_ran(operation.id, step.id, phase, results))

        # a step that came to a good end left no half, even if somebody changed its work since
        begun = earlier is not None and earlier.begun and not earlier.status.is_good
        asks_first = earlier is not None or not step.follows
        return StepRun(step, operation, self._nodes_asked, begins, ran, was_begun=begun, asks_first=asks_first)

    async def _write(self, operation: Operation, entry: Awaitable[None]) -> None:
        """Write what has happened already; where that fails nothing more is begun."""
        try:
            await entry
        except JournalError as error:
            log.error("journal: %s", error.reason)
            operation.stop(error.reason)


def _without(skip: Collection[str], before: Mapping[str, StepReport]) -> Mapping[str, StepReport]:
    reason = "left out, as the admin decided"
    return {id_: replace(r, status=Status.SKIPPED, reason=reason) if id_ in skip else r for id_, r in before.items()}


def _title(plan: Plan, step_id: str) -> str:
    return next(step.title for step in plan.steps if step.id == step_id)


def _cleans_up(step: Step, operation: Operation) -> bool:
    """Whether the step tidies up after steps that were begun: that is not left out."""
    begun = (Status.DONE, Status.FAILED, Status.PRESENT)
    return not step.needs and any(operation.reports[before].status in begun for before in step.after)
