"""What earlier work left on the nodes, each finding with its own code."""

from dataclasses import replace

import pytest

from tests.plans.factory import facts, in_pool
from tests.plans.sites import brick_mount, loaded, snapshot, unread_site, vg, volume, with_brick, with_volume
from tui.checks.leftovers import check_leftovers
from tui.core.facts import BlockDevice, ClusterFacts, FstabEntry, LogicalVolume, NodeFacts, PhysicalVolume
from tui.core.finding import Finding, Severity
from tui.core.units import GIB


def found(of: NodeFacts, *volumes: str) -> list[Finding]:
    """The findings on one node; its brick belongs to each of the named volumes."""
    known = {"node1": of}
    facts_ = [volume(name, (1, f"{brick_mount(1)}/brick"), replica=1) for name in volumes]
    return check_leftovers(snapshot(known, *facts_), known)


def codes(findings: list[Finding]) -> list[str]:
    assert all(finding.remedies and finding.evidence and finding.sentence.endswith(".") for finding in findings)
    assert all(finding.subject.startswith(f"{finding.node} ") for finding in findings)
    return [finding.code for finding in findings]


def brick() -> NodeFacts:
    return with_brick(loaded(1)["node1"], 1)


def test_a_healthy_site_has_none() -> None:
    shot, known = with_volume()
    assert check_leftovers(shot, known) == []
    blank = {"node1": facts()}
    assert check_leftovers(snapshot(blank), blank) == []


def test_before_the_volumes_were_read_no_brick_is_without_one() -> None:
    _, known = with_volume()
    line = FstabEntry(9, "/dev/x", brick_mount(7, 7), "xfs", "rw")
    known["node1"] = replace(known["node1"], fstab=(*known["node1"].fstab, line))
    store = unread_site(known)
    assert store.snapshot.volumes_unread == {"node1", "node2", "node3"}
    assert check_leftovers(store.snapshot, known) == []
    store.put_cluster("pool", ClusterFacts(1000.0, "node1", unread={"volumes": "glusterd did not answer"}))
    assert check_leftovers(store.snapshot, known) == []
    store.put_cluster("pool", ClusterFacts(1000.0, "node2"))
    assert store.snapshot.volumes_unread == frozenset()
    assert {f.code for f in check_leftovers(store.snapshot, known)} == {"leftover-brick", "leftover-fstab"}


def test_a_label_without_a_group_tells_what_is_known() -> None:
    of = replace(facts(), physical_volumes=(PhysicalVolume("/dev/vdb", "pv-b", "", GIB, GIB, "252:16"),))
    (finding,) = found(of)
    assert (finding.code, finding.device) == ("leftover-label", "/dev/vdb")
    assert "is not known" in finding.evidence
    line = FstabEntry(1, "/dev/x", brick_mount(5), "xfs", "rw")
    named = next(f for f in found(replace(of, fstab=(line,))) if f.code == "leftover-label")
    assert vg(5) in named.evidence


def test_a_group_on_a_node_that_was_taken_out() -> None:
    of = loaded(1)["node1"]
    assert codes(found(of)) == []
    group = of.volume_groups[0]
    tagged = replace(of, volume_groups=(replace(group, tags=(*group.tags, "brickyard.member=10.0.0.2=node2")),))
    (finding,) = found(tagged)
    assert (finding.code, finding.severity) == ("leftover-group", Severity.WARNING)
    assert "was loaded into a cluster with node2" in finding.sentence
    plain = replace(of, volume_groups=(replace(group, tags=()),))
    assert [f.severity for f in found(plain)] == [Severity.INFO]
    assert codes(found(in_pool(tagged, 2))) == []


def test_a_brick_that_no_volume_uses() -> None:
    assert codes(found(brick(), "db")) == []
    (finding,) = found(brick())
    assert (finding.code, finding.device) == ("leftover-brick", "/dev/vdb")
    assert finding.evidence.endswith("mounted and in the fstab")
    (bare,) = found(replace(brick(), mounts=(), fstab=()))
    assert bare.evidence.endswith("neither mounted nor in the fstab")


