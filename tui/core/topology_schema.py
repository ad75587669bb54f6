"""The shape of heketi's topology file: what may stand where, and what each value may be."""

from dataclasses import dataclass

from tui.core.document import Value, describe, shown
from tui.core.topology import TopologyDevice
from tui.core.topology_fields import NODE_SAMPLE, Notes, check_keys, flag_of, is_kind, items_of, member_of
from tui.core.topology_words import (
    MAX_TAG_NAME,
    MAX_TAG_VALUE,
    MAX_TAGS,
    TAG_NAME,
    why_no_device,
    why_no_hostname,
)


@dataclass(frozen=True, slots=True)
class ReadDevice:
    """A device and the place of its path."""

    at: Value
    device: TopologyDevice


@dataclass(frozen=True, slots=True)
class ReadNode:
    """A node whose names still know their places; what can't be used of it is left out.

    `bare` tells that the file gives it no devices at all.
    """

    at: Value
    manage: tuple[Value, ...]
    storage: tuple[Value, ...]
    zone: int
    tags: dict[str, str]
    devices: tuple[ReadDevice, ...]
    bare: bool


@dataclass(frozen=True, slots=True)
class ReadCluster:
    """A cluster of the file; `flag_at` is where its last flag stands."""

    at: Value
    nodes: tuple[ReadNode, ...]
    file: bool
    block: bool
    flag_at: Value


def read_clusters(root: Value, notes: Notes) -> tuple[ReadCluster, ...]:
    """The clusters of a file as far as they can be read; everything else becomes a problem."""
    if root.kind != "object":
        notes.error(root, f'a topology is an object with the key "clusters", not {describe(root)}')
        return ()
    check_keys(root, notes, "topology", required=("clusters",))
    clusters = items_of(root, notes, "clusters", "cluster")
    return tuple(_cluster(item, notes) for item in clusters if is_kind(item, notes, "object", "a cluster"))


def _cluster(value: Value, notes: Notes) -> ReadCluster:
    check_keys(value, notes, "cluster", required=("nodes",), optional=("file", "block"))
    entries = items_of(value, notes, "nodes", "node")
    nodes = tuple(
        _node(item, notes) for item in entries if is_kind(item, notes, "object", "a node", f"write {NODE_SAMPLE}")
    )
    flags = [value.members[key].value for key in ("file", "block") if key in value.members]
    at = max(flags, key=lambda flag: (flag.line, flag.column), default=value)
    return ReadCluster(value, nodes, flag_of(value, notes, "file", True), flag_of(value, notes, "block", True), at)


def _node(entry: Value, notes: Notes) -> ReadNode:
    check_keys(entry, notes, "node entry", required=("node",), optional=("devices",))
    member = entry.members.get("node")
    usable = member is not None and is_kind(member.value, notes, "object", '"node"')
    node = member.value if member and usable else Value(entry.line, entry.column, {})
    if usable:
        check_keys(node, notes, "node", required=("hostnames", "zone"), optional=("tags", "cluster"))
    hostnames = member_of(node, notes, "hostnames", "object") or Value(0, 0, {})
    if hostnames.line:
        check_keys(hostnames, notes, "hostnames", required=("manage", "storage"))
    if "cluster" in node.members:
        notes.warn(node.members["cluster"], '"cluster" is not read: a node belongs to the cluster it stands in')
    return ReadNode(
        at=entry,
        manage=_names(hostnames, notes, "manage"),
        storage=_names(hostnames, notes, "storage"),
        zone=_zone(node, notes),
        tags=_tags(node, notes),
        devices=_devices(entry, notes),
        bare=not any(owner.members["devices"].value.content for owner in (entry, node) if "devices" in owner.members),
    )


def _names(hostnames: Value, notes: Notes, key: str) -> tuple[Value, ...]:
    member = hostnames.members.get(key)
    if member is None:
        return ()
    if not is_kind(member.value, notes, "list", f'"{key}"'):
        return ()
    if not member.value.items:
        notes.error(member.value, f'"{key}" is empty; it must name the node')
    usable = []
    for item in member.value.items:
        if is_kind(item, notes, "text", f'a hostname in "{key}"'):
            reason = why_no_hostname(str(item.content))
            if reason:
                notes.error(item, reason)
            else:
                usable.append(item)
    return tuple(usable)


def _zone(node: Value, notes: Notes) -> int:
    value = member_of(node, notes, "zone", "integer", hint="write 1 for the first failure zone, 2 for the next")
    if value is None or not isinstance(value.content, int):
        return 0
    if value.content < 1:
        notes.error(value, f'"zone" must be 1 or more, not {value.content}')
    return value.content


def _devices(entry: Value, notes: Notes) -> tuple[ReadDevice, ...]:
    member = entry.members.get("devices")
    if member is None or member.value.kind == "null":
        return ()
    if not is_kind(member.value, notes, "list", '"devices"'):
        return ()
    read = (_device(item, notes) for item in member.value.items)
    return tuple(device for device in read if device)


def _device(value: Value, notes: Notes) -> ReadDevice | None:
    if value.kind == "text":
        path: Value | None = value
    elif value.kind == "object":
        check_keys(value, notes, "device", required=("name",), optional=("destroydata", "tags"))
        path = member_of(value, notes, "name", "text")
    else:
        notes.error(value, f'a device is a path in double quotes ("/dev/sdb") or an object, not {describe(value)}')
        return None
    destroy = flag_of(value, notes, "destroydata", False)
    tags = _tags(value, notes)
    if path is None:
        return None
    text = str(path.content)
    if reason := why_no_device(text):
        notes.error(path, reason)
        return None
    if destroy:
        notes.warn(value.members["destroydata"], f'"destroydata" is true: a load may wipe all that is on {text}')
    return ReadDevice(path, TopologyDevice(text, destroy, tags, path.line))


def _tags(owner: Value, notes: Notes) -> dict[str, str]:
    value = member_of(owner, notes, "tags", "object")
    members = list(value.members.values()) if value else []
    if value and len(members) > MAX_TAGS:
        notes.error(value, f"there are {len(members)} tags; heketi takes {MAX_TAGS} at most")
    tags = {}
    for member in members:
        text = member.value.content
        if not TAG_NAME.fullmatch(member.key) or len(member.key) > MAX_TAG_NAME:
            rule = f"1 to {MAX_TAG_NAME} letters, digits and _.-"
            notes.error(member, f'"{shown(member.key)}" can\'t be the name of a tag; a name has {rule}')
        if is_kind(member.value, notes, "text", f'the value of the tag "{shown(member.key)}"'):
            tags[member.key] = str(text)
            if len(str(text)) > MAX_TAG_VALUE:
                notes.error(member.value, f"a tag's value has {MAX_TAG_VALUE} characters at most, not {len(str(text))}")
    return tags
