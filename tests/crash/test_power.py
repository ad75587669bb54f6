"""A node loses its power in the middle of a step and comes back; two processes resume the same operation."""

import asyncio
from pathlib import Path

import pytest

from tests.crash import driver
from tests.crash.case import Case, differs_from, differs_from_blank, open_case, resume_all, undo_all
from tests.crash.photo import without_ids
from tests.crash.trap import Point
from tui.demo.node import SimNode

BRICK = "/var/lib/heketi/mounts/vg_ID/brick_ID"
POINTS = [
    Point(command, 1, when)
    for command in (
        "node2: lvm vgcreate /dev/sdb",
        "node2: lvm lvcreate brick_ID",
        "node2: mkfs.xfs /dev/mapper/vg_ID-brick_ID",
        f"node2: mount {BRICK}",
        "node2: tee /etc/fstab",
    )
    for when in ("before", "after")
]


async def with_power_cut(case: Case, point: Point) -> None:
    """The work, with the power of a node gone at this point and back a moment later."""

    async def cut(node: SimNode) -> None:
        node.faults.powered_off = True
        asyncio.get_running_loop().call_later(0.1, lambda: setattr(node.faults, "powered_off", False))

    case.trap.set(point, cut)
    async with case.site() as site:
        try:
            await driver.load_and_create(site)
        except AssertionError:
            # the step says that it was not done; that is for the admin to see
            assert next(entry.state for entry in await site.history()) == "failed"
    assert case.trap.sprung
    case.trap.set(None)


@pytest.mark.parametrize("point", POINTS, ids=str)
@pytest.mark.parametrize("undo", [False, True], ids=["resumed", "undone"])
async def test_a_power_cut_is_put_right(tmp_path: Path, point: Point, undo: bool) -> None:
    async with open_case(tmp_path / "whole") as whole, whole.site() as site:
        await driver.load_and_create(site)
        end = without_ids(whole.photos())
    async with open_case(tmp_path / "cut") as case:
        await with_power_cut(case, point)
        if undo:
            await undo_all(case)
            assert differs_from_blank(case) == []
        else:
            async with case.site() as site:
                for entry in await site.history():
                    if entry.state == "failed":
                        await (await site.resume(entry.id)).wait()
            await resume_all(case)
            assert differs_from(end, case) == []


async def test_of_two_processes_that_resume_exactly_one_does(tmp_path: Path) -> None:
    async with open_case(tmp_path) as case:
        assert await case.killed_at(Point("node2: mkfs.xfs /dev/mapper/vg_ID-brick_ID", 1, "after"))
        case.trap.set(None)
        processes = [driver.start(case.demo.config_path, case.journal, driver.resume) for _ in range(2)]
        await asyncio.gather(*(asyncio.to_thread(process.join) for process in processes))
        made = [point.command for point in case.trap.seen if point.when == "after"]
        assert made.count("any: gluster volume create") == 1
        assert made.count("node2: mkfs.xfs /dev/mapper/vg_ID-brick_ID") == 1
        assert 0 in [process.exitcode for process in processes]
        async with case.site() as site:
            assert [entry.state for entry in await site.history()] == ["done", "done"]


async def test_what_was_read_before_another_process_went_on_is_read_again(tmp_path: Path) -> None:
    """The second one has the list of operations still, and acts on it when the first has ended."""
    async with open_case(tmp_path) as case:
        assert await case.killed_at(Point("node2: mkfs.xfs /dev/mapper/vg_ID-brick_ID", 1, "after"))
        async with case.site() as first, case.site() as second:
            (entry,) = await first.unfinished()
            one, other = await asyncio.gather(first.resume(entry.id), second.resume(entry.id))
            outcomes = await asyncio.gather(one.wait(), other.wait())
        assert sorted(bool(outcome.refused) for outcome in outcomes) == [False, True]
        assert [outcome.ok for outcome in outcomes if not outcome.refused] == [True]
