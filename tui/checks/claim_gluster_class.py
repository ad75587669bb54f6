"""Claims of the provisioner kubernetes.io/glusterfs: what is wrong with their class and with what they ask (D1-D16).

What heketi says is in `claim_heketi`.
"""

from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import CLAIM, ClaimCase, ClaimWorld, by_hand, fixed_by, found, seen
from tui.checks.claim_gluster_words import ParameterFault, gid_range, parameter_faults, value_of, wants_auth
from tui.checks.claim_seen_words import (
    GLUSTER,
    REMOVED,
    bound_volume,
    claim_events,
    class_ref,
    failure,
    inner,
    told,
    volume_ref,
    waiting_class,
)
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.kube import HIDDEN, Claim, KubeEvent, StorageClass
from tui.core.units import format_size

_NO_PLUGIN: Final = "no volume plugin matched name: "
_SECRET_TYPE: Final = GLUSTER
_MODES: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany")


def rules(case: ClaimCase) -> Iterator[Finding]:
    """What the class and the claim itself tell."""
    yield from _resize(case)
    one, claim = waiting_class(case), case.claim
    if one is None or claim is None:
        return
    event = failure(case)
    gone = list(_no_plugin(case, one, event))
    yield from gone
    if gone or one.provisioner != GLUSTER:
        return
    proof = (told(event),) if event is not None else ()
    yield from _class_faults(case.world, one, case.ref, proof)
    yield from _claim_faults(case, claim)
    yield from _gid_table(case, one, event)
    yield from _endpoints_refused(case, event)


def class_rules(world: ClaimWorld, one: StorageClass) -> Iterator[Finding]:
    """What is wrong with a StorageClass by itself, whether a claim waits for it or not."""
    if one.provisioner != GLUSTER:
        return
    if world.version >= REMOVED:
        yield _removed(world, one, class_ref(one.name), ())
        return
    yield from _class_faults(world, one, class_ref(one.name), ())


def _no_plugin(case: ClaimCase, one: StorageClass, event: KubeEvent | None) -> Iterator[Finding]:
    """D1: the provisioner is not in this Kubernetes."""
    said = event is not None and inner(event) == _NO_PLUGIN + one.provisioner
    proof = (told(event),) if event is not None and said else ()
    if one.provisioner == GLUSTER and (case.world.version >= REMOVED or said):
        yield _removed(case.world, one, case.ref, proof)


def _removed(world: ClaimWorld, one: StorageClass, about: ObjectRef, proof: tuple[Evidence, ...]) -> Finding:
    major, minor = world.version
    version = f"Kubernetes {major}.{minor}" if world.version >= REMOVED else "this Kubernetes"
    return found(
        "D1", about, f"{version} has no provisioner {GLUSTER} any more (StorageClass '{one.name}')",
        cause="The built-in glusterfs driver was taken out of Kubernetes in 1.26: nobody makes volumes for this class.",
        proof=[
            seen(class_ref(one.name), "provisioner", one.provisioner),
            seen(ObjectRef("Kubernetes", "", "server"), "version", f"{major}.{minor}" if major else "unknown"),
            *proof,
        ],
        remedies=[
            *_on_kadalu(world, about),
            by_hand("Give the claims a class of a CSI driver for Gluster (such as kadalu), or make volumes by hand."),
            by_hand("Volumes that were made earlier can be kept: their data is on Gluster and stays there."),
        ],
    )  # fmt: skip


def _on_kadalu(world: ClaimWorld, about: ObjectRef) -> Iterator[Remedy]:
    """A volume of kadalu's for a claim, where that driver is registered."""
    if about.kind == CLAIM and ("", "kadalu") in world.tables.drivers:
        title = "Make a PersistentVolume of kadalu's for it, on a Gluster volume that is there"
        yield fixed_by(title, "create-volume", claim_namespace=about.namespace, claim_name=about.name, source="kadalu")


def _class_faults(
    world: ClaimWorld, one: StorageClass, about: ObjectRef, proof: tuple[Evidence, ...]
) -> Iterator[Finding]:
    faults = list(parameter_faults(one.parameters))
    for fault in faults:
        yield found(
            fault.code, about, f"StorageClass '{one.name}' {fault.sentence}", cause=fault.cause,
            proof=[seen(class_ref(one.name), f"parameters.{fault.key}", fault.value or "(not there)"), *proof],
            remedies=list(_class_remedies(world, one, fault, faults)), definite=fault.certain,
            severity=Severity.ERROR if fault.certain else Severity.WARNING,
        )  # fmt: skip
    yield from _secret(world, one, about, proof)


