"""The main job: load a topology, create a volume, mount it, delete it."""

from pathlib import Path

import pytest

from tests.site.helpers import Bench, open_bench, write_topology
from tui.core.model import State
from tui.core.plan import Refused
from tui.core.units import GIB, TIB
from tui.core.volume_request import VolumeRequest
from tui.ops.events import Status


async def test_load_joins_the_peers_and_sets_up_every_device(bench: Bench) -> None:
    outcome = await bench.load()
    assert outcome.ok, outcome.failed
    snapshot = bench.site.store.snapshot
    assert {node.state for node in snapshot.nodes.values()} == {State.ONLINE}
    assert [cluster.nodes for cluster in snapshot.clusters] == [("node1", "node2", "node3")]
    managed = [device for device in snapshot.devices.values() if device.vg]
    assert len(managed) == 9
    assert {device.free for device in managed} == {4059136 * 1024}


async def test_a_second_load_has_nothing_to_do(bench: Bench) -> None:
    await bench.load()
    again = await bench.propose()
    assert again.plan.steps == ()
    assert not any(skip.is_fault for skip in again.plan.skipped)


async def test_a_volume_is_created_mounted_stopped_started_and_deleted(bench: Bench) -> None:
    await bench.load()
    before = bench.groups()
    created = await bench.run(bench.site.volume_create_plan(VolumeRequest("db", 2 * GIB, gid=2001)))
    assert created.ok, created.failed
    volume = bench.site.store.snapshot.volumes["db"]
    assert (volume.type, volume.state, len(volume.bricks)) == ("replicate 3", State.ONLINE, 3)
    tested = await bench.run(await bench.site.mount_test_plan("db", "node2"))
    assert tested.ok, tested.failed
    assert (await bench.run(bench.site.volume_stop_plan("db"))).ok
    assert bench.site.store.snapshot.volumes["db"].state is State.STOPPED
    with pytest.raises(Refused, match="not started"):
        await bench.site.mount_test_plan("db", "node2")
    assert (await bench.run(bench.site.volume_start_plan("db"))).ok
    deleted = await bench.run(bench.site.volume_delete_plan("db"))
    assert deleted.ok, deleted.failed
    assert bench.site.store.snapshot.volumes == {}
    assert bench.groups() == before
    facts = [entry.facts for entry in bench.site.store.nodes.values()]
    assert not any("brick_" in line.target for f in facts if f for line in f.fstab)
    assert not any("brick_" in mount.target for f in facts if f for mount in f.mounts)


async def test_the_seed_case_word_for_word(tmp_path: Path) -> None:
    """One node, two devices, size=1024 durability=none."""
    async with open_bench(tmp_path, nodes=1, disks=0) as bench:
        from tui.demo.site import add_disks

        add_disks(bench.demo.nodes[0].machine, 2, 2 * TIB)
        path = write_topology(tmp_path / "topology.json", {"node1": ["/dev/sdb", "/dev/sdc"]})
        loaded = await bench.run((await bench.propose(path)).plan)
        assert loaded.ok, loaded.failed
        created = await bench.run(bench.site.volume_create_plan(VolumeRequest("vol", 1024 * GIB, "none", 1)))
        assert created.ok, created.failed
        assert bench.site.store.snapshot.volumes["vol"].state is State.ONLINE
        assert (await bench.run(await bench.site.mount_test_plan("vol", ""))).ok


async def test_a_second_bastion_that_knows_one_node_sees_the_same_site(bench: Bench) -> None:
    from dataclasses import replace

    from tui.core.asker import RefusingAsker
    from tui.core.topology import TopologyNode
    from tui.site import Site

    await bench.load()
    await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))
    config = replace(bench.site.config, topology="", nodes=(TopologyNode("node1", "node1"),))
    other = Site(config, RefusingAsker())
    try:
        await other.open(watch=False)
        await other.refresh()
        seen, known = other.store.snapshot, bench.site.store.snapshot
        assert {n.name: (n.zone, n.storage, n.state) for n in seen.nodes.values()} == {
            n.name: (n.zone, n.storage, n.state) for n in known.nodes.values()
        }
        assert seen.bricks.keys() == known.bricks.keys()
        assert {d.vg for d in seen.devices.values()} == {d.vg for d in known.devices.values()}
        assert [c.id for c in seen.clusters] == [c.id for c in known.clusters]
    finally:
        await other.close()


async def test_read_only_refuses_every_change(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=3, disks=1, read_only=True) as bench:
        proposal = await bench.propose()
        assert proposal.plan.steps
        with pytest.raises(Refused, match="read-only"):
            bench.site.start(proposal.plan)
        assert bench.asked("peer probe", "vgcreate -qq") == []


async def test_cancel_ends_at_a_safe_point_and_a_re_run_completes(bench: Bench) -> None:
    for node in bench.demo.nodes:
        node.faults.latency = 0.02
    proposal = await bench.propose()
    operation = bench.site.start(proposal.plan)
    operation.subscribe(lambda: _cancel_after_first(operation))
    outcome = await operation.wait()
    assert outcome.cancelled
    statuses = {report.status for report in outcome.reports.values()}
    assert Status.CANCELLED in statuses
    assert Status.DONE in statuses
    assert Status.FAILED not in statuses
    again = await bench.load()
    assert again.ok, again.failed
    assert len([d for d in bench.site.store.snapshot.devices.values() if d.vg]) == 9


def _cancel_after_first(operation: object) -> None:
    from tui.ops.operation import Operation

    assert isinstance(operation, Operation)
    if not operation.cancelled and any(r.status is Status.DONE for r in operation.reports.values()):
        operation.cancel()
