"""Pods with their claims, events, and StatefulSets with the claims that they make."""

from dataclasses import dataclass

from tui.core.kube_object import Condition, Key, KubeObject, Owner


@dataclass(frozen=True, slots=True)
class PodClaim:
    """A volume of a pod that is a claim; `is_ephemeral`: the pod makes the claim itself."""

    volume: str
    claim: str
    read_only: bool = False
    is_ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A container that waits, and why."""

    container: str
    reason: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Pod(KubeObject):
    """A pod that uses claims, or that looks like part of a storage provisioner."""

    deleted: float | None = None
    node: str = ""
    phase: str = ""
    reason: str = ""
    message: str = ""
    owner: Owner | None = None
    claims: tuple[PodClaim, ...] = ()
    conditions: tuple[Condition, ...] = ()
    """PodScheduled and Ready."""
    waiting: tuple[Waiting, ...] = ()
    supplemental_groups: tuple[int, ...] = ()
    fs_group: int | None = None
    provisioners: tuple[str, ...] = ()
    """Names of provisioners that its arguments or environment tell."""
    images: tuple[str, ...] = ()

    @property
    def is_finished(self) -> bool:
        return self.phase in ("Succeeded", "Failed")

    @property
    def claim_keys(self) -> tuple[Key, ...]:
        """The claims that it names, whether they exist or not."""
        return tuple((self.namespace, use.claim) for use in self.claims)

    def condition(self, type_: str) -> Condition | None:
        """One of its conditions."""
        return next((condition for condition in self.conditions if condition.type == type_), None)


@dataclass(frozen=True, slots=True)
class KubeEvent(KubeObject):
    """An event about a claim, a PersistentVolume, a StorageClass, a StatefulSet or a pod."""

    object_kind: str = ""
    object_namespace: str = ""
    object_name: str = ""
    object_uid: str = ""
    type: str = ""
    reason: str = ""
    message: str = ""
    count: int = 1
    first: float = 0.0
    last: float = 0.0
    component: str = ""

    @property
    def is_warning(self) -> bool:
        return self.type == "Warning"

    @property
    def told(self) -> float:
        return max(self.created, self.last)


@dataclass(frozen=True, slots=True)
class ClaimTemplate:
    """One of a StatefulSet's volumeClaimTemplates."""

    name: str
    class_name: str | None = None
    request: int | None = None
    access_modes: tuple[str, ...] = ()
    volume_mode: str = "Filesystem"


@dataclass(frozen=True, slots=True)
class StatefulSet(KubeObject):
    """A StatefulSet that makes claims, named `<template>-<set>-<ordinal>`."""

    deleted: float | None = None
    replicas: int = 1
    ready: int = 0
    start: int = 0
    templates: tuple[ClaimTemplate, ...] = ()
    when_deleted: str = "Retain"
    when_scaled: str = "Retain"

    @property
    def stems(self) -> tuple[str, ...]:
        """The names of its claims without the ordinal, one for each template."""
        return tuple(f"{template.name}-{self.name}" for template in self.templates)

    def expected_claims(self) -> list[Key]:
        """The claims of all replicas that are wanted (10,000 at most), whether they exist or not."""
        ordinals = range(self.start, self.start + min(self.replicas, 10_000))
        return [(self.namespace, f"{stem}-{ordinal}") for stem in self.stems for ordinal in ordinals]
