"""Objects of the simulated heketi as its API shows them."""

from typing import Any, Final

from tui.demo.heketi_tables import BlockVolume, Brick, Cluster, Device, Node, Operation, Tables, Volume

Json = dict[str, Any]
_HIDES: Final = {
    ("create-volume", "Add volume"), ("delete-volume", "Delete volume"), ("create-block-volume", "Add volume"),
    ("create-block-volume", "Add block volume"), ("delete-block-volume", "Delete block volume"),
}  # fmt: skip


def cluster_info(tables: Tables, cluster: Cluster) -> Json:
    """GET /clusters/{id}: volumes that are just being made or taken away are hidden."""
    return {
        "id": cluster.id,
        "nodes": list(cluster.nodes),
        "volumes": without_pending(tables, cluster.volumes),
        "block": cluster.block,
        "file": cluster.file,
        "blockvolumes": without_pending(tables, cluster.block_volumes),
    }


def without_pending(tables: Tables, volumes: list[str]) -> list[str]:
    """The volumes that no operation is making or taking away."""
    held = {ident for op in tables.operations.values() for word, ident in op.changes if (op.type, word) in _HIDES}
    return [ident for ident in volumes if ident not in held]


def node_info(tables: Tables, node: Node) -> Json:
    """GET /nodes/{id}."""
    devices = [device_info(tables, tables.devices[ident]) for ident in node.devices]
    return {**node_entry(node), "state": node.state, "devices": devices}


def node_entry(node: Node) -> Json:
    """The part of a node that is stored as it was sent."""
    found: Json = {
        "zone": node.zone,
        "hostnames": {"manage": list(node.manage), "storage": list(node.storage)},
        "cluster": node.cluster,
    }
    return found | ({"tags": dict(sorted(node.tags.items()))} if node.tags else {}) | {"id": node.id}


def device_info(tables: Tables, device: Device) -> Json:
    """GET /devices/{id}."""
    bricks = [brick_info(tables.bricks[ident]) for ident in device.bricks if ident in tables.bricks]
    return {**device_entry(device), "state": device.state, "bricks": bricks}


def device_entry(device: Device) -> Json:
    """The part of a device that is stored as "Info"."""
    found: Json = {"name": device.name}
    if device.tags:
        found["tags"] = dict(sorted(device.tags.items()))
    found["storage"] = {"total": device.total, "free": device.free, "used": device.used}
    found["id"] = device.id
    if device.paths:
        found["paths"] = list(device.paths)
    if device.pv_uuid:
        found["pv_uuid"] = device.pv_uuid
    return found


def brick_info(brick: Brick) -> Json:
    """A brick wherever it is shown."""
    return {
        "id": brick.id,
        "path": brick.path,
        "device": brick.device,
        "node": brick.node,
        "volume": brick.volume,
        "size": brick.size,
    }


def volume_info(tables: Tables, volume: Volume) -> Json:
    """GET /volumes/{id}."""
    found = volume_head(volume)
    found["glustervolumeoptions"] = ["", *volume.options, ""]
    bricks = [tables.bricks[ident] for ident in volume.bricks if ident in tables.bricks]
    shown = [brick_info(brick) for brick in bricks if not brick.pending]
    inside = without_pending(tables, volume.block_volumes)
    return found | volume_tail(volume, inside) | {"bricks": shown}


def volume_head(volume: Volume) -> Json:
    """What was asked for, as far as it is not empty."""
    replica = {"replica": volume.replica} if volume.durability == "replicate" else {}
    disperse = {"data": volume.data, "redundancy": volume.redundancy} if volume.durability == "disperse" else {}
    found: Json = {
        "size": volume.size,
        "name": volume.name,
        "durability": {"type": volume.durability, "replicate": replica, "disperse": disperse},
    }
    return found | ({"gid": volume.gid} if volume.gid else {}) | ({"block": True} if volume.block else {})


def volume_tail(volume: Volume, inside: list[str]) -> Json:
    """What heketi added; `inside` are the block volumes that it shows."""
    block: Json = {"freesize": volume.free, "reservedsize": volume.reserved, "blockvolume": inside}
    mount = {
        "hosts": list(volume.hosts),
        "device": f"{volume.hosts[0] if volume.hosts else ''}:{volume.name}",
        "options": {"backup-volfile-servers": ",".join(volume.hosts[1:])},
    }
    return {
        "snapshot": {"enable": volume.snapshot, "factor": volume.factor},
        "id": volume.id,
        "cluster": volume.cluster,
        "mount": {"glusterfs": mount},
        "blockinfo": {k: v for k, v in (block | {"restriction": volume.restriction}).items() if v},
    }


def block_volume_info(volume: BlockVolume) -> Json:
    """GET /blockvolumes/{id}, with the password in clear as heketi shows it."""
    target: Json = {"hosts": list(volume.hosts), "iqn": "fakeIQN", "lun": 0, "username": "", "password": ""}
    if volume.auth:
        target |= {"username": "heketi-user", "password": "secret"}
    return {
        "size": volume.size,
        "name": volume.name,
        "hacount": volume.ha,
        "id": volume.id,
        "blockvolume": target,
        "cluster": volume.cluster,
        "blockhostingvolume": volume.host_volume,
        "usablesize": volume.size,
    }


def operation_info(operation: Operation) -> Json:
    """An operation in the list of GET /operations/pending."""
    state = "in-flight" if operation.in_flight else ""
    return {"id": operation.id, "type_name": operation.type, "status": operation.status, "sub_status": state}
