"""How far the copies of a volume are apart, and its quotas, as labelled lines. Pure, but for the time of ages."""

from collections.abc import Iterable
from typing import Final

from screens.words import BAD, DIM, GOOD, PLAIN, WARN
from tui.core.heal import BrickHeal, Heal, entries, pending_words, split_brain_words
from tui.core.model import Snapshot, Volume
from tui.core.units import format_age

_ALMOST: Final = 0.8
"""The share of a limit from which on Gluster itself warns, by default."""
_MOST_FILES: Final = 5
Line = tuple[str, str, str]  # label ("" under the one above, "-" a heading), text, style


def heal_lines(snapshot: Snapshot, volume: Volume, now: float) -> Iterable[Line]:
    """What is known of all bricks together, and how old that is."""
    if not volume.keeps_copies or volume.status != "Started" or not volume.id:
        return
    heal, read_at = volume.heal, snapshot.heals_read.get(volume.id)
    if heal is None or read_at is None:
        why = f"not known: {heal.unread}" if heal is not None and heal.unread else "not compared yet"
        yield ("copies", why, WARN if heal is not None else DIM)
        return
    age = f" ({format_age(max(0.0, now - read_at))} ago)"
    text, tone = _sums(heal)
    yield ("copies", text + age, tone)
    if heal.files:
        more = f" and {len(heal.files) - _MOST_FILES} more" if len(heal.files) > _MOST_FILES else ""
        yield ("split-brain", ", ".join(heal.files[:_MOST_FILES]) + more, BAD)
    if heal.unread:
        yield ("compared", f"the last try failed: {heal.unread}", WARN)


def quota_lines(snapshot: Snapshot, volume: Volume, now: float) -> Iterable[Line]:
    """The limits of its folders, and what is used of them, where it has them switched on."""
    if not volume.has_quotas or volume.status != "Started":
        return
    read_at = snapshot.quotas_read.get(volume.id)
    if read_at is None:
        yield ("-", "quotas", PLAIN)
        yield ("", "not read yet", DIM)
        return
    yield ("-", f"quotas ({format_age(max(0.0, now - read_at))} ago)", PLAIN)
    if not volume.quotas:
        yield ("", "no folder has a limit", DIM)
    for quota in volume.quotas:
        almost = quota.used is not None and quota.used >= _ALMOST * quota.limit
        words = f"{quota.words}, used up" if quota.is_reached else quota.words
        yield (quota.path, words, BAD if quota.is_reached else WARN if almost else PLAIN)


def _sums(heal: Heal) -> tuple[str, str]:
    """All in one sentence, with its tone."""
    if heal.is_apart:
        words = "; ".join(part for part in (split_brain_words(heal), pending_words(heal)) if part)
        return words, BAD if heal.split_brain else WARN if heal.pending else PLAIN
    if heal.unknown:
        return f"{len(heal.bricks) - len(heal.unknown)} of {len(heal.bricks)} bricks were compared", WARN
    return "all alike", GOOD


def brick_notes(heal: Heal | None) -> dict[tuple[str, str], str]:
    """What each brick (host, path) counts, where that is not nothing: "3 entries in split-brain, 4 pending"."""
    notes = {(brick.host, brick.path): _counts(brick) for brick in heal.bricks} if heal is not None else {}
    return {key: note for key, note in notes.items() if note}


def _counts(brick: BrickHeal) -> str:
    parts = [f"not compared ({brick.reason})"] if brick.split_brain is None else []
    if brick.split_brain:
        parts.append(f"{entries(brick.split_brain)} in split-brain")
    if brick.pending:
        parts.append(f"{brick.pending} pending")
    if brick.healing:
        parts.append(f"{brick.healing} being healed")
    return ", ".join(parts)
