"""Whether an object may be created as it is, with the words of real servers."""

import re
from typing import Any, Final

from tui.demo.kube_resources import Obj, Resource
from tui.demo.kube_status import Cause, Version, bad_request, invalid
from tui.dialects.kube_quantity import parse_quantity

LABEL: Final = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN: Final = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_MODES: Final = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce")
SOURCES: Final = (
    "gcePersistentDisk", "awsElasticBlockStore", "hostPath", "glusterfs", "nfs", "rbd", "iscsi", "cinder", "cephfs",
    "fc", "flocker", "flexVolume", "azureFile", "vsphereVolume", "quobyte", "azureDisk", "photonPersistentDisk",
    "portworxVolume", "scaleIO", "local", "storageos", "csi",
)  # fmt: skip
# the parts of an object that must be objects of their own
_OBJECTS: Final = ("metadata", "spec", "status", "data", "parameters")


def required(field: str, more: str = "") -> Cause:
    """A field that is missing."""
    return Cause(field, "FieldValueRequired", "Required value" + (f": {more}" if more else ""))


def unsupported(field: str, value: str, known: tuple[str, ...]) -> Cause:
    """A field whose value is not one of the known ones."""
    names = ", ".join(f'"{name}"' for name in known)
    return Cause(field, "FieldValueNotSupported", f'Unsupported value: "{value}": supported values: {names}')


def wrong(field: str, value: str, why: str) -> Cause:
    """A field with a value that can't be."""
    return Cause(field, "FieldValueInvalid", f'Invalid value: "{value}": {why}')


def check_shape(resource: Resource, obj: Any) -> None:
    """Whether a body is an object of the kind at all. Raises ApiError (400)."""
    kind, version = resource.kind, resource.version
    handled = f'in version "{version}" cannot be handled as a {kind}:'
    if not isinstance(obj, dict):
        raise bad_request(f"{kind} {handled} json: cannot unmarshal into Go value of type {version}.{kind}")
    given = obj.get("kind", kind)
    if given != kind:
        inner = f"converting ({version}.{given}) to (core.{kind}): unknown conversion"
        raise bad_request(f"{given} {handled} {inner}")
    for part in _OBJECTS:
        if part in obj and obj[part] is not None and not isinstance(obj[part], dict):
            type_of = {"metadata": "v1.ObjectMeta"}.get(part, f"{version}.{kind}{part.capitalize()}")
            what = {str: "string", list: "array", bool: "bool"}.get(type(obj[part]), "number")
            text = f"json: cannot unmarshal {what} into Go struct field {kind}.{part} of type {type_of}"
            raise bad_request(f"{kind} {handled} {text}")


def check_new(resource: Resource, obj: Obj, version: Version) -> None:
    """Whether an object may be created. Raises ApiError (422)."""
    name = str(obj["metadata"].get("name", ""))
    causes = _name(name, obj)
    match resource.kind:
        case "PersistentVolumeClaim":
            causes += _claim(obj.get("spec") or {}, version)
        case "PersistentVolume":
            causes += _volume(obj.get("spec") or {}, version)
        case "StorageClass":
            causes += _class(obj)
        case "Pod":
            causes += [] if (obj.get("spec") or {}).get("containers") else [required("spec.containers")]
    if causes:
        raise invalid(resource.kind, name, causes, resource.group)


def _name(name: str, obj: Obj) -> list[Cause]:
    if not name:
        return [required("metadata.name", "name or generateName is required")]
    if not _NAME.fullmatch(name):
        return [wrong("metadata.name", name, _SUBDOMAIN)]
    return []


def _modes(spec: Obj, field: str, version: Version) -> list[Cause]:
    known = _MODES if version < (1, 27) else (*_MODES, "ReadWriteOncePod")
    return [unsupported(field, mode, known) for mode in spec.get("accessModes") or () if mode not in known]


def _claim(spec: Obj, version: Version) -> list[Cause]:
    causes = []
    if not spec.get("accessModes"):
        causes.append(required("spec.accessModes", "at least 1 access mode is required"))
    causes += _modes(spec, "spec.accessModes", version)
    size = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if size is None:
        causes.append(required("spec.resources[storage]"))
    elif (parse_quantity(size) or 0) <= 0:
        causes.append(wrong("spec.resources[storage]", str(size), "must be greater than zero"))
    if spec.get("volumeMode", "Filesystem") not in ("Block", "Filesystem"):
        causes.append(unsupported("spec.volumeMode", spec["volumeMode"], ("Block", "Filesystem")))
    return causes


