"""New volumes: which steps in which order, and when there is none."""

from dataclasses import replace
from random import Random

import pytest

from tests.plans.factory import ids, peer
from tests.plans.sites import CLUSTER, loaded, snapshot, volume, with_volume
from tui.core.facts import LogicalVolume, NodeFacts
from tui.core.placement import VolumeRequest
from tui.core.plan import Danger, Plan, Refused, describe
from tui.core.units import GIB, MIB
from tui.plans.volume_create import candidates, plan_create


def create(known: dict[str, NodeFacts], request: VolumeRequest) -> Plan:
    plan = plan_create(snapshot(known), known, request, Random(1), ids())
    plan.check_order()
    return plan


def test_one_node_with_two_devices_without_replicas_as_text() -> None:
    plan = create(loaded(1, letters="bc", free=1300 * GIB), VolumeRequest("data", 1024 * GIB, "none"))
    vg, brick = plan.steps[0].commands[0].argv[2].split("/")[-2:]
    assert brick == "brick_00000000000000000000000000000001"
    mount = f"/var/lib/heketi/mounts/{vg}/{brick}"
    device = f"/dev/mapper/{vg}-{brick}"
    assert describe(plan)[3:] == [
        f"       mkdir -p {mount}",
        "       lvm lvcreate -qq --autobackup=n --poolmetadatasize 5369856K --chunksize 256K --size 1073741824K "
        f"--thin {vg}/tp_00000000000000000000000000000001 --virtualsize 1073741824K --name {brick}",
        f"       mkfs.xfs -i size=512 -n size=8192 {device}",
        f"       mount -o rw,inode64,noatime,nouuid {device} {mount}",
        f"       mkdir {mount}/brick",
        f"       tee -a /etc/fstab <<< '{device} {mount} xfs rw,inode64,noatime,nouuid 1 2'",
        "  2. node1: create volume data",
        f"       gluster --mode=script --xml --timeout=600 volume create data 10.0.0.1:{mount}/brick",
        "  3. node1: start volume data",
        "       gluster --mode=script --xml --timeout=600 volume start data",
    ]
    assert describe(plan)[0] == "Create volume data: 1 TiB, no replicas, 1 brick"
    assert plan.warnings == (
        "Without replicas the data is lost with any of its devices, and away while a node is down.",
    )


def test_three_replicas_stand_on_three_nodes() -> None:
    plan = create(loaded(3), VolumeRequest("db", 10 * GIB))
    bricks, (made, start) = plan.steps[:3], plan.steps[3:]
    assert {s.node for s in bricks} == {"node1", "node2", "node3"}
    assert all(s.serial == f"lvm {s.node}" and not s.needs for s in bricks)
    assert made.needs == tuple(s.id for s in bricks)
    assert made.commands[0].argv[6:9] == ("db", "replica", "3")
    assert (made.serial, made.retry, start.needs) == (f"gluster {CLUSTER}", True, (made.id,))
    assert start.serial == made.serial
    assert start.settled is None
    assert plan.warnings == ()
    assert plan.danger is Danger.CHANGES
    assert all(s.undo for s in plan.steps)


def test_bricks_that_are_there_are_not_made_again_over_their_data() -> None:
    brick = create(loaded(3), VolumeRequest("db", 10 * GIB)).steps[0]
    assert [guard.command.argv[1] for guard in brick.guards] == ["lvs", "/etc/fstab"]
    assert brick.done is not None
    assert brick.done.command.argv == ("cat", "/etc/fstab")
    assert brick.commands[-1].argv == ("tee", "-a", "/etc/fstab")


def test_a_half_made_brick_can_be_taken_back() -> None:
    brick = create(loaded(3), VolumeRequest("db", 10 * GIB)).steps[0]
    assert [c.argv[0] for c in brick.undo] == ["umount", "sed", "lvm", "lvm", "mkdir", "rmdir", "rmdir"]
    unmount, _, remove, pool, _, rmdir, _ = brick.undo
    assert 32 in unmount.ok
    assert 5 in remove.ok
    assert 5 in pool.ok
    assert rmdir.ok == (0,)


