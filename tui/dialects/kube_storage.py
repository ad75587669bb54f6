"""Claims, PersistentVolumes and StorageClasses from raw objects."""

from collections.abc import Callable
from typing import Any, Final

from tui.core.kube import (
    Claim,
    ClaimRef,
    CsiSource,
    GlusterSource,
    HostPathSource,
    Key,
    LocalSource,
    NfsSource,
    OtherSource,
    PersistentVolume,
    StorageClass,
    VolumeSource,
)
from tui.dialects.kube_fields import (
    Head,
    Raw,
    conditions,
    items,
    mapping,
    moment_or_none,
    node_terms,
    optional,
    owner,
    selector,
    sub,
    text,
    without_secrets,
    word,
    words,
)
from tui.dialects.kube_quantity import parse_quantity

_LEGACY_CLASS: Final = "volume.beta.kubernetes.io/storage-class"
_CSI_SECRETS: Final = (
    "controllerPublishSecretRef", "nodeStageSecretRef", "nodePublishSecretRef", "controllerExpandSecretRef",
    "nodeExpandSecretRef",
)  # fmt: skip
_NOT_A_SOURCE: Final = frozenset((
    "capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName", "mountOptions",
    "volumeMode", "nodeAffinity", "volumeAttributesClassName",
))  # fmt: skip


def parse_claim(head: Head, raw: Raw) -> Claim:
    """A claim."""
    meta, spec, status = sub(raw, "metadata"), sub(raw, "spec"), sub(raw, "status")
    notes = sub(meta, "annotations")
    return Claim(
        *head,
        deleted=moment_or_none(meta, "deletionTimestamp"),
        labels=mapping(meta, "labels"),
        finalizers=words(meta, "finalizers"),
        owner=owner(meta),
        phase=word(status, "phase"),
        spec_class=optional(spec, "storageClassName"),
        legacy_class=optional(notes, _LEGACY_CLASS),
        volume_name=text(spec, "volumeName"),
        access_modes=words(spec, "accessModes"),
        volume_mode=word(spec, "volumeMode", "Filesystem"),
        request=parse_quantity(sub(sub(spec, "resources"), "requests").get("storage")),
        capacity=parse_quantity(sub(status, "capacity").get("storage")),
        selector=selector(spec, "selector"),
        conditions=conditions(status),
        provisioner=word(notes, "volume.kubernetes.io/storage-provisioner")
        or word(notes, "volume.beta.kubernetes.io/storage-provisioner"),
        selected_node=word(notes, "volume.kubernetes.io/selected-node"),
        bind_completed="pv.kubernetes.io/bind-completed" in notes,
        bound_by_controller="pv.kubernetes.io/bound-by-controller" in notes,
        data_source=_data_source(spec),
        attributes_class=word(spec, "volumeAttributesClassName"),
        resize_status=word(status, "resizeStatus") or word(sub(status, "allocatedResourceStatuses"), "storage"),
    )


def parse_volume(head: Head, raw: Raw) -> PersistentVolume:
    """A PersistentVolume."""
    meta, spec, status = sub(raw, "metadata"), sub(raw, "spec"), sub(raw, "status")
    notes, affinity = sub(meta, "annotations"), sub(sub(spec, "nodeAffinity"), "required")
    return PersistentVolume(
        *head,
        deleted=moment_or_none(meta, "deletionTimestamp"),
        labels=mapping(meta, "labels"),
        finalizers=words(meta, "finalizers"),
        phase=word(status, "phase"),
        reason=word(status, "reason"),
        message=text(status, "message"),
        spec_class=word(spec, "storageClassName"),
        legacy_class=optional(notes, _LEGACY_CLASS),
        capacity=parse_quantity(sub(spec, "capacity").get("storage")),
        access_modes=words(spec, "accessModes"),
        volume_mode=word(spec, "volumeMode", "Filesystem"),
        reclaim_policy=word(spec, "persistentVolumeReclaimPolicy", "Retain"),
        mount_options=words(spec, "mountOptions"),
        claim=_claim_ref(sub(spec, "claimRef")),
        source=_source(spec),
        node_affinity=node_terms(items(affinity, "nodeSelectorTerms")) if affinity else None,
        provisioned_by=word(notes, "pv.kubernetes.io/provisioned-by"),
        bound_by_controller="pv.kubernetes.io/bound-by-controller" in notes,
        heketi_volume=text(notes, "gluster.kubernetes.io/heketi-volume-id"),
        description=word(notes, "Description"),
        gid=word(notes, "pv.beta.kubernetes.io/gid"),
        attributes_class=word(spec, "volumeAttributesClassName"),
    )


def parse_class(head: Head, raw: Raw) -> StorageClass:
    """A StorageClass."""
    meta = sub(raw, "metadata")
    notes = sub(meta, "annotations")
    kinds = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
    return StorageClass(
        *head,
        labels=mapping(meta, "labels"),
        provisioner=word(raw, "provisioner"),
        parameters=without_secrets(mapping(raw, "parameters")),
        reclaim_policy=word(raw, "reclaimPolicy", "Delete"),
        binding_mode=word(raw, "volumeBindingMode", "Immediate"),
        expands=raw.get("allowVolumeExpansion") is True,
        mount_options=words(raw, "mountOptions"),
        topologies=node_terms(
            [{"matchExpressions": term.get("matchLabelExpressions")} for term in items(raw, "allowedTopologies")]
        ),
        is_default=any(notes.get(kind) == "true" for kind in kinds),
    )


def _data_source(spec: Raw) -> str:
    source = sub(spec, "dataSourceRef") or sub(spec, "dataSource")
    return f"{text(source, 'kind')}/{text(source, 'name')}" if source else ""


def _claim_ref(raw: Raw) -> ClaimRef | None:
    if not raw:
        return None
    return ClaimRef(word(raw, "namespace"), text(raw, "name"), text(raw, "uid"), text(raw, "resourceVersion"))


def _glusterfs(raw: Raw) -> VolumeSource:
    endpoints, path = text(raw, "endpoints"), text(raw, "path")
    return GlusterSource(endpoints, path, word(raw, "endpointsNamespace"), raw.get("readOnly") is True)


def _csi(raw: Raw) -> VolumeSource:
    references = [sub(raw, name) for name in _CSI_SECRETS]
    secrets: list[Key] = [(word(one, "namespace"), word(one, "name")) for one in references if one]
    return CsiSource(
        word(raw, "driver"), text(raw, "volumeHandle"), raw.get("readOnly") is True, word(raw, "fsType"),
        without_secrets(mapping(raw, "volumeAttributes")), tuple(dict.fromkeys(secrets)),
    )  # fmt: skip


_SOURCES: Final[dict[str, Callable[[Raw], VolumeSource]]] = {
    "glusterfs": _glusterfs,
    "csi": _csi,
    "nfs": lambda raw: NfsSource(word(raw, "server"), text(raw, "path"), raw.get("readOnly") is True),
    "hostPath": lambda raw: HostPathSource(text(raw, "path"), word(raw, "type")),
    "local": lambda raw: LocalSource(text(raw, "path"), word(raw, "fsType")),
}


def _source(spec: dict[str, Any]) -> VolumeSource:
    for name, read in _SOURCES.items():
        if type(spec.get(name)) is dict:
            return read(spec[name])
    other = (name for name, value in spec.items() if name not in _NOT_A_SOURCE and type(value) is dict)
    return OtherSource(next(other, ""))
