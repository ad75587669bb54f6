"""What does not change is not worked out again: rows, strips, and where things stand."""

from textual.pilot import Pilot
from textual.screen import Screen

from screens.dashboard import DashboardScreen
from screens.strips import OperationStrip
from tests.screens.driving import screen, shows
from tests.screens.fake_site import FakeSite, app_on
from tests.screens.scene import busy_store
from tui.widgets.virtual_table import VirtualTable

WIDE = (160, 80)


async def test_rows_that_are_the_same_as_before_are_not_arranged_again() -> None:
    store = busy_store()
    async with app_on(FakeSite(store)).run_test(size=WIDE) as pilot:
        await shows(pilot, "unreachable")
        floor = await screen(pilot, DashboardScreen)
        table = floor.query_one("#bricks VirtualTable", VirtualTable)
        before = table.rows
        floor.redraw()
        assert table.rows is before
        store.forget(store.snapshot.nodes[next(iter(store.snapshot.nodes))].name)
        floor.redraw()
        assert table.rows is not before


async def test_a_strip_that_says_the_same_is_not_drawn_again() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=WIDE) as pilot:
        await shows(pilot, "no operation in this session")
        strip = pilot.app.screen.query_one(OperationStrip)
        before = strip.content
        strip.show([])
        assert strip.content is before
        strip.say([("something else", "")])
        assert str(strip.content) == "something else"


async def test_details_of_another_row_lay_nothing_out() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=WIDE) as pilot:
        await shows(pilot, "unreachable")
        floor: Screen[None] = await screen(pilot, DashboardScreen)
        laid_out: list[Screen[None]] = []
        floor.screen_layout_refresh_signal.subscribe(pilot.app, laid_out.append)
        await pilot.press("down", "tab", "shift+tab")
        await _has_settled(pilot, laid_out)
        await pilot.press("down", "down", "down", "up")
        await pilot.pause()
        assert laid_out == []
        await pilot.press("4")
        await pilot.pause()
        assert laid_out, "the pane of claims grows"


async def _has_settled(pilot: Pilot[None], laid_out: list[Screen[None]]) -> None:
    """Wait until what was begun before has found its place: a slow machine still opens the site by now."""
    for _ in range(100):
        laid_out.clear()
        await pilot.pause(0.2)
        if not laid_out:
            return
    raise AssertionError("the screen is laid out again and again though nobody touches it")
