"""Cells: text from anywhere made safe to show, measured and cut to an exact width.

Widths are terminal cells: a CJK character counts two, a combining mark none.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from tui.widgets.glyphs import glyphs

Cell: TypeAlias = str | Text | tuple[str, str]
"""Plain text, text with a Textual style ("bold", "$text-error"), or a Rich Text whose span styles are such."""

Run: TypeAlias = tuple[str, str]
"""A piece of clean text and its style; "" is the style of the line."""

Align: TypeAlias = Literal["left", "right"]
Cut: TypeAlias = Literal["end", "middle"]

GOOD: Final = "$text-success"
WARNING: Final = "$text-warning"
ERROR: Final = "$text-error"
MUTED: Final = "dim"

_ESCAPES: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor movement
    r"|(?:\x1b\]|\x9d).*?(?:\x07|\x1b\\|\x9c|$)"  # operating system commands: title, clipboard, links
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f]).*?(?:\x1b\\|\x9c|$)"  # device control and other strings
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)


def clean(text: str) -> str:
    """`text` on one line without escape sequences; other control characters are made visible."""
    if text.isprintable():
        return text
    return "".join(map(_visible, _ESCAPES.sub("", text)))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if character.isspace():
        return " "
    if unicodedata.category(character) == "Cc" and ord(character) < 32:
        return chr(0x2400 + ord(character))
    return "\N{REPLACEMENT CHARACTER}"


def runs(cell: Cell) -> list[Run]:
    """The cell as pieces of clean text with one style each."""
    if isinstance(cell, str):
        return [(clean(cell), "")]
    if isinstance(cell, tuple):
        return [(clean(cell[0]), cell[1])]
    edges = sorted({0, len(cell), *(edge for span in cell.spans for edge in (span.start, span.end))})
    pieces = []
    for start, end in pairwise(edges):
        styles = [cell.style, *(span.style for span in cell.spans if span.start <= start and end <= span.end)]
        pieces.append((clean(cell.plain[start:end]), " ".join(filter(None, map(str, styles)))))
    return pieces


def width_of(pieces: Iterable[Run]) -> int:
    """Terminal cells that the pieces take."""
    return sum(len(text) if text.isascii() else cell_len(text) for text, _ in pieces)


def fit(pieces: Sequence[Run], width: int, align: Align = "left", cut: Cut = "end") -> list[Run]:
    """The pieces padded, or cut with an ellipsis, to exactly `width` cells."""
    room = width - width_of(pieces)
    if room < 0:
        return _cut_middle(*pieces[0], width) if cut == "middle" and len(pieces) == 1 else _cut(pieces, width)
    if room == 0:
        return list(pieces)
    padding = (" " * room, "")
    return [padding, *pieces] if align == "right" else [*pieces, padding]


def shorten(text: str, width: int) -> str:
    """`text` cleaned, and cut with an ellipsis when it takes more than `width` cells."""
    text = clean(text)
    return text if width_of([(text, "")]) <= width else "".join(piece for piece, _ in _cut([(text, "")], width))


def _cut_middle(text: str, style: str, width: int) -> list[Run]:
    """The beginning and the end of a text, an ellipsis between them."""
    tail = max(0, width - 1) // 2
    end = next((text[place:] for place in range(len(text)) if cell_len(text[place:]) <= tail), "")
    head = width - 1 - cell_len(end)
    return [(set_cell_size(text, head) + glyphs().ellipsis + end, style)] if width > 0 else []


def _cut(pieces: Sequence[Run], width: int) -> list[Run]:
    kept: list[Run] = []
    room = width - 1
    for text, style in pieces:
        length = cell_len(text)
        if length > room:
            return [*kept, (set_cell_size(text, room) + glyphs().ellipsis, style)] if width > 0 else []
        kept.append((text, style))
        room -= length
    return kept
