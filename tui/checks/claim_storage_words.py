"""Why bricks are down and what helps, and when a brick counts as full."""

from dataclasses import dataclass
from typing import Final

from tui.checks.claim_case import by_hand, fixed_by, seen
from tui.core.finding import Evidence, ObjectRef, Remedy
from tui.core.model import Brick, Snapshot, State, Volume
from tui.core.units import format_size

DOWN: Final = (State.OFFLINE, State.MISSING)
_FULL: Final = 0.99
_ALMOST: Final = 0.95
_METADATA_FULL: Final = 99.0
_METADATA_ALMOST: Final = 90.0
_PROCESS: Final = "its process does not run"


@dataclass(frozen=True, slots=True)
class Fullness:
    """How full a brick is, in words; `stops`: nothing can be written any more."""

    text: str
    stops: bool


def full_brick(brick: Brick) -> Fullness | None:
    """How full a brick is, None where there is room or where it is not known.

    A thin volume that is wholly written is no fault: heketi makes pools as large as their bricks.
    """
    if brick.metadata_percent is not None and brick.metadata_percent >= _METADATA_ALMOST:
        stops = brick.metadata_percent >= _METADATA_FULL
        return Fullness(f"metadata of thin pool {brick.pool} is {brick.metadata_percent:.0f} % full", stops)
    if not brick.size or brick.used is None or brick.arbiter:
        return None
    share = brick.used / brick.size
    if share < _ALMOST:
        return None
    free = format_size(max(0, brick.size - brick.used))
    return Fullness(f"{free} of {format_size(brick.size)} free", share >= _FULL)


def brick_words(storage: Snapshot, key: str, sick: list[Brick]) -> tuple[str, list[Remedy]]:
    """Why these bricks of the volume `key` are down, and what to do, the most harmful first."""
    causes: list[str] = []
    remedies: list[Remedy] = []
    unmounted = [brick for brick in sick if "nothing is mounted on" in brick.reason]
    lost = [brick for brick in sick if "logical volume" in brick.reason and "is gone" in brick.reason]
    dead = [brick for brick in sick if brick.reason == _PROCESS and brick.state is State.OFFLINE]
    if lost:
        causes.append("The disk space of a brick is lost; its data has to be healed onto a new one.")
        remedies.append(
            by_hand(f"See the disk under {lost[0].node}:{lost[0].path}; replace the brick when it is gone.")
        )
    if unmounted:
        causes.append("A brick's file system is not mounted; its process must not run without it.")
        one = unmounted[0]
        folder = one.reason.rpartition("mounted on ")[2]
        remedies.append(
            by_hand(f"On {one.node} mount it first: mount {folder}. Starting the brick before that is wrong.")
        )
    if dead:
        causes.append("A brick process died though its disk is there: a disk error, a port clash, or it was killed.")
        if not unmounted and not lost:
            title = f"Start the bricks of '{key}' that don't run; the others are left alone"
            remedies.append(fixed_by(title, "start-bricks", volume=key))
    missing = [d for b in sick if (d := storage.devices.get((b.node, b.device))) and d.state is State.MISSING]
    if missing:
        causes.append(f"The disk {missing[0].path} of {missing[0].node} is missing.")
    if not causes:
        causes.append("The reason is told with the brick.")
    if not remedies:
        remedies.append(by_hand("Look at the brick's log in /var/log/glusterfs/bricks on its node."))
    return " ".join(causes), remedies


def brick_evidence(brick: Brick) -> Evidence:
    """A brick's state as evidence."""
    ref = ObjectRef("Brick", "", f"{brick.node or brick.host}:{brick.path}")
    return seen(ref, "state", f"{brick.state}: {brick.reason}" if brick.reason else brick.state)


def gluster_ref(gluster: Volume) -> ObjectRef:
    """A Gluster volume as the object of evidence."""
    return ObjectRef("GlusterVolume", "", gluster.name)
