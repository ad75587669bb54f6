"""Questions that a diagnosis asks of the tables of one Kubernetes cluster; each is answered through an index.

Lists are sorted by key, so that what is said of them stays the same; iterators come in no order.
"""

from collections.abc import Collection, Hashable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tui.core.kube import (
    KINDS,
    MORE_KINDS,
    Claim,
    CsiDriver,
    Endpoints,
    Key,
    KubeEvent,
    KubeNode,
    KubeObject,
    Lease,
    LimitRange,
    Namespace,
    PersistentVolume,
    Pod,
    ResourceQuota,
    Secret,
    Service,
    StatefulSet,
    StorageClass,
)
from tui.core.kube_index import Index
from tui.core.kube_links import INDEXES, event_place


class KubeLookups:
    """The tables as readers see them."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[Key, Any]] = {kind: {} for kind in (*KINDS, *MORE_KINDS)}
        self._views = {kind: MappingProxyType(table) for kind, table in self._tables.items()}
        self._indexes = {name: Index() for name in INDEXES}
        self.claims: Mapping[Key, Claim] = self._views["persistentvolumeclaims"]
        self.volumes: Mapping[Key, PersistentVolume] = self._views["persistentvolumes"]
        self.classes: Mapping[Key, StorageClass] = self._views["storageclasses"]
        self.events: Mapping[Key, KubeEvent] = self._views["events"]
        self.pods: Mapping[Key, Pod] = self._views["pods"]
        self.endpoints: Mapping[Key, Endpoints] = self._views["endpoints"]
        self.slices: Mapping[Key, Endpoints] = self._views["endpointslices"]
        self.services: Mapping[Key, Service] = self._views["services"]
        self.nodes: Mapping[Key, KubeNode] = self._views["nodes"]
        self.secrets: Mapping[Key, Secret] = self._views["secrets"]
        self.stateful_sets: Mapping[Key, StatefulSet] = self._views["statefulsets"]
        self.quotas: Mapping[Key, ResourceQuota] = self._views["resourcequotas"]
        self.limits: Mapping[Key, LimitRange] = self._views["limitranges"]
        self.namespaces: Mapping[Key, Namespace] = self._views["namespaces"]
        self.drivers: Mapping[Key, CsiDriver] = self._views["csidrivers"]
        self.leases: Mapping[Key, Lease] = self._views["leases"]

    def table(self, kind: str) -> Mapping[Key, KubeObject]:
        """All objects of a kind by key, read-only and always of now. Raises KeyError for an unknown kind."""
        return self._views[kind]

    def index(self, name: str, where: Hashable) -> Collection[Key]:
        """The keys that an index (see `kube_links.INDEXES`) holds for a value, in no order; do not keep."""
        return self._indexes[name].at(where)

    def volume_of(self, claim: Claim) -> PersistentVolume | None:
        """The PersistentVolume that a claim names."""
        return self.volumes.get(("", claim.volume_name)) if claim.volume_name else None

    def volumes_for(self, claim: Key) -> list[PersistentVolume]:
        """The PersistentVolumes whose claimRef names a claim; compare the uid for the claim's present life."""
        return [self.volumes[key] for key in sorted(self.index("volumes.claim", claim))]

    def claims_named(self, name: str) -> list[Claim]:
        """The claims of a name in all namespaces."""
        return [self.claims[key] for key in sorted(self.index("claims.name", name))]

    def class_of(self, claim: Claim) -> StorageClass | None:
        """The StorageClass object of a claim's effective class."""
        return self.classes.get(("", claim.class_name)) if claim.class_name else None

    def claims_of_class(self, name: str) -> Iterator[Claim]:
        """All claims of an effective class."""
        return (self.claims[key] for key in self.index("claims.class", name))

    def pending_of_class(self, name: str) -> Iterator[Claim]:
        """The claims of an effective class that are not bound."""
        return (self.claims[key] for key in self.index("pending.class", name))

    def volumes_of_class(self, name: str) -> Iterator[PersistentVolume]:
        """All PersistentVolumes of an effective class."""
        return (self.volumes[key] for key in self.index("volumes.class", name))

    def open_volumes(self, name: str) -> Iterator[PersistentVolume]:
        """Those of a class that are not settled: what a matcher has to look at."""
        return (self.volumes[key] for key in self.index("open.class", name))

    def open_classes(self) -> list[str]:
        """The classes of PersistentVolumes that are not settled, "" for none; there may be no such StorageClass."""
        return sorted(str(name) for name in self._indexes["open.class"])

    def default_classes(self) -> list[StorageClass]:
        """The StorageClasses marked as default."""
        return [self.classes[key] for key in sorted(self.index("classes.default", ""))]

    def unknown_classes(self) -> list[str]:
        """The classes that pending claims ask for and that do not exist."""
        names = (str(name) for name in self._indexes["pending.class"])
        return sorted(name for name in names if name and ("", name) not in self.classes)

    def classes_of_secret(self, secret: Key) -> list[StorageClass]:
        """The StorageClasses that name a Secret."""
        return [self.classes[key] for key in sorted(self.index("classes.secret", secret))]

    def volumes_of_gluster(self, volume: str) -> list[PersistentVolume]:
        """The PersistentVolumes on a Gluster volume or on a folder of it."""
        return [self.volumes[key] for key in sorted(self.index("volumes.gluster", volume))]

    def pods_of(self, claim: Key) -> list[Pod]:
        """The pods that name a claim, whether it exists or not."""
        return [self.pods[key] for key in sorted(self.index("pods.claim", claim))]

    def claims_not_there(self) -> set[Key]:
        """Claims that do not exist but that a pod, a StatefulSet or a PersistentVolume names; looks at all of them."""
        named: set[Any] = {*self._indexes["pods.claim"], *self._indexes["volumes.claim"]}
        for one in self.stateful_sets.values():
            named.update(one.expected_claims())
        return named - self.claims.keys()

    def provisioner_pods(self, provisioner: str) -> list[Pod]:
        """The pods that call themselves a provisioner's; with "" those that only look like storage software."""
        return [self.pods[key] for key in sorted(self.index("pods.helper", provisioner))]

    def provisioner_leases(self, provisioner: str) -> list[Lease]:
        """The leases of a provisioner's leader: named like it with "-" for "/" (sig-storage-lib), in any namespace."""
        return [self.leases[key] for key in sorted(self.index("leases.name", provisioner.replace("/", "-")))]

    def events_of(self, kind: str, key: Key, uid: str = "") -> list[KubeEvent]:
        """The events of an object ("PersistentVolumeClaim", "Pod", ...), newest first; with `uid` of that life only."""
        found = [self.events[one] for one in self.index("events.object", event_place(kind, *key))]
        mine = [event for event in found if not uid or event.object_uid in ("", uid)]
        return sorted(mine, key=lambda event: (-event.last, event.key))

    def endpoints_of(self, service: Key) -> list[Endpoints]:
        """The Endpoints of a Service and its EndpointSlices."""
        whole = self.endpoints.get(service)
        slices = [self.slices[key] for key in sorted(self.index("slices.service", service))]
        return slices if whole is None else [whole, *slices]

    def volumes_of_endpoints(self, endpoints: Key) -> list[PersistentVolume]:
        """The glusterfs PersistentVolumes that kubelet mounts through Endpoints; unclaimed ones of the name as well."""
        found = {*self.index("volumes.endpoints", endpoints), *self.index("volumes.endpoints", ("", endpoints[1]))}
        return [self.volumes[key] for key in sorted(found)]

    def sets_of(self, claim: Key) -> list[StatefulSet]:
        """The StatefulSets that a claim belongs to by its name."""
        stem, dash, ordinal = claim[1].rpartition("-")
        found = self.index("sets.stem", (claim[0], stem)) if dash and ordinal.isdigit() else ()
        return [self.stateful_sets[key] for key in sorted(found)]

    def claims_of_set(self, one: StatefulSet) -> list[Claim]:
        """The claims that belong to a StatefulSet by their names, also those of ordinals that it no longer has."""
        found = {key for stem in one.stems for key in self.index("claims.stem", (one.namespace, stem))}
        return [self.claims[key] for key in sorted(found)]

    def quotas_in(self, namespace: str) -> list[ResourceQuota]:
        """The ResourceQuotas of a namespace that limit storage."""
        return [self.quotas[key] for key in sorted(self.index("quotas.namespace", namespace))]

    def limits_in(self, namespace: str) -> list[LimitRange]:
        """The LimitRanges of a namespace that limit claims."""
        return [self.limits[key] for key in sorted(self.index("limits.namespace", namespace))]
