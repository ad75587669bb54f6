"""Repairs of several requests, broken off at each: gone on with or taken back, nothing is half done."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.site.kube_cut import broken_off
from tests.site.kube_desk import Desk, Obj, open_desk
from tui.dialects.kube_write import endpoints, gluster_secret, service, storage_class
from tui.ops.operation import Operation
from tui.ops.past import undo_of

# repair, its values, and how many requests it changes something with
REPAIRS = {
    "default": ("set-default-class", {"name": "slow"}, 3),
    "class": ("recreate-class", {"name": "slow", "param.x": "1"}, 2),
    "secret": ("create-secret", {"namespace": "default", "name": "heketi"}, 2),
    "endpoints": (
        "correct-endpoints",
        {"namespace": "default", "name": "g", "gluster": "v", "addresses": "10.0.0.1"},
        2,
    ),
    "new endpoints": (
        "create-endpoints",
        {"namespace": "default", "name": "n", "gluster": "v", "addresses": "10.0.0.1"},
        2,
    ),
}
CUTS = [(name, at, after) for name, (_, _, count) in REPAIRS.items() for at in range(1, count + 1) for after in (0, 1)]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        opened.sim.create(storage_class("slow", "example.com/x"))
        for name in ("one", "two"):
            opened.sim.create(storage_class(name, "example.com/x", default=True))
        opened.sim.create({**gluster_secret("default", "heketi", "b2xkIGtleQ=="), "type": "Opaque"})
        old = service("default", "g")
        opened.sim.create({**old, "spec": {**old["spec"], "selector": {"app": "gluster"}}})
        opened.sim.create(endpoints("default", "g", ["10.0.0.7"]))
        yield opened


async def begin(desk: Desk, name: str, at: int, after: int) -> dict[str, Obj]:
    """Break a repair off; what was there before."""
    repair, values, count = REPAIRS[name]
    given = values | ({"key": desk.vault.put("new key")} if name == "secret" else {})
    before = desk.photo()
    plan = await desk.fix(repair, **given)
    assert sum(len(step.commands) for step in plan.steps) == count
    await broken_off(desk, Operation(plan), at, after=bool(after))
    return before


def without_marks(photo: dict[str, Obj]) -> dict[str, Obj]:
    """Two runs mark what they make with other words."""
    return {key: {**obj, "metadata": {**obj["metadata"], "annotations": None}} for key, obj in photo.items()}


@pytest.mark.parametrize(("name", "at", "after"), CUTS)
async def test_gone_on_with(desk: Desk, name: str, at: int, after: int) -> None:
    before = await begin(desk, name, at, after)
    assert (await desk.resume()).ok
    done = desk.photo()
    assert (await desk.undo()).ok
    assert desk.photo() == before
    # the same without a break
    repair, values, _ = REPAIRS[name]
    given = values | ({"key": desk.vault.put("new key")} if name == "secret" else {})
    assert (await desk.run(await desk.fix(repair, **given))).ok
    assert without_marks(desk.photo()) == without_marks(done)


@pytest.mark.parametrize(("name", "at", "after"), CUTS)
async def test_taken_back(desk: Desk, name: str, at: int, after: int) -> None:
    before = await begin(desk, name, at, after)
    record = desk.record()
    outcome = await desk.run(undo_of(record), undoes=record.entry.id)
    assert outcome.ok, outcome.reports
    assert desk.photo() == before
