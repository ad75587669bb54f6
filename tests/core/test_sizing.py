"""What bricks take of a volume group, against what LVM and heketi really did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.sizing import EXTENT, brick_space, bricks_that_fit, largest_brick, spare_growth
from tui.core.units import GIB, KIB, MIB, TIB


@pytest.mark.parametrize(
    ("pool", "metadata"),
    [(15 * GIB, 81920 * KIB), (4 * GIB, 24576 * KIB), (20 * GIB, 106496 * KIB), (GIB, 8192 * KIB)],
)
def test_pool_metadata_as_heketi_was_seen_to_make_it(pool: int, metadata: int) -> None:
    assert brick_space(pool).metadata == metadata


def test_metadata_has_limits() -> None:
    assert brick_space(4 * TIB).metadata == 16 * GIB
    assert brick_space(8 * MIB, extent=MIB).metadata == 2 * MIB


def test_a_pool_has_whole_extents() -> None:
    assert brick_space(GIB + 1).pool == GIB + EXTENT


def test_a_group_can_be_filled_to_its_last_extent_with_the_spare_counted() -> None:
    """A 4 GiB disk as measured: 3964 MiB free; a brick that leaves less than its spare was refused."""
    free = 4059136 * KIB
    brick = largest_brick(free)
    space = brick_space(brick)
    assert space.total + space.metadata <= free
    assert brick_space(brick + EXTENT).total + brick_space(brick + EXTENT).metadata > free


def test_the_spare_only_counts_where_it_grows() -> None:
    assert spare_growth(20 * MIB, 16 * MIB) == 4 * MIB
    assert spare_growth(8 * MIB, 16 * MIB) == 0
    space = brick_space(GIB)
    assert bricks_that_fit(GIB, space.total, spare=space.metadata) == 1
    assert bricks_that_fit(GIB, space.total, spare=0) == 0
    assert bricks_that_fit(GIB, 2 * space.total + space.metadata, spare=0) == 2


def test_nothing_fits_in_nothing() -> None:
    assert bricks_that_fit(GIB, 0) == 0
    assert largest_brick(0) == 0
    assert largest_brick(-5) == 0


@given(st.integers(1, 64 * TIB), st.sampled_from([MIB, EXTENT, 32 * MIB]))
def test_space_is_whole_extents_and_never_too_small(size: int, extent: int) -> None:
    space = brick_space(size, extent)
    assert size <= space.pool < size + extent
    assert space.pool % extent == space.metadata % extent == 0
    assert space.metadata >= min(space.pool // 200, 16 * GIB) // KIB * KIB


@given(st.integers(0, 4000), st.integers(0, 20))
def test_the_largest_brick_fits_and_the_next_does_not(extents: int, spare: int) -> None:
    free, kept = extents * EXTENT, spare * EXTENT
    brick = largest_brick(free, spare=kept)
    assert not brick or bricks_that_fit(brick, free, spare=kept) >= 1
    assert bricks_that_fit(brick + EXTENT, free, spare=kept) == 0
