"""Where a brick lies and how it is: what Gluster says, and what the node's mounts and LVM say."""

import re
from dataclasses import dataclass
from typing import Final

from tui.core.facts import BrickFact, LogicalVolume, VolumeFact
from tui.core.join_view import NodeView, VolumeName, folders_above, volume_of_path
from tui.core.model import Brick, Node, State

_HEKETI_PATH: Final = re.compile(r"(/.*/(vg_[0-9a-f]{32})/(brick_[0-9a-f]{32}))(?:/|$)")


@dataclass(frozen=True, slots=True)
class Place:
    """What carries a brick path on a node. `fault` says what is wrong with it; `gone`: its disk space is lost."""

    mount: str = ""
    names: VolumeName | None = None
    lv: LogicalVolume | None = None
    size: int | None = None
    used: int | None = None
    fault: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """What a brick's state is judged from.

    `answers`: some node of the cluster can be asked now. `connected`: whether the brick's node is
    connected in the pool, None if nobody said. `unread`: why the volume's status is not known.
    """

    answers: bool
    connected: bool | None
    unread: str = ""


def join_brick(
    volume: VolumeFact, number: int, fact: BrickFact, view: NodeView | None, node: Node | None, seen: Viewpoint
) -> Brick:
    """One brick; `number` is its place in the volume, from 0."""
    place = find_place(view, fact.path) if view else Place()
    state, reason = _health(volume, fact, place, view, node, seen)
    lv = place.lv
    pool = view.lvs.get((lv.vg, lv.pool)) if view and lv and lv.pool else None
    vg = place.names[0] if place.names else ""
    size, used = _sizes(fact, place)
    return Brick(
        volume=volume.name,
        node=view.name if view else "",
        host=fact.host,
        path=fact.path,
        device=view.path_of_group.get(vg, "") if view else "",
        size=size,
        used=used,
        state=state,
        reason=reason,
        set=number // set_size(volume),
        arbiter=fact.arbiter,
        vg=vg,
        lv=place.names[1] if place.names else "",
        pool=lv.pool if lv else "",
        mount=place.mount,
        data_percent=lv.data_percent if lv else None,
        metadata_percent=pool.metadata_percent if pool else None,
        port=fact.port,
        pid=fact.pid,
    )


def set_size(volume: VolumeFact) -> int:
    """How many bricks make one replica or disperse set."""
    return max(1, volume.disperse or volume.replica)


def _sizes(fact: BrickFact, place: Place) -> tuple[int | None, int | None]:
    """Size and used bytes: the filesystem's as the node or Gluster told, else the thin volume's."""
    if place.size is not None:
        return place.size, place.used
    if fact.size is not None:
        return fact.size, fact.size - fact.free if fact.free is not None else None
    lv = place.lv
    if lv is None:
        return None, None
    return lv.size, int(lv.size * lv.data_percent / 100) if lv.data_percent is not None else None


def find_place(view: NodeView, path: str) -> Place:
    """The mount with the longest target above the path, and the logical volume under it.

    Where a brick should have a mount of its own - by the fstab, or by heketi's way to name the
    folder - and has none, the logical volume is found by that name.
    """
    folders = list(folders_above(path))
    mount = next((view.mounts[folder] for folder in folders if folder in view.mounts), None)
    entry = next((view.fstab[folder] for folder in folders if folder in view.fstab), None)
    named = _HEKETI_PATH.match(path)
    target = max(entry.target if entry else "", named[1] if named else "", key=len)
    if mount and len(mount.target) >= len(target):
        lv = view.lv_by_number.get(mount.number)
        names = (lv.vg, lv.name) if lv else volume_of_path(mount.source)
        lv = lv or (view.lvs.get(names) if names else None)
        lost = _is_lost(view, names, lv)
        fault = f"its logical volume {'/'.join(names)} is gone" if lost and names else ""
        return Place(mount.target, names, lv, mount.size, mount.used, fault, lost)
    if not target:
        return Place()
    names = volume_of_path(entry.source) if entry and entry.target == target else None
    names = names or ((named[2], named[3]) if named else None)
    lv = view.lvs.get(names) if names else None
    lost = _is_lost(view, names, lv)
    if "mounts" in view.facts.unread:
        return Place("", names, lv)
    fault = f"its logical volume {'/'.join(names)} is gone" if lost and names else f"nothing is mounted on {target}"
    return Place("", names, lv, fault=fault, gone=lost)


def _is_lost(view: NodeView, names: VolumeName | None, lv: LogicalVolume | None) -> bool:
    return names is not None and lv is None and "logical_volumes" not in view.facts.unread


def _health(
    volume: VolumeFact, fact: BrickFact, place: Place, view: NodeView | None, node: Node | None, seen: Viewpoint
) -> tuple[State, str]:
    fault = place.fault if view and view.live else ""
    broken = State.MISSING if place.gone else State.OFFLINE
    if volume.status != "Started":
        return (broken, fault) if fault else (State.STOPPED, "")
    if not seen.answers:
        return State.UNKNOWN, "no node of its cluster answers"
    if fact.online:
        return (State.DEGRADED, f"its process runs, but {fault}") if fault else (State.ONLINE, "")
    if fact.online is False:
        return (broken, fault) if fault else (State.OFFLINE, "its process does not run")
    if seen.connected is False or (node and node.state is State.OFFLINE):
        why = f"{node.name}: {node.reason}" if node and node.reason else f"{fact.host} is not connected in the pool"
        return State.OFFLINE, why
    return State.UNKNOWN, f"whether it runs is not known: {seen.unread or 'Gluster did not say'}"
