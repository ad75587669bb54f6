"""A volume as a row: columns, cells, sort keys. Pure."""

from typing import Final

from screens.table_spec import Ranked, TableSpec, use_cell
from screens.words import DIM, PLAIN, one_line, state_text, state_tone
from tui.core.heal import pending_words
from tui.core.model import Volume
from tui.core.units import format_size
from tui.widgets.cells import Cell
from tui.widgets.columns import Column

COLUMNS: Final = (
    Column("state", "STATE", 10),
    Column("name", "VOLUME", grow=1, least=16),
    Column("type", "TYPE", least=11, priority=1),
    Column("size", "SIZE", 8, align="right", kind="size"),
    Column("use", "USE", 13, kind="share"),
    Column("bricks", "BRICKS", 6, align="right", priority=4),
    Column("reason", "WHY", grow=2, least=11, priority=3),
)


def fullness(volume: Volume) -> float | None:
    """The share of the volume that is used, 0 to 1; None when unknown."""
    return volume.used / volume.size if volume.size and volume.used is not None else None


def why(volume: Volume) -> tuple[str, str]:
    """The reason of its state with its tone; of one that is well, what waits to be healed."""
    if volume.reason:
        return volume.reason, state_tone(volume.state)
    return pending_words(volume.heal), DIM


def cells(volume: Volume) -> tuple[Cell, ...]:
    """The row."""
    text, tone = why(volume)
    return (
        (state_text(volume.state), state_tone(volume.state)),
        one_line(volume.name),
        (one_line(volume.type), DIM if volume.replica != 1 else PLAIN),
        format_size(volume.size),
        use_cell(fullness(volume)),
        str(len(volume.bricks)),
        (one_line(text), tone),
    )


def rank(volume: Volume, column: str) -> Ranked:
    """What a column sorts by; state sorts faults first."""
    values: dict[str, Ranked] = {
        "state": (-volume.state.severity, volume.state.value),
        "name": (volume.name,),
        "type": (volume.type,),
        "size": (-1 if volume.size is None else volume.size,),
        "use": (-1.0 if (share := fullness(volume)) is None else share,),
        "bricks": (len(volume.bricks),),
        "reason": (why(volume)[0] == "", why(volume)[0]),
    }
    return values[column]


VOLUMES: Final = TableSpec[Volume](
    COLUMNS, cells, lambda volume: volume.name, rank, lambda volume: volume.state.severity,
    then=lambda volume: (volume.name,),
)  # fmt: skip
