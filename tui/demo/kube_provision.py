"""Provisioners: the in-tree one of GlusterFS (until 1.25), and those that run outside of Kubernetes."""

import asyncio
import uuid
from ipaddress import ip_address
from typing import Final

from tui.demo.kube_admission import class_of
from tui.demo.kube_glusterfs import Parameters, heketi_text, read_parameters
from tui.demo.kube_resources import CLAIMS, CLASSES, ENDPOINTS, VOLUMES, Obj
from tui.demo.kube_world import (
    BETA_PROVISIONER,
    BY_CONTROLLER,
    GLUSTERFS,
    PROVISIONED_BY,
    PROVISIONER,
    SELECTED_NODE,
    Made,
    OutsideError,
    World,
    annotations,
    note,
    reference,
)

_GID: Final = "pv.beta.kubernetes.io/gid"
_MODES: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany")


class Provisioners:
    """Makes volumes for claims, or says why not."""

    def __init__(self, world: World) -> None:
        self._world = world

    def provision(self, claim: Obj) -> None:
        """Begin to make the volume of a claim."""
        name = class_of(claim)
        cls = self._world.read(CLASSES, "", name)
        if cls is None:
            self._failed(claim, f'storageclass.storage.k8s.io "{name}" not found')
            return
        provisioner = cls["provisioner"]
        if provisioner == GLUSTERFS and self._world.version < (1, 26):
            claim = self._ask(claim, provisioner)
            self._world.run_once(f"provision {claim['metadata']['uid']}", self._in_tree(claim, cls))
        elif provisioner.startswith("kubernetes.io/"):
            self._failed(claim, f"no volume plugin matched name: {provisioner}")
        else:
            claim = self._ask(claim, provisioner)
            self._world.event(claim, "Normal", "ExternalProvisioning", waiting_text(provisioner, self._world.version))
            if provisioner in self._world.hooks.external:
                self._world.run_once(f"provision {claim['metadata']['uid']}", self._external(claim, cls))

    def _failed(self, claim: Obj, text: str) -> None:
        self._world.event(claim, "Warning", "ProvisioningFailed", text)

    def _ask(self, claim: Obj, provisioner: str) -> Obj:
        def change(obj: Obj) -> None:
            note(obj, BETA_PROVISIONER, provisioner)
            if self._world.version >= (1, 23):
                note(obj, PROVISIONER, provisioner)

        return self._world.update(CLAIMS, claim, change) or claim

    async def _in_tree(self, claim: Obj, cls: Obj) -> None:
        name = cls["metadata"]["name"]
        try:
            volume = await self._make(claim, cls)
        except OutsideError as error:
            self._failed(claim, f'Failed to provision volume with StorageClass "{name}": {error}')
            # the scheduler shall choose again
            self._world.update(CLAIMS, claim, lambda obj: note(obj, SELECTED_NODE, None))
            return
        self._keep(claim, volume, GLUSTERFS)

    def _keep(self, claim: Obj, volume: Obj, provisioner: str, component: str = "") -> None:
        name = volume["metadata"]["name"]
        if self._world.store.get(VOLUMES, "", name) is None:
            self._world.store.put(volume)
        text = f"Successfully provisioned volume {name}" + ("" if component else f" using {provisioner}")
        if component:
            self._world.event(claim, "Normal", "ProvisioningSucceeded", text, component)
        else:
            self._world.event(claim, "Normal", "ProvisioningSucceeded", text)

    async def _make(self, claim: Obj, cls: Obj) -> Obj:
        spec = claim["spec"]
        modes = spec.get("accessModes") or ()
        if any(mode not in _MODES for mode in modes):
            given, known = " ".join(modes), " ".join(_MODES)
            raise OutsideError(f"invalid AccessModes [{given}]: only AccessModes [{known}] are supported")
        if spec.get("selector") is not None:
            raise OutsideError("not able to parse your claim Selector")
        if spec.get("volumeMode") == "Block":
            raise OutsideError(f"{GLUSTERFS} does not support block volume provisioning")
        parameters = read_parameters(self._world, cls)
        gid = self._gid(cls, parameters)
        endpoints = self._endpoints(claim, parameters)
        if self._world.delays.provision:
            await asyncio.sleep(self._world.delays.provision)
        try:
            made = await self._world.hooks.provision(claim, cls, parameters.key)
        except OutsideError as error:
            text = heketi_text(self._world, str(error))
            raise OutsideError(f"failed to create volume: failed to create volume: {text}") from error
        self._addresses(claim, endpoints, made)
        return self._volume(claim, cls, made, gid, endpoints)

    def _gid(self, cls: Obj, parameters: Parameters) -> int:
        name = cls["metadata"]["name"]
        used = {annotations(pv).get(_GID) for pv in self._world.all(VOLUMES) if class_of(pv) == name}
        for gid in range(parameters.gid_min, min(parameters.gid_max, parameters.gid_min + len(used)) + 1):
            if str(gid) not in used:
                return gid
        raise OutsideError("failed to reserve GID from table: range full")

    def _endpoints(self, claim: Obj, parameters: Parameters) -> str:
        """Endpoints and Service come first, still without addresses; they stay when heketi fails."""
        meta = claim["metadata"]
        name = f"{parameters.values.get('customepnameprefix', 'glusterfs-dynamic')}-{meta['uid']}"
        labels = {"gluster.kubernetes.io/provisioned-for-pvc": meta["name"]}
        head = {"name": name, "namespace": meta["namespace"], "labels": labels}
        if self._world.store.get(ENDPOINTS, meta["namespace"], name) is None:
            self._world.store.put({"kind": "Endpoints", "apiVersion": "v1", "metadata": head})
            spec = {"ports": [{"protocol": "TCP", "port": 1, "targetPort": 1}], "type": "ClusterIP"}
            service = {"kind": "Service", "apiVersion": "v1", "metadata": head, "spec": spec}
            self._world.store.put({**service, "status": {"loadBalancer": {}}})
        return name

    def _addresses(self, claim: Obj, name: str, made: Made) -> None:
        for host in made.hosts:
            try:
                ip_address(host)
            except ValueError as error:
                why = f"glusterfs server node ip address {host} must be a valid IP address, (e.g. 10.9.8.7)"
                text = f"failed to create volume: failed to get cluster nodes for volume {made.path}: {why}"
                raise OutsideError(text) from error
        subset = {"addresses": [{"ip": host} for host in made.hosts], "ports": [{"port": 1, "protocol": "TCP"}]}
        endpoints = self._world.read(ENDPOINTS, claim["metadata"]["namespace"], name)
        if endpoints:
            self._world.update(ENDPOINTS, endpoints, lambda obj: obj.update(subsets=[subset]))

    def _volume(self, claim: Obj, cls: Obj, made: Made, gid: int, endpoints: str) -> Obj:
        source = {"endpoints": endpoints, "path": made.path, "endpointsNamespace": claim["metadata"]["namespace"]}
        notes = {
            "Description": "Gluster-Internal: Dynamically provisioned PV",
            "gluster.kubernetes.io/heketi-volume-id": made.volume_id,
            "gluster.org/type": "file",
            "kubernetes.io/createdby": "heketi-dynamic-provisioner",
            _GID: str(gid),
        }
        return volume_for(claim, cls, f"{made.gib}Gi", {"glusterfs": source}, notes)

    async def _external(self, claim: Obj, cls: Obj) -> None:
        if cls.get("volumeBindingMode") == "WaitForFirstConsumer" and SELECTED_NODE not in annotations(claim):
            return
        provisioner, meta = cls["provisioner"], claim["metadata"]
        component = f"{provisioner}_provisioner-0_{uuid.UUID(int=0)}"
        text = f'External provisioner is provisioning volume for claim "{meta["namespace"]}/{meta["name"]}"'
        self._world.event(claim, "Normal", "Provisioning", text, component)
        if self._world.delays.provision:
            await asyncio.sleep(self._world.delays.provision)
        try:
            source = await self._world.hooks.external[provisioner](claim, cls)
        except OutsideError as error:
            text = f'failed to provision volume with StorageClass "{cls["metadata"]["name"]}": {error}'
            self._world.event(claim, "Warning", "ProvisioningFailed", text, component)
            return
        size = claim["spec"]["resources"]["requests"]["storage"]
        self._keep(claim, volume_for(claim, cls, size, source, {}), provisioner, component)


