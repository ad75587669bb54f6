"""How much of a volume group a brick takes. All sizes are bytes.

heketi's sizes (v10.4.1): a brick is a thin volume as large as its thin pool, the pool's metadata
is 0.5 % of it. What heketi leaves out is the spare: LVM keeps one hidden volume
(lvol0_pmspare) in each volume group, as large as the largest pool metadata there, and grows it
before it makes a pool. Measured on LVM 2.03: with the growth counted, a group can be filled to
its last extent; one extent less and lvcreate fails with "insufficient free space".
"""

from dataclasses import dataclass
from typing import Final

from tui.core.units import GIB, KIB, MIB, TIB

EXTENT: Final = 4 * MIB
BRICK_MIN: Final = GIB
BRICK_MAX: Final = 4 * TIB
BRICKS_MAX: Final = 32
METADATA_MAX: Final = 16 * GIB
_METADATA_MIN: Final = 2 * MIB  # LVM makes no smaller one


@dataclass(frozen=True, slots=True)
class BrickSpace:
    """The sizes of one brick on one volume group: whole extents each."""

    pool: int
    metadata: int

    @property
    def total(self) -> int:
        """What the brick takes for itself, without the spare."""
        return self.pool + self.metadata


def round_up(size: int, step: int) -> int:
    """The next multiple of `step`."""
    return -(-size // step) * step


def brick_space(size: int, extent: int = EXTENT) -> BrickSpace:
    """Thin pool and metadata of a brick of at least `size`."""
    pool = round_up(size, extent)
    metadata = pool // KIB * 5 // 1000 * KIB
    return BrickSpace(pool, round_up(min(max(metadata, _METADATA_MIN), METADATA_MAX), extent))


def spare_growth(metadata: int, spare: int) -> int:
    """What LVM adds to a spare of `spare` (0: there is none) for a pool with this much metadata."""
    return max(0, metadata - spare)


def bricks_that_fit(size: int, free: int, extent: int = EXTENT, spare: int = 0) -> int:
    """How many bricks of `size` a volume group takes that has `free` left and a spare of `spare`."""
    space = brick_space(size, extent)
    return max(0, free - spare_growth(space.metadata, spare)) // space.total


def largest_brick(free: int, extent: int = EXTENT, spare: int = 0) -> int:
    """The largest brick, in whole extents, that a volume group takes; 0 if it takes none."""
    low, high = 0, max(0, free) // extent
    while low < high:
        middle = (low + high + 1) // 2
        if bricks_that_fit(middle * extent, free, extent, spare):
            low = middle
        else:
            high = middle - 1
    return low * extent
