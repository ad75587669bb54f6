"""What a real API server fills in when an object is created."""

import base64
from collections.abc import Callable
from typing import Final

from tui.demo.kube_resources import Obj


def fill(obj: Obj) -> None:
    """Fill in the defaults of the kind."""
    make = _DEFAULTS.get(obj["kind"])
    if make:
        make(obj)


def _claim(obj: Obj) -> None:
    spec = obj["spec"]
    spec.setdefault("volumeMode", "Filesystem")
    obj["status"] = {"phase": "Pending"}


def _volume(obj: Obj) -> None:
    spec = obj["spec"]
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    spec.setdefault("volumeMode", "Filesystem")
    if spec.get("hostPath"):
        spec["hostPath"].setdefault("type", "")
    obj["status"] = {"phase": "Pending"}


def _class(obj: Obj) -> None:
    obj.setdefault("reclaimPolicy", "Delete")
    obj.setdefault("volumeBindingMode", "Immediate")


def _secret(obj: Obj) -> None:
    obj.setdefault("type", "Opaque")
    plain = obj.pop("stringData", None) or {}
    if plain:
        data = obj.setdefault("data", {})
        data.update({name: base64.b64encode(value.encode()).decode() for name, value in plain.items()})


def _service(obj: Obj) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("type", "ClusterIP")
    spec.setdefault("sessionAffinity", "None")
    for port in spec.get("ports", ()):
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port.get("port"))
    obj["status"] = {"loadBalancer": {}}


def _endpoints(obj: Obj) -> None:
    for subset in obj.get("subsets") or ():
        for port in subset.get("ports") or ():
            port.setdefault("protocol", "TCP")


def _pod(obj: Obj) -> None:
    spec = obj["spec"]
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("schedulerName", "default-scheduler")
    obj["status"] = {"phase": "Pending", "qosClass": "BestEffort"}


def _namespace(obj: Obj) -> None:
    meta = obj["metadata"]
    meta["labels"] = {**(meta.get("labels") or {}), "kubernetes.io/metadata.name": meta["name"]}
    obj["spec"] = {"finalizers": ["kubernetes"]}
    obj["status"] = {"phase": "Active"}


def _set(obj: Obj) -> None:
    spec = obj["spec"]
    spec.setdefault("replicas", 1)
    spec.setdefault("podManagementPolicy", "OrderedReady")
    for template in spec.get("volumeClaimTemplates", ()):
        template.setdefault("kind", "PersistentVolumeClaim")
        template.setdefault("apiVersion", "v1")
        template["spec"].setdefault("volumeMode", "Filesystem")
        template["status"] = {"phase": "Pending"}
    obj["status"] = {"replicas": 0, "availableReplicas": 0}


def _empty_status(obj: Obj) -> None:
    obj["status"] = {}


_DEFAULTS: Final[dict[str, Callable[[Obj], None]]] = {
    "PersistentVolumeClaim": _claim,
    "PersistentVolume": _volume,
    "StorageClass": _class,
    "Secret": _secret,
    "Service": _service,
    "Endpoints": _endpoints,
    "Pod": _pod,
    "Namespace": _namespace,
    "StatefulSet": _set,
    "ResourceQuota": _empty_status,
    "Node": lambda obj: obj.setdefault("status", {}),
}
