"""Fields of heketi's JSON read without trust: what is missing or of the wrong type is empty, never an error."""

import json
from collections.abc import Mapping
from typing import Any, Final

from tui.core.units import GIB, KIB

Raw = Mapping[str, Any]
_EMPTY: Final[dict[str, Any]] = {}


def read_object(text: str) -> dict[str, Any]:
    """The JSON object that a text is. Raises ValueError with a sentence where it is none."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        start = " ".join(text.split())[:60]
        raise ValueError(f"this is no answer of heketi's: {start!r}")
    return value


def sub(raw: Raw, name: str) -> dict[str, Any]:
    """An object within an object."""
    value = raw.get(name)
    return value if isinstance(value, dict) else _EMPTY


def text(raw: Raw, name: str) -> str:
    """A string."""
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def flag(raw: Raw, name: str, default: bool = False) -> bool:
    """A boolean."""
    value = raw.get(name)
    return value if isinstance(value, bool) else default


def count(raw: Raw, name: str) -> int:
    """A whole number, 0 where there is none. What heketi counted down below nothing is negative, as it was meant."""
    value = raw.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    # sizes are unsigned there: a space of -1 KiB reads as 2**64 - 1
    return value - 2**64 if 2**63 <= value < 2**64 else value


def real(raw: Raw, name: str, default: float) -> float:
    """A number."""
    value = raw.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def kib(raw: Raw, name: str) -> int:
    """Bytes of a size that heketi counts in KiB."""
    return count(raw, name) * KIB


def gib(raw: Raw, name: str) -> int:
    """Bytes of a size that heketi counts in GiB."""
    return count(raw, name) * GIB


def words(raw: Raw, name: str) -> tuple[str, ...]:
    """The strings of a list."""
    value = raw.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def items(raw: Raw, name: str) -> list[dict[str, Any]]:
    """The objects of a list."""
    value = raw.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def mapping(raw: Raw, name: str) -> dict[str, str]:
    """A mapping of strings to strings."""
    return {key: value for key, value in sub(raw, name).items() if isinstance(value, str)}


def entries(raw: Raw, name: str) -> dict[str, dict[str, Any]]:
    """A table of the database: objects by id."""
    return {key: value for key, value in sub(raw, name).items() if isinstance(value, dict)}
