"""Where the simulated heketi puts bricks: its simple allocator, with its rules and its refusals."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from tui.demo.heketi_commands import is_arbiter
from tui.demo.heketi_state import Heketi
from tui.demo.heketi_tables import Brick, Device, Volume
from tui.demo.heketi_wire import Fail

GIB_KIB = 2**20
MOST_METADATA_KIB = 16 * GIB_KIB
NO_SPACE = "No space"


@dataclass(frozen=True, slots=True)
class Size:
    """What one brick takes, KiB."""

    brick: int
    pool: int
    metadata: int


def brick_size(kib: int, factor: float, extent: int) -> Size:
    """The sizes of thin pool and metadata, rounded up to extents as heketi does."""
    pool = ceil(int(kib * factor) / extent) * extent
    metadata = min(int(pool * 0.005), MOST_METADATA_KIB)
    return Size(kib, pool, ceil(metadata / extent) * extent)


def set_size(volume: Volume) -> int:
    """How many bricks belong together."""
    if volume.durability == "disperse":
        return volume.data + volume.redundancy
    return volume.replica if volume.durability == "replicate" else 1


def place(heketi: Heketi, volume: Volume, size_gib: int) -> list[list[Brick]]:
    """Bricks for so many GiB of a volume; nothing is taken yet. Raises Fail with heketi's words."""
    for sets, kib in _splits(heketi, volume, size_gib):
        if len(volume.bricks) + sets * set_size(volume) > heketi.settings.bricks_a_volume:
            raise Fail(500, "Maximum number of bricks reached.")
        placed = _place_sets(heketi, volume, sets, kib)
        if placed is not None:
            return placed
    raise Fail(500, "Minimum brick size limit reached.  Out of space.")


def _splits(heketi: Heketi, volume: Volume, size_gib: int) -> Iterator[tuple[int, int]]:
    """Numbers of sets and the size of a brick in KiB for each: 1, 2, 4 and so on."""
    data = volume.data if volume.durability == "disperse" else 1
    sets = 1
    while True:
        kib = size_gib * GIB_KIB // sets // data
        if kib < heketi.settings.brick_min * GIB_KIB:
            return
        if kib <= heketi.settings.brick_max * GIB_KIB:
            yield sets, kib
        sets *= 2


def _place_sets(heketi: Heketi, volume: Volume, sets: int, kib: int) -> list[list[Brick]] | None:
    taken: dict[str, int] = {}
    placed = []
    for _ in range(sets):
        one = _place_set(heketi, volume, kib, taken)
        if one is None:
            return None
        placed.append(one)
    return placed


def _place_set(heketi: Heketi, volume: Volume, kib: int, taken: dict[str, int]) -> list[Brick] | None:
    count = set_size(volume)
    ring = _ring(heketi, volume.cluster)
    found: list[Brick | None] = [None] * count
    arbiter = is_arbiter(volume) and count == 3
    # an arbiter is placed first, so that the devices that may hold one are not full of data
    for index in (2, 0, 1) if arbiter else range(count):
        here = [brick for brick in found if brick]
        is_second = arbiter and index == 2
        wanted = max(kib // heketi.settings.average_file_kib, 16 * 1024) if is_second else kib
        brick = _first_fit(heketi, volume, ring, here, wanted, taken, is_second)
        if brick is None:
            return None
        found[index] = brick
        taken[brick.device] = taken.get(brick.device, 0) + brick.needed
    whole = [brick for brick in found if brick]
    whole[0].pool = f"tp_{heketi.tables.new_id()}"
    return whole


def _first_fit(
    heketi: Heketi, volume: Volume, ring: list[Device], here: list[Brick], kib: int, taken: dict[str, int], second: bool
) -> Brick | None:
    nodes = {brick.node for brick in here}
    zones = {heketi.tables.nodes[node].zone for node in nodes}
    strict = heketi.settings.zone_checking == "strict" or "user.heketi.zone-checking strict" in volume.options
    for number, device in enumerate(ring):
        node = heketi.tables.nodes[device.node]
        if node.id in nodes or (strict and node.zone in zones) or not _tag_allows(heketi, volume, device, second):
            continue
        size = brick_size(kib, volume.factor, device.extent)
        if device.free - taken.get(device.id, 0) > size.pool + size.metadata:
            del ring[number]
            return _brick(heketi, device, volume.id, size, 2 if second else 1)
    return None


def replacement(heketi: Heketi, volume: Volume, old: Brick) -> Brick:
    """A new place for a brick, on another device. Raises Fail."""
    others = [heketi.tables.bricks[ident] for one in volume.sets if old.id in one for ident in one if ident != old.id]
    ring = [device for device in _ring(heketi, volume.cluster) if device.id != old.device]
    brick = _first_fit(heketi, volume, ring, others, old.size, {}, old.sub_type == 2)
    if brick is None:
        raise Fail(500, "No Replacement was found for resource requested to be removed")
    return brick


def _brick(heketi: Heketi, device: Device, volume: str, size: Size, sub_type: int) -> Brick:
    ident = heketi.tables.new_id()
    pool = f"tp_{ident}"
    return Brick(ident, device.id, device.node, volume, size.brick, size.pool, size.metadata, pool, sub_type)


def _ring(heketi: Heketi, cluster: str) -> list[Device]:
    """The devices that take bricks, zones and nodes taking turns, from a place by chance on. Raises Fail."""
    tables = heketi.tables
    nodes = [tables.nodes[ident] for ident in tables.clusters[cluster].nodes]
    if not nodes:
        raise Fail(500, "No nodes in cluster")
    zones: dict[int, list[list[Device]]] = {}
    for node in nodes:
        usable = [tables.devices[ident] for ident in node.devices if tables.devices[ident].state == "online"]
        if node.state == "online" and usable:
            zones.setdefault(node.zone, []).append(usable)
    if not zones:
        raise Fail(500, "No online storage devices in cluster")
    flat = _take_turns([_take_turns(lists) for lists in zones.values()])
    start = int(tables.new_id()[:7], 16) % len(flat)
    return flat[start:] + flat[:start]


def _take_turns(lists: list[list[Device]]) -> list[Device]:
    longest = max(len(one) for one in lists)
    return [one[number] for number in range(longest) for one in lists if number < len(one)]


def _tag_allows(heketi: Heketi, volume: Volume, device: Device, is_arbiter_brick: bool) -> bool:
    tags = {**heketi.tables.nodes[device.node].tags, **device.tags}
    if is_arbiter(volume) and tags.get("arbiter") == ("disabled" if is_arbiter_brick else "required"):
        return False
    rule = next((o.partition(" ")[2] for o in volume.options if o.startswith("user.heketi.device-tag-match ")), "")
    if "!=" in rule:
        key, _, value = rule.partition("!=")
        return tags.get(key) != value
    key, _, value = rule.partition("=")
    return not rule or tags.get(key) == value
