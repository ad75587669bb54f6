"""Whatever was changed can be taken back, and whatever broke off goes on."""

from pathlib import Path

import pytest

from tests.site.helpers import Bench, open_bench
from tui.core.plan import Refused
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.ops.events import Status
from tui.plans.clean import CleanTarget


async def undo_last(bench: Bench) -> None:
    newest = (await bench.site.history())[0]
    id_, plan = await bench.site.undo_plan(newest.id)
    outcome = await bench.site.start(plan, undoes=id_).wait()
    await bench.site.refresh()
    assert outcome.ok, [(r.step, r.reason) for r in outcome.failed]


def disks(bench: Bench) -> list[list[tuple[str, str, frozenset[int]]]]:
    """What is on each disk of each node: its signatures and the places that hold data."""
    return [
        [(d.path, str(d.signatures), frozenset(d.data)) for d in node.machine.devices.all.values() if d.type == "disk"]
        for node in bench.demo.nodes
    ]


async def test_undo_of_a_load_leaves_the_disks_as_they_were(bench: Bench) -> None:
    before = disks(bench)
    assert (await bench.load()).ok
    assert disks(bench) != before
    await undo_last(bench)
    assert bench.groups() == [{}, {}, {}]
    assert disks(bench) == before
    await bench.site.refresh()
    facts = [entry.facts for entry in bench.site.store.nodes.values()]
    assert all(len(f.peers) == 1 for f in facts if f)
    again = await bench.load()
    assert again.ok, again.failed


async def test_undo_takes_back_only_what_that_plan_did(bench: Bench, tmp_path: Path) -> None:
    from tests.site.helpers import write_topology

    first = write_topology(tmp_path / "first.json", {"node1": ["/dev/sdb"], "node2": ["/dev/sdb"]})
    assert (await bench.run((await bench.propose(first)).plan)).ok
    groups = bench.groups()
    assert (await bench.load()).ok
    await undo_last(bench)
    assert bench.groups() == groups
    peers = bench.site.store.nodes["node1"].facts
    assert peers is not None
    assert len(peers.peers) == 2


async def test_undo_of_a_volume(bench: Bench) -> None:
    assert (await bench.load()).ok
    groups = bench.groups()
    assert (await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))).ok
    assert bench.groups() != groups
    await undo_last(bench)
    assert bench.groups() == groups
    assert bench.site.store.snapshot.volumes == {}


async def test_undo_of_a_load_on_which_a_volume_stands_is_refused_before_anything_is_done(bench: Bench) -> None:
    assert (await bench.load()).ok
    load = (await bench.site.history())[0]
    early_id, early = await bench.site.undo_plan(load.id)
    assert (await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))).ok
    before = bench.groups()
    with pytest.raises(Refused, match="Volume db has bricks on what this would take away") as refused:
        await bench.site.undo_plan(load.id)
    assert "brickyard volume delete db" in refused.value.details[-1]
    # who has planned it before the volume was made is told what is in the way
    ended = await bench.run(early)
    assert bench.groups() == [{k: v for k, v in of.items() if v} for of in before]
    reasons = {report.reason for report in ended.failed if report.step.startswith("undo group")}
    assert len(reasons) == 3
    assert all("holds logical volumes by now: delete the volume" in reason for reason in reasons)
    made = (await bench.site.history())[1]
    id_, back = await bench.site.undo_plan(made.id)
    assert (await bench.run(back)).ok
    assert (id_, early_id, (await bench.site.undo_plan(load.id))[0]) == (made.id, load.id, load.id)


async def test_undo_of_an_undo_is_refused_and_so_is_a_second_undo(bench: Bench) -> None:
    assert (await bench.load()).ok
    await undo_last(bench)
    newest, load = (await bench.site.history())[:2]
    assert (newest.kind, newest.undoes, load.undone_by) == ("undo", load.id, newest.id)
    with pytest.raises(Refused, match="is an undo itself"):
        await bench.site.undo_plan(newest.id)
    with pytest.raises(Refused, match="taken back already"):
        await bench.site.undo_plan(load.id)
    with pytest.raises(Refused, match="nothing is left to resume"):
        await bench.site.resume(load.id)


