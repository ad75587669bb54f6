"""Raw claims and PersistentVolumes of a large cluster, with all the fields that a real API server sends."""

from typing import Any

CLASSES = 20
NAMESPACES = 400


def _meta(name: str, uid: str, version: int, notes: dict[str, str], finalizer: str) -> dict[str, Any]:
    """The metadata of an object, managedFields included."""
    fields = {"f:metadata": {"f:annotations": {".": {}, **{f"f:{note}": {} for note in notes}}}, "f:spec": {"f:x": {}}}
    manager = {"manager": "kube-controller-manager", "operation": "Update", "apiVersion": "v1", "fieldsV1": fields}
    return {
        "name": name, "uid": uid, "resourceVersion": str(version), "annotations": notes, "finalizers": [finalizer],
        "creationTimestamp": f"2026-11-{version % 28 + 1:02}T{version % 24:02}:{version % 60:02}:42Z",
        "managedFields": [manager],
    }  # fmt: skip


def uid_of(number: int) -> str:
    """The uid of a claim."""
    return f"7411d186-43ac-4794-8c79-{number:012x}"


def raw_claim(number: int, *, is_bound: bool = True) -> dict[str, Any]:
    """A claim, provisioned by the in-tree glusterfs provisioner."""
    notes = {
        "pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes",
        "volume.beta.kubernetes.io/storage-provisioner": "kubernetes.io/glusterfs",
        "volume.kubernetes.io/storage-provisioner": "kubernetes.io/glusterfs",
    }  # fmt: skip
    meta = _meta(f"data-db{number // 3}-{number % 3}", uid_of(number), number, notes, "kubernetes.io/pvc-protection")
    spec = {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": f"{number % 50 + 1}Gi"}},
        "storageClassName": f"gluster-{number % CLASSES}", "volumeMode": "Filesystem",
    }  # fmt: skip
    status: dict[str, Any] = {"phase": "Pending"}
    if is_bound:
        spec["volumeName"] = f"pvc-{uid_of(number)}"
        status = {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": f"{number % 50 + 1}Gi"}}
    labels = {"app": f"db{number // 3}", "release": "stable"}
    return {"metadata": {**meta, "namespace": _namespace(number), "labels": labels}, "spec": spec, "status": status}


def raw_volume(number: int) -> dict[str, Any]:
    """The PersistentVolume of a claim."""
    notes = {
        "Description": "Gluster-Internal: Dynamically provisioned PV", "gluster.org/type": "file",
        "gluster.kubernetes.io/heketi-volume-id": f"27147acf016886ba1aa4{number:012x}",
        "kubernetes.io/createdby": "heketi-dynamic-provisioner", "pv.beta.kubernetes.io/gid": str(2000 + number),
        "pv.kubernetes.io/bound-by-controller": "yes", "pv.kubernetes.io/provisioned-by": "kubernetes.io/glusterfs",
    }  # fmt: skip
    claim = raw_claim(number)["metadata"]
    name = f"pvc-{uid_of(number)}"
    meta = _meta(name, uid_of(number).replace("7411", "8750"), number, notes, "kubernetes.io/pv-protection")
    source = {
        "endpoints": f"glusterfs-dynamic-{uid_of(number)}", "path": f"vol_27147acf016886ba1aa4{number:012x}",
        "endpointsNamespace": claim["namespace"],
    }  # fmt: skip
    reference = {
        "kind": "PersistentVolumeClaim", "namespace": claim["namespace"], "name": claim["name"], "uid": claim["uid"],
        "apiVersion": "v1", "resourceVersion": str(number),
    }  # fmt: skip
    spec = {
        "capacity": {"storage": f"{number % 50 + 1}Gi"}, "glusterfs": source, "accessModes": ["ReadWriteOnce"],
        "claimRef": reference, "persistentVolumeReclaimPolicy": "Delete", "volumeMode": "Filesystem",
        "storageClassName": f"gluster-{number % CLASSES}",
    }  # fmt: skip
    return {"metadata": meta, "spec": spec, "status": {"phase": "Bound"}}


def raw_class(number: int) -> dict[str, Any]:
    """A StorageClass."""
    return {
        "metadata": {"name": f"gluster-{number}", "uid": f"class-{number}", "resourceVersion": "1"},
        "provisioner": "kubernetes.io/glusterfs",
        "parameters": {"resturl": "http://10.0.0.9:8080", "secretNamespace": "storage", "secretName": "heketi"},
    }


def _namespace(number: int) -> str:
    return f"team-{number // 3 % NAMESPACES}"
