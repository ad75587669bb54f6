"""Placement: what must hold for every placement, and that "no space" is never a mistake."""

from collections import Counter
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.placement import Candidate, NoSpace, Placement, VolumeRequest, largest_volume, place
from tui.core.sizing import EXTENT, brick_space
from tui.core.units import GIB, MIB, TIB


def disk(node: int, device: str = "b", free: int = 100 * GIB, zone: int = 0, spare: int = 0) -> Candidate:
    name = f"/dev/sd{device}"
    return Candidate(
        f"node{node}", f"10.0.0.{node}", zone or node, name, f"vg{node}{device}", free, metadata_spare=spare
    )


def ask(size: int, replica: int = 3, **more: Any) -> VolumeRequest:
    durability = "replicate" if replica > 1 else "none"
    return VolumeRequest("v", size, durability, replica, **more)


def placed(request: VolumeRequest, *candidates: Candidate, seed: int = 0) -> Placement:
    return place(request, candidates, Random(seed))


def refusal(request: VolumeRequest, *candidates: Candidate) -> NoSpace:
    with pytest.raises(NoSpace) as caught:
        placed(request, *candidates)
    return caught.value


def test_one_set_of_whole_bricks_where_they_fit() -> None:
    placement = placed(ask(10 * GIB), disk(1), disk(2), disk(3))
    assert len(placement.bricks) == 1
    assert {brick.node for brick in placement.bricks[0]} == {"node1", "node2", "node3"}
    assert {brick.size for brick in placement.bricks[0]} == {10 * GIB}


def test_a_volume_is_split_only_when_no_device_takes_a_whole_brick() -> None:
    disks = [disk(node, device, 30 * GIB) for node in (1, 2, 3) for device in "bc"]
    placement = placed(ask(50 * GIB), *disks)
    assert len(placement.bricks) == 2
    assert {brick.size for bricks in placement.bricks for brick in bricks} == {25 * GIB}
    assert len({(b.node, b.device) for bricks in placement.bricks for b in bricks}) == 6


def test_zones_before_free_space_then_free_space() -> None:
    near = [disk(node, free=200 * GIB, zone=1) for node in (1, 2, 3)]
    far = [disk(4, free=50 * GIB, zone=2), disk(5, free=60 * GIB, zone=3), disk(6, free=40 * GIB, zone=3)]
    (bricks,) = placed(ask(GIB), *near, *far).bricks
    assert sorted(brick.zone for brick in bricks) == [1, 2, 3]
    assert {"node4", "node5"} < {brick.node for brick in bricks}


def test_durability_none_spreads_over_the_nodes() -> None:
    placement = placed(ask(400 * GIB, replica=1), *[disk(node, free=120 * GIB) for node in range(1, 9)])
    assert Counter(len(bricks) for bricks in placement.bricks) == {1: 4}
    assert len({bricks[0].node for bricks in placement.bricks}) == 4


def test_sets_take_turns_over_equal_nodes() -> None:
    placement = placed(ask(80 * GIB, brick_max=20 * GIB), *[disk(node) for node in range(1, 7)])
    assert set(Counter(b.node for bricks in placement.bricks for b in bricks).values()) == {2}


def test_the_last_extent_can_be_used_and_not_one_more() -> None:
    space = brick_space(10 * GIB)
    full = space.total + space.metadata
    assert placed(ask(10 * GIB), *[disk(node, free=full) for node in (1, 2, 3)]).bricks
    with pytest.raises(NoSpace):
        placed(ask(10 * GIB, brick_min=10 * GIB), *[disk(node, free=full - EXTENT) for node in (1, 2, 3)])
    assert placed(ask(10 * GIB), *[disk(n, free=space.total, spare=space.metadata) for n in (1, 2, 3)]).bricks


def test_no_set_takes_what_a_later_one_needs() -> None:
    """Most free space first would pair node2 with node3, and leave node1 without a partner."""
    disks = [disk(1, "b", 11 * GIB), disk(1, "c", 11 * GIB), disk(2, free=19 * GIB), disk(3, free=19 * GIB)]
    placement = placed(ask(20 * GIB, replica=2, brick_max=10 * GIB), *disks)
    assert [{brick.node for brick in bricks} - {"node1"} for bricks in placement.bricks] in (
        [{"node2"}, {"node3"}],
        [{"node3"}, {"node2"}],
    )


