"""Asking nodes that may go away for a moment: what is safe to repeat is repeated."""

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from typing import Final

from tui.core.plan import Check, Command, Result
from tui.core.runner import OnOutput, Runner
from tui.remote.errors import ConnectionLost, RemoteError, Unreachable

# how long a node that went away in the middle is waited for, by all steps on it together
AWAY_SECONDS: Final = 30.0

log = logging.getLogger(__name__)


class Patience:
    """A runner that waits for nodes that went away, at most `AWAY_SECONDS` a node."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._away: dict[str, float] = {}

    async def read(self, node: str, checks: Sequence[Check]) -> list[Result]:
        """The answers to checks. Reading may be repeated, so that a broken connection does no harm."""
        while True:
            try:
                results = await self._runner.run(node, [check.command for check in checks], stop=False)
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
        results = await self._runner.run(node, commands, on_output=on_output)
        self._away.pop(node, None)
        return results

    async def look(self, node: str, check: Check) -> Result | None:
        """One answer, or None where there is none just now."""
        try:
            results = await self._runner.run(node, [check.command], stop=False)
        except RemoteError as error:
            log.info("asking %s: %s", node, error)
            return None
        return results[0] if results else None

    async def wait_for(self, node: str, away: RemoteError) -> None:
        """Wait a moment for a node that went away. Raises `away` where it has been too long."""
        now = time.monotonic()
        if now > self._away.setdefault(node, now + AWAY_SECONDS):
            raise away
        await asyncio.sleep(random.uniform(0.3, 1.0))  # noqa: S311 - jitter, no secret
