"""A bar that shows how full something is."""

from typing import Final

from rich.text import Text

from tui.widgets.cells import ERROR, GOOD, MUTED, WARNING
from tui.widgets.glyphs import Glyphs, glyphs

WARN_FROM: Final = 0.80
FULL_FROM: Final = 0.95


def usage_bar(fraction: float | None, width: int, signs: Glyphs | None = None) -> Text:
    """A share between 0 and 1 as bar and number, `width` cells in all; no share is shown as unknown, not as empty.

    From 80 % it warns and from 95 % it alarms, by colour and by "!" and "!!" beside the number.
    More than 1 (an overbooked thin pool) is a full bar with the true number.
    """
    if fraction is None:
        return Text("unknown"[:width].rjust(width), style=MUTED)
    signs = signs or glyphs()
    tone, alarm = _level(fraction)
    number = f"{fraction * 100:.0f}%{alarm:<2}"
    room = width - max(7, len(number) + 1)
    if room < 3:
        return Text(number.strip().rjust(width), style=tone)
    filled, rest = divmod(round(min(1.0, max(0.0, fraction)) * room * 8), 8)
    bar = signs.eighths[7] * filled + (signs.eighths[rest - 1] if rest else "")
    text = Text().append(bar.rstrip(), style=tone)
    text.append(signs.empty * (room - len(text)), style=MUTED)
    text.append(number.rjust(width - room), style=tone)
    return text


def _level(fraction: float) -> tuple[str, str]:
    if fraction >= FULL_FROM:
        return ERROR, "!!"
    return (WARNING, "!") if fraction >= WARN_FROM else (GOOD, "")
