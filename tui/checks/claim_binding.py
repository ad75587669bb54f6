"""Why a claim that names no volume gets no existing PersistentVolume: the matcher, told volume by volume (B, C8, C10).

Of the volumes that nobody has, only a bounded number is looked at, those of the claim's class first.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from tui.checks.claim_binding_deleted import goes_with_claim
from tui.checks.claim_binding_words import misfit_finding, misfit_words
from tui.checks.claim_case import CLASS, VOLUME, ClaimCase, by_hand, fixed_by, found, seen
from tui.checks.claim_class import class_field, missing_class, recreate_with
from tui.checks.claim_class_way import (
    CLAIMS,
    VOLUMES,
    Way,
    claim_events,
    default_class,
    event_with,
    free_claim,
    pod_names,
    pods_waiting,
    waits_for_pod,
    way_of,
)
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.kube import Claim, KubeNode, PersistentVolume
from tui.core.kube_matcher import Misfit, Near, all_misfits, is_kept_for, judged, likeliest, winner

MOST: Final = 200
"""How many free volumes are looked at to explain a claim."""
_NOT_COMPARED: Final = (Misfit.PHASE, Misfit.SELECTOR, Misfit.CLASS)
_NOBODY_FITS: Final = "no PersistentVolume fits: the nearest, {name}, {said}"


def rules(case: ClaimCase) -> Iterator[Finding]:
    """Findings about the PersistentVolumes that a claim could have had."""
    claim = free_claim(case)
    if claim is None or not case.world.is_known(VOLUMES):
        return
    way = way_of(case)
    told = list(_kept(case, claim, way))
    yield from told
    if way in (Way.DYNAMIC, Way.UNKNOWN, Way.MISSING) or (waits_for_pod(case) and not pods_waiting(case)):
        return
    nodes = _nodes(case)
    free = _free(case, claim)
    looked = judged(claim, free, version=case.world.version, nodes=nodes)
    if _gets_one(case, claim, looked, nodes):
        return
    close = likeliest(claim, (near for near in looked if _is_near(case, near.volume)))
    near = list(_nearest(case, claim, close))
    yield from near
    if way is Way.LABEL:
        yield _label(case, claim, [*told, *near])
    elif way is Way.STATIC:
        yield from _no_class_told(case, claim)
        yield _static(case, claim, close)
    elif way is Way.NO_PROVISIONER:
        yield _never_provisioned(case, claim, close)


def _kept(case: ClaimCase, claim: Claim, way: Way) -> Iterator[Finding]:
    """The volumes whose claimRef names this claim: what keeps them from being bound.

    Phase, selector and class of such a volume are never compared, nor will they be once its old uid is cleared. A
    volume that goes with the earlier claim is no way to a bound claim, so it is not the cause.
    """
    for volume in case.world.tables.volumes_for(case.key)[:10]:
        goes = goes_with_claim(volume) and not is_kept_for(volume, claim)
        sure = way is not Way.DYNAMIC and not goes
        for misfit in all_misfits(claim, volume, version=case.world.version):
            if misfit not in _NOT_COMPARED and (sure or misfit is Misfit.STALE or is_kept_for(volume, claim)):
                yield misfit_finding(
                    case, claim, volume, misfit, definite=sure,
                    frame="PersistentVolume {name}, which is for this claim, {said}",
                    severity=Severity.ERROR if sure else Severity.WARNING,
                )  # fmt: skip


def _free(case: ClaimCase, claim: Claim) -> list[PersistentVolume]:
    """Volumes that are not settled, `MOST` at most: of the claim's class, then of others.

    A claim with a class is told only of those others that would have its class without their old annotation.
    """
    tables, wanted = case.world.tables, claim.class_name
    found = list(islice(tables.open_volumes(wanted), MOST))
    for name in tables.open_classes():
        if len(found) >= MOST:
            break
        if name != wanted:
            others = islice(tables.open_volumes(name), MOST - len(found))
            found += [one for one in others if not wanted or one.spec_class == wanted]
    return [one for one in found if one.claim is None or one.claim.key != case.key]


def _gets_one(case: ClaimCase, claim: Claim, free: list[Near], nodes: tuple[KubeNode, ...] | None) -> bool:
    """Whether a volume fits, so that binding is only a matter of time."""
    version, own = case.world.version, case.world.tables.volumes_for(case.key)
    if nodes is None:
        return not all(near.misfits for near in [*free, *judged(claim, own, version=version)])
    volumes = [*own, *(near.volume for near in free)]
    return any(winner(claim, volumes, node=node, version=version) is not None for node in nodes)


def _nodes(case: ClaimCase) -> tuple[KubeNode, ...] | None:
    """The nodes that the scheduler tries, None where the node does not matter or nodes can't be seen."""
    if not waits_for_pod(case) or not case.world.is_known("nodes"):
        return None
    return tuple(case.world.tables.nodes.values())


def _is_near(case: ClaimCase, volume: PersistentVolume) -> bool:
    """Whether a volume could have been meant: not one that another claim has or waits for."""
    if volume.claim is None:
        return volume.phase != "Pending"
    other = case.world.tables.claims.get(volume.claim.key)
    if other is None:
        return case.world.is_known(CLAIMS, volume.claim.namespace)
    return bool(volume.claim.uid) and other.uid != volume.claim.uid


def _nearest(case: ClaimCase, claim: Claim, close: list[Near]) -> Iterator[Finding]:
    """One finding for each check that the nearest volumes fail; those of another class are only guesses."""
    own = [near for near in close if Misfit.CLASS not in near.misfits]
    if own and len(own[0].misfits) > 1:
        own = own[:1]
    told: set[Misfit] = set()
    for near in (own or [near for near in close if len(near.misfits) == 1])[:MOST]:
        for misfit in near.misfits:
            if misfit not in told and len(told) < 4:
                told.add(misfit)
                sure = _overridden(claim, near) if misfit is Misfit.CLASS else misfit is not Misfit.TAKEN
                sure = sure and (not own or len({one.misfits for one in own}) == 1)
                yield misfit_finding(case, claim, near.volume, misfit, frame=_NOBODY_FITS, definite=sure)


