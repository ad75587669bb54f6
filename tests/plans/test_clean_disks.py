"""Which disks may be cleaned, and what is asked right before it."""

import json
from dataclasses import replace

from tests.plans.factory import change, data, facts, with_group
from tests.plans.sites import loaded, snapshot, vg, with_brick
from tests.plans.test_clean import asked, clean, kinds, refusal
from tui.core.facts import LogicalVolume, Mount, NodeFacts, PhysicalVolume
from tui.core.plan import Plan
from tui.core.units import GIB, MIB
from tui.plans import clean_disks
from tui.plans.clean import CleanTarget

REAL = PhysicalVolume("/dev/vde", "", "", GIB, GIB, "98:64")


def disk_plan(of: NodeFacts, letter: str = "b") -> Plan:
    return clean(snapshot({"node1": of}), {"node1": of}, CleanTarget("device", node="node1", device=f"/dev/vd{letter}"))


def disk_refusal(of: NodeFacts, letter: str = "b") -> str:
    target = CleanTarget("device", node="node1", device=f"/dev/vd{letter}")
    return refusal(snapshot({"node1": of}), {"node1": of}, target).details[0]


def test_disks_of_others_are_refused() -> None:
    assert "in volume group data, which neither" in disk_refusal(with_group(facts(), "b", vg="data"))
    assert "it holds ext4" in disk_refusal(change(facts(), "b", fstype="ext4"))
    assert "mounted on /srv/x" in disk_refusal(change(facts(), "b", fstype="xfs", mountpoints=("/srv/x",)))
    assert "it is the system's own disk" in disk_refusal(facts(), "a")
    assert "swap space" in disk_refusal(change(facts(), "b", fstype="swap", mountpoints=("[SWAP]",)))


def test_volumes_of_others_in_our_group_are_refused() -> None:
    of = loaded(1)["node1"]
    of = replace(of, logical_volumes=(LogicalVolume("home", vg(1), "u", GIB, "-wi-a-----"),))
    assert f"volume group {vg(1)} holds home, which are no bricks" in disk_refusal(of)
    hidden = LogicalVolume("lvol0_pmspare", vg(1), "u", GIB, "ewi-------", hidden=True)
    assert disk_plan(replace(of, logical_volumes=(hidden,))).steps


def test_a_group_of_two_disks_is_refused() -> None:
    of = loaded(1)["node1"]
    second = PhysicalVolume("/dev/vdc", "pv-c2", vg(1), GIB, GIB, "252:32")
    assert "spans /dev/vdb, /dev/vdc" in disk_refusal(replace(of, physical_volumes=(*of.physical_volumes, second)))


def test_a_brick_that_is_mounted_elsewhere_too_is_refused() -> None:
    of = with_brick(loaded(1)["node1"], 1)
    device = replace(of.devices[2], kname="dm-9", path="/dev/mapper/x", number="253:10", type="lvm", parents=("vdb",))
    disks = tuple(replace(d, children=("dm-9",)) if d.kname == "vdb" else d for d in of.devices)
    look = Mount("/dev/mapper/x", "/mnt/look", "xfs", "rw", "253:10")
    assert "mounted on /mnt/look" in disk_refusal(replace(of, devices=(*disks, device), mounts=(*of.mounts, look)))


def test_a_device_that_is_not_there_is_a_wrong_name() -> None:
    of = facts()
    caught = refusal(snapshot({"node1": of}), {"node1": of}, CleanTarget("device", node="node1", device="/dev/nosuch"))
    assert caught.sentence == "There is no /dev/nosuch on node1."
    (known,) = caught.details
    assert known.startswith("known disks of node1: /dev/vda, /dev/vdb")


def test_a_blank_disk_has_nothing_to_clean() -> None:
    plan = disk_plan(facts())
    assert plan.steps == ()
    assert plan.confirm == ""
    assert "nothing of brickyard's" in plan.skipped[0].reason


def test_a_label_alone_goes_when_it_is_named_and_stays_when_it_is_not() -> None:
    of = facts()
    of = replace(of, physical_volumes=(PhysicalVolume("/dev/vdb", "pv-b", "", GIB, GIB, "252:16"),))
    (away,) = disk_plan(of).steps
    assert [c.argv[0:2] for c in away.commands] == [("lvm", "pvremove"), ("dd", "if=/dev/zero")]
    two = {"node1": of, "node2": loaded(2)["node2"]}
    plan = clean(snapshot(two), two, CleanTarget("node", node="node1"))
    assert kinds(plan) == ["detach"]
    assert "left alone: an LVM physical volume in no volume group" in {skip.reason for skip in plan.skipped}


def test_the_sizes_of_a_group_that_is_not_ours_can_not_be_made_anew() -> None:
    of = loaded(1)["node1"]
    of = replace(of, volume_groups=(replace(of.volume_groups[0], extent=8 * MIB),))
    (away,) = disk_plan(of).steps
    assert away.undo == ()
    assert away.no_undo


def test_the_label_is_known_by_path_uuid_and_group() -> None:
    used = data("pvs-used.json")
    row = next(r for r in json.loads(used)["report"][0]["pv"] if r["vg_name"])
    label = replace(REAL, path=row["pv_name"], uuid=row["pv_uuid"], vg=row["vg_name"])
    check = clean_disks.as_planned(label)
    assert asked(check, used)
    assert not asked(check, used, 5)
    assert not asked(clean_disks.as_planned(replace(label, path="/dev/vdz")), used)
    assert not asked(clean_disks.as_planned(replace(label, uuid="other")), used)
    assert not asked(clean_disks.as_planned(replace(label, vg="vg_other")), used)
    second = used.replace(json.dumps(row["pv_uuid"]), '"second"')
    assert not asked(check, used + second)
    assert not asked(clean_disks.label_gone(label), used)
    assert asked(clean_disks.label_gone(label), data("pvs-free.json"))
    assert not asked(clean_disks.label_gone(label), data("pvs-free.json"), 5)


def test_a_group_with_nothing_but_spare_metadata_is_empty() -> None:
    row = '{{"report":[{{"lv":[{{"lv_name":"{}", "vg_name":"' + vg(1) + '", "lv_uuid":"u"}}]}}]}}'
    assert asked(clean_disks.only_spare(vg(1)), row.format("[lvol0_pmspare]"))
    assert not asked(clean_disks.only_spare(vg(1)), row.format("brick_x"))
    assert asked(clean_disks.only_spare(vg(2)), row.format("brick_x"))
