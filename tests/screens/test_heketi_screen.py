"""A heketi site in the panes, and every change through it with keys."""

import json
from pathlib import Path

import pytest

from screens.dashboard import DashboardScreen
from screens.error import ErrorDialog
from screens.findings import FindingsDialog
from screens.heketi_commands import NO_HEKETI
from screens.heketi_forms import HeketiForm
from screens.heketi_menu import HeketiMenu, choices
from screens.load import load_topology
from screens.passphrase import SecretDialog
from screens.plan_review import PlanReviewDialog
from screens.volume_create import VolumeCreateDialog
from tests.remote.heketi_world import client_of
from tests.screens.driving import shows
from tests.screens.fake_site import FakeSite, app_on
from tests.screens.heketi_app import menu, on_site, seed
from tests.screens.scene import busy_store
from tui.core.heketi_facts import HeketiFacts
from tui.core.model import Snapshot, Source, State
from tui.core.runner import HEKETI
from tui.demo.heketi import SimHeketi
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.errors import CommandTimeout


async def test_all_that_heketi_has_stands_in_the_panes(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        seed(server)
        async with client_of(server) as client:
            await client.change(requests.create_volume(VolumeWish(2, "db")))
            await client.change(requests.create_block_volume(3, "blk"))
        async with on_site(tmp_path, server) as app:
            await app.floor()
            await app.shows("4 nodes live")
            for words in ("cluster 1", "node3", "· listed", "replicate 3", "/blk"):
                await app.shows(words)
            await app.select("topology", ("node0", "/dev/sdb"))
            await app.shows("free there")
            await app.select("volumes", "db")
            await app.shows("size there")
            assert "? unknown" not in app.text


async def test_a_device_is_disabled_enabled_and_removed(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        seed(server)
        async with client_of(server) as client:
            await client.change(requests.create_volume(VolumeWish(2, "db")))
        async with on_site(tmp_path, server) as app:
            await app.floor()
            await app.select("topology", ("node0", "/dev/sdb"))
            await menu(app, "disable")
            plan = await app.runs()
            assert {step.node for step in plan.steps} == {HEKETI}
            await app.until(lambda: app.snapshot.devices["node0", "/dev/sdb"].state is State.OFFLINE, "disabled")
            await app.shows("disabled in heketi")
            await menu(app, "enable")
            await app.runs()
            await app.until(lambda: app.snapshot.devices["node0", "/dev/sdb"].state is State.ONLINE, "enabled")
            await menu(app, "remove")
            await app.runs()
            await app.until(lambda: app.snapshot.devices["node0", "/dev/sdb"].state is State.FAILED, "removed")
            await app.press("H")
            dialog = await app.on(HeketiMenu)
            assert [choice.name for choice in dialog._offered][:2] == ["enable", "delete"]
            await app.press("escape")
            await menu(app, "delete")
            await app.runs()
            await app.until(lambda: ("node0", "/dev/sdb") not in app.snapshot.devices, "deleted")


async def test_tags_are_edited_in_a_line(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        seed(server)
        async with on_site(tmp_path, server) as app:
            await app.floor()
            await app.select("topology", "node1")
            await menu(app, "tags")
            await app.on(HeketiForm)
            await app.press(*"rack", "enter")
            await app.shows("write KEY=VALUE")
            await app.press(*"=7", "enter")
            await app.runs()
            await app.until(lambda: app.snapshot.nodes["node1"].tags == {"rack": "7"}, "the tag")
            await menu(app, "tags")
            await app.on(HeketiForm)
            await app.press(*["backspace"] * 6, "enter")
            await app.runs()
            await app.until(lambda: app.snapshot.nodes["node1"].tags == {}, "no tag")


async def test_a_volume_is_made_expanded_cloned_and_deleted(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        seed(server)
        async with on_site(tmp_path, server) as app:
            await app.floor()
            await app.press("c")
            await app.on(VolumeCreateDialog)
            await app.press(*"db", "tab", *"2GiB", "enter")
            await app.runs()
            await app.until(lambda: "db" in app.snapshot.volumes, "the volume")
            await app.select("volumes", "db")
            await menu(app, "expand")
            await app.on(HeketiForm)
            await app.press("enter")
            await app.shows("more than 2 GiB")
            await app.press(*["backspace"] * 4, *"5GiB", "enter")
            await app.runs()
            await app.until(lambda: app.snapshot.volumes["db"].size == 5 << 30, "its new size")
            await menu(app, "clone")
            await app.on(HeketiForm)
            await app.press(*"copy", "enter")
            await app.runs()
            await app.until(lambda: "copy" in app.snapshot.volumes, "the clone")
            await app.press("D")
            plan = await app.runs()
            assert plan.title == "Delete volume db through heketi"
            await app.until(lambda: "db" not in app.snapshot.volumes, "its end")
            await app.select("volumes", "copy")
            await app.press("s")
            await app.on(ErrorDialog)
            await app.shows("can't start a volume, and this site names no nodes")


async def test_a_brick_is_moved_and_a_cluster_cleaned(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        cluster = seed(server)
        async with client_of(server) as client:
            await client.change(requests.create_volume(VolumeWish(2, "db")))
        async with on_site(tmp_path, server) as app:
            await app.floor()
            before = set(app.snapshot.bricks)
            await app.press("2", "home")
            await menu(app, "evict")
            await app.runs()
            await app.until(lambda: set(app.snapshot.bricks) != before, "another brick")
            await app.press("1", "home", "X")
            plan = await app.runs()
            assert plan.confirm == cluster[:8]
            await app.until(lambda: not app.snapshot.nodes, "an empty heketi")
            assert server.state.tables.clusters == {}


async def test_the_server_itself(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        seed(server)
        async with on_site(tmp_path, server) as app:
            await app.floor()
            await app.press("1", "home")
            await menu(app, "flags")
            await app.on(HeketiForm)
            await app.press("tab", "right", "enter")
            await app.runs()
            [cluster] = server.state.tables.clusters.values()
            assert (cluster.file, cluster.block) == (True, False)
            await menu(app, "loglevel")
            await app.on(HeketiForm)
            await app.press("d", "enter")
            await app.runs()
            assert server.state.log_level == "debug"
            await menu(app, "mode")
            await app.on(HeketiForm)
            await app.press("r", "enter")
            await app.runs()
            await app.shows("heketi is read-only")
            await menu(app, "mode")
            await app.on(HeketiForm)
            await app.press("n", "enter")
            await app.shows("takes no request to change that")


async def test_what_broke_off_is_counted_found_and_cleaned_up(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        seed(server)
        fault = server.hang("mkfs.xfs")
        async with client_of(server) as client:
            with pytest.raises(CommandTimeout):
                await client.change(requests.create_volume(VolumeWish(1, "lost")), seconds=0.3)
        await server.restart()
        server.state.nodes.faults.remove(fault)
        async with on_site(tmp_path, server) as app:
            await app.floor()
            await app.shows("1 operation stuck in heketi")
            await app.shows("create-volume")
            await app.press("F")
            dialog = await app.on(FindingsDialog)
            assert any("create-volume" in finding.sentence for finding in dialog._findings)
            await app.press("1")
            review = await app.on(PlanReviewDialog)
            assert {step.node for step in review.plan.steps} == {HEKETI}
            await app.press("escape", "escape")
            await menu(app, "cleanup")
            await app.runs()
            await app.until(lambda: app.snapshot.heketi is not None and not app.snapshot.heketi.stuck, "nothing stuck")
            assert server.state.tables.operations == {}


async def test_a_heketi_that_goes_away_is_said_and_shown_as_old(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        seed(server)
        async with on_site(tmp_path, server) as app:
            await app.floor()
            await server.stop()
            await app.shows("heketi unreachable")
            await app.shows("? unknown")
            await app.press("H")
            await app.on(ErrorDialog)
            await app.shows("is unreachable")
            await app.press("escape")
            # a heketi that says nothing does not agree with the nodes
            floor = await app.on(DashboardScreen)
            floor.action_heketi("drift")
            await app.on(ErrorDialog)
            await app.shows("is unreachable")
            await app.press("escape")
            await server.start()
            await app.shows("heketi live")
            floor.action_heketi("drift")
            dialog = await app.on(FindingsDialog)
            assert dialog.heading == "Where heketi and the rest disagree"


async def test_the_key_is_asked_for_unseen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.screens.heketi_app.key_file", lambda folder, server: "")
    monkeypatch.delenv("HEKETI_CLI_KEY", raising=False)
    async with SimHeketi() as server:
        seed(server)
        async with on_site(tmp_path, server) as app:
            await app.on(SecretDialog)
            await app.shows("The key of heketi's user admin")
            await app.press(*server.admin_key)
            assert server.admin_key not in app.text
            await app.press("enter")
            await app.floor()
            await app.shows("node3")


async def test_a_site_without_heketi_says_so_and_offers_nothing() -> None:
    app = app_on(FakeSite(busy_store()))
    async with app.run_test(size=(150, 44)) as pilot:
        await shows(pilot, "5 nodes live")
        assert not app.screen.check_action("heketi", ())
        await pilot.press("H")
        assert [note.message for note in app._notifications] == [NO_HEKETI]


async def test_a_topology_is_loaded_into_the_cluster_that_is_chosen(tmp_path: Path) -> None:
    nodes = [
        {"node": {"hostnames": {"manage": [name], "storage": [f"10.9.0.{number}"]}, "zone": 1}, "devices": ["/dev/sdb"]}
        for number, name in enumerate(("x", "y", "z"), 1)
    ]
    (tmp_path / "t.json").write_text(json.dumps({"clusters": [{"nodes": nodes}]}))
    async with SimHeketi() as server:
        cluster = seed(server)
        async with on_site(tmp_path, server) as app:
            await app.floor()
            load_topology(app.app, tmp_path / "t.json")
            await app.on(HeketiForm)
            await app.shows("Into which cluster?")
            await app.press("enter")
            plan = await app.runs()
            assert [step.title for step in plan.steps][:1] == ["add node x"]
            await app.until(lambda: "z" in app.snapshot.nodes, "the new nodes")
            assert list(server.state.tables.clusters) == [cluster]
            load_topology(app.app, tmp_path / "t.json")
            review = await app.on(PlanReviewDialog)
            assert review.plan.steps == ()


async def test_the_palette_offers_it(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        seed(server)
        async with on_site(tmp_path, server) as app:
            await app.floor()
            await app.press("ctrl+p", *"how much it logs")
            await app.shows("heketi: how much it logs")
            await app.press("enter")
            await app.on(HeketiForm)


def test_choices_are_told_apart_by_their_keys() -> None:
    offered = choices(Snapshot(), None, HeketiFacts(Source("http://h")))
    assert [choice.name for choice in offered] == ["drift", "mode", "loglevel"]
