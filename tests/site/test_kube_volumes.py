"""Repairs of PersistentVolumes with the controllers at work, and back again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.site.kube_desk import Desk, open_desk
from tests.site.kube_objects import (
    RWX,
    SOURCE,
    a_bound_claim,
    phase,
    put_claim,
    put_volume,
    the_claim,
    the_volume,
    there_and_back,
)
from tui.core.plan import Refused
from tui.dialects.kube_write import GID, LEGACY_CLASS, endpoints, service, volume
from tui.ops.events import Status
from tui.ops.past import undo_of
from tui.plans.kube_asks import Needs


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, controllers=True, classes=("manual", "other")) as opened:
        yield opened


async def test_a_volume_is_made_to_fit(desk: Desk) -> None:
    put_volume(desk)
    between = await there_and_back(
        desk, "patch-volume", volume="pv1", capacity="20480Mi", access_modes="ReadWriteMany,ReadWriteOnce",
        labels="tier=gold,zone=a", **{"class": "other"}, gid="2001", policy="Delete",
    )  # fmt: skip
    made = between["persistentvolumes /pv1"]
    assert made["spec"]["capacity"] == {"storage": "20Gi"}
    assert made["spec"]["storageClassName"] == "other"
    assert made["metadata"]["labels"] == {"tier": "gold", "zone": "a"}
    assert made["metadata"]["annotations"] == {GID: "2001"}
    assert made["spec"]["persistentVolumeReclaimPolicy"] == "Delete"


async def test_the_class_in_the_annotation_of_old_is_changed_too(desk: Desk) -> None:
    old = volume("pv1", SOURCE, capacity="1Gi", access_modes=RWX, class_name="manual")
    desk.sim.create({**old, "metadata": {"name": "pv1", "annotations": {LEGACY_CLASS: "manual"}}})
    between = await there_and_back(desk, "patch-volume", volume="pv1", **{"class": "other"})
    made = between["persistentvolumes /pv1"]
    assert (made["metadata"]["annotations"][LEGACY_CLASS], made["spec"]["storageClassName"]) == ("other", "other")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"capacity": "much"}, "is no size"),
        ({"access_modes": "RWX"}, "is no access mode"),
        ({"gid": "-1"}, "no number of a group"),
        ({"policy": "Keep"}, "no reclaim policy"),
        ({"capacity": "10240Mi"}, "is like that already"),
    ],
)
async def test_what_a_volume_can_not_be(desk: Desk, values: dict[str, str], words: str) -> None:
    put_volume(desk)
    with pytest.raises(Refused, match=words):
        await desk.fix("patch-volume", volume="pv1", **values)


async def a_released_volume(desk: Desk) -> None:
    await a_bound_claim(desk)
    await claim_is_deleted(desk)


async def claim_is_deleted(desk: Desk, volume: str = "pv1") -> None:
    desk.sim.store.update(
        desk.stored("persistentvolumeclaims", "db", "default"), lambda obj: obj["metadata"].pop("finalizers", None)
    )
    desk.sim.store.delete(desk.resource("persistentvolumeclaims"), "default", "db")
    await desk.until(lambda: the_volume(desk, volume)["status"]["phase"] == "Released")


async def test_released_for_everybody(desk: Desk) -> None:
    await a_released_volume(desk)
    before = await desk.quiet()
    assert (await desk.run(await desk.fix("release-volume", volume="pv1", how="all"))).ok
    await desk.until(lambda: the_volume(desk)["status"]["phase"] == "Available")
    assert "claimRef" not in the_volume(desk)["spec"]
    assert (await desk.undo()).ok
    await desk.until(lambda: the_volume(desk)["status"]["phase"] == "Released")
    assert await desk.quiet() == before


async def test_released_for_the_next_claim_of_the_same_name(desk: Desk) -> None:
    await a_released_volume(desk)
    put_claim(desk)
    assert (await desk.run(await desk.fix("release-volume", volume="pv1", how="uid"))).ok
    await phase(desk, "Bound")
    record, before = desk.record(), the_volume(desk)["spec"]["claimRef"]["uid"]
    back = await desk.run(undo_of(record), undoes=record.entry.id)
    reason = next(iter(back.reports.values())).reason
    assert "is bound to claim default/db by now, which would be lost without it" in reason
    assert "delete that claim (the data stays), and undo this again" in reason
    assert the_claim(desk)["status"]["phase"] == "Bound"
    await claim_is_deleted(desk)
    again = await desk.run(undo_of(record), undoes=record.entry.id)
    assert again.ok, again.reports
    ref = the_volume(desk)["spec"]["claimRef"]
    assert (ref["name"], ref["uid"] not in ("", before)) == ("db", True)
    assert the_volume(desk)["status"]["phase"] == "Released"


async def test_what_is_kept_for_somebody_else_by_now_is_not_taken_back(desk: Desk) -> None:
    await a_released_volume(desk)
    assert (await desk.run(await desk.fix("release-volume", volume="pv1", how="all"))).ok
    desk.sim.patch("persistentvolumes", "pv1", {"spec": {"claimRef": {"namespace": "default", "name": "other"}}})
    back = await desk.undo()
    assert "is kept for another claim by now" in next(iter(back.reports.values())).reason
    assert the_volume(desk)["spec"]["claimRef"]["name"] == "other"


async def test_a_claim_that_was_bound_gets_its_volume_back_by_its_own_uid(desk: Desk) -> None:
    await a_bound_claim(desk)
    desk.sim.patch("persistentvolumes", "pv1", {"spec": {"claimRef": {"uid": "of-an-earlier-life"}}})
    desk.sim.controllers.resync()
    await phase(desk, "Lost")
    plan = await desk.fix("release-volume", volume="pv1", how="uid")
    assert "as it is now" in plan.steps[0].title
    assert (await desk.run(plan)).ok
    desk.sim.controllers.resync()
    await phase(desk, "Bound")
    assert the_volume(desk)["spec"]["claimRef"]["uid"] == the_claim(desk)["metadata"]["uid"]


async def test_a_volume_in_use_is_not_released(desk: Desk) -> None:
    await a_bound_claim(desk)
    with pytest.raises(Refused, match="only a claim that is gone"):
        await desk.fix("release-volume", volume="pv1", how="all")


async def test_a_volume_for_a_claim(desk: Desk) -> None:
    put_claim(desk, class_name="")
    values = {"claim_namespace": "default", "claim_name": "db", "gluster": "vol_1", "addresses": "10.0.0.1"}
    plan = await desk.fix("create-volume", **values)
    assert (await desk.run(plan)).ok
    await phase(desk, "Bound")
    made = the_volume(desk, "default-db")
    assert made["spec"]["glusterfs"] == {
        "endpoints": "glusterfs-vol-1",
        "endpointsNamespace": "default",
        "path": "vol_1",
    }
    assert desk.sim.get("endpoints", "glusterfs-vol-1", "default") is not None
    record = desk.record()
    back = await desk.run(undo_of(record), undoes=record.entry.id)
    assert "is bound to claim default/db by now" in next(iter(back.reports.values())).reason
    await claim_is_deleted(desk, "default-db")
    again = await desk.run(undo_of(record), undoes=record.entry.id)
    assert again.ok, again.reports
    assert desk.sim.get("persistentvolumes", "default-db") is None


async def test_a_volume_for_a_claim_that_is_not_bound_yet(desk: Desk) -> None:
    put_claim(desk, class_name="")
    desk.sim.controllers.off.add("persistentvolumeclaims")
    values = {"claim_namespace": "default", "claim_name": "db", "gluster": "vol_1", "addresses": "10.0.0.1"}
    between = await there_and_back(desk, "create-volume", **values)
    assert between["persistentvolumes /default-db"]["spec"]["persistentVolumeReclaimPolicy"] == "Retain"


async def test_what_to_mount_after_1_26(tmp_path: Path) -> None:
    async with open_desk(tmp_path, version=(1, 30), controllers=True) as desk:
        put_claim(desk, class_name="")
        values = {"claim_namespace": "default", "claim_name": "db", "gluster": "vol1", "addresses": "10.0.0.1,10.0.0.2"}
        with pytest.raises(Refused, match=r"removed in 1\.26") as refused:
            await desk.fix("create-volume", **values)
        assert [line.partition(":")[0] for line in refused.value.details] == ["kadalu", "local", "nfs"]
        assert (await desk.run(await desk.fix("create-volume", **values, source="kadalu"))).ok
        made = the_volume(desk, "default-db")["spec"]["csi"]
        assert made["volumeAttributes"]["gserver"] == "10.0.0.1,10.0.0.2"
        await phase(desk, "Bound")


async def test_a_lost_volume_comes_back(desk: Desk) -> None:
    await a_bound_claim(desk)
    desk.sim.create(service("default", "gluster"))
    desk.sim.create(endpoints("default", "gluster", ["10.0.0.1"]))
    desk.sim.store.update(desk.stored("persistentvolumes", "pv1"), lambda obj: obj["metadata"].pop("finalizers", None))
    desk.sim.store.delete(desk.resource("persistentvolumes"), "", "pv1")
    await phase(desk, "Lost")
    values = {"volume": "pv1", "claim_namespace": "default", "claim_name": "db"}
    with pytest.raises(Needs) as needs:
        await desk.fix("recreate-volume", **values)
    assert needs.value.name == "gluster"
    plan = await desk.fix("recreate-volume", **values, gluster="vol1", addresses="10.0.0.1", endpoints="gluster")
    assert (await desk.run(plan)).ok
    desk.sim.controllers.resync()
    await phase(desk, "Bound")
    assert the_volume(desk)["spec"]["claimRef"]["uid"] == the_claim(desk)["metadata"]["uid"]


async def test_a_volume_that_is_there_again_is_kept_for_its_claim(desk: Desk) -> None:
    await a_bound_claim(desk)
    desk.sim.store.update(desk.stored("persistentvolumes", "pv1"), lambda obj: obj["metadata"].pop("finalizers", None))
    desk.sim.store.delete(desk.resource("persistentvolumes"), "", "pv1")
    await phase(desk, "Lost")
    desk.sim.controllers.off.add("persistentvolumeclaims")
    put_volume(desk)
    values = {"volume": "pv1", "claim_namespace": "default", "claim_name": "db"}
    plan = await desk.fix("recreate-volume", **values)
    assert [step.id for step in plan.steps] == ["keep PersistentVolume pv1"]
    assert (await desk.run(plan)).ok
    desk.sim.controllers.off.clear()
    desk.sim.controllers.resync()
    await phase(desk, "Bound")
    assert the_volume(desk)["spec"]["claimRef"]["uid"] == the_claim(desk)["metadata"]["uid"]
    back = await desk.undo()
    assert "is bound to claim default/db by now" in next(iter(back.reports.values())).reason


async def test_statuses_are_told_apart(desk: Desk) -> None:
    put_volume(desk)
    plan = await desk.fix("patch-volume", volume="pv1", policy="Delete")
    assert (await desk.run(plan)).ok
    assert [report.status for report in desk.made[-1].reports.values()] == [Status.DONE]


async def test_a_volume_whose_claim_is_gone_never_gets_a_policy_that_deletes_it(desk: Desk) -> None:
    """Setting Retain can't be taken back then, and Delete can't be set: the controller would delete at once."""
    await a_bound_claim(desk, reclaim="Delete")
    assert (await desk.run(await desk.fix("patch-volume", volume="pv1", policy="Retain"))).ok
    await desk.ask("DELETE", "/api/v1/namespaces/default/persistentvolumeclaims/db")
    await desk.until(lambda: (the_volume(desk).get("status") or {}).get("phase") == "Released")
    back = await desk.undo()
    assert "is gone: with Delete its data would be deleted at once" in next(iter(back.reports.values())).reason
    there = await desk.run(await desk.fix("patch-volume", volume="pv1", policy="Delete"))
    assert not there.ok
    assert the_volume(desk)["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
