"""What keeps objects from going while they are in use, grows claims, and clears up behind what is gone."""

from functools import partial
from typing import Final

from tui.demo.kube_admission import class_of
from tui.demo.kube_delete import delete
from tui.demo.kube_match import capacity_of, request
from tui.demo.kube_quota import quantity, used_of
from tui.demo.kube_resources import CLAIMS, CLASSES, NAMESPACES, PODS, QUOTAS, RESOURCES, VOLUMES, Obj
from tui.demo.kube_world import GLUSTERFS, RESIZER, OutsideError, World, claims_of, note
from tui.dialects.kube_quantity import parse_quantity

_CLAIM_FINALIZER: Final = "kubernetes.io/pvc-protection"
_VOLUME_FINALIZER: Final = "kubernetes.io/pv-protection"
_EXPANDER: Final = "volume_expand"
_OLD_IGNORED: Final = (
    "Ignoring the PVC: didn't find a plugin capable of expanding the volume; waiting for an external controller to "
    "process this PVC."
)


class Protector:
    """Finalizers, expansion, namespaces, quotas."""

    def __init__(self, world: World) -> None:
        self._world = world

    def claim(self, claim: Obj) -> None:
        """Let a deleted claim go once no pod on any node uses it."""
        if "deletionTimestamp" in claim["metadata"] and not users(self._world, claim):
            self._world.update(CLAIMS, claim, lambda obj: _without(obj, _CLAIM_FINALIZER))

    def volume(self, volume: Obj) -> None:
        """Let a deleted volume go once it is not bound."""
        if "deletionTimestamp" in volume["metadata"] and volume.get("status", {}).get("phase") != "Bound":
            self._world.update(VOLUMES, volume, lambda obj: _without(obj, _VOLUME_FINALIZER))

    def grow(self, claim: Obj) -> None:
        """Grow the volume of a claim that asks for more than it has."""
        state = claim.get("status", {})
        have = parse_quantity((state.get("capacity") or {}).get("storage")) or 0
        if state.get("phase") != "Bound" or request(claim) <= have:
            return
        volume = self._world.read(VOLUMES, "", claim["spec"].get("volumeName", ""))
        if volume is None:
            return
        if "glusterfs" in volume["spec"] and self._world.version < (1, 26):
            self._world.run_once(f"grow {claim['metadata']['uid']}", self._grow(claim, volume))
            return
        text = (
            _OLD_IGNORED if self._world.version < (1, 26) else "waiting for an external controller to expand this PVC"
        )
        kind = "Normal" if self._world.version >= (1, 27) else "Warning"
        self._world.event(claim, kind, "ExternalExpanding", text, _EXPANDER)

    async def _grow(self, claim: Obj, volume: Obj) -> None:
        wanted = request(claim)
        meta = claim["metadata"]

        def begin(obj: Obj) -> None:
            note(obj, RESIZER, GLUSTERFS)
            condition = {"type": "Resizing", "status": "True", "lastProbeTime": None}
            condition["lastTransitionTime"] = self._world.store.now()
            if not obj["status"].get("conditions"):
                obj["status"]["conditions"] = [condition]

        def end(obj: Obj) -> None:
            obj["status"]["capacity"] = {"storage": claim["spec"]["resources"]["requests"]["storage"]}
            obj["status"].pop("conditions", None)

        claim = self._world.update(CLAIMS, claim, begin) or claim
        cls = self._world.read(CLASSES, "", class_of(claim))
        where = f"{meta['namespace']}/{meta['name']}"
        try:
            if cls is None:
                raise OutsideError("no class")
            if capacity_of(volume) < wanted:
                await self._world.hooks.expand(volume, -(-wanted // (1 << 30)))
        except OutsideError:
            path = volume["spec"]["glusterfs"]["path"]
            why = f"failed to get volume info {path}: see kube-controller-manager.log for details"
            text = f'error expanding volume "{where}" of plugin "{GLUSTERFS}": {why}'
            self._world.event(claim, "Warning", "VolumeResizeFailed", text, _EXPANDER)
            return
        size = claim["spec"]["resources"]["requests"]["storage"]
        self._world.update(VOLUMES, volume, lambda obj: obj["spec"].update(capacity={"storage": size}))
        self._world.event(
            claim, "Normal", "VolumeResizeSuccessful", f"ExpandVolume succeeded for volume {where}", _EXPANDER
        )
        self._world.update(CLAIMS, claim, end)

    def namespace(self, namespace: Obj) -> None:
        """Empty a namespace that is being deleted, and let it go when it is empty."""
        if "deletionTimestamp" not in namespace["metadata"]:
            return
        name, left, held = namespace["metadata"]["name"], [], []
        for resource in (one for one in RESOURCES if one.namespaced):
            for stored in self._world.store.all(resource, name):
                if "deletionTimestamp" not in stored.obj()["metadata"]:
                    delete(self._world.store, stored, {})
            rest = [stored.obj() for stored in self._world.store.all(resource, name)]
            if rest:
                left.append(f"{resource.plural} has {len(rest)} resource instances")
                held += [finalizer for obj in rest for finalizer in obj["metadata"].get("finalizers") or ()]
        if not left:
            self._world.store.delete(NAMESPACES, "", name)
            return
        texts = [f"{finalizer} in {held.count(finalizer)} resource instances" for finalizer in dict.fromkeys(held)]
        conditions = [
            _condition(
                "NamespaceContentRemaining", "SomeResourcesRemain", f"Some resources are remaining: {', '.join(left)}"
            ),
            _condition(
                "NamespaceFinalizersRemaining",
                "SomeFinalizersRemain",
                f"Some content in the namespace has finalizers remaining: {', '.join(texts)}",
            ),
        ]
        self._world.update(NAMESPACES, namespace, lambda obj: obj["status"].update(conditions=conditions))

    def quotas(self, namespace: str) -> None:
        """Count what a namespace uses."""
        for quota in self._world.all(QUOTAS, namespace):
            hard = quota.get("spec", {}).get("hard") or {}
            used = {name: quantity(size) for name, size in used_of(self._world.store, namespace, hard).items()}
            self._world.update(QUOTAS, quota, partial(dict.update, status={"hard": hard, "used": used}))


def users(world: World, claim: Obj) -> list[Obj]:
    """The pods that hold a claim: all on a node that name it, finished ones too."""
    meta = claim["metadata"]
    return [
        pod for pod in world.all(PODS, meta["namespace"])
        if pod["spec"].get("nodeName") and meta["name"] in claims_of(pod)
    ]  # fmt: skip


def _without(obj: Obj, finalizer: str) -> None:
    obj["metadata"]["finalizers"] = [one for one in obj["metadata"].get("finalizers") or () if one != finalizer]


def _condition(kind: str, reason: str, message: str) -> Obj:
    return {"type": kind, "status": "True", "reason": reason, "message": message}
