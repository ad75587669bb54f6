"""The smaller objects around a claim: endpoints, services, nodes, Secrets (never their values), quotas, limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.core.kube_object import Condition, Key, KubeObject, nothing


@dataclass(frozen=True, slots=True)
class Endpoints(KubeObject):
    """Endpoints, or one EndpointSlice; `service` is the Service's name (that of Endpoints themselves)."""

    service: str = ""
    addresses: tuple[str, ...] = ()
    not_ready: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    provisioned_for: str = ""
    """The claim that a provisioner made it for (label gluster.kubernetes.io/provisioned-for-pvc)."""

    @property
    def service_key(self) -> Key:
        """(namespace, name) of the Service that it belongs to."""
        return self.namespace, self.service


@dataclass(frozen=True, slots=True)
class Service(KubeObject):
    """A Service; with a selector the controller rewrites the Endpoints of its name."""

    type: str = "ClusterIP"
    cluster_ip: str = ""
    selector: Mapping[str, str] = field(default_factory=nothing)
    ports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Taint:
    """A taint of a node."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, slots=True)
class KubeNode(KubeObject):
    """A node of Kubernetes (not a storage node, though it may be the same machine)."""

    deleted: float | None = None
    labels: Mapping[str, str] = field(default_factory=nothing)
    ready: Condition | None = None
    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    """(type, address), for example ("InternalIP", "10.0.0.7")."""
    kubelet_version: str = ""
    os_image: str = ""

    @property
    def is_ready(self) -> bool:
        return self.ready is not None and self.ready.is_true


@dataclass(frozen=True, slots=True)
class Secret(KubeObject):
    """A Secret's type and the names of its keys; values are never held."""

    type: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceQuota(KubeObject):
    """What a namespace may use of storage, claims and services, by the name of the resource in the quota."""

    hard: Mapping[str, int] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)
    is_counted: bool = True
    """Whether the controller has computed it; until then nothing can be created."""


@dataclass(frozen=True, slots=True)
class LimitRange(KubeObject):
    """The smallest and the largest request of a claim in a namespace, bytes."""

    minimum: int | None = None
    maximum: int | None = None
