"""The part of a claim's chain that Kubernetes tells of: StorageClass, PersistentVolume, Endpoints. Pure."""

from collections.abc import Iterator

from tui.core.chain_source import is_known, other_links
from tui.core.chain_storage import gluster_links
from tui.core.kube import (
    Claim,
    CsiSource,
    GlusterSource,
    HostPathSource,
    LocalSource,
    NfsSource,
    PersistentVolume,
    StorageClass,
)
from tui.core.kube_tables import KubeTables
from tui.core.link import BROKEN, WARNS, WELL, Link
from tui.core.model import Snapshot


def below_claim(tables: KubeTables, snapshot: Snapshot, claim: Claim, depth: int) -> Iterator[Link]:
    """The StorageClass of a claim and all that stands under its PersistentVolume."""
    if claim.class_name:
        yield from _class(tables, claim, depth)
    volume = tables.volume_of(claim)
    if volume is not None:
        yield from volume_links(tables, snapshot, volume, depth, claim)
    elif claim.volume_name:
        known = is_known(tables, "persistentvolumes")
        state, severity = ("missing", BROKEN) if known else ("unknown", WARNS)
        why = "the claim names it and it does not exist" if known else "PersistentVolumes can't be listed"
        yield Link(("volume", claim.volume_name), depth, "PersistentVolume", claim.volume_name, state, severity, why)
    else:
        yield Link(("volume", ""), depth, "PersistentVolume", "none yet", "", WELL, "nothing is bound to the claim")


def _class(tables: KubeTables, claim: Claim, depth: int) -> Iterator[Link]:
    name, one = claim.class_name, tables.class_of(claim)
    key = ("class", name)
    if one is not None:
        yield Link(key, depth, "StorageClass", name, "there", WELL, f"provisioner {one.provisioner}")
        if not claim.is_bound:
            yield from secret_links(tables, one, depth + 1)
    elif not is_known(tables, "storageclasses"):
        yield Link(key, depth, "StorageClass", name, "unknown", WELL, "StorageClasses can't be listed")
    elif claim.is_bound:
        yield Link(key, depth, "StorageClass", name, "not there", WELL, "a bound claim needs it only to grow")
    elif any(True for _ in tables.open_volumes(name)):
        yield Link(
            key, depth, "StorageClass", name, "not there", WELL, "PersistentVolumes carry the name by themselves"
        )
    else:
        yield Link(key, depth, "StorageClass", name, "missing", BROKEN, "no StorageClass has this name")


def secret_links(tables: KubeTables, one: StorageClass, depth: int) -> Iterator[Link]:
    """The Secrets that a StorageClass names."""
    for secret in one.secrets:
        held = tables.secrets.get(secret)
        if held is not None:
            yield Link(("secret", *secret), depth, "Secret", "/".join(secret), "there", WELL, f"type {held.type}")
        elif is_known(tables, "secrets"):
            why = "the StorageClass names it and it does not exist"
            yield Link(("secret", *secret), depth, "Secret", "/".join(secret), "missing", BROKEN, why)


def volume_links(
    tables: KubeTables, snapshot: Snapshot, volume: PersistentVolume, depth: int, claim: Claim | None = None
) -> Iterator[Link]:
    """A PersistentVolume and what it stands on; `claim` is the one that names it."""
    state, why, severity = volume_words(volume)
    if claim is not None and volume.claim is not None and not _holds(volume, claim):
        state, severity, why = "taken", BROKEN, f"it is kept for {'/'.join(volume.claim.key)}"
        if volume.claim.key == claim.key:
            why = "it is kept for an earlier claim of the same name"
    yield Link(("volume", volume.name), depth, "PersistentVolume", volume.name, state, severity, why)
    if isinstance(volume.source, GlusterSource):
        yield _endpoints(tables, volume, volume.source, claim, depth + 1)
        yield from gluster_links(snapshot, volume.source.volume, depth + 1, volume.created)
    else:
        yield from other_links(tables, snapshot, volume, source_words(volume), depth + 1)


def _holds(volume: PersistentVolume, claim: Claim) -> bool:
    assert volume.claim is not None
    return volume.claim.key == claim.key and volume.claim.uid in ("", claim.uid)


def _endpoints(
    tables: KubeTables, volume: PersistentVolume, source: GlusterSource, claim: Claim | None, depth: int
) -> Link:
    namespace = source.endpoints_namespace or (claim.namespace if claim else "")
    namespace = namespace or (volume.claim.namespace if volume.claim else "")
    key = (namespace, source.endpoints)
    name = "/".join(part for part in key if part)
    if not namespace:
        return Link(("endpoints", *key), depth, "Endpoints", name, "", WELL, "looked for where a claim uses the volume")
    found = tables.endpoints_of(key)
    addresses = [address for one in found for address in one.addresses]
    if addresses:
        listed = ", ".join(dict.fromkeys(addresses))
        return Link(("endpoints", *key), depth, "Endpoints", name, "there", WELL, listed)
    if found:
        return Link(
            ("endpoints", *key), depth, "Endpoints", name, "empty", BROKEN, "no address of a storage node in it"
        )
    if not is_known(tables, "endpoints"):
        return Link(("endpoints", *key), depth, "Endpoints", name, "unknown", WELL, "Endpoints can't be listed")
    why = f"kubelet looks for it in {namespace}, and it is not there: pods can't mount"
    return Link(("endpoints", *key), depth, "Endpoints", name, "missing", BROKEN, why)


def volume_words(volume: PersistentVolume) -> tuple[str, str, int]:
    """State, reason and severity of a PersistentVolume, from what it says of itself."""
    claim = "/".join(volume.claim.key) if volume.claim else "its claim"
    if volume.deleted is not None:
        held = ", ".join(volume.finalizers)
        return "terminating", f"held by {held}" if held else "", WARNS
    match volume.phase:
        case "Bound":
            return "bound", "", WELL
        case "Available":
            return "available", f"kept for {claim}" if volume.claim else "", WELL
        case "Released":
            kept = "the data is still there" if volume.reclaim_policy == "Retain" else "it waits to be deleted"
            return "released", f"{claim} was deleted; {kept}", WARNS
        case "Failed":
            return "failed", volume.message or volume.reason, BROKEN
    return volume.phase.lower() or "unknown", volume.message, WARNS


def source_words(volume: PersistentVolume) -> str:
    """What a PersistentVolume is made of, in a few words."""
    match volume.source:
        case GlusterSource() as source:
            return f"glusterfs {source.path.strip('/')}"
        case CsiSource() as csi:
            return f"{csi.driver} {csi.handle}".rstrip()
        case NfsSource() as nfs:
            return f"nfs {nfs.server}:{nfs.path}"
        case HostPathSource() as host:
            return f"hostPath {host.path}"
        case LocalSource() as local:
            return f"local {local.path}"
        case other:
            return other.kind or "unknown"
