"""Results on standard output: as a table for people, as JSON or YAML for programs."""

import json
import sys
from collections.abc import Sequence
from typing import Any, Final

import yaml

from tui.core.units import format_age, format_size

FORMATS: Final = ("table", "json", "yaml")
_COLUMNS: Final = {
    "nodes": ("name", "storage", "zone", "state", "age_seconds", "glusterd", "version", "reason"),
    "devices": ("node", "path", "size", "free", "used", "state", "vg", "reason"),
    "bricks": ("volume", "node", "device", "size", "used", "state", "path", "reason"),
    "volumes": ("name", "type", "status", "size", "used", "state", "reason"),
}
_SIZES: Final = ("size", "free", "used")


def show(kind: str, rows: Sequence[dict[str, Any]], output: str) -> None:
    """Print the rows of one kind."""
    if output == "json":
        print(json.dumps(list(rows), indent=2, ensure_ascii=False))
    elif output == "yaml":
        print(yaml.safe_dump(list(rows), sort_keys=False, allow_unicode=True), end="")
    elif not rows:
        note(f"no {kind}")
    else:
        print("\n".join(table(_COLUMNS[kind], rows)))


def table(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> list[str]:
    """Lines with aligned columns; the last one is not padded."""
    titles = [column.removesuffix("_seconds").upper() for column in columns]
    cells = [titles] + [[_cell(column, row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def note(text: str) -> None:
    """A line about progress or a fault, on standard error."""
    print(text, file=sys.stderr, flush=True)


def _cell(column: str, value: object) -> str:
    if column in _SIZES:
        return format_size(value if isinstance(value, int) else None)
    if column == "age_seconds":
        return format_age(value if isinstance(value, float) else None)
    if value is None or value == "":
        return "-" if column != "reason" else ""
    return "".join(c if c.isprintable() else "?" for c in str(value))


def show_result(result: dict[str, Any], output: str) -> None:
    """What came of a change: one line and its faults for people, all of it for programs."""
    if output == "json":
        print(json.dumps(result, indent=2, ensure_ascii=False))
        return
    if output == "yaml":
        print(yaml.safe_dump(result, sort_keys=False, allow_unicode=True), end="")
        return
    counts = ", ".join(f"{count} {status}" for status, count in result["counts"].items())
    print(f"{result['title']}: {counts} in {format_age(result['seconds'])}")
    for step in result["steps"]:
        if step["status"] in ("failed", "not tried", "cancelled"):
            print(f"  {step['status']}: {step['node']}: {step['title']}: {step['reason']}")
    for skip in result["skipped"]:
        if skip["refused"]:
            print(
                f"  refused: {skip['subject']}: {skip['reason']}" + (f" ({skip['remedy']})" if skip["remedy"] else "")
            )
