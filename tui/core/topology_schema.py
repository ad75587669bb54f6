"""The shape of heketi's topology file: what may stand where, and what each value may be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from tui.core.document import Member, Problem, Value, describe, nearest, shown
from tui.core.topology import TopologyDevice
from tui.core.topology_words import (
    MAX_TAG_NAME,
    MAX_TAG_VALUE,
    MAX_TAGS,
    TAG_NAME,
    why_no_device,
    why_no_hostname,
)

_NODE_SAMPLE: Final = (
    '{"node": {"hostnames": {"manage": ["node1"], "storage": ["10.0.0.1"]}, "zone": 1}, "devices": []}'
)
_WANTED: Final = {
    "object": "an object ({...})", "list": "a list ([...])", "text": "a text in double quotes",
    "boolean": "true or false", "integer": "a whole number",
}  # fmt: skip
# Keys that are right, but one floor too high or too low: (where they stand, key) -> what to do.
_MISPLACED: Final = {
    ("node entry", "hostnames"): 'must stand inside of "node"; write ' + _NODE_SAMPLE,
    ("node entry", "zone"): 'must stand inside of "node", beside "hostnames"',
    ("node entry", "tags"): 'must stand inside of "node", beside "hostnames"',
    ("node", "devices"): 'must stand beside "node", not inside of it; write ' + _NODE_SAMPLE,
    ("node", "manage"): 'must stand inside of "hostnames"',
    ("node", "storage"): 'must stand inside of "hostnames"',
    ("topology", "nodes"): 'must stand inside of a cluster; write {"clusters": [{"nodes": [...]}]}',
}
_PLACES: Final = {
    "topology": "this topology", "cluster": "this cluster", "node entry": "this entry of the list of nodes",
    "node": '"node"', "hostnames": '"hostnames"', "device": "this device",
}  # fmt: skip
_OTHER_NAMES: Final = {"device": "name", "path": "name", "disks": "devices", "disk": "devices"}


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


@dataclass(slots=True)
class Notes:
    """Collects the problems of one file."""

    source: str
    problems: list[Problem] = field(default_factory=list)

    def error(self, at: Value | Member, message: str) -> None:
        self.problems.append(Problem(self.source, at.line, at.column, "error", message))

    def warn(self, at: Value | Member, message: str) -> None:
        self.problems.append(Problem(self.source, at.line, at.column, "warning", message))


def read_clusters(root: Value, notes: Notes) -> tuple[ReadCluster, ...]:
    """The clusters of a file as far as they can be read; everything else becomes a problem."""
    if root.kind != "object":
        notes.error(root, f'a topology is an object with the key "clusters", not {describe(root)}')
        return ()
    _check_keys(root, notes, "topology", required=("clusters",))
    clusters = _list(root, notes, "clusters", "cluster")
    return tuple(_cluster(item, notes) for item in clusters if _is(item, notes, "object", "a cluster"))


def _cluster(value: Value, notes: Notes) -> ReadCluster:
    _check_keys(value, notes, "cluster", required=("nodes",), optional=("file", "block"))
    entries = _list(value, notes, "nodes", "node")
    nodes = tuple(
        _node(item, notes) for item in entries if _is(item, notes, "object", "a node", f"write {_NODE_SAMPLE}")
    )
    flags = [value.members[key].value for key in ("file", "block") if key in value.members]
    at = max(flags, key=lambda flag: (flag.line, flag.column), default=value)
    return ReadCluster(value, nodes, _flag(value, notes, "file", True), _flag(value, notes, "block", True), at)


def _node(entry: Value, notes: Notes) -> ReadNode:
    _check_keys(entry, notes, "node entry", required=("node",), optional=("devices",))
    member = entry.members.get("node")
    usable = member is not None and _is(member.value, notes, "object", '"node"')
    node = member.value if member and usable else Value(entry.line, entry.column, {})
    if usable:
        _check_keys(node, notes, "node", required=("hostnames", "zone"), optional=("tags", "cluster"))
    hostnames = _member(node, notes, "hostnames", "object") or Value(0, 0, {})
    if hostnames.line:
        _check_keys(hostnames, notes, "hostnames", required=("manage", "storage"))
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
    if not _is(member.value, notes, "list", f'"{key}"'):
        return ()
    if not member.value.items:
        notes.error(member.value, f'"{key}" is empty; it must name the node')
    usable = []
    for item in member.value.items:
        if _is(item, notes, "text", f'a hostname in "{key}"'):
            reason = why_no_hostname(str(item.content))
            if reason:
                notes.error(item, reason)
            else:
                usable.append(item)
    return tuple(usable)


def _zone(node: Value, notes: Notes) -> int:
    value = _member(node, notes, "zone", "integer", hint="write 1 for the first failure zone, 2 for the next")
    if value is None or not isinstance(value.content, int):
        return 0
    if value.content < 1:
        notes.error(value, f'"zone" must be 1 or more, not {value.content}')
    return value.content


def _devices(entry: Value, notes: Notes) -> tuple[ReadDevice, ...]:
    member = entry.members.get("devices")
    if member is None or member.value.kind == "null":
        return ()
    if not _is(member.value, notes, "list", '"devices"'):
        return ()
    read = (_device(item, notes) for item in member.value.items)
    return tuple(device for device in read if device)


def _device(value: Value, notes: Notes) -> ReadDevice | None:
    if value.kind == "text":
        path: Value | None = value
    elif value.kind == "object":
        _check_keys(value, notes, "device", required=("name",), optional=("destroydata", "tags"))
        path = _member(value, notes, "name", "text")
    else:
        notes.error(value, f'a device is a path in double quotes ("/dev/sdb") or an object, not {describe(value)}')
        return None
    destroy = _flag(value, notes, "destroydata", False)
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
    value = _member(owner, notes, "tags", "object")
    members = list(value.members.values()) if value else []
    if value and len(members) > MAX_TAGS:
        notes.error(value, f"there are {len(members)} tags; heketi takes {MAX_TAGS} at most")
    tags = {}
    for member in members:
        text = member.value.content
        if not TAG_NAME.fullmatch(member.key) or len(member.key) > MAX_TAG_NAME:
            rule = f"1 to {MAX_TAG_NAME} letters, digits and _.-"
            notes.error(member, f'"{shown(member.key)}" can\'t be the name of a tag; a name has {rule}')
        if _is(member.value, notes, "text", f'the value of the tag "{shown(member.key)}"'):
            tags[member.key] = str(text)
            if len(str(text)) > MAX_TAG_VALUE:
                notes.error(member.value, f"a tag's value has {MAX_TAG_VALUE} characters at most, not {len(str(text))}")
    return tags


def _flag(owner: Value, notes: Notes, key: str, default: bool) -> bool:
    value = _member(owner, notes, key, "boolean")
    return default if value is None else bool(value.content)


def _list(owner: Value, notes: Notes, key: str, item: str) -> tuple[Value, ...]:
    """The items of a list that must not be empty."""
    value = _member(owner, notes, key, "list")
    if value is not None and not value.items:
        notes.error(value, f'"{key}" is empty; it needs at least one {item}')
    return value.items if value else ()


def _member(owner: Value, notes: Notes, key: str, kind: str, hint: str = "") -> Value | None:
    """The value under `key` if there is one of the right kind."""
    member = owner.members.get(key)
    return member.value if member and _is(member.value, notes, kind, f'"{key}"', hint) else None


def _is(value: Value, notes: Notes, kind: str, what: str, hint: str = "") -> bool:
    if value.kind == kind:
        return True
    hint = _correction(value, kind) or hint
    notes.error(value, f"{what} must be {_WANTED[kind]}, not {describe(value)}" + (f"; {hint}" if hint else ""))
    return False


def _correction(value: Value, kind: str) -> str:
    """What to write instead, where that is plain."""
    text = str(value.content).strip()
    if kind == "integer" and value.kind == "text" and text.isdecimal():
        return f"write {int(text[:9])} without quotes"
    if kind == "integer" and value.kind == "number" and isinstance(value.content, float) and value.content.is_integer():
        return f"write {value.content:.0f}"
    if kind == "boolean" and text.lower() in ("true", "yes", "on", "1"):
        return "write true without quotes"
    if kind == "boolean" and text.lower() in ("false", "no", "off", "0"):
        return "write false without quotes"
    if kind == "text" and value.kind in ("integer", "number", "boolean"):
        return f'write "{text.lower() if value.kind == "boolean" else text}"'
    if kind == "list" and value.kind == "text":
        return f'write ["{shown(text)}"]'
    return "write it in [ and ]" if kind == "list" and value.kind == "object" else ""


def _check_keys(
    value: Value, notes: Notes, where: str, required: Collection[str], optional: Collection[str] = ()
) -> None:
    """Tell of keys that are missing, unknown or in the wrong place; a misspelt one is told once."""
    missing = [key for key in required if key not in value.members]
    for key, member in value.members.items():
        if key in required or key in optional:
            continue
        near = _OTHER_NAMES.get(key, "") or nearest(key, (*required, *optional))
        if (where, key) in _MISPLACED:
            notes.error(member, f'"{key}" {_MISPLACED[where, key]}')
            missing = [name for name in missing if name not in _told_by(where, value.members)]
        elif near in missing:
            notes.error(member, f'the key "{shown(key)}" is not known; did you mean "{near}"?')
            missing.remove(near)
        else:
            question = f'; did you mean "{near}"?' if near and near not in value.members else ""
            notes.warn(member, f'the key "{shown(key)}" is not known and is not read{question}')
    for key in missing:
        notes.error(value, f'"{key}" is missing in {_PLACES[where]}')


def _told_by(where: str, members: Mapping[str, Member]) -> tuple[str, ...]:
    """The missing keys that are explained by misplaced ones."""
    if where == "node entry" and "hostnames" in members:
        return ("node",)
    if where == "node" and ("manage" in members or "storage" in members):
        return ("hostnames",)
    return ("clusters",) if where == "topology" else ()
