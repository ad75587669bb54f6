"""Which PersistentVolume a claim gets, as the real binder chooses it.

Source: k8s.io/component-helpers/storage/volume/pv_helpers.go and the controller's index.go.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tui.core.kube_object import Requirement
from tui.demo.kube_admission import class_of
from tui.demo.kube_resources import Obj
from tui.demo.kube_world import is_bound_to
from tui.dialects.kube_quantity import parse_quantity


def find_match(claim: Obj, volumes: Iterable[Obj], delayed: bool = False, node: Obj | None = None) -> Obj | None:
    """The volume for a claim, None when none fits; `delayed` leaves the choice to the scheduler, who gives a `node`."""
    wanted = set(claim["spec"].get("accessModes") or ())
    fitting = [one for one in volumes if wanted <= set(one["spec"].get("accessModes") or ())]
    groups: dict[int, list[Obj]] = {}
    for volume in fitting:
        groups.setdefault(len(volume["spec"]["accessModes"]), []).append(volume)
    for count in sorted(groups):
        found = _best(claim, groups[count], delayed, node)
        if found is not None:
            return found
    return None


def _best(claim: Obj, volumes: Iterable[Obj], delayed: bool, node: Obj | None) -> Obj | None:
    best, least = None, -1
    size = request(claim)
    for volume in volumes:
        kept = is_bound_to(volume, claim)
        if volume["spec"].get("claimRef") and not kept:
            continue
        capacity = capacity_of(volume)
        if capacity < size or mode_of(volume) != mode_of(claim) or "deletionTimestamp" in volume["metadata"]:
            continue
        if kept:
            return volume
        if delayed or not _suits(claim, volume, node):
            continue
        if best is None or capacity < least:
            best, least = volume, capacity
    return best


def _suits(claim: Obj, volume: Obj, node: Obj | None) -> bool:
    if volume.get("status", {}).get("phase") != "Available" or class_of(volume) != class_of(claim):
        return False
    selector = claim["spec"].get("selector")
    if selector is not None and not selects(selector, volume["metadata"].get("labels") or {}):
        return False
    return node is None or reaches(volume, node)


def unsuited(claim: Obj, volume: Obj) -> str:
    """Why a volume that a claim names can't be bound to it, in the words of the event; "" when it can."""
    if "deletionTimestamp" in volume["metadata"]:
        return f'the volume is marked for deletion "{volume["metadata"]["name"]}"'
    if capacity_of(volume) < request(claim):
        return "requested PV is too small"
    if class_of(volume) != class_of(claim):
        return "storageClassName does not match"
    if mode_of(volume) != mode_of(claim):
        return "incompatible volumeMode"
    if not set(claim["spec"].get("accessModes") or ()) <= set(volume["spec"].get("accessModes") or ()):
        return "incompatible accessMode"
    return ""


def request(claim: Obj) -> int:
    """Bytes that a claim asks for."""
    requests = (claim["spec"].get("resources") or {}).get("requests") or {}
    return parse_quantity(requests.get("storage")) or 0


def capacity_of(volume: Obj) -> int:
    """Bytes that a volume offers."""
    return parse_quantity((volume["spec"].get("capacity") or {}).get("storage")) or 0


def mode_of(obj: Obj) -> str:
    """The volumeMode; what is not told is Filesystem."""
    return str(obj["spec"].get("volumeMode") or "Filesystem")


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector selects something with these labels."""
    plain = selector.get("matchLabels") or {}
    if any(labels.get(name) != value for name, value in plain.items()):
        return False
    return all(
        Requirement(one["key"], one["operator"], tuple(one.get("values") or ())).matches(labels)
        for one in selector.get("matchExpressions") or ()
    )


def reaches(volume: Obj, node: Obj) -> bool:
    """Whether a volume can be used on a node."""
    required = (volume["spec"].get("nodeAffinity") or {}).get("required")
    if not required:
        return True
    labels = node["metadata"].get("labels") or {}
    for term in required.get("nodeSelectorTerms") or ():
        needs = term.get("matchExpressions") or ()
        if needs and all(
            Requirement(one["key"], one["operator"], tuple(one.get("values") or ())).matches(labels) for one in needs
        ):
            return True
    return False
