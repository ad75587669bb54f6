"""How far the copies of a volume are apart, and its quotas, as labelled lines. Pure, but for the time of ages."""

from collections.abc import Iterable
from typing import Final

from screens.words import BAD, DIM, GOOD, PLAIN, WARN
from tui.core.heal import BrickHeal, Heal, entries, pending_words, split_brain_words
from tui.core.model import Snapshot, Volume
from tui.core.units import format_age

_ALMOST: Final = 0.8
"""The share of a limit from which on Gluster itself warns, by default."""
Line = tuple[str, str, str]  # label ("" under the one above, "-" a heading), text, style


def heal_lines(snapshot: Snapshot, volume: Volume, now: float) -> Iterable[Line]:
    """What is known, brick by brick where something differs, and how old that is."""
    if not volume.keeps_copies or volume.status != "Started" or not volume.id:
        return
    heal, read_at = volume.heal, snapshot.heals_read.get(volume.id)
    if heal is None or read_at is None:
        why = f"not known: {heal.unread}" if heal is not None and heal.unread else "not compared yet"
        yield ("copies", why, WARN if heal is not None else DIM)
        return
    age = f" ({format_age(max(0.0, now - read_at))} ago)"
    lines = list(_sums(heal))
    yield ("copies", lines[0][0] + age, lines[0][1])
    yield from (("", text, tone) for text, tone in lines[1:])
    yield from ((brick.name, _counts(brick), BAD if brick.split_brain else PLAIN) for brick in heal.bricks
                if brick.pending or brick.split_brain or brick.healing)  # fmt: skip
    yield from ((brick.name, f"not known: {brick.reason}", WARN) for brick in heal.unknown)
    if heal.unread:
        yield ("", f"the last try failed: {heal.unread}", WARN)


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


def _sums(heal: Heal) -> Iterable[tuple[str, str]]:
    if words := split_brain_words(heal):
        yield words, BAD
    if words := pending_words(heal):
        yield words, WARN if heal.pending else PLAIN
    if not heal.is_apart:
        known = len(heal.bricks) - len(heal.unknown)
        yield ("all alike", GOOD) if not heal.unknown else (f"{known} of {len(heal.bricks)} bricks were compared", WARN)


def _counts(brick: BrickHeal) -> str:
    parts = []
    if brick.split_brain:
        parts.append(f"{entries(brick.split_brain)} in split-brain")
    if brick.pending:
        parts.append(f"{brick.pending} pending")
    if brick.healing:
        parts.append(f"{brick.healing} being healed")
    return ", ".join(parts)
