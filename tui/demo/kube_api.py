"""Creating, changing and deleting objects through the API: defaults, validation, admission, finalizers."""

from collections.abc import Callable
from typing import Any, Final

from tui.demo.kube_admission import admit_change, admit_finally, admit_new, need_namespace
from tui.demo.kube_defaults import fill
from tui.demo.kube_immutable import check_change
from tui.demo.kube_patch import Owners, patched
from tui.demo.kube_resources import Obj, Resource, Target
from tui.demo.kube_status import ApiError, Cause, Version, already_exists, bad_request, conflict, invalid, not_found
from tui.demo.kube_store import KubeStore, Stored, dump, pack
from tui.demo.kube_validate import check_new, check_shape, check_strict, prune

# the alphabet of the suffixes that generateName adds
_LETTERS: Final = "bcdfghjklmnpqrstvwxz2456789"
# what a client can't change in the metadata
_FIXED: Final = (
    "name", "generateName", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
    "generation", "resourceVersion",
)  # fmt: skip


class KubeApi:
    """The writing half of an API server of one version over a store."""

    def __init__(self, store: KubeStore, version: Version) -> None:
        self.store, self.version = store, version
        self.owners = Owners()

    def create(self, resource: Resource, namespace: str, obj: Any, dry: bool = False, strict: bool = False) -> bytes:
        """Create an object; gives its JSON. Raises ApiError."""
        check_shape(resource, obj)
        obj = self._prepared(resource, namespace, obj)
        meta = obj["metadata"]
        need_namespace(self.store, resource, namespace, str(meta.get("name", "")))
        if strict:
            check_strict(resource, obj)
        prune(resource, obj)
        if meta.get("generateName") and not meta.get("name"):
            meta["name"] = meta["generateName"] + "".join(self.store.rng.choice(_LETTERS) for _ in range(5))
        fill(obj)
        admit_new(self.store, resource, obj, self.version)
        check_new(resource, obj, self.version)
        admit_finally(self.store, resource, obj)
        if self.store.get(resource, namespace, meta["name"]):
            raise already_exists(resource, meta["name"])
        if dry:
            meta |= {"uid": self.store.new_uid(), "creationTimestamp": self.store.now()}
            return resource.head + _without_version(obj)[1:]
        return self.store.write(resource, obj, None).whole

    def update(self, target: Target, obj: Any, dry: bool = False) -> bytes:
        """Replace an object (PUT). Raises ApiError."""
        check_shape(target.resource, obj)
        meta = obj.get("metadata") or {}
        if meta.get("name") != target.name:
            given = meta.get("name", "")
            text = f"the name of the object ({given}) does not match the name on the URL ({target.name})"
            raise bad_request(text)
        if meta.get("namespace", target.namespace) != target.namespace:
            raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
        return self._commit(target, self.find(target), obj, dry)

    def patch(self, target: Target, kind: str, body: Any, dry: bool = False) -> bytes:
        """Patch an object with "json-patch", "merge-patch" or "strategic-merge-patch". Raises ApiError."""
        old = self.find(target)
        return self._commit(target, old, patched(old.obj(), kind, body), dry)

    def apply(self, target: Target, body: Any, manager: str, force: bool, dry: bool = False) -> tuple[bytes, bool]:
        """Server-side apply; gives the JSON of the object and whether it is new. Raises ApiError."""
        if not manager:
            cause = Cause("fieldManager", "FieldValueRequired", "Required value: is required for apply patch")
            raise invalid("PatchOptions", "", [cause], "meta.k8s.io")
        check_shape(target.resource, body)
        old = self.store.get(target.resource, target.namespace, target.name)
        key = f"{target.resource.plural}/{target.namespace}/{target.name}"
        new = self.owners.apply(key, old.obj() if old else None, body, manager, force)
        if old:
            return self._commit(target, old, new, dry), False
        new |= {"kind": target.resource.kind, "apiVersion": target.resource.api_version}
        new["metadata"] = {**new.get("metadata", {}), "name": target.name}
        return self.create(target.resource, target.namespace, new, dry), True

    def find(self, target: Target) -> Stored:
        """An object. Raises ApiError (404)."""
        found = self.store.get(target.resource, target.namespace, target.name)
        if found is None:
            raise not_found(target.resource, target.name)
        return found

    def change(self, target: Target, change: Callable[[Obj], None]) -> bytes:
        """Change an object as a client would. Raises ApiError."""
        old = self.find(target)
        obj = old.obj()
        change(obj)
        return self._commit(target, old, obj, False)

    def _prepared(self, resource: Resource, namespace: str, obj: Obj) -> Obj:
        meta = dict(obj.get("metadata") or {})
        given = meta.get("namespace") or namespace
        if given != namespace:
            raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
        for name in ("uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "managedFields"):
            meta.pop(name, None)
        if resource.namespaced:
            meta["namespace"] = namespace
        found = {**obj, "kind": resource.kind, "apiVersion": resource.api_version, "metadata": meta}
        if resource.status:
            found.pop("status", None)
        if resource.kind in ("PersistentVolumeClaim", "PersistentVolume", "Pod", "StatefulSet"):
            found["spec"] = dict(obj.get("spec") or {})
        return found

    def _commit(self, target: Target, old: Stored, new: Obj, dry: bool) -> bytes:
        resource, before = target.resource, old.obj()
        given = (new.get("metadata") or {}).get("resourceVersion")
        if given not in (None, "", str(old.version)):
            raise conflict(resource, target.name)
        meta = {k: v for k, v in (new.get("metadata") or {}).items() if k not in _FIXED}
        meta |= {name: before["metadata"][name] for name in _FIXED if name in before["metadata"]}
        if target.part == "status":
            new = {**before, "metadata": {**before["metadata"], **_labels(meta)}, "status": new.get("status", {})}
        else:
            new = {**new, "kind": before["kind"], "apiVersion": before["apiVersion"], "metadata": meta}
            self._check(resource, before, new)
        if pack(new, old.version) == old.body:
            return old.whole
        if dry:
            return resource.head + pack(new, old.version)[1:]
        kept = self.store.settle(old, new)
        # what lost its last finalizer is gone, and shown as the client left it
        return kept.whole if kept is not old else resource.head + pack(new, old.version)[1:]

    def _check(self, resource: Resource, before: Obj, new: Obj) -> None:
        if resource.status and "status" in before:
            new["status"] = before["status"]
        if resource.kind == "Secret":
            fill(new)
        check_change(resource, before, new, self.version)
        check_new(resource, new, self.version)
        admit_change(self.store, resource, before, new)


def _labels(meta: Obj) -> Obj:
    return {name: meta.get(name) for name in ("labels", "annotations", "finalizers")}


def _without_version(obj: Obj) -> bytes:
    meta = {name: value for name, value in obj["metadata"].items() if value not in (None, "", {}, [])}
    return dump({"metadata": meta, **{k: v for k, v in obj.items() if k not in ("kind", "apiVersion", "metadata")}})


__all__ = ["ApiError", "KubeApi"]
