"""Access modes and reclaim policies in words: what they mean, and what a deletion does to this volume now."""

from collections.abc import Iterable, Iterator
from typing import Final

from tui.core.kube import Claim, PersistentVolume, StorageClass

GLUSTERFS: Final = "kubernetes.io/glusterfs"
GLUSTERFS_ENDED: Final = (1, 26)
"""The first version without the in-tree glusterfs driver."""

_SHORT: Final = {
    "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP",
}  # fmt: skip
_MEANING: Final = {
    "ReadWriteOnce": "ReadWriteOnce (RWO): read and written by pods of one node. Gluster does not enforce it: "
    "it only decides which volumes match.",
    "ReadOnlyMany": "ReadOnlyMany (ROX): read by pods of many nodes. The pod itself has to ask for readOnly.",
    "ReadWriteMany": "ReadWriteMany (RWX): read and written by pods of many nodes at once.",
    "ReadWriteOncePod": "ReadWriteOncePod (RWOP): one single pod of the cluster. Only CSI drivers can do it; "
    "the in-tree glusterfs driver can't.",
}  # fmt: skip


def short_modes(modes: Iterable[str]) -> str:
    """Access modes for a column: "RWO,RWX"."""
    return ",".join(_SHORT.get(mode, mode) for mode in modes)


def access_words(modes: Iterable[str]) -> tuple[str, ...]:
    """What each access mode means, a sentence or two each; unknown ones stay as they are."""
    return tuple(_MEANING.get(mode, mode) for mode in modes)


def can_delete(volume: PersistentVolume, version: tuple[int, int]) -> bool:
    """Whether Kubernetes can delete what is behind a volume: not with the in-tree glusterfs driver since 1.26."""
    return volume.gluster is None or version < GLUSTERFS_ENDED


def what_deletion_does(
    claim: Claim | None, volume: PersistentVolume | None, one: StorageClass | None, version: tuple[int, int]
) -> tuple[str, ...]:
    """What happens when a claim (or, without one, a volume) is deleted now, in sentences.

    `one` is the class object of the volume's class, None when there is none; `version` (0, 0) when not known.
    """
    if volume is None:
        return ("The claim is not bound: nothing but the claim itself goes.",) if claim else ()
    words = list(_policy_words(volume, one, version))
    if claim is not None and claim.finalizers:
        words.insert(
            0, "While a pod that was put on a node names the claim, it stays and is only marked as terminating."
        )
    if volume.deleted is not None:
        words.append(f"PersistentVolume {volume.name} is marked for deletion already: it goes with its claim.")
    return tuple(words)


def _policy_words(volume: PersistentVolume, one: StorageClass | None, version: tuple[int, int]) -> Iterator[str]:
    name = volume.name
    match volume.reclaim_policy:
        case "Retain":
            yield f"Retain: PersistentVolume {name} stays as Released with all data."
            yield "No claim gets it again before its claimRef is cleared by hand."
        case "Recycle":
            yield "Recycle is deprecated: it means to delete all files and offer the volume again."
            if volume.source.__class__.__name__ in ("NfsSource", "HostPathSource"):
                yield f"A pod of the controller runs rm -rf on {name}: ALL DATA IS LOST."
            else:
                yield f"Only NFS and hostPath can do it: {name} becomes Failed, its data stays."
        case "Delete":
            yield from _delete_words(volume, one, version)
        case other:
            yield f"The reclaim policy {other} is not known: expect that all data is lost."


def _delete_words(volume: PersistentVolume, one: StorageClass | None, version: tuple[int, int]) -> Iterator[str]:
    name = volume.name
    if volume.gluster is None:
        yield f"Delete: PersistentVolume {name} and what is behind it are deleted: ALL DATA IS LOST."
        return
    if version >= GLUSTERFS_ENDED:
        yield "Delete: since Kubernetes 1.26 nothing in it can delete a glusterfs volume."
        yield f"PersistentVolume {name} becomes Failed, and the Gluster volume stays with all data, out of sight."
        yield "Delete the Gluster volume (in heketi, too), its endpoints and the PersistentVolume by hand."
        return
    if not volume.class_name:
        yield f"Delete: PersistentVolume {name} has no StorageClass, so no heketi can be asked: it becomes Failed."
    elif one is None:
        yield f"Delete: StorageClass {volume.class_name} is gone, so no heketi can be asked: {name} becomes Failed."
    else:
        yield f"Delete: the Gluster volume {volume.gluster.volume} is deleted through heketi: ALL DATA IS LOST."
        yield "Where heketi does not answer, the PersistentVolume becomes Failed and the data stays."
