"""A simulated heketi with nodes, and clients of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tui.demo.heketi import SimHeketi
from tui.demo.heketi_state import Settings
from tui.remote.heketi import HeketiClient


@asynccontextmanager
async def heketi(nodes: int = 3, disks: int = 2, settings: Settings | None = None) -> AsyncIterator[SimHeketi]:
    """A server with one cluster of so many nodes in three zones."""
    async with SimHeketi(settings=settings) as server:
        cluster = server.seed_cluster()
        names = [f"/dev/sd{letter}" for letter in "bcdefghijklm"[:disks]]
        for number in range(nodes):
            server.seed_node(cluster.id, f"node{number}", f"10.0.0.{number + 10}", number % 3 + 1, names)
        yield server


@asynccontextmanager
async def client_of(server: SimHeketi, **more: object) -> AsyncIterator[HeketiClient]:
    """A client with the right key."""
    settings = {"user": "admin", "key": server.admin_key, **more}
    async with HeketiClient(server.url, **settings) as client:  # type: ignore[arg-type]
        yield client
