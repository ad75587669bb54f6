"""A cluster leaves heketi with keys, on the nodes of the whole demo: nothing on the data path is touched."""

from pathlib import Path

from screens.details_panel import DetailsDialog
from screens.error import ErrorDialog
from screens.heketi_menu import HeketiMenu
from screens.plan_review import PlanReviewDialog
from tests.screens.heketi_app import HeketiApp, on_site
from tui.config import load_config
from tui.demo.heketi_of_site import heketi_of
from tui.demo.site import DemoSite
from tui.demo.whole_scene import whole_scene
from tui.plans.heketi_leave import MARK

TOUCHES = (
    "umount", "mkfs.xfs -", "lvcreate", "lvremove", "vgremove", "pvremove", "wipefs -a", "volume stop", "volume delete",
    "remove-brick", "replace-brick", "peer detach", "fstab",
)  # fmt: skip


def data_path(demo: DemoSite) -> object:
    """All that clients stand on: volume groups, pools, mounts, fstab, and Gluster's volumes with their bricks."""
    pool = max((node.machine.glusterd.pool for node in demo.nodes), key=lambda one: len(one.members))
    return [
        (
            node.name,
            {name: (group.size, group.free, sorted(group.pools)) for name, group in node.machine.lvm.groups.items()},
            [(mount.source, mount.target) for mount in node.machine.files.mounts],
        )
        for node in demo.nodes
    ], {
        name: ([[brick.path for brick in one] for one in volume.sets], volume.status)
        for name, volume in pool.volumes.items()
    }


def changes(demo: DemoSite) -> list[str]:
    """What nodes were asked that changes something on the way of the data."""
    lines = [line for node in demo.nodes for line in node.executor.history]
    return [line for line in lines if any(word in line for word in TOUCHES) and not line.startswith(("cat ", "which "))]


def marked(app: HeketiApp) -> list[str]:
    """The volumes with a note of who had them."""
    volumes = app.snapshot.volumes.values()
    return [volume.name for volume in volumes if volume.options.get(MARK, "").startswith("heketi-")]


async def choose(app: HeketiApp, name: str) -> None:
    """H, then this choice."""
    await app.press("H")
    dialog = await app.on(HeketiMenu)
    await app.press("123456789"[[choice.name for choice in dialog._offered].index(name)])


async def test_a_cluster_leaves_heketi(tmp_path: Path) -> None:
    demo = await whole_scene(tmp_path / "demo", latency=0.0)
    try:
        async with heketi_of(demo.site) as server:
            base = load_config(demo.site.config_path).site()
            async with on_site(tmp_path, server, base) as app:
                await app.floor()
                await app.until(lambda: len(app.snapshot.volumes) >= len(server.state.tables.volumes), "the volumes")
                await app.press("1", "home")
                before = data_path(demo.site)
                for node in demo.site.nodes:
                    node.executor.history.clear()
                await choose(app, "leave")
                plan = await app.runs()
                assert plan.title.startswith("Leave heketi with cluster ")
                assert data_path(demo.site) == before
                assert changes(demo.site) == []
                assert not [line for line in server.requests if not line.startswith("GET ")]
                assert len(marked(app)) == len(server.state.tables.volumes) == 15
                await choose(app, "report")
                await app.on(DetailsDialog)
                await app.shows("has left heketi.")
                await app.shows("15 volumes:")
                await app.press("escape")
                await choose(app, "leave")
                review = await app.on(PlanReviewDialog)
                assert review.plan.title.endswith("has left heketi already")
                assert review.plan.steps == ()
                await app.press("escape")
                site = app.app.site
                assert site is not None
                undone, back = await site.undo_plan(site.operations[-1].id)
                assert (await site.start(back, undoes=undone).wait()).ok
                await site.refresh()
                assert marked(app) == []
                assert data_path(demo.site) == before
    finally:
        await demo.close()


async def test_what_is_not_understood_is_refused_with_all_reasons(tmp_path: Path) -> None:
    demo = await whole_scene(tmp_path / "demo", latency=0.0)
    try:
        server = heketi_of(demo.site)
        brick = next(iter(server.state.tables.bricks.values()))
        brick.pool = "tp_" + "0" * 32
        brick.size *= 2
        volume = server.state.tables.volumes[brick.volume]
        volume.name = "nowhere"
        async with server, on_site(tmp_path, server, load_config(demo.site.config_path).site()) as app:
            await app.floor()
            await app.until(lambda: bool(app.snapshot.volumes), "the volumes")
            await app.press("1", "home")
            await choose(app, "leave")
            await app.on(ErrorDialog)
            await app.shows("can't leave heketi yet")
            await app.shows("nowhere")
    finally:
        await demo.close()
