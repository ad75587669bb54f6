"""The name that was probably meant, among those that exist.

A cluster may have tens of thousands of names, and as many claims that name what is not there: answers are kept for a
while, of many names only those like it at one end are compared, and among very many nothing is guessed.
"""

from bisect import bisect
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import lru_cache
from heapq import nsmallest
from itertools import islice
from typing import Final

from tui.core.kube import Key

MOST: Final = 2000
_COMPARED: Final = 24
"""How many neighbours in the alphabet are looked at, read from the front and from the back."""
_LIKELY: Final = 8
"""How many of them are compared letter by letter: those that share most of their ends."""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The name that was probably meant, "" when none is like it, or there are more than `MOST`. Case does not count."""
    listed = frozenset(islice(names, MOST + 1))
    return "" if len(listed) > MOST else _meant(name, listed)


def meant_among(name: str, keys: Collection[Key]) -> str:
    """The same among the names of objects."""
    return "" if len(keys) > MOST else did_you_mean(name, (key[1] for key in keys))


@lru_cache(maxsize=64)
def _meant(name: str, names: frozenset[str]) -> str:
    known = {one.lower(): one for one in sorted(names, reverse=True)}
    wanted = name.lower()
    if wanted in known:
        return known[wanted]
    near = _neighbours(wanted, known)
    likely = nsmallest(_LIKELY, near, key=lambda one: (-_in_common(wanted, one), one))
    close = get_close_matches(wanted, likely, 1, 0.7)
    if not close and len(wanted) > 3:
        close = [one for one in near if wanted in one or (len(one) > 3 and one in wanted)]
    return known[close[0]] if close else ""


def _in_common(one: str, other: str) -> int:
    """How many letters two names share at the beginning and at the end."""
    return _same(one, other) + _same(one[::-1], other[::-1])


def _same(one: str, other: str) -> int:
    """How many letters two names begin with alike."""
    count = 0
    for mine, its in zip(one, other, strict=False):
        if mine != its:
            break
        count += 1
    return count


def _neighbours(wanted: str, known: Iterable[str]) -> list[str]:
    """The names that begin or end most like a name, all of few ones, in the order of the alphabet."""
    ordered = sorted(known)
    if len(ordered) <= 2 * _COMPARED:
        return ordered
    turned = sorted(one[::-1] for one in ordered)
    return sorted({*_around(wanted, ordered), *(one[::-1] for one in _around(wanted[::-1], turned))})


def _around(wanted: str, ordered: list[str]) -> list[str]:
    place = bisect(ordered, wanted)
    return ordered[max(0, place - _COMPARED // 2) : place + _COMPARED // 2]
