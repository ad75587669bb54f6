"""Answers of heketi read into objects. Each takes the JSON text and raises ValueError where it is no JSON object.

A password of a block volume is read by nobody, and `without_passwords` takes it out of a text.
"""

import re
from typing import Any, Final

from tui.core.heketi_model import (
    HeketiBlockVolume,
    HeketiBrick,
    HeketiChange,
    HeketiCluster,
    HeketiCounts,
    HeketiDevice,
    HeketiNode,
    HeketiOperation,
    HeketiVolume,
)
from tui.dialects.heketi_fields import (
    Raw,
    count,
    flag,
    gib,
    items,
    kib,
    mapping,
    read_object,
    real,
    sub,
    text,
    words,
)

_PASSWORD: Final = re.compile(r'("password"\s*:\s*)"(?:[^"\\]|\\.)*"')


def without_passwords(answer: str) -> str:
    """An answer fit for logs and journals: the passwords of block volumes are hidden."""
    return _PASSWORD.sub(r'\1"(hidden)"', answer)


def parse_ids(answer: str, kind: str) -> tuple[str, ...]:
    """The ids of a list: `kind` is "clusters", "volumes" or "blockvolumes"."""
    return words(read_object(answer), kind)


def parse_cluster(answer: str) -> HeketiCluster:
    """GET /clusters/{id}."""
    return cluster_of(read_object(answer))


def parse_node(answer: str) -> HeketiNode:
    """GET /nodes/{id}, with its devices and their bricks."""
    raw = read_object(answer)
    return node_of(raw, text(raw, "state"))


def parse_device(answer: str) -> HeketiDevice:
    """GET /devices/{id}; the answer does not say of which node."""
    raw = read_object(answer)
    return device_of(raw, text(raw, "state"), "")


def parse_volume(answer: str) -> HeketiVolume:
    """GET /volumes/{id}."""
    return volume_of(read_object(answer))


def parse_block_volume(answer: str) -> HeketiBlockVolume:
    """GET /blockvolumes/{id}."""
    return block_volume_of(read_object(answer))


def parse_counts(answer: str) -> HeketiCounts:
    """GET /operations."""
    raw = read_object(answer)
    return HeketiCounts(*(count(raw, name) for name in ("total", "in_flight", "stale", "failed", "new")))


def parse_operations(answer: str) -> tuple[HeketiOperation, ...]:
    """GET /operations/pending; what they change is told by each one's own answer."""
    return tuple(_operation(item) for item in items(read_object(answer), "pendingoperations"))


def parse_operation(answer: str) -> HeketiOperation:
    """GET /operations/pending/{id}."""
    return _operation(read_object(answer))


def parse_mode(answer: str) -> str:
    """GET /admin: "normal", "read-only" or "local-client"."""
    return text(read_object(answer), "state")


def parse_log_level(answer: str) -> str:
    """GET /internal/logging."""
    return text(sub(read_object(answer), "loglevel"), "glusterfs")


def cluster_of(raw: Raw) -> HeketiCluster:
    """A cluster; flags that are absent are those of old servers, which took both."""
    return HeketiCluster(
        text(raw, "id"), words(raw, "nodes"), words(raw, "volumes"), words(raw, "blockvolumes"),
        flag(raw, "file", True), flag(raw, "block", True),
    )  # fmt: skip


def node_of(raw: Raw, state: str) -> HeketiNode:
    """A node; its state stands elsewhere in the database."""
    names, ident = sub(raw, "hostnames"), text(raw, "id")
    devices = tuple(device_of(item, text(item, "state"), ident) for item in items(raw, "devices"))
    return HeketiNode(
        ident, text(raw, "cluster"), count(raw, "zone"), words(names, "manage"), words(names, "storage"), state,
        devices, mapping(raw, "tags"),
    )  # fmt: skip


def device_of(raw: Raw, state: str, node: str) -> HeketiDevice:
    """A device; its state stands elsewhere in the database."""
    space = sub(raw, "storage")
    bricks = tuple(brick_of(item) for item in items(raw, "bricks"))
    return HeketiDevice(
        text(raw, "id"), text(raw, "name"), state, kib(space, "total"), kib(space, "free"), kib(space, "used"),
        node or (bricks[0].node if bricks else ""), mapping(raw, "tags"), bricks, words(raw, "paths"),
        text(raw, "pv_uuid"),
    )  # fmt: skip


def brick_of(raw: Raw) -> HeketiBrick:
    """A brick."""
    return HeketiBrick(
        text(raw, "id"), text(raw, "path"), text(raw, "device"), text(raw, "node"), text(raw, "volume"),
        kib(raw, "size"),
    )  # fmt: skip


def volume_of(raw: Raw) -> HeketiVolume:
    """A volume. Options that are empty, as heketi puts some in, are left out."""
    durability, block = sub(raw, "durability"), sub(raw, "blockinfo")
    disperse = sub(durability, "disperse")
    return HeketiVolume(
        id=text(raw, "id"),
        name=text(raw, "name"),
        cluster=text(raw, "cluster"),
        size=gib(raw, "size"),
        durability=text(durability, "type"),
        replica=count(sub(durability, "replicate"), "replica"),
        data=count(disperse, "data"),
        redundancy=count(disperse, "redundancy"),
        gid=count(raw, "gid"),
        options=tuple(option for option in words(raw, "glustervolumeoptions") if option),
        hosts=words(sub(sub(raw, "mount"), "glusterfs"), "hosts"),
        bricks=tuple(brick_of(item) for item in items(raw, "bricks")),
        snapshot_factor=real(sub(raw, "snapshot"), "factor", 1.0),
        is_block=flag(raw, "block"),
        block_volumes=words(block, "blockvolume"),
        restriction=text(block, "restriction"),
        free=gib(block, "freesize"),
        reserved=gib(block, "reservedsize"),
    )


def block_volume_of(raw: Raw) -> HeketiBlockVolume:
    """A block volume, without its password."""
    target = sub(raw, "blockvolume")
    return HeketiBlockVolume(
        text(raw, "id"), text(raw, "name"), text(raw, "cluster"), text(raw, "blockhostingvolume"), gib(raw, "size"),
        gib(raw, "usablesize"), count(raw, "hacount"), words(target, "hosts"), text(target, "iqn"),
        count(target, "lun"), text(target, "username"),
    )  # fmt: skip


def _operation(raw: dict[str, Any]) -> HeketiOperation:
    changes = tuple(HeketiChange(text(item, "id"), text(item, "description")) for item in items(raw, "changes"))
    in_flight = text(raw, "sub_status") == "in-flight"
    return HeketiOperation(text(raw, "id"), text(raw, "type_name"), text(raw, "status"), in_flight, changes)
