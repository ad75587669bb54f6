"""The plan that takes everything away: what goes, in which order, what is lost, and what is refused."""

from dataclasses import replace

import pytest

from tests.plans.factory import answer, facts, node, topology
from tests.plans.sites import (
    CLUSTER,
    brick_mount,
    loaded,
    snapshot,
    unread_site,
    vg,
    volume,
    with_brick,
    with_volume,
)
from tui.core.facts import BrickFact, FstabEntry, LogicalVolume, Mount, NodeFacts
from tui.core.model import Snapshot
from tui.core.plan import Check, Danger, Plan, Refused, Step
from tui.core.units import GIB
from tui.plans import clean_bricks
from tui.plans.clean import CleanTarget, plan_clean

WHOLE = CleanTarget("cluster", cluster=CLUSTER)


def clean(shot: Snapshot, known: dict[str, NodeFacts], target: CleanTarget = WHOLE) -> Plan:
    plan = plan_clean(shot, known, target)
    plan.check_order()
    return plan


def refusal(shot: Snapshot, known: dict[str, NodeFacts], target: CleanTarget = WHOLE) -> Refused:
    with pytest.raises(Refused) as caught:
        clean(shot, known, target)
    return caught.value


def asked(check: Check, text: str, code: int = 0) -> bool:
    return check.passes(answer(check.command, text, code))


def kinds(plan: Plan) -> list[str]:
    return [step.id.split()[0] for step in plan.steps]


def step(plan: Plan, id_: str) -> Step:
    return next(s for s in plan.steps if s.id == id_)


def faults(plan: Plan) -> dict[str, str]:
    return {skip.subject: skip.reason for skip in plan.skipped if skip.is_fault}


def test_nothing_is_cleaned_before_the_volumes_were_read() -> None:
    _, known = with_volume()
    caught = refusal(unread_site(known).snapshot, known)
    assert caught.details == tuple(
        f"node{number}: the volumes of its cluster were not read yet" for number in (1, 2, 3)
    )
    device = CleanTarget("device", node="node1", device="/dev/vdb")
    assert "were not read yet" in refusal(unread_site(known).snapshot, known, device).sentence


def test_a_cluster_goes_from_its_volumes_to_its_peers() -> None:
    plan = clean(*with_volume())
    assert kinds(plan) == ["stop", "delete", *["remove"] * 3, *["clean"] * 3, "detach", "detach"]
    away = step(plan, "clean node2 /dev/vdb")
    assert away.needs == (f"remove node2 brick_{2:032x}",)
    assert [c.argv[:2] for c in away.commands] == [
        ("lvm", "vgremove"), ("lvm", "pvremove"), ("dd", "if=/dev/zero"),
        ("find", f"/var/lib/heketi/mounts/{vg(2)}"), ("rmdir", f"/var/lib/heketi/mounts/{vg(2)}"),
    ]  # fmt: skip
    detach = step(plan, "detach node2")
    assert (detach.node, detach.commands[0].argv[-3:]) == ("node1", ("peer", "detach", "10.0.0.2"))
    assert {"delete db", away.id} <= set(detach.needs)


def test_what_is_lost_stands_on_top_and_a_name_must_be_typed() -> None:
    plan = clean(*with_volume())
    assert plan.warnings[0].startswith("1 volume")
    assert "lost for good" in plan.warnings[0]
    assert plan.warnings[1].startswith("Volume db (replicate 3, ")
    assert "used" in plan.warnings[1]
    assert (plan.confirm, plan.danger) == ("cluster 1", Danger.DESTROYS)
    assert all(s.undo or s.no_undo for s in plan.steps)


def test_every_volume_group_can_be_made_anew_as_it_was() -> None:
    known = loaded(2)
    away = step(clean(snapshot(known), known), "clean node1 /dev/vdb")
    (again,) = away.undo
    assert again.argv[1] == "vgcreate"
    assert again.argv[-2:] == (vg(1), "/dev/vdb")
    assert f"brickyard.cluster={CLUSTER}" in again.argv


def test_devices_of_one_node_do_not_wait_for_each_other() -> None:
    known = loaded(3, letters="bcde")
    plan = clean(snapshot(known), known)
    away = [s for s in plan.steps if s.id.startswith("clean")]
    assert len(away) == 12
    assert len({s.serial for s in away}) == 12
    assert not any(s.needs for s in away)
    assert plan.title == "Clean cluster 1: 0 volumes, 12 devices, 2 peers"