async def test_a_failed_load_is_resumed(bench: Bench) -> None:
    proposal = await bench.propose()
    bench.demo.node("node2").faults.fail("lvm vgcreate", 5, "  Device /dev/sdb excluded by a filter.\n")
    failed = await bench.run(proposal.plan)
    assert len(failed.failed) == 3
    bench.demo.node("node2").faults.clear()
    newest = (await bench.site.history())[0]
    assert newest.state == "failed"
    outcome = await (await bench.site.resume(newest.id)).wait()
    assert outcome.ok, outcome.failed
    statuses = [report.status for report in outcome.reports.values()]
    assert Status.FAILED not in statuses
    assert [len(groups) for groups in bench.groups()] == [3, 3, 3]
    entries = await bench.site.history()
    assert [entry.state for entry in entries] == ["done"]


async def test_what_needs_a_skipped_step_goes_on(bench: Bench) -> None:
    assert (await bench.load()).ok
    bench.demo.node("node2").faults.fail("lvm vgremove", 5, "  Volume group is locked\n", times=1)
    cluster = next(c.id for c in bench.site.store.snapshot.clusters if c.id)
    failed = await bench.run(await bench.site.clean_plan(CleanTarget("cluster", cluster=cluster)))
    assert [r.status for r in failed.reports.values()].count(Status.BLOCKED) == 1
    kept = bench.groups()[1]
    operation = await bench.site.resume((await bench.site.history())[0].id, skip_failed=True)
    outcome = await operation.wait()
    assert outcome.ok, outcome.failed
    assert (outcome.failed, bench.groups()) == ([], [{}, kept, {}])
    assert len(kept) == 1
    assert bench.demo.node("node2").machine.glusterd.peers() == []
    with pytest.raises(Refused, match="nothing is left to resume"):
        await bench.site.resume(operation.id)


async def test_gluster_makes_no_volume_of_a_skipped_brick(bench: Bench) -> None:
    assert (await bench.load()).ok
    before = bench.groups()
    bench.demo.node("node2").faults.fail("mkfs.xfs", 1, "mkfs.xfs: No space left on device\n")
    assert not (await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))).ok
    outcome = await (await bench.site.resume((await bench.site.history())[0].id, skip_failed=True)).wait()
    assert not outcome.ok
    assert [report.step for report in outcome.failed] == ["create db"]
    bench.demo.node("node2").faults.clear()
    await undo_last(bench)
    assert bench.groups() == before


async def test_a_brick_that_broke_off_half_way_is_made_whole(bench: Bench) -> None:
    assert (await bench.load()).ok
    bench.demo.node("node2").faults.fail("mkfs.xfs", 1, "mkfs.xfs: No space left on device\n")
    failed = await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))
    assert not failed.ok
    bench.demo.node("node2").faults.clear()
    outcome = await (await bench.site.resume((await bench.site.history())[0].id)).wait()
    assert outcome.ok, [(r.step, r.reason) for r in outcome.failed]
    await bench.site.refresh()
    assert bench.site.store.snapshot.volumes["db"].state == "online"


async def test_a_failed_volume_is_taken_back(bench: Bench) -> None:
    assert (await bench.load()).ok
    groups = bench.groups()
    bench.demo.node("node2").faults.fail("mkfs.xfs", 1, "mkfs.xfs: No space left on device\n")
    assert not (await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))).ok
    bench.demo.node("node2").faults.clear()
    await undo_last(bench)
    assert bench.groups() == groups


async def test_without_a_journal_nothing_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    (tmp_path / "file").write_text("in the way")
    async with open_bench(tmp_path, nodes=2, disks=1) as bench:
        outcome = await bench.load()
        assert not outcome.ok
        assert "journal" in outcome.refused
        assert bench.asked("peer probe", "vgcreate -qq") == []
