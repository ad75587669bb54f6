"""What heketi has, as plain dictionaries, and as lines for people."""

import time
from collections.abc import Iterator

from tui.cli.rows import Row, timestamp
from tui.cli.table import table
from tui.core.heketi_facts import HeketiFacts
from tui.core.heketi_links import block_name, node_names
from tui.core.heketi_model import HeketiOperation, HeketiSite
from tui.core.join_heketi import type_of
from tui.core.units import format_age


def info_data(facts: HeketiFacts, known: HeketiSite, skew: float | None) -> Row:
    """All of it, as `heketi info -o json` prints it. Sizes are bytes."""
    names = node_names(known)
    return {
        "url": facts.source.name, "read_at": timestamp(facts.source.read_at), "mode": facts.mode or None,
        "clock_skew_seconds": None if skew is None else round(skew, 1),
        "operations": _counts(known),
        "clusters": [
            {
                "id": one.id, "file": one.takes_files, "block": one.takes_blocks, "nodes": len(one.nodes),
                "volumes": len(one.volumes), "block_volumes": len(one.block_volumes),
            }
            for one in sorted(known.clusters.values(), key=lambda one: one.id)
        ],
        "nodes": node_rows(known), "devices": device_rows(known),
        "volumes": [
            {
                "name": one.name, "id": one.id, "cluster": one.cluster, "type": type_of(one), "size": one.size,
                "hosts_blocks": one.is_block, "free_for_blocks": one.free if one.is_block else None,
                "takes_blocks": one.is_block and not one.restriction,
                "bricks": [_brick(names, b.node, b.path) for b in one.bricks],
            }
            for one in sorted(known.volumes.values(), key=lambda one: one.name)
        ],
        "block_volumes": block_rows(known),
        "missing": [{"path": path, "named_by": by or None} for path, by in known.missing],
    }  # fmt: skip


def info_lines(facts: HeketiFacts, known: HeketiSite, skew: float | None) -> Iterator[str]:
    """The same for people; volumes are counted only, `get volumes` lists them."""
    counts = _counts(known)
    age = facts.source.age(time.time())
    yield f"{facts.source.name}: {facts.source.freshness} {format_age(age)}" + (
        f", mode {facts.mode}" if facts.mode else ""
    )
    if skew is not None and abs(skew) >= 5:
        yield f"its clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} ours"
    yield f"operations: {counts['under_way']} under way, {counts['stale']} stale, {counts['failed']} failed"
    for one in sorted(known.clusters.values(), key=lambda one: one.id):
        taken = [word for word, taken in (("volumes", one.takes_files), ("block volumes", one.takes_blocks)) if taken]
        yield (
            f"cluster {one.id}: {len(one.nodes)} nodes, {len(one.volumes)} volumes, "
            f"{len(one.block_volumes)} block volumes; takes {' and '.join(taken) or 'nothing new'}"
        )
    for columns, rows in (
        (("name", "storage", "zone", "state", "devices", "tags", "id"), node_rows(known)),
        (("node", "path", "size", "free", "used", "bricks", "state", "tags", "id"), device_rows(known)),
        (("hosts_blocks", "size", "free", "block_volumes", "restriction", "id"), host_rows(known)),
        (
            ("block_volume", "size", "ha", "hosts", "id"),
            [{**row, "block_volume": row["name"]} for row in block_rows(known)],
        ),
    ):
        if rows:
            yield ""
            yield from table(columns, [{**row, "tags": _tags(row.get("tags"))} for row in rows])
    for path, by in known.missing:
        yield f"{path}: heketi does not find it" + (f"; cluster {by} names it" if by else "")


def node_rows(known: HeketiSite) -> list[Row]:
    """Nodes by name."""
    names = node_names(known)
    rows = [
        {
            "name": names[one.id], "storage": ",".join(one.storage), "zone": one.zone, "state": one.state,
            "devices": len(one.devices), "cluster": one.cluster, "tags": dict(one.tags), "id": one.id,
        }
        for one in known.nodes.values()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: str(row["name"]))


def device_rows(known: HeketiSite) -> list[Row]:
    """Devices by node and path."""
    names = node_names(known)
    rows = [
        {
            "node": names.get(one.node, one.node), "path": one.name, "size": one.total, "free": one.free,
            "used": one.used, "bricks": len(one.bricks), "state": one.state, "tags": dict(one.tags), "id": one.id,
        }
        for one in known.devices.values()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (str(row["node"]), str(row["path"])))


def host_rows(known: HeketiSite) -> list[Row]:
    """The volumes that host block volumes, with what is free in them."""
    rows = [
        {
            "hosts_blocks": one.name, "size": one.size, "free": one.free, "block_volumes": len(one.block_volumes),
            "restriction": one.restriction, "id": one.id,
        }
        for one in known.volumes.values() if one.is_block
    ]  # fmt: skip
    return sorted(rows, key=lambda row: str(row["hosts_blocks"]))


def block_rows(known: HeketiSite) -> list[Row]:
    """Block volumes by name; passwords are not known."""
    rows = [
        {
            "name": block_name(one, known), "size": one.size, "usable": one.usable, "ha": one.ha_count,
            "hosts": list(one.hosts), "iqn": one.iqn, "cluster": one.cluster, "id": one.id,
        }
        for one in known.block_volumes.values()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: str(row["name"]))


def operation_row(one: HeketiOperation) -> Row:
    """A pending operation."""
    return {
        "id": one.id, "type": one.type, "state": one.status or "under way",
        "changes": [f"{change.description} {change.id}" for change in one.changes],
    }  # fmt: skip


def _counts(known: HeketiSite) -> dict[str, int]:
    states = [operation.status for operation in known.operations]
    return {"under_way": states.count(""), "stale": states.count("stale"), "failed": states.count("failed")}


def _brick(names: dict[str, str], node: str, path: str) -> str:
    return f"{names.get(node, node)}:{path}"


def _tags(tags: object) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(tags.items())) if isinstance(tags, dict) else ""
