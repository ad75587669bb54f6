"""Steps of plans that are requests to the Kubernetes API."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from tui.core.plan import Command, Result
from tui.core.runner import OnOutput
from tui.remote.errors import ConnectionLost, RemoteError
from tui.remote.kube import KubeAnswer, KubeClient

BUSY: Final = 429
"""The one refusal of which the server promises that nothing was done."""

HIDDEN_VALUE: Final = "(hidden)"
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


class KubeRunner:
    """A `tui.core.runner.Runner` for the target "kubernetes".

    argv of a command is (METHOD, PATH) or (METHOD, PATH, CONTENT TYPE), its stdin the body. `fill` puts secrets
    in the place of their placeholders; what is sent is in no result, and values of Secrets in answers are hidden.
    """

    def __init__(self, client: KubeClient, fill: Callable[[str], str] = lambda text: text) -> None:
        self._client, self._fill = client, fill

    async def run(
        self, node: str, commands: Sequence[Command], *, stop: bool = True, on_output: OnOutput | None = None
    ) -> list[Result]:
        """Send the requests in order; `code` of a result is the HTTP status, `stdout` the body.

        A busy server (429) is asked again until the command's timeout ends. Raises RemoteError: ConnectionLost
        once a request may have taken effect, with the results so far.
        """
        results: list[Result] = []
        for command in commands:
            started = time.monotonic()
            try:
                answer = await self._send(command)
            except RemoteError as error:
                if not results and not isinstance(error, ConnectionLost):
                    raise
                raise _lost(error, results, command, time.monotonic() - started) from error
            text = without_secrets(answer.text)
            results.append(Result(command, answer.status, text, "", time.monotonic() - started))
            if on_output is not None:
                on_output(text)
            if stop and answer.status not in command.ok:
                break
        return results

    async def _send(self, command: Command) -> KubeAnswer:
        method, path, *more = command.argv
        body = self._fill(command.stdin) if command.stdin else None
        end = time.monotonic() + command.timeout
        while True:
            answer = await self._client.request(
                method, path, body=body, content_type=more[0] if more else "application/json", timeout=command.timeout
            )
            pause = answer.retry_after or 1.0
            if answer.status != BUSY or BUSY in command.ok or time.monotonic() + pause > end:
                return answer
            await asyncio.sleep(pause)


def without_secrets(text: str) -> str:
    """The body of an answer with the values of Secrets hidden, the names of their keys kept."""
    if '"Secret' not in text:
        return text
    try:
        raw = json.loads(text)
    except ValueError:
        return text
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if kind == "Secret":
        return json.dumps(_hide(raw))
    if kind == "SecretList":
        return json.dumps({**raw, "items": [_hide(item) for item in raw.get("items") or [] if isinstance(item, dict)]})
    return text


def _hide(secret: dict[str, Any]) -> dict[str, Any]:
    found = dict(secret)
    for part in ("data", "stringData"):
        if isinstance(found.get(part), dict):
            found[part] = dict.fromkeys(found[part], HIDDEN_VALUE)
    meta = found.get("metadata")
    if isinstance(meta, dict) and isinstance(meta.get("annotations"), dict) and _LAST_APPLIED in meta["annotations"]:
        notes = {name: value for name, value in meta["annotations"].items() if name != _LAST_APPLIED}
        found["metadata"] = {**meta, "annotations": notes}
    return found


def _lost(error: RemoteError, before: list[Result], command: Command, seconds: float) -> ConnectionLost:
    kind = type(error) if isinstance(error, ConnectionLost) else ConnectionLost
    lost = kind(error.node, error.reason, error.remedy)
    lost.results = (*before, Result(command, None, seconds=seconds))
    return lost
