"""heketi's database read from GET /db/dump or `heketi db export`, and its own check from GET /db/check."""

from typing import Any, Final

from tui.core.heketi_dump import (
    CheckedTable,
    DumpBrick,
    DumpDevice,
    DumpNode,
    DumpVolume,
    HeketiCheck,
    HeketiDump,
)
from tui.core.heketi_model import HeketiBlockVolume
from tui.dialects.heketi_answers import block_volume_of, brick_of, cluster_of, device_of, node_of, volume_of
from tui.dialects.heketi_fields import Raw, count, entries, kib, read_object, sub, text, words

_TABLES: Final = (
    "clusters", "volumes", "bricks", "nodes", "devices", "blockvolumes", "dbattributes", "pendingoperations",
)  # fmt: skip


def parse_dump(answer: str) -> HeketiDump:
    """The database of an export. Raises ValueError where the text is no JSON object."""
    raw = read_object(answer)
    return HeketiDump(
        clusters={key: cluster_of(_with_id(item, key)) for key, item in entries(raw, "clusterentries").items()},
        nodes={key: _node(item, key) for key, item in entries(raw, "nodeentries").items()},
        devices={key: _device(item, key) for key, item in entries(raw, "deviceentries").items()},
        volumes={key: _volume(item, key) for key, item in entries(raw, "volumeentries").items()},
        bricks={key: _brick(item, key) for key, item in entries(raw, "brickentries").items()},
        block_volumes={key: _block(item, key) for key, item in entries(raw, "blockvolumeentries").items()},
        operations=tuple(entries(raw, "pendingoperations")),
        pending_blocks={
            key: held for key, item in entries(raw, "blockvolumeentries").items() if (held := _pending(item))
        },
    )


def parse_check(answer: str) -> HeketiCheck:
    """What heketi found wrong with its database. Raises ValueError where the text is no JSON object."""
    raw = read_object(answer)
    return HeketiCheck(
        tuple(_table(name, sub(raw, name)) for name in _TABLES if name in raw), count(raw, "totalinconsistencies")
    )


def _table(name: str, raw: Raw) -> CheckedTable:
    found = words(raw, "inconsistencies")
    return CheckedTable(name, count(raw, "total"), count(raw, "pending"), count(raw, "notok"), found)


def _with_id(entry: Raw, ident: str) -> dict[str, Any]:
    """The "Info" of an entry; the key it is stored under is its id, whatever stands inside."""
    return {**sub(entry, "Info"), "id": ident}


def _pending(entry: Raw) -> str:
    return text(sub(entry, "Pending"), "Id")


def _node(entry: Raw, ident: str) -> DumpNode:
    return DumpNode(node_of(_with_id(entry, ident), text(entry, "State")), words(entry, "Devices"))


def _device(entry: Raw, ident: str) -> DumpDevice:
    device = device_of(_with_id(entry, ident), text(entry, "State"), text(entry, "NodeId"))
    return DumpDevice(device, words(entry, "Bricks"), kib(entry, "ExtentSize"))


def _volume(entry: Raw, ident: str) -> DumpVolume:
    options = {"glustervolumeoptions": entry.get("GlusterVolumeOptions")}
    return DumpVolume(volume_of(_with_id(entry, ident) | options), words(entry, "Bricks"), _pending(entry))


def _brick(entry: Raw, ident: str) -> DumpBrick:
    sizes = (kib(entry, "TpSize"), kib(entry, "PoolMetadataSize"))
    return DumpBrick(brick_of(_with_id(entry, ident)), text(entry, "LvmThinPool"), *sizes, _pending(entry))


def _block(entry: Raw, ident: str) -> HeketiBlockVolume:
    return block_volume_of(_with_id(entry, ident))
