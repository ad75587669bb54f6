"""A claim that was bound and has lost its volume, or shares it with another (B7, B9, C6)."""

from collections.abc import Iterator

from tui.checks.claim_binding_words import recreate
from tui.checks.claim_case import CLAIM, VOLUME, ClaimCase, by_hand, fixed_by, found, seen
from tui.checks.claim_class_way import VOLUMES, claim_events, event_with, live_pods, pod_names, pod_ref, scheduler_words
from tui.core.finding import Evidence, Finding, ObjectRef
from tui.core.kube import Claim, PersistentVolume


def rules(case: ClaimCase) -> Iterator[Finding]:
    """Findings about the volume of a claim whose binding was completed once."""
    claim = case.claim
    if claim is None or not (claim.phase == "Lost" or claim.is_bound or claim.bind_completed):
        return
    volume = case.world.tables.volume_of(claim)
    if volume is not None:
        if volume.claim is not None and (volume.claim.key, volume.claim.uid) != (claim.key, claim.uid):
            yield from _misbound(case, claim, volume)
        elif claim.phase == "Lost":
            yield _comes_back(case, claim, volume)
    elif case.world.is_known(VOLUMES):
        yield _lost(case, claim)
    else:
        yield from _said_by_scheduler(case, claim)


def _lost(case: ClaimCase, claim: Claim) -> Finding:
    """B7: the PersistentVolume object is gone."""
    name, pods = claim.volume_name, live_pods(case)
    proof = [seen(case.ref, "status.phase", claim.phase), seen(case.ref, "spec.volumeName", name)]
    proof.append(seen(ObjectRef(VOLUME, "", name), "object", "not found"))
    proof += _event(case)
    if pods:
        proof.append(seen(case.ref, "used by", pod_names(pods)))
    if not name:
        return found(
            "B7", case.ref, "it was bound, and no longer names its PersistentVolume",
            cause="spec.volumeName is gone, so nobody knows which volume it was.", proof=proof,
            remedies=(recreate("Make the claim anew.", claim),),
        )  # fmt: skip
    return found(
        "B7", case.ref, f"its PersistentVolume {name} is gone; the data on the Gluster volume is usually still there",
        cause="The PersistentVolume object was deleted while the claim was bound. That deletes "
        "nothing in Gluster: the event's words 'Data on the volume is lost!' are not true then.",
        proof=proof,
        remedies=(
            fixed_by(
                f"Create PersistentVolume {name} anew for this claim, on the same Gluster volume.", "recreate-volume",
                volume=name, claim_namespace=claim.namespace, claim_name=claim.name,
            ),
            by_hand("If the data is not needed: delete the claim and make it anew."),
        ),
    )  # fmt: skip


def _comes_back(case: ClaimCase, claim: Claim, volume: PersistentVolume) -> Finding:
    """Lost, though the volume is there and is its own or nobody's: the controller has still to look again."""
    free = volume.claim is None
    said = "is there again" + (", but is not kept for this claim" if free else "; the controller binds it in a moment")
    proof = [seen(case.ref, "status.phase", claim.phase)]
    proof.append(seen(ObjectRef(VOLUME, "", volume.name), "status.phase", volume.phase))
    return found(
        "B7", case.ref, f"its PersistentVolume {volume.name} {said}",
        cause="The claim stays Lost until the controller has seen the volume with a claimRef to it.", proof=proof,
        remedies=(
            fixed_by(
                f"Keep {volume.name} for this claim.", "recreate-volume",
                volume=volume.name, claim_namespace=claim.namespace, claim_name=claim.name,
            ),
        ) if free else (),
        definite=free,
    )  # fmt: skip


def _misbound(case: ClaimCase, claim: Claim, volume: PersistentVolume) -> Iterator[Finding]:
    """B9: the volume says that it is bound to another claim, or to an earlier life of this one."""
    assert volume.claim is not None
    if volume.claim.key == claim.key and not volume.claim.uid:
        return
    owner = f"{volume.claim.namespace}/{volume.claim.name}"
    same = volume.claim.key == claim.key
    who = "an earlier claim of this name" if same else f"claim {owner}"
    proof = [
        seen(case.ref, "spec.volumeName", volume.name), seen(case.ref, "metadata.uid", claim.uid),
        seen(ObjectRef(VOLUME, "", volume.name), "spec.claimRef", f"{owner} {volume.claim.uid}".rstrip()),
    ]  # fmt: skip
    other = case.world.tables.claims.get(volume.claim.key)
    if other is not None and not same:
        proof.append(seen(ObjectRef(CLAIM, *other.key), "status.phase", other.phase))
    release = fixed_by(f"Keep {volume.name} for this claim.", "release-volume", volume=volume.name, how="uid")
    again = recreate("Make this claim anew, so that it gets a volume of its own.", claim, volume_name="")
    yield found(
        "B9", case.ref, f"PersistentVolume {volume.name}, which it names, is bound to {who}",
        cause="Two claims are bound to the same volume; this one is bound incorrectly and must not be used.",
        proof=[*proof, *_event(case)], remedies=(release, again) if same else (again,),
    )  # fmt: skip


def _said_by_scheduler(case: ClaimCase, claim: Claim) -> Iterator[Finding]:
    """B7 or C6 when PersistentVolumes can't be read: what claim and scheduler say."""
    if claim.phase == "Lost":
        proof = [seen(case.ref, "status.phase", "Lost"), *_event(case)]
        yield found(
            "B7", case.ref, f"it has lost its PersistentVolume {claim.volume_name}; the data is usually still there",
            cause="The PersistentVolume object was deleted, or is bound to another claim.", proof=proof,
            remedies=(by_hand("Ask somebody who may read PersistentVolumes for it."),),
        )  # fmt: skip
        return
    for pod in live_pods(case):
        words = "" if pod.node else scheduler_words(case.world, pod)
        if "non-existent persistentvolume" in words or "bound to non-existent pv" in words:
            yield found(
                "C6", case.ref, f"pod {pod.name} can't be placed: the PersistentVolume of the claim does not exist",
                cause="The claim is bound to a PersistentVolume that was deleted.",
                proof=(seen(pod_ref(pod), "event", words), seen(case.ref, "spec.volumeName", claim.volume_name)),
                definite=f'"{claim.name}"' in words,
                remedies=(
                    fixed_by(
                        f"Create PersistentVolume {claim.volume_name} anew for this claim.", "recreate-volume",
                        volume=claim.volume_name, claim_namespace=claim.namespace, claim_name=claim.name,
                    ),
                ),
            )  # fmt: skip
            return


def _event(case: ClaimCase) -> list[Evidence]:
    event = event_with(
        claim_events(case), "has lost its PersistentVolume", "has lost reference", "Two claims are bound"
    )
    return [] if event is None else [seen(case.ref, "event", event.message)]
