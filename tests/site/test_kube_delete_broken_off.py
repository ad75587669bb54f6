"""A claim is deleted and its data kept; broken off at every request, there and back: the data is never lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.site.kube_cut import broken_off
from tests.site.kube_desk import Desk, open_desk
from tests.site.kube_objects import a_bound_claim, phase, the_claim, the_volume
from tui.ops.operation import Operation
from tui.ops.past import undo_of

CHANGES, BACK = 2, 3


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, controllers=True, classes=("manual",)) as opened:
        await a_bound_claim(opened, reclaim="Delete")
        yield opened


async def delete(desk: Desk) -> Operation:
    plan = await desk.fix("delete-claims", namespace="default", names="db", data="keep")
    assert sum(len(step.commands) for step in plan.steps) == CHANGES
    return Operation(plan)


async def is_gone(desk: Desk) -> None:
    await desk.quiet()
    assert the_claim(desk) == {}
    volume = the_volume(desk)
    assert (volume["status"]["phase"], volume["spec"]["persistentVolumeReclaimPolicy"]) == ("Released", "Retain")


async def is_back(desk: Desk) -> None:
    await phase(desk, "Bound")
    await desk.quiet()
    claim, volume = the_claim(desk), the_volume(desk)
    assert (claim["spec"]["volumeName"], volume["spec"]["claimRef"]["uid"]) == ("pv1", claim["metadata"]["uid"])
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete"


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, CHANGES + 1))
async def test_gone_on_with(desk: Desk, at: int, after: bool) -> None:
    await broken_off(desk, await delete(desk), at, after=after)
    assert (await desk.resume()).ok
    await is_gone(desk)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, CHANGES + 1))
async def test_taken_back(desk: Desk, at: int, after: bool) -> None:
    await broken_off(desk, await delete(desk), at, after=after)
    record = desk.record()
    if any(report.begun for report in record.reports.values()):
        back = await desk.run(undo_of(record), undoes=record.entry.id)
        assert back.ok, back.reports
    await is_back(desk)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, BACK + 1))
async def test_the_way_back_broken_off(desk: Desk, at: int, after: bool) -> None:
    assert (await desk.run((await delete(desk)).plan)).ok
    record = desk.record()
    plan = undo_of(record)
    assert sum(len(step.commands) for step in plan.steps) == BACK
    await broken_off(desk, Operation(plan, kind="undo", undoes=record.entry.id), at, after=after)
    assert the_volume(desk), "the volume was deleted"
    assert (await desk.resume()).ok
    await is_back(desk)
