"""What pvs, vgs and lvs say. Sizes are bytes.

Their JSON has text for every value; `json_std` of later releases has numbers and nulls. Both
are read here.
"""

from typing import Any

from tui.core.facts import LogicalVolume, PhysicalVolume, VolumeGroup
from tui.dialects.host_answers import load_json, whole

Row = dict[str, Any]


def _rows(text: str, kind: str) -> list[Row]:
    """The rows of a report. Raises ValueError where it is none."""
    document = load_json(text)
    if not isinstance(document, dict) or "report" not in document:
        raise ValueError(f"LVM's answer is no report: {text.strip()[:60]!r}")
    return [row for report in document["report"] for row in report.get(kind) or []]


def _text(row: Row, column: str) -> str:
    value = row.get(column)
    return "" if value is None else str(value)


def _number(row: Row, name: str) -> str:
    """A kernel device number such as "253:4"; "" where the device is not active (-1) or missing."""
    major, minor = whole(row.get(f"{name}_major")), whole(row.get(f"{name}_minor"))
    return "" if major is None or minor is None or major < 0 or minor < 0 else f"{major}:{minor}"


def _size(row: Row, column: str) -> int:
    return whole(_text(row, column).removesuffix("B")) or 0


def _percent(row: Row, column: str) -> float | None:
    try:
        value = float(_text(row, column))
    except ValueError:
        return None
    return value if value >= 0 else None


def _tags(row: Row, column: str) -> tuple[str, ...]:
    value = row.get(column)
    parts = value if isinstance(value, list) else _text(row, column).split(",")
    return tuple(str(part) for part in parts if part)


def parse_pvs(text: str) -> tuple[PhysicalVolume, ...]:
    """LVM physical volumes. One that is missing has the path "[unknown]" and no number. Raises ValueError."""
    return tuple(
        PhysicalVolume(
            path=_text(row, "pv_name"),
            uuid=_text(row, "pv_uuid"),
            vg=_text(row, "vg_name"),
            size=_size(row, "pv_size"),
            free=_size(row, "pv_free"),
            number=_number(row, "pv"),
            missing=_text(row, "pv_missing") not in ("", "0", "False") or _text(row, "pv_name").startswith("["),
        )
        for row in _rows(text, "pv")
    )


def parse_vgs(text: str) -> tuple[VolumeGroup, ...]:
    """Volume groups. Raises ValueError."""
    return tuple(
        VolumeGroup(
            name=_text(row, "vg_name"),
            uuid=_text(row, "vg_uuid"),
            size=_size(row, "vg_size"),
            free=_size(row, "vg_free"),
            extent=_size(row, "vg_extent_size"),
            tags=_tags(row, "vg_tags"),
        )
        for row in _rows(text, "vg")
    )


def parse_lvs(text: str) -> tuple[LogicalVolume, ...]:
    """Logical volumes, thin pools and their hidden parts. Raises ValueError."""
    return tuple(_logical_volume(row) for row in _rows(text, "lv"))


def _logical_volume(row: Row) -> LogicalVolume:
    name = _text(row, "lv_name")
    return LogicalVolume(
        name=name.strip("[]"),
        vg=_text(row, "vg_name"),
        uuid=_text(row, "lv_uuid"),
        size=_size(row, "lv_size"),
        attr=_text(row, "lv_attr"),
        pool=_text(row, "pool_lv").strip("[]"),
        data_percent=_percent(row, "data_percent"),
        metadata_percent=_percent(row, "metadata_percent"),
        thin_count=whole(_text(row, "thin_count")),
        number=_number(row, "lv_kernel"),
        hidden=name.startswith("["),
        tags=_tags(row, "lv_tags"),
    )
