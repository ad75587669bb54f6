"""What a clean leaves alone: disks and volumes of others, what is in use, what changed after the plan was made."""

import asyncio

import pytest

from tests.site.cleaning import do, planned, state, volume, whole, why
from tests.site.helpers import Bench
from tui.core.model import Freshness
from tui.core.plan import Refused
from tui.demo.accidents import happen
from tui.plans.clean import CleanTarget


async def test_a_replicated_volume_keeps_its_node_and_device(bench: Bench) -> None:
    await bench.load()
    await volume(bench, "db")
    brick = next(b for b in bench.site.store.snapshot.bricks.values() if b.node == "node2")
    for target in (CleanTarget("node", node="node2"), CleanTarget("device", node="node2", device=brick.device)):
        with pytest.raises(Refused) as caught:
            planned(bench, target)
        assert "db (also on node1, node3)" in caught.value.details[0]


async def test_a_mounted_volume_is_refused(bench: Bench) -> None:
    await bench.load()
    await volume(bench, "db")
    machine = bench.demo.node("node3").machine
    machine.files.make_all("/mnt/db")
    assert machine.run(("mount", "-t", "glusterfs", "10.42.0.1:/db", "/mnt/db")).code == 0
    await bench.site.refresh()
    with pytest.raises(Refused) as caught:
        planned(bench, whole(bench))
    assert "node3: 10.42.0.1:/db on /mnt/db" in caught.value.details


async def test_a_foreign_group_and_the_system_disk(bench: Bench) -> None:
    machine = bench.demo.node("node1").machine
    assert machine.run(("lvm", "vgcreate", "data", "/dev/sdd")).code == 0
    happen(bench.demo.node("node2").machine, "ext4", "/dev/sdd")
    await bench.load()
    there = state(bench)
    with pytest.raises(Refused, match="in volume group data, which neither brickyard nor heketi made"):
        planned(bench, CleanTarget("device", node="node1", device="/dev/sdd"))
    with pytest.raises(Refused, match="mounted on /: it is the system's own disk"):
        planned(bench, CleanTarget("device", node="node1", device="/dev/sda"))
    with pytest.raises(Refused, match="it holds ext4"):
        planned(bench, CleanTarget("device", node="node2", device="/dev/sdd"))
    outcome = await bench.run(planned(bench, whole(bench)))
    assert outcome.ok, why(outcome)
    left = {skip.subject: skip.reason for skip in outcome.plan.skipped}
    assert left == {
        "node1 /dev/sdd": "left alone: in volume group data, which is not for bricks",
        "node2 /dev/sdd": "left alone: holds ext4",
    }
    after = state(bench)
    assert after["node1"]["groups"] == ["data"]
    assert after["node2"]["signatures"]["/dev/sdd"] == there["node2"]["signatures"]["/dev/sdd"] == ["ext4"]


async def test_a_foreign_volume_in_our_group_keeps_the_group(bench: Bench) -> None:
    await bench.load()
    machine = bench.demo.node("node1").machine
    vg = next(iter(machine.lvm.groups))
    do(machine, f"lvm lvcreate --poolmetadatasize 4096K --size 102400K --thin {vg}/tp_x --virtualsize 1G --name mine")
    await bench.site.refresh()
    outcome = await bench.run(planned(bench, whole(bench)))
    faults = [skip.reason for skip in outcome.plan.skipped if skip.is_fault]
    assert any("tp_x" in reason or "mine" in reason for reason in faults), faults
    assert list(machine.lvm.groups) == [vg]
    assert [n.name for n in bench.demo.nodes if n.machine.glusterd.peers()] == []


async def test_a_dead_node_is_named_and_the_rest_is_cleaned(bench: Bench) -> None:
    await bench.load()
    bench.demo.node("node3").faults.powered_off = True
    await bench.site.refresh()
    outcome = await bench.run(planned(bench, whole(bench)))
    faults = {skip.subject: skip.reason for skip in outcome.plan.skipped if skip.is_fault}
    assert "can't be reached" in faults["node3"] or "stays in its pool" in faults["node3"]
    assert not outcome.failed
    assert [len(node.machine.lvm.groups) for node in bench.demo.nodes] == [0, 0, 3]
    bench.demo.node("node3").faults.powered_off = False
    for _ in range(50):
        await asyncio.sleep(0.1)
        await bench.site.refresh()
        if bench.site.store.nodes["node3"].source.freshness is Freshness.LIVE:
            break
    outcome = await bench.run(planned(bench, whole(bench)))
    assert outcome.ok, why(outcome)
    assert [node.machine.glusterd.peers() for node in bench.demo.nodes] == [[], [], []]


async def test_a_brick_that_got_a_volume_after_the_plan_is_kept(bench: Bench) -> None:
    await bench.load()
    await volume(bench, "db")
    for node in bench.demo.nodes:
        node.faults.fail("umount", 32, "umount: target is busy.\n", times=1)
    bricks = [(b.host, b.path) for b in bench.site.store.snapshot.bricks.values()]
    await bench.run(bench.site.volume_delete_plan("db"))
    plan = planned(bench, whole(bench))
    for host, path in bricks:
        machine = bench.demo.network.find(host)
        assert machine is not None
        machine.files.remove_all(path)
        machine.files.make_all(path)
    words = " ".join(f"{host}:{path}" for host, path in bricks)
    do(bench.demo.nodes[0].machine, f"gluster --mode=script --xml volume create new replica 3 {words}")
    outcome = await bench.run(plan)
    assert sum("a volume has a brick in" in report.reason for report in outcome.failed) >= 3
    assert all(any(g.pools for g in node.machine.lvm.groups.values()) for node in bench.demo.nodes)


async def test_a_device_that_was_swapped_after_the_plan_is_not_touched(bench: Bench) -> None:
    await bench.load()
    plan = planned(bench, CleanTarget("device", node="node1", device="/dev/sdb"))
    machine = bench.demo.node("node1").machine
    one, other = machine.devices.all["sdb"], machine.devices.all["sdc"]
    one.path, other.path = other.path, one.path
    outcome = await bench.run(plan)
    assert len(outcome.failed) == 1
    assert "is no longer what it was" in outcome.failed[0].reason
    assert len(machine.lvm.groups) == 3
