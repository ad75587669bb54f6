"""The few signs that widgets draw with, each with a stand-in for terminals that have only ASCII."""

import locale
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of signs; every sign is one cell wide, `eighths` are eight signs from thin to full."""

    ellipsis: str = "…"
    cursor: str = "▌"
    cursor_blurred: str = "▏"
    mark: str = "●"
    cursor_mark: str = "█"
    ascending: str = "▲"
    descending: str = "▼"
    opened: str = "▾"
    closed: str = "▸"
    branch: str = "├"
    last: str = "└"
    bar: str = "│"
    dash: str = "─"
    heavy_dash: str = "━"
    eighths: str = "▏▎▍▌▋▊▉█"
    empty: str = "─"
    left: str = "◂"
    right: str = "▸"
    waiting: str = "·"
    running: str = "▶"
    good: str = "✓"
    bad: str = "✗"
    blocked: str = "⊘"


UNICODE: Final = Glyphs()
ASCII: Final = Glyphs(
    ellipsis="~", cursor=">", cursor_blurred="|", mark="*", cursor_mark="#", ascending="^", descending="v",
    opened="-", closed="+", branch="|", last="`", bar="|", dash="-", heavy_dash="=", eighths="       #",
    empty=".", left="<", right=">", waiting=".", running=">", good="+", bad="x", blocked="o",
)  # fmt: skip


def suited(encoding: str) -> Glyphs:
    """The set that a terminal of this character encoding can show."""
    return UNICODE if encoding.lower().replace("-", "") in {"utf8", "cp65001"} else ASCII


_active: Glyphs = suited(locale.getpreferredencoding(do_setlocale=False))


def glyphs() -> Glyphs:
    """The set in use in this process."""
    return _active


def use(chosen: Glyphs) -> None:
    """Draw with this set from now on; what is already drawn stays until its next refresh."""
    global _active
    _active = chosen
