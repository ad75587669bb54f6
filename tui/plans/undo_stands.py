"""What stands by now on what an undo would take away: bricks of volumes that were made since. Pure."""

from collections.abc import Iterator

from tui.core.model import Brick, Snapshot
from tui.core.plan import Plan, Refused, Step
from tui.core.runner import HEKETI
from tui.plans.volume_users import lost_volumes

_SHOWN = 10


def refuse_standing(plan: Plan, snapshot: Snapshot) -> None:
    """Raise Refused where an undo takes away disks or nodes that carry bricks of a volume which it does not delete.

    Its other steps would run, and the disks would stay: half of the operation would be there.
    """
    going = set(lost_volumes(plan.steps))
    standing: dict[str, dict[str, None]] = {}
    for step in plan.steps:
        for brick in _carried(step, snapshot):
            if brick.volume not in going:
                standing.setdefault(brick.volume, {})[f"{brick.node} {brick.device}".strip()] = None
    if not standing:
        return
    names = sorted(standing)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    which = f"Volume {names[0]} has" if len(names) == 1 else f"Volumes {', '.join(names[:_SHOWN])}{more} have"
    which += " bricks on what this would take away. Nothing was changed."
    places = tuple(f"volume {name}: {', '.join(standing[name])}" for name in names[:_SHOWN])
    what = f"delete {'it' if len(names) == 1 else 'them'} first (brickyard volume delete {names[0]}), then undo this"
    raise Refused(which, (*places, f"what to do: {what}"))


def _carried(step: Step, snapshot: Snapshot) -> Iterator[Brick]:
    """The bricks that lose their disk or the pool by this step."""
    for command in step.commands:
        words = [word for word in command.argv if not word.startswith("-")]
        if words[:2] == ["lvm", "vgremove"]:
            group = words[-1]
            yield from (b for b in snapshot.bricks.values() if b.node == step.node and group and b.vg == group)
        elif words[:3] == ["gluster", "peer", "detach"]:
            yield from (b for b in snapshot.bricks.values() if b.node == step.subject)
        elif step.node == HEKETI and words[:1] == ["DELETE"] and words[1].startswith("/devices/"):
            yield from (b for b in snapshot.bricks.values() if f"{b.node} {b.device}" == step.subject)
