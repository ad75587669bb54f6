"""Nodes, devices and bricks led through heketi's states over HTTP, and back again."""

from pathlib import Path

import pytest

from tests.plans.heketi_sites import topology, wanted
from tests.site.heketi_desk import HeketiDesk, heketi_desk
from tui.core.heketi_model import HeketiDevice, HeketiNode, HeketiSite
from tui.core.plan import Danger, Refused
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.plans import heketi_members as members
from tui.plans.heketi_load import plan_heketi_load


async def loaded(desk: HeketiDesk, nodes: int = 4, volume: str = "db") -> HeketiSite:
    """Nodes with two devices each and a volume of three replicas."""
    assert (await desk.run(plan_heketi_load(topology(wanted(nodes)), await desk.site()))).ok
    await desk.client.change(requests.create_volume(VolumeWish(10, volume)))
    return await desk.site()


def node_of(site: HeketiSite, name: str = "node0") -> HeketiNode:
    return next(node for node in site.nodes.values() if node.name == name)


def with_brick(site: HeketiSite) -> HeketiDevice:
    return next(device for device in site.devices.values() if device.bricks)


async def test_a_node_is_disabled_and_enabled_and_both_are_undone(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        site = await loaded(desk)
        assert (await desk.run(members.plan_disable(site, node_of(site)))).ok
        assert node_of(await desk.site()).state == "offline"
        assert (await desk.undo()).ok
        assert node_of(await desk.site()).state == "online"
        assert members.plan_enable(site, node_of(site)).steps == ()
        assert (await desk.run(members.plan_disable(site, node_of(site)))).ok
        site = await desk.site()
        assert (await desk.run(members.plan_enable(site, node_of(site)))).ok
        assert node_of(await desk.site()).state == "online"


async def test_a_device_is_removed_with_its_bricks_moved_and_comes_back(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        site = await loaded(desk)
        device = with_brick(site)
        plan = members.plan_remove(site, device)
        assert "1 brick is moved" in plan.warnings[0]
        assert (await desk.run(plan)).ok
        after = await desk.site()
        assert (after.devices[device.id].state, after.devices[device.id].bricks) == ("failed", ())
        assert len(next(iter(after.volumes.values())).bricks) == 3
        assert (await desk.undo()).ok
        assert (await desk.site()).devices[device.id].state == "online"
        again = members.plan_remove(await desk.site(), (await desk.site()).devices[device.id])
        assert (await desk.run(again)).ok
        site = await desk.site()
        assert (await desk.run(members.plan_enable(site, site.devices[device.id]))).ok
        assert (await desk.site()).devices[device.id].state == "online"
        assert (await desk.undo()).ok
        assert (await desk.site()).devices[device.id].state == "failed"


async def test_a_removed_node_does_not_come_back(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        site = await loaded(desk)
        node = node_of(site, "node3")
        plan = members.plan_remove(site, node)
        assert plan.steps[0].no_undo
        outcome = await desk.run(plan)
        assert outcome.ok, outcome.failed
        site = await desk.site()
        node = node_of(site, "node3")
        assert (node.state, [device.state for device in node.devices]) == ("failed", ["failed", "failed"])
        with pytest.raises(Refused, match="lets no removed node back"):
            members.plan_enable(site, node)
        with pytest.raises(Refused, match="was removed already"):
            members.plan_disable(site, node)


async def test_what_has_nowhere_to_go_stays_and_heketi_says_so(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        site = await loaded(desk, nodes=3)
        for device in site.devices.values():
            if not device.bricks:
                assert (await desk.run(members.plan_disable(site, device))).ok
        device = with_brick(await desk.site())
        outcome = await desk.run(members.plan_remove(await desk.site(), device))
        assert [report.reason for report in outcome.failed] != []
        assert "No Replacement was found" in outcome.failed[0].reason
        assert (await desk.site()).devices[device.id].bricks
        assert (await desk.site()).devices[device.id].state == "offline"
        assert "takes no new bricks now; brickyard undo takes that back" in outcome.failed[0].remedy
        assert (await desk.undo()).ok
        assert (await desk.site()).devices[device.id].state == "online"


async def test_one_copy_is_not_moved(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        assert (await desk.run(plan_heketi_load(topology(wanted(2)), await desk.site()))).ok
        await desk.client.change(requests.create_volume(VolumeWish(1, "single", "none")))
        site = await desk.site()
        device = with_brick(site)
        with pytest.raises(Refused, match="single has one copy"):
            members.plan_remove(site, device)
        with pytest.raises(Refused, match="single has one copy"):
            members.plan_evict(site, device.bricks[0])


async def test_a_brick_is_evicted(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        site = await loaded(desk)
        device = with_brick(site)
        [brick] = device.bricks
        assert (await desk.run(members.plan_evict(site, brick))).ok
        after = await desk.site()
        assert after.devices[device.id].bricks == ()
        assert brick.id not in {one.id for volume in after.volumes.values() for one in volume.bricks}
        forced = members.plan_evict(site, brick, heal_check=False)
        assert (forced.danger, forced.confirm) == (Danger.DESTROYS, "db")
        assert '"healcheck": "disable"' in forced.steps[0].commands[0].stdin


async def test_tags_are_changed_and_those_that_are_not_named_stay(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        site = await loaded(desk)
        node = node_of(site)
        assert (await desk.run(members.plan_tags(site, node, {"rack": "7", "arbiter": "required"}))).ok
        site = await desk.site()
        assert (await desk.run(members.plan_tags(site, node_of(site), {"rack": "8"}, ["arbiter", "never"]))).ok
        site = await desk.site()
        assert node_of(site).tags == {"rack": "8"}
        assert members.plan_tags(site, node_of(site), {"rack": "8"}).steps == ()
        assert (await desk.undo()).ok
        assert node_of(await desk.site()).tags == {"rack": "7", "arbiter": "required"}
        device = node_of(site).devices[0]
        assert (await desk.run(members.plan_tags(site, device, {"a.b-c": "1"}))).ok
        assert (await desk.site()).devices[device.id].tags == {"a.b-c": "1"}


async def test_space_is_read_again(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        site = await loaded(desk)
        devices = list(node_of(site).devices)
        desk.server.requests.clear()
        assert (await desk.run(members.plan_resync(site, devices))).ok
        asked = [line for line in desk.server.requests if line.endswith("/resync")]
        assert sorted(asked) == sorted(f"GET /devices/{device.id}/resync" for device in devices)


async def test_tags_that_heketi_would_not_take_are_refused_before(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        site = await loaded(desk)
        node = node_of(site)
        for key, value, words in (("a b", "x", "is no name of a tag"), ("k", "v" * 65, "heketi takes 64")):
            with pytest.raises(Refused, match=words):
                members.plan_tags(site, node, {key: value})
        with pytest.raises(Refused, match="more than 32 tags"):
            members.plan_tags(site, node, {f"t{number}": "x" for number in range(33)})
        full = {f"t{number}": "x" for number in range(32)}
        assert (await desk.run(members.plan_tags(site, node, full))).ok
        site = await desk.site()
        assert (await desk.run(members.plan_tags(site, node_of(site), {"more": "x"}, ["t0"]))).ok
