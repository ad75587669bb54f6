"""What becomes of bound claims and volumes: the simulated cluster against what a real one made."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.contract.kube_scene import SPACE, as_made, class_names, cluster, differences, heard, said, scene
from tui.demo.kube_delete import delete
from tui.demo.kube_resources import CLAIMS, PODS, VOLUMES, Resource
from tui.demo.kube_server import SimKube
from tui.demo.kube_status import ApiError

Obj = dict[str, Any]


async def turn(kube: SimKube) -> None:
    """Let everything happen that happens without a new round, then one round."""
    await kube.controllers.settle()
    kube.controllers.resync()
    await kube.controllers.settle()


@asynccontextmanager
async def begun(name: str, claims_first: bool = False) -> AsyncIterator[SimKube]:
    """A cluster with what a scene begins with."""
    recorded = scene(name)
    async with await cluster(*class_names(recorded)) as kube:
        parts = ("claims", "volumes") if claims_first else ("volumes", "claims")
        for part in parts:
            for obj in recorded[part].values():
                kube.create(as_made(obj))
            await kube.controllers.settle()
        await turn(kube)
        yield kube


def drop(kube: SimKube, resource: Resource, name: str, space: str = "") -> None:
    """Delete an object as a client does."""
    stored = kube.store.get(resource, space, name)
    assert stored is not None
    delete(kube.store, stored, {})


def pod(name: str, claim: str, node: str = "") -> Obj:
    """A pod with a claim, on a node or on none."""
    spec: Obj = {"containers": [{"name": "c", "image": "busybox"}]}
    spec["volumes"] = [{"name": "v", "persistentVolumeClaim": {"claimName": claim}}]
    if node:
        spec["nodeName"] = node
    return {"kind": "Pod", "metadata": {"name": name, "namespace": SPACE}, "spec": spec}


async def test_either_bad_gid_is_named() -> None:
    recorded = scene("08-glusterfs-bad-gid")
    async with begun("08-glusterfs-bad-gid") as kube:
        found = said(kube, "pvc", "p08")
        # the real one goes through its parameters in no order
        assert found
        assert found <= heard(recorded["events"]["pvc/p08"])


@pytest.mark.parametrize(("name", "pod_name"), [("10-glusterfs-wffc", "pod10"), ("56-external-wffc-with-pod", "pod17")])
async def test_a_claim_that_waits_for_a_pod(name: str, pod_name: str) -> None:
    recorded = scene(name)
    (claim,) = recorded["claims"]
    async with begun(name) as kube:
        kube.create(pod(pod_name, claim))
        await turn(kube)
        assert differences(kube, recorded) == []


@pytest.mark.parametrize("name", ["10b-glusterfs-wffc-selected-node", "17b-external-wffc-selected-node"])
async def test_a_node_was_chosen(name: str) -> None:
    recorded = scene(name)
    (claim,) = recorded["claims"].values()
    made = as_made(claim)
    made["metadata"]["annotations"] = {"volume.kubernetes.io/selected-node": "fake-node"}
    async with await cluster(*class_names(recorded)) as kube:
        kube.create(made)
        await turn(kube)
        assert differences(kube, recorded) == []


async def test_a_node_was_chosen_for_a_class_without_provisioner() -> None:
    async with begun("22b-noprov-wffc-selected-node") as kube:
        found = {reason for _, reason, _, _ in said(kube, "pvc", "p22b")}
        assert found == {"ProvisioningFailed"}


async def test_two_claims_name_one_volume() -> None:
    async with begun("48-two-claims-one-pv", claims_first=True) as kube:
        assert differences(kube, scene("48-two-claims-one-pv")) == []


async def test_retained_after_its_claim_was_deleted() -> None:
    recorded = scene("50-retain-after-pvc-delete")
    async with begun("42-static-bind-retain") as kube:
        drop(kube, CLAIMS, "p42", SPACE)
        await turn(kube)
        for claim in recorded["claims"].values():
            kube.create(as_made(claim))
        await turn(kube)
        assert differences(kube, recorded) == []
        drop(kube, CLAIMS, "p42again", SPACE)
        kube.patch("persistentvolumes", "v42", {"spec": {"claimRef": None}})
        await turn(kube)
        assert differences(kube, scene("57-retain-claimref-cleared")) == []


async def test_deleted_after_its_claim_was_deleted() -> None:
    recorded = scene("51-delete-after-pvc-delete")
    more = ("43b-static-bind-delete-class-glusterfs", "43c-static-bind-delete-class-external")
    names = ("43-static-bind-delete", *more, "43d-static-bind-delete-no-class")
    wanted = [recorded["volumes"][f"v{name.partition('-')[0]}"]["status"] for name in names]
    got, events = [], []
    for name in names:
        number = name.partition("-")[0]
        async with begun(name) as kube:
            drop(kube, CLAIMS, f"p{number}", SPACE)
            await turn(kube)
            found = kube.get("persistentvolumes", f"v{number}")
            assert found is not None
            got.append(found["status"])
            events.append(said(kube, "pv", f"v{number}") == heard(recorded["events"][f"pv/v{number}"]))
    assert (got, events) == (wanted, [True] * 4)


async def test_recycled_after_its_claim_was_deleted() -> None:
    async with begun("44-static-bind-recycle") as kube:
        drop(kube, CLAIMS, "p44", SPACE)
        await turn(kube)
        assert differences(kube, scene("52-recycle-after-pvc-delete")) == []


async def test_a_bound_volume_is_removed_by_force() -> None:
    async with begun("46-lost", claims_first=True) as kube:
        kube.store.delete(VOLUMES, "", "v46")
        await turn(kube)
        assert differences(kube, scene("53-lost-pv-removed")) == []


async def test_a_claim_in_use_is_deleted() -> None:
    async with begun("47-pvc-in-use-terminating", claims_first=True) as kube:
        kube.create(pod("pod47", "p47", "node-a"))
        drop(kube, CLAIMS, "p47", SPACE)
        await turn(kube)
        assert differences(kube, scene("54-terminating-in-use")) == []
        kube.store.delete(PODS, SPACE, "pod47")
        await turn(kube)
        assert kube.get("persistentvolumeclaims", "p47", SPACE) is None


async def test_a_bound_volume_is_deleted() -> None:
    async with begun("49-pv-deleted-while-bound", claims_first=False) as kube:
        drop(kube, VOLUMES, "v49")
        await turn(kube)
        assert differences(kube, scene("55-pv-deleted-while-bound")) == []


async def test_claims_that_shall_grow() -> None:
    recorded = scene("58-expand")
    async with begun("40-static-bind") as kube:
        for obj in [*scene("41-static-bind-bigger-pv")["volumes"].values(), as_made(recorded["claims"]["p41"])]:
            kube.create(as_made(obj) if obj["kind"] == "PersistentVolume" else obj)
        await turn(kube)
        grow(kube, "p40", "2Gi")
        await turn(kube)
        assert differences(kube, recorded) == []
        with pytest.raises(ApiError, match="only dynamically provisioned pvc can be resized and the storageclass"):
            grow(kube, "p41", "9Gi")
        text = "spec.resources.requests.storage: Forbidden: field can not be less than previous value"
        with pytest.raises(ApiError, match=text):
            grow(kube, "p40", "500Mi")


def grow(kube: SimKube, name: str, size: str) -> None:
    """Ask for another size."""
    kube.patch("persistentvolumeclaims", name, {"spec": {"resources": {"requests": {"storage": size}}}}, SPACE)


async def test_default_classes() -> None:
    recorded = scene("60-default-class")
    async with await cluster() as kube:
        kube.create(as_made(recorded["claims"]["p20"]))
        await kube.controllers.settle()
        for name in ("def1", "def2"):
            cls = {"kind": "StorageClass", "provisioner": "ext.example/one" if name == "def1" else "ext.example/two"}
            notes = {"storageclass.kubernetes.io/is-default-class": "true"}
            kube.create({**cls, "metadata": {"name": name, "annotations": notes}})
            made = {"kind": "PersistentVolumeClaim", "metadata": {"name": "p60", "namespace": SPACE}}
            spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
            if name == "def1":
                kube.create({**made, "spec": spec})
                continue
            made["metadata"]["name"] = "p61"  # type: ignore[index]
            with pytest.raises(ApiError) as refused:
                kube.create({**made, "spec": spec})
        text = 'persistentvolumeclaims "p61" is forbidden: Internal error occurred: 2 default StorageClasses were found'
        assert refused.value.message == text
        await turn(kube)
        assert differences(kube, recorded) == []
