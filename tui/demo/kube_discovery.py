"""What a server says about itself: its version, its groups and their kinds."""

from typing import Final

from tui.demo.kube_resources import RESOURCES, Obj, Resource
from tui.demo.kube_status import Version

_VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
_REVIEW: Final = "authorization.k8s.io/v1"
_PATCHES: Final = {20: 15, 21: 14, 22: 17, 23: 17, 24: 17, 25: 10, 26: 15, 27: 16, 28: 15}


def version_info(version: Version) -> Obj:
    """The body of /version."""
    major, minor = version
    plain = f"v{major}.{minor}.{_PATCHES.get(minor, 2)}"
    found = {
        "major": str(major),
        "minor": str(minor),
        "gitVersion": plain,
        "gitCommit": "0" * 40,
        "gitTreeState": "clean",
        "buildDate": "2026-11-22T20:17:02Z",
        "goVersion": "go1.19.8",
        "compiler": "gc",
        "platform": "linux/amd64",
    }
    if version >= (1, 34):
        found |= {"emulationMajor": str(major), "emulationMinor": str(minor)}
        found |= {"minCompatibilityMajor": str(major), "minCompatibilityMinor": str(minor - 1)}
    return found


def discover(path: str, address: str) -> Obj | None:
    """The body of /api, /apis, /api/v1 or /apis/GROUP[/VERSION]; None for everything else."""
    words = [word for word in path.split("/") if word]
    if words == ["api"]:
        where = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": where}
    if words == ["apis"]:
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(name) for name in _groups()]}
    if words == ["api", "v1"]:
        return _kinds("v1", [resource for resource in RESOURCES if not resource.group])
    if words[:1] == ["apis"] and len(words) in (2, 3) and words[1] in _groups():
        if len(words) == 2:
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(words[1])}
        mine = [resource for resource in RESOURCES if resource.group == words[1]]
        return _kinds(f"{words[1]}/v1", mine) if words[2] == "v1" else None
    return None


def _groups() -> list[str]:
    return sorted({resource.group for resource in RESOURCES if resource.group} | {"authorization.k8s.io"})


def _group(name: str) -> Obj:
    one = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [one], "preferredVersion": one}


def _kinds(group_version: str, resources: list[Resource]) -> Obj:
    found: list[Obj] = []
    for resource in resources:
        entry: Obj = {"name": resource.plural, "singularName": resource.kind.lower(), "namespaced": resource.namespaced}
        entry |= {"kind": resource.kind, "verbs": list(_VERBS)}
        if resource.short:
            entry["shortNames"] = list(resource.short)
        found.append(entry)
        if resource.status:
            part = {"name": f"{resource.plural}/status", "singularName": "", "namespaced": resource.namespaced}
            found.append({**part, "kind": resource.kind, "verbs": ["get", "patch", "update"]})
    if group_version == _REVIEW:
        review = {"name": "selfsubjectaccessreviews", "singularName": "", "namespaced": False}
        found.append({**review, "kind": "SelfSubjectAccessReview", "verbs": ["create"]})
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": found}
