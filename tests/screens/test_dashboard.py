"""The dashboard, driven by keys on a real store."""

import time

import pytest
from textual.command import CommandPalette

from screens.dashboard import DashboardScreen
from screens.details_panel import DetailsDialog, DetailsPanel
from screens.help import HelpDialog
from tests.screens.driving import screen, shows, table_of, text, tree_of, until
from tests.screens.fake_site import FakeSite, app_on
from tests.screens.scene import busy_store
from tui.core.model import Freshness, Snapshot, Volume
from tui.core.store import Store
from tui.core.topology import TopologyNode

NARROW = (80, 24)
WIDE = (200, 60)


async def test_four_panes_at_once_with_their_health() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=NARROW) as pilot:
        await shows(pilot, "1 unreachable 2m")
        seen = text(pilot)
        for words in ("1 Topology", "2 Bricks", "3 Volumes", "4 Claims", "Kubernetes is not configured", "lab"):
            assert words in seen
        assert "oldest data 2m" in seen
        assert "no operation in this session" in seen


async def test_every_pane_shows_rows_at_80x24() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=NARROW) as pilot:
        await shows(pilot, "unreachable")
        for key in "1234":
            await pilot.press(key)
            for pane in ("topology", "bricks", "volumes"):
                assert pilot.app.screen.query_one(f"#{pane} VirtualTable").size.height >= 3


async def test_an_empty_site_says_what_to_do() -> None:
    async with app_on(FakeSite(Store())).run_test(size=NARROW) as pilot:
        await shows(pilot, "Press L to load a topology file")
        assert "No volumes yet. Press c" in text(pilot)


async def test_before_the_first_answer_it_waits_and_does_not_say_none() -> None:
    store = Store()
    store.declare([TopologyNode("node1", "10.77.0.11")])
    async with app_on(FakeSite(store)).run_test(size=NARROW) as pilot:
        await shows(pilot, "Waiting for the first answer of 1 node.")
        assert "No volumes yet" not in text(pilot)
        assert "1 connecting" in text(pilot)


async def test_tab_and_numbers_go_through_the_panes() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=NARROW) as pilot:
        floor = await screen(pilot, DashboardScreen)
        for keys, pane in (
            ("tab", "bricks"),
            ("4", "claims"),
            ("tab", "topology"),
            ("shift+tab", "claims"),
            ("3", "volumes"),
        ):
            await pilot.press(keys)
            assert floor.active == pane
        await shows(pilot, "start/stop")


async def test_a_volume_lights_its_bricks_and_devices() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=WIDE) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "unreachable")
        await pilot.press("3", "j")
        volume = floor.selected
        assert isinstance(volume, Volume)
        bricks, devices = table_of(floor, "bricks"), table_of(floor, "topology")
        await until(pilot, lambda: len(bricks.marked) == 3)
        assert bricks.marked == frozenset(volume.bricks)
        assert len(devices.marked) == 6
        assert not table_of(floor, "volumes").marked


async def test_a_device_lights_its_volumes() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=WIDE) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "unreachable")
        await pilot.press("1")
        tree_of(floor).reveal(("device", "node1", "/dev/sdb"))
        await until(pilot, lambda: len(table_of(floor, "volumes").marked) == 2)


async def test_zoom_and_back() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=NARROW) as pilot:
        await shows(pilot, "unreachable")
        await pilot.press("2", "z")
        await until(pilot, lambda: "3 Volumes" not in text(pilot))
        assert text(pilot).count("pvc-") > 10
        await pilot.press("escape")
        await shows(pilot, "3 Volumes")


async def test_faults_only_in_all_panes() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=WIDE) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "unreachable")
        await pilot.press("f")
        await shows(pilot, "faults only (f shows all)")
        assert table_of(floor, "bricks").row_count == 24
        tree = table_of(floor, "topology")
        assert ("node", "node5") in {row.key for row in tree.rows}
        assert ("node", "node1") not in {row.key for row in tree.rows}
        await pilot.press("f")
        await until(pilot, lambda: "faults only" not in text(pilot))
        assert table_of(floor, "bricks").row_count == 120


async def test_filter_narrows_and_escape_drops_it() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=NARROW) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "unreachable")
        await pilot.press("3", "slash", *"pvc-08", "enter")
        table = table_of(floor, "volumes")
        await until(pilot, lambda: table.row_count == 1)
        assert table.has_focus
        await pilot.press("escape")
        await until(pilot, lambda: table.row_count == 40)


async def test_a_filter_without_a_match_says_so() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=NARROW) as pilot:
        await shows(pilot, "unreachable")
        await pilot.press("3", "slash", *"nothinglikeit", "enter")
        await shows(pilot, "No row matches the filter. 40 rows are hidden")


