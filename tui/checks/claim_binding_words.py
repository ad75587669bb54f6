"""A check of the matcher that a PersistentVolume fails for a claim, as a finding with what can be done about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tui.checks.claim_binding_deleted import goes_with_claim, going_cause, going_proof, going_remedies, going_words
from tui.checks.claim_case import VOLUME, ClaimCase, by_hand, fixed_by, found, seen, size_seen
from tui.checks.claim_chain_words import gluster_state
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.kube import Claim, PersistentVolume, Selector
from tui.core.kube_matcher import Misfit
from tui.core.kube_policy import short_modes
from tui.core.units import format_size


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands in a finding of one misfit: its code, what is said of the volume, why, what was seen, remedies."""

    code: str
    said: str
    cause: str
    proof: tuple[tuple[str, object, object], ...] = ()
    """(field, the claim's value, the volume's value)."""
    remedies: tuple[Remedy, ...] = ()


def misfit_finding(
    case: ClaimCase,
    claim: Claim,
    volume: PersistentVolume,
    misfit: Misfit,
    *,
    frame: str,
    definite: bool = True,
    severity: Severity = Severity.ERROR,
) -> Finding:
    """A finding for one misfit. `frame` holds {name} and {said}: "PersistentVolume {name} {said}"."""
    words = _OF[misfit](claim, volume)
    about = ObjectRef(VOLUME, "", volume.name)
    proof: list[Evidence] = []
    for field, asked, offered in words.proof:
        is_size = field == "spec.capacity.storage"
        told: Callable[[ObjectRef, str, Any], Evidence] = size_seen if is_size else seen
        proof += [told(case.ref, _claim_field(field), asked), told(about, field, offered)]
    cause, remedies = words.cause, words.remedies
    if words.code == "B8" and goes_with_claim(volume):
        cause, remedies = going_cause(case.world, volume), going_remedies(volume, claim)
        proof += going_proof(case.world, volume)
    elif misfit is Misfit.STALE and gluster_state(case.world, volume) not in ("gone", "Stopped"):
        cause += " Its data is intact."
    return found(
        words.code, case.ref, frame.format(name=volume.name, said=words.said),
        cause=cause, proof=proof, remedies=remedies, definite=definite, severity=severity,
    )  # fmt: skip


def misfit_words(claim: Claim, volume: PersistentVolume, misfit: Misfit) -> str:
    """What is said of a volume: "is too small: 1 GiB of the 5 GiB that are asked for"."""
    return _OF[misfit](claim, volume).said


def sizes(volume: PersistentVolume, claim: Claim) -> str:
    """The two sizes, in bytes where they would read the same."""
    have, want = format_size(volume.capacity), format_size(claim.request)
    if have == want:
        have, want = f"{volume.capacity} bytes", f"{claim.request} bytes"
    return f"{have} of the {want} that are asked for"


def patch(title: str, volume: PersistentVolume, **values: str) -> Remedy:
    """A repair of the volume's fields."""
    return fixed_by(title, "patch-volume", volume=volume.name, **values)


def recreate(title: str, claim: Claim, **values: str) -> Remedy:
    """The claim made anew with other fields."""
    return fixed_by(title, "recreate-claim", namespace=claim.namespace, name=claim.name, **values)


def _claim_field(field: str) -> str:
    return {
        "spec.capacity.storage": "spec.resources.requests.storage", "metadata.labels": "spec.selector",
        "spec.claimRef": "metadata", "spec.claimRef.uid": "metadata.uid",
    }.get(field, field)  # fmt: skip


def _size(claim: Claim, volume: PersistentVolume) -> _Words:
    cause = "A volume has to be as large as the request."
    if claim.request and volume.capacity and 0.9 < volume.capacity / claim.request < 1:
        cause += " The two are close: 10G (decimal) is less than 10Gi."
    return _Words(
        "B11", f"is too small: {sizes(volume, claim)}",
        cause + " The capacity of a glusterfs volume is a label: bricks and quota are the real limit.",
        (("spec.capacity.storage", claim.request, volume.capacity),),
        (
            patch(f"Set the capacity of {volume.name} to {claim.request} bytes, if its Gluster volume is that large.",
                  volume, capacity=str(claim.request)),
            recreate(f"Make the claim anew with {format_size(volume.capacity)}.", claim, size=str(volume.capacity)),
        ),
    )  # fmt: skip


