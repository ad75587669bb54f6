"""Runs the steps of plans whose target is "heketi": a command is a request, its exit code the HTTP status."""

import time
from collections.abc import Sequence

from tui.core.plan import Command, Result
from tui.core.runner import OnOutput
from tui.dialects.heketi_answers import without_passwords
from tui.remote.errors import ConnectionLost
from tui.remote.heketi import HeketiClient
from tui.remote.heketi_http import Answer


class HeketiRunner:
    """A `tui.core.runner.Runner` over one client.

    A result's `code` is the status of the end: 200 and 201 with the object in `stdout`, 204 where there is
    none, 303 with the path of an object that can't be read, else heketi's error with its text in `stdout`.
    Passwords of block volumes are hidden, since results are written into the journal.
    """

    def __init__(self, client: HeketiClient) -> None:
        self.client = client

    async def run(
        self, node: str, commands: Sequence[Command], *, stop: bool = True, on_output: OnOutput | None = None
    ) -> list[Result]:
        """Carry requests out one after another, each to its end. `node` is the target's name and not looked at.

        Raises RemoteError; with ConnectionLost and CommandTimeout the effect of the last one is not known.
        """
        results: list[Result] = []
        for command in commands:
            started = time.monotonic()
            try:
                answer = await self.client.call(
                    command.argv[0], command.argv[1], command.stdin, seconds=command.timeout
                )
            except ConnectionLost as error:
                error.results = (*results, Result(command, None, seconds=time.monotonic() - started))
                raise
            text = without_passwords(_shown(answer))
            if on_output and text:
                on_output(text)
            results.append(Result(command, answer.status, text, seconds=time.monotonic() - started))
            if stop and answer.status not in command.ok:
                break
        return results


def _shown(answer: Answer) -> str:
    return answer.location if answer.status == 303 else answer.text
