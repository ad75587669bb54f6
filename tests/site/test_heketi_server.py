"""heketi's volumes, clusters, operations, mode and log level changed over HTTP."""

from pathlib import Path

import pytest

from tests.plans.heketi_sites import topology, wanted
from tests.site.heketi_desk import HeketiDesk, heketi_desk
from tui.core.heketi_model import HeketiOperation, HeketiSite
from tui.core.plan import Refused
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.demo.heketi import HttpFault
from tui.dialects import heketi_requests as requests
from tui.plans import heketi_server as server
from tui.plans import heketi_volumes as volumes
from tui.plans.heketi_blocks import plan_block_delete
from tui.plans.heketi_load import plan_heketi_load
from tui.remote.errors import CommandTimeout


async def loaded(desk: HeketiDesk, nodes: int = 3) -> None:
    """Nodes with two devices each."""
    assert (await desk.run(plan_heketi_load(topology(wanted(nodes)), await desk.site()))).ok


async def test_a_volume_is_made_expanded_cloned_and_deleted(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        wish = VolumeRequest("db", 3 * GIB // 2, gid=2000)
        plan = volumes.plan_heketi_create(await desk.site(), wish)
        assert plan.warnings == ("heketi counts whole GiB: the volume has 2 GiB.",)
        assert (await desk.run(plan)).ok
        [known] = (await desk.site()).volumes.values()
        assert (known.name, known.size, known.replica, known.gid) == ("db", 2 * GIB, 3, 2000)
        with pytest.raises(Refused, match="has a volume db already"):
            volumes.plan_heketi_create(await desk.site(), wish)
        assert (await desk.run(volumes.plan_expand(known, GIB + 1))).ok
        assert (await desk.site()).volumes[known.id].size == 4 * GIB
        assert (await desk.run(volumes.plan_clone(await desk.site(), known, "copy"))).ok
        site = await desk.site()
        assert sorted(one.name for one in site.volumes.values()) == ["copy", "db"]
        assert (await desk.undo()).ok
        assert [one.name for one in (await desk.site()).volumes.values()] == ["db"]
        deletion = volumes.plan_heketi_delete(site, known)
        assert deletion.confirm == "db"
        assert (await desk.run(deletion)).ok
        assert (await desk.site()).volumes == {}


async def test_a_create_whose_answer_is_lost_is_not_done_twice(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        desk.server.http_faults.append(HttpFault("POST /volumes", cut="after"))
        plan = volumes.plan_heketi_create(await desk.site(), VolumeRequest("db", GIB))
        outcome = await desk.run(plan)
        assert outcome.ok
        assert "read back" in outcome.reports[plan.steps[0].id].output
        assert [one.name for one in (await desk.site()).volumes.values()] == ["db"]
        assert desk.server.requests.count("POST /volumes") == 1
        assert (await desk.undo()).ok
        assert (await desk.site()).volumes == {}


async def test_an_expansion_is_not_done_twice_and_not_on_another_size(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        assert (await desk.run(volumes.plan_heketi_create(await desk.site(), VolumeRequest("db", GIB)))).ok
        [known] = (await desk.site()).volumes.values()
        plan = volumes.plan_expand(known, GIB)
        assert (await desk.run(plan)).ok
        assert (await desk.run(plan)).ok
        assert (await desk.site()).volumes[known.id].size == 2 * GIB
        await desk.client.change(requests.expand_volume(known.id, 2))
        outcome = await desk.run(plan)
        assert "not 1 GiB any more" in outcome.failed[0].reason
        with pytest.raises(Refused, match="never smaller"):
            volumes.plan_expand(known, -GIB)


async def test_no_space_is_a_failure_in_heketis_words(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk, nodes=2)
        outcome = await desk.run(volumes.plan_heketi_create(await desk.site(), VolumeRequest("db", GIB)))
        assert "No space" in outcome.failed[0].reason
        with pytest.raises(Refused, match="no devices"):
            volumes.plan_heketi_create(HeketiSite(), VolumeRequest("db", GIB))


async def test_hosts_of_block_volumes_stay_until_those_are_gone(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        await desk.client.change(requests.create_block_volume(5, "blk"))
        site = await desk.site()
        [host] = site.volumes.values()
        with pytest.raises(Refused, match="hosts block volumes: blk"):
            volumes.plan_heketi_delete(site, host)
        with pytest.raises(Refused, match="hosts block volumes"):
            volumes.plan_clone(site, host, "copy")
        [block] = site.block_volumes.values()
        assert (await desk.run(plan_block_delete(block))).ok
        assert (await desk.site()).block_volumes == {}


async def test_flags_of_a_cluster(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        [cluster] = (await desk.site()).clusters.values()
        assert server.plan_flags(cluster, file=True, block=True).steps == ()
        assert (await desk.run(server.plan_flags(cluster, file=True, block=False))).ok
        after = (await desk.site()).clusters[cluster.id]
        assert (after.takes_files, after.takes_blocks) == (True, False)
        assert (await desk.undo()).ok
        assert (await desk.site()).clusters[cluster.id].takes_blocks


async def test_stale_operations_are_cleaned_and_a_stuck_clone_is_refused(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        nothing = server.plan_cleanup((await desk.site()).operations)
        assert (nothing.steps, "left nothing behind" in nothing.skipped[0].reason) == ((), True)
        fault = desk.server.hang("mkfs.xfs")
        with pytest.raises(CommandTimeout):
            await desk.client.change(requests.create_volume(requests.VolumeWish(1, "lost")), seconds=0.3)
        await desk.server.restart()
        desk.server.state.nodes.faults.remove(fault)
        site = await desk.site()
        assert [one.status for one in site.operations] == ["stale"]
        assert (await desk.run(server.plan_cleanup(site.operations))).ok
        assert (await desk.site()).operations == ()
        clone = HeketiOperation("c" * 32, "clone-volume", "stale")
        plan = server.plan_cleanup([clone])
        assert plan.steps == ()
        assert [skip.is_fault for skip in plan.skipped] == [True]


async def test_what_heketi_could_not_clean_up_is_a_failure(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        await loaded(desk)
        desk.server.hang("mkfs.xfs")
        with pytest.raises(CommandTimeout):
            await desk.client.change(requests.create_volume(requests.VolumeWish(1, "lost")), seconds=0.3)
        await desk.server.restart()
        desk.server.state.nodes.faults.clear()
        desk.server.fail("lvremove", "  Logical volume is in use.")
        outcome = await desk.run(server.plan_cleanup((await desk.site()).operations))
        assert not outcome.ok
        assert "is still there" in outcome.failed[0].reason


async def test_the_mode_of_the_server(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        assert (await desk.run(server.plan_mode("normal", "local-client"))).ok
        assert desk.server.state.mode == "local-client"
        assert (await desk.undo()).ok
        assert desk.server.state.mode == "normal"
        plan = server.plan_mode("normal", "read-only")
        assert "USR2" in plan.warnings[0]
        assert (await desk.run(plan)).ok
        assert desk.server.state.mode == "read-only"
        with pytest.raises(Refused, match="takes no request"):
            server.plan_mode("read-only", "normal")
        with pytest.raises(Refused, match="no mode on"):
            server.plan_mode("normal", "on")


async def test_the_log_level(tmp_path: Path) -> None:
    async with heketi_desk(tmp_path) as desk:
        assert (await desk.run(server.plan_log_level("info", "debug"))).ok
        assert desk.server.state.log_level == "debug"
        assert (await desk.undo()).ok
        assert desk.server.state.log_level == "info"
        with pytest.raises(Refused, match="no log level loud"):
            server.plan_log_level("info", "loud")
