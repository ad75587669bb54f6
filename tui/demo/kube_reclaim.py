"""The half of the PersistentVolume controller that looks after volumes: phases, and what becomes of them.

Source: pkg/controller/volume/persistentvolume/pv_controller.go (syncVolume, reclaimVolume).
"""

from tui.demo.kube_admission import class_of
from tui.demo.kube_binder import Binder
from tui.demo.kube_glusterfs import heketi_text, read_parameters
from tui.demo.kube_match import mode_of
from tui.demo.kube_resources import CLAIMS, CLASSES, ENDPOINTS, SERVICES, VOLUMES, Obj
from tui.demo.kube_world import BY_CONTROLLER, PROVISIONED_BY, OutsideError, World, annotations, note


class Reclaimer:
    """Looks after volumes."""

    def __init__(self, world: World, binder: Binder) -> None:
        self._world, self._binder = world, binder

    def sync(self, volume: Obj) -> bool:
        """Bring one volume as far as it can come now; True when its claim wants to be looked at."""
        ref = volume["spec"].get("claimRef")
        if not ref or not ref.get("uid"):
            self._binder.phase(volume, "Available")
            return bool(ref)
        claim = self._world.read(CLAIMS, ref.get("namespace", ""), ref.get("name", ""))
        if claim is None or claim["metadata"]["uid"] != ref["uid"]:
            self._released(volume)
        elif not claim["spec"].get("volumeName"):
            if mode_of(claim) != mode_of(volume):
                self._mode_differs(volume, claim)
                return False
            return True
        elif claim["spec"]["volumeName"] == volume["metadata"]["name"]:
            self._binder.phase(volume, "Bound")
        elif volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete" and PROVISIONED_BY in annotations(volume):
            self._released(volume)
        else:
            self._unbind(volume)
        return False

    def _mode_differs(self, volume: Obj, claim: Obj) -> None:
        name, meta = volume["metadata"]["name"], claim["metadata"]
        whole = f"{meta['namespace']}/{meta['name']}"
        text = (
            f'Cannot bind PersistentVolume to requested PersistentVolumeClaim "{whole}" due to incompatible volumeMode.'
        )
        self._world.event(volume, "Warning", "VolumeMismatch", text)
        text = (
            f'Cannot bind PersistentVolume "{name}" to requested PersistentVolumeClaim due to incompatible volumeMode.'
        )
        self._world.event(claim, "Warning", "VolumeMismatch", text)

    def _unbind(self, volume: Obj) -> None:
        def change(obj: Obj) -> None:
            if BY_CONTROLLER in annotations(obj):
                del obj["spec"]["claimRef"]
                note(obj, BY_CONTROLLER, None)
            else:
                obj["spec"]["claimRef"].pop("uid", None)

        changed = self._world.update(VOLUMES, volume, change)
        if changed:
            self._binder.phase(changed, "Available")

    def _released(self, volume: Obj) -> None:
        if volume.get("status", {}).get("phase") not in ("Released", "Failed"):
            volume = self._binder.phase(volume, "Released") or volume
        match volume["spec"].get("persistentVolumeReclaimPolicy"):
            case "Recycle":
                self._fail(volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!")
            case "Delete":
                self._world.run_once(f"delete {volume['metadata']['uid']}", self._delete(volume))

    def _fail(self, volume: Obj, reason: str, message: str) -> None:
        state = volume.get("status", {})
        if (state.get("phase"), state.get("message")) == ("Failed", message):
            return
        changed = self._binder.phase(volume, "Failed", message)
        if changed:
            self._world.event(changed, "Warning", reason, message)

    async def _delete(self, volume: Obj) -> None:
        """What the in-tree plugin does; volumes of other provisioners are left to them."""
        made_by = annotations(volume).get(PROVISIONED_BY, "")
        if made_by and not made_by.startswith("kubernetes.io/"):
            return
        try:
            await self._delete_gluster(volume, made_by)
        except OutsideError as error:
            self._fail(volume, "VolumeFailedDelete", str(error))
            return
        name = volume["spec"].get("glusterfs", {}).get("endpoints", "")
        space = volume["spec"].get("glusterfs", {}).get("endpointsNamespace", "")
        for resource in (ENDPOINTS, SERVICES):
            if name.startswith("glusterfs-dynamic-") and self._world.store.get(resource, space, name):
                self._world.store.delete(resource, space, name)
        stored = self._world.store.get(VOLUMES, "", volume["metadata"]["name"])
        if stored and stored.uid == volume["metadata"]["uid"]:
            self._world.store.drop(stored)

    async def _delete_gluster(self, volume: Obj, made_by: str) -> None:
        name = volume["metadata"]["name"]
        if "glusterfs" not in volume["spec"] or self._world.version >= (1, 26):
            if made_by:
                raise OutsideError(f"no volume plugin matched name: {made_by}")
            why = "no deletable volume plugin matched" if self._world.version < (1, 26) else "no volume plugin matched"
            raise OutsideError(f'error getting deleter volume plugin for volume "{name}": {why}')
        class_name = class_of(volume)
        if not class_name:
            raise OutsideError("volume has no storage class")
        cls = self._world.read(CLASSES, "", class_name)
        if cls is None:
            raise OutsideError(f'storageclasses.storage.k8s.io "{class_name}" not found')
        parameters = read_parameters(self._world, cls)
        try:
            await self._world.hooks.delete(volume, cls, parameters.key)
        except OutsideError as error:
            raise OutsideError(f"failed to delete volume: {heketi_text(self._world, str(error))}") from error
