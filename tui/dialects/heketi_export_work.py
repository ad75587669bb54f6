"""Operations are taken off the books of an export, with what they had begun.

Nobody works on an operation while heketi is stopped. What it was making is dropped, what it was deleting stays (and
can be deleted again), and where Gluster was asked, what it has made and Gluster uses stays too. An operation
"clone-volume" is one that heketi itself never cleans up.
"""

from collections.abc import Iterable
from typing import Final

from tui.dialects.heketi_export_tables import Entry, Tables, part, short
from tui.dialects.heketi_fields import count, items, sub, text, words

# heketi's numbers (type PendingChangeType, heketi 8 to 10)
_ADD_BRICK, _ADD_VOLUME, _DELETE_BRICK, _EXPAND = 1, 2, 3, 5
_ADD_BLOCK, _CLONE_TARGETS = 6, (10, 11)
_TYPES: Final = {
    1: "create-volume", 2: "delete-volume", 3: "expand-volume", 4: "create-block-volume", 5: "delete-block-volume",
    6: "remove-device", 7: "clone-volume",
}  # fmt: skip


def end_operations(tables: Tables, in_use: frozenset[str] | None) -> None:
    """Take all operations off the books, then all marks of operations off what stays."""
    for ident in sorted(tables.operations):
        _end(tables, ident, tables.operations.pop(ident), in_use)
    _marks(tables, in_use)


def _end(tables: Tables, ident: str, operation: Entry, in_use: frozenset[str] | None) -> None:
    actions = [(count(action, "Change"), text(action, "Id"), action) for action in items(operation, "Actions")]
    made = [one for change, one, _ in actions if change == _ADD_BRICK and one in tables.bricks]
    kind = _TYPES.get(count(operation, "Type"), "of an unknown type")
    tables.tell(f"operation {short(ident)} ({kind}) is off the books")
    for change, volume, _ in actions:
        if change in (_ADD_VOLUME, *_CLONE_TARGETS) and volume in tables.volumes:
            _made_volume(tables, volume, in_use)
    kept = _drop(tables, made, in_use)
    for change, volume, action in actions:
        if change == _EXPAND and kept and volume in tables.volumes:
            _grow(tables, volume, count(action, "Delta"))
    gone = [one for change, one, _ in actions if change == _DELETE_BRICK and one in tables.bricks]
    _replaced(tables, gone, in_use)
    for change, block, _ in actions:
        if change == _ADD_BLOCK and block in tables.blocks:
            tables.drop_block(block)
            tables.tell(f"block volume {short(block)}, which was being made, is dropped")


def _made_volume(tables: Tables, volume: str, in_use: frozenset[str] | None) -> None:
    """A volume in the making stays where Gluster has all its bricks, else it goes with them."""
    bricks = words(tables.volumes[volume], "Bricks")
    if in_use is not None and bricks and all(brick in in_use for brick in bricks):
        tables.tell(f"volume {tables.volume_name(volume)} stays: Gluster has all its bricks")
        return
    name, number = tables.volume_name(volume), len(bricks)
    tables.drop_volume(volume)
    tables.tell(f"volume {name}, which was being made, is dropped with its {number} bricks")


def _drop(tables: Tables, made: Iterable[str], in_use: frozenset[str] | None) -> int:
    """Drop bricks in the making; the number of those that Gluster uses, which stay."""
    there = [brick for brick in made if brick in tables.bricks]
    kept = [brick for brick in there if in_use and brick in in_use and _volume(tables, brick) in tables.volumes]
    lost = [brick for brick in there if brick not in kept]
    for brick in lost:
        tables.drop_brick(brick)
    if lost:
        tables.tell(f"{len(lost)} bricks that were being made are dropped: {', '.join(map(short, lost))}")
    return len(kept)


def _grow(tables: Tables, volume: str, gib: int) -> None:
    """An expansion that Gluster has: the volume is greater by what was asked for."""
    info = part(tables.volumes[volume], "Info")
    info["size"] = count(info, "size") + gib
    tables.tell(f"volume {tables.volume_name(volume)} is {gib} GiB greater: Gluster has the bricks of its expansion")


def _replaced(tables: Tables, gone: Iterable[str], in_use: frozenset[str] | None) -> None:
    """Bricks in deletion stay, but for those in whose place Gluster has others."""
    if in_use is None:
        return
    for brick in gone:
        volume = _volume(tables, brick)
        others = {other for other in tables.bricks if other != brick and _volume(tables, other) == volume}
        if brick not in in_use and others & in_use:
            tables.drop_brick(brick)
            tables.tell(f"brick {short(brick)} of volume {tables.volume_name(volume)} is dropped: Gluster has others")


def _marks(tables: Tables, in_use: frozenset[str] | None) -> None:
    """Marks of operations that are gone: a brick without a volume was in the making, all else stays, unmarked."""
    for brick in [key for key, entry in tables.bricks.items() if _mark(entry)]:
        if _volume(tables, brick) not in tables.volumes:
            tables.drop_brick(brick)
            tables.tell(f"brick {short(brick)}, which was being made for a volume that does not exist, is dropped")
    freed = []
    for word, table in (("volume", tables.volumes), ("brick", tables.bricks), ("block volume", tables.blocks)):
        for ident, entry in table.items():
            if _mark(entry):
                part(entry, "Pending")["Id"] = ""
                freed.append(f"{word} {tables.volume_name(ident) if word == 'volume' else short(ident)}")
    if freed:
        tables.tell(f"{', '.join(freed)}: no operation holds {'it' if len(freed) == 1 else 'them'} any more")


def _mark(entry: Entry) -> str:
    return text(sub(entry, "Pending"), "Id")


def _volume(tables: Tables, brick: str) -> str:
    return text(sub(tables.bricks[brick], "Info"), "volume")
