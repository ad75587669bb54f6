"""Objects as plain dictionaries: sizes in bytes, RFC 3339 times, null where unknown."""

from datetime import UTC, datetime
from typing import Any

from tui.core.heal import BrickHeal, Heal
from tui.core.model import Brick, Device, Node, Snapshot, Volume
from tui.core.quota import Quota

Row = dict[str, Any]
KINDS = ("nodes", "devices", "bricks", "volumes")


def rows(snapshot: Snapshot, kind: str, now: float) -> list[Row]:
    """All objects of a kind, faults first as the panes show them, then by name."""
    if kind == "nodes":
        return [_node(node, now) for node in sorted(snapshot.nodes.values(), key=lambda n: n.name)]
    if kind == "devices":
        return [_device(device) for device in sorted(snapshot.devices.values(), key=lambda d: d.key)]
    if kind == "bricks":
        return [_brick(brick) for brick in sorted(snapshot.bricks.values(), key=lambda b: b.key)]
    volumes = sorted(snapshot.volumes.values(), key=lambda v: v.name)
    return [_volume(volume, snapshot, now) for volume in volumes]


def worst(snapshot: Snapshot, kind: str) -> int:
    """The greatest severity of any object of a kind: 0 well, 1 wants a look, 2 a fault."""
    objects: dict[str, list[int]] = {
        "nodes": [n.state.severity for n in snapshot.nodes.values()],
        "devices": [d.state.severity for d in snapshot.devices.values()],
        "bricks": [b.state.severity for b in snapshot.bricks.values()],
        "volumes": [v.state.severity for v in snapshot.volumes.values()],
    }
    return max(objects[kind], default=0)


def timestamp(seconds: float | None) -> str | None:
    """Seconds since the epoch as RFC 3339 in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _node(node: Node, now: float) -> Row:
    age = node.source.age(now)
    return {
        "name": node.name, "manage": node.name, "storage": node.storage, "zone": node.zone,
        "state": str(node.state), "reason": node.reason,
        "freshness": str(node.source.freshness), "age_seconds": None if age is None else round(age, 1),
        "read_at": timestamp(node.source.read_at), "cluster": node.cluster, "hostname": node.hostname,
        "uuid": node.uuid, "glusterd": node.glusterd, "version": node.version, "tags": node.tags,
    }  # fmt: skip


def _device(device: Device) -> Row:
    return {
        "node": device.node, "path": device.path, "size": device.size, "free": device.free, "used": device.used,
        "state": str(device.state), "reason": device.reason, "vg": device.vg, "uuid": device.uuid,
        "bricks": device.bricks, "tags": device.tags,
    }  # fmt: skip


def _brick(brick: Brick) -> Row:
    return {
        "volume": brick.volume, "node": brick.node, "host": brick.host, "path": brick.path, "device": brick.device,
        "size": brick.size, "used": brick.used, "state": str(brick.state), "reason": brick.reason, "set": brick.set,
        "arbiter": brick.arbiter, "vg": brick.vg, "lv": brick.lv, "pool": brick.pool, "mount": brick.mount,
        "data_percent": brick.data_percent, "metadata_percent": brick.metadata_percent,
        "port": brick.port, "pid": brick.pid,
    }  # fmt: skip


def _volume(volume: Volume, snapshot: Snapshot, now: float) -> Row:
    heal = volume.heal or Heal()
    read_at = snapshot.heals_read.get(volume.id) if volume.heal is not None else None
    has_limits = not volume.has_quotas or volume.id in snapshot.quotas_read
    return {
        "name": volume.name, "id": volume.id, "cluster": volume.cluster, "type": volume.type,
        "replica": volume.replica, "status": volume.status, "state": str(volume.state), "reason": volume.reason,
        "size": volume.size, "used": volume.used, "options": volume.options,
        "bricks": [f"{host}:{path}" for _, host, path in volume.bricks],
        "heal_pending": heal.pending, "split_brain": heal.split_brain, "healing": heal.healing,
        "split_brain_files": None if read_at is None else list(heal.files), "heal_read_at": timestamp(read_at),
        "heal_age_seconds": None if read_at is None else round(max(0.0, now - read_at), 1),
        "heal_bricks": None if read_at is None else [_brick_heal(brick) for brick in heal.bricks],
        "quotas": [_quota(quota) for quota in volume.quotas] if has_limits else None,
    }  # fmt: skip


def _quota(quota: Quota) -> Row:
    return {"path": quota.path, "limit": quota.limit, "used": quota.used, "reached": quota.is_reached}


def _brick_heal(brick: BrickHeal) -> Row:
    return {
        "brick": brick.name, "heal_pending": brick.pending, "split_brain": brick.split_brain,
        "healing": brick.healing, "reason": brick.reason,
    }  # fmt: skip
