"""Fields of a JSON object found by pointer (RFC 6901) and compared."""

import json
from collections.abc import Iterable
from typing import Any, Final

ABSENT: Final = object()


def fields_hold(text: str, fields: Iterable[tuple[str, str]]) -> bool:
    """Whether a JSON text has each field: (pointer, JSON text of the value), "" for one that is not there."""
    try:
        whole = json.loads(text)
        return all(_holds(at(whole, pointer), wanted) for pointer, wanted in fields)
    except ValueError:
        return False


def at(whole: Any, pointer: str) -> Any:
    """The value at a pointer, `ABSENT` where there is none; "" is the whole."""
    value = whole
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name, ABSENT)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return ABSENT
    return value


def pointer(*parts: str) -> str:
    """The pointer to a field by the names on the way to it."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def _holds(value: Any, wanted: str) -> bool:
    if not wanted:
        return value is ABSENT
    return value is not ABSENT and bool(value == json.loads(wanted))
