"""The table: what is shown, where the cursor is, and how little is rendered."""

from collections.abc import Sequence

import pytest

from tests.widgets.app import COLUMNS, CountingTable, Wall, bricks
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.glyphs import ASCII, UNICODE, use
from tui.widgets.virtual_table import VirtualTable

SIZE = (80, 24)
PAGE = 23


async def test_text_from_outside_is_shown_as_it_is() -> None:
    names = ["pvc[data]", "path [/var/lib]", "[red]no[/red]", "\x1b[31mred\x1b[0m\x1b]0;t\x07", "two\nlines", "日本語"]

    def render(name: str) -> Sequence[Cell]:
        return name, (name, "bold"), "end"

    columns = (Column("a", "A[b]"), Column("b", "B"), Column("c", "C"))
    app = Wall(VirtualTable(columns, render, lambda name: name))
    async with app.run_test(size=SIZE) as pilot:
        app.query_one(VirtualTable).set_rows(names)
        await pilot.pause()
        lines = app.lines()
    assert [line[1:].split("  ")[0] for line in lines[:7]] == [
        "A[b]", "pvc[data]", "path [/var/lib]", "[red]no[/red]", "red", "two lines", "日本語",
    ]  # fmt: skip
    assert all("\x1b" not in line for line in lines)
    assert lines[6].endswith("end")


async def test_keys_move_the_cursor_and_say_so() -> None:
    table = CountingTable()
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        table.set_rows(bricks(1000))
        for key, place in [
            ("down", 1), ("j", 2), ("k", 1), ("up", 0), ("up", 0), ("pagedown", 22), ("pageup", 0),
            ("end", 999), ("down", 999), ("home", 0), ("G", 999), ("g", 0),
        ]:  # fmt: skip
            await pilot.press(key)
            assert table.cursor_row == place, key
            assert table.cursor_row in table.visible_range
        await pilot.press("down", "enter")
    assert [event.key for event in app.heard(VirtualTable.RowSelected)] == ["brick-1"]
    assert app.heard(VirtualTable.RowHighlighted)[-1].key == "brick-1"


@pytest.mark.parametrize("count", [10_000, 50_000])
async def test_only_rows_that_come_on_screen_are_rendered(count: int) -> None:
    table = CountingTable()
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        table.set_rows(bricks(count))
        await pilot.pause()
        assert len(table.rendered) == PAGE
        for key, most in [("down", 0), ("pagedown", PAGE), ("end", PAGE), ("up", 0), ("home", PAGE)]:
            table.rendered.clear()
            await pilot.press(key)
            await pilot.pause()
            assert len(table.rendered) <= most, key
        table.rendered.clear()
        table.set_rows(bricks(count))
        table.refresh_rows({f"brick-{n}" for n in range(5, 1005)})
        await pilot.pause()
        assert len(table.rendered) <= 2 * PAGE


async def test_new_rows_keep_the_cursor_on_its_key_and_the_page_where_it_was() -> None:
    table = CountingTable()
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        table.set_rows(bricks(200))
        table.move_to_key("brick-100")
        await pilot.pause()
        line = table.cursor_row - table.scroll_offset.y
        table.set_rows([*bricks(50, first=500), *bricks(200)])
        await pilot.pause()
        assert (table.cursor_key, table.cursor_row) == ("brick-100", 150)
        assert table.cursor_row - table.scroll_offset.y == line
        table.set_rows([brick for brick in bricks(200) if brick[0] != "brick-100"])
        await pilot.pause()
        assert table.cursor_row == 150
        assert app.heard(VirtualTable.RowHighlighted)[-1].key == table.cursor_key == "brick-151"
        table.set_rows(bricks(3))
        await pilot.pause()
        assert (table.cursor_key, table.scroll_offset.y) == ("brick-2", 0)
        table.set_rows([])
        await pilot.pause()
        assert app.heard(VirtualTable.RowHighlighted)[-1].key is None
        await pilot.press("down", "enter")