def _overridden(claim: Claim, near: Near) -> bool:
    """Whether the old annotation of a volume hides that its class is the right one."""
    return near.volume.legacy_class is not None and near.volume.spec_class == claim.class_name


def _static(case: ClaimCase, claim: Claim, close: list[Near]) -> Finding:
    """B1: no class and no volume."""
    told = claim.spec_class is None and claim.legacy_class is None
    proof = [seen(case.ref, class_field(claim), "not told" if told else "''"), *_near_proof(claim, close)]
    if (event := event_with(claim_events(case), "no persistent volumes available for this claim")) is not None:
        proof.append(seen(case.ref, "event", event.message))
    remedies = list(_static_remedies(case, claim, told))
    if told and not case.world.tables.default_classes():
        sentence = "no class is told, there is no default class, and no PersistentVolume without a class fits"
        cause = "Without a class nothing is provisioned: only PersistentVolumes without a class can be bound."
    else:
        sentence = "it has no class, and no PersistentVolume without a class fits"
        cause = "An empty class means: never provision, take a PersistentVolume without a class."
    return found("B1", case.ref, sentence, cause=cause, proof=proof, remedies=remedies)


def _static_remedies(case: ClaimCase, claim: Claim, told: bool) -> Iterator[Remedy]:
    names = sorted(name for _, name in case.world.tables.classes)
    default = default_class(case.world)
    if default is not None:
        yield recreate_with(claim, default.name)
    elif len(names) == 1:
        yield recreate_with(claim, names[0])
        if told:
            yield fixed_by(f"Make '{names[0]}' the default class.", "set-default-class", name=names[0])
    elif names:
        yield by_hand("Make the claim anew with one of the classes " + ", ".join(names[:5]) + ".")
    yield _make_volume(claim)


def _no_class_told(case: ClaimCase, claim: Claim) -> Iterator[Finding]:
    """B2: a default class exists that this claim does not get."""
    default = default_class(case.world)
    if default is None or claim.legacy_class is not None:
        return
    proof = [
        seen(case.ref, "spec.storageClassName", "not told" if claim.spec_class is None else "''"),
        seen(ObjectRef(CLASS, "", default.name), "is-default-class", "true"),
    ]
    if claim.spec_class is not None:
        sentence, sure = (
            f"its class is empty on purpose or by mistake: the default '{default.name}' is not taken",
            False,
        )
        cause = 'storageClassName: "" means no class; only a claim without the field gets the default class.'
    elif case.world.version >= (1, 26):
        sentence, sure = f"it has not got the default class '{default.name}' yet", False
        cause = "Since Kubernetes 1.26 the controller fills it in later, too; it may take a moment."
    else:
        sentence, sure = (
            f"it was made before there was the default class '{default.name}', and does not get it later",
            True,
        )
        cause = "Before Kubernetes 1.26 the default class is filled in only when a claim is made."
    yield found(
        "B2", case.ref, sentence, cause=cause, proof=proof, definite=sure,
        severity=Severity.ERROR if sure else Severity.WARNING, remedies=(recreate_with(claim, default.name),),
    )  # fmt: skip


def _label(case: ClaimCase, claim: Claim, others: list[Finding]) -> Finding:
    """C1 for a class that is only a name on volumes: the cause by itself when nothing definite is said of those."""
    name = claim.class_name
    text = f"PersistentVolumes carry the class '{name}', so only those can be bound; nothing makes more of them."
    taken = "" if others else " All of them are taken or kept for others."
    return missing_class(case, claim, text + taken, definite=not any(one.definite for one in others))


def _never_provisioned(case: ClaimCase, claim: Claim, close: list[Near]) -> Finding:
    """C10, or C8 when a pod waits for it: a class for existing volumes only, and none fits."""
    one, pods = claim.class_name, pods_waiting(case)
    proof = [
        seen(case.ref, class_field(claim), one),
        seen(ObjectRef(CLASS, "", one), "provisioner", "kubernetes.io/no-provisioner"), *_near_proof(claim, close),
    ]  # fmt: skip
    event = event_with(claim_events(case), "no volume plugin matched")
    if event is not None:
        proof.append(seen(case.ref, "event", event.message))
    if waits_for_pod(case):
        sentence = f"on no node there is a PersistentVolume of class '{one}' for {pod_names(pods)}"
        cause = "The class never provisions; the scheduler found no volume that fits the claim on any node."
        return found("C8", case.ref, sentence, cause=cause, proof=proof, remedies=(_make_volume(claim),))
    return found(
        "C10", case.ref, f"class '{one}' never provisions, and no PersistentVolume of it fits",
        cause="The provisioner kubernetes.io/no-provisioner stands for volumes that an admin makes.", proof=proof,
        remedies=(_make_volume(claim),),
    )  # fmt: skip


def _near_proof(claim: Claim, close: list[Near]) -> list[Evidence]:
    """What the nearest volumes fail, three at most."""
    return [
        seen(ObjectRef(VOLUME, "", near.volume.name), "fails",
             "; ".join(misfit_words(claim, near.volume, misfit) for misfit in near.misfits))
        for near in close[:3]
    ]  # fmt: skip


def _make_volume(claim: Claim) -> Remedy:
    return fixed_by(
        "Create a PersistentVolume for this claim on a Gluster volume.",
        "create-volume", claim_namespace=claim.namespace, claim_name=claim.name,
    )  # fmt: skip