def test_a_group_owns_the_brick_when_a_gid_is_asked_for() -> None:
    brick = create(loaded(3), VolumeRequest("db", 10 * GIB, gid=2001)).steps[0]
    path = f"{brick.commands[0].argv[2]}/brick"
    assert [c.argv for c in brick.commands[5:7]] == [("chown", ":2001", path), ("chmod", "2775", path)]


def test_without_a_name_it_gets_one() -> None:
    assert "volume vol_00000000000000000000000000000001:" in create(loaded(3), VolumeRequest("", 10 * GIB)).title


def test_two_replicas_warn_of_split_brain() -> None:
    (warning,) = create(loaded(2), VolumeRequest("db", 10 * GIB, replica=2)).warnings
    assert "split-brain" in warning


def test_replicas_in_one_zone_are_told() -> None:
    (warning,) = create(loaded(3, zone=1), VolumeRequest("db", 10 * GIB)).warnings
    assert warning.startswith("The 3 replicas stand in 1 zone only")


def test_the_spare_that_lvm_keeps_is_counted() -> None:
    known = loaded(1)
    spare = LogicalVolume("lvol0_pmspare", "vg_" + f"{1:032x}", "u", 8 * MIB, "ewi-------", hidden=True)
    known["node1"] = replace(known["node1"], logical_volumes=(spare,))
    shot = snapshot(known)
    (candidate,) = candidates(shot, known, shot.clusters[0])
    assert candidate.metadata_spare == 8 * MIB


def refusal(known: dict[str, NodeFacts], request: VolumeRequest) -> str:
    with pytest.raises(Refused) as caught:
        create(known, request)
    return caught.value.sentence


def test_a_name_that_is_taken() -> None:
    shot, known = with_volume()
    with pytest.raises(Refused, match="There is a volume db already"):
        plan_create(shot, known, VolumeRequest("db", GIB), Random(1), ids())


@pytest.mark.parametrize("name", ["a b", "-x", "a/b", "all"])
def test_a_name_that_gluster_would_not_take(name: str) -> None:
    assert "can't be the name of a volume" in refusal(loaded(3), VolumeRequest(name, GIB))


def test_no_place() -> None:
    assert "There is no place" in refusal(loaded(3, free=5 * GIB), VolumeRequest("db", 10 * GIB))


def test_too_few_nodes() -> None:
    assert "needs 3 nodes" in refusal(loaded(2), VolumeRequest("db", 10 * GIB))


def test_a_peer_that_is_not_connected() -> None:
    known = loaded(3)
    sees = tuple(replace(p, connected=False) if p.uuid == peer(3).uuid else p for p in known["node1"].peers)
    known["node1"] = replace(known["node1"], peers=sees)
    assert refusal(known, VolumeRequest("db", GIB)) == (
        "Making volume db needs all nodes of the pool, and node3 is not connected."
    )


def test_a_node_whose_glusterd_is_down() -> None:
    known = loaded(3)
    known["node2"] = replace(known["node2"], glusterd="inactive")
    assert "node2 is not connected" in refusal(known, VolumeRequest("db", GIB))


def test_no_pool_yet() -> None:
    assert "load a topology first" in refusal({}, VolumeRequest("db", GIB))


def test_a_cluster_that_is_not_there() -> None:
    assert refusal(loaded(3), VolumeRequest("db", GIB, cluster="other")) == "There is no cluster other."


def test_a_group_of_others_takes_no_bricks() -> None:
    known = loaded(1)
    group = replace(known["node1"].volume_groups[0], name="data", tags=())
    label = replace(known["node1"].physical_volumes[0], vg="data")
    known["node1"] = replace(known["node1"], volume_groups=(group,), physical_volumes=(label,))
    shot = snapshot(known, volume("v", (1, "/data/brick"), replica=1))
    assert list(candidates(shot, known, shot.clusters[0])) == []
