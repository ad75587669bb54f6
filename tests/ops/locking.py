"""Admins on several bastions, with a pool of connections each, in front of one simulated site."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

from tui.config import load_config
from tui.core.asker import RefusingAsker
from tui.core.plan import Refused
from tui.demo.site import DemoSite
from tui.ops.lock import ClusterLock, Locks, Terms
from tui.remote.ssh import Limits, SshPool

QUICK = Limits(login_timeout=10, backoff_first=0.001, backoff_most=0.002)
TERMS = Terms(interval=0.2, patience=4.0, away=15.0)
NODES = ("node1", "node2", "node3")


@dataclass(slots=True)
class Bastion:
    """One admin with connections and locks of its own."""

    pool: SshPool
    locks: Locks

    def lock(self, *nodes: str, what: str = "load topology.json") -> ClusterLock:
        """A lock on these nodes (all by default), not taken yet."""
        return ClusterLock(self.locks, nodes or NODES, what)

    async def gets(self, *nodes: str) -> str:
        """ "" when the lock could be had (it is free again), else the sentence of the refusal."""
        try:
            async with self.lock(*nodes, what="try"):
                return ""
        except Refused as refused:
            return refused.sentence

    async def gets_soon(self, *nodes: str) -> None:
        """Wait until the lock can be had."""
        async with asyncio.timeout(20):
            while await self.gets(*nodes):
                await asyncio.sleep(0.02)


def bastion(config: Path, who: str, terms: Terms = TERMS) -> Bastion:
    """A pool that knows the nodes of a configuration."""
    site = load_config(config).site()
    pool = SshPool(RefusingAsker(), QUICK)
    for name in NODES:
        pool.add(site.address(name))
    return Bastion(pool, Locks(pool, who, terms))


@contextlib.asynccontextmanager
async def bastions(demo: DemoSite, names: Iterable[str], terms: Terms = TERMS) -> AsyncIterator[list[Bastion]]:
    """One bastion a name; their connections end with the block."""
    made = [bastion(demo.config_path, name, terms) for name in names]
    try:
        yield made
    finally:
        for one in made:
            await one.pool.close()
