"""Nodes that are dead, hang, refuse us or fail in the middle: the others are done, and the account is clear."""

import asyncio

import pytest

from tests.site.helpers import Bench
from tui.core.model import Freshness
from tui.core.plan import Refused
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.ops.events import Outcome, Status


def managed(bench: Bench) -> dict[str, int]:
    """How many devices of each node are in a volume group."""
    return {node.name: len(node.machine.lvm.groups) for node in bench.demo.nodes}


def reasons(outcome: Outcome) -> list[str]:
    """Every reason that the admin is told."""
    return [f"{skip.subject}: {skip.reason}" for skip in outcome.plan.skipped if skip.is_fault] + [
        r.reason for r in outcome.failed
    ]


async def test_a_dead_node_leaves_the_others_done(bench: Bench) -> None:
    bench.demo.node("node2").faults.powered_off = True
    outcome = await bench.load()
    assert managed(bench) == {"node1": 3, "node2": 0, "node3": 3}
    assert not outcome.ok
    assert not outcome.failed
    assert any("node2" in reason and "refused" in reason.lower() for reason in reasons(outcome)), reasons(outcome)


async def test_a_node_that_refuses_the_key_is_named_with_user_and_key(bench: Bench) -> None:
    bench.demo.node("node3").faults.refuse_key = True
    outcome = await bench.load()
    assert managed(bench) == {"node1": 3, "node2": 3, "node3": 0}
    assert any("node3" in reason and "root" in reason for reason in reasons(outcome)), reasons(outcome)


async def test_glusterd_lost_during_the_load(bench: Bench) -> None:
    proposal = await bench.propose()
    bench.demo.node("node2").faults.glusterd_stopped = True
    outcome = await bench.run(proposal.plan)
    assert managed(bench) == {"node1": 3, "node2": 3, "node3": 3}
    failed = {report.step: report for report in outcome.failed}
    assert list(failed) == ["peer node2"]
    assert failed["peer node2"].remedy
    assert outcome.reports["peer node3"].status is Status.DONE
    bench.demo.node("node2").faults.glusterd_stopped = False
    again = await bench.load()
    assert again.ok, reasons(again)


async def test_one_bad_device_does_not_stop_the_good_ones(bench: Bench) -> None:
    proposal = await bench.propose()
    text = "  Device /dev/sdc excluded by a filter.\n"
    bench.demo.node("node1").faults.fail("lvm vgcreate", 5, text, times=1)
    outcome = await bench.run(proposal.plan)
    assert managed(bench) == {"node1": 2, "node2": 3, "node3": 3}
    assert len(outcome.failed) == 1
    assert "filter" in outcome.failed[0].reason


@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
async def test_a_connection_cut_in_a_step_is_read_back(bench: Bench, after: bool) -> None:
    proposal = await bench.propose()
    bench.demo.node("node1").faults.cut("lvm vgcreate", after=after)
    outcome = await bench.run(proposal.plan)
    hit = [r for r in outcome.reports.values() if "connection" in (r.reason + r.output)]
    assert hit, outcome.reports
    assert {r.status for r in hit} <= {Status.DONE, Status.FAILED}
    assert any(r.status is (Status.DONE if after else Status.FAILED) for r in hit), hit
    again = await bench.load()
    assert again.ok, reasons(again)
    assert managed(bench) == {"node1": 3, "node2": 3, "node3": 3}


async def test_a_busy_glusterd_is_waited_for(bench: Bench) -> None:
    await bench.load()
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cliOutput><opRet>-1</opRet><opErrno>30802</opErrno>'
        "<opErrstr>Another transaction is in progress for db. </opErrstr></cliOutput>\n"
    )
    prefix = "gluster --mode=script --xml --timeout=600 volume create"
    rules = [node.faults.fail(prefix, 0, out=text, times=2) for node in bench.demo.nodes]
    outcome = await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))
    assert outcome.ok, reasons(outcome)
    assert [rule.times for rule in rules].count(0) == 1
    creates = [line for _, line in bench.asked("volume create db")]
    assert len(creates) == 3


async def test_a_failed_brick_blocks_the_volume_and_nothing_is_created(bench: Bench) -> None:
    await bench.load()
    bench.demo.node("node2").faults.fail("mkfs.xfs", 1, "mkfs.xfs: cannot open: Input/output error\n")
    outcome = await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))
    assert [r.status for r in outcome.reports.values()].count(Status.BLOCKED) == 2
    assert "input/output error" in outcome.failed[0].reason
    assert bench.asked("volume create db") == []


async def test_old_facts_stay_and_say_that_they_are_old(bench: Bench) -> None:
    await bench.load()
    before = bench.site.store.snapshot
    bench.demo.node("node2").faults.powered_off = True
    await bench.site.refresh()
    after = bench.site.store.snapshot
    source = after.nodes["node2"].source
    assert source.freshness is Freshness.UNREACHABLE
    assert source.reason
    assert source.read_at == before.nodes["node2"].source.read_at
    assert {key for key in before.devices if key[0] == "node2"} <= set(after.devices)


async def test_a_volume_needs_its_whole_pool(bench: Bench) -> None:
    await bench.load()
    bench.demo.node("node3").faults.powered_off = True
    await bench.site.refresh()
    with pytest.raises(Refused, match="node3"):
        bench.site.volume_create_plan(VolumeRequest("db", GIB))


async def test_a_device_that_got_data_after_the_plan_was_shown_is_not_touched(bench: Bench) -> None:
    proposal = await bench.propose()
    machine = bench.demo.node("node1").machine
    disk = machine.devices.find("/dev/sdb")
    assert disk is not None
    disk.write("ext4", machine.rng)
    outcome = await bench.run(proposal.plan)
    assert managed(bench) == {"node1": 2, "node2": 3, "node3": 3}
    assert len(outcome.failed) == 1
    assert "/dev/sdb" in outcome.failed[0].reason
    assert not [line for name, line in bench.asked("vgcreate -qq") if name == "node1" and line.endswith("/dev/sdb")]


async def test_two_loads_at_once_end_in_one_good_site(bench: Bench) -> None:
    first, second = await asyncio.gather(bench.propose(), bench.propose())
    outcomes = await asyncio.gather(bench.run(first.plan), bench.run(second.plan))
    assert managed(bench) == {"node1": 3, "node2": 3, "node3": 3}
    assert any(outcome.ok for outcome in outcomes) or (await bench.load()).ok


async def test_a_node_that_hangs_is_given_up_and_the_others_are_done(bench: Bench) -> None:
    """It takes connections and never says a word: the login's own limit of 15 s ends that."""
    bench.demo.node("node2").faults.hang = True
    outcome = await bench.run((await bench.propose()).plan)
    assert managed(bench) == {"node1": 3, "node2": 0, "node3": 3}
    assert not outcome.failed
    assert any("node2" in reason and "15 s" in reason for reason in reasons(outcome)), reasons(outcome)
