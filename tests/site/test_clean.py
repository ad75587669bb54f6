"""Everything away again on simulated nodes, over real SSH: they are then as they were before."""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

import pytest

from tests.site.cleaning import do, planned, state, volume, whole, why
from tests.site.helpers import Bench
from tui.core.plan import Refused
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.demo import scenes
from tui.ops.events import Status
from tui.plans.clean import CleanTarget


async def test_a_loaded_cluster_with_volumes_is_as_before(bench: Bench) -> None:
    before = state(bench)
    assert (await bench.load()).ok
    await volume(bench, "db")
    await volume(bench, "web")
    await bench.run(bench.site.volume_stop_plan("web"))
    plan = planned(bench, whole(bench))
    assert plan.confirm == "cluster 1"
    assert "2 volumes of 1.9 GiB with all their data are lost" in plan.warnings[0]
    outcome = await bench.run(plan)
    assert outcome.ok, why(outcome)
    assert state(bench) == before
    assert [c.id for c in bench.site.store.snapshot.clusters] == [""]
    again = await bench.load()
    assert again.ok, why(again)


async def test_by_the_topology_it_came_from(bench: Bench) -> None:
    before = state(bench)
    proposal = await bench.propose()
    assert (await bench.run(proposal.plan)).ok
    await volume(bench, "db")
    outcome = await bench.run(planned(bench, CleanTarget("topology", topology=proposal.topology)))
    assert outcome.ok, why(outcome)
    assert state(bench) == before


async def test_one_node_leaves_and_the_others_stay(bench: Bench) -> None:
    before = state(bench)
    await bench.load()
    there = state(bench)
    outcome = await bench.run(planned(bench, CleanTarget("node", node="node2")))
    assert outcome.ok, why(outcome)
    after = state(bench)
    assert after["node2"] == before["node2"]
    assert after["node1"] == there["node1"] | {"peers": ["node3"]}
    assert outcome.plan.confirm == "node2"


async def test_one_device(bench: Bench) -> None:
    await bench.load()
    there = state(bench)
    plan = planned(bench, CleanTarget("device", node="node2", device="/dev/sdc"))
    assert len(plan.steps) == 1
    outcome = await bench.run(plan)
    assert outcome.ok, why(outcome)
    after = state(bench)
    assert len(after["node2"]["groups"]) == 2
    assert after["node2"]["signatures"]["/dev/sdc"] == []
    assert after | {"node2": ""} == there | {"node2": ""}


async def test_a_volume_of_one_brick_goes_with_its_device(bench: Bench) -> None:
    await bench.load()
    await volume(bench, "solo", 1)
    (brick,) = bench.site.store.snapshot.bricks.values()
    outcome = await bench.run(planned(bench, CleanTarget("device", node=brick.node, device=brick.device)))
    assert outcome.ok, why(outcome)
    assert bench.site.store.snapshot.volumes == {}
    assert brick.vg not in bench.demo.node(brick.node).machine.lvm.groups


PROBE = "gluster --mode=script --xml --timeout=600 peer probe"


@pytest.mark.parametrize(
    ("command", "after"),
    [("lvm vgcreate", False), ("lvm vgcreate", True), (PROBE, True), ("lvm lvcreate", False), ("lvm lvcreate", True),
     ("mkfs.xfs", True), ("mount -o", True)],
)  # fmt: skip
async def test_what_broke_in_the_middle_is_cleaned(bench: Bench, command: str, after: bool) -> None:
    before = state(bench)
    for node in bench.demo.nodes[:2]:
        node.faults.cut(command, after=after)
    await bench.load()
    await bench.load()
    with contextlib.suppress(Refused):
        await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))
    outcome = await bench.run(planned(bench, whole(bench)))
    assert outcome.ok, why(outcome)
    found = state(bench)
    if command == "lvm lvcreate" and not after:
        # the folder of a brick that was never made is not known; `find -empty -delete` takes it away on a real node
        assert all(
            any("find /var/lib/heketi/mounts/vg_" in line for line in n.executor.history) for n in bench.demo.nodes
        )
        found = {name: seen | {"folders": before[name]["folders"]} for name, seen in found.items()}
    assert found == before


async def test_a_cancelled_load_is_cleaned(bench: Bench) -> None:
    before = state(bench)
    for node in bench.demo.nodes:
        node.faults.latency = 0.01
    proposal = await bench.propose()
    operation = bench.site.start(proposal.plan)
    operation.subscribe(lambda: _cancel(operation))
    assert (await operation.wait()).cancelled
    await bench.site.refresh()
    outcome = await bench.run(planned(bench, CleanTarget("topology", topology=proposal.topology)))
    assert outcome.ok, why(outcome)
    assert state(bench) == before


def _cancel(operation: Any) -> None:
    if not operation.cancelled and sum(r.status is Status.DONE for r in operation.reports.values()) >= 3:
        operation.cancel()


async def test_a_cancelled_clean_is_finished_by_the_next(bench: Bench) -> None:
    before = state(bench)
    await bench.load()
    await volume(bench, "db")
    await volume(bench, "web")
    operation = bench.site.start(planned(bench, whole(bench)))
    operation.subscribe(lambda: _cancel(operation))
    assert (await operation.wait()).cancelled
    await bench.site.refresh()
    assert state(bench) != before
    outcome = await bench.run(planned(bench, whole(bench)))
    assert outcome.ok, why(outcome)
    assert state(bench) == before


async def test_a_half_made_delete_leaves_bricks_that_are_cleaned(bench: Bench) -> None:
    before = state(bench)
    await bench.load()
    await volume(bench, "db")
    for node in bench.demo.nodes:
        node.faults.fail("umount", 32, "umount: target is busy.\n", times=1)
    assert not (await bench.run(bench.site.volume_delete_plan("db"))).ok
    plan = planned(bench, whole(bench))
    assert sum("belongs to no known volume" in text for text in plan.warnings) == 3
    outcome = await bench.run(plan)
    assert outcome.ok, why(outcome)
    assert state(bench) == before


async def test_what_heketi_made_goes_the_same_way(bench: Bench) -> None:
    """No tags, peers probed by address, its own database volume."""
    before = state(bench)
    machines = [node.machine for node in bench.demo.nodes]
    for other in machines[1:]:
        do(machines[0], f"gluster --mode=script --xml peer probe {other.addresses[0]}")
    for machine in machines:
        for path in ("/dev/sdb", "/dev/sdc"):
            do(machine, f"lvm pvcreate -qq --metadatasize=128M --dataalignment=256K {path}")
            name = f"vg_{bench.demo.rng.getrandbits(128):032x}"
            do(machine, f"lvm vgcreate -qq --physicalextentsize=4M --autobackup=n {name} {path}")
    scenes.make_volume(bench.demo, "heketidbstorage", [machines], 2 * GIB, 0.1, "replica 3")
    scenes.make_volume(bench.demo, "vol_1", [(machines[0],), (machines[1],)], GIB, 0.4)
    await bench.site.refresh()
    plan = planned(bench, whole(bench))
    assert any("heketi forgets all its volumes" in text for text in plan.warnings)
    outcome = await bench.run(plan)
    assert outcome.ok, why(outcome)
    assert state(bench) == before


async def test_two_cleans_at_once_end_well(bench: Bench) -> None:
    before = state(bench)
    await bench.load()
    first, second = planned(bench, whole(bench)), planned(bench, whole(bench))
    await asyncio.gather(bench.run(first), bench.run(replace(second, title="again")))
    assert state(bench) == before
