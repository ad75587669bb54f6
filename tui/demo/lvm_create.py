"""lvcreate of thin pools and thin volumes, with LVM's order of allocation and its refusals."""

from typing import Final

from tui.core.units import MIB
from tui.demo.lvm_model import Group, Lvm, Pool
from tui.demo.options import Options, lvm_size, short_size
from tui.demo.reply import ProgramError

SMALLEST_METADATA: Final = 2 * MIB
# LVM makes no larger metadata: the kernel can't use more
LARGEST_METADATA: Final = 4065 * 4 * MIB
_NOT_BACKED_UP: Final = "  WARNING: This metadata update is NOT backed up.\n"


def lvcreate(lvm: Lvm, group: Group, options: Options) -> tuple[str, str]:
    """Make a thin pool (with --size), a thin volume (with --virtualsize), or both; stdout and stderr.

    Raises ProgramError with LVM's text.
    """
    pool_name = options.last("--thin", "-T").partition("/")[2]
    name, size = options.last("--name", "-n"), lvm_size(options.last("--virtualsize", "-V", default="0"))
    err = ""
    if "--size" in options or "-L" in options:
        if pool_name in group.pools:
            raise ProgramError(5, f"  Logical volume {pool_name} already exists in Volume group {group.name}.\n")
        err = _small_chunk(options)
        pool = _make_pool(lvm, group, pool_name, options, err)
    elif pool_name in group.pools:
        pool = group.pools[pool_name]
    else:
        raise ProgramError(5, f"  Thin pool {group.name}/{pool_name} not found.\n")
    if not name:
        return f'  Logical volume "{pool_name}" created.\n', err
    if lvm.find_lv(group.name, name):
        raise ProgramError(5, f'  Logical Volume "{name}" already exists in volume group "{group.name}"\n')
    lvm.add_thin(group, pool, name, group.round_up(size))
    return f'  Logical volume "{name}" created.\n', err + _overcommitted(group, pool)


def _small_chunk(options: Options) -> str:
    size, chunk = lvm_size(options.last("--size", "-L")), lvm_size(options.last("--chunksize", "-c", default="64K"))
    metadata = lvm_size(options.last("--poolmetadatasize", default="128M"))
    suggested = 1 << (size * 64 // metadata - 1).bit_length() if size * 64 > metadata else 1
    if suggested <= chunk:
        return ""
    return f"  WARNING: Chunk size is smaller then suggested minimum size {short_size(suggested)}.\n"


def _make_pool(lvm: Lvm, group: Group, name: str, options: Options, err: str) -> Pool:
    size = group.round_up(lvm_size(options.last("--size", "-L")))
    wanted = lvm_size(options.last("--poolmetadatasize", default="8M"))
    metadata = min(max(group.round_up(wanted), group.round_up(SMALLEST_METADATA)), LARGEST_METADATA)
    before = list(group.spare)
    if metadata - sum(group.spare) > group.free:
        raise _no_room(group, metadata, err)
    lvm.grow_spare(group, metadata)
    made_spare = group.spare != before
    if size > group.free:
        fail = _no_room(group, size, err, made_spare)
    elif size + metadata > group.free:
        need, have = (size + metadata) // group.extent, group.free // group.extent
        text = f"  Insufficient free space: {need} extents needed, but only {have} available\n"
        fail = ProgramError(5, err + text + (_NOT_BACKED_UP if made_spare else ""))
    else:
        return lvm.add_pool(group, name, size, metadata)
    group.spare = before
    raise fail


def _no_room(group: Group, size: int, err: str, made_spare: bool = False) -> ProgramError:
    have, need = group.free // group.extent, size // group.extent
    text = f'  Volume group "{group.name}" has insufficient free space ({have} extents): {need} required.\n'
    return ProgramError(5, err + text + (_NOT_BACKED_UP if made_spare else ""))


def _overcommitted(group: Group, pool: Pool) -> str:
    """LVM warns when the thin volumes of this pool, grown to their size, would not fit in it."""
    if sum(thin.size for thin in pool.thins) <= pool.size:
        return ""
    total = sum(thin.size for one in group.pools.values() for thin in one.thins)
    what, room = f"thin pool {group.name}/{pool.name}", pool.size
    if len(group.pools) > 1:
        what, room = "thin pools", sum(one.size for one in group.pools.values())
    if total > group.size:
        what, room = f"{what} and the size of whole volume group", group.size
    elif total > group.free:
        what, room = f"{what} and the amount of free space in volume group", group.free
    return (
        f"  WARNING: Sum of all thin volume sizes ({short_size(total)}) exceeds the size of {what}"
        f" ({short_size(room)}).\n"
    )
