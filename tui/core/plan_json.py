"""Plans as plain JSON values, to be kept in a journal and read again by a later version.

Fields that a later version added have defaults, so that an older plan can still be read. A field
that this version does not know is refused: running a plan without understanding all of it is not safe.
"""

from dataclasses import asdict, fields
from typing import Any

from tui.core.plan import Check, Command, Danger, Plan, Skipped, Step


def dump_plan(plan: Plan) -> dict[str, Any]:
    """The plan as dictionaries, lists, texts and numbers."""
    return asdict(plan)


def read_plan(value: dict[str, Any]) -> Plan:
    """The plan that `dump_plan` wrote. Raises ValueError where it is none, or from a newer version."""
    try:
        data = _known(Plan, value)
        data["steps"] = tuple(_step(step) for step in data["steps"])
        data["skipped"] = tuple(Skipped(**_known(Skipped, skip)) for skip in data.get("skipped", ()))
        data["warnings"] = tuple(data.get("warnings", ()))
        return Plan(**data)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"this is no plan: {error}") from error


def _known(kind: type[Any], value: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    strange = sorted(set(value) - names)
    if strange:
        raise ValueError(f"a newer version wrote this plan: {kind.__name__} has {', '.join(strange)}")
    return dict(value)


def _step(value: dict[str, Any]) -> Step:
    data = _known(Step, value)
    for name in ("commands", "undo"):
        data[name] = tuple(_command(command) for command in data.get(name, ()))
    for name in ("needs", "after"):
        data[name] = tuple(data.get(name, ()))
    for name in ("done", "settled", "undone"):
        data[name] = _check(data[name]) if data.get(name) else None
    for name in ("guards", "undo_guards"):
        data[name] = tuple(_check(guard) for guard in data.get(name, ()))
    data["danger"] = Danger(data.get("danger", Danger.CHANGES))
    return Step(**data)


def _check(value: dict[str, Any]) -> Check:
    data = _known(Check, value)
    data["command"] = _command(data["command"])
    data["also"] = _check(data["also"]) if data.get("also") else None
    data["fields"] = tuple((pointer, value) for pointer, value in data.get("fields", ()))
    return Check(**data)


def _command(value: dict[str, Any]) -> Command:
    data = _known(Command, value)
    data["argv"] = tuple(data["argv"])
    data["ok"] = tuple(data.get("ok", (0,)))
    return Command(**data)
