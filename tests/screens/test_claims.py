"""The pane of claims in the real app, on a cluster that the test changes."""

from dataclasses import replace
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from screens.chain import ChainDialog
from screens.dashboard import DashboardScreen
from screens.kube_views import ClaimsView, ClassesView, PersistentView
from screens.pane_claims import ClaimsPane
from tests.screens.driving import screen, shows, text, until
from tests.screens.fake_kube import FakeKube, busy_kube, claim, persistent
from tests.screens.fake_site import FakeSite, app_on
from tests.screens.scene import busy_store
from tui.core.kube_tables import PartState

SIZES = ((80, 24), (120, 40), (200, 60))
WIDE = (200, 60)


def _site(kube: FakeKube | None) -> FakeSite:
    site = FakeSite(busy_store())
    site.kube = kube
    return site


async def _pane(pilot: Pilot[None]) -> ClaimsPane:
    floor = await screen(pilot, DashboardScreen)
    await shows(pilot, "unreachable")
    await pilot.press("4")
    return cast(ClaimsPane, floor.pane("claims"))


def _shown(view: Any) -> list[str]:
    return ["/".join(view.spec.key(row)).lstrip("/") for row in view.table.rows]


async def test_without_kubernetes_it_says_so_and_where_it_goes() -> None:
    async with app_on(_site(None)).run_test(size=(120, 50)) as pilot:
        await _pane(pilot)
        await shows(pilot, "Kubernetes is not configured")
        await shows(pilot, "kubeconfig: ~/.kube/config")
        await pilot.press("v", "w", "slash")
        assert isinstance(pilot.app.screen, DashboardScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_faults_stand_first_with_their_reason(size: tuple[int, int]) -> None:
    async with app_on(_site(busy_kube())).run_test(size=size) as pilot:
        pane = await _pane(pilot)
        await shows(pilot, "40 bound · 1 lost · 1 missing · 1 waiting")
        assert set(_shown(pane.view)[:3]) == {"shop/orders", "shop/[bold]absent[/]", "shop/cart"}
        assert pane.view.table.row_count == 43
        await pilot.press("z")
        await shows(pilot, "waiting: no StorageClass")


async def test_what_is_waited_for_is_named_where_there_is_room() -> None:
    async with app_on(_site(busy_kube())).run_test(size=WIDE, notifications=True) as pilot:
        await _pane(pilot)
        await pilot.press("z")
        await shows(pilot, "waiting: no StorageClass 'slo' - did you mean 'slow'?")
        await shows(pilot, "web-0 +1")
        await shows(pilot, "[bold]absent[/]")
        words = ("team-0", "bound", "fast", "20 GiB", "RWX", "pv-data", "1d")

        def all_there() -> bool:
            row = next(line for line in text(pilot).split("\n") if "data-12" in line)
            return all(word in row for word in words)

        await until(pilot, all_there, "the whole row")


async def test_changes_move_single_rows() -> None:
    kube = busy_kube()
    async with app_on(_site(kube)).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await until(pilot, lambda: pane.view.table.row_count == 43)
        kube.put("persistentvolumeclaims", claim("aaa", "new", "Pending"))
        await until(pilot, lambda: _shown(pane.view)[3] == "aaa/new", "the new one below the faults")
        key = ("shop", "cart")
        kube.said.pop(key)
        kube.words.pop(key)
        kube.put("persistentvolumeclaims", claim(*key))
        await shows(pilot, "41 bound")
        kube.drop("persistentvolumeclaims", ("aaa", "new"))
        await until(pilot, lambda: pane.view.table.row_count == 43)
        assert "shop/cart" in _shown(pane.view)[2:]


async def test_what_kubernetes_says_leaves_the_other_panes_alone() -> None:
    kube = busy_kube()
    async with app_on(_site(kube)).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await until(pilot, lambda: pane.view.table.row_count == 43)
        tree = cast(Any, cast(DashboardScreen, pilot.app.screen).pane("topology"))
        rows = tree.all_rows
        kube.put("persistentvolumeclaims", claim("aaa", "new"))
        await shows(pilot, "41 bound")
        assert tree.all_rows is rows


async def test_the_three_tables_are_one_key_apart() -> None:
    async with app_on(_site(busy_kube())).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await until(pilot, lambda: pane.view.table.row_count == 43)
        await pilot.press("v")
        assert isinstance(pane.view, PersistentView)
        await shows(pilot, "4 PersistentVolumes")
        await shows(pilot, "glusterfs pvc-00")
        assert pane.view.table.row_count == 40
        await pilot.press("v")
        assert isinstance(pane.view, ClassesView)
        assert _shown(pane.view) == ["slo", "fast", "slow"]
        await shows(pilot, "1 default · 1 defined · 1 missing")
        await pilot.press("V", "escape")
        assert isinstance(pane.view, ClaimsView)


async def test_volumes_follow_their_objects() -> None:
    kube = busy_kube()
    async with app_on(_site(kube)).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await pilot.press("v", "z")
        await until(pilot, lambda: pane.view.table.row_count == 40)
        kube.put("persistentvolumes", replace(kube.tables.volumes["", "pv-data-5"], phase="Released"))
        await shows(pilot, "released: team-5/data-5 was deleted; the data is still there")
        assert _shown(pane.view)[0] == "pv-data-5"
        kube.drop("persistentvolumes", ("", "pv-data-5"))
        await until(pilot, lambda: pane.view.table.row_count == 39)


async def test_filter_faults_only_and_sorting() -> None:
    async with app_on(_site(busy_kube())).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await until(pilot, lambda: pane.view.table.row_count == 43)
        await pilot.press("slash", *"state:lost", "enter")
        await until(pilot, lambda: _shown(pane.view) == ["shop/orders"])
        await pilot.press("escape")
        await until(pilot, lambda: pane.view.table.row_count == 43)
        await pilot.press("f")
        assert pane.view.table.row_count == 3
        await pilot.press("f", *[">"] * 8)  # on to the namespace
        assert pane.view.view.sort == "name"
        assert _shown(pane.view)[1] == "shop/cart"
        await pilot.press("<")
        assert _shown(pane.view)[0] == "shop/orders"


async def test_partial_rights_are_said_and_the_rest_is_shown() -> None:
    kube = busy_kube()
    kube.tables.set_part("storageclasses", PartState("denied", 1.0, "cannot list storageclasses"))
    async with app_on(_site(kube)).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await pilot.press("z")
        await shows(pilot, "denied: cannot list storageclasses · 40 bound")
        await shows(pilot, "▲ denied: cannot list storageclasses. What depends on it is unknown here, not absent")
        assert pane.view.table.row_count == 43
        kube.tables.set_part("storageclasses", PartState("live", 1.0))
        kube.tell()
        await until(pilot, lambda: "denied" not in text(pilot))


async def test_an_old_picture_stays_and_says_that_it_is_old() -> None:
    kube = busy_kube()
    kube.tables.set_part("persistentvolumeclaims", PartState("stale", 1.0, "no answer from 10.0.0.1"))
    async with app_on(_site(kube)).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await pilot.press("z")
        await shows(pilot, "no answer from 10.0.0.1 (persistentvolumeclaims); what is shown is older.")
        assert pane.view.table.row_count == 43


async def test_loading_shows_how_much_was_read() -> None:
    kube = FakeKube()
    async with app_on(_site(kube)).run_test(size=WIDE, notifications=True) as pilot:
        await _pane(pilot)
        await shows(pilot, "Waiting for the first claims of the API server.")
        kube.put("persistentvolumeclaims", *(claim("team", f"data-{number}") for number in range(1200)))
        await shows(pilot, "1,200 read…")
        await shows(pilot, "1,200 bound")
        kube.listed()
        await until(pilot, lambda: "read…" not in text(pilot))


async def test_a_claim_lights_what_it_stands_on_and_the_other_way_round() -> None:
    async with app_on(_site(busy_kube())).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        floor = cast(DashboardScreen, pilot.app.screen)
        pane.claims_view.table.move_to_key(("team-1", "data-1"))
        bricks = cast(Any, floor.pane("bricks")).table
        await until(pilot, lambda: len(bricks.marked) == 3)
        assert len(cast(Any, floor.pane("volumes")).table.marked) == 1
        await pilot.press("3")
        cast(Any, floor.pane("volumes")).table.move_to_key("pvc-30")
        await until(pilot, lambda: ("team-0", "data-30") in pane.view.table.marked)
        assert ("", "pv-data-30") in pane.view.table.marked


async def test_details_tell_what_a_deletion_would_do() -> None:
    async with app_on(_site(busy_kube())).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        pane.claims_view.table.move_to_key(("team-1", "data-1"))
        await shows(pilot, "claim team-1/data-1")
        await shows(pilot, "if the claim was deleted now")
        await shows(pilot, "Retain: PersistentVolume pv-data-1")
        await pilot.press("v")
        await shows(pilot, "PersistentVolume pv-")
        await pilot.press("v")
        await shows(pilot, "claims that wait")


async def test_after_a_repair_the_claim_is_followed_until_it_is_bound() -> None:
    kube = busy_kube()
    async with app_on(_site(kube)).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await pilot.press("v")
        pane.follow(("shop", "cart"))
        await shows(pilot, "▶ following… waiting: no")
        assert pane.selected is not None
        kube.said.pop(("shop", "cart"))
        kube.words.pop(("shop", "cart"))
        held = claim("shop", "cart")
        kube.put("persistentvolumes", persistent(held, "pvc-00"))
        kube.put("persistentvolumeclaims", held)
        await shows(pilot, "Claim shop/cart is bound to")
        assert pane.claims_view.following is None


async def test_following_ends_with_what_is_still_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.pane_claims.FOLLOW_SECONDS", -1.0)
    async with app_on(_site(busy_kube())).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await until(pilot, lambda: pane.view.table.row_count == 43)
        pane.follow(("shop", "cart"))
        pane.tick(1.0)
        await shows(pilot, "Claim shop/cart is still not well")


async def test_another_site_without_a_cluster_empties_the_pane() -> None:
    site = _site(busy_kube())
    async with app_on(site).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await until(pilot, lambda: pane.view.table.row_count == 43)
        pane.watch_source(None)
        await shows(pilot, "Kubernetes is not configured")
        assert pane.selected is None


@pytest.mark.parametrize("size", SIZES)
async def test_it_reads_without_colours(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with app_on(_site(busy_kube())).run_test(size=size) as pilot:
        await _pane(pilot)
        await pilot.press("z")
        await shows(pilot, "✖ lost: its PersistentVolume")
        await shows(pilot, "◌ waiting: no StorageClass")
        await shows(pilot, "● bound")


async def test_the_mouse_sorts_selects_and_opens() -> None:
    async with app_on(_site(busy_kube())).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await until(pilot, lambda: pane.view.table.row_count == 43)
        await pilot.click(pane.view.table, offset=(2, 0))
        await until(pilot, lambda: pane.view.view.sort == "namespace")
        assert _shown(pane.view)[0] == "shop/[bold]absent[/]"
        await pilot.click(pane.view.table, offset=(4, 3))
        await until(pilot, lambda: pane.view.table.cursor_row == 2)
        await pilot.click(pane.view.table, offset=(4, 3), times=2)
        assert (await screen(pilot, ChainDialog)).heading == "The chain of claim shop/orders"


async def test_a_followed_claim_that_is_made_anew_is_selected_again() -> None:
    kube = busy_kube()
    async with app_on(_site(kube)).run_test(size=WIDE, notifications=True) as pilot:
        pane = await _pane(pilot)
        await until(pilot, lambda: pane.view.table.row_count == 43)
        key = ("shop", "cart")
        pane.follow(key)
        await until(pilot, lambda: pane.view.table.cursor_key == key)
        said = kube.said.pop(key)
        kube.drop("persistentvolumeclaims", key)
        await until(pilot, lambda: pane.view.table.row_count == 42)
        kube.said[key] = said
        kube.put("persistentvolumeclaims", claim("shop", "cart", "Pending"))
        await until(pilot, lambda: pane.view.table.cursor_key == key)
        assert pane.claims_view.following == key
