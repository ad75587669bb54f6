"""Objects of Kubernetes as they are written: manifests, YAML, and what is kept of an object that was read."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

import yaml

from tui.core.json_fields import ABSENT, at, pointer
from tui.dialects.kube_request import CLAIM, CLASS, VOLUME, Raw, api_version

Manifest = dict[str, Any]

GLUSTERFS: Final = "kubernetes.io/glusterfs"
LEGACY_CLASS: Final = "volume.beta.kubernetes.io/storage-class"
DEFAULT_CLASS: Final = "storageclass.kubernetes.io/is-default-class"
BETA_DEFAULT_CLASS: Final = "storageclass.beta.kubernetes.io/is-default-class"
GID: Final = "pv.beta.kubernetes.io/gid"
SELECTED_NODE: Final = "volume.kubernetes.io/selected-node"
LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
MARK: Final = "brickyard/plan"
"""The annotation on what a plan made: undo takes away only what still has it."""
PROTECTION: Final = {CLAIM: "kubernetes.io/pvc-protection", VOLUME: "kubernetes.io/pv-protection"}

_SERVERS_OWN: Final = (
    "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink",
    "deletionTimestamp", "deletionGracePeriodSeconds",
)  # fmt: skip
# written by the volume controller; on a new claim they would mean that it had lost its volume
_BINDING: Final = ("pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller")


def bare(raw: Raw) -> Manifest:
    """An object that was read as it can be made again: without what belongs to the server and to this life of it."""
    manifest = {key: deepcopy(value) for key, value in raw.items() if key != "status"}
    meta = manifest["metadata"]
    for key in _SERVERS_OWN:
        meta.pop(key, None)
    notes = meta.get("annotations") or {}
    for key in _BINDING:
        notes.pop(key, None)
    meta["finalizers"] = [one for one in meta.get("finalizers") or () if one not in PROTECTION.values()]
    for key in ("annotations", "finalizers"):
        if not meta.get(key):
            meta.pop(key, None)
    return manifest


def effective_class(raw: Raw) -> str:
    """The class that counts: the annotation of old wins, even when it is empty."""
    legacy = at(raw, pointer("metadata", "annotations", LEGACY_CLASS))
    return str((raw.get("spec") or {}).get("storageClassName") or "") if legacy is ABSENT else str(legacy)


def typed(kind: str, raw: Raw) -> Manifest:
    """An object with its kind in it: those in a list come without."""
    return {"apiVersion": api_version(kind), "kind": kind} | dict(raw)


def marked(manifest: Raw, token: str) -> Manifest:
    """The manifest with the mark of a plan on it."""
    meta = manifest["metadata"]
    notes = {**(meta.get("annotations") or {}), MARK: token}
    return {**manifest, "metadata": {**meta, "annotations": notes}}


def to_yaml(*manifests: Raw) -> str:
    """One or more manifests as a file for `kubectl apply -f`."""
    texts = (yaml.safe_dump(dict(one), sort_keys=False, allow_unicode=True, width=120) for one in manifests)
    return "---\n".join(texts)


def _object(kind: str, name: str, namespace: str = "", **more: Any) -> Manifest:
    meta = {"name": name} | ({"namespace": namespace} if namespace else {})
    meta |= {key: more.pop(key) for key in ("labels", "annotations") if more.get(key)}
    more = {key: value for key, value in more.items() if value is not None and value != {} and value != []}
    return {"apiVersion": api_version(kind), "kind": kind, "metadata": meta, **more}


def storage_class(
    name: str,
    provisioner: str = GLUSTERFS,
    parameters: Mapping[str, str] | None = None,
    *,
    reclaim: str = "Delete",
    binding: str = "Immediate",
    expansion: bool = False,
    mount_options: Sequence[str] = (),
    default: bool = False,
) -> Manifest:
    """A StorageClass."""
    return _object(
        CLASS,
        name,
        annotations={DEFAULT_CLASS: "true"} if default else {},
        provisioner=provisioner,
        parameters=dict(parameters or {}),
        reclaimPolicy=reclaim,
        volumeBindingMode=binding,
        allowVolumeExpansion=expansion or None,
        mountOptions=list(mount_options),
    )


def gluster_secret(namespace: str, name: str, placeholder: str) -> Manifest:
    """The Secret that a StorageClass of kubernetes.io/glusterfs names; `placeholder` stands for the key in base64.

    The provisioner takes the data under "key", and no other type than this (in-tree source: parseSecret).
    """
    return _object("Secret", name, namespace, type=GLUSTERFS, data={"key": placeholder})


def service(namespace: str, name: str) -> Manifest:
    """A Service without selector: it keeps the Endpoints of the same name alive, which no controller fills then."""
    return _object("Service", name, namespace, spec={"ports": [{"port": 1, "protocol": "TCP"}]})


def subsets(addresses: Sequence[str]) -> list[dict[str, Any]]:
    """The addresses of Gluster servers as Endpoints hold them; the port says nothing and must be there."""
    return [{"addresses": [{"ip": address} for address in addresses], "ports": [{"port": 1, "protocol": "TCP"}]}]


def endpoints(namespace: str, name: str, addresses: Sequence[str]) -> Manifest:
    """The Endpoints where kubelet finds the servers of a Gluster volume. IP addresses only, never names."""
    return _object("Endpoints", name, namespace, subsets=subsets(addresses))


def volume(
    name: str,
    source: Mapping[str, Any],
    *,
    capacity: str,
    access_modes: Sequence[str],
    class_name: str = "",
    claim: Mapping[str, str] | None = None,
    reclaim: str = "Retain",
    gid: str = "",
    mount_options: Sequence[str] = (),
    affinity: Mapping[str, Any] | None = None,
) -> Manifest:
    """A PersistentVolume. `source` is one field of its spec by its name; `claim` is whom it is kept for."""
    spec = {
        "capacity": {"storage": canonical(capacity)},
        "accessModes": list(access_modes),
        "persistentVolumeReclaimPolicy": reclaim,
        "volumeMode": "Filesystem",
        **source,
    }
    # the server keeps no empty one
    spec |= {"storageClassName": class_name} if class_name else {}
    spec |= {"mountOptions": list(mount_options)} if mount_options else {}
    spec |= {"nodeAffinity": dict(affinity)} if affinity else {}
    if claim:
        spec["claimRef"] = {"apiVersion": "v1", "kind": CLAIM, **claim}
    return _object(VOLUME, name, annotations={GID: gid} if gid else {}, spec=spec)


def claim(
    namespace: str,
    name: str,
    *,
    size: str = "20Gi",
    access_modes: Sequence[str] = ("ReadWriteMany",),
    class_name: str | None = None,
    volume_name: str = "",
    legacy: bool = False,
) -> Manifest:
    """A claim. `class_name` None leaves it to the default class; `legacy` names it in the annotation of old instead."""
    spec: dict[str, Any] = {"accessModes": list(access_modes), "resources": {"requests": {"storage": canonical(size)}}}
    if class_name is not None and not legacy:
        spec["storageClassName"] = class_name
    if volume_name:
        spec["volumeName"] = volume_name
    notes = {LEGACY_CLASS: class_name} if legacy and class_name is not None else {}
    return _object(CLAIM, name, namespace, annotations=notes, spec=spec)


def trial_claim(class_name: str, namespace: str = "default", *, legacy: bool = False) -> Manifest:
    """The claim that shows whether a class works."""
    return claim(namespace, "gluster-test", class_name=class_name, legacy=legacy)


def readable(quantity: str) -> str:
    """A quantity as people write it: bare bytes in whole mebibytes as "100Gi", all else as it is."""
    if quantity.isascii() and quantity.isdigit() and int(quantity) and int(quantity) % 2**20 == 0:
        return canonical(f"{int(quantity) // 2**20}Mi")
    return canonical(quantity)


_BINARY: Final = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL: Final = ("", "k", "M", "G", "T", "P", "E")


def canonical(quantity: str) -> str:
    """A quantity as the API server writes it back: "1024Mi" is "1Gi" there. What is no whole number stays."""
    digits = quantity.rstrip("KkMGTPEi")
    suffix = quantity[len(digits) :]
    row = _BINARY if suffix in _BINARY else _DECIMAL
    if not digits.isascii() or not digits.isdigit() or suffix not in row:
        return quantity
    number, power, base = int(digits), row.index(suffix), 1024 if row is _BINARY else 1000
    while number and number % base == 0 and power < len(row) - 1:
        number, power = number // base, power + 1
    return f"{number}{row[power]}"
