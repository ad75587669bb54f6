"""Plans for PersistentVolumes that are there: give one free for a claim, or change what may be changed of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tui.core.json_fields import ABSENT, at, pointer
from tui.core.plan import Check, Plan, Refused
from tui.dialects import kube_request as api
from tui.dialects.kube_quantity import parse_quantity
from tui.dialects.kube_request import CLAIM, Raw
from tui.dialects.kube_write import GID, LEGACY_CLASS, readable
from tui.plans import kube_steps as steps

MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
RETAIN = "Retain"
POLICIES = (RETAIN, "Delete", "Recycle")
BIND_COMPLETED = "/metadata/annotations/pv.kubernetes.io~1bind-completed"
POLICY = "/spec/persistentVolumeReclaimPolicy"
REFERENCE = "/spec/claimRef"


def reference(raw: Raw) -> Mapping[str, Any]:
    """Whom a volume is bound to or kept for; empty where there is nobody."""
    found = at(raw, REFERENCE)
    return found if isinstance(found, dict) else {}


def is_held_by(claim: Raw, name: str) -> bool:
    """Whether a claim was bound once, to the volume of this name."""
    return at(claim, BIND_COMPLETED) is not ABSENT and claim["spec"].get("volumeName") == name


def plan_keep(raw: Raw, claim: Raw) -> Plan:
    """Keep a volume that is nobody's for a claim that was bound to it. Raises Refused where it is another's."""
    name, meta, ref = raw["metadata"]["name"], claim["metadata"], reference(raw)
    owner = f"{meta['namespace']}/{meta['name']}"
    if ref and (ref.get("namespace"), ref.get("name")) != (meta["namespace"], meta["name"]):
        raise Refused(f"PersistentVolume {name} is kept for claim {ref.get('namespace')}/{ref.get('name')}.")
    if ref.get("uid") == meta["uid"]:
        raise Refused(f"PersistentVolume {name} is kept for claim {owner} already.")
    new = {"apiVersion": "v1", "kind": CLAIM, "namespace": meta["namespace"], "name": meta["name"], "uid": meta["uid"]}
    step = steps.patch(raw, {REFERENCE: new}, title=f"keep {name} for claim {owner}", key="keep")
    path, why = api.path_of(raw), f"{name} is not kept for claim {owner} yet"
    fields = {"/metadata/uid": steps.uid_of(raw), f"{REFERENCE}/uid": meta["uid"]}
    step = replace(step, done=api.holds(path, fields, why), undo_guards=(unbound(raw, owner),))
    return steps.one_step(f"Keep PersistentVolume {name} for claim {owner}", step)


def unbound(raw: Raw, owner: str = "") -> Check:
    """Whether a volume is still this one, and bound to nobody; `owner` is the claim that it may be bound to by now."""
    fields = (("/metadata/uid", api.dumps(steps.uid_of(raw))),)
    why = bound_by_now(steps.name_of(raw), owner, str(at(raw, POLICY)))
    return Check(api.read(api.path_of(raw)), absent=r'"phase"\s*:\s*"Bound"', why=why, fields=fields)


def bound_by_now(name: str, owner: str, policy: str) -> str:
    """Why a volume is not taken from the claim that got it, and what to do by hand where it has to be."""
    claim = f"claim {owner}" if owner else "its claim"
    first = "" if policy == RETAIN else f"set its reclaim policy ({policy}) to Retain, then "
    return (
        f"{name} is bound to {claim} by now, which would be lost without it. If it has to be: {first}delete that claim"
        " (the data stays), and undo this again"
    )


def _not_for_others(raw: Raw) -> Check:
    """Whether a volume is kept for nobody else than before."""
    ref = reference(raw)
    pattern = "|".join(rf'"{key}"\s*:\s*"(?!{re.escape(str(ref.get(key)))}")' for key in ("name", "namespace"))
    return Check(
        api.read(api.path_of(raw)), absent=rf'"claimRef"\s*:\s*\{{[^{{}}]*(?:{pattern})',
        why=f"{steps.name_of(raw)} is kept for another claim by now", fields=unbound(raw).fields,
    )  # fmt: skip


def plan_release(raw: Raw, how: str, claim: Raw | None) -> Plan:
    """Give a volume free whose claim is gone. `claim` is the claim that has the name in `claimRef` now.

    `how` is "uid" (a claim of the same name and namespace gets it) or "all" (any claim that fits). Raises
    Refused where the claim that it is bound to still lives, or it is bound to none.
    """
    name, ref = raw["metadata"]["name"], reference(raw)
    owner = f"{ref.get('namespace', '')}/{ref.get('name', '')}"
    if how not in ("uid", "all"):
        raise Refused(f"A PersistentVolume is released from the claim's uid or from all of it, not '{how}'.")
    if not ref or (how == "uid" and not ref.get("uid")):
        raise Refused(f"PersistentVolume {name} is bound to no claim that is gone.")
    if claim is not None and claim["metadata"]["uid"] == ref.get("uid"):
        raise Refused(f"Claim {owner} is there and has PersistentVolume {name}; only a claim that is gone is released.")
    if how == "all":
        changes: dict[str, Any] = {REFERENCE: ABSENT}
        title = f"take the reference to claim {owner} off {name}"
    elif claim is not None and is_held_by(claim, name):
        # it was bound once: without its uid in the volume the controller would call it lost
        changes = {f"{REFERENCE}/uid": claim["metadata"]["uid"], f"{REFERENCE}/resourceVersion": ABSENT}
        title = f"keep {name} for claim {owner} as it is now"
    else:
        changes = {f"{REFERENCE}/uid": ABSENT, f"{REFERENCE}/resourceVersion": ABSENT}
        title = f"keep {name} for a claim {owner}, whatever its uid"
    step = steps.patch(raw, changes, title=title, key="release")
    # a claim that got it and was deleted since has left its own uid there: that is no reason not to go back
    step = replace(step, undo_guards=(unbound(raw, "" if how == "all" else owner), _not_for_others(raw)))
    path, uid = api.path_of(raw), steps.uid_of(raw)
    why = f"{name} is still bound to the claim that is gone"
    if ref.get("uid"):
        # the controller may bind it to the next claim at once, so that the fields are others again
        gone = f'"{re.escape(str(ref["uid"]))}"'
        same = (("/metadata/uid", api.dumps(uid)),)
        step = replace(step, done=Check(api.read(path), absent=gone, why=why, fields=same))
    return steps.one_step(f"Release PersistentVolume {name}", step, warnings=_release_warnings(raw, how))


def _release_warnings(raw: Raw, how: str) -> tuple[str, ...]:
    ref = reference(raw)
    owner = f"{ref.get('namespace', '')}/{ref.get('name', '')}"
    if how == "all":
        return (f"Its data stays, and any claim that fits gets it with the data of {owner} on it.",)
    return (f"Its data stays, and a claim {owner} gets it with what its predecessor left.",)


def plan_patch_volume(
    raw: Raw,
    *,
    capacity: str = "",
    access_modes: Iterable[str] = (),
    labels: Mapping[str, str] | None = None,
    class_name: str | None = None,
    gid: str = "",
    policy: str = "",
) -> Plan:
    """Change a PersistentVolume where it is not as the claim needs it. Raises Refused for values that can't be."""
    name = raw["metadata"]["name"]
    changes: dict[str, Any] = {}
    if capacity:
        changes["/spec/capacity/storage"] = _capacity(capacity)
    if modes := list(dict.fromkeys(access_modes)):
        changes["/spec/accessModes"] = _modes(modes)
    for key, value in (labels or {}).items():
        changes[pointer("metadata", "labels", key)] = value
    if class_name is not None:
        changes |= class_changes(raw, class_name)
    if gid:
        changes[pointer("metadata", "annotations", GID)] = _gid(gid)
    if policy:
        changes[POLICY] = _policy(policy)
    changes = {where: value for where, value in changes.items() if at(raw, where) != value}
    if not changes:
        raise Refused(f"PersistentVolume {name} is like that already.")
    words = ", ".join(dict.fromkeys(_WORDS.get(where.split("/")[2], where.split("/")[2]) for where in changes))
    step = steps.patch(raw, changes, title=f"change {words} of {name}", key="change")
    if POLICY in changes and changes[POLICY] != RETAIN:
        step = replace(step, guards=(*step.guards, _has_its_claim(raw, changes[POLICY])))
    if POLICY in changes and at(raw, POLICY) != RETAIN:
        step = replace(step, undo_guards=(*step.undo_guards, _has_its_claim(raw, str(at(raw, POLICY)))))
    return steps.one_step(f"Change {words} of PersistentVolume {name}", step, warnings=tuple(_warnings(raw, changes)))


