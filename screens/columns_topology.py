"""The topology as tree rows: cluster > zone > node > device. Pure, but for the time that ages count from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from screens.table_spec import use_cell
from screens.words import BAD, DIM, WARN, freshness_text, freshness_tone, one_line, state_text, state_tone
from tui.core.model import Cluster, Device, Freshness, Node, Snapshot
from tui.core.units import format_size
from tui.widgets.cells import Cell
from tui.widgets.columns import Column

COLUMNS: Final = (
    Column("name", "TOPOLOGY", least=20, grow=1),
    Column("state", "STATE", 11),
    Column("use", "USE", 13, kind="share"),
    Column("free", "FREE", 8, align="right", kind="size", priority=1),
    Column("size", "SIZE", 8, align="right", kind="size", priority=3),
    Column("bricks", "BRICKS", 6, align="right", priority=4),
    Column("about", "FRESHNESS", grow=2, least=20, priority=2),
)

TreeKey = tuple[str, ...]  # ("cluster", id), ("zone", id, zone), ("node", name), ("device", node, path)


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One row. `size` and `free` are the sums, in bytes, of the devices below; None when none is known.
    `faults` counts the devices below that are not well."""

    key: TreeKey
    depth: int
    name: str
    size: int | None
    free: int | None
    bricks: int
    severity: int
    faults: int = 0
    node: Node | None = None
    device: Device | None = None

    @property
    def share(self) -> float | None:
        """How full, 0 to 1; None when unknown."""
        return (self.size - self.free) / self.size if self.size and self.free is not None else None


def tree(snapshot: Snapshot) -> list[TreeRow]:
    """All rows in tree order: parents first, names in order, so that rows keep their places."""
    devices: dict[str, list[Device]] = {}
    for device in snapshot.devices.values():
        devices.setdefault(device.node, []).append(device)
    rows: list[TreeRow] = []
    for cluster in sorted(snapshot.clusters, key=lambda c: (not c.id, c.name)):
        rows += _cluster(cluster, snapshot, devices)
    return rows


def _cluster(cluster: Cluster, snapshot: Snapshot, devices: dict[str, list[Device]]) -> Iterator[TreeRow]:
    nodes = [snapshot.nodes[name] for name in cluster.nodes if name in snapshot.nodes]
    name = one_line(cluster.name) if cluster.id else "no cluster yet"
    yield _sum(("cluster", cluster.id), 0, name, nodes, devices)
    for zone in sorted({node.zone for node in nodes}):
        inside = [node for node in nodes if node.zone == zone]
        yield _sum(("zone", cluster.id, str(zone)), 1, f"zone {zone}", inside, devices)
        for node in sorted(inside, key=lambda node: _natural(node.name)):
            yield _sum(("node", node.name), 2, one_line(node.name), [node], devices, node)
            for device in sorted(devices.get(node.name, ()), key=lambda device: _natural(device.path)):
                yield TreeRow(
                    ("device", device.node, device.path), 3, one_line(device.path), device.size, device.free,
                    device.bricks, device.state.severity, 0, node, device,
                )  # fmt: skip


def _natural(name: str) -> tuple[int, str]:
    return (len(name), name)


def _sum(
    key: TreeKey, depth: int, name: str, nodes: list[Node], devices: dict[str, list[Device]], node: Node | None = None
) -> TreeRow:
    below = [device for n in nodes for device in devices.get(n.name, ())]
    known = [d for d in below if d.vg and d.size is not None and d.free is not None]
    size = sum(d.size or 0 for d in known) if known else None
    free = sum(d.free or 0 for d in known) if known else None
    faults = sum(d.state.severity == 2 for d in below)
    severities = [n.state.severity for n in nodes] + [d.state.severity for d in below]
    return TreeRow(key, depth, name, size, free, sum(d.bricks for d in below), max(severities, default=0), faults, node)


def narrow(rows: list[TreeRow], keep: set[int]) -> list[TreeRow]:
    """The rows at these places with all that stands above each, so that the tree stays one."""
    above: dict[int, int] = {}
    wanted: set[int] = set()
    for place, row in enumerate(rows):
        above[row.depth] = place
        if place in keep:
            wanted |= {above[depth] for depth in range(row.depth + 1) if depth in above}
    return [rows[place] for place in sorted(wanted)]


def cells(row: TreeRow, now: float) -> tuple[Cell, ...]:
    """The row as it is at `now` (seconds since the epoch)."""
    return (
        row.name,
        _state(row),
        use_cell(row.share) if row.size and row.free is not None else "",
        format_size(row.free) if row.size else "",
        format_size(row.size) if row.size else "",
        (str(row.bricks) if row.bricks else "", DIM),
        _about(row, now),
    )


def _state(row: TreeRow) -> Cell:
    thing = row.device or row.node
    if thing is not None:
        return (state_text(thing.state), state_tone(thing.state))
    return ("▲ faults", WARN) if row.severity == 2 else ""


def _about(row: TreeRow, now: float) -> Cell:
    if row.device is not None:
        if row.device.reason:
            return (one_line(row.device.reason), state_tone(row.device.state))
        known = row.node is None or row.node.source.freshness is Freshness.LIVE
        return ("" if known else "as last seen", DIM)
    if row.node is None:
        return ""
    text, tone = freshness_text(row.node.source, now), freshness_tone(row.node.source)
    if row.node.source.freshness is Freshness.LIVE and row.node.reason:
        text, tone = f"{text} · {one_line(row.node.reason)}", state_tone(row.node.state)
    if row.faults:
        text, tone = f"{text} · {row.faults} device fault{'s' * (row.faults > 1)}", BAD
    return (text, tone)
