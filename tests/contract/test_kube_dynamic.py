"""Dynamic provisioning through heketi, and pods that wait for it: against what a real cluster made."""

from typing import Any

from tests.contract.kube_scene import SPACE, as_made, class_names, cluster, differences, heard, said, scene
from tests.contract.test_kube_life import drop, grow, pod, turn
from tui.demo.kube_resources import CLAIMS
from tui.demo.kube_server import SimKube
from tui.demo.kube_world import Made, OutsideError

Obj = dict[str, Any]
DYNAMIC = scene("70-dynamic-heketi")
HOSTS = ("10.99.0.2", "10.99.0.1", "10.99.0.3")


def heketi(kube: SimKube, recorded: dict[str, dict[str, Any]]) -> list[str]:
    """A heketi that makes the recorded volumes, grows and deletes; gives the names of what it deleted."""
    made = {one["spec"]["claimRef"]["name"]: one for one in recorded["volumes"].values()}
    deleted: list[str] = []

    async def provision(claim: Obj, cls: Obj, key: str) -> Made:
        volume = made.get(claim["metadata"]["name"])
        if volume is None:
            raise OutsideError("No space")
        notes, spec = volume["metadata"]["annotations"], volume["spec"]
        size = int(spec["capacity"]["storage"].removesuffix("Gi"))
        return Made(notes["gluster.kubernetes.io/heketi-volume-id"], spec["glusterfs"]["path"], HOSTS, size)

    async def delete(volume: Obj, cls: Obj, key: str) -> None:
        deleted.append(volume["spec"]["glusterfs"]["path"])

    async def expand(volume: Obj, gib: int) -> None:
        assert gib == 5

    hooks = kube.controllers.hooks
    hooks.provision, hooks.delete, hooks.expand = provision, delete, expand
    return deleted


def recorded_claim(name: str) -> Obj:
    """A claim of the recorded cluster as it was created."""
    found = as_made(DYNAMIC["claims"][name])
    found["spec"].pop("volumeName", None)
    return found


async def test_heketi_makes_grows_and_deletes_volumes() -> None:
    secret = {"metadata": {"name": "heketi-secret", "namespace": "default"}, "type": "kubernetes.io/glusterfs"}
    async with await cluster(*class_names(DYNAMIC)) as kube:
        deleted = heketi(kube, DYNAMIC)
        kube.create({"kind": "Secret", **secret, "data": {"key": "YWRtaW5rZXk="}})
        for name in DYNAMIC["claims"]:
            kube.create(recorded_claim(name))
            await kube.controllers.settle()
        await turn(kube)
        assert differences(kube, DYNAMIC) == []
        uid = (kube.get("persistentvolumeclaims", "h5", SPACE) or {})["metadata"]["uid"]
        endpoints = kube.get("endpoints", f"glusterfs-dynamic-{uid}", SPACE) or {}
        subset = {"addresses": [{"ip": ip} for ip in HOSTS], "ports": [{"port": 1, "protocol": "TCP"}]}
        assert endpoints["subsets"] == [subset]
        assert endpoints["metadata"]["labels"] == {"gluster.kubernetes.io/provisioned-for-pvc": "h5"}

        grow(kube, "h1", "5Gi")
        await turn(kube)
        expanded = scene("71-dynamic-expand")
        claim, real = kube.get("persistentvolumeclaims", "h1", SPACE), expanded["claims"]["h1"]
        assert claim is not None
        assert claim["status"] == real["status"]
        assert claim["metadata"]["annotations"] == real["metadata"]["annotations"]
        assert said(kube, "pvc", "h1") == heard(expanded["events"]["pvc/h1"])

        names = {
            name: f"pvc-{(kube.get('persistentvolumeclaims', name, SPACE) or {})['metadata']['uid']}"
            for name in ("h2", "h4")
        }
        for name in ("h2", "h4"):
            drop(kube, CLAIMS, name, SPACE)
        await turn(kube)
        assert (kube.get("persistentvolumes", names["h2"]) or {})["status"] == {"phase": "Released"}
        assert kube.get("persistentvolumes", names["h4"]) is None
        assert deleted == ["vol_e1b21290b43e785b81b066e0ced6c154"]


def waiting_classes() -> list[Obj]:
    """The classes of the recorded cluster with a scheduler; all wait for a pod."""
    dead, live = {"resturl": "http://127.0.0.1:1", "restauthenabled": "false"}, {"resturl": "http://127.0.0.1:28088"}
    made = [
        ("w-live", "kubernetes.io/glusterfs", live), ("w-dead", "kubernetes.io/glusterfs", dead),
        ("w-ext", "gluster.org/glusterfile", {}), ("w-np", "kubernetes.io/no-provisioner", {}),
    ]  # fmt: skip
    head = {"kind": "StorageClass", "volumeBindingMode": "WaitForFirstConsumer"}
    return [{**head, "metadata": {"name": name}, "provisioner": by, "parameters": more} for name, by, more in made]


async def test_pods_choose_where_volumes_are_made() -> None:
    recorded = scene("80-wffc-with-scheduler")
    async with await cluster() as kube:
        heketi(kube, recorded)
        for cls in waiting_classes():
            kube.create(cls)
        volume = as_made(recorded["volumes"]["wv4"])
        kube.create(volume)
        for claim in recorded["claims"].values():
            made = as_made(claim)
            made["metadata"]["annotations"].pop("volume.kubernetes.io/selected-node", None)
            kube.create(made)
        await kube.controllers.settle()
        kube.controllers.off.clear()
        kube.controllers.kubelet.held.add("node-a")
        kube.store.put({"kind": "Node", "apiVersion": "v1", "metadata": {"name": "node-a"}, "spec": {}, "status": {}})
        for name in recorded["claims"]:
            kube.create(pod(f"pod-{name}", name))
        await turn(kube)
        # which of its words a waiting claim has heard depends on how fast the scheduler was
        events = {about: recorded["events"].pop(about) for about in ("pvc/w2", "pvc/w4", "pvc/w5", "pvc/w1", "pvc/w3")}
        assert differences(kube, recorded) == []
        for about, real in events.items():
            assert said(kube, "pvc", about[4:]) <= heard(real)
        for name, real_pod in recorded["pods"].items():
            mine = kube.get("pods", name, SPACE)
            assert mine is not None
            assert mine["spec"].get("nodeName") == real_pod["spec"].get("nodeName")
            assert states(mine) == states(real_pod)


def states(found: Obj) -> list[tuple[Any, ...]]:
    """The conditions of a pod without their times."""
    return [
        tuple(one.get(key) for key in ("type", "status", "reason", "message"))
        for one in found["status"].get("conditions", ())
    ]
