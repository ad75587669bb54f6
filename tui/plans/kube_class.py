"""Plans for StorageClasses: make one, make it the default, change what can't be changed in place, allow expansion."""

from collections.abc import Iterable, Mapping
from typing import Any

from tui.core.json_fields import ABSENT, pointer
from tui.core.plan import Plan, Refused, Step
from tui.dialects.kube_request import Raw
from tui.dialects.kube_write import BETA_DEFAULT_CLASS, DEFAULT_CLASS, GLUSTERFS, LAST_APPLIED, Manifest, bare
from tui.plans import kube_steps as steps

RECLAIM = ("Delete", "Retain")
BINDING = ("Immediate", "WaitForFirstConsumer")
_DEFAULTS = (DEFAULT_CLASS, BETA_DEFAULT_CLASS)


def plan_create_class(name: str, like: Raw, token: str, version: tuple[int, int] = (0, 0)) -> Plan:
    """A class like another one. `version` is that of Kubernetes, (0, 0) where it is not known."""
    manifest = bare(like)
    manifest["metadata"] = {"name": name} | {k: v for k, v in manifest["metadata"].items() if k == "labels"}
    return plan_new_class(manifest, token, version)


def plan_new_class(manifest: Raw, token: str, version: tuple[int, int] = (0, 0)) -> Plan:
    """A class from its manifest."""
    name = manifest["metadata"]["name"]
    warnings = _warnings(manifest, version)
    return steps.one_step(f"Create StorageClass {name}", steps.create(manifest, token), warnings=tuple(warnings))


def _warnings(manifest: Raw, version: tuple[int, int]) -> list[str]:
    if manifest.get("provisioner") == GLUSTERFS and version >= (1, 26):
        return [
            f"Kubernetes {version[0]}.{version[1]} has no provisioner {GLUSTERFS} any more (gone since 1.26):"
            " claims of this class stay pending."
        ]
    return []


def plan_set_default(name: str, classes: Iterable[Raw]) -> Plan:
    """Make one class the default, and no other. Raises Refused where it is not there, or is that already."""
    known = {raw["metadata"]["name"]: raw for raw in classes}
    wanted = known.get(name)
    if wanted is None:
        raise Refused(f"There is no StorageClass {name}.", (f"known classes: {', '.join(sorted(known)) or 'none'}",))
    made: list[Step] = []
    for other, raw in sorted(known.items()):
        notes = _default_notes(raw)
        if other == name or not notes:
            continue
        changes = {pointer("metadata", "annotations", note): "false" for note in notes}
        made.append(steps.patch(raw, changes, title=f"{other} is no default any more", key="default"))

    if not _default_notes(wanted):
        # a class that only the beta annotation says "false" of is made the default by the other one
        changes = {pointer("metadata", "annotations", DEFAULT_CLASS): "true"}
        made.append(
            steps.patch(
                wanted, changes, title=f"{name} is the default class", key="default", needs=[step.id for step in made]
            )
        )
    if not made:
        raise Refused(f"StorageClass {name} is the only default already.")
    return Plan(f"Make StorageClass {name} the default, and no other", tuple(made))


def _default_notes(raw: Raw) -> list[str]:
    """The annotations that make a class the default."""
    notes = raw["metadata"].get("annotations") or {}
    return [note for note in _DEFAULTS if notes.get(note) == "true"]


def changed_class(
    raw: Raw, parameters: Mapping[str, str], *, provisioner: str = "", reclaim: str = "", binding: str = ""
) -> Manifest:
    """The manifest of a class with other values; a parameter "" is taken away. Names count in any case.

    Raises Refused for values that Kubernetes does not know.
    """
    if reclaim and reclaim not in RECLAIM:
        raise Refused(f"A StorageClass has reclaim policy Delete or Retain, not '{reclaim}'.")
    if binding and binding not in BINDING:
        raise Refused(f"A StorageClass binds Immediate or WaitForFirstConsumer, not '{binding}'.")
    manifest = bare(raw)
    notes = manifest["metadata"].get("annotations") or {}
    # it describes the class as it was, and `kubectl apply` would go by it
    notes.pop(LAST_APPLIED, None)
    new = dict(manifest.get("parameters") or {})
    for key, value in parameters.items():
        for old in [known for known in new if known.lower() == key.lower()]:
            del new[old]
        if value:
            new[key] = value
    fields: dict[str, Any] = {"parameters": new, "provisioner": provisioner, "reclaimPolicy": reclaim}
    manifest |= {key: value for key, value in (fields | {"volumeBindingMode": binding}).items() if value}
    if not new:
        manifest.pop("parameters", None)
    return manifest


def replaced_class(raw: Raw, asked: Raw) -> Manifest:
    """The manifest that is asked for, with the labels and annotations of the class that is there."""
    manifest, old = dict(asked), bare(raw)["metadata"]
    notes = {k: v for k, v in (old.get("annotations") or {}).items() if k not in (LAST_APPLIED, *_DEFAULTS)}
    notes |= asked["metadata"].get("annotations") or {}
    more = {"labels": old.get("labels"), "annotations": notes}
    manifest["metadata"] = {**asked["metadata"], **{key: value for key, value in more.items() if value}}
    if "allowedTopologies" in raw:
        manifest["allowedTopologies"] = raw["allowedTopologies"]
    return manifest


def plan_recreate_class(raw: Raw, manifest: Raw, token: str, version: tuple[int, int] = (0, 0)) -> Plan:
    """Delete a class and make it anew with other values. Raises Refused where nothing would change."""
    name = raw["metadata"]["name"]
    if manifest == bare(raw):
        raise Refused(f"StorageClass {name} has these values already.")
    fields = {f"/{key}": raw.get(key, ABSENT) for key in ("provisioner", "reclaimPolicy", "volumeBindingMode")}
    old = steps.delete(raw, title=f"delete StorageClass {name} as it is", fields=fields)
    new = steps.create(manifest, token, title=f"create StorageClass {name} anew", needs=(old.id,))
    warnings = [
        "Volumes that the class made stay as they are; deleting and expanding them reads the class by its name,"
        " so the new address and key count for them too.",
        *steps.undo_warning(raw),
        *_warnings(manifest, version),
    ]
    return Plan(f"Recreate StorageClass {name} with other values", (old, new), warnings=tuple(warnings))


def plan_allow_expansion(raw: Raw) -> Plan:
    """Let claims of a class grow. Raises Refused where they may already."""
    name = raw["metadata"]["name"]
    if raw.get("allowVolumeExpansion") is True:
        raise Refused(f"StorageClass {name} allows expansion already.")
    change = steps.patch(raw, {"/allowVolumeExpansion": True}, title=f"claims of {name} may grow", key="expansion")
    return steps.one_step(f"Allow expansion in StorageClass {name}", change)
