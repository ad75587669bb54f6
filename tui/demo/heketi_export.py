"""The simulated heketi's database as GET /db/dump shows it, and what its own check finds in it."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from tui.demo.heketi_tables import Brick, Device, Operation, Tables, Volume
from tui.demo.heketi_views import block_volume_info, brick_info, device_entry, node_entry, volume_head, volume_tail

Json = dict[str, Any]

_ATTRIBUTES: Final = (
    ("DB_BRICK_HAS_SUBTYPE_FIELD", "yes"),
    ("DB_CLUSTER_HAS_FILE_BLOCK_FLAG", "yes"),
    ("DB_GENERATION_ID", "d7e1e7a6f5a04f46b6b0c3a4c5d6e7f8"),
    ("DB_HAS_PENDING_OPS_BUCKET", "yes"),
    ("DB_DEVICE_HAS_ID_META", "yes"),
)
_TYPES: Final = (
    "", "create-volume", "delete-volume", "expand-volume", "create-block-volume", "delete-block-volume",
    "remove-device", "clone-volume", "snapshot-volume", "evict-brick", "expand-block-volume",
)  # fmt: skip
_CHANGES: Final = (
    "", "Add brick", "Add volume", "Delete brick", "Delete volume", "Expand volume", "Add block volume",
    "Delete block volume", "Remove device", "Clone volume from", "Expand volume to", "Snapshot volume",
)  # fmt: skip


def dump(tables: Tables) -> Json:
    """The whole database."""
    return {
        "clusterentries": {ident: {"Info": _cluster(tables, ident)} for ident in sorted(tables.clusters)},
        "volumeentries": {ident: _volume(tables.volumes[ident]) for ident in sorted(tables.volumes)},
        "brickentries": {ident: _brick(tables.bricks[ident]) for ident in sorted(tables.bricks)},
        "nodeentries": {
            ident: {"State": node.state, "Info": node_entry(node), "Devices": list(node.devices)}
            for ident, node in sorted(tables.nodes.items())
        },
        "deviceentries": {ident: _device(tables.devices[ident]) for ident in sorted(tables.devices)},
        "blockvolumeentries": {
            ident: {"Info": block_volume_info(volume), "Pending": {"Id": volume.pending}}
            for ident, volume in sorted(tables.block_volumes.items())
        },
        "dbattributeentries": {key: {"Key": key, "Value": value} for key, value in _ATTRIBUTES},
        "pendingoperations": {ident: _operation(op) for ident, op in sorted(tables.operations.items())},
    }


def _cluster(tables: Tables, ident: str) -> Json:
    cluster = tables.clusters[ident]
    return {
        "id": cluster.id,
        "nodes": list(cluster.nodes),
        "volumes": list(cluster.volumes),
        "block": cluster.block,
        "file": cluster.file,
        "blockvolumes": list(cluster.block_volumes),
    }


def _volume(volume: Volume) -> Json:
    asked = {"clusters": volume.asked_clusters} if volume.asked_clusters else {}
    return {
        "Info": asked | volume_head(volume) | volume_tail(volume, volume.block_volumes),
        "Bricks": volume.bricks,
        "GlusterVolumeOptions": ["", *volume.options, ""],
        "Pending": {"Id": volume.pending},
    }


def _brick(brick: Brick) -> Json:
    return {
        "Info": brick_info(brick),
        "TpSize": brick.pool_size,
        "PoolMetadataSize": brick.metadata,
        "Pending": {"Id": brick.pending},
        "LvmThinPool": brick.pool,
        "LvmLv": "",
        "SubType": brick.sub_type,
    }


def _device(device: Device) -> Json:
    return {
        "State": device.state,
        "Info": device_entry(device),
        "Bricks": list(device.bricks),
        "NodeId": device.node,
        "ExtentSize": device.extent,
    }


def _operation(operation: Operation) -> Json:
    actions = [{"Change": _number(_CHANGES, word), "Id": ident, "Delta": 0} for word, ident in operation.changes]
    status = {"": "", "stale": "stale", "failed": "failed"}[operation.status]
    kind = _number(_TYPES, operation.type)
    return {"Id": operation.id, "Timestamp": 0, "Type": kind, "Actions": actions, "Status": status}


def _number(words: tuple[str, ...], word: str) -> int:
    return words.index(word) if word in words else 0


def _unknown(kind: str, what: str, named: Iterable[tuple[str, str]], known: Collection[str]) -> list[str]:
    """heketi's words for references that lead nowhere; `named` are pairs (who, whom)."""
    return [f"{kind} {ident} unknown {what} {other}" for ident, other in named if other not in known]


def check(tables: Tables) -> Json:
    """What heketi finds wrong: references that lead nowhere, and space that does not add up."""
    volumes, blocks = tables.volumes.values(), tables.block_volumes.values()
    bricks = ((volume.id, brick) for volume in volumes for brick in volume.bricks)
    devices = ((node.id, device) for node in tables.nodes.values() for device in node.devices)
    found = {
        "clusters": _check_clusters(tables),
        "volumes": _unknown("Volume", "brick", bricks, tables.bricks),
        "bricks": _check_bricks(tables),
        "nodes": _unknown("Node", "device", devices, tables.devices),
        "devices": _check_devices(tables),
        "blockvolumes": _unknown("BlockVolume", "volume", ((b.id, b.host_volume) for b in blocks), tables.volumes),
        "dbattributes": [],
        "pendingoperations": [],
    }
    counts = {
        "clusters": len(tables.clusters),
        "volumes": len(tables.volumes),
        "bricks": len(tables.bricks),
        "nodes": len(tables.nodes),
        "devices": len(tables.devices),
        "blockvolumes": len(tables.block_volumes),
        "pendingoperations": len(tables.operations),
    }
    pending = {
        "volumes": sum(bool(volume.pending) for volume in tables.volumes.values()),
        "bricks": sum(bool(brick.pending) for brick in tables.bricks.values()),
    }
    answer: Json = {}
    for name, words in found.items():
        total, bad = counts.get(name, 0), min(len(words), counts.get(name, 0))
        answer[name] = {
            "total": total,
            "pending": pending.get(name, 0),
            "ok": total - bad,
            "notok": bad,
            "inconsistencies": words or None,
        }
    return answer | {"totalinconsistencies": sum(len(words) for words in found.values())}


def _check_clusters(tables: Tables) -> list[str]:
    return [
        f"Cluster {cluster.id} unknown {word} {ident}"
        for cluster in tables.clusters.values()
        for word, ids, known in (
            ("volume", cluster.volumes, tables.volumes),
            ("node", cluster.nodes, tables.nodes),
            ("block volume", cluster.block_volumes, tables.block_volumes),
        )
        for ident in ids
        if ident not in known
    ]


def _check_bricks(tables: Tables) -> list[str]:
    return [
        f"Brick {brick.id} unknown {word} {ident}"
        for brick in tables.bricks.values()
        for word, ident, known in (
            ("volume", brick.volume, tables.volumes),
            ("device", brick.device, tables.devices),
            ("node", brick.node, tables.nodes),
        )
        if ident not in known
    ]


def _check_devices(tables: Tables) -> list[str]:
    words = []
    for device in tables.devices.values():
        words += [f"Device {device.id} unknown brick {ident}" for ident in device.bricks if ident not in tables.bricks]
        used = sum(tables.bricks[ident].needed for ident in device.bricks if ident in tables.bricks)
        if used != device.used:
            words.append(f"Device {device.id} used size {device.used} differs from the sum of its bricks {used}")
    return words
