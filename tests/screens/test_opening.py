"""The dashboard before the site is open: nothing is known yet, and nothing is said to be missing."""

import asyncio

from screens import house
from screens.dashboard import DashboardScreen
from tests.screens.driving import screen, shows, text, until
from tests.screens.fake_site import FakeSite, maker
from tests.screens.scene import busy_store
from tui.app import BrickyardApp
from tui.core.asker import Asker
from tui.site import Site


async def test_while_the_site_opens_no_pane_says_none() -> None:
    may_open = asyncio.Event()

    async def slowly(asker: Asker) -> Site:
        await may_open.wait()
        return await maker(FakeSite(busy_store()))(asker)

    app = BrickyardApp(house(), slowly)
    async with app.run_test(size=(120, 40)) as pilot:
        await screen(pilot, DashboardScreen)
        await until(pilot, lambda: text(pilot).count("The site is being opened…") == 4)
        assert not any(word in text(pilot) for word in ("No ", "no nodes", "no bricks", "no volumes"))
        assert "not configured" not in text(pilot)
        may_open.set()
        await shows(pilot, "Kubernetes is not configured")
