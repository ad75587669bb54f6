"""What is typed right behind the key that opens the filter belongs to the filter, and is no key of the dashboard."""

from typing import Any, cast

from textual import events
from textual.pilot import Pilot

from screens.dashboard import DashboardScreen
from screens.kube_view import KubeView
from screens.pane_claims import ClaimsPane
from tests.screens.driving import screen, shows, until
from tests.screens.fake_kube import busy_kube
from tests.screens.fake_site import FakeSite, app_on
from tests.screens.scene import busy_store
from tui.widgets.filter_bar import FilterBar


async def test_a_filter_is_typed_in_one_go() -> None:
    site = FakeSite(busy_store())
    site.kube = busy_kube()
    async with app_on(site).run_test(size=(200, 60), notifications=True) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "40 bound")
        await pilot.press("4")
        view = cast(ClaimsPane, floor.pane("claims")).view
        for word, shown in (("lost", 1), ("DXc", 0)):  # D deletes, X cleans, c creates
            await _typed(pilot, view, word, shown)
            assert pilot.app.screen is floor
            await pilot.press("escape")
            await until(pilot, lambda: view.table.row_count == 43)


async def _typed(pilot: Pilot[None], view: KubeView[Any], word: str, shown: int) -> None:
    """Type a filter as fast as a terminal hands it over, until its rows are there."""
    for character in f"/{word}":
        key = "slash" if character == "/" else character
        pilot.app.post_message(events.Key(key, character))
    await until(pilot, lambda: view.query_one(FilterBar).text == word)
    await until(pilot, lambda: view.table.row_count == shown)
