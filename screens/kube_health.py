"""What the title of the claims pane says: counts by state, what could not be read, how old it is. Pure."""

from collections.abc import Hashable, Mapping
from typing import Final

from screens.health import Part
from screens.words import BAD, DIM, GOOD, PLAIN, WARN, one_line
from tui.core.kube_tables import KubeTables, PartState
from tui.core.units import format_age

_TONES: Final = (GOOD, WARN, BAD)
_WELL: Final = ("bound", "available", "default", "defined")


def grouped(groups: Mapping[Hashable, int], word: str) -> list[Part]:
    """ "212 bound · 3 waiting · 1 lost" of counts by (state, severity); what is bound and faulty stands by itself."""
    parts: list[tuple[int, str, int]] = []
    by_state: dict[str, tuple[int, int]] = {}
    for group, count in groups.items():
        if not count or not isinstance(group, tuple):
            continue
        state, severity = str(group[0]), int(group[1])
        name = f"{state} with faults" if severity and state in _WELL else state
        before = by_state.get(name, (0, 0))
        by_state[name] = (before[0] + count, max(before[1], severity))
    parts = [(severity, name, count) for name, (count, severity) in by_state.items()]
    if not parts:
        return [(f"no {word}", DIM)]
    parts.sort(key=lambda part: (part[1] not in _WELL, -part[0], part[1]))
    return [(f"{count:,} {name}", _TONES[severity]) for severity, name, count in parts]


def source_parts(tables: KubeTables, kind: str, now: float) -> list[Part]:
    """What is not live: first the kind that is shown, then kinds that may not be read."""
    part = tables.parts[kind]
    parts: list[Part] = []
    if not tables.is_listed(kind) and part.state == "loading":
        parts.append((f"{len(tables.table(kind)):,} read…", WARN))
    elif part.state in ("stale", "unreachable"):
        since = f" {format_age(now - part.since)}" if part.since else ""
        why = f": {one_line(part.reason)}" if part.reason else ""
        parts.append((f"{part.state}{since}{why}", BAD if part.state == "unreachable" else WARN))
    denied = denied_kinds(tables)
    if denied:
        parts.append((f"denied: {_denied(tables, denied)}", BAD if kind in denied else WARN))
    if part.only:
        parts.append((f"only namespace {one_line(part.only)}", WARN))
    return parts


def _denied(tables: KubeTables, kinds: list[str]) -> str:
    """ "cannot list storageclasses, secrets +2", or what is wrong with all of them."""
    reasons = {tables.parts[kind].reason for kind in kinds}
    if len(reasons) == 1 and not (reason := reasons.pop()).startswith("cannot ") and reason:
        return one_line(reason)
    more = f" +{len(kinds) - 2}" if len(kinds) > 2 else ""
    return f"cannot list {', '.join(kinds[:2])}{more}"


def denied_kinds(tables: KubeTables) -> list[str]:
    """The kinds that the rights do not reach, in the order in which they matter."""
    return [kind for kind, part in tables.parts.items() if part.state == "denied"]


def banner(tables: KubeTables, now: float) -> tuple[str, str]:
    """One line above the rows where the picture is not whole, with its tone; "" where it is."""
    denied = denied_kinds(tables)
    if denied:
        how = f"kubectl auth can-i list {denied[0]} tells the same."
        return f"▲ denied: {_denied(tables, denied)}. What depends on it is unknown here, not absent; {how}", WARN
    ill = [(kind, part) for kind, part in tables.parts.items() if part.state in ("stale", "unreachable")]
    if ill:
        kind, part = max(ill, key=lambda one: one[1].state == "unreachable")
        return f"▲ {_age(part, now)}: {one_line(part.reason) or 'no answer'} ({kind}); what is shown is older.", WARN
    return "", PLAIN


def _age(part: PartState, now: float) -> str:
    return part.state + (f" {format_age(now - part.since)}" if part.since else "")
