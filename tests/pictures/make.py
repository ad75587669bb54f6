"""Draws the README's picture: the dashboard on the simulated site. Run `python -m tests.pictures.make`."""

import asyncio
import re
import tempfile
from pathlib import Path

from screens import house
from tests.screens.driving import text
from tui.app import BrickyardApp
from tui.config import load_config
from tui.core.asker import Asker, RefusingAsker
from tui.demo.whole_scene import whole_scene
from tui.site import Site

HERE = Path(__file__).parent
SIZE = (120, 40)


async def draw() -> None:
    """Open the app on the scene of the demo, wait until all nodes answered, and save what it shows."""
    demo = await whole_scene(latency=0.0)
    with tempfile.TemporaryDirectory() as folder:
        config = load_config(demo.site.config_path).site()
        site = Site(config, RefusingAsker(), journal=Path(folder) / "journal.db")
        site.on_close(demo.close)

        async def make(_: Asker) -> Site:
            return site

        app = BrickyardApp(house(), make)
        async with app.run_test(size=SIZE) as pilot:
            while not all(word in text(pilot) for word in ("5 nodes live", "degraded", "waiting")):
                await pilot.pause(0.1)
            await pilot.press("4", "down", "down", "down", "down", "down")
            await pilot.pause(0.5)
            svg = app.export_screenshot(title="brickyard")
    # a picture loads nothing from the network: the reader's own monospace font will do
    svg = re.sub(r"@font-face \{[^}]*\}\s*", "", svg)
    # the ages differ from run to run and say nothing in a picture
    (HERE / "dashboard.svg").write_text(re.sub(r"(live|data)(&#160;)\d+s", r"\1\g<2>1s", svg))


if __name__ == "__main__":
    asyncio.run(draw())
