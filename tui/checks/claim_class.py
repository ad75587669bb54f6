"""What is wrong with the StorageClass that a waiting claim asks for: it is not there, or it can't do it."""

from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import CLASS, ClaimCase, fixed_by, found, seen
from tui.checks.claim_class_way import (
    CLASSES,
    VOLUMES,
    Way,
    claim_events,
    event_with,
    free_claim,
    way_of,
)
from tui.checks.claim_names import did_you_mean
from tui.core.finding import Finding, ObjectRef, Remedy, Severity
from tui.core.kube import Claim, StorageClass
from tui.core.kube_policy import GLUSTERFS, GLUSTERFS_ENDED

LEGACY: Final = "metadata.annotations['volume.beta.kubernetes.io/storage-class']"
_IN_TREE: Final = frozenset(
    f"kubernetes.io/{name}"
    for name in (
        "aws-ebs", "azure-disk", "azure-file", "cephfs", "cinder", "flocker", "gce-pd", "glusterfs", "host-path",
        "no-provisioner", "portworx-volume", "quobyte", "rbd", "scaleio", "storageos", "vsphere-volume",
    )
)  # fmt: skip


def rules(case: ClaimCase) -> Iterator[Finding]:
    """Findings about the class of a claim that is not bound and names no volume itself."""
    claim = free_claim(case)
    if claim is None:
        return
    way = way_of(case)
    yield from _legacy(case, claim)
    if way is Way.MISSING or (way is Way.LABEL and not case.world.is_known(VOLUMES)):
        yield missing_class(case, claim)
    one = case.world.tables.class_of(claim)
    if one is not None:
        yield from _selector(case, claim, one)
        yield from _unknown_plugin(case, claim, one)


def class_field(claim: Claim) -> str:
    """The field that says which class counts."""
    return "spec.storageClassName" if claim.legacy_class is None else LEGACY


def recreate_with(claim: Claim, class_name: str) -> Remedy:
    """The claim made anew with another class."""
    return fixed_by(
        f"Make the claim anew with class '{class_name}'.",
        "recreate-claim", namespace=claim.namespace, name=claim.name, **{"class": class_name},
    )  # fmt: skip


def missing_class(case: ClaimCase, claim: Claim, label: str = "", *, definite: bool = True) -> Finding:
    """C1. `label` says that PersistentVolumes carry the name of the class: then that may be all it is for."""
    name, tables = claim.class_name, case.world.tables
    meant = did_you_mean(name, [one.name for one in tables.classes.values()])
    hint = f" - did you mean '{meant}'?" if meant else ""
    proof = [seen(case.ref, class_field(claim), name)]
    proof.append(seen(ObjectRef(CLASS, "", name), "object", "not found"))
    if (event := event_with(claim_events(case), f'storageclass.storage.k8s.io "{name}" not found')) is not None:
        proof.append(seen(case.ref, "event", event.message))
    remedies = [recreate_with(claim, meant)] if meant else []
    more = {"like": meant} if meant else {}
    remedies.append(fixed_by(f"Create StorageClass '{name}'.", "create-class", name=name, **more))
    cause = "Names of classes are case-sensitive; a class that does not exist provisions nothing."
    return found(
        "C1", case.ref, f"no StorageClass '{name}'{hint}",
        cause=label or cause, proof=proof, remedies=remedies, definite=definite,
        severity=Severity.ERROR if definite else Severity.WARNING,
    )  # fmt: skip


def _legacy(case: ClaimCase, claim: Claim) -> Iterator[Finding]:
    """The old annotation wins over the spec: a class that looks right never counts."""
    if claim.legacy_class is None or claim.spec_class is None or claim.legacy_class == claim.spec_class:
        return
    tables, meant = case.world.tables, claim.spec_class
    wrong = bool(claim.legacy_class) and ("", claim.legacy_class) not in tables.classes
    sure = wrong and case.world.is_known(CLASSES)
    yield found(
        "B3", case.ref,
        f"the old annotation asks for class '{claim.legacy_class}' and overrides '{meant}' in the spec",
        cause="The annotation volume.beta.kubernetes.io/storage-class wins over the spec, even when it is empty.",
        proof=(seen(case.ref, LEGACY, claim.legacy_class), seen(case.ref, "spec.storageClassName", meant)),
        remedies=(recreate_with(claim, meant),), definite=sure,
        severity=Severity.ERROR if sure else Severity.WARNING,
    )  # fmt: skip


def _selector(case: ClaimCase, claim: Claim, one: StorageClass) -> Iterator[Finding]:
    if claim.selector is None:
        return
    event = event_with(claim_events(case), "parse your claim Selector", "claim Selector is not supported")
    in_tree = one.provisioner == GLUSTERFS and case.world.version < GLUSTERFS_ENDED
    if event is None and not in_tree:
        return
    proof = [seen(case.ref, "spec.selector", _selector_words(claim)), seen(_ref(one), "provisioner", one.provisioner)]
    if event is not None:
        proof.append(seen(case.ref, "event", event.message))
    yield found(
        "B13", case.ref, f"it selects volumes by label, which the provisioner of class '{one.name}' refuses",
        cause="A selector picks existing PersistentVolumes; a provisioner can't make one that fits it.", proof=proof,
        remedies=(
            fixed_by(
                "Make the claim anew without its selector.", "recreate-claim",
                namespace=claim.namespace, name=claim.name, selector="",
            ),
        ),
    )  # fmt: skip


def _unknown_plugin(case: ClaimCase, claim: Claim, one: StorageClass) -> Iterator[Finding]:
    """A provisioner that calls itself built in and is not."""
    name = one.provisioner
    if not name.startswith("kubernetes.io/") or name in ("kubernetes.io/no-provisioner", GLUSTERFS):
        return
    event = event_with(claim_events(case), f"no volume plugin matched name: {name}")
    if event is not None or name in _IN_TREE:
        # with the event it is certain, and D1 tells it
        return
    meant = did_you_mean(name, _IN_TREE)
    yield found(
        "C12", case.ref, f"class '{one.name}' has the provisioner {name}, which Kubernetes does not have",
        cause="Names that begin with kubernetes.io/ are those of drivers inside Kubernetes; others are never asked."
        + (f" The name {meant} is like it." if meant else ""),
        proof=(seen(_ref(one), "provisioner", name),), definite=False,
        remedies=(
            *((_other_provisioner(one, meant),) if meant else ()),
            *(recreate_with(claim, other) for other in _other_classes(case, one)),
        ),
    )  # fmt: skip


def _other_provisioner(one: StorageClass, provisioner: str) -> Remedy:
    title = f"Make class '{one.name}' anew with the provisioner {provisioner}."
    return fixed_by(title, "recreate-class", name=one.name, provisioner=provisioner)


def _other_classes(case: ClaimCase, one: StorageClass) -> list[str]:
    names = sorted(name for _, name in case.world.tables.classes if name != one.name)
    return names[:1] if len(names) == 1 else []


def _selector_words(claim: Claim) -> str:
    assert claim.selector is not None
    parts = [f"{key}={value}" for key, value in claim.selector.labels.items()]
    parts += [f"{one.key} {one.operator} {','.join(one.values)}".strip() for one in claim.selector.expressions]
    return ", ".join(parts)


def _ref(one: StorageClass) -> ObjectRef:
    return ObjectRef(CLASS, "", one.name)
