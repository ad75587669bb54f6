"""Asking nodes that may go away for a moment, for several steps at once.

What is safe to repeat is repeated. Questions that steps have for one node at the same moment share
a channel, and each different question is asked once; so do changes of one command each. On a real
node a channel costs more than most commands.
"""

import asyncio
import logging
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui.core.plan import Check, Command, Result
from tui.core.runner import API_TARGETS, OnOutput, Runner
from tui.remote.errors import ConnectionLost, RemoteError, Unreachable

# how long a node that went away in the middle is waited for, by all steps on it together
AWAY_SECONDS: Final = 30.0

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Wish:
    """Commands that somebody waits for."""

    commands: Sequence[Command]
    on_output: OnOutput | None
    answer: "asyncio.Future[list[Result]]"


_Wishes = defaultdict[tuple[str, str], list[_Wish]]


class Patience:
    """A runner that waits for nodes that went away, at most `AWAY_SECONDS` a node."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._away: dict[str, float] = {}
        self._questions: _Wishes = defaultdict(list)
        self._changes: _Wishes = defaultdict(list)
        self._tasks: set[asyncio.Task[None]] = set()

    async def read(self, node: str, checks: Sequence[Check]) -> list[Result]:
        """The answers to checks. Reading may be repeated, so that a broken connection does no harm."""
        while True:
            try:
                results = await self._together(self._questions, node, [check.command for check in checks], None)
            except (Unreachable, ConnectionLost) as away:
                await self.wait_for(node, away)
            else:
                self._away.pop(node, None)
                return results

    async def change(self, node: str, commands: Sequence[Command], on_output: OnOutput) -> list[Result]:
        """Run commands that change something, once.

        Raises Unreachable where nothing was run: `wait_for` the node, and ask all guards again,
        since a node that was started anew may have other disks under the old names. Raises
        ConnectionLost where the connection broke on the way: the effect is not known then.
        """
        # requests wait for their own answers: one that hangs holds up no other
        if len(commands) == 1 and node not in API_TARGETS:
            results = await self._together(self._changes, node, commands, on_output)
        else:
            results = await self._runner.run(node, commands, on_output=on_output)
        self._away.pop(node, None)
        return results

    async def look(self, node: str, check: Check) -> Result | None:
        """One answer, or None where there is none just now."""
        try:
            results = await self._together(self._questions, node, [check.command], None)
        except RemoteError as error:
            log.info("asking %s: %s", node, error)
            return None
        return results[0] if results else None

    async def _together(
        self,
        wishes: _Wishes,
        node: str,
        commands: Sequence[Command],
        on_output: OnOutput | None,
    ) -> list[Result]:
        """Run commands beside those that others want on this node in the same turn of the loop."""
        answer: asyncio.Future[list[Result]] = asyncio.get_running_loop().create_future()
        # changes share a channel only with their like, so that what hangs holds up nothing else
        key = (node, "" if wishes is self._questions else " ".join(commands[0].argv[:2]))
        wishes[key].append(_Wish(commands, on_output, answer))
        if len(wishes[key]) == 1:
            task = asyncio.create_task(self._fulfil(wishes, key), name=f"ask {node}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def _fulfil(self, wishes: _Wishes, key: tuple[str, str]) -> None:
        await asyncio.sleep(0.005)
        together = wishes.pop(key)
        # equal questions are asked once; equal changes are each made
        commands = [command for wish in together for command in wish.commands]
        if wishes is self._questions:
            commands = list(dict.fromkeys(commands))
        outputs = [wish.on_output for wish in together if wish.on_output]

        def tell(text: str) -> None:
            for output in outputs:
                output(text)

        try:
            results = await self._runner.run(key[0], commands, stop=False, on_output=tell)
        except Exception as error:
            for wish in together:
                if not wish.answer.done():
                    wish.answer.set_exception(error)
            return
        self._hand_out(together, results, shared=wishes is self._questions)

    @staticmethod
    def _hand_out(together: list[_Wish], results: list[Result], *, shared: bool) -> None:
        by_command = {result.command: result for result in results}
        left = list(results)
        for wish in together:
            if shared:
                own = [by_command[command] for command in wish.commands if command in by_command]
            else:
                own, left = left[: len(wish.commands)], left[len(wish.commands) :]
            if not wish.answer.done():
                wish.answer.set_result(own)

    async def wait_for(self, node: str, away: RemoteError) -> None:
        """Wait a moment for a node that went away. Raises `away` where it has been too long."""
        now = time.monotonic()
        if now > self._away.setdefault(node, now + AWAY_SECONDS):
            raise away
        await asyncio.sleep(random.uniform(0.3, 1.0))  # noqa: S311 - jitter, no secret
