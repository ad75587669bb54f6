"""Block volumes made, taken back and deleted through heketi over HTTP."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.plans.heketi_sites import topology, wanted
from tests.site.heketi_desk import HeketiDesk, heketi_desk
from tests.site.heketi_world import alone
from tui.core.heketi_model import HeketiSite
from tui.core.plan import Danger, Refused
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.demo.heketi import HttpFault
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.ops.events import Status
from tui.plans.heketi_blocks import BlockRequest, plan_block_create, plan_block_delete
from tui.plans.heketi_load import plan_heketi_load
from tui.plans.heketi_volumes import plan_heketi_create


async def loaded(desk: HeketiDesk, nodes: int = 3) -> HeketiSite:
    """Nodes with two devices each."""
    assert (await desk.run(plan_heketi_load(topology(wanted(nodes)), await desk.site()))).ok
    return await desk.site()


async def test_a_block_volume_is_made_and_taken_back(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        plan = plan_block_create(await loaded(desk), BlockRequest("blk", 3 * GIB // 2, ha=2, auth=True))
        assert plan.steps[0].title == "create block volume blk of 2 GiB, served by 2 nodes, with a password"
        assert plan.warnings[0] == "heketi counts whole GiB: the volume has 2 GiB."
        assert "No volume for block volumes has 2 GiB free. heketi makes one first" in plan.warnings[1]
        assert "heketi-cli blockvolume info" in plan.then
        assert (await desk.run(plan)).ok
        site = await desk.site()
        [block] = site.block_volumes.values()
        assert (block.name, block.size, block.ha_count, len(block.hosts)) == ("blk", 2 * GIB, 2, 2)
        [made] = desk.server.state.tables.block_volumes.values()
        assert made.auth
        # its password was in heketi's answer
        assert b"secret" not in desk.journal.path.read_bytes()
        again = plan_block_create(site, BlockRequest("other", 5 * GIB))
        assert again.warnings == ()
        assert (await desk.undo()).ok
        left = await desk.site()
        assert left.block_volumes == {}
        # the volume that heketi made for it stays, as the plan said
        assert len(left.volumes) == 1


async def test_a_block_volume_is_deleted_after_its_name_was_typed(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        await desk.client.change(requests.create_block_volume(5, "blk"))
        [block] = (await desk.site()).block_volumes.values()
        plan = plan_block_delete(block)
        assert (plan.confirm, plan.danger) == ("blk", Danger.DESTROYS)
        assert "who uses it over iSCSI loses it at once" in plan.warnings[0]
        stranger = plan_block_delete(replace(block, name="another"))
        refused = await desk.run(stranger)
        assert "block volume another is another one now" in refused.failed[0].reason
        assert (await desk.run(plan)).ok
        assert (await desk.site()).block_volumes == {}
        [host] = (await desk.site()).volumes.values()
        assert host.free == 49 * GIB


async def test_what_heketi_would_do_otherwise_than_asked_is_refused(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        with pytest.raises(Refused, match="No cluster of heketi's takes block volumes"):
            plan_block_create(await desk.site(), BlockRequest("blk", GIB))
        site = await loaded(desk)
        await desk.client.change(requests.create_block_volume(5, "blk"))
        site = await desk.site()
        with pytest.raises(Refused, match="has a block volume blk already"):
            plan_block_create(site, BlockRequest("blk", GIB))
        with pytest.raises(Refused, match="4 nodes can't serve a block volume: the cluster has 3"):
            plan_block_create(site, BlockRequest("new", GIB, ha=4))
        with pytest.raises(Refused, match="is no number of nodes"):
            plan_block_create(site, BlockRequest("new", GIB, ha=-1))
        with pytest.raises(Refused, match="can't be the name of a volume"):
            plan_block_create(site, BlockRequest("a/b", GIB))
        with pytest.raises(Refused, match="must be more than 0"):
            plan_block_create(site, BlockRequest("new", 0))
        with pytest.raises(Refused, match="heketi has no cluster nowhere"):
            plan_block_create(site, BlockRequest("new", GIB, cluster="nowhere"))
        [cluster] = site.clusters
        await desk.client.change(requests.set_cluster_flags(cluster, file=True, block=False))
        with pytest.raises(Refused, match=f"Cluster {cluster} takes no block volumes"):
            plan_block_create(await desk.site(), BlockRequest("new", GIB, cluster=cluster))


async def test_a_heketi_that_makes_no_hosts_says_so_in_its_words(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        site = await loaded(desk)
        desk.server.state.settings.make_block_hosts = False
        outcome = await desk.run(plan_block_create(site, BlockRequest("blk", GIB)))
        assert "Block Hosting Volume Creation is disabled" in outcome.failed[0].reason
        await desk.client.change(requests.create_volume(VolumeWish(10, "host", is_block=True)))
        plan = plan_block_create(await desk.site(), BlockRequest("blk", GIB))
        assert plan.warnings == ()
        assert (await desk.run(plan)).ok


@pytest.mark.parametrize("kind", ["volume", "block volume"])
async def test_what_was_made_and_could_not_be_read_is_taken_back_all_the_same(tmp_path: Path, kind: str) -> None:
    async with heketi_desk(tmp_path) as desk:
        site = await loaded(desk)
        if kind == "volume":
            plan = plan_heketi_create(site, VolumeRequest("new", GIB))
        else:
            plan = plan_block_create(site, BlockRequest("new", GIB))
        path = "volumes" if kind == "volume" else "blockvolumes"
        fault = HttpFault(f"GET /{path}/(?!0+$)", cut="before", times=-1)
        desk.server.http_faults.append(fault)
        outcome = await desk.run(plan)
        assert [report.status for report in outcome.reports.values()] == [Status.DONE]
        fault.times = 0
        tables = desk.server.state.tables
        assert len(tables.volumes if kind == "volume" else tables.block_volumes) == 1
        assert (await desk.undo()).ok
        assert not (tables.volumes if kind == "volume" else tables.block_volumes)


async def test_no_second_one_is_made_while_heketi_is_still_at_the_first(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        plan = plan_block_create(await loaded(desk), BlockRequest("blk", GIB))
        let_on = asyncio.Event()
        run = desk.server.executor.run

        async def slow(host: str, command: str) -> str:
            await let_on.wait()
            return await run(host, command)

        desk.server.executor.run = slow  # type: ignore[method-assign]
        desk.server.http_faults.append(HttpFault("POST /blockvolumes", cut="after"))
        lost = await desk.run(plan)
        assert "read back: it is not done" in lost.failed[0].reason
        early = await desk.resume()
        assert "heketi is just making a block volume, perhaps this one" in early.failed[0].reason
        let_on.set()
        tables = desk.server.state.tables
        while tables.operations:
            await asyncio.sleep(0.01)
        assert (await desk.resume()).ok
        assert [one.name for one in tables.block_volumes.values()] == ["blk"]
        assert (await desk.undo()).ok
        assert tables.block_volumes == {}


async def test_a_site_names_what_has_no_name(tmp_path: Path) -> None:
    async with alone(tmp_path) as bench:
        cluster = bench.server.seed_cluster()
        for number in range(3):
            bench.server.seed_node(cluster.id, f"node{number}", f"10.0.0.{number}", disks=["/dev/sdb"])
        await bench.site.refresh()
        plan = bench.site.block_create_plan(BlockRequest("", GIB, cluster=cluster.id))
        assert (await bench.run(plan)).ok
        [block] = bench.known.block_volumes.values()
        assert block.name.startswith("blockvol_")
        with pytest.raises(Refused, match="heketi has no cluster elsewhere"):
            bench.site.block_create_plan(BlockRequest("x", GIB, cluster="elsewhere"))
