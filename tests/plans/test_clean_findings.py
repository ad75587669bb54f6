"""Leftovers are cleaned one by one or all at once."""

from dataclasses import replace

from tests.plans.factory import answer, facts
from tests.plans.sites import brick_mount, loaded, snapshot, vg, volume, with_brick, with_volume
from tui.checks.leftovers import check_leftovers
from tui.core.facts import BlockDevice, FstabEntry, LogicalVolume, NodeFacts, PhysicalVolume
from tui.core.plan import Danger, Plan
from tui.core.units import GIB
from tui.plans.clean_findings import attach_cleaning, plan_clean_findings


def cleaned(of: NodeFacts, used: bool = False) -> Plan:
    """The plan in the remedy of the only finding on a node."""
    known = {"node1": of}
    facts_ = [volume("db", (1, f"{brick_mount(1)}/brick"), replica=1)] if used else []
    (finding,) = attach_cleaning(check_leftovers(snapshot(known, *facts_), known), known)
    plan = finding.remedies[0].plan
    assert plan is not None
    plan.check_order()
    return plan


def words(plan: Plan) -> list[str]:
    return [" ".join(command.argv) for step in plan.steps for command in step.commands]


def brick() -> NodeFacts:
    return with_brick(loaded(1)["node1"], 1)


def test_a_brick_without_a_volume() -> None:
    plan = cleaned(brick())
    assert words(plan)[0] == f"umount {brick_mount(1)}"
    assert "-S lv_uuid=lv-uuid-0001" in words(plan)[3]
    assert all(any("volume info" in str(guard.command) for guard in step.guards) for step in plan.steps)
    assert (plan.confirm, plan.danger) == ("node1", Danger.DESTROYS)
    assert plan.warnings == ("The data of 1 brick that no volume uses will be lost.",)


def test_a_label_a_group_and_a_pool() -> None:
    label = replace(facts(), physical_volumes=(PhysicalVolume("/dev/vdb", "pv-b", "", GIB, GIB, "252:16"),))
    assert words(cleaned(label))[0] == "lvm pvremove -qq /dev/vdb"
    of = loaded(1)["node1"]
    tags = (*of.volume_groups[0].tags, "brickyard.member=10.0.0.2=node2")
    group = replace(of, volume_groups=(replace(of.volume_groups[0], tags=tags),))
    assert words(cleaned(group))[0] == f"lvm vgremove -qq {vg(1)}"
    pool = LogicalVolume(f"tp_{3:032x}", vg(1), "tp", GIB, "twi-aotz--", thin_count=0)
    assert "-S thin_count=0" in words(cleaned(replace(of, logical_volumes=(pool,))))[0]


def test_a_line_of_the_fstab_without_a_brick() -> None:
    plan = cleaned(replace(brick(), logical_volumes=(), mounts=()))
    assert words(plan)[0] == f"sed -i.save /brick_{1:032x}/d /etc/fstab"
    assert not any("lvremove" in word for word in words(plan))


def test_the_fstab_and_the_mount_are_brought_together() -> None:
    device = f"/dev/mapper/{vg(1)}-brick_{1:032x}"
    add = cleaned(replace(brick(), fstab=()), used=True)
    assert add.steps[0].commands[0].stdin == f"{device} {brick_mount(1)} xfs rw,inode64,noatime,nouuid 1 2\n"
    assert (add.danger, add.confirm) == (Danger.CHANGES, "")
    mount = cleaned(replace(brick(), mounts=()), used=True)
    assert words(mount)[1] == f"mount -o rw,inode64,noatime,nouuid {device} {brick_mount(1)}"


def test_stale_mappings_go_from_the_top_down_and_only_without_their_group() -> None:
    of = loaded(1)["node1"]
    lower = BlockDevice("dm-1", f"/dev/mapper/{vg(9)}-tp_x_tdata", "253:1", "lvm", GIB, children=("dm-2",))
    middle = BlockDevice("dm-2", f"/dev/mapper/{vg(9)}-tp_x-tpool", "253:2", "lvm", GIB, parents=("dm-1",))
    top = BlockDevice("dm-3", f"/dev/mapper/{vg(9)}-brick_x", "253:3", "lvm", GIB, parents=("dm-2",))
    plan = cleaned(replace(of, devices=(*of.devices, lower, top, middle)))
    assert words(plan) == [f"dmsetup remove {vg(9)}-{name}" for name in ("brick_x", "tp_x-tpool", "tp_x_tdata")]
    guard = plan.steps[0].guards[0]
    assert guard.passes(answer(guard.command, '{"report": []}'))
    assert not guard.passes(answer(guard.command, f'{{"report": [{{"vg_name":"{vg(9)}"}}]}}'))


def test_a_half_joined_peer_is_put_out_and_one_with_bricks_is_not() -> None:
    known = loaded(2)
    peers = tuple(p if p.is_self else replace(p, state=5, connected=False) for p in known["node1"].peers)
    known["node1"] = replace(known["node1"], peers=peers)
    findings = [f for f in check_leftovers(snapshot(known), known) if f.code == "leftover-peer"]
    plan = plan_clean_findings(findings, known)
    assert words(plan)[0].endswith("peer detach 10.0.0.2 force")
    assert "volume info" in str(plan.steps[0].guards[0].command)
    shot, used = with_volume()
    used["node1"] = replace(
        used["node1"], peers=tuple(replace(p, state=6) for p in used["node1"].peers if not p.is_self)
    )
    rejected = attach_cleaning(check_leftovers(shot, used), used)
    assert {finding.code for finding in rejected} == {"peer-rejected"}
    assert [finding.remedies[0].plan for finding in rejected] == [None, None]


def test_all_at_once() -> None:
    line = FstabEntry(9, "/dev/x", brick_mount(7, 7), "xfs", "rw")
    known = {
        "node1": replace(brick(), fstab=(line,)),
        "node2": with_brick(replace(loaded(2)["node2"], peers=facts(2).peers), 2),
    }
    findings = check_leftovers(snapshot(known), known)
    assert [f.code for f in findings] == ["leftover-brick", "leftover-fstab", "leftover-brick"]
    plan = plan_clean_findings(findings, known)
    plan.check_order()
    assert [step.id.split()[:2] for step in plan.steps] == [
        ["remove", "node1"], ["remove", "node1"], ["remove", "node2"],
    ]  # fmt: skip
    assert plan.confirm == "clean up"
    assert "2 bricks" in plan.warnings[0]
    assert plan.title == "Clean up 3 findings"


def test_what_an_admin_must_decide_is_named() -> None:
    of = replace(brick(), logical_volumes=(), mounts=())
    known = {"node1": of}
    findings = check_leftovers(snapshot(known, volume("db", (1, f"{brick_mount(1)}/brick"), replica=1)), known)
    plan = plan_clean_findings(findings, known)
    assert plan.steps == ()
    (skip,) = plan.skipped
    assert (skip.is_fault, skip.remedy) == (True, "Replace the brick in volume db.")
