"""The half of the PersistentVolume controller that looks after claims.

Source: pkg/controller/volume/persistentvolume/pv_controller.go (syncClaim).
"""

from typing import Final

from tui.demo.kube_admission import LEGACY_CLASS, class_of, default_classes
from tui.demo.kube_match import find_match, unsuited
from tui.demo.kube_provision import Provisioners
from tui.demo.kube_resources import CLAIMS, CLASSES, PODS, VOLUMES, Obj
from tui.demo.kube_world import (
    BIND_COMPLETED,
    BY_CONTROLLER,
    SELECTED_NODE,
    World,
    annotations,
    claims_of,
    is_bound_to,
    note,
    reference,
)

NO_CLASS: Final = "no persistent volumes available for this claim and no storage class is set"
LOST: Final = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
LOST_REFERENCE: Final = "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!"
MISBOUND: Final = "Two claims are bound to the same volume, this one is bound incorrectly"


class Binder:
    """Binds claims."""

    def __init__(self, world: World, provisioners: Provisioners) -> None:
        self._world, self._provisioners = world, provisioners

    def sync(self, claim: Obj) -> None:
        """Bring one claim as far as it can come now."""
        if BIND_COMPLETED in annotations(claim):
            self._bound(claim)
        elif claim["spec"].get("volumeName"):
            self._named(claim)
        else:
            self._free(claim)

    def bind(self, volume: Obj, claim: Obj) -> None:
        """Bind a volume and a claim to each other, in the steps of the real controller."""
        bound = self._bind_volume(volume, claim)
        if bound is None:
            return
        self.phase(bound, "Bound")
        self._bind_claim(bound, claim)

    def phase(self, volume: Obj, phase: str, message: str = "") -> Obj | None:
        """Set the phase of a volume."""

        def change(obj: Obj) -> None:
            state = {**obj.get("status", {}), "phase": phase}
            state.pop("message", None)
            obj["status"] = {**state, **({"message": message} if message else {})}

        return self._world.update(VOLUMES, volume, change)

    def _free(self, claim: Obj) -> None:
        claim = self._default_class(claim)
        delayed = self._delayed(claim)
        found = find_match(claim, self._world.candidates(claim), delayed)
        if found is not None:
            self.bind(found, claim)
        elif delayed:
            self._wait_for_pod(claim)
            self._pending(claim)
        elif class_of(claim):
            self._pending(claim)
            self._provisioners.provision(claim)
        else:
            self._world.event(claim, "Normal", "FailedBinding", NO_CLASS)
            self._pending(claim)

    def _named(self, claim: Obj) -> None:
        name = claim["spec"]["volumeName"]
        volume = self._world.read(VOLUMES, "", name)
        if volume is None:
            self._pending(claim)
        elif not volume["spec"].get("claimRef"):
            why = unsuited(claim, volume)
            if why:
                self._world.event(
                    claim, "Warning", "VolumeMismatch", f'Cannot bind to requested volume "{name}": {why}'
                )
                self._pending(claim)
            else:
                self.bind(volume, claim)
        elif is_bound_to(volume, claim):
            self.bind(volume, claim)
        else:
            if BY_CONTROLLER not in annotations(claim):
                self._world.event(
                    claim, "Warning", "FailedBinding", f'volume "{name}" already bound to a different claim.'
                )
            self._pending(claim)

    def _bound(self, claim: Obj) -> None:
        name = claim["spec"].get("volumeName")
        if not name:
            self._lose(claim, "ClaimLost", LOST_REFERENCE)
            return
        volume = self._world.read(VOLUMES, "", name)
        if volume is None:
            self._lose(claim, "ClaimLost", LOST)
        elif not volume["spec"].get("claimRef") or volume["spec"]["claimRef"].get("uid") == claim["metadata"]["uid"]:
            self.bind(volume, claim)
        else:
            self._lose(claim, "ClaimMisbound", MISBOUND)

    def _bind_volume(self, volume: Obj, claim: Obj) -> Obj | None:
        ours = is_bound_to(volume, claim)
        exact = ours and volume["spec"]["claimRef"].get("uid") == claim["metadata"]["uid"]

        def change(obj: Obj) -> None:
            if not exact:
                obj["spec"]["claimRef"] = reference(claim)
            if not ours:
                note(obj, BY_CONTROLLER, "yes")

        return self._world.update(VOLUMES, volume, change)

    def _bind_claim(self, volume: Obj, claim: Obj) -> None:
        name = volume["metadata"]["name"]

        def change(obj: Obj) -> None:
            if obj["spec"].get("volumeName") != name:
                obj["spec"] = _with_volume(obj["spec"], name)
                note(obj, BY_CONTROLLER, "yes")
            note(obj, BIND_COMPLETED, "yes")

        def state(obj: Obj) -> None:
            old = obj.get("status", {})
            capacity = old.get("capacity") if old.get("phase") == "Bound" else None
            new = {"phase": "Bound", "accessModes": volume["spec"]["accessModes"]}
            new["capacity"] = capacity or volume["spec"]["capacity"]
            obj["status"] = {**new, **({"conditions": old["conditions"]} if "conditions" in old else {})}

        changed = self._world.update(CLAIMS, claim, change)
        if changed:
            self._world.update(CLAIMS, changed, state)

    def _pending(self, claim: Obj) -> None:
        self._world.update(CLAIMS, claim, lambda obj: obj.update(status={"phase": "Pending"}))

    def _lose(self, claim: Obj, reason: str, message: str) -> None:
        if claim.get("status", {}).get("phase") == "Lost":
            return
        changed = self._world.update(CLAIMS, claim, lambda obj: obj.update(status={"phase": "Lost"}))
        if changed:
            self._world.event(changed, "Warning", reason, message)

    def _delayed(self, claim: Obj) -> bool:
        if SELECTED_NODE in annotations(claim):
            return False
        cls = self._world.read(CLASSES, "", class_of(claim))
        return cls is not None and cls.get("volumeBindingMode") == "WaitForFirstConsumer"

    def _wait_for_pod(self, claim: Obj) -> None:
        meta = claim["metadata"]
        pods = [
            pod["metadata"]["name"]
            for pod in self._world.all(PODS, meta["namespace"])
            if meta["name"] in claims_of(pod) and not pod["spec"].get("nodeName")
        ]
        if not pods:
            text = "waiting for first consumer to be created before binding"
            self._world.event(claim, "Normal", "WaitForFirstConsumer", text)
            return
        text = f"waiting for pod {pods[0]} to be scheduled"
        if len(pods) > 1:
            text = f"waiting for pods {','.join(pods)} to be scheduled"
        self._world.event(claim, "Normal", "WaitForPodScheduled", text)

    def _default_class(self, claim: Obj) -> Obj:
        """From 1.26 on a claim without a class gets the default one afterwards too."""
        if self._world.version < (1, 26) or "storageClassName" in claim["spec"] or LEGACY_CLASS in annotations(claim):
            return claim
        found = default_classes(self._world.store)
        if not found:
            return claim
        name = found[0]["metadata"]["name"]
        return self._world.update(CLAIMS, claim, lambda obj: obj["spec"].update(storageClassName=name)) or claim


def _with_volume(spec: Obj, name: str) -> Obj:
    """A claim's spec with its volume, in the order of a real server."""
    head: Obj = {key: spec[key] for key in ("accessModes", "selector", "resources") if key in spec}
    return {**head, "volumeName": name, **{key: value for key, value in spec.items() if key not in head}}
