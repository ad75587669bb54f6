"""Operations that are broken off at one of their requests."""

import asyncio
from collections.abc import Sequence

from tests.site.kube_desk import Desk
from tui.core.plan import Command, Result
from tui.core.runner import OnOutput, Runner
from tui.ops.executor import Executor
from tui.ops.operation import Operation


class Cut:
    """A runner that comes to its end at a change: before it was sent, or after it had its effect."""

    def __init__(self, runner: Runner, at: int, *, after: bool) -> None:
        self._runner, self._left, self._after = runner, at, after
        self.reached = asyncio.Event()

    async def run(
        self, node: str, commands: Sequence[Command], *, stop: bool = True, on_output: OnOutput | None = None
    ) -> list[Result]:
        if len(commands) > 1:
            results: list[Result] = []
            for command in commands:
                results += await self.run(node, (command,), stop=stop, on_output=on_output)
                if stop and results[-1].code not in command.ok:
                    break
            return results
        if commands[0].argv[0] == "GET":
            return await self._runner.run(node, commands, stop=stop, on_output=on_output)
        self._left -= 1
        if self._left != 0:
            return await self._runner.run(node, commands, stop=stop, on_output=on_output)
        if self._after:
            await self._runner.run(node, commands, stop=stop)
        self.reached.set()
        await asyncio.Event().wait()
        return []


async def broken_off(desk: Desk, operation: Operation, at: int, *, after: bool) -> None:
    """Run an operation until its `at`-th change, and no further."""
    cut = Cut(desk.targets, at, after=after)
    desk.made.append(operation)
    run = asyncio.create_task(Executor(cut, desk.journal, "test").execute(operation))
    await asyncio.wait((asyncio.create_task(cut.reached.wait()), run), return_when=asyncio.FIRST_COMPLETED)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    await desk.quiet()
