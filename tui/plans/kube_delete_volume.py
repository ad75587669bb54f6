"""The plan that deletes a PersistentVolume which no claim has: what is behind it stays, unless a finalizer says not."""

from collections.abc import Iterator
from typing import Final

from tui.core.json_fields import at
from tui.core.plan import Danger, Plan, Refused
from tui.dialects.kube_request import Raw
from tui.plans import kube_steps as steps
from tui.plans.kube_deletion import IN_TREE_DELETER
from tui.plans.kube_volume import POLICY, reference, unbound

EXTERNAL_DELETER: Final = "external-provisioner.volume.kubernetes.io/finalizer"
"""With it, and IN_TREE_DELETER, reclaim policy Delete counts for a volume that is deleted itself (KEP-2644)."""


def plan_delete_volume(raw: Raw, claim: Raw | None) -> Plan:
    """Delete a PersistentVolume. `claim` is the claim that its `claimRef` names, if it is there.

    Raises Refused where a claim has it, or it is being deleted already.
    """
    name, ref = raw["metadata"]["name"], reference(raw)
    if raw["metadata"].get("deletionTimestamp"):
        raise Refused(f"PersistentVolume {name} is being deleted already.", ("Enter on it says what it waits for",))
    owner = f"{ref.get('namespace')}/{ref.get('name')}"
    if claim is not None and ref.get("uid") == claim["metadata"]["uid"]:
        raise Refused(
            f"PersistentVolume {name} is bound to claim {owner}: it would only be marked, and go with the claim.",
            ("delete the claim; what that does to the volume is said there",),
        )
    deleter = _deleter(raw)
    still = {POLICY: at(raw, POLICY), "/spec/claimRef": ref or steps.ABSENT}
    step = steps.delete(
        raw, title=f"delete PersistentVolume {name}", fields=still,
        guards=(unbound(raw),), danger=Danger.DESTROYS if deleter else Danger.CHANGES,
        no_undo=f"what is behind {name} is deleted with it" if deleter else "",
    )  # fmt: skip
    return Plan(
        f"Delete PersistentVolume {name}", (step,), warnings=tuple(_warnings(raw, claim, deleter)), confirm=name
    )


def _deleter(raw: Raw) -> str:
    """The finalizer that lets what is behind the volume be deleted, "" where nothing is."""
    found = raw["metadata"].get("finalizers") or ()
    risky = at(raw, POLICY) == "Delete"
    return next((one for one in (EXTERNAL_DELETER, IN_TREE_DELETER) if risky and one in found), "")


def _warnings(raw: Raw, claim: Raw | None, deleter: str) -> Iterator[str]:
    name, ref = raw["metadata"]["name"], reference(raw)
    if deleter:
        yield f"Delete: finalizer {deleter} has what is behind {name} deleted first: ALL DATA IS LOST."
    elif gluster := str((raw["spec"].get("glusterfs") or {}).get("path") or ""):
        yield f"Only the object goes. Gluster volume {gluster} stays with all data (in heketi too), out of sight."
    else:
        yield f"Only the object goes: what is behind {name} stays with all data, out of sight."
    if at(raw, POLICY) == "Recycle":
        yield "Recycle is deprecated, and is not done for a volume that is deleted itself."
    if claim is not None:
        yield f"{name} is kept for claim {ref.get('namespace')}/{ref.get('name')}, which waits on without it."
