"""A PersistentVolume as a row: columns, cells, sort keys. Pure."""

from typing import Final

from screens.claim_rows import look
from screens.kube_spec import KubeSpec, age_cell
from screens.words import DIM, one_line
from tui.core.chain_kube import source_words, volume_words
from tui.core.kube import PersistentVolume
from tui.core.kube_policy import short_modes
from tui.core.units import format_size
from tui.widgets.cells import Cell
from tui.widgets.columns import Column

COLUMNS: Final = (
    Column("name", "PERSISTENTVOLUME", grow=1, least=16),
    Column("state", "STATE", grow=2, least=24, priority=1),
    Column("claim", "CLAIM", grow=1, least=12, priority=2),
    Column("class", "CLASS", least=6, priority=4, cut="middle"),
    Column("size", "SIZE", 8, align="right", kind="size", priority=2),
    Column("modes", "MODES", least=5, priority=4),
    Column("policy", "POLICY", 7, priority=3),
    Column("source", "SOURCE", grow=1, least=12, priority=5),
    Column("age", "AGE", 4, align="right", kind="age", priority=5),
)


def state_text(volume: PersistentVolume) -> str:
    """ "released: shop/db was deleted; the data is still there"."""
    word, reason, _ = volume_words(volume)
    return one_line(f"{word}: {reason}" if reason else word)


def severity(volume: PersistentVolume) -> int:
    """0 is well, 1 wants a look, 2 is a fault."""
    return 0 if volume.is_settled and volume.deleted is None else volume_words(volume)[2]


def claim_text(volume: PersistentVolume) -> str:
    """ "shop/db", "" where it is free."""
    return "/".join(volume.claim.key) if volume.claim else ""


def cells(volume: PersistentVolume, now: float) -> tuple[Cell, ...]:
    """The row at `now` (seconds since the epoch)."""
    sign, tone = look(volume_words(volume)[0], severity(volume))
    return (
        one_line(volume.name),
        (f"{sign} {state_text(volume)}", tone),
        one_line(claim_text(volume)) or ("free", DIM),
        one_line(volume.class_name) or ("none", DIM),
        format_size(volume.capacity),
        short_modes(volume.access_modes),
        volume.reclaim_policy,
        (one_line(source_words(volume)), DIM),
        age_cell(volume.created, now),
    )


def texts(volume: PersistentVolume) -> dict[str, str]:
    """What a filter looks in."""
    return {
        "name": volume.name, "state": state_text(volume), "claim": claim_text(volume), "class": volume.class_name,
        "size": format_size(volume.capacity), "modes": short_modes(volume.access_modes),
        "policy": volume.reclaim_policy, "source": source_words(volume),
    }  # fmt: skip


PERSISTENT: Final = KubeSpec[PersistentVolume](
    COLUMNS, cells, lambda volume: volume.key, severity, texts,
    {
        "name": lambda volume: (),
        "state": lambda volume: (-severity(volume), volume.phase),
        "claim": lambda volume: (claim_text(volume),),
        "class": lambda volume: (volume.class_name,),
        "size": lambda volume: (volume.capacity or -1,),
        "modes": lambda volume: (volume.access_modes,),
        "policy": lambda volume: (volume.reclaim_policy,),
        "source": lambda volume: (source_words(volume),),
        "age": lambda volume: (-volume.created,),
    },
    lambda volume: volume.created,
)  # fmt: skip
