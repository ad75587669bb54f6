"""A small Kubernetes cluster of random objects: few names, so that everything refers to everything."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tui.core.kube import (
    Claim,
    ClaimRef,
    ClaimTemplate,
    CsiDriver,
    CsiSource,
    Endpoints,
    GlusterSource,
    KubeEvent,
    KubeNode,
    KubeObject,
    Lease,
    LimitRange,
    Namespace,
    NodeTerm,
    PersistentVolume,
    Pod,
    PodClaim,
    Requirement,
    ResourceQuota,
    Secret,
    Service,
    StatefulSet,
    StorageClass,
    VolumeSource,
)

NAMESPACES: Final = ("one", "two")
CLAIM_NAMES: Final = ("data-db-0", "data-db-1", "logs-db-0", "home", "cache")
CLASS_NAMES: Final = ("", "gold", "silver", "lead")
VOLUME_NAMES: Final = ("v1", "v2", "v3", "v4", "v5")
NODE_NAMES: Final = ("w1", "w2")
SIZES: Final = (1, 2, 3)


class World:
    """Makes random objects; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._luck = random.Random(seed)
        self._count = 0
        self._makers: dict[str, Callable[[], KubeObject]] = {
            "persistentvolumeclaims": self._claim, "persistentvolumes": self._volume, "storageclasses": self._class,
            "events": self._event, "pods": self._pod, "nodes": self._node, "statefulsets": self._set,
            "endpoints": self._endpoints, "endpointslices": self._slice, "services": self._service,
            "secrets": self._secret, "resourcequotas": self._quota, "limitranges": self._limits,
            "namespaces": self._namespace, "csidrivers": self._driver, "leases": self._lease,
        }  # fmt: skip

    def kind(self) -> str:
        """A kind, claims and volumes more often than others."""
        return self._luck.choice([*self._makers, "persistentvolumeclaims", "persistentvolumes", "pods"])

    def make(self, kind: str) -> KubeObject:
        """A random object of a kind, with a resourceVersion of its own."""
        self._count += 1
        return replace(self._makers[kind](), version=str(self._count))

    def below(self, number: int) -> int:
        return self._luck.randrange(number)

    def _one(self, values: tuple[str, ...]) -> str:
        return self._luck.choice(values)

    def _uid(self) -> str:
        return self._one(("life-1", "life-2"))

    def _claim(self) -> Claim:
        return Claim(
            self._one(NAMESPACES), self._one(CLAIM_NAMES), self._uid(), "", 0.0,
            phase=self._one(("Pending", "Pending", "Bound", "Lost")), spec_class=self._one(CLASS_NAMES),
            legacy_class=self._luck.choice([None, None, None, "gold"]), request=self._luck.choice(SIZES),
            volume_name=self._one(("", *VOLUME_NAMES)), selected_node=self._one(("", "", *NODE_NAMES)),
        )  # fmt: skip

    def _volume(self) -> PersistentVolume:
        luck = self._luck
        reference = ClaimRef(self._one(NAMESPACES), self._one(CLAIM_NAMES), self._one(("", "life-1", "life-2")))
        gluster = GlusterSource(self._one(("g1", "g2")), self._one(("vol_a", "vol_b/dir")), self._one(("", "one")))
        term = NodeTerm((Requirement("zone", "In", ("a",)),))
        sources: list[VolumeSource] = [gluster, CsiSource("d", secrets=(("one", "s"),))]
        return PersistentVolume(
            "", self._one(VOLUME_NAMES), self._uid(), "", 0.0,
            phase=self._one(("Available", "Bound", "Released")), spec_class=self._one(CLASS_NAMES),
            capacity=luck.choice(SIZES), claim=luck.choice([None, reference]),
            node_affinity=luck.choice([None, (term,)]), source=luck.choice(sources),
        )  # fmt: skip

    def _class(self) -> StorageClass:
        luck = self._luck
        named = {"secretName": "s", "secretNamespace": "one", "restUrl": "http://g1.one.svc:8080"}
        return StorageClass(
            "", self._one(CLASS_NAMES[1:]), self._uid(), "", 0.0,
            provisioner=self._one(("x/p1", "p2")), parameters=luck.choice([{}, named]), is_default=luck.random() < 0.3,
            topologies=luck.choice([(), (NodeTerm((Requirement("zone", "In", ("a",)),)),)]),
        )  # fmt: skip

    def _event(self) -> KubeEvent:
        names = {
            "PersistentVolumeClaim": CLAIM_NAMES, "PersistentVolume": VOLUME_NAMES, "Pod": ("p-0", "p-1"),
            "StatefulSet": ("db",), "StorageClass": CLASS_NAMES[1:],
        }  # fmt: skip
        kind, name = self._one(tuple(names)), f"event-{self.below(4)}"
        namespace = "" if kind in ("PersistentVolume", "StorageClass") else self._one(NAMESPACES)
        return KubeEvent(
            "one", name, self._uid(), "", 0.0,
            object_kind=kind, object_namespace=namespace, object_name=self._one(names[kind]), last=self.below(3),
        )  # fmt: skip

    def _pod(self) -> Pod:
        uses = self._luck.sample(CLAIM_NAMES, self.below(3))
        return Pod(
            self._one(NAMESPACES), self._one(("p-0", "p-1")), self._uid(), "", 0.0,
            node=self._one(("", *NODE_NAMES)), claims=tuple(PodClaim("v", name) for name in uses),
            provisioners=self._luck.choice([(), (), ("x/p1",)]), phase=self._one(("Pending", "Running")),
        )  # fmt: skip

    def _node(self) -> KubeNode:
        return KubeNode("", self._one(NODE_NAMES), self._uid(), "", 0.0, unschedulable=self._luck.random() < 0.5)

    def _set(self) -> StatefulSet:
        templates = self._luck.choice([("data",), ("data", "logs")])
        return StatefulSet(
            self._one(NAMESPACES), "db", self._uid(), "", 0.0,
            replicas=self.below(3), templates=tuple(ClaimTemplate(name) for name in templates),
        )  # fmt: skip

    def _endpoints(self) -> Endpoints:
        name = self._one(("g1", "g2"))
        return Endpoints(self._one(NAMESPACES), name, "u", "", 0.0, service=name, addresses=(self._uid(),))

    def _slice(self) -> Endpoints:
        service = self._one(("g1", "g2"))
        return Endpoints(self._one(NAMESPACES), f"s-{self.below(2)}", "u", "", 0.0, service=service)

    def _service(self) -> Service:
        return Service(self._one(NAMESPACES), self._one(("g1", "g2")), "u", "", 0.0, cluster_ip=self._uid())

    def _secret(self) -> Secret:
        return Secret("one", "s", self._uid(), "", 0.0, type=self._one(("Opaque", "kubernetes.io/glusterfs")))

    def _quota(self) -> ResourceQuota:
        used = {"requests.storage": self.below(3)}
        return ResourceQuota(self._one(NAMESPACES), "q", "u", "", 0.0, hard={"requests.storage": 2}, used=used)

    def _limits(self) -> LimitRange:
        return LimitRange(self._one(NAMESPACES), "l", "u", "", 0.0, maximum=self._luck.choice(SIZES))

    def _namespace(self) -> Namespace:
        return Namespace("", self._one(NAMESPACES), "u", "", 0.0, phase=self._one(("Active", "Terminating")))

    def _driver(self) -> CsiDriver:
        return CsiDriver("", self._one(("d", "p2")), "u", "", 0.0, attach_required=self._luck.random() < 0.5)

    def _lease(self) -> Lease:
        return Lease("kube-system", self._one(("x-p1", "p2")), "u", "", 0.0, holder=self._uid())
