"""Plans for claims: make one anew whose spec can't be changed, without losing its volume; forget a dead node."""

from collections.abc import Iterable
from dataclasses import dataclass

from tui.core.json_fields import ABSENT, at, pointer
from tui.core.plan import Plan, Refused
from tui.dialects import kube_request as api
from tui.dialects.kube_quantity import parse_quantity
from tui.dialects.kube_request import Raw
from tui.dialects.kube_write import LEGACY_CLASS, SELECTED_NODE, Manifest, bare, readable
from tui.plans import kube_steps as steps
from tui.plans.kube_claim_volume import warnings as volume_warnings
from tui.plans.kube_claim_volume import with_volume, without_volume
from tui.plans.kube_pods import holders, words_of
from tui.plans.kube_volume import reference

# of the last life of a claim: who should provision, and where
_LEFT = (
    "volume.kubernetes.io/storage-provisioner", "volume.beta.kubernetes.io/storage-provisioner", SELECTED_NODE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimChanges:
    """What is to be other in the new claim; None leaves it, "" drops it (class "": no class at all)."""

    class_name: str | None = None
    size: str | None = None
    access_modes: tuple[str, ...] | None = None
    volume_name: str | None = None
    selector: str | None = None
    volume_mode: str | None = None


def changed_claim(raw: Raw, changes: ClaimChanges) -> Manifest:
    """The manifest of the new claim. Raises Refused for a size that is none."""
    manifest = bare(raw)
    spec, notes = manifest["spec"], manifest["metadata"].get("annotations") or {}
    for key in _LEFT:
        notes.pop(key, None)
    if changes.class_name is not None:
        notes.pop(LEGACY_CLASS, None)
        spec["storageClassName"] = changes.class_name
    if changes.size:
        if not parse_quantity(changes.size):
            raise Refused(f"'{changes.size}' is no size; write a number with a unit, for example 20Gi.")
        requests = dict((spec.get("resources") or {}).get("requests") or {})
        spec["resources"] = {"requests": requests | {"storage": readable(changes.size)}}
    if changes.access_modes:
        spec["accessModes"] = list(changes.access_modes)
    if changes.volume_mode:
        spec["volumeMode"] = changes.volume_mode
    if changes.selector == "":
        spec.pop("selector", None)
    if changes.volume_name is not None:
        spec["volumeName"] = changes.volume_name
        if not changes.volume_name:
            del spec["volumeName"]
    if not notes:
        manifest["metadata"].pop("annotations", None)
    return manifest


def plan_recreate_claim(raw: Raw, volume: Raw | None, pods: Iterable[Raw], changes: ClaimChanges, token: str) -> Plan:
    """Delete a claim and make it anew. Its volume stays: it is set to Retain before, and kept for the new claim.

    `volume` is the PersistentVolume that it is bound to, `pods` those of its namespace. Raises Refused where pods
    hold the claim, or the volume would not fit the new one.
    """
    meta = raw["metadata"]
    name = f"{meta['namespace']}/{meta['name']}"
    held = holders(pods, meta["name"])
    if held:
        raise Refused(
            f"Claim {name} is used by pods, and stays until they are gone: {words_of(held)}.",
            ("stop what makes them first (scale it to 0), then try again",),
        )
    manifest = changed_claim(raw, changes)
    # without anything to change it is made anew as it is: it forgets the provisioner that was asked for it once
    if changes != ClaimChanges() and manifest == changed_claim(raw, ClaimChanges()):
        raise Refused(f"Claim {name} is like that already.")
    mine = volume is not None and reference(volume).get("uid") == meta["uid"]
    if volume is not None and mine and manifest["spec"].get("volumeName") == volume["metadata"]["name"]:
        made = with_volume(raw, volume, manifest, _again(raw), token)
    elif volume is not None and mine:
        made = without_volume(raw, volume, manifest, token)
    else:
        gone = steps.delete(raw, title=f"delete claim {name}", fields={"/status/phase": at(raw, "/status/phase")},
                            guards=(steps.unused(raw),), again=_again(raw))  # fmt: skip
        made = (gone, steps.create(manifest, token, title=f"create claim {name} anew", needs=(gone.id,)))
    warnings = tuple(_warnings(raw, volume if mine else None, manifest))
    confirm = meta["name"] if mine else ""
    return Plan(f"Recreate claim {name}", made, warnings=warnings, confirm=confirm)


def _again(raw: Raw) -> Manifest:
    """The old claim; it asks for the volume that it had."""
    return changed_claim(raw, ClaimChanges())


def _warnings(raw: Raw, volume: Raw | None, manifest: Manifest) -> Iterable[str]:
    meta = raw["metadata"]
    name = f"{meta['namespace']}/{meta['name']}"
    if volume is None:
        yield f"Claim {name} has no volume, so nothing is lost with it."
    else:
        yield from volume_warnings(name, volume, manifest)
    owners = meta.get("ownerReferences") or ()
    if owners:
        owner = f"{owners[0].get('kind')} {owners[0].get('name')}"
        yield f"Claim {name} belongs to {owner}, which may make it anew by itself."
    if meta.get("labels"):
        yield "If a StatefulSet makes this claim, its template stays as it is: the next one will be like the old."


def plan_forget_node(raw: Raw, node: Raw | None) -> Plan:
    """Take the node away that the scheduler chose for a claim, where that node is gone or not ready.

    Raises Refused where there is none, or the node is well.
    """
    meta = raw["metadata"]
    name = f"{meta['namespace']}/{meta['name']}"
    where = pointer("metadata", "annotations", SELECTED_NODE)
    chosen = at(raw, where)
    if chosen is ABSENT:
        raise Refused(f"No node was selected for claim {name}.")
    if node is not None and _is_ready(node):
        raise Refused(f"Node {chosen} is there and ready: the provisioner should make the volume of {name} on it.")
    guards = () if node is not None else (api.gone(api.object_path("Node", "", str(chosen)), f"node {chosen} is back"),)
    step = steps.patch(
        raw, {where: ABSENT}, title=f"forget node {chosen} that was selected for {name}", key="node", guards=guards,
        fields={"/status/phase": "Pending"},
    )  # fmt: skip
    return steps.one_step(f"Let the scheduler choose a node for claim {name} again", step)


def _is_ready(node: Raw) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or ()
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)
