"""Where a step's commands go: to a node over SSH, or as requests to an API. Answers come back without secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.core.plan import Command, Result
from tui.core.runner import API_TARGETS, KUBERNETES, OnOutput, Runner
from tui.core.vault import Vault
from tui.dialects.failures import succeeded
from tui.dialects.heketi_answers import without_passwords
from tui.dialects.kube_hide import hide_secrets
from tui.remote.errors import ConnectionLost, Denied

__all__ = ["API_TARGETS", "Targets"]


class Targets:
    """A runner for all targets of one site.

    `apis` are the runners of API targets by name; they may be set later. What they answer is journalled and
    shown, so that every secret in it is hidden right here.
    """

    def __init__(self, nodes: Runner, vault: Vault, apis: Mapping[str, Runner] | None = None) -> None:
        self._nodes, self._vault = nodes, vault
        self.apis: dict[str, Runner] = dict(apis or {})

    async def run(
        self, node: str, commands: Sequence[Command], *, stop: bool = True, on_output: OnOutput | None = None
    ) -> list[Result]:
        """See `tui.core.runner.Runner`. Raises Denied for an API that this site does not have.

        Raises Refused where a secret that a request needs is not known any more; nothing was sent then.
        """
        if node not in API_TARGETS:
            return await self._nodes.run(node, commands, stop=stop, on_output=on_output)
        api = self.apis.get(node)
        if api is None:
            raise Denied(node, f"this site has no {node}", f"configure {node} for it")
        for command in commands:
            # a placeholder whose value is gone shows before anything is sent
            self._vault.fill(command.stdin)
        hide = self._hidden if node == KUBERNETES else self._without_passwords
        try:
            results = await api.run(node, commands, stop=stop)
        except ConnectionLost as lost:
            lost.results = tuple(hide(result) for result in lost.results)
            raise
        if on_output is not None:
            # whole objects are nothing to be shown while a step runs
            on_output("".join(f"{' '.join(one.command.argv[:2])}: HTTP {one.code}\n" for one in results))
        return [hide(result) for result in results]

    def _hidden(self, result: Result) -> Result:
        text = hide_secrets(result.command.argv[1], result.stdout, self._vault.known)
        if not succeeded(result):
            text = self._vault.hide(text)
        return replace(result, stdout=text) if text != result.stdout else result

    def _without_passwords(self, result: Result) -> Result:
        return replace(result, stdout=self._vault.hide(without_passwords(result.stdout)))
