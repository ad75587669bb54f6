"""Reads all that a heketi knows, by walking through its API: clusters, nodes, volumes, operations."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from tui.core.heketi_model import HeketiSite
from tui.dialects.heketi_answers import (
    parse_block_volume,
    parse_cluster,
    parse_ids,
    parse_node,
    parse_operation,
    parse_volume,
)
from tui.remote.heketi import HeketiClient, read
from tui.remote.heketi_errors import HeketiRefused

_AT_ONCE: Final = 16
_T = TypeVar("_T")


async def read_site(client: HeketiClient) -> HeketiSite:
    """All that a heketi knows, as of now; other clients may change it meanwhile.

    An id that it names and does not find is no error: it is in `missing`. Raises RemoteError.
    """
    walk = _Walk(client)
    ids = read(lambda text: parse_ids(text, "clusters"), await client.get("/clusters"))
    clusters = await walk.all("clusters", ((ident, "") for ident in ids), parse_cluster)
    known = clusters.values()
    nodes, volumes, blocks = await asyncio.gather(
        walk.all("nodes", ((ident, one.id) for one in known for ident in one.nodes), parse_node),
        walk.all("volumes", ((ident, one.id) for one in known for ident in one.volumes), parse_volume),
        walk.all("blockvolumes", ((ident, one.id) for one in known for ident in one.block_volumes), parse_block_volume),
    )
    pending = await client.operations()
    operations = await walk.all("operations/pending", ((one.id, "") for one in pending), parse_operation)
    gone = {f"/operations/pending/{one.id}" for one in pending}
    missing = tuple(pair for pair in walk.missing if pair[0] not in gone)
    return HeketiSite(clusters, nodes, volumes, blocks, tuple(operations.values()), missing)


class _Walk:
    """Asks for many objects side by side; `missing` are pairs (path, who named it)."""

    def __init__(self, client: HeketiClient) -> None:
        self._client, self._gate = client, asyncio.Semaphore(_AT_ONCE)
        self.missing: list[tuple[str, str]] = []

    async def all(self, kind: str, named: Iterable[tuple[str, str]], parser: Callable[[str], _T]) -> dict[str, _T]:
        """Objects of a kind by id; `named` are pairs (id, who names it)."""
        pairs = list(named)
        found = await asyncio.gather(*(self._one(f"/{kind}/{ident}", by, parser) for ident, by in pairs))
        return {ident: one for (ident, _), one in zip(pairs, found, strict=True) if one is not None}

    async def _one(self, path: str, by: str, parser: Callable[[str], _T]) -> _T | None:
        async with self._gate:
            try:
                return read(parser, await self._client.get(path))
            except HeketiRefused as refused:
                if refused.status != 404:
                    raise
        self.missing.append((path, by))
        return None