def _class_remedies(
    world: ClaimWorld, one: StorageClass, fault: ParameterFault, faults: list[ParameterFault]
) -> Iterator[Remedy]:
    """The class made anew without any of its faults; where only another class tells the right value, with that."""
    known = [other for other in faults if other.changes]
    changes = {f"param.{key}": value for other in known for key, value in other.changes}
    advice = " ".join(dict.fromkeys(other.advice for other in known))
    if fault.code == "D2" and not fault.changes:
        others = [other for _, other in sorted(world.tables.classes.items()) if other.provisioner == GLUSTER]
        urls: dict[str, str] = {other.parameter("resturl") or "": other.name for other in others}
        for url, name in [item for item in urls.items() if item[0].startswith("http") and HIDDEN not in item[0]][:2]:
            title = f"Make the class anew with resturl {url}, as class '{name}' has it. {advice}".strip()
            yield fixed_by(title, "recreate-class", **{"name": one.name, f"param.{fault.key}": url, **changes})
    if fault.changes:
        yield fixed_by(f"Make the class anew. {advice}", "recreate-class", **{"name": one.name, **changes})
    else:
        yield by_hand(f"{fault.advice} A class can't be changed, only made anew; volumes that it made stay.")


def _secret(world: ClaimWorld, one: StorageClass, about: ObjectRef, proof: tuple[Evidence, ...]) -> Iterator[Finding]:
    """D4: the Secret with the key for heketi."""
    space, name = value_of(one.parameters, "secretnamespace"), value_of(one.parameters, "secretname")
    if not space or not name or not wants_auth(one.parameters) or not world.is_known("secrets", space):
        return
    ref, secret = ObjectRef("Secret", space, name), world.tables.secrets.get((space, name))
    named = [seen(class_ref(one.name), "parameters.secretNamespace/secretName", f"{space}/{name}")]
    tail = f"which StorageClass '{one.name}' names"
    cause = "The provisioner reads heketi's key from it before it asks for a volume."
    make = fixed_by(
        f"Make the Secret {space}/{name}; the key is asked for", "create-secret", namespace=space, name=name
    )
    if secret is None:
        yield found(
            "D4", about, f"there is no Secret {space}/{name}, {tail}", cause=cause,
            proof=[*named, seen(ref, "metadata.name", "(not there)"), *proof], remedies=[make],
        )  # fmt: skip
    elif secret.type != _SECRET_TYPE:
        yield found(
            "D4", about, f"Secret {space}/{name} has type '{secret.type}' instead of '{_SECRET_TYPE}'",
            cause="The provisioner takes Secrets of its own type only; the type of a Secret can't be changed.",
            proof=[*named, seen(ref, "type", secret.type), *proof], remedies=[make],
        )  # fmt: skip
    elif not secret.keys:
        yield found(
            "D4", about, f"Secret {space}/{name} is empty, {tail}", cause=cause,
            proof=[*named, seen(ref, "data", "(empty)"), *proof], remedies=[make],
        )  # fmt: skip
    elif "key" not in secret.keys:
        yield found(
            "D4", about, f"Secret {space}/{name} has no entry 'key' (only {', '.join(secret.keys[:3])})",
            cause="Without an entry 'key' the provisioner takes any other one, and heketi may refuse that.",
            proof=[*named, seen(ref, "data", ", ".join(secret.keys)), *proof], remedies=[make],
            severity=Severity.WARNING, definite=False,
        )  # fmt: skip


def _claim_faults(case: ClaimCase, claim: Claim) -> Iterator[Finding]:
    """D10: what Gluster volumes can't be asked for."""
    space, name = case.key
    if claim.volume_mode == "Block":
        yield found(
            "D10", case.ref, "it asks for a block device, and Gluster volumes are file systems",
            cause=f"{GLUSTER} makes file systems only (volumeMode Filesystem).",
            proof=[seen(case.ref, "spec.volumeMode", claim.volume_mode)],
            remedies=[fixed_by(
                "Make the claim anew with volumeMode Filesystem", "recreate-claim", namespace=space, name=name,
                volume_mode="Filesystem",
            )],
        )  # fmt: skip
    odd = [mode for mode in claim.access_modes if mode not in _MODES]
    if odd:
        rest = [mode for mode in claim.access_modes if mode in _MODES] or ["ReadWriteOnce"]
        yield found(
            "D10", case.ref, f"it asks for access mode {odd[0]}, which Gluster volumes don't have",
            cause=f"{GLUSTER} makes volumes with {', '.join(_MODES)} only.",
            proof=[seen(case.ref, "spec.accessModes", ", ".join(claim.access_modes))],
            remedies=[fixed_by(
                f"Make the claim anew with {', '.join(rest)}", "recreate-claim", namespace=space, name=name,
                access_modes=",".join(rest),
            )],
        )  # fmt: skip


