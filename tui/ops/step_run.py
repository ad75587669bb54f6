"""One step: ask whether it is done and may be done, do it, and see that it shows."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from tui.core.plan import Check, Command, Refused, Result, Step
from tui.core.runner import API_TARGETS
from tui.dialects.failures import explain, succeeded
from tui.dialects.kube_request import is_request
from tui.ops.events import Status
from tui.ops.operation import Operation
from tui.ops.patience import Patience
from tui.remote.errors import ConnectionLost, RemoteError, Unreachable

OUTPUT_LIMIT: Final = 64 * 1024
# glusterd gives a stale lock up after 180 s (lock-timer), so a busy one is worth waiting for so long
RETRY_SECONDS: Final = 200.0
# how long an API server that is busy or starts anew is asked again
ASK_SECONDS: Final = 30.0

OnBegin = Callable[[], Awaitable[None]]
Answers = dict[Check, Result]
OnRan = Callable[[str, Sequence[Result]], Awaitable[None]]


class StepFailed(Exception):
    """A step did not reach its goal: why, and what to do now."""

    def __init__(self, reason: str, remedy: str = "", output: str = "") -> None:
        super().__init__(reason)
        self.reason, self.remedy, self.output = reason, remedy, output


class StepRun:
    """One run of one step.

    `on_begin` is awaited before the first command that changes anything, `on_ran` after each batch
    with its phase ("check", "run", "undo", "after"). `was_begun`: an earlier run was broken off in
    this step, so that half of its work may be there. `asks_first`: see `Step.follows`.
    """

    def __init__(
        self,
        step: Step,
        operation: Operation,
        nodes: Patience,
        on_begin: OnBegin,
        on_ran: OnRan,
        *,
        was_begun: bool,
        asks_first: bool = True,
    ) -> None:
        self._step, self._operation, self._nodes = step, operation, nodes
        self._on_begin, self._on_ran = on_begin, on_ran
        self._was_begun, self._asks_first = was_begun, asks_first
        self._may_be_ours = False

    async def run(self) -> tuple[Status, str]:
        """Bring the step to its end. Raises StepFailed or a RemoteError."""
        deadline = time.monotonic() + RETRY_SECONDS
        pause = 0.5
        while True:
            if self._asks_first and await self._is_done():
                return (Status.DONE if self._was_begun or self._may_be_ours else Status.PRESENT), ""
            self._asks_first = True
            await self._on_begin()
            try:
                results = await self._change(self._step.commands, "run")
            except Unreachable as away:
                # nothing was run; the node may come back with other disks, so all is asked again
                await self._nodes.wait_for(self._step.node, away)
                continue
            except ConnectionLost as lost:
                await self._reread(lost)
                return Status.DONE, f"the connection broke ({lost.reason}); read back: it is done"
            output = text_of(results)
            failed = next((result for result in results if not succeeded(result)), None)
            if failed is None:
                await self._settle()
                return Status.DONE, output
            why = explain(failed)
            again = why.transient and self._step.retry and time.monotonic() < deadline
            if not again or self._operation.cancelled:
                raise StepFailed(why.reason, why.remedy, output)
            # a server that gave up waiting may have done it all the same
            self._may_be_ours |= is_request(failed.command) and (failed.code or 0) >= 500
            self._operation.output(self._step.id, f"{why.reason}; trying again")
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
            pause = min(8.0, pause * 2)

    async def _is_done(self) -> bool:
        """Whether there is nothing to do. Raises StepFailed where a guard says no."""
        step = self._step
        if step.done and self._was_begun:
            if await self._is_yes(step.done):
                return True
            await self._take_back_half()
        checks = ((step.done,) if step.done else ()) + step.guards
        if not checks:
            return False
        answers = await self._ask(checks)
        await self._on_ran("check", list(answers.values()))
        if step.done and says_yes(step.done, answers):
            return True
        _need(step.guards, answers)
        return False

    async def _ask(self, checks: Sequence[Check]) -> Answers:
        """The answers to checks. Raises StepFailed where an API does not let us look: that is no "no"."""
        parts = [part for check in checks for part in check.parts()]
        deadline = time.monotonic() + ASK_SECONDS
        pause = 0.5
        while True:
            results = await self._nodes.read(self._step.node, parts)
            unread = next((result for result in results if is_unread(result)), None)
            if unread is None:
                return dict(zip(parts, results, strict=False))
            why = explain(unread)
            if not why.transient or time.monotonic() >= deadline or self._operation.cancelled:
                reason = f"{unread.command.argv[1]} can't be read: {why.reason}"
                raise StepFailed(reason, why.remedy, text_of([unread]))
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
            pause = min(4.0, pause * 2)

    async def _is_yes(self, check: Check) -> bool:
        return says_yes(check, await self._ask([check]))

    async def _take_back_half(self) -> None:
        """An earlier run broke off in this step: what it left is taken back before it is done anew.

        The guards had passed when that run began, so what is there is that run's own work.
        """
        undone = self._step.undone
        nothing = undone is not None and await self._is_yes(undone)
        if self._step.undo and self._was_begun and not nothing:
            _need(self._step.undo_guards, await self._ask(self._step.undo_guards))
            self._operation.output(self._step.id, "taking back what the broken run left")
            await self._change(self._step.undo, "undo")
        self._was_begun = False

    async def _change(self, commands: Sequence[Command], phase: str) -> list[Result]:
        try:
            results = await self._nodes.change(
                self._step.node, commands, lambda text: self._operation.output(self._step.id, text)
            )
        except ConnectionLost as lost:
            await self._on_ran(phase, lost.results)
            raise
        except Refused as refused:
            raise StepFailed(f"not sent: {refused.sentence}", " ".join(refused.details)) from refused
        await self._on_ran(phase, results)
        return results

    async def _reread(self, lost: ConnectionLost) -> None:
        """After a broken connection: return if the step is done, else raise what is known."""
        done = self._step.done
        if done is None:
            reason = f"{lost.reason}; whether it took effect is not known"
            where = "what is there now" if self._step.node in API_TARGETS else "the node"
            raise StepFailed(reason, f"look at {where}, then run it again")
        try:
            is_done = await self._is_yes(done)
        except RemoteError as away:
            raise StepFailed(f"{lost.reason}; what came of it can't be read back: {away.reason}", away.remedy) from away
        if not is_done:
            raise StepFailed(f"{lost.reason}; read back: it is not done", "run it again: only what is missing is done")

    async def _settle(self) -> None:
        check = self._step.settled
        if check is None:
            return
        deadline = time.monotonic() + self._step.settle_seconds
        pause = 0.2
        while True:
            looks = {part: await self._nodes.look(self._step.node, part) for part in check.parts()}
            if says_yes(check, {part: result for part, result in looks.items() if result is not None}):
                return
            if time.monotonic() >= deadline or self._operation.cancelled:
                raise StepFailed(
                    check.why or f"'{check.command}' still says no after {self._step.settle_seconds:.0f} s"
                )
            await asyncio.sleep(pause)
            pause = min(2.0, pause * 1.5)


def is_unread(result: Result) -> bool:
    """Whether an API did not say what is there, but that we may not know or that it can't tell just now."""
    code = result.code or 0
    return is_request(result.command) and (code in (401, 403, 429) or code >= 500) and code not in result.command.ok


def says_yes(check: Check, answers: Answers) -> bool:
    """Whether the answer is a yes. An answer that was cut off is none: what is missing may be what counts."""
    parts = check.parts()
    return all(part in answers and not answers[part].truncated and part.passes(answers[part]) for part in parts)


def _need(guards: Sequence[Check], answers: Answers) -> None:
    """Raises StepFailed at the first no."""
    for guard in guards:
        if not says_yes(guard, answers):
            why = guard.why or f"'{guard.command}' says no"
            raise StepFailed(why, output=text_of(list(answers.values())))


def text_of(results: Sequence[Result]) -> str:
    """What a batch printed, with the commands, capped."""
    return "\n".join(_text_of(result) for result in results)[:OUTPUT_LIMIT]


def _text_of(result: Result) -> str:
    if not is_request(result.command):
        return f"$ {result.command}\n{result.stdout}{result.stderr}"
    status = "no answer" if result.code is None else f"HTTP {result.code}"
    return f"$ {result.command}\n{status}\n{result.stdout.rstrip()}\n"
