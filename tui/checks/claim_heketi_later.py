"""What heketi could not do after a volume was made: delete it (D12) or make it larger (D15)."""

from collections.abc import Iterator

from tui.checks.claim_case import ClaimCase, ClaimWorld, by_hand, fixed_by, found, seen, size_seen
from tui.checks.claim_heketi_words import WORDS, code_of, filled
from tui.checks.claim_seen_words import GLUSTER, REMOVED, bound_volume, claim_events, told, volume_ref
from tui.core.finding import Finding, ObjectRef, Severity
from tui.core.kube import PersistentVolume


def volume_rules(world: ClaimWorld, volume: PersistentVolume) -> Iterator[Finding]:
    """D12: a PersistentVolume that could not be deleted."""
    if volume.phase != "Failed" or volume.reclaim_policy != "Delete" or world.version >= REMOVED:
        return
    one = world.tables.classes.get(("", volume.class_name))
    in_tree = volume.provisioned_by == GLUSTER or volume.gluster is not None
    if not in_tree and (one is None or one.provisioner != GLUSTER):
        return
    ref = volume_ref(volume.name)
    events = world.tables.events_of("PersistentVolume", volume.key, volume.uid)
    event = next((event for event in events if event.reason == "VolumeFailedDelete"), None)
    text = volume.message or (event.message if event is not None else "")
    proof = [seen(ref, "status.phase", volume.phase), seen(ref, "status.message", text or "(empty)")]
    sentence, cause = "its Gluster volume could not be deleted", f"heketi refused or could not be asked: {text}"
    remedies = [by_hand("Delete the volume with heketi-cli volume delete; Kubernetes tries again by itself.")]
    if volume.class_name and one is None and world.is_known("storageclasses"):
        sentence = f"it can't be deleted: its StorageClass '{volume.class_name}' does not exist any more"
        cause = "Only the class tells where heketi is, and it is looked up by its name when a volume is deleted."
        remedies = [fixed_by("Make the class again", "create-class", name=volume.class_name)]
    elif not volume.class_name:
        sentence = "it can't be deleted: it has no StorageClass"
        cause = "Only a class tells where heketi is. A volume made by hand is better kept: reclaim policy Retain."
        remedies = [fixed_by("Keep the data: set the policy to Retain", "patch-volume", volume=volume.name,
                             policy="Retain")]  # fmt: skip
    elif "must contain 'resturl'" in text:
        sentence = f"it can't be deleted: its StorageClass '{volume.class_name}' does not tell where heketi is"
        cause = "The class is looked up by its name when a volume is deleted, and now it has no resturl."
        remedies = [by_hand(f"Make class '{volume.class_name}' anew with the resturl of heketi.")]
    probe = world.heketi.get(volume.class_name)
    code = code_of(probe.text) if probe is not None and probe.stage != "done" else ""
    if code and probe is not None:
        proof.append(seen(ObjectRef("Heketi", "", probe.url), f"answer ({probe.stage})", probe.text))
        cause = filled(WORDS[code].cause, text=probe.text)
    yield found("D12", ref, sentence, cause=cause, proof=proof, remedies=remedies)


def resize_faults(case: ClaimCase) -> Iterator[Finding]:
    """D15: heketi could not make the volume larger."""
    claim, volume = case.claim, bound_volume(case)
    if claim is None or volume is None or case.world.version >= REMOVED:
        return
    if claim.request is None or claim.capacity is None or claim.request <= claim.capacity:
        return
    event = next(iter(claim_events(case, "VolumeResizeFailed", "VolumeResizeSuccessful")), None)
    if event is None or event.reason != "VolumeResizeFailed" or GLUSTER not in event.message:
        return
    code = code_of(event.message)
    probe = case.world.heketi.get(claim.class_name)
    if not code and probe is not None and probe.stage != "done":
        code = code_of(probe.text)
    cause = "heketi refused to expand the volume, and Kubernetes writes its answer into its own log only."
    if code:
        cause = filled(WORDS[code].cause, text=probe.text if probe is not None and probe.text else event.message)
    if "failed to get volume info" in event.message and not code:
        cause = "heketi does not know the volume, or could not be asked for it."
    advice = WORDS[code].advice if code else ("Ask heketi: heketi-cli volume expand --volume ID --expand-size GIB.",)
    yield found(
        "D15", case.ref, "its volume could not be made larger; it stays as it is", cause=cause,
        proof=[told(event), size_seen(case.ref, "spec.resources.requests.storage", claim.request),
               size_seen(case.ref, "status.capacity.storage", claim.capacity)],
        remedies=[by_hand(text) for text in advice], severity=Severity.WARNING,
    )  # fmt: skip
