"""The lines of a watch, as they come."""

from typing import TYPE_CHECKING, Final

from tui.core.kube_settings import KUBERNETES
from tui.remote.errors import ConnectionLost

if TYPE_CHECKING:
    from aiohttp import StreamReader

LONGEST_LINE: Final = 64 * 2**20
"""Bytes. etcd holds objects of 1.5 MiB; with managedFields and escapes a line may be some times that."""


class Lines:
    """Reads whole lines, all that are there at once. A line that the end of the stream cut off is dropped."""

    def __init__(self, source: "StreamReader", server: str, quiet: float) -> None:
        self._source, self._server, self._quiet = source, server, quiet
        self._rest: list[bytes] = []
        self._held = 0

    async def read(self) -> list[bytes] | None:
        """The next lines, without their ends; None when the stream ended. Waits for at least one.

        Raises ConnectionLost for a line that never ends, and what aiohttp raises.
        """
        while True:
            data = await self._source.readany()
            if not data:
                return None
            first, mark, more = data.partition(b"\n")
            self._rest.append(first)
            if not mark:
                self._held += len(first)
                if self._held > LONGEST_LINE:
                    raise ConnectionLost(KUBERNETES, f"{self._server} sends a line without an end", "Look at proxies.")
                continue
            lines = [b"".join(self._rest), *more.split(b"\n")]
            last = lines.pop()
            self._rest, self._held = [last] if last else [], len(last)
            return lines
