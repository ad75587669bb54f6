"""A StorageClass as a row: columns, cells, sort keys. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from screens.claim_rows import look
from screens.kube_spec import KubeSpec, age_cell
from screens.words import DIM, WARN, one_line
from tui.core.finding import Finding, Severity
from tui.core.kube import StorageClass
from tui.core.kube_tables import KubeTables
from tui.widgets.cells import Cell
from tui.widgets.columns import Column

COLUMNS: Final = (
    Column("name", "STORAGECLASS", grow=1, least=12),
    Column("state", "STATE", grow=2, least=20, priority=1),
    Column("provisioner", "PROVISIONER", grow=1, least=16, priority=2),
    Column("policy", "POLICY", 7, priority=3),
    Column("binding", "BINDING", least=9, priority=5),
    Column("expands", "GROWS", 5, priority=5),
    Column("claims", "CLAIMS", 6, align="right", kind="number", priority=2),
    Column("waiting", "WAITING", 7, align="right", kind="number", priority=2),
    Column("volumes", "VOLUMES", 7, align="right", kind="number", priority=4),
    Column("age", "AGE", 4, align="right", kind="age", priority=4),
)


Faults = Callable[[StorageClass], Iterable[Finding]]
_WEIGHTS: Final = {Severity.ERROR: 2, Severity.WARNING: 1}


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A StorageClass with what hangs on it. `storage_class` is None for one that claims ask for and that is missing.

    `reason` says what is wrong with it, "" when nothing is.
    """

    name: str
    storage_class: StorageClass | None
    claims: int
    waiting: int
    volumes: int
    defaults: int = 1
    reason: str = ""
    severity: int = 0

    @property
    def state(self) -> str:
        """One word."""
        if self.storage_class is None:
            return "missing"
        return "default" if self.storage_class.is_default else "defined"

    @property
    def text(self) -> str:
        """ "default: one of 2 defaults"."""
        return f"{self.state}: {self.reason}" if self.reason else self.state


def class_rows(tables: KubeTables, faults: Faults = lambda one: ()) -> list[ClassRow]:
    """All StorageClasses, and those that waiting claims miss; counts come from indexes.

    `faults` tells what is wrong with one that is there, the worst first.
    """
    defaults = len(tables.default_classes())
    rows = [_row(tables, one.name, one, defaults, faults(one)) for one in tables.classes.values()]
    if tables.is_listed("storageclasses") and tables.parts["storageclasses"].state != "denied":
        missing = [name for name in tables.unknown_classes() if not any(True for _ in tables.open_volumes(name))]
        rows += [_row(tables, name, None, defaults) for name in missing]
    return rows


def _row(
    tables: KubeTables, name: str, one: StorageClass | None, defaults: int, faults: Iterable[Finding] = ()
) -> ClassRow:
    waiting = len(tables.index("pending.class", name))
    reason, severity = "", 0
    if one is None:
        reason, severity = f"{waiting} claim{'s ask' if waiting != 1 else ' asks'} for it", 2
    elif one.is_default and defaults > 1:
        reason, severity = f"one of {defaults} that are marked as default", 1
    for finding in faults:
        if (weight := _WEIGHTS.get(finding.severity, 0)) > severity:
            reason, severity = finding.sentence, weight
    return ClassRow(
        name, one, len(tables.index("claims.class", name)), waiting, len(tables.index("volumes.class", name)),
        defaults, reason, severity,
    )  # fmt: skip


def cells(row: ClassRow, now: float) -> tuple[Cell, ...]:
    """The row at `now` (seconds since the epoch)."""
    sign, tone = look(row.state, row.severity)
    one = row.storage_class
    return (
        one_line(row.name),
        (f"{sign} {one_line(row.text)}", tone),
        one_line(one.provisioner) if one else "",
        one.reclaim_policy if one else "",
        ("first pod" if one.waits_for_consumer else "at once") if one else "",
        ("yes" if one.expands else "no") if one else "",
        (str(row.claims) if row.claims else "", DIM),
        (str(row.waiting) if row.waiting else "", WARN),
        (str(row.volumes) if row.volumes else "", DIM),
        age_cell(one.created, now) if one else "",
    )


def texts(row: ClassRow) -> dict[str, str]:
    """What a filter looks in."""
    one = row.storage_class
    found = {"name": row.name, "state": one_line(row.text)}
    if one is not None:
        binding = "first pod" if one.waits_for_consumer else "at once"
        found |= {
            "provisioner": one.provisioner, "policy": one.reclaim_policy, "binding": binding,
            "expands": "yes" if one.expands else "no",
        }  # fmt: skip
    return found


CLASSES: Final = KubeSpec[ClassRow](
    COLUMNS, cells, lambda row: ("", row.name), lambda row: row.severity, texts,
    {
        "name": lambda row: (),
        "state": lambda row: (-row.severity, row.state),
        "provisioner": lambda row: (row.storage_class.provisioner if row.storage_class else "",),
        "policy": lambda row: (row.storage_class.reclaim_policy if row.storage_class else "",),
        "binding": lambda row: (bool(row.storage_class and row.storage_class.waits_for_consumer),),
        "expands": lambda row: (bool(row.storage_class and row.storage_class.expands),),
        "claims": lambda row: (-row.claims,),
        "waiting": lambda row: (-row.waiting,),
        "volumes": lambda row: (-row.volumes,),
        "age": lambda row: (-row.storage_class.created if row.storage_class else 0.0,),
    },
    lambda row: row.storage_class.created if row.storage_class else 0.0,
)  # fmt: skip
