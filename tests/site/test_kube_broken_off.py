"""A claim whose volume would be deleted with it is made anew, and broken off at every request: no data is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.site.kube_cut import broken_off
from tests.site.kube_desk import Desk, open_desk
from tests.site.kube_objects import a_bound_claim, phase, the_claim, the_volume
from tui.ops.operation import Operation
from tui.ops.past import undo_of

CHANGES = 5


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, controllers=True, classes=("manual", "other")) as opened:
        await a_bound_claim(opened, reclaim="Delete")
        yield opened


async def recreate(desk: Desk, at: int, *, after: bool) -> None:
    plan = await desk.fix("recreate-claim", namespace="default", name="db", **{"class": "other"})
    assert sum(len(step.commands) for step in plan.steps) == CHANGES
    await broken_off(desk, Operation(plan), at, after=after)
    assert the_volume(desk), "the volume was deleted"


async def is_well(desk: Desk, class_name: str) -> None:
    await phase(desk, "Bound")
    await desk.quiet()
    claim, volume = the_claim(desk), the_volume(desk)
    assert (claim["spec"]["volumeName"], claim["spec"]["storageClassName"]) == ("pv1", class_name)
    assert volume["spec"]["storageClassName"] == class_name
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
    assert volume["spec"]["claimRef"]["uid"] == claim["metadata"]["uid"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, CHANGES + 1))
async def test_gone_on_with(desk: Desk, at: int, after: bool) -> None:
    await recreate(desk, at, after=after)
    assert (await desk.resume()).ok
    await is_well(desk, "other")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, CHANGES + 1))
async def test_taken_back(desk: Desk, at: int, after: bool) -> None:
    await recreate(desk, at, after=after)
    record = desk.record()
    if any(report.begun for report in record.reports.values()):
        back = await desk.run(undo_of(record), undoes=record.entry.id)
        assert back.ok, back.reports
    await is_well(desk, "manual")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, CHANGES + 2))
async def test_an_undo_that_broke_off_is_gone_on_with(desk: Desk, at: int, after: bool) -> None:
    plan = await desk.fix("recreate-claim", namespace="default", name="db", **{"class": "other"})
    assert (await desk.run(plan)).ok
    record = desk.record()
    await broken_off(desk, Operation(undo_of(record), kind="undo", undoes=record.entry.id), at, after=after)
    if not desk.made[-1].result().ok:
        assert (await desk.resume()).ok
    await is_well(desk, "manual")
