"""All that is known of one object, as labelled lines. Pure, but for the time that ages count from."""

from collections.abc import Iterable

from screens.claim_details import details_of_kube
from screens.claim_rows import ClaimRow
from screens.columns_classes import ClassRow
from screens.columns_topology import TreeRow
from screens.columns_volumes import fullness as volume_fullness
from screens.heal_details import Line, brick_notes, heal_lines, quota_lines
from screens.marks import Thing
from screens.words import BAD, DIM, GOOD, PLAIN, WARN, freshness_text, freshness_tone, state_text, state_tone
from tui.core.kube import PersistentVolume
from tui.core.kube_source import KubeSource
from tui.core.model import Brick, Device, Node, Snapshot, State, Volume
from tui.core.units import format_percent, format_size

__all__ = ["Line", "details_of"]


def details_of(
    snapshot: Snapshot, thing: Thing | None, now: float, kube: KubeSource | None = None
) -> tuple[str, list[Line]]:
    """The title and the lines."""
    if kube is not None and isinstance(thing, ClaimRow | PersistentVolume | ClassRow):
        return details_of_kube(kube, thing, now)
    if isinstance(thing, Volume):
        return f"volume {thing.name}", _volume(snapshot, thing, now)
    if isinstance(thing, Brick):
        return f"brick of {thing.volume}", _brick(snapshot, thing, now)
    if isinstance(thing, Device):
        return f"device {thing.path} on {thing.node}", _device(snapshot, thing, now)
    if isinstance(thing, Node):
        return f"node {thing.name}", _node(snapshot, thing, now)
    if isinstance(thing, TreeRow):
        return thing.name, _group(thing)
    return "details", [("", "Select a row to see all that is known of it.", DIM)]


def _volume(snapshot: Snapshot, volume: Volume, now: float) -> list[Line]:
    lines = [
        *_state(volume.state, volume.reason),
        ("type", volume.type, PLAIN),
        ("size", _of(volume.used, volume.size), PLAIN),
        ("use", format_percent(volume_fullness(volume)), PLAIN),
        ("gluster says", volume.status, PLAIN),
        ("id", volume.id or "-", DIM),
        *heal_lines(snapshot, volume, now),
        ("-", f"bricks ({len(volume.bricks)})", PLAIN),
    ]
    notes = brick_notes(volume.heal)
    for brick in (snapshot.bricks.get(key) for key in volume.bricks):
        if brick is not None:
            text = f"{state_text(brick.state)}  {brick.device or brick.path}" + (" (arbiter)" if brick.arbiter else "")
            tone = state_tone(brick.state)
            if note := notes.get((brick.host, brick.path)):
                text, tone = f"{text}, {note}", WARN if tone == GOOD else tone
            lines.append((brick.node or brick.host, text, tone))
    return [*lines, *quota_lines(snapshot, volume, now), *_pairs("options", volume.options)]


def _brick(snapshot: Snapshot, brick: Brick, now: float) -> list[Line]:
    node = snapshot.nodes.get(brick.node)
    return [
        *_state(brick.state, brick.reason),
        ("volume", f"{brick.volume}, set {brick.set + 1}" + (", arbiter" if brick.arbiter else ""), PLAIN),
        ("node", brick.node or f"{brick.host} (not a node of this site)", PLAIN if brick.node else WARN),
        *(_source(node, now) if node else ()),
        ("device", brick.device or "unknown", PLAIN if brick.device else WARN),
        ("used", _of(brick.used, brick.size), PLAIN),
        ("path", brick.path, PLAIN),
        ("mounted on", brick.mount or "-", PLAIN),
        ("-", "LVM", PLAIN),
        ("volume group", brick.vg or "-", PLAIN),
        ("logical volume", brick.lv or "-", PLAIN),
        ("thin pool", brick.pool or "-", PLAIN),
        _pool("pool data", brick.data_percent),
        _pool("pool metadata", brick.metadata_percent),
        ("-", "process", PLAIN),
        ("port", str(brick.port) if brick.port else "-", PLAIN),
        ("pid", str(brick.pid) if brick.pid else "-", PLAIN),
    ]


def _device(snapshot: Snapshot, device: Device, now: float) -> list[Line]:
    node = snapshot.nodes.get(device.node)
    bricks = [b for b in snapshot.bricks.values() if (b.node, b.device) == device.key]
    lines = [
        *_state(device.state, device.reason),
        ("node", device.node, PLAIN),
        *(_source(node, now) if node else ()),
        ("size", format_size(device.size), PLAIN),
        ("used", format_size(device.used), PLAIN),
        ("free", format_size(device.free), PLAIN),
        ("volume group", device.vg or "none", PLAIN if device.vg else DIM),
        ("number", device.number or "-", DIM),
        ("-", f"bricks ({device.bricks})", PLAIN),
    ]
    lines += [(b.volume, state_text(b.state), state_tone(b.state)) for b in sorted(bricks, key=lambda b: b.key)]
    return [*lines, *_pairs("tags", device.tags)]


def _node(snapshot: Snapshot, node: Node, now: float) -> list[Line]:
    devices = [d for d in snapshot.devices.values() if d.node == node.name]
    faults = [d for d in devices if d.state.severity == 2]
    return [
        *_state(node.state, node.reason),
        *_source(node, now),
        *([("what to do", node.source.remedy, WARN)] if node.source.remedy else []),
        ("zone", str(node.zone), PLAIN),
        ("in the pool", node.storage, PLAIN),
        ("hostname", node.hostname or "-", PLAIN),
        ("glusterd", node.glusterd, PLAIN),
        ("gluster", node.version or "-", PLAIN),
        ("uuid", node.uuid or "-", DIM),
        ("devices", str(len(devices)), PLAIN),
        *((d.path, f"{state_text(d.state)}  {d.reason}", BAD) for d in faults),
        *_pairs("tags", node.tags),
    ]


def _group(row: TreeRow) -> list[Line]:
    return [
        ("size", format_size(row.size), PLAIN),
        ("free", format_size(row.free), PLAIN),
        ("use", format_percent(row.share), PLAIN),
        ("bricks", str(row.bricks), PLAIN),
    ]


def _state(state: State, reason: str) -> list[Line]:
    lines: list[Line] = [("state", state_text(state), state_tone(state))]
    return [*lines, ("why", reason, state_tone(state))] if reason else lines


def _source(node: Node, now: float) -> list[Line]:
    return [("last heard", freshness_text(node.source, now), freshness_tone(node.source))]


def _of(used: int | None, size: int | None) -> str:
    return f"{format_size(used)} of {format_size(size)}" if used is not None else format_size(size)


def _pool(label: str, percent: float | None) -> Line:
    share = None if percent is None else percent / 100
    return (label, format_percent(share), WARN if share is not None and share >= 0.8 else PLAIN)


def _pairs(heading: str, pairs: dict[str, str]) -> Iterable[Line]:
    if pairs:
        yield ("-", heading, PLAIN)
        for key in sorted(pairs):
            yield (key, pairs[key], PLAIN)
