"""A claim that names its volume itself and does not get it (B4, B5, B6, B8, B15)."""

from collections.abc import Iterator

from tui.checks.claim_binding_words import misfit_finding, patch, recreate, sizes
from tui.checks.claim_case import CLAIM, ON_KADALU, VOLUME, ClaimCase, by_hand, fixed_by, found, seen, size_seen
from tui.checks.claim_class_way import CLAIMS, VOLUMES, claim_events, event_with, unbound
from tui.checks.claim_names import meant_among
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy
from tui.core.kube import Claim, PersistentVolume
from tui.core.kube_matcher import Misfit, is_kept_for, refusal
from tui.core.kube_policy import short_modes

_FRAME = "PersistentVolume {name}, which it names, {said}"


def rules(case: ClaimCase) -> Iterator[Finding]:
    """Findings about the volume in `spec.volumeName` of a claim that is not bound."""
    claim = unbound(case)
    if claim is None or not claim.volume_name or claim.bind_completed or not case.world.is_known(VOLUMES):
        return
    volume = case.world.tables.volume_of(claim)
    if volume is None:
        yield _not_there(case, claim)
    elif volume.claim is None:
        if text := refusal(claim, volume, case.world.version):
            yield _refused(case, claim, volume, text)
    elif not is_kept_for(volume, claim):
        yield from _kept_for_others(case, claim, volume)


def _not_there(case: ClaimCase, claim: Claim) -> Finding:
    """B6: nothing is ever said about it; the controller waits for the volume to appear."""
    name, tables = claim.volume_name, case.world.tables
    before = tables.volumes.get(("", name.removesuffix(ON_KADALU))) if name.endswith(ON_KADALU) else None
    gluster = before.gluster_name if before is not None else ""
    meant = "" if gluster else meant_among(name, tables.index("open.class", claim.class_name))
    hint = f" - did you mean '{meant}'?" if meant else ""
    remedies: list[Remedy] = []
    if meant:
        remedies.append(recreate(f"Make the claim anew with volume '{meant}'.", claim, volume_name=meant))
    known = {"gluster": gluster, "source": "kadalu"} if gluster else {}
    where = f"Gluster volume '{gluster}', mounted by kadalu" if gluster else "a Gluster volume"
    remedies.append(
        fixed_by(
            f"Create PersistentVolume {name} for this claim on {where}.", "create-volume",
            claim_namespace=claim.namespace, claim_name=claim.name, **known,
        )
    )  # fmt: skip
    return found(
        "B6", case.ref, f"no PersistentVolume '{name}', which it names{hint}",
        cause="The controller waits for the volume without a word: there is no event for this.",
        proof=(seen(case.ref, "spec.volumeName", name), seen(ObjectRef(VOLUME, "", name), "object", "not found")),
        remedies=remedies,
    )  # fmt: skip


def _refused(case: ClaimCase, claim: Claim, volume: PersistentVolume, text: str) -> Finding:
    """B4, with the controller's own words."""
    about = ObjectRef(VOLUME, "", volume.name)
    proof = [seen(case.ref, "spec.volumeName", volume.name), *_refusal_proof(case, claim, volume, text)]
    said = f'Cannot bind to requested volume "{volume.name}": {text}'
    event = event_with(claim_events(case), said)
    proof.append(seen(case.ref, "event", event.message) if event else seen(about, "check", said))
    told = text + _values(claim, volume, text)
    return found(
        "B4", case.ref, f"it can't have PersistentVolume {volume.name}, which it names: {told}",
        cause="A volume that is named still has to fit: size, class, volumeMode and access modes are compared.",
        proof=proof, remedies=_refusal_remedies(claim, volume, text),
    )  # fmt: skip


def _values(claim: Claim, volume: PersistentVolume, text: str) -> str:
    """The two values that do not go together."""
    match text:
        case "requested PV is too small":
            return f" ({sizes(volume, claim)})"
        case "storageClassName does not match":
            return f" ('{volume.class_name}' and not '{claim.class_name}')"
        case "incompatible volumeMode":
            return f" ({volume.volume_mode} and not {claim.volume_mode})"
        case "incompatible accessMode":
            return f" ({short_modes(volume.access_modes)} and not {short_modes(claim.access_modes)})"
    return ""


