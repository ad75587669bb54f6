"""Whether heketi would find a place: never "no" where a search over its devices finds one."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.heketi_placement import HeketiRequest, largest_on, request_of, would_fit
from tui.core.heketi_probe import HeketiSpace
from tui.core.sizing import brick_space
from tui.core.units import GIB


@dataclass(frozen=True)
class _Node:
    zone: int
    devices: tuple[int, ...]

    def space(self, number: int) -> HeketiSpace:
        count, free = len(self.devices), sum(self.devices)
        return HeketiSpace(
            f"n{number}", f"10.0.0.{number}", self.zone, "online", count, free, max(self.devices, default=0)
        )


def _node(number: int, free: int, zone: int = 1, **more: object) -> HeketiSpace:
    return HeketiSpace(f"n{number}", f"h{number}", zone, "online", 1, free, free)


def _found_by_search(request: HeketiRequest, nodes: list[_Node]) -> bool:
    """Whether a place is there, device by device; sets of different nodes (and zones, where that is wanted)."""
    sets = 1
    while sets * request.width <= 32:
        brick = request.size // sets // request.data
        if brick < GIB:
            return False
        rooms: dict[object, int] = {}
        for number, node in enumerate(nodes):
            place = node.zone if request.strict_zones else number
            takes = request.takes(brick)
            rooms[place] = rooms.get(place, 0) + sum(max(0, free - 1) // takes for free in node.devices)
        if sum(min(room, sets) for room in rooms.values()) >= sets * request.width:
            return True
        sets *= 2
    return False


_devices = st.lists(st.integers(0, 12), max_size=3).map(lambda sizes: tuple(size * GIB for size in sizes))
_nodes = st.lists(st.builds(_Node, st.integers(1, 3), _devices), max_size=5)


@settings(max_examples=400, deadline=None)
@given(_nodes, st.integers(1, 40), st.sampled_from([1, 2, 3]), st.sampled_from([1.0, 1.5]), st.booleans())
def test_it_is_never_wrong(nodes: list[_Node], size: int, width: int, factor: float, strict: bool) -> None:
    request = HeketiRequest(size * GIB, width, factor=factor, strict_zones=strict)
    fit = would_fit(request, [node.space(number) for number, node in enumerate(nodes)])
    there = _found_by_search(request, nodes)
    assert fit.possible or not there
    assert there or not fit.sure
    assert fit.possible == (fit.lack == "")


def test_a_device_must_have_more_than_the_brick_takes() -> None:
    takes = brick_space(10 * GIB).total
    request = HeketiRequest(10 * GIB, 1)
    assert would_fit(request, [_node(1, takes + 1)]).sure
    small = HeketiRequest(GIB, 1)
    assert not would_fit(small, [_node(1, brick_space(GIB).total)]).possible


@pytest.mark.parametrize(
    ("zones", "strict", "lack"), [((1, 2, 3), True, ""), ((1, 1, 2), True, "zones"), ((1, 1, 1), False, "")]
)
def test_zones(zones: tuple[int, ...], strict: bool, lack: str) -> None:
    nodes = [_node(number, 50 * GIB, zone) for number, zone in enumerate(zones)]
    assert would_fit(HeketiRequest(10 * GIB, strict_zones=strict), nodes).lack == lack


def test_what_is_out_of_service_does_not_count() -> None:
    nodes = [_node(1, 50 * GIB), _node(2, 50 * GIB), HeketiSpace("n3", "h3", 1, "offline", 1, 50 * GIB, 50 * GIB)]
    fit = would_fit(HeketiRequest(10 * GIB), nodes)
    assert (fit.lack, len(fit.nodes)) == ("nodes", 2)
    assert would_fit(HeketiRequest(10 * GIB, 2), nodes).sure


def test_the_largest_that_fits_is_told() -> None:
    fit = would_fit(HeketiRequest(100 * GIB), [_node(number, 10 * GIB) for number in range(3)])
    assert (fit.lack, fit.largest) == ("space", 9 * GIB)
    assert largest_on(_node(1, 10 * GIB)) < 10 * GIB
    assert largest_on(_node(1, 10 * GIB), 2.0) < 5 * GIB
    assert largest_on(_node(1, 0)) == 0


def test_limits_of_bricks() -> None:
    nodes = [_node(number, 10**18) for number in range(12)]
    assert would_fit(HeketiRequest(GIB, 6, 4), nodes).lack == "small"
    assert would_fit(HeketiRequest(500 * 1024 * GIB), nodes).lack == "large"
    assert would_fit(HeketiRequest(30 * 1024 * GIB), nodes).sure


@pytest.mark.parametrize(
    ("parameters", "width", "data", "words"),
    [
        ({}, 3, 1, "3 replicas"), ({"VolumeType": "replicate:2"}, 2, 1, "2 replicas"),
        ({"volumetype": "replicate:0"}, 2, 1, "2 replicas"), ({"volumetype": "none"}, 1, 1, "one copy"),
        ({"volumetype": "disperse:4:2"}, 6, 4, "dispersion 4+2"),
    ],
)  # fmt: skip
def test_a_class_says_what_is_asked_for(parameters: dict[str, str], width: int, data: int, words: str) -> None:
    request = request_of(10 * GIB + 1, parameters)
    assert request is not None
    assert (request.size, request.width, request.data, request.words) == (11 * GIB, width, data, words)


def test_options_of_the_class_count() -> None:
    options = "nfs.disable on, user.heketi.zone-checking  strict,user.heketi.arbiter true"
    request = request_of(GIB, {"volumeoptions": options, "snapfactor": "2"})
    assert request is not None
    assert (request.strict_zones, request.arbiter, request.factor) == (True, True, 2.0)
    two = [_node(1, 20 * GIB, 1), _node(2, 20 * GIB, 2), _node(3, GIB, 3)]
    plain = request_of(5 * GIB, {"volumeoptions": "user.heketi.arbiter true"})
    assert plain is not None
    assert would_fit(plain, two).possible


@pytest.mark.parametrize("parameters", [{"volumetype": "raid"}, {"volumetype": "disperse:x:2"}, {"snapfactor": "x"}])
def test_a_class_that_makes_no_sense(parameters: dict[str, str]) -> None:
    assert request_of(GIB, parameters) is None
