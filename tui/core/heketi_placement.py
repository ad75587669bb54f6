"""Whether heketi would find a place for a volume, from what it tells of its nodes. Sizes are bytes.

heketi tells the free space of a node and of its largest device, not of every device. So there are two answers:
whether there can be a place at all, and whether there surely is one. heketi 10.4: a volume is 1, 2, 4... sets of
bricks of equal size, no set has two bricks on one node; a brick takes its thin pool (its size times the snapshot
factor, whole extents) and 0.5 % of that for metadata, and a device must have more free than that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

from tui.core.heketi_probe import HeketiSpace
from tui.core.sizing import BRICK_MAX, BRICK_MIN, BRICKS_MAX, METADATA_MAX, brick_space, largest_brick
from tui.core.units import GIB, MIB, TIB

Lack = Literal["", "nodes", "zones", "space", "small", "large"]
_VOLUME_MAX: Final = BRICKS_MAX * BRICK_MAX * 8


@dataclass(frozen=True, slots=True)
class HeketiRequest:
    """A volume as it is asked for: `width` bricks a set, of which `data` hold different data."""

    size: int
    width: int = 3
    data: int = 1
    factor: float = 1.0
    arbiter: bool = False
    strict_zones: bool = False
    words: str = "3 replicas"

    def takes(self, brick: int) -> int:
        """What a brick takes of a device, with its metadata."""
        return brick_space(int(brick * self.factor)).total


@dataclass(frozen=True, slots=True)
class HeketiFit:
    """The answer. `possible` False: there is no place; `sure`: there is one. `lack` is what stands in the way.

    `nodes` are the nodes that count, `brick` the smallest brick that would do, `largest` the largest size in
    whole GiB that may find a place now.
    """

    possible: bool
    sure: bool
    lack: Lack = ""
    nodes: tuple[HeketiSpace, ...] = ()
    brick: int = 0
    largest: int = 0


def request_of(size: int, parameters: Mapping[str, str]) -> HeketiRequest | None:
    """What kubernetes.io/glusterfs asks heketi for: whole GiB. None where the parameters make no sense."""
    low = {key.lower(): value for key, value in parameters.items()}
    kind, *numbers = (low.get("volumetype") or "replicate:3").split(":")
    options = [" ".join(option.split()) for option in low.get("volumeoptions", "").split(",")]
    try:
        counts = [int(number) for number in numbers]
        factor = float(low.get("snapfactor") or 1)
    except ValueError:
        return None
    request = HeketiRequest(
        -(-size // GIB) * GIB, factor=factor, strict_zones="user.heketi.zone-checking strict" in options,
        arbiter="user.heketi.arbiter true" in options,
    )  # fmt: skip
    if kind == "replicate":
        replica = counts[0] or 2 if counts else 3
        return replace(request, width=replica, words=f"{replica} replicas")
    if kind == "disperse" and len(counts) >= 2 and counts[0] > 0:
        return replace(request, width=sum(counts[:2]), data=counts[0], words=f"dispersion {counts[0]}+{counts[1]}")
    return replace(request, width=1, words="one copy") if kind == "none" else None


def would_fit(request: HeketiRequest, nodes: Sequence[HeketiSpace]) -> HeketiFit:
    """Whether heketi would place the volume on these nodes; those that take no bricks do not count."""
    return _would_fit(request, tuple(nodes))


@lru_cache(maxsize=256)
def _would_fit(request: HeketiRequest, nodes: tuple[HeketiSpace, ...]) -> HeketiFit:
    usable = tuple(node for node in nodes if node.state == "online" and node.online_devices)
    splits = list(_splits(request))
    if not splits:
        too_large = request.size / request.data > BRICK_MIN
        return HeketiFit(False, False, "large" if too_large else "small", usable, largest=_largest(request, usable))
    brick = splits[-1][1]
    if len(usable) < request.width:
        return HeketiFit(False, False, "nodes", usable, brick)
    if any(_places(request, usable, *split, _most) for split in splits):
        return HeketiFit(True, any(_places(request, usable, *split, _least) for split in splits), "", usable, brick)
    loose = replace(request, strict_zones=False)
    lack: Lack = "space"
    if request.strict_zones and any(_places(loose, usable, *split, _most) for split in splits):
        lack = "zones"
    return HeketiFit(False, False, lack, usable, brick, _largest(request, usable))


@lru_cache(maxsize=2048)
def largest_on(node: HeketiSpace, factor: float = 1.0) -> int:
    """The largest brick that a node's emptiest device takes, in whole MiB; 0 if it takes none."""
    pool = largest_brick(max(0, node.largest_free - 1), spare=METADATA_MAX)
    return int(pool / factor) // MIB * MIB


def _splits(request: HeketiRequest) -> Iterator[tuple[int, int]]:
    """Numbers of sets with their brick size, the largest bricks first."""
    sets = 1
    while sets * request.width <= BRICKS_MAX:
        brick = request.size // sets // request.data
        if brick < BRICK_MIN:
            return
        if brick <= BRICK_MAX:
            yield sets, brick
        sets *= 2


Rooms = Callable[[HeketiSpace, int], int]


def _most(node: HeketiSpace, takes: int) -> int:
    """How many bricks a node can take at most: as if its free space were cut in the best way."""
    return node.free // takes if node.largest_free > takes else 0


def _least(node: HeketiSpace, takes: int) -> int:
    """How many bricks surely fit: those on its emptiest device."""
    return max(0, node.largest_free - 1) // takes


def _places(request: HeketiRequest, nodes: Sequence[HeketiSpace], sets: int, brick: int, rooms: Rooms) -> bool:
    takes = request.takes(brick)
    width = request.width - 1 if request.arbiter and request.width == 3 else request.width
    by_place: dict[object, int] = {}
    for node in nodes:
        place = node.zone if request.strict_zones else node.node
        by_place[place] = by_place.get(place, 0) + rooms(node, takes)
    if request.strict_zones and len(by_place) < request.width:
        return False
    return sum(min(room, sets) for room in by_place.values()) >= sets * width


def _largest(request: HeketiRequest, nodes: Sequence[HeketiSpace]) -> int:
    """The largest size in whole GiB that may find a place; more is possible in more sets."""
    low, high = 0, min(_VOLUME_MAX, 1024 * TIB) // GIB
    while low < high:
        middle = (low + high + 1) // 2
        wanted = replace(request, size=middle * GIB)
        if any(_places(wanted, nodes, *split, _most) for split in _splits(wanted)):
            low = middle
        else:
            high = middle - 1
    return low * GIB
