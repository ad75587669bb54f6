"""A dialog that goes away while its timers run."""

import asyncio
from pathlib import Path

from textual.app import ComposeResult
from textual.widgets import Static

from screens import __file__ as house_file
from screens.dialog import Dialog
from tests.screens.fake_site import FakeSite, app_on
from tui.core.store import Store


class Slow(Static):
    """Takes its time to leave."""

    async def on_unmount(self) -> None:
        await asyncio.sleep(0.2)


class Drawing(Dialog[None]):
    """Draws all the time, in each way that there is."""

    CSS_PATH = str(Path(house_file).with_name("dialog.tcss"))
    drawn = 0

    def compose_body(self) -> ComposeResult:
        """One that leaves at once, one that leaves late."""
        yield Static(id="drawn")
        yield Slow()

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(0.005, self._draw)

    def _draw(self) -> None:
        self._write()
        self.set_timer(0.005, self._write)
        self.call_after_refresh(self._write)

    def _write(self) -> None:
        self.drawn += 1
        self.query_one("#drawn", Static).update(str(self.drawn))


async def test_nothing_is_drawn_on_a_dialog_that_goes() -> None:
    app = app_on(FakeSite(Store()))
    async with app.run_test() as pilot:
        for _ in range(5):
            dialog = Drawing()
            await app.push_screen(dialog)
            while dialog.drawn < 5:
                await pilot.pause(0.01)
            await dialog.dismiss()
            assert not dialog.is_running
