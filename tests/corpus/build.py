"""Builds the picture that a diagnosis looks at: raw objects, read as they are from an API server.

    cluster = Cluster(1, 25)
    cluster.storage_class("slow", GLUSTERFS, parameters={"resturl": "http://10.0.0.9:8080"})
    cluster.claim("db", cls="slo")
    findings = diagnose(cluster.case("default/db"))

All kinds count as listed whole, as long as `deny` or `unlisted` do not say otherwise.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from tests.corpus import raw
from tests.corpus.raw import GLUSTERFS, NO_PROVISIONER, NOW, Raw
from tui.checks.claim_case import ClaimCase, ClaimWorld
from tui.core.heketi_probe import HeketiProbe
from tui.core.kube import KINDS, MORE_KINDS, Key, KubeObject
from tui.core.kube_tables import KubeTables, PartState
from tui.core.model import Snapshot
from tui.dialects.kube import parse

__all__ = ["GLUSTERFS", "NOW", "NO_PROVISIONER", "Cluster", "key_of"]

_RECORDED = Path(__file__).parent.parent / "data" / "kube-1.25"
_KIND_OF = {"pvc": "persistentvolumeclaims", "pv": "persistentvolumes", "pod": "pods", "events": "events"}


def key_of(text: str) -> Key:
    """("default", "db") of "default/db" and of "db"."""
    namespace, slash, name = text.rpartition("/")
    return (namespace if slash else "default"), name


class Cluster:
    """One Kubernetes cluster with what is known of its storage."""

    def __init__(self, major: int = 1, minor: int = 25) -> None:
        self.version = (major, minor)
        self.objects: dict[str, dict[Key, Raw]] = {kind: {} for kind in (*KINDS, *MORE_KINDS)}
        self.snapshot = Snapshot()
        self.probes: dict[str, HeketiProbe] = {}
        self._denied: set[str] = set()
        self._unlisted: set[str] = set()

    def add(self, kind: str, *objects: Raw) -> Self:
        """Take raw objects of a kind (plural resource) in; one of the same name is replaced."""
        for one in objects:
            self.objects[kind][(one["metadata"].get("namespace", ""), one["metadata"]["name"])] = one
        return self

    def remove(self, kind: str, *names: str) -> Self:
        """Take objects out again; names of namespaced ones as "namespace/name"."""
        for name in names:
            namespace, _, own = name.rpartition("/")
            del self.objects[kind][(namespace, own)]
        return self

    def recorded(self, *names: str) -> Self:
        """Take in what a real API server gave ("pvc-p35", "pv-v35", "events-pvc-p35", "storageclasses")."""
        for name in names:
            found = json.loads((_RECORDED / f"{name}.json").read_text())
            kind = name.split("-")[0]
            self.add(_KIND_OF.get(kind, kind), *found.get("items", [found]))
        return self

    def claim(self, name: str, namespace: str = "default", **told: Any) -> Self:
        """A claim, Pending unless `phase` says more. `cls` is its class (None: not told), `legacy` the annotation.

        Further: size, modes, mode (volumeMode), volume (volumeName), selector, capacity, attributes, annotations,
        status, labels, uid, age and deleted (seconds), finalizers come as they are.
        """
        return self.add("persistentvolumeclaims", raw.claim(name, namespace, **told))

    def volume(self, name: str, **told: Any) -> Self:
        """A glusterfs PersistentVolume, Available unless `phase` says more, of no class unless `cls` says one.

        Further: size, modes, mode, policy, legacy, `ref` (namespace, claim, uid or ""), source, `on_nodes` (its node
        affinity), attributes, status, finalizers, annotations, labels, age, deleted.
        """
        return self.add("persistentvolumes", raw.volume(name, **told))

    def bound(self, name: str, namespace: str = "default", *, volume: str = "", **told: Any) -> Self:
        """A claim bound to a PersistentVolume that is made with it; `pv` holds what that one has of its own."""
        own, volume = told.pop("pv", {}), volume or f"pv-{name}"
        shared = {field: told[field] for field in ("cls", "size", "modes", "mode") if told.get(field) is not None}
        made = raw.claim(name, namespace, phase="Bound", volume=volume, **told)
        self.add("persistentvolumeclaims", made)
        ref = (namespace, name, made["metadata"]["uid"])
        return self.volume(volume, **{"phase": "Bound", "ref": ref, **shared, **own})

    def storage_class(self, name: str, provisioner: str = GLUSTERFS, **told: Any) -> Self:
        """A StorageClass. Further: default, waits (WaitForFirstConsumer), policy, expands, parameters, age."""
        return self.add("storageclasses", raw.storage_class(name, provisioner, **told))

    def pod(self, name: str, *claims: str, namespace: str = "default", **told: Any) -> Self:
        """A pod with claims. Further: node, phase, why (it is not scheduled), image, container, spec, status, age."""
        return self.add("pods", raw.pod(name, claims, namespace, **told))

    def event(self, about: str, reason: str, message: str, **told: Any) -> Self:
        """An event about "PersistentVolumeClaim default/db". Further: type, ago (seconds), count, uid, by."""
        kind, _, name = about.partition(" ")
        namespace, _, own = name.rpartition("/")
        return self.add("events", raw.event(kind, namespace, own, reason, message, **told))

    def node(self, name: str, version: str = "v1.25.10", *, ready: bool = True, **told: Any) -> Self:
        """A node with its kubelet's version."""
        return self.add("nodes", raw.node(name, version, ready=ready, **told))

    def endpoints(self, name: str, *addresses: str, namespace: str = "default", selector: Raw | None = None) -> Self:
        """Endpoints with their Service, which has a selector only where one is given."""
        subsets = [{"addresses": [{"ip": one} for one in addresses], "ports": [{"port": 1}]}] if addresses else []
        self.add("endpoints", {"metadata": raw.meta(name, namespace), "subsets": subsets})
        return self.add(
            "services",
            {"metadata": raw.meta(name, namespace), "spec": {"ports": [{"port": 1}], "selector": selector or {}}},
        )

    def secret(self, name: str, namespace: str = "default", *, type_: str = GLUSTERFS, keys: str = "key") -> Self:
        """A Secret by its type and the names of its keys (separated by blanks)."""
        data = dict.fromkeys(keys.split(), "aGlkZGVu")
        return self.add("secrets", {"metadata": raw.meta(name, namespace), "type": type_, "data": data})

    def stateful_set(self, name: str, *templates: Raw, namespace: str = "default", **told: Any) -> Self:
        """A StatefulSet; templates are made with `tests.corpus.raw.claim`. Further: replicas, age, deleted."""
        return self.add("statefulsets", raw.stateful_set(name, list(templates), namespace, **told))

    def quota(self, name: str, hard: Mapping[str, str], used: Mapping[str, str], namespace: str = "default") -> Self:
        """A ResourceQuota."""
        body = {"spec": {"hard": dict(hard)}, "status": {"used": dict(used)}}
        return self.add("resourcequotas", {"metadata": raw.meta(name, namespace), **body})

    def limits(self, name: str, least: str = "", most: str = "", namespace: str = "default") -> Self:
        """A LimitRange for claims."""
        found: Raw = {"type": "PersistentVolumeClaim"}
        found |= {"min": {"storage": least}} if least else {}
        found |= {"max": {"storage": most}} if most else {}
        return self.add("limitranges", {"metadata": raw.meta(name, namespace), "spec": {"limits": [found]}})

    def namespace(self, name: str, phase: str = "Active", **told: Any) -> Self:
        """A namespace."""
        status = {"phase": phase, **told.pop("status", {})}
        return self.add("namespaces", {"metadata": raw.meta(name, **told), "spec": {}, "status": status})

    def deny(self, *kinds: str) -> Self:
        """The API server refuses to list these kinds: none of their objects is seen."""
        self._denied.update(kinds)
        return self

    def unlisted(self, *kinds: str) -> Self:
        """These kinds were not read whole yet."""
        self._unlisted.update(kinds)
        return self

    def gluster(self, snapshot: Snapshot) -> Self:
        """What the storage nodes say."""
        self.snapshot = snapshot
        return self

    def heketi(self, class_name: str, probe: HeketiProbe) -> Self:
        """What heketi answered when it was asked on behalf of a class."""
        self.probes[class_name] = probe
        return self

    def joined(self, other: Self) -> Self:
        """This cluster with all that is in another; the other's objects win."""
        for kind, objects in other.objects.items():
            self.objects[kind] |= objects
        kept = self.snapshot
        self.snapshot = replace(
            kept, clusters=kept.clusters + other.snapshot.clusters, nodes=kept.nodes | other.snapshot.nodes,
            devices=kept.devices | other.snapshot.devices, bricks=kept.bricks | other.snapshot.bricks,
            volumes=kept.volumes | other.snapshot.volumes,
        )  # fmt: skip
        self.probes |= other.probes
        self._denied |= other._denied
        self._unlisted |= other._unlisted
        return self

    def tables(self) -> KubeTables:
        """All objects, read as from an API server."""
        tables = KubeTables()
        tables.set_version(self.version)
        for kind, objects in self.objects.items():
            found: list[KubeObject] = [obj for one in objects.values() if (obj := parse(kind, one)) is not None]
            if kind in self._denied:
                tables.set_part(kind, PartState("denied", NOW, f"cannot list {kind}"))
            elif kind in self._unlisted:
                for obj in found:
                    tables.put(kind, obj)
            else:
                tables.replace(kind, found)
                tables.set_part(kind, PartState("live", NOW))
        return tables

    def world(self) -> ClaimWorld:
        """The picture at `NOW`."""
        return ClaimWorld(self.tables(), NOW, self.snapshot, dict(self.probes))

    def case(self, claim: str) -> ClaimCase:
        """One claim ("default/db" or "db") in the picture."""
        world, key = self.world(), key_of(claim)
        return ClaimCase(world, key, world.tables.claims.get(key))
