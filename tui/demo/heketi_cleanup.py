"""How the simulated heketi cleans up operations that it left behind: it never says what it could not do."""

from tui.demo.heketi_bricks import delete_anywhere, destroy_bricks
from tui.demo.heketi_nodes import CommandError
from tui.demo.heketi_state import Heketi
from tui.demo.heketi_tables import Brick, Operation, Volume

_NOT_LOADABLE = ("clone-volume",)


async def clean_up(heketi: Heketi, ids: list[str]) -> str:
    """Take stale and failed operations back, or to their end where something is being deleted."""
    for operation in list(heketi.tables.operations.values()):
        if operation.status and operation.type not in _NOT_LOADABLE and (not ids or operation.id in ids):
            try:
                await _clean(heketi, operation)
            except CommandError:
                operation.status = "failed"
            else:
                heketi.end(operation)
    return ""


async def _clean(heketi: Heketi, operation: Operation) -> None:
    tables = heketi.tables
    made = [tables.volumes[ident] for word, ident in operation.changes if word == "Add volume"]
    gone = [tables.volumes[ident] for word, ident in operation.changes if word == "Delete volume"]
    blocks = [ident for word, ident in operation.changes if word in ("Add block volume", "Delete block volume")]
    for ident in blocks:
        if ident in tables.block_volumes:
            tables.drop_block_volume(tables.block_volumes[ident])
    for volume in (*made, *gone):
        await delete_anywhere(heketi, volume)
    bricks = [brick for brick in tables.bricks.values() if brick.pending == operation.id and not _stays(heketi, brick)]
    await destroy_bricks(heketi, bricks)
    for brick in bricks:
        tables.drop_brick(brick.id)
    for volume in (*made, *gone):
        tables.drop_volume(volume)
    everything: list[Brick | Volume] = [*tables.bricks.values(), *tables.volumes.values()]
    for held in everything:
        if held.pending == operation.id:
            held.pending = ""


def _stays(heketi: Heketi, brick: Brick) -> bool:
    """Whether a volume that is neither being made nor being deleted has a brick: it was only to be moved."""
    volume = heketi.tables.volumes.get(brick.volume)
    return volume is not None and not volume.pending and brick.id in volume.bricks