async def test_sorting_by_key_and_by_click() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=WIDE) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "unreachable")
        await pilot.press("3", "greater_than_sign")
        table = table_of(floor, "volumes")
        names = [volume.name for volume in table.rows]
        assert names == sorted(names)
        await pilot.press("less_than_sign")
        assert [volume.name for volume in table.rows] == sorted(names, reverse=True)
        await pilot.click("#volumes VirtualTable", offset=(3, 0))
        assert table.rows[0].state.severity == 2


async def test_details_lie_over_the_panes_where_it_is_narrow() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=NARROW) as pilot:
        await shows(pilot, "unreachable")
        await pilot.press("3", "enter")
        await screen(pilot, DetailsDialog)
        assert "gluster says" in text(pilot)
        await pilot.press("escape")
        await screen(pilot, DashboardScreen)
        await pilot.press("d")
        await screen(pilot, DetailsDialog)
        await pilot.press("d")
        await screen(pilot, DashboardScreen)


async def test_details_stand_at_the_side_where_there_is_room() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=WIDE) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "unreachable")
        await pilot.press("3")
        await shows(pilot, "gluster says")
        await pilot.press("d")
        await until(pilot, lambda: not floor.query_one(DetailsPanel).display)
        await pilot.press("d", "enter")
        await until(pilot, lambda: floor.focused is floor.query_one(DetailsPanel))
        await pilot.press("escape")
        assert floor.focused is table_of(floor, "volumes")


async def test_text_like_markup_is_shown_as_it_is() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=(120, 50)) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "unreachable")
        await pilot.press("3")
        table_of(floor, "volumes").move_to_key("pvc-04")
        await shows(pilot, "[red]x[/]")


async def test_a_node_that_falls_silent_keeps_its_rows() -> None:
    store = busy_store()
    async with app_on(FakeSite(store)).run_test(size=NARROW) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "5 nodes live")
        rows = table_of(floor, "topology").row_count
        store.put_failure("node1", Freshness.UNREACHABLE, "connection refused [22]")
        await shows(pilot, "4 nodes live · 2 unreachable")
        assert table_of(floor, "topology").row_count == rows
        assert len(floor.snapshot.bricks) == 120


async def test_a_burst_of_changes_is_one_redraw(monkeypatch: pytest.MonkeyPatch) -> None:
    store = busy_store()
    async with app_on(FakeSite(store)).run_test(size=NARROW) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "5 nodes live")
        drawn: list[Snapshot] = []
        show = floor.pane("bricks").show

        def counted(snapshot: Snapshot, now: float) -> None:
            drawn.append(snapshot)
            show(snapshot, now)

        monkeypatch.setattr(floor.pane("bricks"), "show", counted)
        for number in range(50):
            store.put_failure("node2", Freshness.STALE, f"reason {number}")
        await shows(pilot, "1 stale")
        assert len(drawn) == 1


async def test_ages_grow_without_a_change_and_only_nodes_are_drawn_again() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=WIDE) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "5 nodes live")
        pane = floor.pane("topology")
        pane.tick(time.time() + 600)
        await shows(pilot, "live 10m")


async def test_read_only_is_always_seen() -> None:
    async with app_on(FakeSite(busy_store(), read_only=True)).run_test(size=NARROW) as pilot:
        await shows(pilot, "READ-ONLY")


async def test_refresh_asks_the_site() -> None:
    site = FakeSite(busy_store())
    async with app_on(site).run_test(size=NARROW) as pilot:
        await shows(pilot, "unreachable")
        await pilot.press("r")
        await until(pilot, lambda: site.refreshed == 1)


async def test_help_and_palette_offer_the_registry() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=NARROW) as pilot:
        await shows(pilot, "unreachable")
        await pilot.press("question_mark")
        await screen(pilot, HelpDialog)
        assert "Create a volume" in text(pilot)
        await pilot.press("q")
        await screen(pilot, DashboardScreen)
        await pilot.press("ctrl+p")
        await screen(pilot, CommandPalette)
        await pilot.press(*"zoom")
        await shows(pilot, "Zoom the pane")
        await pilot.press("enter")
        floor = await screen(pilot, DashboardScreen)
        await until(pilot, lambda: floor.has_class("-zoomed"))


async def test_a_click_on_a_hint_does_what_its_key_does() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=NARROW) as pilot:
        await shows(pilot, "unreachable")
        await pilot.click("#hints", offset=(2, 0))
        await screen(pilot, HelpDialog)


async def test_a_key_that_needs_a_volume_says_so() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=NARROW, notifications=True) as pilot:
        await shows(pilot, "unreachable")
        await pilot.press("1", "D")
        await shows(pilot, "Select a volume first")


async def test_every_size_paints() -> None:
    for size in ((40, 10), (80, 24), (110, 30), (120, 40), (170, 45), (200, 60)):
        async with app_on(FakeSite(busy_store())).run_test(size=size) as pilot:
            await shows(pilot, "brickyard")
            assert "? help" in text(pilot)
