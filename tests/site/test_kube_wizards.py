"""The story of a new class: secret, class and claim are made by their wizards, and the claim is bound."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.plans.sites import with_volume
from tests.site.kube_desk import Desk, Obj, open_desk
from tests.site.kube_objects import phase, the_claim
from tui.core.finding import Fix, ObjectRef
from tui.core.plan import Refused
from tui.demo.kube_world import Made
from tui.dialects.kube_write import DEFAULT_CLASS
from tui.plans.kube_static import StaticVolumeRequest
from tui.plans.kube_wizard import ClaimRequest, StorageClassRequest

CLASS = StorageClassRequest(
    "slow", url="http://10.0.0.9:8080", user="admin", secret_namespace="default", secret_name="heketi-secret"
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    shot, _ = with_volume()
    async with open_desk(tmp_path, controllers=True, shot=shot) as opened:
        opened.sim.controllers.hooks.provision = provision
        yield opened


async def provision(claim: Obj, one: Obj, key: str) -> Made:
    assert key == "My Secret"
    return Made("0123", "vol_0123", ("10.0.0.1", "10.0.0.2"), 20)


async def test_from_the_secret_to_a_bound_claim(desk: Desk) -> None:
    key = desk.vault.put("My Secret")
    assert (await desk.run(await desk.fix("create-secret", namespace="default", name="heketi-secret", key=key))).ok
    assert (await desk.run(await desk.class_plan(replace(CLASS, default=True)))).ok
    assert (await desk.run(await desk.claim_plan(ClaimRequest()))).ok
    await phase(desk, "Bound", "gluster-test")
    made = the_claim(desk, "gluster-test")
    assert made["spec"]["storageClassName"] == "slow"
    assert made["status"]["capacity"] == {"storage": "20Gi"}


async def test_a_class_and_a_claim_are_taken_back(desk: Desk) -> None:
    before = await desk.quiet()
    assert (await desk.run(await desk.class_plan(CLASS))).ok
    assert (await desk.undo()).ok
    assert (await desk.run(await desk.claim_plan(ClaimRequest(class_name="typo")))).ok
    assert (await desk.undo()).ok
    assert await desk.quiet() == before


async def test_a_class_that_is_there_is_made_anew_with_its_labels_and_taken_back(desk: Desk) -> None:
    old = CLASS.manifest()
    meta = {"name": "slow", "labels": {"team": "a"}, "annotations": {DEFAULT_CLASS: "true", "note": "x"}}
    desk.sim.create({**old, "metadata": meta, "parameters": {**old["parameters"], "restuserkey": "Gehe!m42"}})
    before = await desk.quiet()
    plan = await desk.class_plan(replace(CLASS, reclaim="Retain", expansion=False))
    assert plan.title == "Recreate StorageClass slow with other values"
    assert (await desk.run(plan)).ok
    made = (await desk.quiet())["storageclasses /slow"]
    assert (made["reclaimPolicy"], made["metadata"]["labels"]) == ("Retain", {"team": "a"})
    notes = made["metadata"]["annotations"]
    assert (notes["note"], DEFAULT_CLASS in notes, "restuserkey" in made["parameters"]) == ("x", False, False)
    assert "Gehe!m42" not in repr(desk.record())
    assert (await desk.undo()).ok
    assert await desk.quiet() == before


async def test_what_can_not_be_made(desk: Desk) -> None:
    with pytest.raises(Refused, match="StorageClass slow can't be made: heketi's address"):
        await desk.class_plan(replace(CLASS, url=""))
    with pytest.raises(Refused, match="Claim default/gluster-test can't be made"):
        await desk.claim_plan(ClaimRequest(size="much"))


async def test_a_class_that_nobody_serves_any_more(tmp_path: Path) -> None:
    async with open_desk(tmp_path, version=(1, 30)) as desk:
        plan = await desk.class_plan(CLASS)
        assert "gone since 1.26" in plan.warnings[0]


async def test_a_static_volume_with_the_servers_of_its_cluster(desk: Desk) -> None:
    asked = StaticVolumeRequest("pv1", "db", "1Gi", endpoints_namespace="default", endpoints="gluster")
    before = await desk.quiet()
    assert (await desk.run(await desk.static_volume_plan(asked))).ok
    ips = [one["ip"] for one in (await desk.quiet())["endpoints default/gluster"]["subsets"][0]["addresses"]]
    assert ips == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    assert (await desk.undo()).ok
    assert await desk.quiet() == before


async def test_the_only_unused_gluster_volume_is_taken(desk: Desk) -> None:
    assert (await desk.run(await desk.claim_plan(ClaimRequest(class_name="", size="1Gi")))).ok
    plan = await desk.fix("create-volume", claim_namespace="default", claim_name="gluster-test")
    assert "for Gluster volume db" in plan.title
    assert (await desk.run(plan)).ok
    await phase(desk, "Bound", "gluster-test")


async def test_a_gluster_volume_that_is_too_small_or_used_is_not_taken(desk: Desk) -> None:
    for name, size in (("large", "20Gi"), ("first", "1Gi"), ("second", "1Gi")):
        assert (await desk.run(await desk.claim_plan(ClaimRequest(name=name, class_name="", size=size)))).ok
    asked = {"claim_namespace": "default", "gluster": "db"}
    with pytest.raises(Refused, match="it has 1 GiB, and 20 GiB are asked for"):
        await desk.fix("create-volume", **asked, claim_name="large")
    assert (await desk.run(await desk.fix("create-volume", **asked, claim_name="first"))).ok
    with pytest.raises(Refused, match=r"PersistentVolume default-first \(claim default/first\)"):
        await desk.fix("create-volume", **asked, claim_name="second")


def test_which_claim_shows_whether_it_helped(desk: Desk) -> None:
    about = ObjectRef("PersistentVolumeClaim", "app", "db")
    assert desk.follows(Fix("create-class", (("name", "slow"),)), about) == ("app", "db")
    assert desk.follows(Fix("create-class", (("name", "slow"),)), ObjectRef("StorageClass", "", "slow")) is None
    values = (("claim_namespace", "a"), ("claim_name", "b"))
    assert desk.follows(Fix("create-volume", values)) == ("a", "b")
    assert desk.follows(Fix("recreate-claim", (("namespace", "a"), ("name", "b")))) == ("a", "b")


async def test_without_rights_the_refusal_says_which(desk: Desk) -> None:
    desk.sim.faults.forbid("storageclasses", verb="list")
    with pytest.raises(Refused, match="may not list storageclasses") as refused:
        await desk.fix("set-default-class", name="slow")
    assert "kubectl create clusterrole" in refused.value.details[0]


async def test_an_api_server_that_is_away(desk: Desk) -> None:
    await desk.sim.close()
    with pytest.raises(Refused, match="Kubernetes can't be asked"):
        await desk.fix("set-default-class", name="slow")
    desk.kube = None  # type: ignore[assignment]
    with pytest.raises(Refused, match="No Kubernetes cluster is configured"):
        await desk.fix("set-default-class", name="slow")


async def test_a_repair_that_nobody_knows(desk: Desk) -> None:
    with pytest.raises(Refused, match="no repair named 'dance'") as refused:
        await desk.fix("dance")
    assert "release-volume" in refused.value.details[0]
