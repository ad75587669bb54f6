"""Loading and cleaning through heketi with executor, journal and a simulated heketi: also undone and resumed."""

import asyncio
from pathlib import Path

from tests.plans.heketi_sites import topology, wanted
from tests.site.heketi_desk import heketi_desk
from tui.demo.heketi import HttpFault
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.ops.events import Status
from tui.plans.heketi_clean import HeketiTarget, plan_heketi_clean
from tui.plans.heketi_load import plan_heketi_load

THREE = topology(wanted(3))


async def test_a_topology_is_loaded_and_taken_back(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        outcome = await desk.run(plan_heketi_load(THREE, await desk.site()))
        assert outcome.ok, outcome.failed
        site = await desk.site()
        assert sorted(node.name for node in site.nodes.values()) == ["node0", "node1", "node2"]
        assert len(site.clusters) == 1
        assert len(site.devices) == 6
        assert plan_heketi_load(THREE, site).steps == ()
        undone = await desk.undo()
        assert undone.ok, undone.failed
        assert desk.photo() == ({}, [])
        assert desk.server.state.tables.clusters == {}


async def test_what_heketi_had_before_stays_when_a_load_is_undone(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await desk.run(plan_heketi_load(topology(wanted(2, disks=1)), await desk.site()))
        before = desk.photo()
        await desk.run(plan_heketi_load(THREE, await desk.site()))
        assert desk.photo() != before
        assert (await desk.undo()).ok
        assert desk.photo() == before


async def test_what_failed_is_told_and_a_second_load_does_the_rest(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        desk.server.fail("peer probe 10.0.0.11", "peer probe: failed: Probe returned with Transport endpoint ...")
        desk.server.fail("vgcreate .*/dev/sdc", "  Device /dev/sdc excluded by a filter.", host="node2")
        outcome = await desk.run(plan_heketi_load(THREE, await desk.site()))
        assert not outcome.ok
        reports = {step: report for step, report in desk.made[-1].reports.items() if not report.status.is_good}
        assert {step: report.status for step, report in reports.items()} == {
            "node node1": Status.FAILED,
            "device node1 /dev/sdb": Status.BLOCKED,
            "device node1 /dev/sdc": Status.BLOCKED,
            "device node2 /dev/sdc": Status.FAILED,
        }
        assert "peer probe: failed" in reports["node node1"].reason
        assert "excluded by a filter" in reports["device node2 /dev/sdc"].reason
        desk.server.state.nodes.faults.clear()
        again = plan_heketi_load(THREE, await desk.site())
        assert [step.id for step in again.steps] == [
            "node node1", "device node1 /dev/sdb", "device node1 /dev/sdc", "device node2 /dev/sdc",
        ]  # fmt: skip
        assert (await desk.run(again)).ok
        assert len((await desk.site()).devices) == 6


async def test_the_first_node_of_a_pool_may_fail(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        desk.server.fail("glusterd", "Unit glusterd.service could not be found.", host="node0")
        outcome = await desk.run(plan_heketi_load(THREE, await desk.site()))
        assert {report.step for report in outcome.failed} >= {"node node0"}
        site = await desk.site()
        assert sorted(node.name for node in site.nodes.values()) == ["node1", "node2"]
        assert len(site.clusters) == 1


async def test_a_cluster_is_cleaned_with_its_volumes_and_loaded_again_by_undo(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await desk.run(plan_heketi_load(THREE, await desk.site()))
        await desk.client.change(requests.create_volume(VolumeWish(10, "db")))
        await desk.client.change(requests.create_block_volume(5, "blk"))
        before, _ = desk.photo()
        [cluster] = (await desk.site()).clusters
        outcome = await desk.run(plan_heketi_clean(await desk.site(), HeketiTarget("cluster", cluster)))
        assert outcome.ok, outcome.failed
        assert desk.photo() == ({}, [])
        assert (await desk.site()).clusters == {}
        assert (await desk.undo()).ok
        after, volumes = desk.photo()
        assert after == {node: [(name, 0) for name, _ in devices] for node, devices in before.items()}
        assert volumes == []
        assert len((await desk.site()).clusters) == 1


async def test_bricks_are_moved_off_a_device(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await desk.run(plan_heketi_load(topology(wanted(4)), await desk.site()))
        await desk.client.change(requests.create_volume(VolumeWish(10, "db")))
        site = await desk.site()
        device = next(one for one in site.devices.values() if one.bricks)
        outcome = await desk.run(plan_heketi_clean(site, HeketiTarget("device", device.id, moves=True)))
        assert outcome.ok, outcome.failed
        after = await desk.site()
        assert device.id not in after.devices
        assert len(next(iter(after.volumes.values())).bricks) == 3


async def test_a_volume_made_meanwhile_keeps_its_device(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await desk.run(plan_heketi_load(topology(wanted(3, disks=1)), await desk.site()))
        [cluster] = (await desk.site()).clusters
        plan = plan_heketi_clean(await desk.site(), HeketiTarget("cluster", cluster))
        await desk.client.change(requests.create_volume(VolumeWish(10, "late")))
        outcome = await desk.run(plan)
        assert not outcome.ok
        assert any("bricks that this plan does not know" in report.reason for report in outcome.failed)
        assert desk.photo()[1] == ["late"]
        assert len((await desk.site()).devices) == 3


async def test_a_load_goes_on_after_heketi_was_restarted_in_its_middle(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        fault = desk.server.hang("vgcreate .*/dev/sdc", host="node1")
        operation = desk.begin(plan_heketi_load(THREE, await desk.site()))
        running = asyncio.create_task(desk.executor.execute(operation))
        while len(desk.server.state.tables.devices) < 5:
            await asyncio.sleep(0.01)
        await desk.server.restart()
        desk.server.state.nodes.faults.remove(fault)
        await running
        outcome = await operation.wait()
        assert [report.step for report in outcome.failed] == ["device node1 /dev/sdc"]
        assert (await desk.resume()).ok
        assert len((await desk.site()).devices) == 6


async def test_a_connection_that_breaks_after_the_request_is_read_back(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        desk.server.http_faults.append(HttpFault("POST /clusters", cut="after"))
        outcome = await desk.run(plan_heketi_load(THREE, await desk.site()))
        assert outcome.ok, outcome.failed
        assert len((await desk.site()).clusters) == 1


async def test_two_clusters_at_once(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        outcome = await desk.run(plan_heketi_load(topology(wanted(2), wanted(2, first=2)), await desk.site()))
        assert outcome.ok, outcome.failed
        site = await desk.site()
        members = {frozenset(site.nodes[ident].name for ident in one.nodes) for one in site.clusters.values()}
        assert members == {frozenset({"node0", "node1"}), frozenset({"node2", "node3"})}
