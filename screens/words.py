"""How states look: a glyph, a word and a tone for each, so that colour is never alone."""

from typing import Final

from tui.core.model import Freshness, Source, State
from tui.core.units import format_age
from tui.widgets.cells import ERROR as BAD
from tui.widgets.cells import GOOD, clean
from tui.widgets.cells import MUTED as DIM
from tui.widgets.cells import WARNING as WARN

__all__ = ["ACCENT", "BAD", "DIM", "GOOD", "PLAIN", "WARN", "freshness_text", "one_line", "state_text"]

ACCENT: Final = "$text-accent"
PLAIN: Final = ""

_STATES: Final = {
    State.ONLINE: ("●", GOOD),
    State.AVAILABLE: ("○", PLAIN),
    State.LISTED: ("·", PLAIN),
    State.STARTING: ("◐", WARN),
    State.STOPPED: ("■", WARN),
    State.DEGRADED: ("▲", BAD),
    State.FOREIGN: ("◇", DIM),
    State.UNKNOWN: ("?", WARN),
    State.OFFLINE: ("✖", BAD),
    State.FAILED: ("✖", BAD),
    State.MISSING: ("✖", BAD),
}

_FRESHNESS: Final = {
    Freshness.CONNECTING: ("◌", WARN, "connecting"),
    Freshness.LIVE: ("●", GOOD, "live"),
    Freshness.STALE: ("◔", WARN, "stale"),
    Freshness.DENIED: ("✖", BAD, "denied"),
    Freshness.UNREACHABLE: ("✖", BAD, "unreachable"),
}


def state_text(state: State) -> str:
    """Glyph and word: "● online"."""
    return f"{_STATES[state][0]} {state.value}"


def state_tone(state: State) -> str:
    """The tone of a state, one of the constants here."""
    return _STATES[state][1]


def freshness_text(source: Source, now: float) -> str:
    """How fresh a source is, in words: "● live 3s", "✖ unreachable 2m14s: no route to host".

    `now` is seconds since the epoch. A source that never answered has no age.
    """
    glyph, _, word = _FRESHNESS[source.freshness]
    age = source.age(now)
    text = f"{glyph} {word}" + (f" {format_age(age)}" if age is not None else "")
    return f"{text}: {one_line(source.reason)}" if source.reason else text


def freshness_tone(source: Source) -> str:
    """The tone of a source's freshness."""
    return _FRESHNESS[source.freshness][1]


def one_line(text: str) -> str:
    """Text from outside on one line, without control characters that could move the cursor."""
    return " ".join(clean(text).split())
