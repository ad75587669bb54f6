"""Claims of kubernetes.io/glusterfs: what they ask for, group ids, Endpoints, growth (D7, D10, D13, D14, D16)."""

from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import ClaimCase, by_hand, fixed_by, found, seen
from tui.checks.claim_gluster_words import gid_range
from tui.checks.claim_seen_words import GLUSTER, REMOVED, bound_volume, claim_events, class_ref, inner, told, volume_ref
from tui.core.finding import Finding
from tui.core.kube import Claim, KubeEvent, StorageClass
from tui.core.units import format_size

_MODES: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany")


def claim_faults(case: ClaimCase, claim: Claim) -> Iterator[Finding]:
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


def gid_faults(case: ClaimCase, one: StorageClass, event: KubeEvent | None) -> Iterator[Finding]:
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


def endpoints_refused(case: ClaimCase, event: KubeEvent | None) -> Iterator[Finding]:
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


def resize_faults(case: ClaimCase) -> Iterator[Finding]:
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
