"""Objects of Kubernetes in few words, as the demo and tests need them."""

import base64
from collections.abc import Mapping, Sequence

from tui.demo.kube_resources import Obj

GLUSTERFS = "kubernetes.io/glusterfs"
RWO, RWX = "ReadWriteOnce", "ReadWriteMany"


def _head(kind: str, name: str, namespace: str = "", version: str = "v1", **meta: object) -> Obj:
    found: Obj = {"name": name, **({"namespace": namespace} if namespace else {}), **meta}
    return {"kind": kind, "apiVersion": version, "metadata": found}


def claim(
    namespace: str, name: str, size: str, cls: str | None = None, modes: Sequence[str] = (RWO,), **spec: object
) -> Obj:
    """A claim; `cls` None leaves the class to the cluster, "" wants none."""
    found: Obj = {"accessModes": list(modes), "resources": {"requests": {"storage": size}}, **spec}
    if cls is not None:
        found["storageClassName"] = cls
    return {**_head("PersistentVolumeClaim", name, namespace), "spec": found}


def volume(
    name: str, path: str, size: str, cls: str = "", modes: Sequence[str] = (RWX, RWO), policy: str = "Retain",
    endpoints: str = "glusterfs-cluster", **spec: object,
) -> Obj:  # fmt: skip
    """A PersistentVolume of a Gluster volume."""
    source = {"endpoints": endpoints, "path": path}
    found: Obj = {"capacity": {"storage": size}, "glusterfs": source, "accessModes": list(modes)}
    found |= {"persistentVolumeReclaimPolicy": policy, **spec}
    if cls:
        found["storageClassName"] = cls
    return {**_head("PersistentVolume", name), "spec": found}


def storage_class(name: str, parameters: Mapping[str, str] | None = None, by: str = GLUSTERFS, **more: object) -> Obj:
    """A StorageClass."""
    found: Obj = {**_head("StorageClass", name, version="storage.k8s.io/v1"), "provisioner": by}
    return {**found, **({"parameters": dict(parameters)} if parameters else {}), **more}


def default_class(cls: Obj) -> Obj:
    """The class marked as the default one."""
    notes = {"storageclass.kubernetes.io/is-default-class": "true"}
    return {**cls, "metadata": {**cls["metadata"], "annotations": notes}}


def secret(namespace: str, name: str, key: str, kind: str = GLUSTERFS) -> Obj:
    """A Secret with heketi's key."""
    data = {"key": base64.b64encode(key.encode()).decode()}
    return {**_head("Secret", name, namespace), "data": data, "type": kind}


def endpoints(namespace: str, name: str, addresses: Sequence[str]) -> Obj:
    """Endpoints with these addresses and the port 1 that GlusterFS wants."""
    found = _head("Endpoints", name, namespace)
    ports = [{"port": 1, "protocol": "TCP"}]
    return {**found, "subsets": [{"addresses": [{"ip": ip} for ip in addresses], "ports": ports}]}


def service(namespace: str, name: str, port: int = 1, selector: Mapping[str, str] | None = None) -> Obj:
    """A Service, without a selector unless one is given."""
    spec: Obj = {"ports": [{"port": port, "protocol": "TCP", "targetPort": port}], "type": "ClusterIP"}
    if selector:
        spec["selector"] = dict(selector)
    return {**_head("Service", name, namespace), "spec": spec}


def node(name: str, address: str, version: str = "v1.25.10", labels: Mapping[str, str] | None = None) -> Obj:
    """A node that is ready."""
    found = _head("Node", name, labels={"kubernetes.io/hostname": name, **(labels or {})})
    condition = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "message": "kubelet is posting ready status",
    }
    status = {"addresses": [{"type": "InternalIP", "address": address}], "conditions": [condition]}
    return {**found, "spec": {}, "status": {**status, "nodeInfo": {"kubeletVersion": version}}}


def pod_spec(claims: Mapping[str, str], image: str = "busybox", mount: str = "/data") -> Obj:
    """The spec of a pod; `claims` are the names of its volumes and claims."""
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": one}} for name, one in claims.items()]
    mounts = [{"name": name, "mountPath": mount if len(claims) == 1 else f"{mount}/{name}"} for name in claims]
    return {"containers": [{"name": "main", "image": image, "volumeMounts": mounts}], "volumes": volumes}


def pod(
    namespace: str, name: str, *claims: str, image: str = "busybox", labels: Mapping[str, str] | None = None
) -> Obj:
    """A pod that uses claims."""
    found = _head("Pod", name, namespace)
    if labels:
        found["metadata"]["labels"] = dict(labels)
    return {**found, "spec": pod_spec({f"vol-{number}": one for number, one in enumerate(claims)}, image)}


def stateful_set(namespace: str, name: str, replicas: int, size: str, cls: str | None, image: str = "busybox") -> Obj:
    """A StatefulSet with one claim a pod, called "data-NAME-N"."""
    labels = {"app": name}
    template = claim("", "data", size, cls)
    template["metadata"] = {"name": "data"}
    spec = pod_spec({"data": "data"}, image)
    del spec["volumes"]
    return {
        **_head("StatefulSet", name, namespace, "apps/v1"),
        "spec": {
            "replicas": replicas,
            "serviceName": name,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
            "volumeClaimTemplates": [template],
        },
    }


def quota(namespace: str, name: str, **hard: str) -> Obj:
    """A ResourceQuota; names with "_" for "." ("requests_storage")."""
    return {
        **_head("ResourceQuota", name, namespace),
        "spec": {"hard": {key.replace("_", "."): value for key, value in hard.items()}},
    }
