"""Claims that wait for an external provisioner: is it there, does it work, what does it say (E1-E9)."""

import re
from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import ClaimCase, ClaimWorld, by_hand, fixed_by, found, seen
from tui.checks.claim_external_absent import absence, is_ready
from tui.checks.claim_external_words import said_by_driver
from tui.checks.claim_seen_words import (
    GLUSTER,
    REMOVED,
    bound_volume,
    claim_events,
    class_ref,
    failure,
    inner,
    pod_ref,
    told,
    volume_ref,
    waits_for_provisioner,
)
from tui.core.finding import Finding, ObjectRef, Severity
from tui.core.kube import Claim, PersistentVolume, StorageClass

_PATIENCE: Final = 120.0
"""Seconds that a provisioner may take before it is called stuck."""
_FORBIDDEN: Final = re.compile(r'is forbidden: User "(system:serviceaccount:[^"]+)" cannot (\S+) resource "([^"]+)"')


def rules(case: ClaimCase) -> Iterator[Finding]:
    """What is known of the provisioner that a claim waits for, or of the one that made its volume."""
    yield from _old_kind_of_volume(case)
    claim, tables = case.claim, case.world.tables
    if claim is None or not waits_for_provisioner(claim):
        return
    yield from _dead_node(case, claim)
    one = tables.class_of(claim)
    if one is None:
        yield from _kadalu(case, claim)
        return
    if one.provisioner.startswith("kubernetes.io/") or not one.provisioner:
        return
    yield from _asked_another(case, claim, one)
    if one.waits_for_consumer and not claim.selected_node and failure(case) is None:
        return
    faults = [*_refused(case, one), *_stuck(case, one)]
    yield from faults
    if not faults:
        yield from absence(case, claim, one)


def volume_rules(world: ClaimWorld, volume: PersistentVolume) -> Iterator[Finding]:
    """E9: a PersistentVolume of the built-in driver that this Kubernetes can't delete any more."""
    in_tree = volume.provisioned_by == GLUSTER or (volume.gluster is not None and not volume.provisioned_by)
    if world.version < REMOVED or not in_tree or volume.reclaim_policy != "Delete":
        return
    if volume.phase not in ("Failed", "Released"):
        return
    ref = volume_ref(volume.name)
    events = world.tables.events_of("PersistentVolume", volume.key, volume.uid)
    event = next((event for event in events if event.reason == "VolumeFailedDelete"), None)
    heketi = f"heketi-cli volume delete {volume.heketi_volume}" if volume.heketi_volume else "Delete the Gluster volume"
    path = volume.gluster.path if volume.gluster is not None else volume.name
    yield found(
        "E9", ref, f"Kubernetes can't delete it any more: the Gluster volume '{path}' is left behind",
        cause="The driver that deleted such volumes was taken out in Kubernetes 1.26, and its claim is gone.",
        proof=[
            seen(ref, "status.phase", volume.phase), seen(ref, "status.message", volume.message or "(empty)"),
            seen(ref, "pv.kubernetes.io/provisioned-by", volume.provisioned_by or "(nobody)"),
            *([told(event)] if event is not None else []),
        ],
        remedies=[
            by_hand(f"If nobody needs the data: {heketi}, then its Service and Endpoints, then the PersistentVolume."),
            fixed_by("Keep the data: set the policy to Retain", "patch-volume", volume=volume.name, policy="Retain"),
            fixed_by("Let the PersistentVolume go when its Gluster volume is gone", "finish-deletion", kind="volume",
                     name=volume.name),
        ],
    )  # fmt: skip


def _stuck(case: ClaimCase, one: StorageClass) -> Iterator[Finding]:
    """E2: it began and was not heard of again."""
    events = claim_events(case, "Provisioning", "ProvisioningFailed", "ProvisioningSucceeded")
    newest = next((event for event in events if "/" in event.component or event.reason != "Provisioning"), None)
    newest = newest or next(iter(events), None)
    if newest is None or newest.reason != "Provisioning" or case.world.now - newest.last < _PATIENCE:
        return
    minutes = int((case.world.now - newest.last) / 60)
    pods = case.world.tables.provisioner_pods(one.provisioner)
    where = f"kubectl -n {pods[0].namespace} logs {pods[0].name}" if pods else "its log"
    yield found(
        "E2", case.ref, f"provisioner '{one.provisioner}' began {minutes} min ago and has not ended",
        cause="It took the claim on and has told neither success nor failure since.",
        proof=[told(newest), *(seen(pod_ref(pod), "status.phase", pod.phase) for pod in pods[:2])],
        remedies=[by_hand(f"Look what it does: {where}")], definite=False,
    )  # fmt: skip


