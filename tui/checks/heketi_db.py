"""heketi's database itself: operations that nobody ends, and references that lead nowhere (R19-R21)."""

from collections.abc import Iterator

from tui.checks.claim_case import by_hand, fixed_by, found, seen
from tui.checks.heketi_drift_case import CLONE, Drift
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.heketi_consistency import inconsistencies
from tui.core.heketi_dump import HeketiCheck
from tui.core.heketi_model import HeketiOperation
from tui.core.units import format_size
from tui.dialects.heketi_export import import_steps

_SHOWN = 12
_DATABASE = ObjectRef("HeketiDatabase", "", "heketi.db")


def database_rules(drift: Drift, check: HeketiCheck | None) -> Iterator[Finding]:
    """Everything about operations and references."""
    told: set[str] = set()
    for operation in drift.site.operations:
        changed = {change.id for change in operation.changes}
        if not operation.is_stuck or operation.type == CLONE:
            # what an operation works on answers "Id not found" meanwhile
            told |= changed
        if operation.is_stuck:
            yield _stuck_clone(drift, operation) if operation.type == CLONE else _stuck(drift, operation)
    yield from _dangling(drift, check, told)


def _stuck(drift: Drift, operation: HeketiOperation) -> Finding:
    ref = _ref(operation)
    space = _space(drift, operation)
    holds = f"; it holds {format_size(space)}" if space else ""
    why = {
        "stale": "heketi ended while it worked on it, and nobody goes on with it.",
        "failed": "It failed, and taking back what it had done failed too.",
    }.get(operation.status, "Nobody works on it any more.")
    return found(
        "R19", ref, f"operation {operation.type} ({operation.id[:8]}) is {operation.status}{holds}",
        cause=f"{why} Until it is cleaned up its objects keep their space, and devices with its bricks can't be "
        "read anew or taken out.",
        proof=_changes(operation),
        remedies=[
            fixed_by("Let heketi clean it up", "heketi-clean-operation", operation=operation.id),
            by_hand("Where heketi can't (it does not say so): repair the database as an export."),
        ],
        severity=Severity.WARNING,
    )  # fmt: skip


def _stuck_clone(drift: Drift, operation: HeketiOperation) -> Finding:
    ref, changed = _ref(operation), {change.id for change in operation.changes}
    lost = [(path, by) for path, by in drift.site.missing if path.rpartition("/")[2] in changed]
    return found(
        "R20", ref, f"a clone that heketi died in ({operation.id[:8]}) blocks its cluster",
        cause="heketi 10 can't load an operation of this kind again, so that no cleanup ends it. Its source volume "
        "answers 'Id not found', and making any volume in the cluster fails with the same words.",
        proof=[*_changes(operation), *(seen(_DATABASE, f"GET {path}", "Id not found") for path, _ in lost)],
        remedies=repair_remedies(), severity=Severity.ERROR,
    )  # fmt: skip


def _dangling(drift: Drift, check: HeketiCheck | None, told: set[str]) -> Iterator[Finding]:
    """References that lead nowhere, but for those that an operation explains."""
    proof: list[Evidence] = []
    for path, by in drift.site.missing:
        if path.rpartition("/")[2] not in told:
            proof.append(seen(_DATABASE, f"GET {path}, named by {by[:8] or 'heketi'}", "Id not found"))
    words = list(check.words) if check is not None else []
    if not words and drift.dump is not None:
        words = [fault.words for fault in inconsistencies(drift.dump)]
    words = [word for word in words if not any(ident in word for ident in told)]
    count = len(words) or len(proof)
    if not count:
        return
    proof += [seen(_DATABASE, "consistency check", word) for word in words[: _SHOWN - len(proof[:_SHOWN])]]
    yield found(
        "R21", _DATABASE, f"heketi's database does not fit together: {count} reference{'s' * (count > 1)} or sizes",
        cause="heketi was killed while it wrote, or the database was edited. Whatever comes across one of these "
        "answers 'Id not found', and that may be every new volume of the cluster.",
        proof=proof[:_SHOWN], remedies=repair_remedies(),
        severity=Severity.ERROR if drift.site.missing else Severity.WARNING,
    )  # fmt: skip


def repair_remedies() -> list[Remedy]:
    """How a broken database is repaired: the steps are the same for all that is wrong with it."""
    steps = "; ".join(step.partition("    #")[0] for step in import_steps())
    return [
        by_hand(f"Repair the database as an export: {steps}"),
        by_hand("Or restore a backup of the database that is not older than the last volume."),
    ]


def _ref(operation: HeketiOperation) -> ObjectRef:
    return ObjectRef("HeketiOperation", "", operation.id)


def _changes(operation: HeketiOperation) -> list[Evidence]:
    ref = _ref(operation)
    shown = [seen(ref, change.description, change.id) for change in operation.changes[:_SHOWN]]
    return [seen(ref, "status", operation.status or "under way"), *shown]


def _space(drift: Drift, operation: HeketiOperation) -> int:
    """What the devices lack for it, where the database is known."""
    if drift.dump is None:
        return 0
    return sum(one.needed for one in drift.dump.bricks.values() if one.pending == operation.id)
