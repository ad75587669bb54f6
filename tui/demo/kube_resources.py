"""The kinds that the simulated Kubernetes knows, and how an address names one of them."""

from dataclasses import dataclass
from typing import Any, Final

Obj = dict[str, Any]
"""An object of Kubernetes as its JSON."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind. `returned`: a deletion answers with the object instead of a Status."""

    group: str
    plural: str
    kind: str
    namespaced: bool = True
    short: tuple[str, ...] = ()
    status: bool = False
    returned: bool = False
    version: str = "v1"

    @property
    def api_version(self) -> str:
        """As in `apiVersion`: "v1" or "storage.k8s.io/v1"."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """As in messages: "leases.coordination.k8s.io", the bare plural in the core group."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def head(self) -> bytes:
        """How the JSON of a single object begins."""
        return b'{"kind":"%s","apiVersion":"%s",' % (self.kind.encode(), self.api_version.encode())

    @property
    def path(self) -> str:
        """The address of the collection over all namespaces."""
        return f"{self.base}/{self.plural}"

    @property
    def base(self) -> str:
        """The address of its group and version."""
        return f"/apis/{self.api_version}" if self.group else f"/api/{self.version}"

    def path_of(self, namespace: str, name: str = "") -> str:
        """The address of one object, or of the collection in a namespace."""
        place = f"{self.base}/namespaces/{namespace}/{self.plural}" if self.namespaced else self.path
        return f"{place}/{name}" if name else place


_STORAGE, _APPS = "storage.k8s.io", "apps"
RESOURCES: Final = (
    Resource("", "configmaps", "ConfigMap", short=("cm",)),
    Resource("", "endpoints", "Endpoints", short=("ep",)),
    Resource("", "events", "Event", short=("ev",)),
    Resource("", "limitranges", "LimitRange", short=("limits",)),
    Resource("", "namespaces", "Namespace", False, ("ns",), True, True),
    Resource("", "nodes", "Node", False, ("no",), True),
    Resource("", "persistentvolumeclaims", "PersistentVolumeClaim", True, ("pvc",), True, True),
    Resource("", "persistentvolumes", "PersistentVolume", False, ("pv",), True, True),
    Resource("", "pods", "Pod", True, ("po",), True, True),
    Resource("", "resourcequotas", "ResourceQuota", True, ("quota",), True, True),
    Resource("", "secrets", "Secret"),
    Resource("", "services", "Service", True, ("svc",), True, True),
    Resource(_APPS, "statefulsets", "StatefulSet", True, ("sts",), True),
    Resource("coordination.k8s.io", "leases", "Lease"),
    Resource("discovery.k8s.io", "endpointslices", "EndpointSlice"),
    Resource(_STORAGE, "csidrivers", "CSIDriver", False, returned=True),
    Resource(_STORAGE, "storageclasses", "StorageClass", False, ("sc",), returned=True),
)
BY_PLURAL: Final = {resource.plural: resource for resource in RESOURCES}
_BY_KIND: Final = {(resource.api_version, resource.kind): resource for resource in RESOURCES}
_BY_NAME: Final = {resource.kind: resource for resource in RESOURCES}

CLAIMS: Final = BY_PLURAL["persistentvolumeclaims"]
VOLUMES: Final = BY_PLURAL["persistentvolumes"]
CLASSES: Final = BY_PLURAL["storageclasses"]
EVENTS: Final = BY_PLURAL["events"]
PODS: Final = BY_PLURAL["pods"]
NODES: Final = BY_PLURAL["nodes"]
NAMESPACES: Final = BY_PLURAL["namespaces"]
ENDPOINTS: Final = BY_PLURAL["endpoints"]
SLICES: Final = BY_PLURAL["endpointslices"]
SERVICES: Final = BY_PLURAL["services"]
SECRETS: Final = BY_PLURAL["secrets"]
SETS: Final = BY_PLURAL["statefulsets"]
QUOTAS: Final = BY_PLURAL["resourcequotas"]
LIMITS: Final = BY_PLURAL["limitranges"]


def resource_of(obj: Obj) -> Resource:
    """The kind of an object; an object without apiVersion is known by its kind. Raises KeyError."""
    kind, version = str(obj.get("kind")), obj.get("apiVersion")
    return _BY_KIND[str(version), kind] if version else _BY_NAME[kind]


@dataclass(frozen=True, slots=True)
class Target:
    """What an address names: a collection, or an object (`name`), or a part of it (`part`)."""

    resource: Resource
    namespace: str = ""
    name: str = ""
    part: str = ""


def parse_path(path: str) -> Target | None:
    """Read an address below /api/v1 or /apis/GROUP/VERSION; None when the kind is not known."""
    words = [word for word in path.split("/") if word]
    group, rest = ("", words[2:]) if words[0] == "api" else (words[1], words[3:])
    namespace = ""
    if len(rest) > 2 and rest[0] == "namespaces" and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    resource = BY_PLURAL.get(rest[0]) if rest else None
    if resource is None or resource.group != group or len(rest) > 3 or (namespace and not resource.namespaced):
        return None
    name, part = (*rest[1:], "", "")[:2]
    return Target(resource, namespace, name, part)
