"""The controllers of the simulated Kubernetes where no recording tells: pods, sets, endpoints, namespaces, releases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tui.demo.heketi import SimHeketi
from tui.demo.kube_delete import delete
from tui.demo.kube_heketi import HeketiClient
from tui.demo.kube_objects import (
    claim,
    endpoints,
    node,
    pod,
    quota,
    secret,
    service,
    stateful_set,
    storage_class,
    volume,
)
from tui.demo.kube_resources import BY_PLURAL
from tui.demo.kube_scheduler import unschedulable
from tui.demo.kube_server import SimKube
from tui.demo.kube_world import OutsideError

Obj = dict[str, Any]


@asynccontextmanager
async def running(version: tuple[int, int] = (1, 25)) -> AsyncIterator[SimKube]:
    """A cluster of one node; its controllers begin new rounds only when they are told to."""
    kube = SimKube()
    kube.controllers.delays.resync = 0
    async with await kube.start(version, controllers=True):
        kube.store.put(node("n1", "10.0.0.1"))
        yield kube


async def turn(kube: SimKube, *objects: Obj) -> None:
    """Create objects, let things happen, begin one more round."""
    for obj in objects:
        kube.create(obj)
    await kube.controllers.settle()
    kube.controllers.resync()
    await kube.controllers.settle()


def events(kube: SimKube, name: str) -> list[tuple[str, str]]:
    """(reason, message) of the events of an object."""
    found = [one for one in kube.list("events") if one["involvedObject"]["name"] == name]
    return [(one["reason"], one["message"]) for one in found]


def phase(kube: SimKube, plural: str, name: str, namespace: str = "") -> str:
    found = kube.get(plural, name, namespace)
    return str(found["status"]["phase"]) if found else "gone"


async def test_a_pod_runs_once_its_claim_is_bound_and_mounted() -> None:
    async with running() as kube:
        await turn(kube, claim("default", "data", "1Gi", ""), pod("default", "web", "data"))
        text = "0/1 nodes are available: 1 pod has unbound immediate PersistentVolumeClaims. preemption: 0/1 nodes are "
        assert events(kube, "web")[0] == (
            "FailedScheduling",
            text + "available: 1 Preemption is not helpful for scheduling.",
        )
        await turn(kube, volume("v", "vol", "1Gi"))
        await turn(kube)
        why = 'MountVolume.NewMounter initialization failed for volume "v" : endpoints "glusterfs-cluster" not found'
        assert ("FailedMount", why) in events(kube, "web")
        await turn(
            kube, service("default", "glusterfs-cluster"), endpoints("default", "glusterfs-cluster", ["10.1.1.1"])
        )
        assert phase(kube, "pods", "web", "default") == "Running"


async def test_a_service_with_a_selector_empties_its_endpoints() -> None:
    async with running() as kube:
        await turn(kube, endpoints("default", "glusterfs-cluster", ["10.1.1.1"]))
        await turn(kube, service("default", "glusterfs-cluster", selector={"app": "nothing"}))
        assert "subsets" not in (kube.get("endpoints", "glusterfs-cluster", "default") or {})
        await turn(kube, volume("v", "vol", "1Gi"), claim("default", "data", "1Gi", ""), pod("default", "web", "data"))
        await turn(kube)
        why = "failed to execute mount command:[no valid ipaddress found in endpoint address list]"
        assert ("FailedMount", f'MountVolume.SetUp failed for volume "v" : {why}') in events(kube, "web")


async def test_endpoints_by_hand_are_copied_into_a_slice() -> None:
    async with running() as kube:
        await turn(kube, service("default", "gl"), endpoints("default", "gl", ["10.1.1.1", "10.1.1.2"]))
        (found,) = kube.list("endpointslices")
        assert [one["addresses"] for one in found["endpoints"]] == [["10.1.1.1"], ["10.1.1.2"]]
        kube.store.delete(BY_PLURAL["services"], "default", "gl")
        await turn(kube)
        assert kube.list("endpointslices") == kube.list("endpoints") == []


async def test_from_1_26_on_nothing_is_left_of_the_gluster_plugin() -> None:
    async with running((1, 27)) as kube:
        kube.create(storage_class("gl", {"resturl": "http://x"}))
        await turn(kube, claim("default", "dynamic", "1Gi", "gl"))
        assert events(kube, "dynamic") == [
            ("ProvisioningFailed", "no volume plugin matched name: kubernetes.io/glusterfs")
        ]
        await turn(kube, volume("v", "vol", "1Gi"), claim("default", "data", "1Gi", ""), pod("default", "web", "data"))
        await turn(kube)
        assert phase(kube, "persistentvolumeclaims", "data", "default") == "Bound"
        ((_, why),) = [one for one in events(kube, "web") if one[0] == "FailedMount"]
        assert why.endswith('failed to get Plugin from volumeSpec for volume "v" err=no volume plugin matched')


async def test_a_provisioned_volume_cannot_be_deleted_from_1_26_on() -> None:
    async with running((1, 26)) as kube:
        made = volume("pvc-1", "vol_1", "1Gi", "gl", policy="Delete", claimRef={"namespace": "default", "name": "data"})
        made["metadata"]["annotations"] = {"pv.kubernetes.io/provisioned-by": "kubernetes.io/glusterfs"}
        await turn(kube, made, claim("default", "data", "1Gi", "gl"))
        remove(kube, "persistentvolumeclaims", "data", "default")
        await turn(kube)
        text = "no volume plugin matched name: kubernetes.io/glusterfs"
        assert events(kube, "pvc-1") == [("VolumeFailedDelete", text)]
        assert phase(kube, "persistentvolumes", "pvc-1") == "Failed"


def remove(kube: SimKube, plural: str, name: str, namespace: str = "") -> None:
    """Delete an object as a client does."""
    stored = kube.store.get(BY_PLURAL[plural], namespace, name)
    assert stored is not None
    delete(kube.store, stored, {})


@pytest.mark.parametrize("version", [(1, 25), (1, 30)])
async def test_an_external_provisioner_is_waited_for_and_then_works(version: tuple[int, int]) -> None:
    async with running(version) as kube:
        kube.create(storage_class("kadalu", by="kadalu"))
        await turn(kube, claim("default", "data", "1Gi", "kadalu"))
        ((reason, text),) = events(kube, "data")
        assert reason == "ExternalProvisioning"
        assert ('external provisioner "kadalu"' in text) is (version == (1, 25))

        async def provision(made_for: Obj, cls: Obj) -> Obj:
            return {"csi": {"driver": "kadalu", "volumeHandle": made_for["metadata"]["uid"]}}

        kube.controllers.hooks.external["kadalu"] = provision
        await turn(kube)
        assert phase(kube, "persistentvolumeclaims", "data", "default") == "Bound"
        assert {"Provisioning", "ProvisioningSucceeded"} <= {reason for reason, _ in events(kube, "data")}


async def test_an_external_provisioner_says_why_it_fails() -> None:
    async def provision(made_for: Obj, cls: Obj) -> Obj:
        raise OutsideError("rpc error: code = ResourceExhausted desc = No Hosting Volumes available, add more storage")

    async with running() as kube:
        kube.controllers.hooks.external["kadalu"] = provision
        kube.create(storage_class("kadalu", by="kadalu"))
        await turn(kube, claim("default", "data", "1Gi", "kadalu"))
        found = dict(events(kube, "data"))["ProvisioningFailed"]
        assert found.startswith('failed to provision volume with StorageClass "kadalu": rpc error: ')


async def test_a_set_makes_its_claims_and_pods_and_leaves_the_claims_behind() -> None:
    async with running() as kube:
        for number in range(3):
            kube.create(volume(f"v{number}", f"vol{number}", "1Gi", "static"))
        await turn(
            kube, service("default", "glusterfs-cluster"), endpoints("default", "glusterfs-cluster", ["10.1.1.1"])
        )
        await turn(kube, stateful_set("default", "db", 3, "1Gi", "static"))
        for _ in range(4):
            await turn(kube)
        found = kube.get("statefulsets", "db", "default")
        assert found is not None
        assert found["status"]["readyReplicas"] == 3
        kube.patch("statefulsets", "db", {"spec": {"replicas": 1}}, "default")
        await turn(kube)
        assert [one["metadata"]["name"] for one in kube.list("pods")] == ["db-0"]
        remove(kube, "statefulsets", "db", "default")
        await turn(kube)
        assert kube.list("pods") == []
        names = [one["metadata"]["name"] for one in kube.list("persistentvolumeclaims")]
        assert names == ["data-db-0", "data-db-1", "data-db-2"]


async def test_a_set_says_that_a_quota_is_used_up() -> None:
    async with running() as kube:
        await turn(kube, quota("default", "q", requests_storage="1Gi"), stateful_set("default", "db", 1, "2Gi", "x"))
        why = 'persistentvolumeclaims "data-db-0" is forbidden: exceeded quota: q, requested: requests.storage=2Gi, '
        why += "used: requests.storage=0, limited: requests.storage=1Gi"
        text = f"create Claim data-db-0 for Pod db-0 in StatefulSet db failed error: {why}"
        assert ("FailedCreate", text) in events(kube, "db")
        assert (kube.get("resourcequotas", "q", "default") or {})["status"]["used"] == {"requests.storage": "0"}


async def test_a_namespace_goes_when_it_is_empty_and_says_what_holds_it() -> None:
    async with running() as kube:
        kube.create_namespace("old")
        await turn(kube, claim("old", "data", "1Gi", "x"), pod("old", "web", "data"))
        kube.store.put(
            {**(kube.get("pods", "web", "old") or {}), "spec": {**pod("old", "web", "data")["spec"], "nodeName": "n1"}}
        )
        kube.controllers.kubelet.held.add("n1")
        remove(kube, "namespaces", "old")
        await turn(kube)
        found = kube.get("namespaces", "old")
        assert found is not None
        assert "kubernetes.io/pvc-protection in 1 resource instances" in found["status"]["conditions"][1]["message"]
        kube.controllers.kubelet.held.clear()
        await turn(kube)
        assert kube.get("namespaces", "old") is None


async def test_old_events_go() -> None:
    async with running() as kube:
        await turn(kube, claim("default", "data", "1Gi", ""))
        assert len(events(kube, "data")) == 1
        remove(kube, "persistentvolumeclaims", "data", "default")
        await kube.controllers.settle()
        now = kube.store.clock()
        kube.store.clock = lambda: now + 3700
        await turn(kube)
        assert events(kube, "data") == []


async def test_what_a_controller_fails_with_is_heard_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    async with running() as kube:
        kube.store.put({**claim("default", "odd", "1Gi", ""), "spec": {"accessModes": 1}})
        kube.create(claim("default", "data", "1Gi", ""))
        with pytest.raises(TypeError):
            await kube.controllers.settle()
        await kube.controllers.settle()
        assert [reason for reason, _ in events(kube, "data")] == ["FailedBinding"]
        assert "persistentvolumeclaims default/odd could not be looked at" in caplog.text


async def test_controllers_that_stand_still_are_not_waited_for() -> None:
    async with await SimKube().start() as kube:
        kube.create(claim("default", "data", "1Gi", ""))
        await kube.controllers.settle()
        assert kube.list("events") == []


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ((1, 20), "0/2 nodes are available: 2 W."),
        ((1, 25), "0/2 nodes are available: 2 W. preemption: 0/2 nodes are available: 2 Preemption is not helpful for "
         "scheduling."),
        ((1, 30), "0/2 nodes are available: W. preemption: 0/2 nodes are available: 2 Preemption is not helpful for "
         "scheduling."),
    ],
)  # fmt: skip
def test_each_release_says_differently_that_nothing_fits(version: tuple[int, int], text: str) -> None:
    assert unschedulable("W", 2, version) == text


async def test_a_simulated_heketi_makes_the_volumes_of_a_simulated_kubernetes() -> None:
    async with running() as kube, SimHeketi() as heketi:
        cluster = heketi.seed_cluster()
        for number in range(1, 4):
            heketi.seed_node(cluster.id, f"gl{number}", f"10.1.1.{number}", number, ("/dev/sdb", "/dev/sdc"))
        HeketiClient(kube.controllers.world, pause=0.001).plug_in()
        parameters = {"resturl": heketi.url, "restuser": "admin", "secretNamespace": "default", "secretName": "s"}
        parameters |= {"volumenameprefix": "acme", "volumetype": "replicate:3", "clusterid": cluster.id}
        kube.create(storage_class("gl", parameters, allowVolumeExpansion=True))
        kube.create(secret("default", "s", heketi.admin_key))
        await turn(kube, claim("default", "data", "2Gi", "gl"), claim("default", "huge", "900Ti", "gl"))
        await turn(kube)
        assert phase(kube, "persistentvolumeclaims", "data", "default") == "Bound"
        assert dict(events(kube, "huge"))["ProvisioningFailed"].endswith("see kube-controller-manager.log for details")
        (made,) = kube.list("persistentvolumes")
        assert made["spec"]["glusterfs"]["path"].startswith("acme_default_data_")
        found = kube.get("endpoints", made["spec"]["glusterfs"]["endpoints"], "default")
        assert found is not None
        assert {one["ip"] for one in found["subsets"][0]["addresses"]} == {"10.1.1.1", "10.1.1.2", "10.1.1.3"}

        kube.patch(
            "persistentvolumeclaims", "data", {"spec": {"resources": {"requests": {"storage": "5Gi"}}}}, "default"
        )
        await turn(kube)
        assert (kube.get("persistentvolumes", made["metadata"]["name"]) or {})["spec"]["capacity"] == {"storage": "5Gi"}
        assert [one.size for one in heketi.state.tables.volumes.values()] == [5]

        remove(kube, "persistentvolumeclaims", "data", "default")
        await turn(kube)
        assert kube.list("persistentvolumes") == []
        assert not heketi.state.tables.volumes
