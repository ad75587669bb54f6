"""An undo that takes a claim away looks at what the claim is bound to by now: data is never lost by it unasked."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.site.kube_desk import Desk, open_desk
from tests.site.kube_objects import (
    a_bound_claim,
    a_claim_made_anew,
    phase,
    put_claim,
    put_volume,
    the_claim,
    the_volume,
)
from tui.core.plan import Danger, Plan, Refused
from tui.ops.past import undo_of
from tui.ops.undo_claims import with_claims
from tui.plans.undo_claims import claims_that_go


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, controllers=True, classes=("manual", "other")) as opened:
        yield opened


async def shown(desk: Desk) -> Plan:
    """The undo of the newest operation with what it means for claims."""
    return await with_claims(undo_of(desk.record()), desk.targets)


async def bound(desk: Desk, policy: str) -> None:
    """A volume for the claim turns up."""
    put_volume(desk, "pv2", reclaim=policy)
    desk.sim.controllers.resync()
    await phase(desk, "Bound")


async def test_a_volume_that_would_go_with_the_claim_keeps_it(desk: Desk) -> None:
    await a_claim_made_anew(desk)
    await bound(desk, "Delete")
    with pytest.raises(Refused) as refused:
        await shown(desk)
    said = refused.value.sentence
    assert "claim default/db is bound to PersistentVolume pv2 (Gluster volume vol1) with reclaim policy Delete" in said
    assert 'kubectl patch pv pv2 -p \'{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}\'' in refused.value.details[0]
    assert refused.value.details[1].startswith("what to do, where the data may go: ")
    assert the_claim(desk)["status"]["phase"] == "Bound"

    desk.sim.patch("persistentvolumes", "pv2", {"spec": {"persistentVolumeReclaimPolicy": "Retain"}})
    plan = await shown(desk)
    assert (plan.danger, plan.confirm) == (Danger.CHANGES, "")
    assert "its data stays" in plan.warnings[0]
    assert (await desk.run(plan)).ok
    assert the_claim(desk)["spec"]["storageClassName"] == "typo"
    assert the_volume(desk, "pv2")["spec"]["persistentVolumeReclaimPolicy"] == "Retain"


async def test_what_changes_after_the_undo_was_looked_at_keeps_the_claim_too(desk: Desk) -> None:
    await a_claim_made_anew(desk)
    early = await shown(desk)
    assert (early.danger, early.confirm, early.warnings) == (Danger.CHANGES, "", ())
    await bound(desk, "Retain")
    later = await shown(desk)
    failed = (await desk.run(early)).failed
    assert "was bound since" in failed[0].reason
    desk.sim.patch("persistentvolumes", "pv2", {"spec": {"persistentVolumeReclaimPolicy": "Delete"}})
    failed = (await desk.run(later)).failed
    assert "its reclaim policy is not Retain" in failed[0].reason
    assert the_claim(desk)["status"]["phase"] == "Bound"
    assert the_volume(desk, "pv2")["status"]["phase"] == "Bound"


async def test_an_undo_that_sets_retain_itself_before_is_let_through(desk: Desk) -> None:
    await a_bound_claim(desk, reclaim="Delete")
    before = await desk.quiet()
    assert (await desk.run(await desk.fix("recreate-claim", namespace="default", name="db", **{"class": "other"}))).ok
    assert the_volume(desk)["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
    plan = await shown(desk)
    assert [step.danger for step in claims_that_go(plan)] == [Danger.CHANGES]
    assert "PersistentVolume pv1 (Gluster volume vol1). It goes, and its data stays" in plan.warnings[0]
    assert (await desk.run(plan)).ok
    assert await desk.quiet() == before


@pytest.mark.parametrize("kind", ["persistentvolumes", "persistentvolumeclaims"])
async def test_what_can_not_be_read_is_taken_for_the_worst(desk: Desk, kind: str) -> None:
    await a_claim_made_anew(desk)
    await bound(desk, "Delete")
    desk.sim.faults.forbid(kind, verb="get")
    plan = await shown(desk)
    assert (plan.danger, plan.confirm) == (Danger.DESTROYS, "db")
    assert [step.danger for step in claims_that_go(plan)] == [Danger.DESTROYS]
    assert plan.warnings[0].startswith("Claim default/db goes, and what it is bound to is not known: ")
    nobody = await with_claims(undo_of(desk.record()), None)
    assert (nobody.danger, nobody.confirm) == (Danger.DESTROYS, "db")


async def test_a_claim_that_somebody_else_made_since_is_none_of_ours(desk: Desk) -> None:
    await a_claim_made_anew(desk)
    desk.sim.store.delete(desk.resource("persistentvolumeclaims"), "default", "db")
    put_claim(desk)
    await desk.quiet()
    await bound(desk, "Delete")
    plan = await shown(desk)
    assert (plan.danger, plan.confirm, plan.warnings) == (Danger.CHANGES, "", ())
