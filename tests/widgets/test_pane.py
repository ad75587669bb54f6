"""Panes and the filter line."""

from textual.widgets import Input, Static

from tests.widgets.app import CountingTable, Wall, bricks
from tui.widgets.filter_bar import FilterBar
from tui.widgets.pane import Pane, PaneTitle
from tui.widgets.query import Term


async def test_title_summary_and_state() -> None:
    pane = Pane(CountingTable(), title="Nodes [a]", summary="3 nodes, 1 unreachable", footer="live [x]")
    app = Wall(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        lines = app.lines()
        assert lines[0].startswith("━ Nodes [a] ━━━")
        assert lines[0].endswith("━ 3 nodes, 1 unreachable ━")
        assert len(lines[0]) == 80
        assert lines[23] == " live [x]"
        pane.summary, pane.footer = "\x1b[31mall well", ""
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        assert app.lines()[0] == "━ Nodes [a] ━━━━━━━ all well ━"
        assert app.lines()[9] == ""
        await pilot.resize_terminal(16, 10)
        await pilot.pause()
        assert app.lines()[0] == "━ Nodes [a] ━━━━"


async def test_a_message_stands_in_for_the_body() -> None:
    pane = Pane(CountingTable(), title="Claims")
    app = Wall(pane)
    async with app.run_test(size=(60, 12)) as pilot:
        pane.show_message("Denied: [rbac]\nAsk your admin.", "error")
        await pilot.pause()
        assert [line.strip() for line in app.lines()[1:4]] == ["", "Denied: [rbac]", "Ask your admin."]
        assert isinstance(app.focused, PaneTitle)
        pane.clear_message()
        await pilot.pause()
        assert app.lines()[1].split() == ["Name", "State", "Size"]
        assert pane.query_one(".pane--message", Static).display is False


async def test_zoom_is_asked_for_by_key_and_mouse() -> None:
    pane = Pane(CountingTable(), title="Nodes")
    app = Wall(pane)
    async with app.run_test(size=(60, 12)) as pilot:
        app.query_one(CountingTable).focus()
        await pilot.press("z")
        app.query_one(PaneTitle).focus()
        await pilot.press("enter")
        await pilot.click(PaneTitle, times=2)
        await pilot.pause()
        assert [event.pane for event in app.heard(Pane.ZoomRequested)] == [pane] * 3


async def test_filter_line() -> None:
    bar, table = FilterBar(["name", "state"]), CountingTable()
    app = Wall(Pane(bar, table, title="Bricks"))
    async with app.run_test(size=(60, 12)) as pilot:
        table.set_rows(bricks(3))
        await pilot.pause()
        assert not bar.display
        bar.open()
        await pilot.press(*"state:off !z")
        bar.show_count(1, 3)
        await pilot.pause()
        assert app.lines()[1] == "/ state:off !z" + " " * 37 + "  1 of 3"[-8:].rjust(8)
        assert app.heard(FilterBar.Changed)[-1].query.terms == (Term("off", "state"), Term("z", "", True))
        assert not app.heard(Pane.ZoomRequested)
        await pilot.press("enter")
        assert len(app.heard(FilterBar.Left)) == 1
        assert bar.display
        bar.open()
        await pilot.press("escape")
        await pilot.pause()
        assert not app.heard(FilterBar.Changed)[-1].query
        assert not bar.display
        assert app.query_one(Input).value == ""
