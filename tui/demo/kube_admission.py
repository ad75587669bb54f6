"""What stands between a valid object and the store: namespaces, default class, quotas, limits, protection."""

from tui.demo.kube_quota import check_limits, check_quotas
from tui.demo.kube_resources import CLAIMS, CLASSES, NAMESPACES, Obj, Resource
from tui.demo.kube_status import ApiError, Cause, Version, forbidden, not_found
from tui.demo.kube_store import KubeStore
from tui.dialects.kube_quantity import parse_quantity

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
LEGACY_DEFAULT = "storageclass.beta.kubernetes.io/is-default-class"
LEGACY_CLASS = "volume.beta.kubernetes.io/storage-class"


def need_namespace(store: KubeStore, resource: Resource, namespace: str, name: str) -> None:
    """Whether something can be created in a namespace. Raises ApiError (404, or 403 while it is being deleted)."""
    if not resource.namespaced:
        return
    found = store.read(NAMESPACES, "", namespace)
    if found is None:
        raise not_found(NAMESPACES, namespace)
    if found.get("status", {}).get("phase") == "Terminating":
        why = f"unable to create new content in namespace {namespace} because it is being terminated"
        cause = Cause("metadata.namespace", "NamespaceTerminating", f"namespace {namespace} is being terminated")
        raise forbidden(resource, name, why, [cause])


def admit_new(store: KubeStore, resource: Resource, obj: Obj, version: Version) -> None:
    """Change a new object as admission does. Raises ApiError (403)."""
    if resource is CLAIMS:
        _default_class(store, obj, version)
        _protect(obj, "kubernetes.io/pvc-protection")
    elif resource.plural == "persistentvolumes":
        _protect(obj, "kubernetes.io/pv-protection")


def admit_finally(store: KubeStore, resource: Resource, obj: Obj) -> None:
    """The checks that come after validation. Raises ApiError (403)."""
    if resource is CLAIMS:
        check_limits(store, obj)
    check_quotas(store, resource, obj)


def admit_change(store: KubeStore, resource: Resource, old: Obj, new: Obj) -> None:
    """Whether a changed object is admitted: a claim may only grow where its class allows it. Raises ApiError (403)."""
    if resource is not CLAIMS:
        return
    grown = (parse_quantity(_size(new)) or 0) - (parse_quantity(_size(old)) or 0)
    if grown <= 0:
        return
    name = str(new["metadata"]["name"])
    if old.get("status", {}).get("phase") != "Bound":
        raise forbidden(resource, name, "Only bound persistent volume claims can be expanded")
    cls = store.read(CLASSES, "", class_of(new))
    if cls is None or not cls.get("allowVolumeExpansion"):
        why = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must "
        raise forbidden(resource, name, why + "support resize")
    check_quotas(store, resource, new, old)


def class_of(obj: Obj) -> str:
    """The effective class of a claim or a volume: the legacy annotation comes before the field, even when empty."""
    annotations = obj["metadata"].get("annotations") or {}
    if LEGACY_CLASS in annotations:
        return str(annotations[LEGACY_CLASS])
    return str((obj.get("spec") or {}).get("storageClassName") or "")


def default_classes(store: KubeStore) -> list[Obj]:
    """The classes that are marked as the default one, the newest first, then by name."""
    found = [cls for cls in (stored.obj() for stored in store.all(CLASSES)) if _is_default(cls)]
    found.sort(key=lambda cls: str(cls["metadata"]["name"]))
    found.sort(key=lambda cls: str(cls["metadata"]["creationTimestamp"]), reverse=True)
    return found


def _is_default(cls: Obj) -> bool:
    annotations = cls["metadata"].get("annotations") or {}
    return "true" in (annotations.get(DEFAULT_CLASS), annotations.get(LEGACY_DEFAULT))


def _default_class(store: KubeStore, obj: Obj, version: Version) -> None:
    spec = obj.get("spec") or {}
    if "storageClassName" in spec or LEGACY_CLASS in (obj["metadata"].get("annotations") or {}):
        return
    found = default_classes(store)
    if len(found) > 1 and version < (1, 26):
        why = f"Internal error occurred: {len(found)} default StorageClasses were found"
        raise forbidden(CLAIMS, str(obj["metadata"].get("name", "")), why)
    if found:
        spec["storageClassName"] = found[0]["metadata"]["name"]


def _protect(obj: Obj, finalizer: str) -> None:
    held = list(obj["metadata"].get("finalizers") or [])
    if finalizer not in held:
        obj["metadata"]["finalizers"] = [*held, finalizer]


def _size(obj: Obj) -> object:
    return (((obj.get("spec") or {}).get("resources") or {}).get("requests") or {}).get("storage")


__all__ = ["ApiError", "admit_change", "admit_finally", "admit_new", "class_of", "default_classes", "need_namespace"]
