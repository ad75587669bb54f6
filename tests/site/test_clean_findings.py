"""Leftovers on simulated nodes: found, cleaned, and gone; a clean that is taken back."""

import asyncio

from tests.site.helpers import Bench
from tui.checks.leftovers import check_leftovers
from tui.core.facts import NodeFacts
from tui.core.finding import Finding
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.ops.events import Status
from tui.plans.clean import CleanTarget, plan_clean
from tui.plans.clean_findings import attach_cleaning, plan_clean_findings
from tui.plans.undo import plan_undo


def known(bench: Bench) -> dict[str, NodeFacts]:
    return {name: entry.facts for name, entry in bench.site.store.nodes.items() if entry.facts}


def leftovers(bench: Bench) -> list[Finding]:
    return attach_cleaning(check_leftovers(bench.site.store.snapshot, known(bench)), known(bench))


async def make_volume(bench: Bench) -> None:
    assert (await bench.load()).ok
    assert leftovers(bench) == []
    assert (await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))).ok
    assert leftovers(bench) == []


async def test_bricks_that_a_broken_delete_left_are_cleaned_all_at_once(bench: Bench) -> None:
    await bench.load()
    groups = bench.groups()
    await make_volume(bench)
    for node in bench.demo.nodes:
        node.faults.fail("umount", 32, "umount: target is busy.\n", times=1)
    await bench.run(bench.site.volume_delete_plan("db"))
    findings = leftovers(bench)
    assert [finding.code for finding in findings] == ["leftover-brick"] * 3
    outcome = await bench.run(plan_clean_findings(findings, known(bench)))
    assert outcome.ok, outcome.failed
    assert leftovers(bench) == []
    assert bench.groups() == groups
    assert all(node.machine.files.read("/etc/fstab") == b"" for node in bench.demo.nodes)


async def test_a_mount_and_its_line_are_brought_together_one_by_one(bench: Bench) -> None:
    await make_volume(bench)
    first, second = bench.demo.nodes[0].machine, bench.demo.nodes[1].machine
    line = first.files.read("/etc/fstab")
    first.files.write("/etc/fstab", b"")
    bench.demo.nodes[1].faults.powered_off = True
    kept = second.files.read("/etc/fstab")
    second.files.write("/etc/fstab", b"")
    bench.demo.nodes[1].faults.powered_off = False
    second.files.write("/etc/fstab", kept)
    for _ in range(50):
        await asyncio.sleep(0.1)
        await bench.site.refresh()
        if len(leftovers(bench)) == 2:
            break
    findings = leftovers(bench)
    assert [finding.code for finding in findings] == ["brick-not-in-fstab", "brick-not-mounted"]
    for finding in findings:
        plan = finding.remedies[0].plan
        assert plan is not None
        outcome = await bench.run(plan)
        assert outcome.ok, outcome.failed
    assert leftovers(bench) == []
    assert first.files.read("/etc/fstab") == line
    assert any("brick_" in mount.target for mount in second.files.mounts)


async def test_a_label_is_left_when_only_its_group_went(bench: Bench) -> None:
    machine = bench.demo.node("node2").machine
    assert machine.run(("lvm", "pvcreate", "/dev/sdb")).code == 0
    await bench.site.refresh()
    (finding,) = leftovers(bench)
    assert finding.code == "leftover-label"
    plan = finding.remedies[0].plan
    assert plan is not None
    assert (await bench.run(plan)).ok
    assert leftovers(bench) == []
    assert (await bench.load()).ok


async def test_a_clean_is_taken_back(bench: Bench) -> None:
    await bench.load()
    tags = [{name: group.tags for name, group in node.machine.lvm.groups.items()} for node in bench.demo.nodes]
    store = bench.site.store
    plan = plan_clean(store.snapshot, known(bench), CleanTarget("cluster", cluster="cluster 1"))
    outcome = await bench.run(plan)
    assert outcome.ok, outcome.failed
    done = [step for step, report in outcome.reports.items() if report.status is Status.DONE]
    back = await bench.run(plan_undo(plan, done, ()))
    assert back.ok, back.failed
    assert tags == [{name: g.tags for name, g in node.machine.lvm.groups.items()} for node in bench.demo.nodes]
    assert all(len(node.machine.glusterd.peers()) == 2 for node in bench.demo.nodes)
