"""Claims of the provisioner kubernetes.io/glusterfs: what is wrong with their class (D1-D9).

What the claim asks for is in `claim_gluster_claim`, what heketi says in `claim_heketi`.
"""

from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import CLAIM, ClaimCase, ClaimWorld, by_hand, fixed_by, found, seen
from tui.checks.claim_gluster_claim import claim_faults, endpoints_refused, gid_faults, resize_faults
from tui.checks.claim_gluster_words import ParameterFault, parameter_faults, value_of, wants_auth
from tui.checks.claim_seen_words import (
    GLUSTER,
    REMOVED,
    class_ref,
    failure,
    inner,
    told,
    waiting_class,
)
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.kube import HIDDEN, KubeEvent, StorageClass

_NO_PLUGIN: Final = "no volume plugin matched name: "
_SECRET_TYPE: Final = GLUSTER


def rules(case: ClaimCase) -> Iterator[Finding]:
    """What the class and the claim itself tell."""
    yield from resize_faults(case)
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
    yield from claim_faults(case, claim)
    yield from gid_faults(case, one, event)
    yield from endpoints_refused(case, event)


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
    is_wanted = about.kind == CLAIM or next(world.tables.pending_of_class(one.name), None) is not None
    return found(
        "D1", about, f"{version} has no provisioner {GLUSTER} any more (StorageClass '{one.name}')",
        severity=Severity.ERROR if is_wanted else Severity.WARNING,
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
