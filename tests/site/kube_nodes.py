"""A site without storage nodes."""

from collections.abc import Sequence

from tui.core.plan import Command, Result
from tui.core.runner import OnOutput
from tui.remote.errors import Unreachable


class NoNodes:
    """Where there are no nodes, none is reached."""

    async def run(
        self, node: str, commands: Sequence[Command], *, stop: bool = True, on_output: OnOutput | None = None
    ) -> list[Result]:
        raise Unreachable(node, "there is no such node")
