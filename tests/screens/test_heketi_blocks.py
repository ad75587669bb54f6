"""Block volumes made and deleted through heketi with keys."""

from pathlib import Path

from screens.heketi_forms import HeketiForm
from tests.screens.heketi_app import menu, on_site, seed
from tui.demo.heketi import SimHeketi


async def test_a_block_volume_is_made_and_deleted(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        cluster = seed(server)
        async with on_site(tmp_path, server) as app:
            await app.floor()
            await app.press("1", "home")
            await menu(app, "blockcreate")
            await app.on(HeketiForm)
            await app.press(*"b.lk", "tab", *"3GiB", "tab", *"2", "enter")
            await app.shows("can't be the name of a volume")
            await app.press(*["backspace"] * 4, *"blk", "enter")
            plan = await app.runs()
            assert plan.steps[0].title == "create block volume blk of 3 GiB, served by 2 nodes"
            assert cluster in plan.steps[0].commands[0].stdin
            await app.until(lambda: len(app.snapshot.block_volumes) == 1, "the block volume")
            [name] = app.snapshot.block_volumes
            await app.select("volumes", name)
            await menu(app, "blockdelete")
            assert (await app.runs()).confirm == "blk"
            await app.until(lambda: not app.snapshot.block_volumes, "its end")
            await app.select("volumes", name.partition("/")[0])
            await app.press("ctrl+p", *"make a block volume")
            await app.shows("heketi: make a block volume")
            await app.press("enter")
            await app.on(HeketiForm)
