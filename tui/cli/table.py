"""Rows as aligned text; on a terminal it is made to fit."""

import re
import textwrap
from collections.abc import Sequence
from typing import Any, Final

from tui.core.units import format_age, format_size

Rows = Sequence[dict[str, Any]]
_SIZES: Final = ("size", "free", "used")
_NUMBERS: Final = (*_SIZES, "zone", "age_seconds", "bricks", "claims", "waiting")
# what a narrow terminal does without, first first; JSON has it all
_SPARE: Final = (
    "path", "vg", "version", "used", "bricks", "storage", "glusterd", "reclaim_policy", "pods", "access_modes",
    "gluster_volume", "age_seconds", "pv",
)  # fmt: skip
_MODES: Final = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
_ID: Final = re.compile(r"([0-9a-f]{6})[0-9a-f]{26}")


def table(columns: Sequence[str], rows: Rows) -> list[str]:
    """Lines with aligned columns: numbers right, the last one not padded, no column of reasons where all is well."""
    columns = [c for c in columns if c != "reason" or any(row.get(c) for row in rows)]
    titles = [column.removesuffix("_seconds").upper() for column in columns]
    cells = [titles] + [[cell(column, row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return ["  ".join(map(_aligned, columns, line, widths)).rstrip() for line in cells]


def narrow_table(columns: Sequence[str], rows: Rows, width: int) -> list[str]:
    """The table in so many columns of text: ids are cut, reasons stand below their rows, the least needed goes."""
    whole = table(columns, rows)
    if _fits(whole, width):
        return whole
    facts = [c for c in columns if c != "reason"]
    short = [{**row, **{c: short_ids(row[c]) for c in facts if isinstance(row.get(c), str)}} for row in rows]
    lines = table(facts, short)
    # the path of a device is its name, that of a brick is long
    spare = [c for c in _SPARE if c in facts and not (c == "path" and "volume" not in facts)]
    while spare and not _fits(lines, width):
        facts.remove(spare.pop(0))
        lines = table(facts, short)
    result = lines[:1]
    for line, row in zip(lines[1:], rows, strict=True):
        result.append(line)
        if row.get("reason"):
            result += wrapped(cell("reason", row["reason"]), width, "    ")
    return result


def wrapped(text: str, width: int, indent: str) -> list[str]:
    """Text in lines of so many columns, each with an indent; words are never cut."""
    return textwrap.wrap(
        text, max(30, width - 1), initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def short_ids(text: str) -> str:
    """Ids of 32 hexadecimal digits cut to the first six."""
    return _ID.sub(r"\1…", text)


def cell(column: str, value: object) -> str:
    """One value as people read it."""
    if column in _SIZES:
        return format_size(value if isinstance(value, int) else None)
    if column == "age_seconds":
        return format_age(value if isinstance(value, float) else None)
    if isinstance(value, list):
        value = ",".join(_MODES.get(str(item), str(item)) for item in value)
    if isinstance(value, bool):
        value = "yes" if value else ""
    if value is None or value == "":
        return "-" if column != "reason" else ""
    return "".join(c if c.isprintable() else "?" for c in str(value))


def _aligned(column: str, text: str, width: int) -> str:
    return text.rjust(width) if column in _NUMBERS else text.ljust(width)


def _fits(lines: Sequence[str], width: int) -> bool:
    return all(len(line) <= width for line in lines)
