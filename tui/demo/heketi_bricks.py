"""Bricks of the simulated heketi on their nodes: made and taken away in heketi's order."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence

from tui.demo import heketi_commands as commands
from tui.demo.heketi_nodes import CommandError
from tui.demo.heketi_state import Heketi
from tui.demo.heketi_tables import Brick, Volume


def host_of(heketi: Heketi, brick: Brick) -> str:
    """The name that heketi logs in with to reach a brick."""
    return heketi.tables.nodes[brick.node].manage[0]


def places(heketi: Heketi, sets: Sequence[Sequence[Brick]]) -> list[list[str]]:
    """HOST:PATH of bricks, as Gluster wants them."""
    return [[f"{heketi.tables.nodes[brick.node].storage[0]}:{brick.path}" for brick in one] for one in sets]


async def create_bricks(heketi: Heketi, bricks: Iterable[Brick], gid: int) -> None:
    """Make bricks side by side. Raises CommandError with the first error, after all have ended."""
    await _all(create_brick(heketi, brick, gid) for brick in bricks)


async def create_brick(heketi: Heketi, brick: Brick, gid: int) -> None:
    """Make one brick. Raises CommandError."""
    await heketi.nodes.batch(host_of(heketi, brick), commands.brick_creation(brick, gid))


async def destroy_bricks(heketi: Heketi, bricks: Iterable[Brick]) -> None:
    """Take bricks away side by side. Raises CommandError with the first error, after all have ended."""
    await _all(destroy_brick(heketi, brick) for brick in bricks)


async def destroy_brick(heketi: Heketi, brick: Brick) -> None:
    """Take one brick away: fstab is cleaned even where the brick can't be unmounted. Raises CommandError."""
    host = host_of(heketi, brick)
    failed: CommandError | None = None
    try:
        await heketi.nodes.batch(host, [commands.unmount(brick)])
    except CommandError as error:
        mounted = await heketi.nodes.try_one(host, "mount")
        if mounted is None or brick.mount in mounted:
            failed = error
    await heketi.nodes.batch(host, [commands.forget_mount(brick)])
    if failed:
        raise failed
    *removal, folder = commands.brick_removal(brick)
    await heketi.nodes.batch(host, removal)
    await heketi.nodes.try_one(host, folder)


async def delete_anywhere(heketi: Heketi, volume: Volume) -> None:
    """Delete a volume on the first node of its cluster on which that works. Raises CommandError."""
    stop, delete = commands.volume_removal(volume.name)
    last = CommandError("No nodes in cluster")
    for ident in heketi.tables.clusters[volume.cluster].nodes:
        host = heketi.tables.nodes[ident].manage[0]
        # heketi only logs a stop that fails, and a volume that does not exist is deleted
        await heketi.nodes.try_one(host, stop)
        try:
            await heketi.nodes.batch(host, [delete])
        except CommandError as error:
            if "does not exist" in str(error):
                return
            last = error
        else:
            return
    raise last


async def _all(jobs: Iterable[Awaitable[None]]) -> None:
    results = await asyncio.gather(*jobs, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
