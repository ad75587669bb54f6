"""What belongs to the selected row, so that the other panes can light it up. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from screens.claim_rows import ClaimRow
from screens.columns_classes import ClassRow
from screens.columns_topology import TreeKey, TreeRow
from tui.core.chain_storage import gluster_volumes
from tui.core.kube import Key, PersistentVolume
from tui.core.kube_tables import KubeTables
from tui.core.model import Brick, BrickKey, Device, Node, Snapshot, Volume

Thing = Volume | Brick | Device | Node | TreeRow | ClaimRow | PersistentVolume | ClassRow


@dataclass(frozen=True, slots=True)
class Marks:
    """Keys of the rows to light up, by pane; `claims` holds those of claims and, with namespace "", of volumes."""

    tree: frozenset[TreeKey] = frozenset()
    bricks: frozenset[BrickKey] = frozenset()
    volumes: frozenset[str] = frozenset()
    claims: frozenset[Key] = frozenset()


def marks_of(snapshot: Snapshot, thing: Thing | None, tables: KubeTables | None = None) -> Marks:
    """A volume lights its bricks with devices and nodes, and its claims; a device its bricks and volumes with theirs;
    a node all on it; a claim all below it."""
    if tables is not None and isinstance(thing, ClaimRow | PersistentVolume):
        return _marks_of_persistent(snapshot, thing, tables)
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
    names = {b.volume for b in bricks} | ({thing.name} if isinstance(thing, Volume) else set())
    return _marks(bricks, _claims_on(tables, names) if tables is not None else frozenset())


def _marks(bricks: Sequence[Brick], claims: frozenset[Key]) -> Marks:
    return Marks(
        frozenset(key for b in bricks if b.node for key in (("node", b.node), ("device", b.node, b.device))),
        frozenset(b.key for b in bricks),
        frozenset(b.volume for b in bricks),
        claims,
    )


def _claims_on(tables: KubeTables, names: Iterable[str]) -> frozenset[Key]:
    keys = {key for name in names for key in tables.index("volumes.gluster", name)}
    claims = {volume.claim.key for key in keys if (volume := tables.volumes[key]).claim is not None}
    return frozenset(keys | claims)


def _marks_of_persistent(snapshot: Snapshot, thing: ClaimRow | PersistentVolume, tables: KubeTables) -> Marks:
    volume = thing if isinstance(thing, PersistentVolume) else tables.volume_of(thing.claim) if thing.claim else None
    if volume is None or not volume.gluster_name:
        return Marks()
    below = gluster_volumes(snapshot, volume.gluster_name)
    bricks = [snapshot.bricks[key] for one in below for key in one.bricks if key in snapshot.bricks]
    return _marks(bricks, _claims_on(tables, [volume.gluster_name]))


def for_pane(marks: Marks, pane: str) -> frozenset[Any]:
    """The keys to light in one pane."""
    return {"topology": marks.tree, "bricks": marks.bricks, "volumes": marks.volumes, "claims": marks.claims}.get(
        pane, frozenset()
    )
