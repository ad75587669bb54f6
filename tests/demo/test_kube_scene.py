"""The Kubernetes of the demo: what is well, what is wrong, and that repairs help."""

from tui.demo.kube_objects import claim, endpoints, secret, service, storage_class
from tui.demo.kube_resources import BY_PLURAL
from tui.demo.kube_scene import HEKETI_KEY, kube_scene
from tui.demo.kube_server import SimKube
from tui.demo.scenes import demo_scene

# namespace/name of each claim in trouble and what its newest event is about
TROUBLE = {
    "shop/invoices": "ProvisioningFailed",
    "ci/artifacts": "ProvisioningFailed",
    "monitoring/loki": "VolumeMismatch",
    "media/uploads": "FailedBinding",
    "ci/old-cache": "ClaimLost",
    "wiki/attachments": "",
    "media/transcoding": "WaitForFirstConsumer",
}


def states(kube: SimKube) -> dict[str, str]:
    """The phase of each claim that is not bound."""
    found = {
        f"{one['metadata']['namespace']}/{one['metadata']['name']}": one for one in kube.list("persistentvolumeclaims")
    }
    return {name: one["status"]["phase"] for name, one in found.items() if one["status"]["phase"] != "Bound"}


def reason(kube: SimKube, whole: str) -> str:
    """The reason of the event of a claim, "" without one."""
    namespace, _, name = whole.partition("/")
    found = [one for one in kube.list("events", namespace) if one["involvedObject"]["name"] == name]
    return str(found[-1]["reason"]) if found else ""


async def turn(kube: SimKube) -> None:
    """One more round of the controllers."""
    await kube.controllers.settle()
    kube.controllers.resync()
    await kube.controllers.settle()


async def test_what_is_well_and_what_is_not() -> None:
    async with await kube_scene(resync=0) as kube:
        claims = kube.list("persistentvolumeclaims")
        assert len(claims) >= 24
        assert len({one["metadata"]["namespace"] for one in claims}) == 6
        assert states(kube).keys() == TROUBLE.keys()
        assert {name: reason(kube, name) for name in TROUBLE} == TROUBLE
        assert "exceeded quota: storage" in str([e["message"] for e in kube.list("events", "shop")])
        pods = {one["metadata"]["name"]: one["status"]["phase"] for one in kube.list("pods")}
        assert sorted(name for name, phase in pods.items() if phase != "Running") == [
            "artifacts-0", "invoices-0", "loki-0", "uploads-0", "wiki-0", "wiki-uploads-0",
        ]  # fmt: skip


async def test_repairs_help() -> None:
    async with await kube_scene(resync=0) as kube:
        kube.create(secret("storage", "heketi-archive", HEKETI_KEY))
        parameters = (kube.get("storageclasses", "gluster-replica3") or {})["parameters"]
        kube.create(storage_class("gluster-replica-3", parameters))
        kube.patch("persistentvolumes", "monitoring-loki", {"spec": {"capacity": {"storage": "100Gi"}}})
        kube.patch("persistentvolumes", "media-uploads", {"spec": {"claimRef": {"uid": None, "resourceVersion": None}}})
        kube.create(service("wiki", "glusterfs-cluster"))
        kube.create(endpoints("wiki", "glusterfs-cluster", ["10.42.0.1"]))
        for _ in range(3):
            await turn(kube)
        assert states(kube).keys() == {"ci/old-cache", "wiki/attachments", "media/transcoding"}
        assert (kube.get("pods", "wiki-0", "wiki") or {})["status"]["phase"] == "Running"


async def test_its_volumes_are_those_of_the_site() -> None:
    async with await demo_scene(latency=0) as site, await kube_scene(site, resync=0) as kube:
        pool = site.node("gl-a1").machine.glusterd.pool
        paths = [one["spec"]["glusterfs"]["path"] for one in kube.list("persistentvolumes")]
        assert {path.partition("/")[0] for path in paths} <= set(pool.volumes)
        kube.create(service("wiki", "glusterfs-cluster"))
        kube.create(endpoints("wiki", "glusterfs-cluster", ["10.42.0.1"]))
        await turn(kube)
        # the volume of the wiki stands still: the endpoints were only half of it
        words = [one["message"] for one in kube.list("events", "wiki") if one["reason"] == "FailedMount"]
        assert any("Mounting glusterfs on" in text for text in words)
        node = site.node("gl-b1")
        node.faults.glusterd_stopped = False
        node.machine.glusterd.set_running(True)
        before = set(pool.volumes)
        kube.create(claim("default", "gluster-test", "20Gi"))
        await turn(kube)
        assert kube.get("persistentvolumeclaims", "gluster-test", "default")["status"]["phase"] == "Bound"  # type: ignore[index]
        (made,) = set(pool.volumes) - before
        stored = kube.store.get(BY_PLURAL["persistentvolumeclaims"], "default", "gluster-test")
        assert stored is not None
        assert made == f"vol_{stored.uid.replace('-', '')}"
