"""The seam between those who ask nodes and the transport that reaches them."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from tui.core.plan import Command, Result

OnOutput = Callable[[str], None]

KUBERNETES: Final = "kubernetes"
HEKETI: Final = "heketi"
API_TARGETS: Final = frozenset((KUBERNETES, HEKETI))
"""Targets of steps that are no nodes: their commands are requests (see `tui.core.plan.Command`)."""


class Runner(Protocol):
    """Runs commands on nodes; `tui.remote.ssh.SshPool` is the real one."""

    async def run(
        self, node: str, commands: Sequence[Command], *, stop: bool = True, on_output: OnOutput | None = None
    ) -> list[Result]:
        """Run a batch on one node over one channel and return a result a command that ran.

        With `stop`, the batch ends after the first command whose exit code is not in its `ok`.
        `on_output` gets text as it arrives. Raises a `tui.remote.errors.RemoteError`; then
        ConnectionLost and CommandTimeout mean that the effect is unknown.
        """
        ...