def _refusal_proof(case: ClaimCase, claim: Claim, volume: PersistentVolume, text: str) -> tuple[Evidence, ...]:
    about = ObjectRef(VOLUME, "", volume.name)
    pair: tuple[str, object, str, object]
    match text:
        case "requested PV is too small":
            asked = size_seen(case.ref, "spec.resources.requests.storage", claim.request)
            return asked, size_seen(about, "spec.capacity.storage", volume.capacity)
        case "storageClassName does not match":
            pair = ("spec.storageClassName", claim.class_name, "spec.storageClassName", volume.class_name)
        case "incompatible volumeMode":
            pair = ("spec.volumeMode", claim.volume_mode, "spec.volumeMode", volume.volume_mode)
        case "incompatible accessMode":
            modes = ", ".join(claim.access_modes), ", ".join(volume.access_modes)
            pair = ("spec.accessModes", modes[0], "spec.accessModes", modes[1])
        case _:
            return (seen(about, "metadata.finalizers", ", ".join(volume.finalizers)),)
    return seen(case.ref, pair[0], pair[1]), seen(about, pair[2], pair[3])


def _refusal_remedies(claim: Claim, volume: PersistentVolume, text: str) -> Iterator[Remedy]:
    name = volume.name
    match text:
        case "requested PV is too small":
            yield patch(f"Set the capacity of {name} to what is asked for.", volume, capacity=str(claim.request))
            yield recreate(f"Make the claim anew with the size of {name}.", claim, size=str(volume.capacity))
        case "storageClassName does not match":
            yield patch(f"Give {name} the class '{claim.class_name}'.", volume, **{"class": claim.class_name})
            yield recreate(
                f"Make the claim anew with class '{volume.class_name}'.", claim, **{"class": volume.class_name}
            )
        case "incompatible volumeMode":
            yield recreate(f"Make the claim anew with {volume.volume_mode}.", claim, volume_mode=volume.volume_mode)
        case "incompatible accessMode":
            modes = ",".join(dict.fromkeys((*volume.access_modes, *claim.access_modes)))
            if "ReadWriteOncePod" not in modes or volume.gluster is None:
                yield patch(f"Set the access modes of {name} to {modes}.", volume, access_modes=modes)
            offered = ",".join(volume.access_modes)
            yield recreate(f"Make the claim anew with {offered}.", claim, access_modes=offered)
        case _:
            yield fixed_by(f"Finish the deletion of {name}.", "finish-deletion", kind="volume", name=name)


def _kept_for_others(case: ClaimCase, claim: Claim, volume: PersistentVolume) -> Iterator[Finding]:
    """B5 when somebody has it, B8 when nobody does any more, B15 when it is reserved for a name."""
    ref = volume.claim
    assert ref is not None
    if ref.key == claim.key:
        yield misfit_finding(case, claim, volume, Misfit.STALE, frame=_FRAME)
        return
    other = case.world.tables.claims.get(ref.key)
    if other is not None and ref.uid in ("", other.uid):
        yield _has_it(case, claim, volume, other)
    elif other is not None or case.world.is_known(CLAIMS, ref.namespace):
        yield misfit_finding(case, claim, volume, Misfit.TAKEN, frame=_FRAME)


def _has_it(case: ClaimCase, claim: Claim, volume: PersistentVolume, other: Claim) -> Finding:
    owner = f"{other.namespace}/{other.name}"
    proof = [
        seen(case.ref, "spec.volumeName", volume.name),
        seen(ObjectRef(VOLUME, "", volume.name), "spec.claimRef", owner),
        seen(ObjectRef(CLAIM, other.namespace, other.name), "status.phase", other.phase),
    ]
    if (event := event_with(claim_events(case), "already bound to a different claim")) is not None:
        proof.append(seen(case.ref, "event", event.message))
    return found(
        "B5", case.ref, f"PersistentVolume {volume.name}, which it names, belongs to claim {owner}",
        cause="A volume is bound to one claim: pods can share a claim, but two claims never share a volume.",
        proof=proof,
        remedies=(
            recreate("Make the claim anew without naming a volume.", claim, volume_name=""),
            by_hand(
                f"To share the data of {volume.name}: make a second PersistentVolume on the same Gluster volume, "
                "and the claim anew with its name."
            ),
        ),
    )  # fmt: skip
