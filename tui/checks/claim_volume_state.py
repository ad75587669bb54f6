"""What is to be said of a PersistentVolume by itself: failed, released, or kept for nobody (B8, B15, B16)."""

from collections.abc import Iterator

from tui.checks.claim_binding_deleted import goes_with_claim, going_cause, going_proof, going_remedies, going_words
from tui.checks.claim_case import VOLUME, ClaimCase, ClaimWorld, by_hand, fixed_by, found, seen
from tui.checks.claim_class_way import CLAIMS
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.kube import PersistentVolume


def rules(case: ClaimCase) -> Iterator[Finding]:
    """A volume that failed under a claim which still has it."""
    volume = case.world.tables.volume_of(case.claim) if case.claim and case.claim.is_bound else None
    if volume is not None and volume.phase == "Failed":
        yield _failed(case.world, volume, case.ref, f"its PersistentVolume {volume.name} has failed")


def volume_rules(world: ClaimWorld, volume: PersistentVolume) -> Iterator[Finding]:
    """Findings about a volume that no living claim has."""
    about = ObjectRef(VOLUME, "", volume.name)
    match volume.phase:
        case "Failed":
            yield _failed(world, volume, about, "it has failed")
        case "Released" if volume.deleted is None:
            yield from _released(world, volume, about)
        case "Available" if volume.claim is not None:
            yield from _reserved(world, volume, about)


def _failed(world: ClaimWorld, volume: PersistentVolume, about: ObjectRef, sentence: str) -> Finding:
    """B16: deleting or recycling it went wrong; the message says why."""
    own = ObjectRef(VOLUME, "", volume.name)
    proof = [seen(own, "status.message", volume.message or "none"), *_events(world, volume)]
    proof.append(seen(own, "spec.persistentVolumeReclaimPolicy", volume.reclaim_policy))
    used = about != own
    return found(
        "B16", about, f"{sentence}: {volume.message or 'no reason is told'}", cause=_why_failed(volume), proof=proof,
        remedies=_failed_remedies(volume, is_used=used), severity=Severity.ERROR if used else Severity.WARNING,
    )  # fmt: skip


def _why_failed(volume: PersistentVolume) -> str:
    text = volume.message
    if "No recycler plugin found" in text:
        return "The policy Recycle is deprecated, and there is none for this kind of volume. Its data is untouched."
    if "has no storage class" in text:
        return "The policy is Delete, but without a class nobody knows how to delete it. Its data is untouched."
    if "storageclass" in text.lower() and "not found" in text:
        return (
            "The policy is Delete, and its StorageClass, which tells how to delete it, is gone. Its data is untouched."
        )
    return "Its claim was deleted, and what the reclaim policy asks for did not work."


def _failed_remedies(volume: PersistentVolume, *, is_used: bool) -> Iterator[Remedy]:
    name = volume.name
    if volume.reclaim_policy != "Retain":
        yield fixed_by(
            f"Keep {name} with its data: set the policy to Retain.", "patch-volume", volume=name, policy="Retain"
        )
    if "storageclass" in volume.message.lower() and "not found" in volume.message and volume.class_name:
        yield fixed_by(f"Create StorageClass '{volume.class_name}' again.", "create-class", name=volume.class_name)
    if is_used:
        yield by_hand(f"See what happened to it: kubectl describe pv {name}")
        return
    yield fixed_by(f"Release {name} for any claim.", "release-volume", volume=name, how="all")
    yield by_hand(f"If the data is not needed: delete the Gluster volume, then {name}.")


def _released(world: ClaimWorld, volume: PersistentVolume, about: ObjectRef) -> Iterator[Finding]:
    """B8: kept with its data after the claim went, or on its way out; no fault, but somebody has to decide."""
    ref = volume.claim
    if ref is None:
        return
    other = world.tables.claims.get(ref.key)
    owner = f"{ref.namespace}/{ref.name}"
    proof = [seen(about, "status.phase", "Released"), seen(about, "spec.claimRef", f"{owner} {ref.uid}".rstrip())]
    if goes_with_claim(volume):
        yield found(
            "B8", about, f"its claim {owner} is gone, and it {going_words(volume)}", cause=going_cause(world, volume),
            proof=[*proof, *going_proof(world, volume)], remedies=going_remedies(volume, None), severity=Severity.INFO,
        )  # fmt: skip
        return
    again = other is not None and other.uid != ref.uid and not other.is_bound
    sentence = f"its claim {owner} is gone; it is kept with its data"
    remedies = [fixed_by("Release it for any claim.", "release-volume", volume=volume.name, how="all")]
    if again:
        sentence = f"it is still kept for an earlier claim {owner}; the claim of today waits"
        remedies.insert(0, fixed_by("Keep it for the claim of today.", "release-volume", volume=volume.name, how="uid"))
    yield found(
        "B8", about, sentence,
        cause="A volume with the policy Retain is never given to another claim before its claimRef is cleared.",
        proof=proof, remedies=remedies, severity=Severity.WARNING if again else Severity.INFO,
    )  # fmt: skip


def _reserved(world: ClaimWorld, volume: PersistentVolume, about: ObjectRef) -> Iterator[Finding]:
    ref = volume.claim
    if ref is None or ref.key in world.tables.claims or not world.is_known(CLAIMS, ref.namespace):
        return
    owner = f"{ref.namespace}/{ref.name}"
    yield found(
        "B15", about, f"it is reserved for claim {owner}, which does not exist yet",
        cause="A claimRef without uid keeps a volume for a claim of that name.", severity=Severity.INFO,
        proof=(seen(about, "spec.claimRef", owner),),
        remedies=(fixed_by("Release it for any claim.", "release-volume", volume=volume.name, how="all"),),
    )  # fmt: skip


def _events(world: ClaimWorld, volume: PersistentVolume) -> list[Evidence]:
    found_events = world.tables.events_of("PersistentVolume", volume.key, volume.uid)
    about = ObjectRef(VOLUME, "", volume.name)
    return [seen(about, "event", event.message) for event in found_events if event.is_warning][:1]
