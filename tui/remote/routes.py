"""The way to a node: straight, or over jump hosts. Nodes behind the same jump host share one login there."""

import asyncio

import asyncssh

from tui.core.address import NodeAddress, jump_address
from tui.remote.connection import Link
from tui.remote.errors import RemoteError, Unreachable
from tui.remote.limits import Limits
from tui.remote.login import Logins
from tui.remote.resolve import Resolved, resolve

MOST_HOPS = 8
Hops = tuple[NodeAddress, ...]


class Routes:
    """Makes connections to nodes, and keeps those to jump hosts. `links` holds them by the hops that lead there."""

    def __init__(self, logins: Logins, limits: Limits) -> None:
        self.links: dict[Hops, Link] = {}
        self._logins, self._limits = logins, limits

    async def connect(self, address: NodeAddress, force: bool) -> asyncssh.SSHClientConnection:
        """A connection to the node, over its jump hosts or those of the ssh config. Raises RemoteError."""
        resolved = await asyncio.to_thread(resolve, address)
        hops = await asyncio.to_thread(_hops, address, resolved)
        return await self._through(address, resolved, hops, force)

    async def close(self) -> None:
        """End the connections to jump hosts, the farthest first."""
        for _, link in sorted(self.links.items(), key=lambda item: -len(item[0])):
            await link.close()

    async def _through(
        self, address: NodeAddress, resolved: Resolved, hops: Hops, force: bool
    ) -> asyncssh.SSHClientConnection:
        if not hops:
            return await self._logins.login(address, resolved, None, "")
        jump = hops[-1]
        link = self.links.get(hops)
        if link is None:
            link = self.links[hops] = Link(jump.name, lambda again: self._to_jump(hops, again), self._limits)
        try:
            live = await link.live(force)
        except RemoteError as error:
            raise type(error)(address.name, f"jump host {jump.name}: {error.reason}", error.remedy) from error
        connection = await self._logins.login(address, resolved, live.connection, f"jump host {jump.name}")
        link.worked()
        return connection

    async def _to_jump(self, hops: Hops, force: bool) -> asyncssh.SSHClientConnection:
        resolved = await asyncio.to_thread(resolve, hops[-1])
        return await self._through(hops[-1], resolved, hops[:-1], force)


def _hops(address: NodeAddress, resolved: Resolved) -> Hops:
    """All jump hosts on the way. The first may itself stand behind one that the ssh config names."""
    hops: Hops = ()
    specs = address.jump or resolved.jump
    while specs:
        try:
            hops = (*(jump_address(spec, address) for spec in specs), *hops)
        except ValueError as problem:
            raise Unreachable(address.name, str(problem), "Correct `jump` or ProxyJump in the ssh settings.") from None
        if len(hops) > MOST_HOPS or len({hop.name for hop in hops}) < len(hops):
            raise Unreachable(
                address.name,
                f"the jump hosts lead in a circle: {', '.join(hop.name for hop in hops)}",
                "Correct ProxyJump in ~/.ssh/config.",
            )
        specs = resolve(hops[0]).jump
    return hops