def _volume(spec: Obj, version: Version) -> list[Cause]:
    causes = []
    if not spec.get("accessModes"):
        causes.append(required("spec.accessModes"))
    causes += _modes(spec, "spec.accessModes", version)
    if not spec.get("capacity"):
        causes.append(required("spec.capacity"))
    elif (parse_quantity(spec["capacity"].get("storage")) or 0) <= 0:
        size = str(spec["capacity"].get("storage", "0"))
        causes.append(wrong("spec.capacity[storage]", size, "must be greater than zero"))
    policy = spec.get("persistentVolumeReclaimPolicy", "Retain")
    if policy not in ("Delete", "Recycle", "Retain"):
        causes.append(unsupported("spec.persistentVolumeReclaimPolicy", policy, ("Delete", "Recycle", "Retain")))
    sources = [name for name in SOURCES if name in spec]
    if not sources:
        causes.append(required("spec", "must specify a volume type"))
    for name in sources[1:]:
        causes.append(
            Cause(f"spec.{name}", "FieldValueForbidden", "Forbidden: may not specify more than 1 volume type")
        )
    if "glusterfs" in spec:
        causes += _gluster(spec["glusterfs"])
    return causes


def _gluster(source: Obj) -> list[Cause]:
    causes = [required(f"spec.glusterfs.{name}") for name in ("endpoints", "path") if not source.get(name)]
    space = source.get("endpointsNamespace")
    if space == "":
        text = "if the endpointnamespace is set, it must be a valid namespace name"
        causes.append(wrong("spec.glusterfs.endpointsNamespace", "", text))
    elif space is not None and not _LABEL.fullmatch(space):
        causes.append(wrong("spec.glusterfs.endpointsNamespace", space, LABEL))
    return causes


def _class(obj: Obj) -> list[Cause]:
    causes = []
    if not obj.get("provisioner"):
        causes.append(required("provisioner"))
    policy = obj.get("reclaimPolicy", "Delete")
    if policy not in ("Delete", "Retain"):
        causes.append(unsupported("reclaimPolicy", policy, ("Delete", "Retain")))
    mode = obj.get("volumeBindingMode", "Immediate")
    if mode not in ("Immediate", "WaitForFirstConsumer"):
        causes.append(unsupported("volumeBindingMode", mode, ("Immediate", "WaitForFirstConsumer")))
    return causes


def check_strict(resource: Resource, obj: Obj) -> None:
    """fieldValidation=Strict: unknown fields of claims and volumes. Raises ApiError (400)."""
    known = _STRICT.get(resource.kind)
    spec = obj.get("spec") or {}
    unknown = [f"spec.{name}" for name in spec if known and name not in known]
    inner = spec.get("glusterfs") if isinstance(spec.get("glusterfs"), dict) else {}
    unknown += [f"spec.glusterfs.{name}" for name in inner or () if name not in _GLUSTER]
    if unknown:
        fields = ", ".join(f'unknown field "{name}"' for name in unknown)
        text = (
            f'{resource.kind} in version "v1" cannot be handled as a {resource.kind}: strict decoding error: {fields}'
        )
        raise bad_request(text)


def prune(resource: Resource, obj: Obj) -> None:
    """Drop the fields of claims and volumes that no server knows, as it does silently."""
    known, spec = _STRICT.get(resource.kind), obj.get("spec")
    if not known or not isinstance(spec, dict):
        return
    obj["spec"] = {name: value for name, value in spec.items() if name in known}
    if isinstance(spec.get("glusterfs"), dict):
        obj["spec"]["glusterfs"] = {name: value for name, value in spec["glusterfs"].items() if name in _GLUSTER}


_GLUSTER: Final = ("endpoints", "path", "readOnly", "endpointsNamespace")
_STRICT: Final[dict[str, tuple[str, ...]]] = {
    "PersistentVolumeClaim": (
        "accessModes", "selector", "resources", "volumeName", "storageClassName", "volumeMode", "dataSource",
        "dataSourceRef", "volumeAttributesClassName",
    ),
    "PersistentVolume": (
        *SOURCES, "capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName",
        "mountOptions", "volumeMode", "nodeAffinity", "volumeAttributesClassName",
    ),
}  # fmt: skip


def refuse(resource: Resource, obj: Obj, causes: list[Cause]) -> None:
    """Raise ApiError (422) when there are causes."""
    if causes:
        raise invalid(resource.kind, str(obj["metadata"]["name"]), causes, resource.group)
