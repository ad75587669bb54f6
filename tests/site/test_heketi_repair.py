"""Repairs of what heketi and the nodes do not tell alike, run through a simulated heketi and seen to work."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.checks.heketi_pair import open_pair
from tests.plans.heketi_sites import topology, wanted
from tests.site.heketi_desk import HeketiDesk, heketi_desk
from tui.checks.heketi_drift import heketi_findings
from tui.core.finding import Finding, Fix
from tui.core.model import Snapshot
from tui.core.plan import Danger, Plan, Refused
from tui.core.runner import HEKETI
from tui.core.units import GIB, KIB
from tui.demo.heketi_tables import Device, Node
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.plans.heketi_load import plan_heketi_load
from tui.plans.heketi_repair import attach_repairs, plan_repair
from tui.remote.errors import RemoteError
from tui.remote.heketi_runner import HeketiRunner


async def loaded(desk: HeketiDesk, nodes: int = 4) -> None:
    assert (await desk.run(plan_heketi_load(topology(wanted(nodes)), await desk.site()))).ok


async def plan(desk: HeketiDesk, name: str, **values: str) -> Plan:
    return plan_repair(Fix(name, tuple(values.items())), await desk.site())


async def dies_in(desk: HeketiDesk, request: requests.Request, command: str) -> None:
    fault = desk.server.hang(command)
    work = asyncio.create_task(desk.client.change(request))
    while not desk.server.state.tables.operations:
        await asyncio.sleep(0.01)
    await desk.server.restart()
    with pytest.raises(RemoteError):
        await work
    desk.server.state.nodes.faults.remove(fault)


async def findings(desk: HeketiDesk) -> list[Finding]:
    site = await desk.site()
    return attach_repairs(heketi_findings(site, None, None, Snapshot(), {}, None, 0.0), site)


async def test_a_stale_operation_is_cleaned_up(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        await dies_in(desk, requests.create_volume(VolumeWish(10, "half")), "mkfs")
        [finding] = await findings(desk)
        repair = finding.remedies[0].plan
        assert repair is not None
        assert finding.remedies[0].fix is None
        outcome = await desk.run(repair)
        assert outcome.ok, outcome.failed
        assert await findings(desk) == []
        assert all(device.used == 0 for device in desk.server.state.tables.devices.values())


async def test_what_heketi_does_not_say_is_looked_at(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        await dies_in(desk, requests.create_volume(VolumeWish(10, "half")), "mkfs")
        repair = (await findings(desk))[0].remedies[0].plan
        assert repair is not None
        desk.server.fail("lvremove", "Logical volume contains a filesystem in use.")
        outcome = await desk.run(repair)
        assert not outcome.ok
        assert "is still there: heketi's log says why" in outcome.failed[0].reason


async def test_a_clone_has_no_plan(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        made = await desk.client.change(requests.create_volume(VolumeWish(10, "db")))
        [source] = desk.server.state.tables.volumes
        assert source in made.text
        await dies_in(desk, requests.clone_volume(source), "snapshot create")
        [operation] = (await desk.site()).operations
        with pytest.raises(Refused, match="never cleans up a clone"):
            await plan(desk, "heketi-clean-operation", operation=operation.id)


async def test_the_space_of_a_device_is_read_again(tmp_path: Path) -> None:
    async with open_pair(tmp_path) as pair:
        await pair.load(disks=1)
        await pair.volume("db")
        device = next(iter(pair.server.state.tables.devices.values()))
        device.total += GIB // KIB
        found = await pair.look()
        [finding] = attach_repairs(found.findings(), found.site)
        assert finding.code == "R11"
        repair = finding.remedies[0].plan
        assert repair is not None
        [result] = await HeketiRunner(pair.client).run(HEKETI, repair.steps[0].commands)
        assert result.code == 204
        assert (await pair.look()).codes() == []


async def test_a_leaked_volume_is_deleted(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        await desk.client.change(requests.create_volume(VolumeWish(10, "db")))
        [ident] = desk.server.state.tables.volumes
        repair = await plan(desk, "heketi-delete-volume", volume=ident)
        assert (repair.danger, repair.confirm) == (Danger.DESTROYS, "db")
        assert (await desk.run(repair)).ok
        assert desk.photo()[1] == []
        with pytest.raises(Refused, match="heketi has no volume"):
            await plan(desk, "heketi-delete-volume", volume=ident)


@pytest.mark.parametrize("kind", ["nodes", "devices"])
async def test_states_go_there_and_back(tmp_path: Path, kind: str) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        tables = desk.server.state.tables
        things: list[Node | Device] = [*(tables.nodes if kind == "nodes" else tables.devices).values()]
        thing = things[0]
        off = await plan(desk, "heketi-state", kind=kind, id=thing.id, state="offline")
        assert (await desk.run(off)).ok
        assert thing.state == "offline"
        assert (await desk.undo()).ok
        assert thing.state == "online"
        thing.state = "failed"
        on = Fix("heketi-state", (("kind", kind), ("id", thing.id), ("state", "online")))
        if kind == "nodes":
            with pytest.raises(Refused, match="lets no removed node back"):
                plan_repair(on, await desk.site())
        else:
            assert (await desk.run(plan_repair(on, await desk.site()))).ok
            assert thing.state == "online"


async def test_a_brick_is_made_anew_elsewhere(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        await desk.client.change(requests.create_volume(VolumeWish(10, "db")))
        brick = next(iter(desk.server.state.tables.bricks))
        assert (await desk.run(await plan(desk, "heketi-evict", brick=brick))).ok
        tables = desk.server.state.tables
        assert brick not in tables.bricks
        assert len(tables.bricks) == 3
        lone = await desk.client.change(requests.create_volume(VolumeWish(10, "one", durability="none")))
        assert lone.status == 200
        single = next(volume for volume in tables.volumes.values() if volume.name == "one")
        with pytest.raises(Refused, match="one copy"):
            await plan(desk, "heketi-evict", brick=single.bricks[0])


async def test_a_device_is_forgotten_though_its_group_is_gone(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        device = next(iter(desk.server.state.tables.devices))
        desk.server.fail("vgremove", f"  Volume group vg_{device} not found")
        assert (await desk.run(await plan(desk, "heketi-forget-device", device=device))).ok
        assert device not in desk.server.state.tables.devices


async def test_a_remedy_that_makes_no_sense_now_says_why(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        await dies_in(desk, requests.create_volume(VolumeWish(10, "half")), "mkfs")
        site = await desk.site()
        found = heketi_findings(site, None, None, Snapshot(), {}, None, 0.0)
        [finding] = attach_repairs(found, replace(site, operations=()))
        assert finding.remedies[0].plan is None
        assert "not now: heketi has no operation" in finding.remedies[0].title
        with pytest.raises(Refused, match="no repair 'nonsense'"):
            plan_repair(Fix("nonsense"), site)