def test_a_node_alone_needs_no_detach_and_keeps_other_nodes() -> None:
    known = loaded(3)
    plan = clean(snapshot(known), known, CleanTarget("node", node="node2"))
    assert [(s.id, s.node) for s in plan.steps] == [("clean node2 /dev/vdb", "node2"), ("detach node2", "node1")]
    assert plan.confirm == "node2"
    lone = {"node1": loaded(1)["node1"]}
    assert kinds(clean(snapshot(lone), lone)) == ["clean"]


@pytest.mark.parametrize(
    "target", [CleanTarget("node", node="node1"), CleanTarget("device", node="node1", device="/dev/vdb")]
)
def test_a_volume_that_is_elsewhere_too_is_kept(target: CleanTarget) -> None:
    refused = refusal(*with_volume(), target)
    assert "db (also on node2, node3)" in refused.details
    assert any("replacing bricks is another operation" in text for text in refused.details)


def test_a_brick_on_an_unknown_host_is_elsewhere() -> None:
    known = {"node1": with_brick(loaded(1)["node1"], 1)}
    fact = volume("db", (1, f"{brick_mount(1)}/brick"), replica=2)
    fact = replace(fact, bricks=(*fact.bricks, BrickFact("10.9.9.9", "/x/brick", "strange")))
    assert "db (also on 10.9.9.9)" in refusal(snapshot(known, fact), known).details


def test_a_volume_mounted_on_a_node_is_in_use() -> None:
    shot, known = with_volume()
    mount = Mount("10.0.0.1:/db", "/mnt/db", "fuse.glusterfs", "rw", "0:50")
    known["node3"] = replace(known["node3"], mounts=(*known["node3"].mounts, mount))
    assert refusal(shot, known).details == ("node3: 10.0.0.1:/db on /mnt/db",)
    own = replace(mount, target="/run/gluster/db")
    known["node3"] = replace(known["node3"], mounts=(*known["node3"].mounts[:-1], own))
    assert clean(shot, known).steps


def test_a_node_that_can_not_be_asked_stays_with_its_volumes() -> None:
    shot, known = with_volume()
    del known["node3"]
    details = refusal(shot, known).details
    assert details[0] == "node3: it was not read yet"
    assert any(text.startswith("db: ") for text in details)
    assert any("node1 /dev/vdb: a brick of volume db stays on it" in text for text in details)


def test_what_stays_is_not_told_as_lost() -> None:
    _, known = with_volume()
    both = (
        volume("db", *((n, f"{brick_mount(n)}/brick") for n in (1, 2, 3)), replica=3),
        volume("own", (1, f"{brick_mount(1, 5)}/brick"), replica=1),
    )
    shot = snapshot(known, *both)
    del known["node3"]
    plan = clean(shot, known)
    assert "db" in faults(plan)
    assert plan.title.startswith("Clean cluster 1: 1 volume,")
    assert [text for text in plan.warnings if "lost" in text and "db" in text] == []


def test_what_was_not_read_is_not_taken_for_nothing() -> None:
    known = loaded(2)
    known["node2"] = replace(known["node2"], unread={"logical_volumes": "lvs timed out"})
    plan = clean(snapshot(known), known)
    assert faults(plan)["node2"].endswith("its logical volumes could not be read: lvs timed out")
    assert [(s.id, s.node) for s in plan.steps] == [("clean node1 /dev/vdb", "node1"), ("detach node1", "node2")]


def test_bricks_of_no_volume_go_after_asking_for_volumes() -> None:
    known = {"node1": with_brick(loaded(1)["node1"], 1)}
    plan = clean(snapshot(known), known)
    assert kinds(plan) == ["remove", "clean"]
    assert "belongs to no known volume; its data is lost" in plan.warnings[0]
    guard = plan.steps[0].guards[-1]
    used = f"<cliOutput><opRet>0</opRet><brick><name>10.0.0.1:{brick_mount(1)}/brick</name></brick></cliOutput>"
    assert not asked(guard, used)
    assert not asked(guard, "<cliOutput><opRet>-1</opRet></cliOutput>")
    assert asked(guard, "<cliOutput><opRet>0</opRet></cliOutput>")


def test_bricks_stay_where_nobody_can_tell_whose_they_are() -> None:
    of = replace(with_brick(loaded(1)["node1"], 1), glusterd="failed")
    target = CleanTarget("device", node="node1", device="/dev/vdb")
    assert "while glusterd does not run" in refusal(snapshot({"node1": of}), {"node1": of}, target).details[0]
    gone = replace(of, glusterd="not installed")
    assert kinds(clean(snapshot({"node1": gone}), {"node1": gone}, target)) == ["remove", "clean"]


