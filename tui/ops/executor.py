"""The only place that changes the world: runs the steps of a plan in their order.

Steps of one node run side by side up to `PER_NODE`, steps that share a `serial` one after the
other, over all operations of this executor. A step that fails blocks those that need it and
nothing else.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from tui.core.plan import Check, Plan, Refused, Result, Step
from tui.core.runner import Runner
from tui.dialects.failures import explain, succeeded
from tui.ops.events import Status, StepReport
from tui.ops.operation import Operation
from tui.remote.errors import ConnectionLost, RemoteError, Unreachable

PER_NODE: Final = 4
OUTPUT_LIMIT: Final = 64 * 1024
# glusterd gives a stale lock up after 180 s (lock-timer), so a busy one is worth waiting for so long
RETRY_SECONDS: Final = 200.0
# how long a node that went away in the middle is waited for, by all steps on it together
AWAY_SECONDS: Final = 30.0

log = logging.getLogger(__name__)


class StepFailed(Exception):
    """A step did not reach its goal: why, and what to do now."""

    def __init__(self, reason: str, remedy: str = "", output: str = "") -> None:
        super().__init__(reason)
        self.reason, self.remedy, self.output = reason, remedy, output


class Executor:
    """Runs plans. In read-only mode it refuses every one of them."""

    def __init__(self, runner: Runner, *, read_only: bool = False) -> None:
        self._runner = runner
        self._read_only = read_only
        self._serial: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._nodes: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PER_NODE))
        self._away: dict[str, float] = {}

    def check_allowed(self, plan: Plan) -> None:
        """Raise Refused where the plan may not be run, or its steps wait for each other."""
        if self._read_only:
            raise Refused(
                "this session is read-only: nothing is changed", ("start without --read-only to change things",)
            )
        plan.check_order()

    async def execute(self, operation: Operation) -> None:
        """Run the operation's plan to its end. Raises Refused before anything is run."""
        self.check_allowed(operation.plan)
        ended = {step.id: asyncio.Event() for step in operation.plan.steps}
        try:
            async with asyncio.TaskGroup() as group:
                for step in operation.plan.steps:
                    group.create_task(self._run_in_turn(step, operation, ended))
        finally:
            operation.end()

    async def _run_in_turn(self, step: Step, operation: Operation, ended: dict[str, asyncio.Event]) -> None:
        started = time.monotonic()
        try:
            for before in (*step.needs, *step.after):
                await ended[before].wait()
            operation.report(await self._outcome_of(step, operation))
        except asyncio.CancelledError:
            operation.report(StepReport(step.id, Status.CANCELLED, "the program ended while it ran"))
            raise
        except Exception as error:
            log.exception("step %s on %s", step.id, step.node)
            operation.report(
                StepReport(step.id, Status.FAILED, f"unexpected: {error!r}", "see the log", time.monotonic() - started)
            )
        finally:
            ended[step.id].set()

    async def _outcome_of(self, step: Step, operation: Operation) -> StepReport:
        failed = [need for need in step.needs if not operation.reports[need].status.is_good]
        if failed:
            return StepReport(step.id, Status.BLOCKED, f"'{self._title(operation.plan, failed[0])}' did not succeed")
        turn = self._serial[step.serial] if step.serial else contextlib.nullcontext()
        async with turn, self._nodes[step.node]:
            if operation.cancelled and not _cleans_up(step, operation):
                return StepReport(step.id, Status.CANCELLED, "cancelled before it began")
            operation.report(StepReport(step.id, Status.RUNNING))
            started = time.monotonic()
            try:
                status, output = await self._run(step, operation)
                return StepReport(step.id, status, seconds=time.monotonic() - started, output=output)
            except StepFailed as failure:
                reason, remedy, output = failure.reason, failure.remedy, failure.output
            except RemoteError as failure:
                reason, remedy, output = failure.reason, failure.remedy, ""
            return StepReport(step.id, Status.FAILED, reason, remedy, time.monotonic() - started, output)

    async def _run(self, step: Step, operation: Operation) -> tuple[Status, str]:
        """Ask, change, and wait until the change shows; again where the failure passes by itself."""
        deadline = time.monotonic() + RETRY_SECONDS
        pause = 0.5
        while True:
            if await self._is_done(step):
                return Status.PRESENT, ""
            try:
                results = await self._run_when_back(step, operation)
            except ConnectionLost as lost:
                await self._reread(step, lost)
                return Status.DONE, f"the connection broke ({lost.reason}); read back: it is done"
            output = _text(results)
            failed = next((r for r in results if not succeeded(r)), None)
            if failed is None:
                await self._wait_settled(step, operation)
                return Status.DONE, output
            why = explain(failed)
            if not (why.transient and step.retry and time.monotonic() < deadline) or operation.cancelled:
                raise StepFailed(why.reason, why.remedy, output)
            operation.output(step.id, f"{why.reason}; trying again")
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
            pause = min(8.0, pause * 2)

    async def _is_done(self, step: Step) -> bool:
        """Whether there is nothing to do. Raises StepFailed where a guard says no."""
        checks = ([step.done] if step.done else []) + list(step.guards)
        if not checks:
            return False
        results = await self._read(step.node, checks)
        answers = dict(zip(checks, results, strict=False))
        if step.done and step.done in answers and step.done.passes(answers[step.done]):
            return True
        for guard in step.guards:
            result = answers.get(guard)
            if result is None or not guard.passes(result):
                raise StepFailed(guard.why or f"'{guard.command}' says no", output=_text(results))
        return False

    async def _run_when_back(self, step: Step, operation: Operation) -> list[Result]:
        """Run the commands; while the node can't be reached nothing was run, so it is tried again."""
        while True:
            try:
                results = await self._runner.run(
                    step.node, step.commands, on_output=lambda text: operation.output(step.id, text)
                )
            except Unreachable as away:
                await self._wait_for(step.node, away)
            else:
                self._away.pop(step.node, None)
                return results

    async def _read(self, node: str, checks: Sequence[Check]) -> list[Result]:
        """The answers to checks. Reading may be repeated, so that a broken connection does no harm."""
        while True:
            try:
                results = await self._runner.run(node, [check.command for check in checks], stop=False)
            except (Unreachable, ConnectionLost) as away:
                await self._wait_for(node, away)
            else:
                self._away.pop(node, None)
                return results

    async def _wait_for(self, node: str, away: RemoteError) -> None:
        """Pause before the next try; raises when the node was away for too long."""
        now = time.monotonic()
        if now > self._away.setdefault(node, now + AWAY_SECONDS):
            raise away
        await asyncio.sleep(random.uniform(0.3, 1.0))  # noqa: S311 - jitter, no secret

    async def _reread(self, step: Step, lost: ConnectionLost) -> None:
        """After a broken connection: return if the step is done, else raise what is known."""
        if step.done is None:
            raise StepFailed(
                f"{lost.reason}; whether it took effect is not known", "look at the node, then run it again"
            )
        try:
            results = await self._read(step.node, [step.done])
        except RemoteError as away:
            raise StepFailed(f"{lost.reason}; what came of it can't be read back: {away.reason}", away.remedy) from away
        if not results or not step.done.passes(results[0]):
            raise StepFailed(f"{lost.reason}; read back: it is not done", "run it again: only what is missing is done")

    async def _wait_settled(self, step: Step, operation: Operation) -> None:
        check = step.settled
        if check is None:
            return
        deadline = time.monotonic() + step.settle_seconds
        pause = 0.2
        while True:
            result = await self._ask(step.node, check)
            if result is not None and check.passes(result):
                return
            if time.monotonic() >= deadline or operation.cancelled:
                raise StepFailed(check.why or f"'{check.command}' still says no after {step.settle_seconds:.0f} s")
            await asyncio.sleep(pause)
            pause = min(2.0, pause * 1.5)

    async def _ask(self, node: str, check: Check) -> Result | None:
        try:
            results = await self._runner.run(node, [check.command], stop=False)
        except RemoteError as error:
            log.info("asking %s: %s", node, error)
            return None
        return results[0] if results else None

    @staticmethod
    def _title(plan: Plan, step_id: str) -> str:
        return next(step.title for step in plan.steps if step.id == step_id)


def _cleans_up(step: Step, operation: Operation) -> bool:
    """Whether the step tidies up after steps that were begun: that is not left out."""
    begun = (Status.DONE, Status.FAILED, Status.PRESENT)
    return not step.needs and any(operation.reports[before].status in begun for before in step.after)


def _text(results: list[Result]) -> str:
    """What a batch printed, with the commands, capped."""
    parts = [f"$ {result.command}\n{result.stdout}{result.stderr}" for result in results]
    return "\n".join(parts)[:OUTPUT_LIMIT]
