"""Raw objects of Kubernetes, as short as an API server would still give them."""

from datetime import UTC, datetime
from typing import Any
from zlib import crc32

Raw = dict[str, Any]

NOW = datetime(2026, 11, 22, 21, 0, tzinfo=UTC).timestamp()
"""The moment at which all situations are looked at: half an hour after the recorded objects were made."""

GLUSTERFS = "kubernetes.io/glusterfs"
NO_PROVISIONER = "kubernetes.io/no-provisioner"
_LEGACY_CLASS = "volume.beta.kubernetes.io/storage-class"


def stamp(ago: float = 0.0) -> str:
    """The time stamp of a moment so many seconds ago."""
    return datetime.fromtimestamp(NOW - ago, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def meta(name: str, namespace: str = "", **more: Any) -> Raw:
    """Metadata; `age` (seconds) and `deleted` (seconds ago) are told as such, the rest as the API calls it."""
    age, deleted = more.pop("age", 1800.0), more.pop("deleted", None)
    found = {"name": name, "uid": more.pop("uid", f"uid-{namespace}-{name}"), "creationTimestamp": stamp(age)}
    if namespace:
        found["namespace"] = namespace
    if deleted is not None:
        found |= {"deletionTimestamp": stamp(deleted), "deletionGracePeriodSeconds": 0}
    return found | {key: value for key, value in more.items() if value not in (None, {}, [], ())}


def claim(name: str, namespace: str = "default", **told: Any) -> Raw:
    """A claim; see `tests.corpus.build.Cluster.claim` for what can be told."""
    notes = dict(told.pop("annotations", {}))
    if (legacy := told.pop("legacy", None)) is not None:
        notes[_LEGACY_CLASS] = legacy
    phase, volume, size = told.pop("phase", "Pending"), told.pop("volume", ""), told.pop("size", "1Gi")
    modes, capacity = list(told.pop("modes", ("ReadWriteOnce",))), told.pop("capacity", size)
    spec: Raw = {
        "accessModes": modes, "resources": {"requests": {"storage": size}},
        "volumeMode": told.pop("mode", "Filesystem"),
    }  # fmt: skip
    if (class_name := told.pop("cls", None)) is not None:
        spec["storageClassName"] = class_name
    if volume:
        spec["volumeName"] = volume
    if (selector := told.pop("selector", None)) is not None:
        spec["selector"] = selector
    if (attributes := told.pop("attributes", "")) != "":
        spec["volumeAttributesClassName"] = attributes
    status: Raw = {"phase": phase} | told.pop("status", {})
    if phase in ("Bound", "Lost"):
        notes |= {"pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes"}
    if phase == "Bound":
        status = {"accessModes": modes, "capacity": {"storage": capacity}} | status
    head = meta(name, namespace, annotations=notes, finalizers=["kubernetes.io/pvc-protection"], **told)
    return {"metadata": head, "spec": spec, "status": status}


def volume(name: str, **told: Any) -> Raw:
    """A PersistentVolume; see `tests.corpus.build.Cluster.volume` for what can be told."""
    notes = dict(told.pop("annotations", {}))
    if (legacy := told.pop("legacy", None)) is not None:
        notes[_LEGACY_CLASS] = legacy
    source = told.pop("source", None) or {"glusterfs": {"endpoints": "glusterfs-cluster", "path": f"vol_{name}"}}
    spec: Raw = {
        "capacity": {"storage": told.pop("size", "1Gi")}, "accessModes": list(told.pop("modes", ("ReadWriteOnce",))),
        "persistentVolumeReclaimPolicy": told.pop("policy", "Retain"), "volumeMode": told.pop("mode", "Filesystem"),
        **source,
    }  # fmt: skip
    if class_name := told.pop("cls", ""):
        spec["storageClassName"] = class_name
    if (reference := told.pop("ref", None)) is not None:
        namespace, claim_name, uid = reference
        spec["claimRef"] = {"kind": "PersistentVolumeClaim", "namespace": namespace, "name": claim_name}
        if uid:
            spec["claimRef"]["uid"] = uid
    if (on_nodes := told.pop("on_nodes", None)) is not None:
        match = [{"key": "kubernetes.io/hostname", "operator": "In", "values": list(on_nodes)}]
        spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": match}]}}
    if (attributes := told.pop("attributes", "")) != "":
        spec["volumeAttributesClassName"] = attributes
    status = {"phase": told.pop("phase", "Available")} | told.pop("status", {})
    finalizers = told.pop("finalizers", ["kubernetes.io/pv-protection"])
    return {
        "metadata": meta(name, annotations=notes, finalizers=finalizers, **told), "spec": spec, "status": status,
    }  # fmt: skip


def storage_class(name: str, provisioner: str, **told: Any) -> Raw:
    """A StorageClass."""
    notes = {"storageclass.kubernetes.io/is-default-class": "true"} if told.pop("default", False) else {}
    found: Raw = {
        "provisioner": provisioner, "reclaimPolicy": told.pop("policy", "Delete"),
        "volumeBindingMode": "WaitForFirstConsumer" if told.pop("waits", False) else "Immediate",
        "allowVolumeExpansion": told.pop("expands", False), "parameters": told.pop("parameters", {}),
    }  # fmt: skip
    return {"metadata": meta(name, annotations=notes, **told), **found}


def pod(name: str, claims: tuple[str, ...], namespace: str = "default", **told: Any) -> Raw:
    """A pod that mounts claims; without `node` it is not scheduled, `why` tells what its scheduler said."""
    node, why = told.pop("node", ""), told.pop("why", "")
    spec: Raw = {
        "containers": [{"name": "main", "image": told.pop("image", "app"), **told.pop("container", {})}],
        "volumes": [{"name": f"v{n}", "persistentVolumeClaim": {"claimName": one}} for n, one in enumerate(claims)],
        **told.pop("spec", {}),
    }  # fmt: skip
    if node:
        spec["nodeName"] = node
    status: Raw = {"phase": told.pop("phase", "Pending"), **told.pop("status", {})}
    if why:
        status["conditions"] = [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": why}
        ]  # fmt: skip
    return {"metadata": meta(name, namespace, **told), "spec": spec, "status": status}


def event(kind: str, namespace: str, name: str, reason: str, message: str, **told: Any) -> Raw:
    """An event about an object; `ago` is how many seconds ago it was last seen."""
    last = stamp(told.pop("ago", 60.0))
    number = f"{crc32(repr((kind, namespace, name, reason, message)).encode()):08x}"
    about = {"kind": kind, "name": name}
    if namespace and kind not in ("PersistentVolume", "StorageClass"):
        about["namespace"] = namespace
    if uid := told.pop("uid", ""):
        about["uid"] = uid
    return {
        "metadata": meta(f"{name}.{number}", namespace or "default"), "involvedObject": about, "reason": reason,
        "message": message, "type": told.pop("type", "Warning"), "count": told.pop("count", 3),
        "firstTimestamp": last, "lastTimestamp": last, "source": {"component": told.pop("by", "")},
    }  # fmt: skip


def node(name: str, version: str = "v1.25.10", *, ready: bool = True, **told: Any) -> Raw:
    """A node of Kubernetes."""
    labels = {"kubernetes.io/hostname": name, **told.pop("labels", {})}
    return {
        "metadata": meta(name, labels=labels, **told), "spec": {},
        "status": {
            "conditions": [{"type": "Ready", "status": "True" if ready else "Unknown"}],
            "nodeInfo": {"kubeletVersion": version},
            "addresses": [{"type": "InternalIP", "address": f"10.1.0.{len(name)}"}],
        },
    }  # fmt: skip


def stateful_set(name: str, templates: list[Raw], namespace: str = "default", **told: Any) -> Raw:
    """A StatefulSet with volumeClaimTemplates, which `claim` made."""
    pods = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "main", "image": "app"}]}}
    spec = {"replicas": told.pop("replicas", 1), "volumeClaimTemplates": templates, "template": pods}
    return {"metadata": meta(name, namespace, **told), "spec": spec, "status": told.pop("status", {})}
