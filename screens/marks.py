"""What belongs to the selected row, so that the other panes can light it up. Pure."""

from collections.abc import Hashable
from dataclasses import dataclass

from screens.columns_topology import TreeKey, TreeRow
from tui.core.model import Brick, BrickKey, Device, Node, Snapshot, Volume

Thing = Volume | Brick | Device | Node | TreeRow


@dataclass(frozen=True, slots=True)
class Marks:
    """Keys of the rows to light up, by pane."""

    tree: frozenset[TreeKey] = frozenset()
    bricks: frozenset[BrickKey] = frozenset()
    volumes: frozenset[str] = frozenset()


def marks_of(snapshot: Snapshot, thing: Thing | None) -> Marks:
    """A volume lights its bricks with devices and nodes; a device its bricks and volumes; a node all on it."""
    if isinstance(thing, Volume):
        bricks = [snapshot.bricks[key] for key in thing.bricks if key in snapshot.bricks]
    elif isinstance(thing, Brick):
        bricks = [thing]
    elif isinstance(thing, Device):
        bricks = [b for b in snapshot.bricks.values() if (b.node, b.device) == thing.key]
    elif isinstance(thing, Node):
        bricks = [b for b in snapshot.bricks.values() if b.node == thing.name]
    else:
        return Marks()
    return Marks(
        frozenset(key for b in bricks if b.node for key in (("node", b.node), ("device", b.node, b.device))),
        frozenset(b.key for b in bricks),
        frozenset(b.volume for b in bricks),
    )


def for_pane(marks: Marks, pane: str) -> frozenset[Hashable]:
    """The keys to light in one pane."""
    return {"topology": marks.tree, "bricks": marks.bricks, "volumes": marks.volumes}.get(pane, frozenset())
