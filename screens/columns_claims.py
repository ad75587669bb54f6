"""A claim as a row: columns, cells, sort keys. Pure."""

from typing import Final

from screens.claim_rows import ClaimRow, look
from screens.kube_spec import KubeSpec, age_cell
from screens.words import DIM, WARN, one_line
from tui.core.kube_policy import short_modes
from tui.core.units import format_size
from tui.widgets.cells import Cell
from tui.widgets.columns import Column

COLUMNS: Final = (
    Column("namespace", "NAMESPACE", least=8),
    Column("name", "CLAIM", grow=1, least=12),
    Column("state", "STATE", grow=3, least=36, priority=1),
    Column("class", "CLASS", least=6, priority=3, cut="middle"),
    Column("size", "SIZE", 8, align="right", kind="size", priority=2),
    Column("modes", "MODES", least=5, priority=4),
    Column("volume", "VOLUME", least=8, priority=6),
    Column("pods", "WAITING PODS", least=8, priority=5),
    Column("age", "AGE", 4, align="right", kind="age", priority=4),
)


def size_of(row: ClaimRow) -> int | None:
    """What a bound claim has, what another asks for; bytes."""
    claim = row.claim
    return None if claim is None else claim.capacity if claim.is_bound and claim.capacity else claim.request


def cells(row: ClaimRow, now: float) -> tuple[Cell, ...]:
    """The row at `now` (seconds since the epoch)."""
    sign, tone = look(row.state, row.severity)
    claim = row.claim
    return (
        one_line(row.key[0]),
        one_line(row.key[1]),
        (f"{sign} {one_line(row.text)}", tone),
        one_line(claim.class_name) or ("none", DIM) if claim else "",
        format_size(size_of(row)) if claim else "",
        short_modes(claim.access_modes) if claim else "",
        (one_line(claim.volume_name), DIM) if claim else "",
        (pods_text(row), WARN),
        age_cell(claim.created, now) if claim else "",
    )


def pods_text(row: ClaimRow) -> str:
    """ "web-0 +2"."""
    return one_line(row.pod) + (f" +{row.pods - 1}" if row.pods > 1 else "")


def texts(row: ClaimRow) -> dict[str, str]:
    """What a filter looks in."""
    claim = row.claim
    found = {"namespace": row.key[0], "name": row.key[1], "state": one_line(row.text), "pods": row.pod}
    if claim is not None:
        found |= {
            "class": claim.class_name, "size": format_size(size_of(row)), "modes": short_modes(claim.access_modes),
            "volume": claim.volume_name,
        }  # fmt: skip
    return found


CLAIMS: Final = KubeSpec[ClaimRow](
    COLUMNS, cells, lambda row: row.key, lambda row: row.severity, texts,
    {
        "namespace": lambda row: (),
        "name": lambda row: (row.key[1],),
        "state": lambda row: (-row.severity, row.state == "bound", row.state),
        "class": lambda row: (row.claim.class_name if row.claim else "",),
        "size": lambda row: (size_of(row) or -1,),
        "modes": lambda row: (row.claim.access_modes if row.claim else (),),
        "volume": lambda row: (row.claim.volume_name if row.claim else "",),
        "pods": lambda row: (-row.pods,),
        "age": lambda row: (-row.claim.created if row.claim else 0.0,),
    },
    lambda row: row.claim.created if row.claim else 0.0,
)  # fmt: skip
