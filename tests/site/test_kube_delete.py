"""Claims and PersistentVolumes deleted with the controllers at work: what goes, what stays, and the way back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.site.kube_desk import Desk, open_desk
from tests.site.kube_objects import a_bound_claim, put_claim, put_volume, the_claim, the_volume
from tui.core.kube_sets import LEFT, MISSING, NO_SET, WANTED, set_claims
from tui.core.plan import Danger, Refused
from tui.demo.kube_objects import node, pod, stateful_set
from tui.demo.kube_resources import SETS
from tui.plans.kube_asks import Needs


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, controllers=True, classes=("manual",)) as opened:
        opened.sim.create(node("kube-1", "10.0.0.7"))
        yield opened


def policy(desk: Desk, name: str) -> None:
    desk.sim.patch("persistentvolumes", "pv1", {"spec": {"persistentVolumeReclaimPolicy": name}})


def words(plan: object) -> str:
    return " ".join(getattr(plan, "warnings", ()))


async def test_a_claim_with_retain_goes_and_comes_back_to_its_volume(desk: Desk) -> None:
    await a_bound_claim(desk)
    before = await desk.quiet()
    plan = await desk.fix("delete-claims", namespace="default", names="db")
    assert (plan.confirm, plan.danger) == ("db", Danger.CHANGES)
    assert "Retain: PersistentVolume pv1 stays as Released with all data." in words(plan)
    assert "(RWX)" in words(plan)
    assert (await desk.run(plan)).ok
    await desk.until(lambda: the_volume(desk)["status"]["phase"] == "Released")
    assert desk.sim.get("persistentvolumeclaims", "db", "default") is None
    assert (await desk.undo()).ok
    await desk.until(lambda: the_claim(desk)["status"]["phase"] == "Bound")
    assert await desk.quiet() == before


async def test_what_becomes_of_the_data_is_asked_for(desk: Desk) -> None:
    await a_bound_claim(desk)
    policy(desk, "Delete")
    with pytest.raises(Needs, match=r"Delete: .*keep: .*lose: ") as needs:
        await desk.fix("delete-claims", namespace="default", names="db")
    assert (needs.value.name, needs.value.choices) == ("data", ("keep", "lose"))


async def test_the_data_is_kept_where_it_would_be_deleted(desk: Desk) -> None:
    await a_bound_claim(desk)
    policy(desk, "Delete")
    before = await desk.quiet()
    plan = await desk.fix("delete-claims", namespace="default", names="db", data="keep")
    assert plan.danger is Danger.CHANGES
    assert (await desk.run(plan)).ok
    await desk.until(lambda: the_volume(desk)["status"]["phase"] == "Released")
    assert the_volume(desk)["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert (await desk.undo()).ok
    await desk.until(lambda: the_claim(desk)["status"]["phase"] == "Bound")
    assert await desk.quiet() == before


async def test_the_data_is_lost_where_the_admin_says_so(desk: Desk) -> None:
    await a_bound_claim(desk)
    policy(desk, "Delete")
    plan = await desk.fix("delete-claims", namespace="default", names="db", data="lose")
    assert plan.danger is Danger.DESTROYS
    assert plan.steps[-1].no_undo
    assert (await desk.run(plan)).ok
    assert desk.sim.get("persistentvolumeclaims", "db", "default") is None


async def test_a_policy_that_was_changed_since_is_seen(desk: Desk) -> None:
    await a_bound_claim(desk)
    plan = await desk.fix("delete-claims", namespace="default", names="db")
    policy(desk, "Delete")
    assert not (await desk.run(plan)).ok
    assert the_claim(desk)["status"]["phase"] == "Bound"


async def test_a_claim_without_a_volume_goes_alone_and_comes_back(desk: Desk) -> None:
    put_claim(desk)
    before = await desk.quiet()
    plan = await desk.fix("delete-claims", namespace="default", names="db")
    assert "nothing but the claim itself goes" in words(plan)
    assert (await desk.run(plan)).ok
    assert desk.sim.get("persistentvolumeclaims", "db", "default") is None
    assert (await desk.undo()).ok
    assert await desk.quiet() == before


async def test_a_claim_in_use_is_left_alone(desk: Desk) -> None:
    await a_bound_claim(desk)
    desk.sim.create(pod("default", "web-0", "db"))
    await desk.quiet()
    with pytest.raises(Refused, match="web-0") as refused:
        await desk.fix("delete-claims", namespace="default", names="db")
    assert "scale it to 0" in refused.value.details[0]


async def test_a_volume_that_a_claim_has_is_left_alone(desk: Desk) -> None:
    await a_bound_claim(desk)
    with pytest.raises(Refused, match="bound to claim default/db"):
        await desk.fix("delete-volume", volume="pv1")


async def test_a_volume_that_nobody_has_goes_and_comes_back(desk: Desk) -> None:
    put_volume(desk)
    before = await desk.quiet()
    plan = await desk.fix("delete-volume", volume="pv1")
    assert (plan.confirm, plan.danger) == ("pv1", Danger.CHANGES)
    assert "stays with all data" in words(plan)
    assert (await desk.run(plan)).ok
    assert desk.sim.get("persistentvolumes", "pv1") is None
    assert (await desk.undo()).ok
    assert await desk.quiet() == before


async def test_a_finalizer_that_lets_the_data_be_deleted_is_told(desk: Desk) -> None:
    put_volume(desk)
    policy(desk, "Delete")
    mark = "external-provisioner.volume.kubernetes.io/finalizer"
    desk.sim.patch("persistentvolumes", "pv1", {"metadata": {"finalizers": [mark]}})
    plan = await desk.fix("delete-volume", volume="pv1")
    assert plan.danger is Danger.DESTROYS
    assert "ALL DATA IS LOST" in words(plan)


async def a_shrunk_set(desk: Desk) -> None:
    """Three claims, of which one replica is left; one asks for another size, and a set that is gone left one."""
    desk.sim.create(stateful_set("default", "db", 3, "1Gi", "manual"))
    # the first pod never gets its volume here, so that the set makes no other
    for name, size in (("data-db-1", "1Gi"), ("data-db-2", "2Gi"), ("data-old-0", "1Gi")):
        put_claim(desk, name=name, size=size)
    desk.sim.store.update(desk.stored("statefulsets", "db", "default"), lambda obj: obj["spec"].update(replicas=1))
    await desk.quiet()
    desk.kube.start()
    await desk.kube.loaded()


async def test_what_a_statefulset_left_behind(desk: Desk) -> None:
    await a_shrunk_set(desk)
    found = {one.key[1]: one for one in set_claims(desk.kube.tables)}
    assert {name: one.state for name, one in found.items()} == {
        "data-db-0": WANTED, "data-db-1": LEFT, "data-db-2": LEFT, "data-old-0": NO_SET,
    }  # fmt: skip
    assert found["data-db-2"].differences[0] == "asks for 2 GiB, template 1 GiB"
    assert [one.key[1] for one in found.values() if one.is_left] == ["data-db-1", "data-db-2", "data-old-0"]
    desk.sim.store.update(desk.stored("statefulsets", "db", "default"), lambda obj: obj["spec"].update(replicas=4))
    await desk.until(lambda: any(one.state == MISSING for one in set_claims(desk.kube.tables)))


async def test_what_was_left_behind_is_deleted_and_comes_back(desk: Desk) -> None:
    await a_shrunk_set(desk)
    before = await desk.quiet()
    plan = await desk.fix("delete-claims", namespace="default", names="data-db-1,data-db-2", of="default/db")
    assert (plan.confirm, len(plan.steps)) == ("default/db", 2)
    assert (await desk.run(plan)).ok
    assert [one["metadata"]["name"] for one in desk.sim.list("persistentvolumeclaims")] == ["data-db-0", "data-old-0"]
    assert (await desk.undo()).ok
    assert await desk.quiet() == before


async def test_that_a_set_makes_the_claim_anew_is_told(desk: Desk) -> None:
    await a_shrunk_set(desk)
    desk.sim.store.delete(desk.resource("pods"), "default", "db-0")
    plan = await desk.fix("delete-claims", namespace="default", names="data-db-0")
    assert "StatefulSet default/db wants claim default/data-db-0: it is made anew, and empty" in words(plan)
    assert desk.resource("statefulsets") is SETS