def _refused(case: ClaimCase, one: StorageClass) -> Iterator[Finding]:
    """E3, E4: it tried and failed, and says why."""
    event = failure(case)
    if event is None or event.component == "persistentvolume-controller":
        return
    forbidden = _FORBIDDEN.search(event.message)
    if forbidden:
        account, verb, resource = forbidden.groups()
        yield found(
            "E4", case.ref, f"provisioner '{one.provisioner}' may not {verb} {resource}",
            cause=f"The service account {account.removeprefix('system:serviceaccount:')} lacks that right.",
            proof=[told(event)],
            remedies=[by_hand(f"Allow it in its ClusterRole: verbs [{verb}], resources [{resource}].")],
        )  # fmt: skip
        return
    text = inner(event)
    sentence, advice = said_by_driver(text)
    yield found(
        "E3", case.ref, f"provisioner '{one.provisioner}' failed: {sentence}",
        cause="The driver was asked for the volume and refused or could not make it; it tries again by itself.",
        proof=[told(event)], remedies=[by_hand(advice)],
    )  # fmt: skip


def _asked_another(case: ClaimCase, claim: Claim, one: StorageClass) -> Iterator[Finding]:
    """E5: the claim remembers another provisioner than its class names now."""
    if claim.provisioner and claim.provisioner != one.provisioner:
        yield found(
            "E5", case.ref, f"'{claim.provisioner}' was asked for it, and its class '{one.name}' now names "
            f"'{one.provisioner}'",
            cause="The class was made anew with another provisioner after the claim was made.",
            proof=[seen(case.ref, "volume.kubernetes.io/storage-provisioner", claim.provisioner),
                   seen(class_ref(one.name), "provisioner", one.provisioner)],
            remedies=[fixed_by("Make the claim anew", "recreate-claim", namespace=case.key[0], name=case.key[1])],
            severity=Severity.WARNING, definite=False,
        )  # fmt: skip


def _dead_node(case: ClaimCase, claim: Claim) -> Iterator[Finding]:
    """E6: the scheduler chose a node that is gone."""
    name = claim.selected_node
    if not name or not case.world.is_known("nodes"):
        return
    node = case.world.tables.nodes.get(("", name))
    remedy = fixed_by("Forget the chosen node; the scheduler chooses again", "forget-selected-node",
                      namespace=case.key[0], name=case.key[1])  # fmt: skip
    proof = [seen(case.ref, "volume.kubernetes.io/selected-node", name)]
    cause = "With WaitForFirstConsumer the volume is made for the node that the scheduler chose for the pod."
    if node is None:
        yield found(
            "E6", case.ref, f"its volume is to be made for node '{name}', which does not exist any more", cause=cause,
            proof=[*proof, seen(ObjectRef("Node", "", name), "metadata.name", "(not there)")], remedies=[remedy],
        )  # fmt: skip
    elif not node.is_ready and node.ready is not None:
        yield found(
            "E6", case.ref, f"its volume is to be made for node '{name}', which is not ready", cause=cause,
            proof=[*proof, seen(ObjectRef("Node", "", name), "condition Ready", node.ready.status)],
            remedies=[by_hand(f"Bring node '{name}' back."), remedy], severity=Severity.WARNING, definite=False,
        )  # fmt: skip


def _kadalu(case: ClaimCase, claim: Claim) -> Iterator[Finding]:
    """E7: a class that kadalu's operator should have made."""
    if not claim.class_name.startswith("kadalu.") or not case.world.is_known("storageclasses"):
        return
    pods = [pod for pod in case.world.tables.provisioner_pods("") if any("kadalu" in image for image in pod.images)]
    pods += case.world.tables.provisioner_pods("kadalu")
    sick = [pod for pod in pods if not is_ready(pod)]
    state = "no pod of kadalu is there" if not pods else f"{len(sick)} of kadalu's {len(pods)} pods are not ready"
    yield found(
        "E7", case.ref, f"kadalu made no StorageClass '{claim.class_name}'",
        cause="kadalu's operator makes a class for each KadaluStorage; it does not run, or failed on this one.",
        proof=[seen(case.ref, "spec.storageClassName", claim.class_name),
               seen(ObjectRef("Cluster", "", "pods"), "of kadalu", state)],
        remedies=[by_hand("Look into the log of kadalu's operator (deployment 'operator' in namespace 'kadalu').")],
        definite=False,
    )  # fmt: skip


def _old_kind_of_volume(case: ClaimCase) -> Iterator[Finding]:
    """E8: an external provisioner that makes volumes of a kind that this Kubernetes can't mount."""
    volume = bound_volume(case)
    if volume is None or volume.gluster is None or case.world.version < REMOVED:
        return
    maker = volume.provisioned_by
    if maker and not maker.startswith("kubernetes.io/"):
        yield found(
            "E8", case.ref, f"provisioner '{maker}' made a volume of kind glusterfs, which can't be mounted any more",
            cause="It makes PersistentVolumes for the built-in driver, which was taken out in Kubernetes 1.26.",
            proof=[seen(volume_ref(volume.name), "pv.kubernetes.io/provisioned-by", maker),
                   seen(volume_ref(volume.name), "spec.glusterfs.path", volume.gluster.path)],
            remedies=[by_hand(f"Replace '{maker}' by a CSI driver; the data stays on Gluster.")],
            severity=Severity.WARNING,
        )  # fmt: skip
