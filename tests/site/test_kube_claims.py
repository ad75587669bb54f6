"""Claims made anew, let go and freed of dead nodes, with the controllers at work, and back again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.site.kube_desk import Desk, open_desk
from tests.site.kube_objects import (
    RWX,
    SOURCE,
    a_bound_claim,
    a_claim_made_anew,
    phase,
    put_claim,
    put_pod,
    put_volume,
    the_claim,
    the_volume,
    there_and_back,
)
from tui.core.plan import Refused
from tui.dialects.kube_write import claim, volume
from tui.plans.kube_asks import Needs


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, controllers=True, classes=("manual", "other")) as opened:
        yield opened


@pytest.mark.parametrize("policy", ["Delete", "Retain"])
async def test_a_claim_anew_with_its_volume(desk: Desk, policy: str) -> None:
    await a_bound_claim(desk, reclaim=policy)
    plan = await desk.fix("recreate-claim", namespace="default", name="db", **{"class": "other"})
    assert plan.confirm == "db"
    assert any(f"reclaim policy {policy}" in warning for warning in plan.warnings)
    between = await there_and_back(desk, "recreate-claim", namespace="default", name="db", **{"class": "other"})
    made, kept = between["persistentvolumeclaims default/db"], between["persistentvolumes /pv1"]
    assert (made["spec"]["storageClassName"], made["status"]["phase"]) == ("other", "Bound")
    assert (kept["spec"]["storageClassName"], kept["spec"]["persistentVolumeReclaimPolicy"]) == ("other", policy)


async def test_a_claim_that_no_volume_fits(desk: Desk) -> None:
    put_claim(desk, class_name="typo")
    await desk.quiet()
    between = await there_and_back(
        desk, "recreate-claim", namespace="default", name="db", **{"class": "manual"}, size="5Gi"
    )
    assert between["persistentvolumeclaims default/db"]["spec"]["resources"] == {"requests": {"storage": "5Gi"}}


async def test_a_new_claim_that_pods_use_is_not_taken_back(desk: Desk) -> None:
    put_volume(desk, "pv2", class_name="manual")
    await a_claim_made_anew(desk)
    await phase(desk, "Bound")
    put_pod(desk, "db-0", "db")
    back = await desk.undo()
    assert not back.ok
    assert "a pod uses claim default/db now" in str(back.reports)
    assert "deletionTimestamp" not in the_claim(desk)["metadata"]
    desk.sim.store.delete(desk.resource("pods"), "default", "db-0")
    assert (await desk.resume()).ok
    assert the_claim(desk)["spec"]["storageClassName"] == "typo"


async def test_a_claim_with_pods_is_not_made_anew(desk: Desk) -> None:
    await a_bound_claim(desk)
    put_pod(desk, "db-0", "db")
    with pytest.raises(Refused, match=r"db-0 \(Running\)"):
        await desk.fix("recreate-claim", namespace="default", name="db", size="5Gi")


async def test_a_pod_that_came_meanwhile_stops_it(desk: Desk) -> None:
    await a_bound_claim(desk, reclaim="Delete")
    plan = await desk.fix("recreate-claim", namespace="default", name="db", **{"class": "other"})
    put_pod(desk, "db-0", "db")
    outcome = await desk.run(plan)
    assert [str(report.status) for report in outcome.reports.values()][:2] == ["done", "failed"]
    assert the_claim(desk)["status"]["phase"] == "Bound"
    assert "deletionTimestamp" not in the_claim(desk)["metadata"]


async def test_more_than_the_volume_has(desk: Desk) -> None:
    await a_bound_claim(desk)
    with pytest.raises(Refused, match="less than the new claim asks for"):
        await desk.fix("recreate-claim", namespace="default", name="db", size="11Gi")


async def test_a_new_claim_without_the_old_volume_leaves_its_data(desk: Desk) -> None:
    await a_bound_claim(desk, reclaim="Delete")
    put_volume(desk, "pv2")
    assert (await desk.run(await desk.fix("recreate-claim", namespace="default", name="db", volume_name="pv2"))).ok
    await phase(desk, "Bound")
    assert the_claim(desk)["spec"]["volumeName"] == "pv2"
    assert the_volume(desk)["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    back = await desk.undo()
    assert the_volume(desk)["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert any("not bound to it any more" in skip.reason for skip in back.plan.skipped)


async def test_a_claim_held_by_pods_that_have_ended(desk: Desk) -> None:
    await a_bound_claim(desk)
    put_pod(desk, "backup-1", "db", phase="Succeeded")
    await desk.ask("DELETE", "/api/v1/namespaces/default/persistentvolumeclaims/db")
    values = {"kind": "claim", "namespace": "default", "name": "db"}
    with pytest.raises(Needs, match=r"backup-1 \(Succeeded\)") as needs:
        await desk.fix("finish-deletion", **values)
    assert needs.value.choices == ("finished", "backup-1")
    plan = await desk.fix("finish-deletion", **values, pods="finished")
    assert (plan.confirm, plan.danger) == ("db", "destroys")
    assert (await desk.run(plan)).ok
    await desk.until(lambda: not the_claim(desk))


async def test_a_claim_held_by_a_live_pod_stays(desk: Desk) -> None:
    await a_bound_claim(desk)
    put_pod(desk, "db-0", "db")
    await desk.ask("DELETE", "/api/v1/namespaces/default/persistentvolumeclaims/db")
    with pytest.raises(Refused, match=r"still run: db-0 \(Running\)"):
        await desk.fix("finish-deletion", kind="claim", namespace="default", name="db", pods="finished")


async def test_one_finalizer_that_nobody_takes_away(desk: Desk) -> None:
    await a_bound_claim(desk)
    desk.sim.controllers.off.add("persistentvolumeclaims")
    await desk.ask("DELETE", "/api/v1/namespaces/default/persistentvolumeclaims/db")
    plan = await desk.fix("finish-deletion", kind="claim", namespace="default", name="db")
    put_pod(desk, "db-0", "db")
    assert not (await desk.run(plan)).ok
    assert "a pod uses claim default/db" in next(iter(desk.made[-1].reports.values())).reason
    desk.sim.store.delete(desk.resource("pods"), "default", "db-0")
    assert (await desk.resume()).ok
    assert not the_claim(desk)


async def test_the_deleter_that_is_gone_since_1_26(tmp_path: Path) -> None:
    async with open_desk(tmp_path, version=(1, 30)) as desk:
        raw = volume("pv1", SOURCE, capacity="1Gi", access_modes=RWX, reclaim="Delete")
        raw["metadata"]["finalizers"] = ["kubernetes.io/pv-controller", "example.com/mine"]
        desk.sim.store.put(raw | {"status": {"phase": "Failed"}})
        await desk.ask("DELETE", "/api/v1/persistentvolumes/pv1")
        with pytest.raises(Refused, match=r"waits for example\.com/mine"):
            await desk.fix("finish-deletion", kind="volume", name="pv1")
        desk.sim.store.update(
            desk.stored("persistentvolumes", "pv1"),
            lambda obj: obj["metadata"]["finalizers"].remove("example.com/mine"),
        )
        plan = await desk.fix("finish-deletion", kind="volume", name="pv1")
        assert "volume vol1 stays" in plan.warnings[0]
        assert (await desk.run(plan)).ok
        assert not the_volume(desk)


async def test_a_dead_node_is_forgotten(desk: Desk) -> None:
    raw = claim("default", "db", class_name="typo", access_modes=RWX)
    raw["metadata"]["annotations"] = {"volume.kubernetes.io/selected-node": "dead"}
    desk.sim.create(raw)
    await desk.quiet()
    between = await there_and_back(desk, "forget-selected-node", namespace="default", name="db")
    assert "annotations" not in between["persistentvolumeclaims default/db"]["metadata"]


async def test_a_node_that_is_well_is_not_forgotten(desk: Desk) -> None:
    raw = claim("default", "db", class_name="typo", access_modes=RWX)
    raw["metadata"]["annotations"] = {"volume.kubernetes.io/selected-node": "n1"}
    desk.sim.create(raw)
    status = {"conditions": [{"type": "Ready", "status": "True"}]}
    desk.sim.store.put({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}, "status": status})
    with pytest.raises(Refused, match="is there and ready"):
        await desk.fix("forget-selected-node", namespace="default", name="db")
