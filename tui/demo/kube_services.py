"""Endpoints of services: filled where a service selects pods, copied into slices where it does not."""

from typing import Final

from tui.demo.kube_match import selects
from tui.demo.kube_resources import ENDPOINTS, PODS, SERVICES, SLICES, Obj
from tui.demo.kube_world import World

_LETTERS: Final = "bcdfghjklmnpqrstvwxz2456789"
_MIRROR: Final = "endpointslicemirroring-controller.k8s.io"


class Services:
    """The controllers of endpoints and of endpoint slices."""

    def __init__(self, world: World) -> None:
        self._world = world

    def service(self, namespace: str, name: str) -> None:
        """Fill the endpoints of a service with a selector; those of a service that is gone go too."""
        service = self._world.read(SERVICES, namespace, name)
        stored = self._world.store.get(ENDPOINTS, namespace, name)
        if service is None:
            if stored:
                self._world.store.drop(stored)
            return
        selector = service.get("spec", {}).get("selector")
        if not selector:
            return
        pods = [
            pod for pod in self._world.all(PODS, namespace)
            if selects({"matchLabels": selector}, pod["metadata"].get("labels") or {})
        ]  # fmt: skip
        addresses = [{"ip": pod["status"]["podIP"]} for pod in pods if pod.get("status", {}).get("podIP")]
        ports = [
            {"port": port.get("targetPort", port["port"]), "protocol": port.get("protocol", "TCP")}
            for port in service["spec"].get("ports") or ()
        ]
        subsets = [{"addresses": addresses, "ports": ports}] if addresses else []
        if stored:
            self._world.store.update(stored, lambda obj: _fill(obj, subsets))
        else:
            made: Obj = {"kind": "Endpoints", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace}}
            _fill(made, subsets)
            self._world.store.put(made)

    def endpoints(self, namespace: str, name: str) -> None:
        """Copy endpoints that somebody made by hand into a slice."""
        endpoints = self._world.read(ENDPOINTS, namespace, name)
        service = self._world.read(SERVICES, namespace, name)
        wanted = endpoints is not None and service is not None and not service.get("spec", {}).get("selector")
        mine = [one for one in self._world.store.all(SLICES, namespace) if _is_copy(one.obj(), name)]
        if not wanted or endpoints is None or not endpoints.get("subsets"):
            for stored in mine:
                self._world.store.drop(stored)
            return
        content = _slice(endpoints)
        if mine:
            self._world.store.update(mine[0], lambda obj: obj.update(content))
            return
        suffix = "".join(self._world.store.rng.choice(_LETTERS) for _ in range(5))
        labels = {"kubernetes.io/service-name": name, "endpointslice.kubernetes.io/managed-by": _MIRROR}
        meta = {"name": f"{name}-{suffix}", "namespace": namespace, "labels": labels}
        head = {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "metadata": meta}
        self._world.store.put({**head, "addressType": "IPv4", **content})

    def collect(self) -> None:
        """Take away endpoints without a service, as the controller does once when it starts."""
        for stored in self._world.store.all(ENDPOINTS):
            if self._world.store.get(SERVICES, stored.namespace, stored.name) is None:
                self._world.store.drop(stored)


def _fill(obj: Obj, subsets: list[Obj]) -> None:
    obj.pop("subsets", None)
    if subsets:
        obj["subsets"] = subsets


def _is_copy(found: Obj, name: str) -> bool:
    labels = found["metadata"].get("labels") or {}
    by = labels.get("endpointslice.kubernetes.io/managed-by")
    return bool(by == _MIRROR and labels.get("kubernetes.io/service-name") == name)


def _slice(endpoints: Obj) -> Obj:
    subset = endpoints["subsets"][0]
    found = [{"addresses": [one["ip"]], "conditions": {"ready": True}} for one in subset.get("addresses") or ()]
    found += [
        {"addresses": [one["ip"]], "conditions": {"ready": False}} for one in subset.get("notReadyAddresses") or ()
    ]
    ports = [{"name": one.get("name", ""), **one} for one in subset.get("ports") or ()]
    return {"endpoints": found, "ports": ports}
