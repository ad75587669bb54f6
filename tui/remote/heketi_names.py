"""Finds the ids of what plans name: clusters by nodes, nodes by manage name, devices by path, volumes by name."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from tui.core.heketi_model import HeketiBlockVolume, HeketiCluster, HeketiNode, HeketiVolume
from tui.dialects.heketi_answers import parse_block_volume, parse_cluster, parse_ids, parse_node, parse_volume
from tui.dialects.heketi_names import NOBODY, Name
from tui.remote.errors import RemoteError
from tui.remote.heketi import HeketiClient, read
from tui.remote.heketi_errors import TARGET

_AT_ONCE: Final = 8
_VOLUMES: Final[dict[str, tuple[str, Callable[[str], HeketiVolume | HeketiBlockVolume]]]] = {
    "volume": ("volumes", parse_volume),
    "blockvolume": ("blockvolumes", parse_block_volume),
}


class NameBook:
    """The ids of one heketi. What was found once is looked at again before it is used: others change things too."""

    def __init__(self, client: HeketiClient) -> None:
        self._client = client
        self._nodes: dict[str, HeketiNode] = {}
        self._volumes: dict[str, dict[str, str]] = {"volume": {}, "blockvolume": {}}
        self._walking = asyncio.Lock()

    async def ids(self, names: Iterable[Name]) -> dict[Name, str]:
        """The id of each name, `NOBODY` where heketi has nothing of that name.

        Raises RemoteError, also where heketi has two of one name.
        """
        return {name: await self._id(name) for name in names}

    async def _id(self, name: Name) -> str:
        if name.kind == "cluster":
            return await self._cluster(name)
        if name.kind in _VOLUMES:
            return await self._volume(name)
        node = await self._node(name.nodes[0])
        if node is None or name.kind == "node":
            return node.id if node else NOBODY
        return _only(name, [device.id for device in node.devices if name.path in (device.name, *device.paths)])

    async def _node(self, name: str) -> HeketiNode | None:
        """A node as it is now."""
        known = [node for node in self._nodes.values() if node.name == name]
        for node in known:
            fresh = await self._read(node.id)
            if fresh and len(known) == 1:
                return fresh
        await self._walk()
        found = [node for node in self._nodes.values() if node.name == name]
        ident = _only(Name("node", (name,)), [node.id for node in found])
        return self._nodes.get(ident)

    async def _cluster(self, name: Name) -> str:
        clusters = await self._walk()
        holders = {node.cluster for node in self._nodes.values() if node.name in name.nodes}
        if holders:
            return _only(name, sorted(holders))
        return _only(name, [one.id for one in clusters if not (one.nodes or one.volumes or one.block_volumes)])

    async def _volume(self, name: Name) -> str:
        """A volume or block volume keeps its name for life: only those that are not known yet are read."""
        kind, parser = _VOLUMES[name.kind]
        known = self._volumes[name.kind]
        ids = read(lambda text: parse_ids(text, kind), await self._client.get(f"/{kind}"))
        gate = asyncio.Semaphore(_AT_ONCE)

        async def look_at(ident: str) -> None:
            async with gate:
                answer = await self._client.ask("GET", f"/{kind}/{ident}")
            if answer.status != 404:
                known[ident] = read(parser, self._client.good(answer, f"GET /{kind}/{ident}").text).name

        await asyncio.gather(*(look_at(ident) for ident in ids if ident not in known))
        return _only(name, [ident for ident in ids if known.get(ident) == name.nodes[0]])

    async def _walk(self) -> list[HeketiCluster]:
        """Read all clusters, and the nodes that are not known yet; those that are gone are forgotten."""
        async with self._walking:
            ids = read(lambda text: parse_ids(text, "clusters"), await self._client.get("/clusters"))
            clusters = [read(parse_cluster, await self._client.get(f"/clusters/{ident}")) for ident in ids]
            members = {ident for one in clusters for ident in one.nodes}
            self._nodes = {ident: node for ident, node in self._nodes.items() if ident in members}
            gate = asyncio.Semaphore(_AT_ONCE)

            async def look_at(ident: str) -> None:
                async with gate:
                    await self._read(ident)

            await asyncio.gather(*(look_at(ident) for ident in members - set(self._nodes)))
            return clusters

    async def _read(self, ident: str) -> HeketiNode | None:
        answer = await self._client.ask("GET", f"/nodes/{ident}")
        if answer.status == 404:
            self._nodes.pop(ident, None)
            return None
        node = read(parse_node, self._client.good(answer, f"GET /nodes/{ident}").text)
        self._nodes[ident] = node
        return node


def _only(name: Name, ids: list[str]) -> str:
    if len(ids) > 1:
        raise RemoteError(
            TARGET, f"heketi has {len(ids)} of what is named here, {name}", f"take one away first: {', '.join(ids)}"
        )
    return ids[0] if ids else NOBODY