def test_nobody_knows_a_bricks_volume_while_glusterd_is_down() -> None:
    assert codes(found(replace(brick(), glusterd="failed"))) == []


def test_a_brick_of_a_host_that_is_not_known_may_be_this_one() -> None:
    known = {"node1": brick()}
    fact = volume("db", (1, f"{brick_mount(1)}/brick"), replica=1)
    strange = replace(fact, bricks=(replace(fact.bricks[0], host="elsewhere", host_uuid="strange"),))
    assert check_leftovers(snapshot(known, strange), known) == []


def test_a_thin_pool_that_holds_nothing() -> None:
    of = loaded(1)["node1"]
    pool = LogicalVolume(f"tp_{3:032x}", vg(1), "tp", GIB, "twi-aotz--", thin_count=0)
    (finding,) = found(replace(of, logical_volumes=(pool,)))
    assert (finding.code, finding.subject) == ("leftover-pool", f"node1 {vg(1)}/tp_{3:032x}")
    other = replace(pool, name="mine")
    assert codes(found(replace(of, logical_volumes=(other,)))) == []


def test_traces_of_a_brick_that_is_gone() -> None:
    of = brick()
    unmounted = replace(of, logical_volumes=(), mounts=())
    (line,) = found(unmounted)
    assert (line.code, line.severity) == ("leftover-fstab", Severity.WARNING)
    assert "may hang when it starts" in line.sentence
    (mount,) = found(replace(of, logical_volumes=(), fstab=()))
    assert "is still mounted" in mount.sentence
    (lost,) = found(unmounted, "db")
    assert (lost.code, lost.severity) == ("brick-lost", Severity.ERROR)
    assert "Replace the brick in volume db" in lost.remedies[0].title


def test_mounts_and_fstab_that_do_not_agree() -> None:
    (line,) = found(replace(brick(), fstab=()), "db")
    assert (line.code, line.severity) == ("brick-not-in-fstab", Severity.WARNING)
    (mount,) = found(replace(brick(), mounts=()), "db")
    assert (mount.code, mount.severity) == ("brick-not-mounted", Severity.ERROR)


def test_mappings_of_a_group_that_is_gone() -> None:
    of = loaded(1)["node1"]
    gone = BlockDevice("dm-3", f"/dev/mapper/{vg(9)}-brick_x", "253:3", "lvm", GIB)
    ours = BlockDevice("dm-4", f"/dev/mapper/{vg(1)}-brick_x", "253:4", "lvm", GIB)
    root = BlockDevice("dm-5", "/dev/mapper/debian-root", "253:5", "lvm", GIB)
    finding, *more = found(replace(of, devices=(*of.devices, gone, ours, root)))
    assert more == []
    assert (finding.code, finding.subject) == ("leftover-mapping", f"node1 {vg(9)}")
    assert gone.path in finding.evidence


@pytest.mark.parametrize(("state", "text"), [(6, "Peer Rejected"), (5, "Accepted peer request")])
def test_peers_that_are_no_full_members(state: int, text: str) -> None:
    shot, known = with_volume()
    first = known["node1"]
    peers = tuple(replace(p, state=state, state_text=text) if p.hostname == "10.0.0.3" else p for p in first.peers)
    known["node1"] = replace(first, peers=peers)
    (finding,) = check_leftovers(shot, known)
    assert (finding.code, finding.subject) == ("peer-rejected", "node1 10.0.0.3")
    assert "It holds bricks of db" in finding.remedies[0].title
    empty = loaded(3) | {"node1": replace(loaded(3)["node1"], peers=peers)}
    (alone,) = check_leftovers(snapshot(empty), empty)
    assert alone.code == "leftover-peer"


@pytest.mark.parametrize("part", ["logical_volumes", "volume_groups", "mounts", "fstab"])
def test_what_was_not_read_is_no_leftover(part: str) -> None:
    of = replace(brick(), fstab=(), unread={part: "timed out"})
    assert codes(found(of)) == []


def test_a_node_whose_facts_are_old_is_not_looked_at() -> None:
    known = {"node1": brick()}
    shot = snapshot(known)
    assert check_leftovers(replace(shot, nodes={}), known) == []
