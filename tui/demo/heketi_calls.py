"""What the simulated heketi tells of itself: queue, operations, database, mode, log level, figures."""

from typing import Any, Final

from tui.demo.heketi_checks import check_mode, check_operations
from tui.demo.heketi_cleanup import clean_up
from tui.demo.heketi_decode import CLEANUP, LOGGING, MODE
from tui.demo.heketi_examine import examine as examined
from tui.demo.heketi_export import check, dump
from tui.demo.heketi_state import Heketi
from tui.demo.heketi_views import operation_info
from tui.demo.heketi_wire import Ask, Fail, Reply, done, show

_LEVELS: Final = ("none", "critical", "error", "warning", "info", "debug")


async def hello(heketi: Heketi, ask: Ask) -> Reply:
    """GET /hello."""
    return Reply(200, b"Hello from Heketi", {"Content-Type": "text/plain; charset=UTF-8"})


async def metrics(heketi: Heketi, ask: Ask) -> Reply:
    """GET /metrics, for Prometheus."""
    tables = heketi.tables
    lines = ["heketi_up 1", f"heketi_cluster_count {len(tables.clusters)}"]
    for cluster in tables.clusters.values():
        lines.append(f'heketi_nodes_count{{cluster="{cluster.id}"}} {len(cluster.nodes)}')
        lines.append(f'heketi_volumes_count{{cluster="{cluster.id}"}} {len(cluster.volumes)}')
    lines += [f"heketi_operations_{name}_count {value}" for name, value in _counts(heketi).items()]
    text = "".join(f"{line}\n" for line in lines)
    return Reply(200, text.encode(), {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def queue(heketi: Heketi, ask: Ask) -> Reply:
    """GET /queue/{id}."""
    return heketi.queue.look(ask.id, ask.method)


async def operations(heketi: Heketi, ask: Ask) -> Reply:
    """GET /operations."""
    return show(_counts(heketi))


async def pending(heketi: Heketi, ask: Ask) -> Reply:
    """GET /operations/pending."""
    return show({"pendingoperations": [operation_info(op) for op in heketi.tables.operations.values()]})


async def pending_one(heketi: Heketi, ask: Ask) -> Reply:
    """GET /operations/pending/{id}."""
    found = heketi.tables.operations.get(ask.id)
    if found is None:
        raise Fail(404, f"Id not found: {ask.id}")
    changes = [{"id": ident, "description": word} for word, ident in found.changes]
    return show(operation_info(found) | {"changes": changes})


async def cleanup(heketi: Heketi, ask: Ask) -> Reply:
    """POST /operations/pending/cleanup."""
    ids = check_operations(ask.json(CLEANUP))
    heketi.writable()
    return heketi.accept(clean_up(heketi, ids))


async def db_dump(heketi: Heketi, ask: Ask) -> Reply:
    """GET /db/dump."""
    return show(dump(heketi.tables))


async def db_check(heketi: Heketi, ask: Ask) -> Reply:
    """GET /db/check."""
    return show(check(heketi.tables))


async def backup(heketi: Heketi, ask: Ask) -> Reply:
    """GET /backup/db: the file as it is on disk (here: only its first page, all zeros)."""
    headers = {"Content-Type": "application/octet-stream", "Content-Disposition": 'attachment; filename="heketi.db"'}
    return Reply(200, bytes(4096), headers)


async def logging(heketi: Heketi, ask: Ask) -> Reply:
    """GET /internal/logging."""
    return show({"loglevel": {"glusterfs": heketi.log_level}})


async def set_logging(heketi: Heketi, ask: Ask) -> Reply:
    """POST /internal/logging."""
    levels = ask.told_json(LOGGING)["loglevel"]
    if "glusterfs" not in levels:
        raise Fail(422, 'Only "glusterfs" logger may be modified')
    level = str(levels["glusterfs"])
    if level not in _LEVELS:
        raise Fail(422, f"invalid log level: {level}")
    heketi.log_level = level
    return await logging(heketi, ask)


async def mode(heketi: Heketi, ask: Ask) -> Reply:
    """GET /admin."""
    return show({"state": heketi.mode})


async def set_mode(heketi: Heketi, ask: Ask) -> Reply:
    """POST /admin."""
    heketi.mode = check_mode(ask.told_json(MODE))
    return done(204)


async def examine(heketi: Heketi, ask: Ask) -> Reply:
    """GET /internal/state/examine/gluster."""
    return show(examined(heketi))


def _counts(heketi: Heketi) -> dict[str, Any]:
    known = heketi.tables.operations.values()
    return {
        "total": len(known),
        "in_flight": sum(op.in_flight for op in known),
        "stale": sum(op.status == "stale" for op in known),
        "failed": sum(op.status == "failed" for op in known),
        "new": sum(not op.status for op in known),
    }