def _has_its_claim(raw: Raw, policy: str) -> Check:
    """A volume whose claim is gone loses its data the moment that it gets another policy than Retain."""
    name = steps.name_of(raw)
    why = f"the claim of {name} is gone: with {policy} its data would be deleted at once, so it stays with Retain"
    return Check(api.read(api.path_of(raw)), absent=r'"phase"\s*:\s*"(Released|Failed)"', why=why)


_WORDS = {
    "capacity": "the capacity", "accessModes": "the access modes", "labels": "the labels", "annotations": "annotations",
    "storageClassName": "the class", "persistentVolumeReclaimPolicy": "the reclaim policy",
}  # fmt: skip


def class_changes(raw: Raw, class_name: str) -> dict[str, Any]:
    """What makes a volume one of a class: the annotation of old, where there is one, wins over the spec."""
    changes: dict[str, Any] = {"/spec/storageClassName": class_name}
    legacy = pointer("metadata", "annotations", LEGACY_CLASS)
    if at(raw, legacy) is not ABSENT:
        changes[legacy] = class_name
    if not class_name:
        # the server keeps no empty one
        changes["/spec/storageClassName"] = ABSENT
    return changes


def _warnings(raw: Raw, changes: Mapping[str, Any]) -> Iterable[str]:
    if "/spec/capacity/storage" in changes:
        yield (
            "The capacity of a PersistentVolume is a label: nothing grows by it. How much fits is decided by the bricks"
            " (and a quota, where one is set)."
        )
    if POLICY in changes and changes[POLICY] == "Delete":
        yield f"With Delete, the data of {raw['metadata']['name']} goes when its claim is deleted."
    if POLICY in changes and changes[POLICY] == "Recycle":
        yield "Recycle is deprecated: it empties the volume when its claim is deleted, and gives it to the next."
    if pointer("metadata", "annotations", GID) in changes:
        yield "Only pods that start after this get the group."


def _capacity(text: str) -> str:
    size = parse_quantity(text)
    if not size or size <= 0:
        raise Refused(f"'{text}' is no size; write a number with a unit, for example 20Gi.")
    return readable(text)


def _modes(modes: list[str]) -> list[str]:
    strange = [mode for mode in modes if mode not in MODES]
    if strange:
        raise Refused(f"'{strange[0]}' is no access mode; there are {', '.join(MODES)}.")
    if MODES[3] in modes and len(modes) > 1:
        raise Refused("ReadWriteOncePod stands alone: a volume with it has no other access mode.")
    return modes


def _gid(text: str) -> str:
    if not text.isascii() or not text.isdigit() or int(text) > 2**31 - 1:
        raise Refused(f"'{text}' is no number of a group.")
    return text


def _policy(text: str) -> str:
    if text not in POLICIES:
        raise Refused(f"'{text}' is no reclaim policy; there are {', '.join(POLICIES)}.")
    return text