def test_an_empty_thin_pool_and_lines_of_lost_bricks_go_too() -> None:
    of = loaded(1)["node1"]
    pool = LogicalVolume(f"tp_{7:032x}", vg(1), "tp", GIB, "twi-aotz--", thin_count=0)
    target = f"/var/lib/heketi/mounts/{vg(8)}/brick_{8:032x}"
    of = replace(of, logical_volumes=(pool,), fstab=(FstabEntry(3, "/dev/mapper/gone", target, "xfs", "rw"),))
    plan = clean(snapshot({"node1": of}), {"node1": of})
    assert kinds(plan) == ["remove", "pool", "clean"]
    assert plan.steps[0].commands[0].argv == ("sed", "-i.save", f"/brick_{8:032x}/d", "/etc/fstab")
    assert plan.steps[1].commands[0].argv[-3:] == ("-S", "thin_count=0", f"{vg(1)}/tp_{7:032x}")


def test_heketis_own_volume_goes_with_its_cluster_and_is_named() -> None:
    known = {"node1": with_brick(loaded(1)["node1"], 1)}
    shot = snapshot(known, volume("heketidbstorage", (1, f"{brick_mount(1)}/brick"), replica=1))
    plan = clean(shot, known)
    assert "delete heketidbstorage" in {s.id for s in plan.steps}
    assert any("heketi forgets all its volumes" in text for text in plan.warnings)


def test_a_topology_covers_what_it_names_and_nothing_else() -> None:
    known = loaded(2, letters="bc")
    target = CleanTarget("topology", topology=topology(node(1, "b"), node(2, "bc")))
    plan = clean(snapshot(known), known, target)
    assert [s.id for s in plan.steps] == [
        "clean node1 /dev/vdb",
        "clean node2 /dev/vdb",
        "clean node2 /dev/vdc",
        "detach node2",
    ]
    (stays,) = plan.skipped
    assert (stays.subject, stays.is_fault) == ("node1", False)
    assert "other volume groups" in stays.reason


def test_a_node_of_a_foreign_pool_stays_in_it() -> None:
    known = loaded(2)
    known["node1"] = replace(known["node1"], physical_volumes=(), volume_groups=(), devices=facts(1, "b").devices)
    target = CleanTarget("topology", topology=topology(node(1, "b")))
    plan = clean(snapshot(known), known, target)
    assert plan.steps == ()
    assert ("node1", "stays in its pool with 10.0.0.2: nothing on it tells that a load put it there") in [
        (skip.subject, skip.reason) for skip in plan.skipped
    ]
    plan = clean(snapshot(known), known, CleanTarget("topology", topology=topology(node(2, "b"))))
    assert [s.id for s in plan.steps] == ["clean node2 /dev/vdb", "detach node2"]


def test_a_foreign_disk_does_not_hold_its_node_in_the_pool() -> None:
    known = loaded(2, letters="bc")
    second = known["node2"]
    labels = tuple(pv for pv in second.physical_volumes if pv.path != "/dev/vdc")
    disks = tuple(
        replace(d, mountpoints=("/srv/data",), fstype="xfs") if d.path == "/dev/vdc" else d for d in second.devices
    )
    groups = tuple(g for g in second.volume_groups if any(pv.vg == g.name for pv in labels))
    known["node2"] = replace(second, physical_volumes=labels, devices=disks, volume_groups=groups)
    target = CleanTarget("topology", topology=topology(node(1, "bc"), node(2, "bc")))
    plan = clean(snapshot(known), known, target)
    assert kinds(plan)[-1] == "detach"
    assert faults(plan) == {
        "node2 /dev/vdc": "/dev/vdc is mounted on /srv/data: nothing of brickyard's or heketi's is on it"
    }


def test_peers_stay_while_one_of_them_is_down() -> None:
    known = loaded(3)
    first = known["node1"]
    known["node1"] = replace(first, peers=tuple(replace(p, connected=p.hostname != "10.0.0.3") for p in first.peers))
    plan = clean(snapshot(known), known)
    assert kinds(plan) == ["clean"] * 3
    assert "only while all are connected, and 10.0.0.3 is not" in faults(plan)["node2"]


def test_what_is_not_there() -> None:
    shot, known = with_volume()
    assert refusal(shot, known, CleanTarget("cluster", cluster="x")).sentence == "There is no cluster x."
    assert refusal(shot, known, CleanTarget("node", node="x")).sentence == "There is no node x."
    assert "names no node" in refusal(shot, known, CleanTarget("topology")).sentence


def test_names_of_a_brick_folder() -> None:
    assert clean_bricks.names_of(brick_mount(1)) == (vg(1), f"brick_{1:032x}")
    assert clean_bricks.names_of(f"{brick_mount(1)}/brick") is None
    assert clean_bricks.names_of("/var/lib/heketi/mounts/vg_1/brick_1") is None