def volume_for(claim: Obj, cls: Obj, size: str, source: Obj, notes: Obj) -> Obj:
    """The PersistentVolume that a provisioner makes for a claim."""
    provisioner = cls["provisioner"]
    by_controller = {BY_CONTROLLER: "yes"} if provisioner.startswith("kubernetes.io/") else {}
    meta = {
        "name": f"pvc-{claim['metadata']['uid']}",
        "annotations": {**notes, **by_controller, PROVISIONED_BY: provisioner},
        "finalizers": ["kubernetes.io/pv-protection"],
    }
    spec = {
        "capacity": {"storage": size},
        **source,
        "accessModes": claim["spec"]["accessModes"],
        "claimRef": reference(claim),
        "persistentVolumeReclaimPolicy": cls.get("reclaimPolicy", "Delete"),
        "storageClassName": class_of(claim),
        **({"mountOptions": cls["mountOptions"]} if cls.get("mountOptions") else {}),
        "volumeMode": claim["spec"].get("volumeMode", "Filesystem"),
    }
    head = {"kind": "PersistentVolume", "apiVersion": "v1", "metadata": meta}
    return {**head, "spec": spec, "status": {"phase": "Pending"}}


def waiting_text(provisioner: str, version: tuple[int, int]) -> str:
    """What the binder says while somebody else shall make the volume."""
    if version < (1, 28):
        return (
            f'waiting for a volume to be created, either by external provisioner "{provisioner}" '
            "or manually created by system administrator"
        )
    return (
        f"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the "
        "system administrator. If volume creation is delayed, please verify that the provisioner is running and "
        "correctly registered."
    )
