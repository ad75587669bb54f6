"""Sizes, ages and durations as people read and write them. Sizes are bytes, times seconds."""

import re
from typing import Final

KIB: Final = 1024
MIB: Final = 1024**2
GIB: Final = 1024**3
TIB: Final = 1024**4

_SUFFIXES: Final = {
    "": 1, "b": 1, "k": KIB, "m": MIB, "g": GIB, "t": TIB, "p": 1024**5,
    "kb": 1000, "mb": 1000**2, "gb": 1000**3, "tb": 1000**4,
}  # fmt: skip
_SIZE: Final = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*")
_UNITS: Final = (("TiB", TIB), ("GiB", GIB), ("MiB", MIB), ("KiB", KIB))


def parse_size(text: str, default_unit: str = "g") -> int:
    """Bytes of "10", "10G", "1.5TiB" or "500MB"; a bare number counts `default_unit` (GiB, as heketi).

    Raises ValueError with a sentence for the admin.
    """
    match = _SIZE.fullmatch(text)
    if not match:
        raise ValueError(f"'{text}' is no size; write a number with a unit, for example 10GiB")
    number, unit = float(match[1]), (match[2] or default_unit).lower()
    factor = _SUFFIXES.get(unit.removesuffix("ib") if unit.endswith("ib") else unit)
    if factor is None:
        raise ValueError(f"'{match[2]}' is no unit of size; use KiB, MiB, GiB or TiB")
    return int(number * factor)


def format_size(size: int | None) -> str:
    """A size for the screen: "3.9 GiB", "512 MiB"; unknown is "-" and never 0."""
    if size is None:
        return "-"
    for unit, factor in _UNITS:
        if abs(size) >= factor:
            value = size / factor
            return f"{value:.0f} {unit}" if value >= 100 or value == int(value) else f"{value:.1f} {unit}"
    return f"{size} B"


def format_age(seconds: float | None) -> str:
    """A time span in its two largest units at most: "8s", "3m", "2h05m", "4d3h"; unknown is "-"."""
    if seconds is None:
        return "-"
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s" if whole < 600 else f"{whole // 60}m"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
    return f"{whole // 86400}d{whole % 86400 // 3600}h"


def format_percent(fraction: float | None) -> str:
    """A share between 0 and 1 as "37 %"; unknown is "-"."""
    return "-" if fraction is None else f"{fraction * 100:.0f} %"
