"""What keeps an undo from working any more is said when its plan is shown, with what to do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.site.kube_desk import Desk, open_desk
from tests.site.kube_objects import (
    a_bound_claim,
    a_claim_made_anew,
    phase,
    put_pod,
    put_volume,
    the_claim,
    the_volume,
)
from tui.core.plan import Plan, Refused
from tui.ops.obstacles import with_obstacles
from tui.ops.past import undo_of


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, controllers=True) as opened:
        yield opened


async def shown(desk: Desk) -> Plan:
    """The undo of the newest operation as it is reviewed."""
    return await with_obstacles(undo_of(desk.record()), desk.targets)


async def test_a_volume_that_somebody_changed_since(desk: Desk) -> None:
    put_volume(desk)
    assert (await desk.run(await desk.fix("patch-volume", volume="pv1", capacity="20Gi"))).ok
    assert (await shown(desk)).warnings == ()
    desk.sim.patch("persistentvolumes", "pv1", {"spec": {"capacity": {"storage": "30Gi"}}})
    with pytest.raises(Refused, match="PersistentVolume pv1 was changed since") as refused:
        await shown(desk)
    assert "put back by hand" in refused.value.sentence
    assert refused.value.details[-1].startswith("what to do: ")
    assert the_volume(desk)["spec"]["capacity"] == {"storage": "30Gi"}


async def test_a_claim_that_a_pod_uses_by_now(desk: Desk) -> None:
    put_volume(desk, "pv2", class_name="manual")
    await a_claim_made_anew(desk)
    await phase(desk, "Bound")
    put_pod(desk, "db-0", "db")
    with pytest.raises(Refused, match="a pod uses claim default/db now: end it first"):
        await shown(desk)
    desk.sim.store.delete(desk.resource("pods"), "default", "db-0")
    plan = await shown(desk)
    assert not [text for text in plan.warnings if "This will fail" in text]
    assert (await desk.run(plan)).ok
    assert the_claim(desk)["spec"]["storageClassName"] == "typo"


async def test_what_else_can_be_taken_back_is_and_the_rest_is_named(desk: Desk) -> None:
    put_volume(desk)
    put_volume(desk, "pv2")
    plans = [await desk.fix("patch-volume", volume=name, capacity="20Gi") for name in ("pv1", "pv2")]
    assert (await desk.run(Plan("Both", (*plans[0].steps, *plans[1].steps)))).ok
    desk.sim.patch("persistentvolumes", "pv1", {"spec": {"capacity": {"storage": "30Gi"}}})
    plan = await shown(desk)
    assert len(plan.steps) == 2
    assert plan.warnings[0].startswith("This will fail: take back: change the capacity of pv1: PersistentVolume pv1 ")
    assert plan.warnings[1] == "What needs it stays too; the rest is taken back."
    back = await desk.run(plan)
    assert [report.step for report in back.failed] == ["undo change PersistentVolume pv1"]
    assert the_volume(desk, "pv2")["spec"]["capacity"] == {"storage": "10Gi"}


async def test_what_can_not_be_asked_is_no_obstacle(desk: Desk) -> None:
    await a_bound_claim(desk)
    assert (await desk.run(await desk.fix("patch-volume", volume="pv1", capacity="20Gi"))).ok
    desk.sim.faults.forbid("persistentvolumes", verb="get")
    assert (await shown(desk)).warnings == ()
    await desk.sim.close()
    (said,) = (await shown(desk)).warnings
    assert said.startswith("Whether kubernetes still lets it be taken back could not be asked: ")
