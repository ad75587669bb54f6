"""Text from anywhere becomes safe text of an exact width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from tui.widgets.bar import usage_bar
from tui.widgets.cells import clean, fit, runs, shorten, width_of
from tui.widgets.columns import Column, lay_out
from tui.widgets.glyphs import ASCII, UNICODE, suited


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("path [/var/lib]", "path [/var/lib]"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jgone", "gone"),
        ("\x1bP1$tsecret\x1b\\after", "after"),
        ("a\r\nb\tc", "a  b c"),
        ("bell\x07", "bell␇"),
        ("\u202eevil", "\ufffdevil"),
        ("bad\udcff", "bad\ufffd"),
        ("日本", "日本"),
    ],
)
def test_clean(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@given(st.text())
def test_cleaned_text_is_printable_and_stays_as_it_is(raw: str) -> None:
    once = clean(raw)
    assert once.isprintable()
    assert clean(once) == once


@given(st.lists(st.tuples(st.text(), st.just("")), max_size=4), st.integers(1, 40), st.sampled_from(["left", "right"]))
def test_fit_is_exact(pieces: list[tuple[str, str]], width: int, align: str) -> None:
    cleaned = [(clean(text), style) for text, style in pieces]
    fitted = fit(cleaned, width, "left" if align == "left" else "right")
    assert width_of(fitted) == width


@given(st.text(), st.integers(1, 40))
def test_a_cut_in_the_middle_is_exact(raw: str, width: int) -> None:
    assert width_of(fit([(clean(raw), "")], width, cut="middle")) == width


def test_names_that_differ_at_their_ends_stay_apart() -> None:
    names = ("gluster-replica-3", "gluster-replica3")
    assert [fit([(name, "")], 10, cut="middle") for name in names] == [[("glust…ca-3", "")], [("glust…ica3", "")]]
    assert fit([("日本語日本語", "")], 6, cut="middle") == [("日 …語", "")]


def test_cutting_a_wide_character_pads() -> None:
    assert fit([("日本語", "")], 4) == [("日 …", "")]
    assert cell_len(shorten("日本語", 4)) == 4


def test_text_spans_keep_their_styles() -> None:
    text = Text("ab[c]").append("\x1b[1m!", style="bold")
    assert runs(text) == [("ab[c]", ""), ("!", "bold")]


def test_columns_vanish_by_priority_and_share_what_is_left() -> None:
    columns = [Column("a", "A", grow=1), Column("b", "B", width=10, priority=1), Column("c", "C", width=10, priority=2)]
    wide = lay_out(columns, [20, 1, 1], 80)
    assert (wide.places, wide.widths, wide.gap) == ((0, 1, 2), (56, 10, 10), 2)
    assert lay_out(columns, [20, 1, 1], 30).widths == (8, 10, 10)
    narrow = lay_out(columns, [20, 1, 1], 25)
    assert (narrow.places, narrow.widths) == ((0, 1), (14, 10))
    assert lay_out(columns, [20, 1, 1], 5).widths == (5,)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=9), st.integers(1, 200))
def test_a_line_is_never_wider_than_the_table(natural: list[int], width: int) -> None:
    columns = [Column(str(n), "x", priority=n % 3, grow=n % 2) for n in range(len(natural))]
    layout = lay_out(columns, natural, width)
    assert sum(layout.widths) + layout.gap * (len(layout.widths) - 1) <= width


@pytest.mark.parametrize(
    ("fraction", "shown"),
    [
        (None, "           unknown"),
        (0.0, "───────────   0%  "),
        (0.5, "█████▌─────  50%  "),
        (0.8, "████████▊──  80%! "),
        (0.95, "██████████▌  95%!!"),
        (1.2, "███████████ 120%!!"),
    ],
)
def test_usage_bar(fraction: float | None, shown: str) -> None:
    assert usage_bar(fraction, 18).plain == shown


def test_usage_bar_in_ascii_and_without_room() -> None:
    assert usage_bar(0.5, 18, ASCII).plain == "#####......  50%  "
    assert usage_bar(0.96, 6).plain == " 96%!!"


def test_a_terminal_that_is_not_unicode_gets_ascii() -> None:
    assert suited("UTF-8") is UNICODE
    assert suited("ANSI_X3.4-1968") is ASCII
    signs = [getattr(ASCII, name) for name in ASCII.__slots__]
    assert all(sign.isascii() for sign in signs)
