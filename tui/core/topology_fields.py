"""What each object of a topology file may hold: its keys, and the kind of each value."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from tui.core.document import Member, Problem, Value, describe, nearest, shown

NODE_SAMPLE: Final = '{"node": {"hostnames": {"manage": ["node1"], "storage": ["10.0.0.1"]}, "zone": 1}, "devices": []}'
_WANTED: Final = {
    "object": "an object ({...})", "list": "a list ([...])", "text": "a text in double quotes",
    "boolean": "true or false", "integer": "a whole number",
}  # fmt: skip
# Keys that are right, but one floor too high or too low: (where they stand, key) -> what to do.
_MISPLACED: Final = {
    ("node entry", "hostnames"): 'must stand inside of "node"; write ' + NODE_SAMPLE,
    ("node entry", "zone"): 'must stand inside of "node", beside "hostnames"',
    ("node entry", "tags"): 'must stand inside of "node", beside "hostnames"',
    ("node", "devices"): 'must stand beside "node", not inside of it; write ' + NODE_SAMPLE,
    ("node", "manage"): 'must stand inside of "hostnames"',
    ("node", "storage"): 'must stand inside of "hostnames"',
    ("topology", "nodes"): 'must stand inside of a cluster; write {"clusters": [{"nodes": [...]}]}',
}
_PLACES: Final = {
    "topology": "this topology", "cluster": "this cluster", "node entry": "this entry of the list of nodes",
    "node": '"node"', "hostnames": '"hostnames"', "device": "this device",
}  # fmt: skip
_OTHER_NAMES: Final = {"device": "name", "path": "name", "disks": "devices", "disk": "devices"}


@dataclass(slots=True)
class Notes:
    """Collects the problems of one file."""

    source: str
    problems: list[Problem] = field(default_factory=list)

    def error(self, at: Value | Member, message: str) -> None:
        self.problems.append(Problem(self.source, at.line, at.column, "error", message))

    def warn(self, at: Value | Member, message: str) -> None:
        self.problems.append(Problem(self.source, at.line, at.column, "warning", message))


def flag_of(owner: Value, notes: Notes, key: str, default: bool) -> bool:
    """The true or false under `key`, `default` if there is none."""
    value = member_of(owner, notes, key, "boolean")
    return default if value is None else bool(value.content)


def items_of(owner: Value, notes: Notes, key: str, item: str) -> tuple[Value, ...]:
    """The items of a list that must not be empty."""
    value = member_of(owner, notes, key, "list")
    if value is not None and not value.items:
        notes.error(value, f'"{key}" is empty; it needs at least one {item}')
    return value.items if value else ()


def member_of(owner: Value, notes: Notes, key: str, kind: str, hint: str = "") -> Value | None:
    """The value under `key` if there is one of the right kind."""
    member = owner.members.get(key)
    return member.value if member and is_kind(member.value, notes, kind, f'"{key}"', hint) else None


def is_kind(value: Value, notes: Notes, kind: str, what: str, hint: str = "") -> bool:
    """Whether a value is of this kind; if not, that is told, with what to write instead."""
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


def check_keys(
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