def _gid_table(case: ClaimCase, one: StorageClass, event: KubeEvent | None) -> Iterator[Finding]:
    """D7: each volume has a group id of its own, and there is none left."""
    limits = gid_range(one.parameters)
    if limits is None:
        return
    low, high = limits
    tables, size = case.world.tables, high - low + 1
    said = event is not None and "range full" in event.message
    used = 0
    if said or len(tables.index("volumes.class", one.name)) >= size:
        given = {int(volume.gid) for volume in tables.volumes_of_class(one.name) if volume.gid.isdigit()}
        used = sum(1 for gid in given if low <= gid <= high)
    full = used >= size and case.world.is_known("persistentvolumes")
    if not full and not said:
        return
    proof = [seen(class_ref(one.name), "parameters.gidMin-gidMax", f"{low}-{high}")]
    proof.append(seen(class_ref(one.name), "group ids in use", f"{used} of {size}"))
    why = f"all {size} group ids of StorageClass '{one.name}' are in use ({low} to {high})"
    if not full:
        why = f"no group id is left of StorageClass '{one.name}' ({low} to {high}), with {used} of {size} in use"
    yield found(
        "D7", case.ref, why,
        cause="Each volume gets a group id of its own between gidMin and gidMax; those of failed attempts stay taken "
        "in the memory of kube-controller-manager until it starts anew.",
        proof=[*proof, *([told(event)] if event is not None and said else [])], definite=full or said,
        remedies=[
            fixed_by("Make the class anew without gidMax, for two thousand million ids", "recreate-class",
                     **{"name": one.name, f"param.{_written(one, 'gidMax')}": ""}),
            by_hand("Delete volumes of the class that nobody needs; each gives its id back."),
        ],
    )  # fmt: skip


def _written(one: StorageClass, name: str) -> str:
    return next((key for key in one.parameters if key.lower() == name.lower()), name)


def _endpoints_refused(case: ClaimCase, event: KubeEvent | None) -> Iterator[Finding]:
    """D13, D14: heketi made the volume, and the Endpoints for it could not be written."""
    text = inner(event) if event is not None else ""
    if event is None:
        return
    if "failed to create endpoint/service" in text:
        yield found(
            "D13", case.ref, "the Service and Endpoints for its volume could not be made",
            cause="kube-controller-manager may not make Services here, a quota on services is used up, or the "
            f"namespace {case.key[0]} is going. It said: {text.rpartition('endpoint/service')[2].strip()}",
            proof=[told(event)],
            remedies=[
                by_hand("Raise the quota on services in the namespace, or allow kube-controller-manager to make them."),
                by_hand("Look in heketi for volumes of failed attempts and delete them."),
            ],
        )  # fmt: skip
    elif "must be a valid IP address" in text:
        host = text.partition("ip address ")[2].partition(" must")[0]
        yield found(
            "D14", case.ref, f"heketi knows storage node '{host}' by a name, and the provisioner needs IP addresses",
            cause="Endpoints hold IP addresses only. Each attempt leaves a volume behind in heketi.",
            proof=[told(event)],
            remedies=[
                by_hand(f"Give node '{host}' an IP address as its storage hostname in heketi (heketi can't rename: "
                        "take the node out and add it again, or edit an export of its database)."),
                by_hand("Delete the volumes that failed attempts left in heketi."),
            ],
        )  # fmt: skip


def _resize(case: ClaimCase) -> Iterator[Finding]:
    """D16: a claim is to grow, and this Kubernetes can't make Gluster volumes larger."""
    claim, volume = case.claim, bound_volume(case)
    if claim is None or volume is None or claim.request is None or claim.capacity is None:
        return
    in_tree = volume.gluster is not None or volume.provisioned_by == GLUSTER
    if claim.request <= claim.capacity or not in_tree or case.world.version < REMOVED:
        return
    events = claim_events(case, "ExternalExpanding")
    want = format_size(claim.request)
    yield found(
        "D16", case.ref, f"it is to grow to {want}, and this Kubernetes can't expand Gluster volumes",
        cause="The driver that did it was taken out in Kubernetes 1.26: the claim waits for somebody else to do it.",
        proof=[
            seen(case.ref, "spec.resources.requests.storage", want),
            seen(case.ref, "status.capacity.storage", format_size(claim.capacity)),
            seen(volume_ref(volume.name), "spec.glusterfs", volume.gluster.path if volume.gluster else GLUSTER),
            *(told(event) for event in events[:1]),
        ],
        remedies=[
            by_hand("Expand the Gluster volume first (add bricks, then rebalance)."),
            fixed_by(f"Then set the PersistentVolume's capacity to {want}", "patch-volume", volume=volume.name,
                     capacity=str(claim.request)),
        ],
    )  # fmt: skip
