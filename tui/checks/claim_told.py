"""What the controller itself said of a claim, where what it speaks of may not be read: the admin of one namespace.

Each finding rests on the newest event alone; where the objects can be read, other rooms say the same and more.
"""

import re
from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import ClaimCase, by_hand, fixed_by, found, seen
from tui.checks.claim_class_way import CLASSES, VOLUMES, claim_events, unbound
from tui.core.finding import Finding, ObjectRef, Remedy
from tui.core.kube import Claim, KubeEvent

_REASONS: Final = ("ProvisioningFailed", "ProvisioningSucceeded", "FailedBinding", "VolumeMismatch")
_NO_CLASS: Final = re.compile(r'^storageclass\.storage\.k8s\.io "(.*)" not found$')
_FRAME: Final = re.compile(r'^[Ff]ailed to provision volume with StorageClass "(.*?)": (.*)$', re.DOTALL)
_SECRET: Final = re.compile(r"failed to get secret ([^/\s]+)/([^:\s]+)")
_MISMATCH: Final = re.compile(r'^Cannot bind to requested volume "(.*)": (.*)$')
_TAKEN: Final = re.compile(r'^volume "(.*)" already bound to a different claim\.$')
_NO_VOLUME: Final = "no persistent volumes available for this claim and no storage class is set"
_TEXTS: Final = (
    ("D1", "no volume plugin matched name: kubernetes.io/glusterfs"),
    ("C10", "no volume plugin matched name: kubernetes.io/no-provisioner"),
    ("D2", "must contain 'resturl'"),
    ("D3", "invalid option "),
    ("D4", "failed to get secret"), ("D4", "cannot get secret of type"), ("D4", "empty secret map"),
    ("D5", "must have secretNamespace and secretName either both"),
    ("D6", "gidMin"), ("D6", "gidMax"),
    ("D7", "failed to reserve GID"),
    ("D8", "volumetype"), ("D8", "volumeType"), ("D8", "redundancy count"),
    ("D9", "volumenameprefix"), ("D9", "snapshot factor"), ("D9", "customepnameprefix"),
    ("D10", "does not support block volume provisioning"), ("D10", "invalid AccessModes"),
    ("B13", "not able to parse your claim Selector"),
    ("D11", "see kube-controller-manager.log"),
)  # fmt: skip
"""What the built-in provisioner refuses (Kubernetes 1.25, glusterfs.go), and what is said where there is none."""


def rules(case: ClaimCase) -> Iterator[Finding]:
    """Findings about a claim that waits."""
    claim = unbound(case)
    event = next((one for one in claim_events(case) if one.reason in _REASONS), None) if claim else None
    if claim is None or event is None:
        return
    if not case.world.is_known(CLASSES):
        yield from _of_class(case, claim, event)
    elif (secret := _SECRET.search(event.message)) and not case.world.is_known("secrets", secret[1]):
        yield _secret(case, event, secret)
    if not case.world.is_known(VOLUMES):
        yield from _of_volumes(case, claim, event)


def _of_class(case: ClaimCase, claim: Claim, event: KubeEvent) -> Iterator[Finding]:
    missing = _NO_CLASS.match(event.message)
    if missing is not None:
        if missing[1] == claim.class_name:
            remedy = by_hand("Ask for the names of the StorageClasses, or make the claim anew with one that exists.")
            yield _said(case, event, "C1", f"no StorageClass '{claim.class_name}'", remedy)
        return
    frame = _FRAME.match(event.message)
    text = " ".join((frame[2] if frame else event.message).split())
    secret = _SECRET.search(text)
    if secret:
        yield _secret(case, event, secret)
        return
    code = next((code for code, part in _TEXTS if part in text), "E3" if frame else "")
    if code:
        name = frame[1] if frame else claim.class_name
        advice = by_hand(f"Show this to whoever looks after StorageClass '{name}'.")
        yield _said(case, event, code, f"StorageClass '{name}' made no volume: {text[:200]}", advice)


def _secret(case: ClaimCase, event: KubeEvent, secret: re.Match[str]) -> Finding:
    space, name = secret.groups()
    make = fixed_by(
        f"Make the Secret {space}/{name}; the key is asked for", "create-secret", namespace=space, name=name
    )
    return _said(case, event, "D4", f"the provisioner can't read heketi's key from Secret {space}/{name}", make)


def _of_volumes(case: ClaimCase, claim: Claim, event: KubeEvent) -> Iterator[Finding]:
    advice = by_hand("Ask somebody who may read PersistentVolumes, or make the claim anew without that volume.")
    mismatch, taken = _MISMATCH.match(event.message), _TAKEN.match(event.message)
    if mismatch is not None and mismatch[1] == claim.volume_name:
        sentence = f"it can't have PersistentVolume {mismatch[1]}, which it names: {mismatch[2]}"
        yield _said(case, event, "B4", sentence, advice)
    elif taken is not None:
        yield _said(case, event, "B5", f"PersistentVolume {taken[1]} is kept for another claim", advice)
    elif event.message == _NO_VOLUME:
        sentence = "no PersistentVolume fits, and without a class none is made"
        yield _said(case, event, "B1", sentence, by_hand("Make the claim anew with a class, or ask for a volume."))


def _said(case: ClaimCase, event: KubeEvent, code: str, sentence: str, remedy: Remedy) -> Finding:
    about = ObjectRef(event.object_kind, event.object_namespace, event.object_name)
    return found(
        code, case.ref, sentence, remedies=[remedy], proof=[seen(about, f"event {event.reason}", event.message)],
        cause="Kubernetes says so in an event; what it speaks of may not be read from here.",
    )  # fmt: skip
