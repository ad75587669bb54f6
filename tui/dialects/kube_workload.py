"""Pods, events and StatefulSets from raw objects; None for those that storage has nothing to do with."""

from collections.abc import Iterator
from typing import Any, Final

from tui.core.kube import ClaimTemplate, KubeEvent, Pod, PodClaim, StatefulSet, Waiting
from tui.dialects.kube_fields import (
    Head,
    Raw,
    conditions,
    items,
    moment,
    moment_or_none,
    number,
    optional,
    owner,
    sub,
    text,
    word,
    words,
)
from tui.dialects.kube_quantity import parse_quantity

_STORAGE_WORDS: Final = ("provisioner", "gluster", "heketi", "kadalu")
_OBJECTS: Final = frozenset(("PersistentVolumeClaim", "PersistentVolume", "StorageClass", "StatefulSet", "Pod"))
_NOISE: Final = frozenset(("Unhealthy", "BackOff"))
"""Warnings about pods that say nothing of storage and are frequent."""


def parse_pod(head: Head, raw: Raw) -> Pod | None:
    """A pod that uses a claim, or whose images or settings tell that it provisions storage."""
    spec = sub(raw, "spec")
    containers = items(spec, "containers")
    claims = tuple(_claims(head[1], spec))
    provisioners = tuple(dict.fromkeys(_provisioners(containers)))
    images = tuple([word(container, "image") for container in containers])
    if not claims and not provisioners and not any(part in image for image in images for part in _STORAGE_WORDS):
        return None
    meta, status, security = sub(raw, "metadata"), sub(raw, "status"), sub(spec, "securityContext")
    groups = security.get("supplementalGroups")
    return Pod(
        *head,
        deleted=moment_or_none(meta, "deletionTimestamp"),
        node=word(spec, "nodeName"),
        phase=word(status, "phase"),
        reason=word(status, "reason"),
        message=text(status, "message"),
        owner=owner(meta),
        claims=claims,
        conditions=conditions(status, ("PodScheduled", "Ready")),
        waiting=tuple(_waiting(status)),
        supplemental_groups=tuple([gid for gid in groups if type(gid) is int]) if type(groups) is list else (),
        fs_group=number(security, "fsGroup"),
        provisioners=provisioners,
        images=images,
    )


def parse_event(head: Head, raw: Raw) -> KubeEvent | None:
    """An event about an object that storage depends on; about pods only warnings, and where they were put."""
    about = sub(raw, "involvedObject")
    kind, type_, reason = word(about, "kind"), word(raw, "type"), word(raw, "reason")
    if kind not in _OBJECTS:
        return None
    if kind == "Pod" and (reason in _NOISE if type_ == "Warning" else reason != "Scheduled"):
        return None
    series = sub(raw, "series")
    first = moment(raw, "firstTimestamp") or moment(raw, "eventTime") or head[4]
    last = moment(series, "lastObservedTime") or moment(raw, "lastTimestamp") or first
    return KubeEvent(
        *head,
        object_kind=kind,
        object_namespace=word(about, "namespace"),
        object_name=text(about, "name"),
        object_uid=text(about, "uid"),
        type=type_,
        reason=reason,
        message=text(raw, "message"),
        count=number(series, "count") or number(raw, "count") or 1,
        first=first,
        last=last,
        component=word(sub(raw, "source"), "component") or word(raw, "reportingComponent"),
    )


def parse_stateful_set(head: Head, raw: Raw) -> StatefulSet | None:
    """A StatefulSet that makes claims."""
    meta, spec = sub(raw, "metadata"), sub(raw, "spec")
    templates = tuple([_template(item) for item in items(spec, "volumeClaimTemplates")])
    if not templates:
        return None
    replicas, retention = number(spec, "replicas"), sub(spec, "persistentVolumeClaimRetentionPolicy")
    return StatefulSet(
        *head,
        deleted=moment_or_none(meta, "deletionTimestamp"),
        replicas=1 if replicas is None else max(0, replicas),
        ready=number(sub(raw, "status"), "readyReplicas") or 0,
        start=max(0, number(sub(spec, "ordinals"), "start") or 0),
        templates=templates,
        when_deleted=word(retention, "whenDeleted", "Retain"),
        when_scaled=word(retention, "whenScaled", "Retain"),
    )


def _claims(pod: str, spec: Raw) -> Iterator[PodClaim]:
    for volume in items(spec, "volumes"):
        use, name = volume.get("persistentVolumeClaim"), text(volume, "name")
        if type(use) is dict and text(use, "claimName"):
            yield PodClaim(name, text(use, "claimName"), use.get("readOnly") is True)
        elif type(volume.get("ephemeral")) is dict:
            yield PodClaim(name, f"{pod}-{name}", is_ephemeral=True)


def _provisioners(containers: list[dict[str, Any]]) -> Iterator[str]:
    """Values of PROVISIONER_NAME and the like, and of -provisioner=..., never of anything else (it may be secret)."""
    for container in containers:
        for setting in items(container, "env"):
            if "PROVISIONER" in text(setting, "name").upper() and text(setting, "value"):
                yield text(setting, "value")
        arguments = words(container, "command") + words(container, "args")
        for place, argument in enumerate(arguments):
            option, mark, value = argument.partition("=")
            if option.lstrip("-") in ("provisioner", "provisioner-name") and option.startswith("-"):
                found = value if mark else next(iter(arguments[place + 1 : place + 2]), "")
                if found:
                    yield found


def _waiting(status: Raw) -> Iterator[Waiting]:
    for container in items(status, "initContainerStatuses") + items(status, "containerStatuses"):
        state = sub(sub(container, "state"), "waiting")
        if state:
            yield Waiting(word(container, "name"), word(state, "reason"), text(state, "message"))


def _template(raw: Raw) -> ClaimTemplate:
    meta, spec = sub(raw, "metadata"), sub(raw, "spec")
    legacy = optional(sub(meta, "annotations"), "volume.beta.kubernetes.io/storage-class")
    return ClaimTemplate(
        word(meta, "name"),
        optional(spec, "storageClassName") if legacy is None else legacy,
        parse_quantity(sub(sub(spec, "resources"), "requests").get("storage")),
        words(spec, "accessModes"),
        word(spec, "volumeMode", "Filesystem"),
    )