def test_the_same_seed_gives_the_same_placement_whatever_the_order() -> None:
    disks = [disk(node, device) for node in range(1, 7) for device in "bcd"]
    one = place(ask(80 * GIB), disks, Random(7))
    assert place(ask(80 * GIB), disks[::-1], Random(7)) == one
    others = {tuple(b.vg for b in place(ask(80 * GIB), disks, Random(seed)).bricks[0]) for seed in range(20)}
    assert len(others) > 5


def test_only_the_nodes_that_were_asked_for() -> None:
    request = replace(ask(GIB), nodes=("node2", "node3", "node4"))
    (bricks,) = placed(request, *[disk(node) for node in range(1, 6)]).bricks
    assert {brick.node for brick in bricks} == {"node2", "node3", "node4"}


def test_too_few_nodes_is_said_first() -> None:
    refused = refusal(ask(GIB), disk(1), disk(2), disk(1, "c"))
    assert refused.sentence == (
        'Volume "v" needs 3 nodes, one for each replica, but only node1 and node2 have a device in service. '
        "Bring 1 more into service, or ask for 2 replicas."
    )
    assert refused.details == (
        "node1: 200 GiB free on 2 devices; /dev/sdc has the most and takes a brick of up to 99.0 GiB.",
        "node2: /dev/sdb has 100 GiB free and takes a brick of up to 99.0 GiB.",
    )
    assert refusal(ask(GIB)).sentence == 'Volume "v" can\'t be placed: there is no device in service.'


def test_too_little_space_says_what_would_fit() -> None:
    refused = refusal(ask(100 * GIB), disk(1, free=50 * GIB), disk(2, free=40 * GIB), disk(3, free=5 * GIB))
    assert refused.sentence == (
        'There is no place for volume "v" of 100 GiB with 3 replicas. The largest that fits now is 4 GiB.'
    )
    assert refused.largest == 4 * GIB
    assert refused.details[0] == (
        "In 8 sets (more is not possible: a volume has 32 bricks at most) it needs 24 bricks, each of which takes "
        "up to 12.6 GiB of a device with its metadata, on 3 different nodes a set."
    )
    assert refused.details[3] == "node3: /dev/sdb has 5 GiB free and takes a brick of up to 4.9 GiB."
    nothing = refusal(ask(2 * GIB), *[disk(node, free=GIB) for node in (1, 2, 3)])
    assert nothing.sentence.endswith("Not even one of 1 GiB fits. Add devices, or delete volumes.")