async def test_what_is_said_when_there_is_nothing() -> None:
    table = CountingTable(empty="No bricks [yet].\nLoad a topology.")
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app.lines()[1:3] == [" No bricks [yet].", " Load a topology."]


async def test_refreshed_rows_are_drawn_again() -> None:
    table = CountingTable()
    app = Wall(table)
    rows = bricks(10)
    async with app.run_test(size=SIZE) as pilot:
        table.set_rows(rows)
        await pilot.pause()
        rows[3] = ("brick-3", "healing", 3)
        table.refresh_rows({"brick-3", "brick-9999"})
        await pilot.pause()
        assert "healing" in app.lines()[4]


async def test_marks_and_cursor_are_seen_without_colours() -> None:
    table = CountingTable()
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        table.set_rows(bricks(5))
        table.marked = {"brick-2", "brick-3"}
        await pilot.press("down", "down")
        assert [line[0] for line in app.lines()[1:6]] == [" ", " ", UNICODE.cursor_mark, UNICODE.mark, " "]
        table.marked = ()
        use(ASCII)
        try:
            await pilot.press("down")
            assert [line[0] for line in app.lines()[3:5]] == [" ", ASCII.cursor]
        finally:
            use(UNICODE)


async def test_no_color_reverses_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    table = CountingTable()
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        table.set_rows(bricks(5))
        await pilot.pause()
        segment = next(iter(table.render_line(1)))
        assert segment.style is not None
        assert segment.style.reverse


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light", "textual-light"])
async def test_themes(theme: str) -> None:
    table = CountingTable()
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        table.set_rows(bricks(5))
        app.theme = theme
        await pilot.press("down")
        assert "brick-1" in app.lines()[2]


async def test_mouse() -> None:
    table = CountingTable()
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        table.set_rows(bricks(100))
        await pilot.pause()
        await pilot.click(table, offset=(5, 4))
        assert table.cursor_key == "brick-3"
        await pilot.click(table, offset=(5, 6), times=2)
        assert [event.key for event in app.heard(VirtualTable.RowSelected)] == ["brick-5"]
        await pilot.click(table, offset=(2, 0))
        await pilot.click(table, offset=(75, 0))
        assert [event.column.key for event in app.heard(VirtualTable.HeaderClicked)] == ["name", "size"]
        table.show_sort("size", reverse=True)
        await pilot.pause()
        assert f"Size{UNICODE.descending}" in app.lines()[0]


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    table = CountingTable()
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        table.set_rows(bricks(100))
        await pilot.pause()
        table.scroll_to(y=40, animate=False)
        await pilot.pause()
        assert "brick-40" in app.lines()[1]
        assert table.cursor_row == 0


async def test_narrow_terminals_lose_columns_by_priority_and_get_them_back() -> None:
    table = CountingTable()
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        table.set_rows([("a-very-long-name-of-a-brick", "online", 3)])
        await pilot.pause()
        assert app.lines()[0].split() == ["Name", "State", "Size"]
        await pilot.resize_terminal(22, 10)
        await pilot.pause()
        assert app.lines()[0].split() == ["Name", "Size"]
        assert app.lines()[1].split() == [f"{UNICODE.cursor}a-very-long{UNICODE.ellipsis}", "3", "GiB"]
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert app.lines()[0].split() == ["Name", "State", "Size"]


async def test_a_scroll_bar_that_comes_cuts_no_column() -> None:
    table = CountingTable()
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        table.set_rows(bricks(3))
        await pilot.pause()
        table.set_rows(bricks(300))
        await pilot.pause()
        assert " 2 GiB" in app.lines()[3]


async def test_rows_before_the_first_layout() -> None:
    table = CountingTable()
    table.set_rows(bricks(100))
    table.move_to_key("brick-60")
    app = Wall(table)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert any(UNICODE.cursor + "brick-60" in line for line in app.lines())
        assert len(COLUMNS) == 3
