"""A volume whose claim is gone and whose policy does not keep it: it is on its way out, and so may its data be (B8)."""

from typing import Final

from tui.checks.claim_case import VOLUME, ClaimWorld, by_hand, fixed_by, seen
from tui.checks.claim_chain_words import gluster_name, gluster_state
from tui.core.finding import Evidence, ObjectRef, Remedy
from tui.core.kube import Claim, PersistentVolume

_STATE: Final = {"Started": "is started", "Stopped": "is stopped", "Created": "was never started"}


def goes_with_claim(volume: PersistentVolume) -> bool:
    """Whether the policy of a volume takes its data away when its claim is gone."""
    return volume.reclaim_policy in ("Delete", "Recycle")


def going_words(volume: PersistentVolume) -> str:
    """What happens to such a volume: "is being deleted"."""
    done = "emptied" if volume.reclaim_policy == "Recycle" else "deleted"
    if volume.phase == "Failed":
        return f"has failed to be {done}"
    return f"is {'being' if volume.deleted is not None or volume.phase == 'Released' else 'to be'} {done}"


def going_cause(world: ClaimWorld, volume: PersistentVolume) -> str:
    """Why it goes, and what is known of its data."""
    name = gluster_name(volume)
    text = f"Its policy is {volume.reclaim_policy}: with the claim goes the volume, and its data may be gone."
    match state := gluster_state(world, volume) if name else "":
        case "":
            return text + (f" What became of Gluster volume '{name}' is not known here." if name else "")
        case "gone":
            return text + f" Gluster volume '{name}' is in no pool that is known here."
        case _:
            return text + f" Gluster volume '{name}' {_STATE.get(state, f'is {state}')}."


def going_proof(world: ClaimWorld, volume: PersistentVolume) -> list[Evidence]:
    """What was seen of it besides its claimRef."""
    about, state = ObjectRef(VOLUME, "", volume.name), gluster_state(world, volume)
    proof = [seen(about, "spec.persistentVolumeReclaimPolicy", volume.reclaim_policy)]
    if volume.deleted is not None:
        proof.append(seen(about, "metadata.deletionTimestamp", "set"))
    if volume.message:
        proof.append(seen(about, "status.message", volume.message))
    if state:
        proof.append(seen(ObjectRef("GlusterVolume", "", gluster_name(volume)), "status", state))
    return proof


def going_remedies(volume: PersistentVolume, claim: Claim | None) -> tuple[Remedy, ...]:
    """First nothing more may be taken away, then somebody has to look; only then may a claim have it."""
    what = f"Gluster volume {gluster_name(volume)}" if gluster_name(volume) else "what is behind it"
    remedies = [fixed_by(
        f"Set the policy of {volume.name} to Retain, so that nothing more of it is deleted.", "patch-volume",
        volume=volume.name, policy="Retain",
    )]  # fmt: skip
    if volume.deleted is not None:
        return *remedies, by_hand(f"See whether {what} and its data are still there. The mark can't be taken back: "
                                  f"then make a new PersistentVolume for it.")  # fmt: skip
    remedies.append(by_hand(f"See whether {what} and its data are still there, before any claim gets {volume.name}."))
    if claim is not None:
        remedies.append(by_hand(f"If the data is not needed: let {volume.name} go; the claim needs another volume."))
    return tuple(remedies)
