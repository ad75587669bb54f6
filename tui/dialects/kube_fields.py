"""Fields of raw objects read without trust: what is missing or of the wrong type is empty, never an error.

Strings that repeat on thousands of objects are interned, tuples of them shared.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from sys import intern
from typing import Any, Final

from tui.core.kube import HIDDEN, NOTHING, Condition, NodeTerm, Owner, Requirement, Selector

Raw = Mapping[str, Any]
Head = tuple[str, str, str, str, float]

_EMPTY: Final[dict[str, Any]] = {}
_SECRET_WORDS: Final = ("password", "passwd", "token", "userkey", "secretkey", "passphrase")


def head(raw: Raw) -> Head | None:
    """Namespace, name, uid, resourceVersion and creation of an object; None when it has no name."""
    meta = sub(raw, "metadata")
    name = text(meta, "name")
    if not name:
        return None
    return (
        word(meta, "namespace"),
        name,
        text(meta, "uid"),
        text(meta, "resourceVersion"),
        moment(meta, "creationTimestamp"),
    )


def sub(raw: Raw, name: str) -> dict[str, Any]:
    """An object within an object."""
    value = raw.get(name)
    return value if type(value) is dict else _EMPTY


def text(raw: Raw, name: str) -> str:
    """A string."""
    value = raw.get(name)
    return value if type(value) is str else ""


def word(raw: Raw, name: str, default: str = "") -> str:
    """A string that repeats on many objects; the default stands for an empty one too."""
    value = raw.get(name)
    return intern(value) if type(value) is str and value else default


def optional(raw: Raw, name: str) -> str | None:
    """A string, None when it is not there: an empty one is something else."""
    value = raw.get(name)
    return intern(value) if type(value) is str else None


def number(raw: Raw, name: str) -> int | None:
    """A whole number."""
    value = raw.get(name)
    return value if type(value) is int else None


def items(raw: Raw, name: str) -> list[dict[str, Any]]:
    """The objects of a list."""
    value = raw.get(name)
    return [item for item in value if type(item) is dict] if type(value) is list else []


def words(raw: Raw, name: str) -> tuple[str, ...]:
    """The strings of a list."""
    value = raw.get(name)
    if type(value) is not list or not value:
        return ()
    return _shared(tuple([item for item in value if type(item) is str]))


def mapping(raw: Raw, name: str) -> Mapping[str, str]:
    """A mapping of strings, such as labels."""
    value = raw.get(name)
    if type(value) is not dict or not value:
        return NOTHING
    return {intern(key): intern(item) for key, item in value.items() if type(item) is str and type(key) is str}


def moment(raw: Raw, name: str) -> float:
    """Epoch seconds of a time stamp, 0.0 when there is none."""
    value = raw.get(name)
    return _moment(value) if type(value) is str and value else 0.0


def moment_or_none(raw: Raw, name: str) -> float | None:
    """Epoch seconds of a time stamp whose presence says something; an unreadable one is still present."""
    value = raw.get(name)
    return None if value is None else moment(raw, name)


def conditions(status: Raw, only: tuple[str, ...] = ()) -> tuple[Condition, ...]:
    """The conditions of a status, of all types or `only` some."""
    if not status.get("conditions"):
        return ()
    return tuple(
        Condition(
            word(item, "type"), word(item, "status"), word(item, "reason"), text(item, "message"),
            moment(item, "lastTransitionTime"),
        )
        for item in items(status, "conditions")
        if not only or text(item, "type") in only
    )  # fmt: skip


def owner(meta: Raw) -> Owner | None:
    """The controlling owner of an object, else its first owner."""
    owners = items(meta, "ownerReferences")
    if not owners:
        return None
    first = next((item for item in owners if item.get("controller") is True), owners[0])
    return Owner(word(first, "kind"), word(first, "name"), text(first, "uid"))


def requirements(raw: Raw, name: str) -> tuple[Requirement, ...]:
    """Label expressions; those of a topology have no operator and mean "In"."""
    return tuple(
        Requirement(word(item, "key"), word(item, "operator", "In"), words(item, "values")) for item in items(raw, name)
    )


def selector(raw: Raw, name: str) -> Selector | None:
    """A label selector; None when there is none or an empty one."""
    value = sub(raw, name)
    found = Selector(mapping(value, "matchLabels"), requirements(value, "matchExpressions")) if value else None
    return found if found and (found.labels or found.expressions) else None


def node_terms(terms: list[dict[str, Any]]) -> tuple[NodeTerm, ...]:
    """The terms of a node selector."""
    return tuple(NodeTerm(requirements(term, "matchExpressions"), requirements(term, "matchFields")) for term in terms)


def without_secrets(values: Mapping[str, str]) -> Mapping[str, str]:
    """Parameters without keys, passwords and the user part of addresses, which some write there in clear text."""
    return {key: _hide(key, value) for key, value in values.items()} if values else values


def _hide(key: str, value: str) -> str:
    low = key.lower()
    if value and any(part in low for part in _SECRET_WORDS):
        return HIDDEN
    scheme, mark, rest = value.partition("://")
    place, slash, path = rest.partition("/")
    if mark and "@" in place:
        return f"{scheme}://{HIDDEN}@{place.rpartition('@')[2]}{slash}{path}"
    return value


@lru_cache(maxsize=4096)
def _shared(value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([intern(item) for item in value])


@lru_cache(maxsize=4096)
def _moment(value: str) -> float:
    try:
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return 0.0
