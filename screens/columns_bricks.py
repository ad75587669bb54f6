"""A brick as a row: columns, cells, sort keys. Pure."""

from typing import Final

from screens.table_spec import Ranked, TableSpec, use_cell
from screens.words import DIM, one_line, state_text, state_tone
from tui.core.model import Brick
from tui.core.units import format_percent, format_size
from tui.widgets.cells import Cell
from tui.widgets.columns import Column

COLUMNS: Final = (
    Column("state", "STATE", 10),
    Column("volume", "VOLUME", grow=1, least=10),
    Column("node", "NODE", least=8),
    Column("device", "DEVICE", least=8),
    Column("size", "SIZE", 8, align="right", kind="size", priority=2),
    Column("use", "USE", 13, kind="share", priority=1),
    Column("set", "SET", 4, align="right", priority=5),
    Column("reason", "WHY", grow=2, least=11, priority=3),
)


def fullness(brick: Brick) -> float | None:
    """The share of the file system that is used, 0 to 1; None when unknown."""
    return brick.used / brick.size if brick.size and brick.used is not None else None


def cells(brick: Brick) -> tuple[Cell, ...]:
    """The row."""
    return (
        (state_text(brick.state), state_tone(brick.state)),
        one_line(brick.volume),
        one_line(brick.node or brick.host),
        one_line(brick.device) or ("unknown", DIM),
        format_size(brick.size),
        use_cell(fullness(brick)),
        (str(brick.set + 1) + (" a" if brick.arbiter else ""), DIM),
        (reason(brick), state_tone(brick.state)),
    )


def reason(brick: Brick) -> str:
    """Why it is not well, or that its thin pool runs full before its file system does."""
    if brick.reason:
        return one_line(brick.reason)
    for name, percent in (("data", brick.data_percent), ("metadata", brick.metadata_percent)):
        if percent is not None and percent >= 80:
            return f"thin pool {name} {format_percent(percent / 100)} full"
    return ""


def rank(brick: Brick, column: str) -> Ranked:
    """What a column sorts by; state sorts faults first."""
    values: dict[str, Ranked] = {
        "state": (-brick.state.severity, brick.state.value),
        "volume": (brick.volume, brick.set),
        "node": (brick.node or brick.host, brick.device),
        "device": (brick.device, brick.node),
        "size": (-1 if brick.size is None else brick.size,),
        "use": (-1.0 if (share := fullness(brick)) is None else share,),
        "set": (brick.set,),
        "reason": (reason(brick) == "", reason(brick)),
    }
    return values[column]


BRICKS: Final = TableSpec[Brick](
    COLUMNS, cells, lambda brick: brick.key, rank, lambda brick: brick.state.severity,
    then=lambda brick: (brick.volume, brick.set, brick.host, brick.path),
)  # fmt: skip