def _modes(claim: Claim, volume: PersistentVolume) -> _Words:
    missing = [mode for mode in claim.access_modes if mode not in volume.access_modes]
    offered = short_modes(volume.access_modes) or "none"
    remedies = [recreate(f"Make the claim anew with {offered}.", claim, access_modes=",".join(volume.access_modes))]
    cause = "A volume has to offer every access mode that the claim asks for."
    if "ReadWriteOncePod" in missing and volume.gluster is not None:
        cause += " The in-tree glusterfs driver knows no ReadWriteOncePod."
    else:
        both = list(dict.fromkeys((*volume.access_modes, *missing)))
        title = f"Add {short_modes(missing)} to the access modes of {volume.name}."
        remedies.insert(0, patch(title, volume, access_modes=",".join(both)))
    return _Words(
        "B12", f"lacks {short_modes(missing)} (it offers {offered})", cause,
        (("spec.accessModes", short_modes(claim.access_modes), offered),), tuple(remedies),
    )  # fmt: skip


def _volume_mode(claim: Claim, volume: PersistentVolume) -> _Words:
    cause = "Block and Filesystem never match; volumeMode can't be changed on either side."
    if volume.gluster is not None:
        cause += " A glusterfs volume is a Filesystem only."
    have, want = volume.volume_mode, claim.volume_mode
    return _Words(
        "B10", f"has volumeMode {have}, the claim asks for {want}", cause, (("spec.volumeMode", want, have),),
        (recreate(f"Make the claim anew with volumeMode {have}.", claim, volume_mode=have),),
    )  # fmt: skip


def _attributes(claim: Claim, volume: PersistentVolume) -> _Words:
    return _Words(
        "B22", f"has VolumeAttributesClass '{volume.attributes_class}', the claim asks for '{claim.attributes_class}'",
        "Since Kubernetes 1.31 both have to be the same.",
        (("spec.volumeAttributesClassName", claim.attributes_class, volume.attributes_class),),
        (by_hand("Make the claim anew with the VolumeAttributesClass of the volume."),),
    )  # fmt: skip


def _terminating(claim: Claim, volume: PersistentVolume) -> _Words:
    return _Words(
        "B17", "is marked for deletion", "A volume on its way out is never bound again.",
        (("metadata.deletionTimestamp", "", "set"), ("metadata.finalizers", "", ", ".join(volume.finalizers))),
        (
            fixed_by(f"Finish the deletion of {volume.name}.", "finish-deletion", kind="volume", name=volume.name),
            by_hand("Then create the PersistentVolume anew for this claim."),
        ),
    )  # fmt: skip


def _taken(claim: Claim, volume: PersistentVolume) -> _Words:
    assert volume.claim is not None
    kept = f"{volume.claim.namespace}/{volume.claim.name}"
    if volume.claim.uid:
        said, code = f"is {volume.phase} and still kept for claim {kept}, which is gone", "B8"
        if goes_with_claim(volume):
            said = f"{going_words(volume)}: its claim {kept} is gone"
        cause = "With the policy Retain nobody gets a volume again before its claimRef is cleared. It may hold data."
    else:
        said, code = f"is reserved for claim {kept}, which does not exist", "B15"
        cause = "A claimRef without uid keeps a volume for a claim of that name."
    proof = (("spec.claimRef", f"{claim.namespace}/{claim.name}", f"{kept} {volume.claim.uid}".rstrip()),)
    title = f"Release {volume.name} for any claim, if the data of {kept} is not needed."
    return _Words(code, said, cause, proof, (fixed_by(title, "release-volume", volume=volume.name, how="all"),))


def _stale(claim: Claim, volume: PersistentVolume) -> _Words:
    assert volume.claim is not None
    said = "is still kept for an earlier claim of this name"
    if goes_with_claim(volume):
        said = f"{going_words(volume)}: it belongs to an earlier claim of this name, which is gone"
    return _Words(
        "B8", said,
        "The claim was deleted and made anew; the volume remembers the uid of the old one.",
        (("spec.claimRef.uid", claim.uid, volume.claim.uid), ("status.phase", claim.phase, volume.phase)),
        (
            fixed_by(f"Keep {volume.name} for the claim of today (only the uid is cleared).", "release-volume",
                     volume=volume.name, how="uid"),
            fixed_by(f"Release {volume.name} for any claim.", "release-volume", volume=volume.name, how="all"),
        ),
    )  # fmt: skip


