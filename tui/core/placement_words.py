"""Why a volume has no place, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.core.sizing import brick_space, largest_brick, spare_growth
from tui.core.units import GIB, MIB, format_size

if TYPE_CHECKING:
    from tui.core.placement import Candidate
    from tui.core.volume_request import VolumeRequest


def explain(request: VolumeRequest, candidates: Sequence[Candidate], largest: int) -> tuple[str, list[str]]:
    """What is missing for this volume (one sentence), and the numbers behind it."""
    nodes = sorted({c.node for c in candidates})
    if not nodes:
        where = f" on {_listed(request.nodes)}" if request.nodes else ""
        return f'Volume "{request.name}" can\'t be placed: there is no device in service{where}.', []
    details = [_of_node(node, [c for c in candidates if c.node == node]) for node in nodes]
    if len(nodes) < request.set_size:
        return _too_few_nodes(request, nodes), details
    if request.size < request.brick_min:
        sentence = f'Volume "{request.name}" of {exact(request.size)} is smaller than the smallest brick, '
        return sentence + f"which is {exact(request.brick_min)}. Ask for at least that much.", []
    return _too_little(request, largest), [*_of_bricks(request, candidates), *details]


def exact(size: int) -> str:
    """A size that can be typed in again and means the same: whole GiB or MiB, rounded down."""
    return f"{size // GIB} GiB" if size >= GIB and size % GIB == 0 else f"{size // MIB} MiB"


def _too_few_nodes(request: VolumeRequest, nodes: Sequence[str]) -> str:
    have = f"only {_listed(nodes)} has" if len(nodes) == 1 else f"only {_listed(nodes)} have"
    advice = f"Bring {request.set_size - len(nodes)} more into service"
    advice += ", or ask for 2 replicas." if request.set_size == 3 and len(nodes) == 2 else "."
    return (
        f'Volume "{request.name}" needs {request.set_size} nodes, one for each replica, but {have} '
        f"a device in service. {advice}"
    )


def _too_little(request: VolumeRequest, largest: int) -> str:
    copies = f" with {request.replica} replicas" if request.durability == "replicate" else ""
    text = f'There is no place for volume "{request.name}" of {exact(request.size)}{copies}.'
    if not largest:
        return f"{text} Not even one of {exact(request.brick_min)} fits. Add devices, or delete volumes."
    if largest > request.size:
        return (
            f"{text} No device takes a brick of that size, and the parts of it would be smaller than "
            f"{exact(request.brick_min)}. A volume of {exact(largest)} fits, in smaller bricks."
        )
    return f"{text} The largest that fits now is {exact(largest)}."


def _of_bricks(request: VolumeRequest, candidates: Sequence[Candidate]) -> list[str]:
    """What the smallest bricks of this volume take, and why they are not smaller still."""
    sets = 1
    while 2 * sets * request.set_size <= request.bricks_max and request.size / (2 * sets) >= request.brick_min:
        sets *= 2
    brick = -(-request.size // sets)
    if brick > request.brick_max:
        return [
            f"A brick has {exact(request.brick_max)} and a volume {request.bricks_max} bricks at most, "
            f"so the largest volume has {exact(sets * request.brick_max)}."
        ]
    space = brick_space(brick, candidates[0].extent)
    total = space.total + spare_growth(space.metadata, min(c.metadata_spare for c in candidates))
    parts = f"In {sets} sets" if sets > 1 else "In one set"
    limit = f"a volume has {request.bricks_max} bricks at most"
    if request.size / (2 * sets) < request.brick_min:
        limit = f"a brick has {exact(request.brick_min)} at least"
    return [
        f"{parts} (more is not possible: {limit}) it needs {sets * request.set_size} bricks, each of which takes "
        f"up to {format_size(total)} of a device with its metadata, on {request.set_size} different nodes a set."
    ]


def _of_node(node: str, groups: Sequence[Candidate]) -> str:
    best = max(groups, key=lambda c: (c.free, c.device))
    brick = largest_brick(best.free, best.extent, best.metadata_spare)
    takes = f"takes a brick of up to {format_size(brick)}" if brick else "takes no brick"
    if len(groups) == 1:
        return f"{node}: {best.device} has {format_size(best.free)} free and {takes}."
    free = format_size(sum(c.free for c in groups))
    return f"{node}: {free} free on {len(groups)} devices; {best.device} has the most and {takes}."


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:5]) + ([f"{len(names) - 5} more"] if len(names) > 5 else [])
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
