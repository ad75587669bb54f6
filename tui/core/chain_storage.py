"""The lower half of a claim's chain: Gluster volume > bricks > device > node, from the picture of the nodes."""

from collections.abc import Iterator

from tui.core.heal import pending_words
from tui.core.link import BROKEN, WARNS, WELL, Link
from tui.core.model import Brick, Freshness, Node, Snapshot, State, Volume


def gluster_volumes(snapshot: Snapshot, name: str) -> list[Volume]:
    """The Gluster volumes of this name; more than one where two clusters have one each."""
    first = snapshot.volumes.get(name)
    if first is None:
        return []
    return [first, *(v for key, v in snapshot.volumes.items() if v.name == name and key != name)]


def gluster_links(snapshot: Snapshot, name: str, depth: int, made: float = 0.0) -> Iterator[Link]:
    """The links of a Gluster volume; what no node could be asked for is unknown, never missing.

    `made` is when what stands on it was made, in seconds since the epoch: before, nobody could see it.
    """
    found = gluster_volumes(snapshot, name)
    for volume in found:
        yield _volume(volume, depth)
        for key in volume.bricks:
            brick = snapshot.bricks.get(key)
            if brick is not None:
                yield from _brick(snapshot, brick, depth + 1, volume)
    if not found:
        yield _no_volume(snapshot, name, depth, made)


def _no_volume(snapshot: Snapshot, name: str, depth: int, made: float) -> Link:
    if not snapshot.nodes:
        return Link(("gluster", name), depth, "Gluster volume", name, "unknown", WELL, "no storage node is configured")
    silent = [n.name for n in snapshot.nodes.values() if n.source.freshness is not Freshness.LIVE]
    if silent:
        why = f"not seen, but not every node answers: {', '.join(sorted(silent)[:3])}"
        return Link(("gluster", name), depth, "Gluster volume", name, "unknown", WARNS, why)
    if snapshot.is_younger(made):
        why = "it is new: the storage nodes told of their volumes before"
        return Link(("gluster", name), depth, "Gluster volume", name, "unknown", WELL, why)
    why = "no node of this site knows a volume of this name"
    return Link(("gluster", name), depth, "Gluster volume", name, "missing", BROKEN, why)


def _volume(volume: Volume, depth: int) -> Link:
    severity = BROKEN if volume.status.casefold() in ("stopped", "created") else volume.state.severity
    waits = pending_words(volume.heal)
    reason = volume.reason or "; ".join([f"{volume.type}, {volume.status.lower()}", *([waits] if waits else [])])
    key = ("gluster", volume.cluster, volume.name)
    return Link(key, depth, "Gluster volume", volume.name, volume.state.value, severity, reason)


def _brick(snapshot: Snapshot, brick: Brick, depth: int, volume: Volume) -> Iterator[Link]:
    stopped = volume.status.casefold() != "started"
    severity = WELL if stopped and brick.state is State.STOPPED else brick.state.severity
    parts = [part for part in brick.path.split("/") if part != "brick"]
    name = f"{brick.node or brick.host}:…/{parts[-1]}" if len(parts) > 2 else f"{brick.node or brick.host}:{brick.path}"
    reason = brick.reason or brick.path
    yield Link(("brick", *brick.key), depth, "brick", name, brick.state.value, severity, reason)
    device = snapshot.devices.get((brick.node, brick.device))
    if device is not None:
        key = ("device", *brick.key, device.path)
        yield Link(key, depth + 1, "device", device.path, device.state.value, device.state.severity, device.reason)
    node = snapshot.nodes.get(brick.node)
    if node is not None:
        yield _node(node, brick, depth + (2 if device is not None else 1))


def _node(node: Node, brick: Brick, depth: int) -> Link:
    silent = node.source.freshness is not Freshness.LIVE
    severity = max(node.state.severity, WARNS if silent else WELL)
    reason = node.reason or (f"{node.source.freshness.value}: {node.source.reason}" if silent else "")
    return Link(("node", *brick.key, node.name), depth, "node", node.name, node.state.value, severity, reason)