def _phase(claim: Claim, volume: PersistentVolume) -> _Words:
    state = volume.phase or "not yet looked at by the controller"
    return _Words(
        "B16" if volume.phase == "Failed" else "B23", f"is {state}" + (f": {volume.message}" if volume.message else ""),
        "Only a volume that is Available is bound.", (("status.phase", claim.phase, volume.phase),),
        (by_hand(f"Find out why {volume.name} is {state}: kubectl describe pv {volume.name}"),),
    )  # fmt: skip


def _selector(claim: Claim, volume: PersistentVolume) -> _Words:
    selector = claim.selector or Selector({})
    lacking = {key: value for key, value in selector.labels.items() if volume.labels.get(key) != value}
    asked = [f"{key}={value}" for key, value in selector.labels.items()]
    asked += [f"{one.key} {one.operator} {','.join(one.values)}".strip() for one in selector.expressions]
    have = ", ".join(f"{key}={value}" for key, value in volume.labels.items()) or "no labels"
    remedies = [recreate("Make the claim anew without its selector.", claim, selector="")]
    if lacking:
        labels = ",".join(f"{key}={value}" for key, value in lacking.items())
        remedies.insert(0, patch(f"Label {volume.name} with {labels}.", volume, labels=labels))
    return _Words(
        "B14", f"does not have the labels that the claim selects ({', '.join(asked)})",
        f"The selector is compared with the labels of the volume; {volume.name} has {have}.",
        (("metadata.labels", ", ".join(asked), have),), tuple(remedies),
    )  # fmt: skip


def _class(claim: Claim, volume: PersistentVolume) -> _Words:
    have, want = volume.class_name, claim.class_name
    cause = "Both have to name the same class; no class is a class of its own."
    if volume.legacy_class is not None and volume.legacy_class != volume.spec_class:
        cause += f" The old annotation of {volume.name} overrides its spec ('{volume.spec_class}')."
    offered = f"class '{have}'" if have else "no class"
    return _Words(
        "B3" if volume.legacy_class is not None and volume.spec_class == want else "B21",
        f"has {offered}, the claim asks for " + (f"class '{want}'" if want else "none"), cause,
        (("spec.storageClassName", want, have),),
        (
            patch(f"Give {volume.name} the class '{want}'." if want else f"Take the class of {volume.name} away.",
                  volume, **{"class": want}),
            recreate(f"Make the claim anew with {offered}.", claim, **{"class": have}),
        ),
    )  # fmt: skip


def _nodes(claim: Claim, volume: PersistentVolume) -> _Words:
    needs = [
        f"{one.key} {one.operator} {','.join(one.values)}" for term in volume.node_affinity or () for one in term.labels
    ]
    return _Words(
        "C7", f"can be used on no node of the cluster (it needs {' or '.join(needs) or 'nothing that exists'})",
        "The node affinity of the volume fits no node: a label was changed or the node is gone.",
        (("spec.nodeAffinity", "", "; ".join(needs)),),
        (by_hand("Label the node, or create the PersistentVolume anew with the right node affinity."),),
    )  # fmt: skip


def _waits(claim: Claim, volume: PersistentVolume) -> _Words:
    return _Words("C2", "is bound only when a pod is scheduled", "The class waits for its first consumer.")


_OF: Final[dict[Misfit, Callable[[Claim, PersistentVolume], _Words]]] = {
    Misfit.TAKEN: _taken, Misfit.STALE: _stale, Misfit.MODES: _modes, Misfit.SIZE: _size,
    Misfit.VOLUME_MODE: _volume_mode, Misfit.ATTRIBUTES: _attributes, Misfit.TERMINATING: _terminating,
    Misfit.WAITS: _waits, Misfit.PHASE: _phase, Misfit.SELECTOR: _selector, Misfit.CLASS: _class,
    Misfit.NODES: _nodes,
}  # fmt: skip
