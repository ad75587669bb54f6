"""A heketi beside nodes that are reached over SSH: its states in the same rows, changes through it or not."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.site.heketi_world import beside
from tui.core.model import State
from tui.core.plan import Refused
from tui.core.runner import HEKETI
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.plans.clean import CleanTarget
from tui.plans.heketi_members import plan_disable, plan_tags


async def test_heketis_states_and_tags_stand_beside_what_was_seen(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        node = next(one for one in bench.known.nodes.values() if one.name == "node1")
        assert (await bench.run(plan_disable(bench.known, node))).ok
        assert (await bench.run(plan_tags(bench.known, bench.known.nodes[node.id], {"rack": "7"}))).ok
        shown = bench.site.store.snapshot.nodes["node1"]
        assert (shown.state, shown.reason) == (State.ONLINE, "disabled in heketi: it takes no new bricks")
        assert shown.tags["rack"] == "7"
        assert bench.site.store.storage.nodes["node1"].reason == ""


async def test_a_volume_made_through_heketi_is_seen_on_the_nodes_and_deleted_again(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        plan = bench.site.volume_create_plan(VolumeRequest("db", GIB))
        assert {step.node for step in plan.steps} == {HEKETI}
        outcome = await bench.run(plan)
        assert outcome.ok, outcome.failed
        found = bench.site.store.snapshot.volumes["db"]
        assert (found.state, found.type) == (State.ONLINE, "replicate 3")
        assert [volume.name for volume in bench.known.volumes.values()] == ["db"]
        assert (await bench.run(bench.site.volume_stop_plan("db"))).ok
        plan = bench.site.volume_delete_plan("db")
        assert {step.node for step in plan.steps} == {HEKETI}
        assert (await bench.run(plan)).ok
        assert bench.site.store.snapshot.volumes == {}


async def test_a_volume_that_heketi_does_not_know_is_deleted_over_ssh(tmp_path: Path) -> None:
    async with beside(tmp_path, manage=False) as bench:
        plan = bench.site.volume_create_plan(VolumeRequest("db", GIB))
        assert HEKETI not in {step.node for step in plan.steps}
        assert (await bench.run(plan)).ok
        assert bench.known.volumes == {}
        heketi = bench.site.config.heketi
        assert heketi is not None
        bench.site.config = replace(bench.site.config, heketi=replace(heketi, manage=True))
        plan = bench.site.volume_delete_plan("db")
        assert HEKETI not in {step.node for step in plan.steps}
        assert (await bench.run(plan)).ok
        assert bench.site.store.snapshot.volumes == {}


async def test_without_manage_everything_goes_over_ssh(tmp_path: Path) -> None:
    async with beside(tmp_path, manage=False) as bench:
        plan = await bench.site.clean_plan(CleanTarget("device", node="node1", device="/dev/sdb"))
        assert HEKETI not in {step.node for step in plan.steps}
        reading = bench.site.read_topology(bench.demo.topology_path if bench.demo else tmp_path)
        assert reading.topology is not None
        assert (await bench.site.propose_load(reading.topology)).plan.steps == ()


async def test_a_load_is_looked_at_over_ssh_and_done_by_heketi(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        assert bench.demo is not None
        clean = await bench.site.clean_plan(CleanTarget("device", node="node1", device="/dev/sdb"))
        assert {step.node for step in clean.steps} == {HEKETI}
        outcome = await bench.run(clean)
        assert outcome.ok, outcome.failed
        reading = bench.site.read_topology(bench.demo.topology_path)
        assert reading.topology is not None
        proposal = await bench.site.propose_load(reading.topology)
        assert [(step.node, step.title) for step in proposal.plan.steps] == [(HEKETI, "add /dev/sdb of node1")]
        assert (await bench.run(proposal.plan)).ok
        assert bench.site.store.snapshot.devices["node1", "/dev/sdb"].vg.startswith("vg_")


async def test_what_is_in_the_way_on_a_node_is_left_out_with_the_reason(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        assert bench.demo is not None
        outcome = await bench.run(await bench.site.clean_plan(CleanTarget("device", node="node1", device="/dev/sdb")))
        assert outcome.ok, outcome.failed
        machine = bench.demo.node("node1").machine
        machine.devices.all["sdb"].write("ext4", machine.rng)
        reading = bench.site.read_topology(bench.demo.topology_path)
        assert reading.topology is not None
        plan = (await bench.site.propose_load(reading.topology)).plan
        assert plan.steps == ()
        assert [skip.subject for skip in plan.skipped if skip.is_fault] == ["node1 /dev/sdb"]


async def test_a_heketi_that_is_gone_hides_nothing_of_the_nodes(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        await bench.server.stop()
        await bench.site.refresh()
        assert {node.state for node in bench.site.store.snapshot.nodes.values()} == {State.ONLINE}
        with pytest.raises(Refused) as refused:
            bench.site.volume_create_plan(VolumeRequest("db", GIB))
        assert "--direct" in " ".join(refused.value.details)


async def test_nodes_that_are_down_are_named_before_heketi_says_that_some_are(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        assert (await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))).ok
        assert bench.site.volume_delete_plan("db").warnings == ()
        assert bench.demo is not None
        await bench.demo.node("node2").executor.run(["systemctl", "stop", "glusterd"], "")
        await bench.site.refresh()
        for plan in (bench.site.volume_create_plan(VolumeRequest("y", GIB)), bench.site.volume_delete_plan("db")):
            assert {step.node for step in plan.steps} == {HEKETI}
            assert any("needs all nodes of the pool, and node2 is not connected" in text for text in plan.warnings)