def test_limits_of_bricks() -> None:
    refused = refusal(ask(40 * TIB), *[disk(node, free=100 * TIB) for node in (1, 2, 3)])
    assert refused.details[0].endswith("so the largest volume has 32768 GiB.")
    assert refused.largest == 32 * TIB
    assert (
        "smaller than the smallest brick, which is 1 GiB" in refusal(ask(5 * MIB), disk(1), disk(2), disk(3)).sentence
    )


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (VolumeRequest("", GIB), "needs a name"),
        (VolumeRequest("a b", GIB), "letters, digits"),
        (VolumeRequest("-a", GIB), "not the first"),
        (VolumeRequest("all", GIB), "a word of the gluster command"),
        (VolumeRequest("a" * 201, GIB), "too long"),
        (VolumeRequest("v", 0), "more than 0"),
        (VolumeRequest("v", GIB, replica=4), "2 or 3 replicas, not 4"),
        (VolumeRequest("v", GIB, "disperse"), "no durability"),
        (VolumeRequest("v", GIB, gid=-1), "group id"),
    ],
)
def test_requests_that_make_no_sense(request_: VolumeRequest, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        placed(request_, disk(1), disk(2), disk(3))


@st.composite
def sites(draw: st.DrawFn) -> list[Candidate]:
    """Up to 5 nodes in up to 3 zones with up to 2 small devices."""
    found = []
    for node in range(1, draw(st.integers(1, 5)) + 1):
        zone = draw(st.integers(1, 3))
        for device in "bc"[: draw(st.integers(1, 2))]:
            free, spare = draw(st.integers(0, 16)) * EXTENT, draw(st.sampled_from([0, 0, EXTENT]))
            extent = draw(st.sampled_from([EXTENT, EXTENT, 2 * EXTENT]))
            found.append(replace(disk(node, device, free, zone, spare), extent=extent))
    return found


REQUESTS = st.builds(
    lambda size, replica, bricks: ask(
        size * MIB, replica, brick_min=4 * MIB, bricks_max=bricks, brick_max=40 * MIB
    ),
    st.integers(4, 120),
    st.sampled_from([1, 2, 3]),
    st.sampled_from([3, 8, 12]),
)  # fmt: skip


@settings(max_examples=300)
@given(sites(), REQUESTS, st.integers(0, 9))
def test_every_placement_keeps_the_rules_and_every_refusal_is_right(
    disks: list[Candidate], request: VolumeRequest, seed: int
) -> None:
    if _by_trying_all(request, disks):
        _check(place(request, disks, Random(seed)), request, disks)
        return
    refused = refusal(request, *disks)
    assert refused.sentence.endswith(".")
    assert refused.largest == 0 or place(replace(request, size=refused.largest), disks, Random(0))


def _check(placement: Placement, request: VolumeRequest, disks: list[Candidate]) -> None:
    taken: Counter[str] = Counter()
    metadata: dict[str, int] = {}
    by_vg = {d.vg: d for d in disks}
    for bricks in placement.bricks:
        assert len(bricks) == request.set_size
        assert len({brick.node for brick in bricks}) == request.set_size
        for brick in bricks:
            assert by_vg[brick.vg].node == brick.node
            assert brick.size >= request.brick_min
            taken[brick.vg] += brick.pool_size + brick.metadata
            metadata[brick.vg] = max(metadata.get(brick.vg, 0), brick.metadata)
    for vg, amount in taken.items():
        assert amount + max(0, metadata[vg] - by_vg[vg].metadata_spare) <= by_vg[vg].free
    assert sum(min(brick.size for brick in bricks) for bricks in placement.bricks) >= request.size
    assert len(placement.bricks) * request.set_size <= request.bricks_max
    if len(placement.bricks) == 1:
        fitting = [d for d in disks if d.free >= _taken(request.size, d, first=True)]
        assert len({b.zone for b in placement.bricks[0]}) == min(request.set_size, len({d.zone for d in fitting}))


def _taken(size: int, group: Candidate, first: bool) -> int:
    space = brick_space(size, group.extent)
    return space.total + (max(0, space.metadata - group.metadata_spare) if first else 0)


def _by_trying_all(request: VolumeRequest, disks: list[Candidate]) -> bool:
    """Whether any choice of groups for any number of sets works; slow and plain."""
    sets = 1
    while sets * request.set_size <= request.bricks_max:
        size = -(-request.size // sets)
        if request.brick_min <= size <= request.brick_max and _try(sets, size, request, disks, {}, set()):
            return True
        sets *= 2
    return False


def _try(
    sets: int, size: int, request: VolumeRequest, disks: list[Candidate], used: dict[str, int], seen: set[object]
) -> bool:
    state = (sets, tuple(sorted(used.items())))
    if sets == 0:
        return True
    if state in seen:
        return False
    seen.add(state)
    for groups in combinations(disks, request.set_size):
        if len({group.node for group in groups}) < request.set_size:
            continue
        now = {g.vg: used.get(g.vg, 0) + _taken(size, g, first=g.vg not in used) for g in groups}
        fits = all(now[group.vg] <= group.free for group in groups)
        if fits and _try(sets - 1, size, request, disks, used | now, seen):
            return True
    return False


@given(sites(), REQUESTS)
def test_the_largest_volume_fits(disks: list[Candidate], request: VolumeRequest) -> None:
    largest = largest_volume(request, disks)
    if largest:
        assert place(replace(request, size=largest), disks, Random(0))
    else:
        assert not any(_by_trying_all(replace(request, size=size * MIB), disks) for size in (4, 8, 16))


def test_a_large_site_is_quick_enough_to_ask_while_typing() -> None:
    disks = [disk(node, device, (node * 7 + ord(device)) % 40 * GIB) for node in range(50) for device in "bcdefghijklm"]
    assert len(placed(ask(200 * GIB), *disks).bricks) == 8
    assert refusal(ask(900 * GIB), *disks).largest > 200 * GIB
