"""Where the bricks of a new volume go. Sizes are bytes.

As in heketi a volume is one replica set, or 2, 4, 8... sets when no device takes a brick of full
size; no set has two bricks on one node. Unlike heketi the search is exact: it finds a place
whenever there is one. Of all nodes that leave room for the rest, the next brick goes to a zone
that the set has not yet, then to the device with the most free space; the random numbers only
decide between equals.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from tui.core.placement_words import explain
from tui.core.sizing import EXTENT, BrickSpace, brick_space, bricks_that_fit, spare_growth
from tui.core.units import GIB, MIB
from tui.core.volume_request import VolumeRequest, why_no_request

__all__ = ["Candidate", "NoSpace", "PlacedBrick", "Placement", "VolumeRequest", "largest_volume", "place"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A volume group that may take bricks: `free` bytes, and the spare metadata it has already."""

    node: str
    storage: str
    zone: int
    device: str
    vg: str
    free: int
    extent: int = EXTENT
    tags: dict[str, str] = field(default_factory=dict)
    metadata_spare: int = 0


@dataclass(frozen=True, slots=True)
class PlacedBrick:
    """One brick to be: the thin volume's `size`, its pool's and its pool metadata's."""

    node: str
    storage: str
    zone: int
    device: str
    vg: str
    size: int
    pool_size: int
    metadata: int


@dataclass(frozen=True, slots=True)
class Placement:
    """The bricks by replica set, in the order in which Gluster is to be given them."""

    bricks: tuple[tuple[PlacedBrick, ...], ...]


class NoSpace(Exception):
    """There is no place for the volume. `largest` is the largest that would fit, 0 if none would."""

    def __init__(self, sentence: str, details: Sequence[str] = (), largest: int = 0) -> None:
        super().__init__(sentence)
        self.sentence, self.details, self.largest = sentence, tuple(details), largest


def place(request: VolumeRequest, candidates: Iterable[Candidate], rng: Random) -> Placement:
    """Choose a volume group for each brick. Of the candidates only those of `request.nodes` count.

    Raises NoSpace, which says why and what would fit, and ValueError with a sentence when the
    request itself makes no sense. The same `rng` state and candidates give the same placement.
    """
    if reason := why_no_request(request):
        raise ValueError(reason)
    usable = [c for c in candidates if not request.nodes or c.node in request.nodes]
    for sets, brick in _splits(request):
        if _possible(request, usable, sets, brick):
            return Placement(_Filling(usable, request.set_size, sets, brick, rng).fill())
    largest = largest_volume(request, usable)
    sentence, details = explain(request, usable, largest)
    raise NoSpace(sentence, details, largest)


def largest_volume(request: VolumeRequest, candidates: Iterable[Candidate]) -> int:
    """The largest size that `place` would find room for now, as a round number; 0 if none."""
    usable = [c for c in candidates if not request.nodes or c.node in request.nodes]
    found = max((sets * _largest_brick(request, usable, sets) for sets in _set_counts(request)), default=0)
    rounded = found // GIB * GIB
    # Less is not always possible where more is: halves of the smaller size may be too small bricks.
    if rounded and any(_possible(request, usable, *split) for split in _splits(replace(request, size=rounded))):
        return rounded
    return found


def _set_counts(request: VolumeRequest) -> Iterator[int]:
    sets = 1
    while sets * request.set_size <= request.bricks_max:
        yield sets
        sets *= 2


def _splits(request: VolumeRequest) -> Iterator[tuple[int, int]]:
    """Numbers of sets with their brick size, the largest bricks first."""
    for sets in _set_counts(request):
        brick = -(-request.size // sets)
        if brick < request.brick_min:
            return
        if brick <= request.brick_max:
            yield sets, brick


def _possible(request: VolumeRequest, candidates: Iterable[Candidate], sets: int, brick: int) -> bool:
    """Whether `sets` sets of bricks on different nodes fit.

    A node gives a set one brick, so it counts for `sets` bricks at most; that is all there is to
    it (the condition of Gale and Ryser, for sets of equal size).
    """
    rooms: dict[str, int] = {}
    for c in candidates:
        rooms[c.node] = rooms.get(c.node, 0) + bricks_that_fit(brick, c.free, c.extent, c.metadata_spare)
    return sum(min(room, sets) for room in rooms.values()) >= sets * request.set_size


def _largest_brick(request: VolumeRequest, candidates: Sequence[Candidate], sets: int) -> int:
    """The largest brick in whole MiB of which `sets` sets fit, 0 if it is below the smallest."""
    low, high = 0, request.brick_max // MIB
    while low < high:
        middle = (low + high + 1) // 2
        if _possible(request, candidates, sets, middle * MIB):
            low = middle
        else:
            high = middle - 1
    return low * MIB if low * MIB >= request.brick_min else 0


@dataclass(slots=True)
class _Group:
    """A candidate while bricks are being placed on it. `rank` is random and decides between equals."""

    candidate: Candidate
    space: BrickSpace
    rank: float
    free: int
    room: int
    used: int = 0

    def take(self) -> PlacedBrick:
        c, space = self.candidate, self.space
        self.free -= space.total
        self.room -= 1
        self.used += 1
        return PlacedBrick(c.node, c.storage, c.zone, c.device, c.vg, space.pool, space.pool, space.metadata)


class _Filling:
    """Fills sets one after the other and never takes a brick that would leave too little for the rest."""

    def __init__(self, candidates: Iterable[Candidate], set_size: int, sets: int, brick: int, rng: Random) -> None:
        self.set_size, self.sets = set_size, sets
        self.groups: list[_Group] = []
        self.rooms: dict[str, int] = {}
        for c in sorted(candidates, key=lambda c: (c.node, c.device, c.vg)):
            room = bricks_that_fit(brick, c.free, c.extent, c.metadata_spare)
            self.rooms[c.node] = self.rooms.get(c.node, 0) + room
            space = brick_space(brick, c.extent)
            free = c.free - spare_growth(space.metadata, c.metadata_spare)
            self.groups.append(_Group(c, space, rng.random(), free, room))

    def fill(self) -> tuple[tuple[PlacedBrick, ...], ...]:
        return tuple(self.one_set(self.sets - number - 1) for number in range(self.sets))

    def one_set(self, sets_left: int) -> tuple[PlacedBrick, ...]:
        bricks: list[PlacedBrick] = []
        for _ in range(self.set_size):
            brick = self.next_brick(bricks, sets_left)
            self.rooms[brick.node] -= 1
            bricks.append(brick)
        return tuple(bricks)

    def next_brick(self, bricks: Sequence[PlacedBrick], sets_left: int) -> PlacedBrick:
        nodes, zones = {b.node for b in bricks}, {b.zone for b in bricks}
        open_groups = (g for g in self.groups if g.room and g.candidate.node not in nodes)
        wished = sorted(open_groups, key=lambda g: (g.candidate.zone in zones, -g.free, g.used, g.rank))
        for group in wished:
            if self.later_fits(group.candidate.node, sets_left):
                return group.take()
        raise AssertionError("a placement that is possible was not found")

    def later_fits(self, last: str, sets_left: int) -> bool:
        """Whether all later sets can still be filled when `last` gives one brick now.

        That this set can be filled needs no test. All sets together could be before, so the rooms
        outside of this set, none counted above `sets_left + 1`, sum up to that many for each brick
        that is missing: there are as many nodes with room as bricks missing.
        """
        rooms = (min(room - (node == last), sets_left) for node, room in self.rooms.items())
        return sum(rooms) >= sets_left * self.set_size
