"""Claims and StorageClasses, as far as the diagnosis of a claim looks at them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from tui.core.kube_object import Condition, Key, KubeObject, NodeTerm, Owner, Selector, nothing

HIDDEN: Final = "(hidden)"
"""What stands in a StorageClass' parameters for a key that was written there in clear text."""


@dataclass(frozen=True, slots=True)
class Claim(KubeObject):
    """A PersistentVolumeClaim."""

    deleted: float | None = None
    labels: Mapping[str, str] = field(default_factory=nothing)
    finalizers: tuple[str, ...] = ()
    owner: Owner | None = None
    phase: str = ""
    spec_class: str | None = None
    """`spec.storageClassName`; None (to be filled with the default) differs from "" (never provisioned)."""
    legacy_class: str | None = None
    """Annotation volume.beta.kubernetes.io/storage-class; it wins over the spec, even when empty."""
    volume_name: str = ""
    access_modes: tuple[str, ...] = ()
    volume_mode: str = "Filesystem"
    request: int | None = None
    capacity: int | None = None
    selector: Selector | None = None
    conditions: tuple[Condition, ...] = ()
    provisioner: str = ""
    """Who was asked to provision; may be stale after a class was made anew."""
    selected_node: str = ""
    bind_completed: bool = False
    bound_by_controller: bool = False
    data_source: str = ""
    """"Kind/name" of what it is to be filled from."""
    attributes_class: str = ""
    resize_status: str = ""

    @property
    def class_name(self) -> str:
        """The class that counts (component-helpers GetPersistentVolumeClaimClass)."""
        return (self.spec_class or "") if self.legacy_class is None else self.legacy_class

    @property
    def is_bound(self) -> bool:
        return self.phase == "Bound"

    @property
    def stem(self) -> str:
        """The name without "-<ordinal>", as a StatefulSet builds it; "" when it has none."""
        stem, dash, ordinal = self.name.rpartition("-")
        return stem if dash and ordinal.isdigit() else ""


@dataclass(frozen=True, slots=True)
class StorageClass(KubeObject):
    """A StorageClass. A key in clear text among the parameters is held as `HIDDEN`."""

    labels: Mapping[str, str] = field(default_factory=nothing)
    provisioner: str = ""
    parameters: Mapping[str, str] = field(default_factory=nothing)
    reclaim_policy: str = "Delete"
    binding_mode: str = "Immediate"
    expands: bool = False
    mount_options: tuple[str, ...] = ()
    topologies: tuple[NodeTerm, ...] = ()
    is_default: bool = False
    """By the annotation of today or the beta one."""

    @property
    def waits_for_consumer(self) -> bool:
        return self.binding_mode == "WaitForFirstConsumer"

    def parameter(self, name: str) -> str | None:
        """A parameter by its name in any case, as the provisioner kubernetes.io/glusterfs reads it."""
        wanted = name.lower()
        return next((value for key, value in self.parameters.items() if key.lower() == wanted), None)

    @property
    def secrets(self) -> tuple[Key, ...]:
        """The Secrets that it names in full; names with a template such as ${pvc.name} are left out."""
        found = [(self.parameter("secretnamespace") or "", self.parameter("secretname") or "")]
        for key, name in self.parameters.items():
            if key.startswith("csi.storage.k8s.io/") and key.endswith("-secret-name"):
                found.append((self.parameters.get(key[:-4] + "namespace", ""), name))
        return tuple(dict.fromkeys(key for key in found if all(key) and "${" not in key[0] + key[1]))

    @property
    def rest_service(self) -> Key | None:
        """The Service that `resturl` may name: host "heketi.storage.svc" is ("storage", "heketi")."""
        try:
            host = urlsplit(self.parameter("resturl") or "").hostname or ""
        except ValueError:
            return None
        labels = host.split(".")
        if len(labels) < 2 or host.replace(".", "").isdigit():
            return None
        return labels[1], labels[0]
