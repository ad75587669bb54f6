"""Two admins never change one cluster at the same time: a lock on its nodes for as long as an operation runs.

The lock is held by a live SSH channel to each node (see `tui.remote.hold`), so that it is gone
when its holder is. Reading needs no lock.
"""

import asyncio
import contextlib
import getpass
import platform
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from tui.core.plan import Refused
from tui.core.runner import API_TARGETS
from tui.ops.node_lock import Holder, NodeLock, Terms
from tui.remote.errors import RemoteError

__all__ = ["ClusterLock", "Locks", "Terms", "operator"]


def operator() -> str:
    """Who we are, as the lock names us: user@host."""
    return f"{getpass.getuser()}@{platform.node()}"


class Locks:
    """The locks of one site in this process. Operations of it share them: they keep out of each other's way already."""

    def __init__(self, pool: Holder, who: str = "", terms: Terms | None = None) -> None:
        self._pool, self._who, self._terms = pool, who or operator(), terms or Terms()
        self._nodes: dict[str, NodeLock] = {}

    def node(self, name: str) -> NodeLock:
        """The lock on a node, held or not."""
        if name not in self._nodes:
            self._nodes[name] = NodeLock(self._pool, name, self._who, self._terms)
        return self._nodes[name]


class ClusterLock:
    """The lock of one operation. An async context manager: `acquire` and `release`.

    `lost` is set when somebody else took one of the nodes meanwhile, with the sentence in
    `reason`: then no further step may start. Ask `steady` before each step.
    `missing` are nodes that could not be reached: they are not locked, and `steady` tries again.
    APIs are not locked: for what is changed through heketi, nodes of its cluster are (see `tui.site_locks`).
    """

    def __init__(self, locks: Locks, nodes: Iterable[str], what: str) -> None:
        self.nodes = tuple(sorted(set(nodes) - API_TARGETS))
        self.what, self.reason = what, ""
        self.lost = asyncio.Event()
        self.missing: dict[str, RemoteError] = {}
        self._locks = locks
        self._taken: dict[str, NodeLock] = {}
        self._joining = asyncio.Lock()

    @property
    def held(self) -> bool:
        """Whether all nodes that could be reached are ours for sure now."""
        return not self.lost.is_set() and bool(self._taken) and all(lock.held for lock in self._taken.values())

    async def acquire(self) -> None:
        """Take the lock on the first node in sorted order, then on all others at once.

        So of those who try at once the same nodes, one gets them. Nobody waits for a lock, so that
        nobody waits for each other.

        Raises Refused: who holds it since when, or why no node can be locked. Nothing is held then.
        A node that can't be reached is left out and noted in `missing`, since nothing runs there either.
        """
        try:
            for nodes in (self.nodes[:1], self.nodes[1:]):
                ends = await asyncio.gather(*(self._join_now(node) for node in nodes), return_exceptions=True)
                for problem in ends:
                    if problem is not None:
                        raise problem
            if self.nodes and not self._taken:
                reasons = tuple(str(away) for away in self.missing.values())
                raise Refused("no node of the cluster can be reached to lock it", reasons)
        except BaseException:
            await asyncio.shield(self.release())
            raise

    async def release(self) -> None:
        """Free what is held. May be called twice."""
        taken, self._taken = list(self._taken.values()), {}
        for lock in taken:
            lock.watchers.remove(self._notice)
        await asyncio.gather(*(lock.leave() for lock in taken))

    async def steady(self, node: str) -> None:
        """Return once all locks are ours for sure, and `node` among them; call it right before a step on `node`.

        For an API it is enough that no lock is lost.

        While a connection that broke is made again, waits. Raises Refused where the operation has
        to end (`lost`), RemoteError where only this node is away, KeyError where it was never asked for.
        """
        if node in API_TARGETS:
            if self.lost.is_set():
                raise Refused(self.reason)
            return
        if node not in self.nodes:
            raise KeyError(node)
        if node in self.missing:
            await self._join_late(node)
        if self._taken[node].away is not None:
            await self._taken[node].come_back()
        while not self.lost.is_set():
            for lock in self._taken.values():
                await lock.settled.wait()
            doubtful = [lock for lock in self._taken.values() if not lock.held and lock.away is None]
            if not doubtful:
                break
            # its channel is told dead in a moment
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await self.lost.wait()
        if self.lost.is_set():
            raise Refused(self.reason)
        away = self._taken[node].away
        if away is not None:
            raise away

    async def _join_now(self, node: str) -> None:
        try:
            await self._join(node)
        except RemoteError as away:
            self.missing[node] = away

    async def _join_late(self, node: str) -> None:
        async with self._joining:
            if node in self.missing:
                await self._join(node)
                del self.missing[node]

    async def _join(self, node: str) -> None:
        lock = self._locks.node(node)
        await lock.join(self.what)
        self._taken[node] = lock
        lock.watchers.append(self._notice)

    def _notice(self) -> None:
        self.reason = next((lock.lost for lock in self._taken.values() if lock.lost), self.reason)
        self.lost.set()

    async def __aenter__(self) -> Self:
        await self.acquire()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.release()
