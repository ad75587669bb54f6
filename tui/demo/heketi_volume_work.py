"""The work of the simulated heketi on volumes: build, then finalize or roll back, as its operations do."""

from dataclasses import replace

from tui.demo import heketi_commands as commands
from tui.demo.heketi_bricks import create_bricks, delete_anywhere, destroy_bricks, host_of, places
from tui.demo.heketi_nodes import CommandError
from tui.demo.heketi_placing import place
from tui.demo.heketi_state import Heketi
from tui.demo.heketi_tables import Brick, Operation, Volume
from tui.demo.heketi_wire import Fail


async def create_work(heketi: Heketi, volume: Volume, operation: Operation) -> str:
    """Make a volume; where that fails it is tried again in other places. Raises Fail, CommandError."""
    tries = heketi.settings.create_tries
    while True:
        sets = [[heketi.tables.bricks[ident] for ident in one] for one in volume.sets]
        try:
            await build_volume(heketi, volume, sets)
        except CommandError:
            tries -= 1
            if not await roll_back(heketi, volume, sets, operation) or not tries:
                _drop(heketi, volume, operation)
                raise
            _place_again(heketi, volume, operation)
        else:
            _settle(heketi, volume, operation)
            return f"/volumes/{volume.id}"


async def build_volume(heketi: Heketi, volume: Volume, sets: list[list[Brick]]) -> None:
    """Make the bricks of a volume, and the volume. Raises CommandError."""
    await create_bricks(heketi, (brick for one in sets for brick in one), volume.gid)
    lines = commands.volume_creation(volume, places(heketi, sets))
    await heketi.nodes.batch(host_of(heketi, sets[0][0]), lines)


async def roll_back(heketi: Heketi, volume: Volume, sets: list[list[Brick]], operation: Operation) -> bool:
    """Take away what was made; where that fails too the operation stays on the books as failed."""
    bricks = [brick for one in sets for brick in one]
    try:
        await destroy_bricks(heketi, bricks)
    except CommandError:
        operation.status, operation.in_flight = "failed", False
        return False
    for brick in bricks:
        heketi.tables.drop_brick(brick.id)
        operation.changes.remove(("Add brick", brick.id))
    volume.sets = []
    return True


def _place_again(heketi: Heketi, volume: Volume, operation: Operation) -> None:
    try:
        sets = place(heketi, volume, volume.size)
    except Fail:
        _drop(heketi, volume, operation)
        raise
    for brick in (brick for one in sets for brick in one):
        brick.pending = operation.id
        heketi.tables.put_brick(brick)
        operation.changes.append(("Add brick", brick.id))
    volume.sets = [[brick.id for brick in one] for one in sets]


def _drop(heketi: Heketi, volume: Volume, operation: Operation) -> None:
    if operation.status != "failed":
        heketi.tables.drop_volume(volume)
        heketi.end(operation)


def _settle(heketi: Heketi, volume: Volume, operation: Operation) -> None:
    volume.pending = ""
    for ident in volume.bricks:
        heketi.tables.bricks[ident].pending = ""
    heketi.end(operation)


async def expand_work(heketi: Heketi, volume: Volume, sets: list[list[Brick]], add: int, operation: Operation) -> str:
    """Add bricks to a volume; what fails is taken back. Raises CommandError."""
    bricks = [brick for one in sets for brick in one]
    try:
        await create_bricks(heketi, bricks, volume.gid)
        first = heketi.tables.bricks[volume.sets[0][0]] if volume.sets else bricks[0]
        lines = commands.volume_addition(volume, places(heketi, sets))
        await heketi.nodes.batch(host_of(heketi, first), lines[:-1])
        # heketi passes over a rebalance that does not start
        await heketi.nodes.try_one(host_of(heketi, first), lines[-1])
    except CommandError:
        await roll_back(heketi, replace(volume), sets, operation)
        if operation.status != "failed":
            heketi.end(operation)
        raise
    volume.sets += [[brick.id for brick in one] for one in sets]
    volume.size += add
    if volume.block:
        volume.free += add
    _settle(heketi, volume, operation)
    return f"/volumes/{volume.id}"


async def delete_work(heketi: Heketi, volume: Volume, operation: Operation) -> str:
    """Take a volume away; where that fails it stays, perhaps without its Gluster volume. Raises CommandError."""
    bricks = [heketi.tables.bricks[ident] for ident in volume.bricks if ident in heketi.tables.bricks]
    try:
        await delete_anywhere(heketi, volume)
        await destroy_bricks(heketi, bricks)
    except CommandError:
        _settle(heketi, volume, operation)
        raise
    for brick in bricks:
        heketi.tables.drop_brick(brick.id)
    heketi.tables.drop_volume(volume)
    heketi.end(operation)
    return ""


def book_clone(heketi: Heketi, source: Volume, name: str, operation: Operation) -> Volume:
    """Take the space of a clone. Until it is done only the cluster knows it: what heketi never recovers from."""
    ident = heketi.tables.new_id()
    made = replace(source, id=ident, name=name or f"vol_{ident}", sets=[], block_volumes=[], pending="")
    source.pending = operation.id
    operation.changes += [("Clone volume from", source.id), ("Expand volume to", ident)]
    for one in source.sets:
        old = [heketi.tables.bricks[brick] for brick in one]
        copies = [replace(b, id=heketi.tables.new_id(), volume=ident, pending=operation.id) for b in old]
        made.sets.append([brick.id for brick in copies])
        for brick in copies:
            heketi.tables.put_brick(brick)
            operation.changes.append(("Add brick", brick.id))
    heketi.tables.clusters[source.cluster].volumes.append(ident)
    return made


async def clone_work(heketi: Heketi, source: Volume, made: Volume, operation: Operation) -> str:
    """Clone a volume by a snapshot. Raises CommandError."""
    first = heketi.tables.bricks[source.sets[0][0]]
    try:
        await heketi.nodes.batch(host_of(heketi, first), commands.clone(source.name, made.id, made.name))
    except CommandError:
        heketi.tables.clusters[source.cluster].volumes.remove(made.id)
        for ident in made.bricks:
            heketi.tables.drop_brick(ident)
        _settle(heketi, source, operation)
        raise
    heketi.tables.clusters[source.cluster].volumes.remove(made.id)
    heketi.tables.put_volume(made)
    _settle(heketi, made, operation)
    source.pending = ""
    return f"/volumes/{made.id}"
