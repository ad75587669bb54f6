"""Runs the steps of plans whose target is "heketi": a command is a request, its exit code the HTTP status."""

import asyncio
import time
from collections.abc import Sequence

from tui.core.plan import Command, Result
from tui.core.runner import OnOutput
from tui.dialects.heketi_answers import without_passwords
from tui.dialects.heketi_names import fill, names_in
from tui.remote.errors import ConnectionLost
from tui.remote.heketi import HeketiClient
from tui.remote.heketi_errors import TARGET
from tui.remote.heketi_http import Answer
from tui.remote.heketi_names import NameBook


class HeketiRunner:
    """A `tui.core.runner.Runner` over one client.

    A result's `code` is the status of the end: 200 and 201 with the object in `stdout`, 204 where there is
    none, 303 with the path of an object that can't be read, else heketi's error with its text in `stdout`.
    Names of `tui.dialects.heketi_names` in a command become ids. Passwords of block volumes are hidden, since
    results are written into the journal.
    """

    def __init__(self, client: HeketiClient) -> None:
        self.client = client
        self._book = NameBook(client)

    async def run(
        self, node: str, commands: Sequence[Command], *, stop: bool = True, on_output: OnOutput | None = None
    ) -> list[Result]:
        """Carry requests out, each to its end: one after another, or side by side without `stop`.

        `node` is the target's name and not looked at. Raises RemoteError; with ConnectionLost and
        CommandTimeout the effect of the requests whose result has no code is not known.
        """
        if not stop and len(commands) > 1:
            return await self._side_by_side(commands, on_output)
        results: list[Result] = []
        for command in commands:
            try:
                results.append(await self._one(command, on_output))
            except ConnectionLost as lost:
                lost.results = (*results, *lost.results)
                raise
            if stop and results[-1].code not in command.ok:
                break
        return results

    async def _side_by_side(self, commands: Sequence[Command], on_output: OnOutput | None) -> list[Result]:
        ended = await asyncio.gather(*(self._one(command, on_output) for command in commands), return_exceptions=True)
        failed = next((one for one in ended if isinstance(one, BaseException)), None)
        if failed is None:
            return [one for one in ended if isinstance(one, Result)]
        lost = next((one for one in ended if isinstance(one, ConnectionLost)), None)
        some = [one for one in ended if isinstance(one, Result)]
        if lost is None and some and not isinstance(failed, asyncio.CancelledError):
            # some were carried out: what is raised must not say that nothing was
            lost = ConnectionLost(TARGET, str(failed), "look at what is there now")
        if lost is None:
            raise failed
        lost.results = tuple(
            one if isinstance(one, Result) else Result(command, None)
            for command, one in zip(commands, ended, strict=True)
        )
        raise lost

    async def _one(self, command: Command, on_output: OnOutput | None) -> Result:
        started = time.monotonic()
        method, path = command.argv[:2]
        names = names_in(path, command.stdin)
        ids = await self._book.ids(names) if names else {}
        try:
            answer = await self.client.call(method, fill(path, ids), fill(command.stdin, ids), seconds=command.timeout)
        except ConnectionLost as lost:
            lost.results = (Result(command, None, seconds=time.monotonic() - started),)
            raise
        text = without_passwords(_shown(answer))
        if on_output and text:
            on_output(text)
        return Result(command, answer.status, text, seconds=time.monotonic() - started)


def _shown(answer: Answer) -> str:
    return answer.location if answer.status == 303 else answer.text
