"""What Kubernetes and heketi do not tell alike: volumes nobody claims, volumes that vanished, endpoints (R16-R18)."""

from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import VOLUME, by_hand, fixed_by, found, seen
from tui.checks.heketi_drift_case import Drift, gluster_ref, volume_ref
from tui.core.finding import Finding, ObjectRef, Severity
from tui.core.heketi_model import HeketiVolume
from tui.core.kube import CsiSource, Endpoints, PersistentVolume
from tui.core.kube_tables import KubeTables
from tui.core.units import format_size

_GID_MIN: Final = 2000
"""The smallest group that kubernetes.io/glusterfs gives a volume; heketi-cli gives none by default."""
_SOON: Final = 600.0
"""Seconds that a provisioner may take from the Endpoints of a claim to its PersistentVolume."""
_HEKETIS_OWN: Final = "heketidbstorage"


def kube_rules(drift: Drift) -> Iterator[Finding]:
    """Everything for which Kubernetes' PersistentVolumes must be known whole."""
    if drift.tables is None or not drift.is_whole("persistentvolumes"):
        return
    yield from _leaked(drift, drift.tables)
    yield from _vanished(drift, drift.tables)
    if drift.is_whole("endpoints") and drift.is_whole("persistentvolumeclaims"):
        yield from _endpoints(drift, drift.tables)


def _leaked(drift: Drift, tables: KubeTables) -> Iterator[Finding]:
    """Volumes with the group of a provisioned one, and without a PersistentVolume."""
    if drift.is_busy:
        return
    ids = {one.heketi_volume for one in tables.volumes.values() if one.heketi_volume}
    named = {name for one in tables.volumes.values() for name in _names(one)}
    for volume in drift.site.volumes.values():
        if volume.id in ids or volume.name in named or volume.id in drift.held or volume.name == _HEKETIS_OWN:
            continue
        if volume.gid >= _GID_MIN and not volume.is_block:
            yield _leak(volume)


def _names(volume: PersistentVolume) -> set[str]:
    """The Gluster volumes that a PersistentVolume may stand on."""
    if volume.gluster is not None:
        return {volume.gluster.volume}
    source = volume.source
    return {source.handle, *source.attributes.values()} if isinstance(source, CsiSource) else set()


def _leak(volume: HeketiVolume) -> Finding:
    ref = volume_ref(volume)
    return found(
        "R16", ref, f"heketi has volume {volume.name} ({format_size(volume.size)}), and no PersistentVolume uses it",
        cause="Provisioning failed after heketi had made the volume, and every attempt leaves another; or the "
        "PersistentVolume was deleted while its policy was Retain. Another Kubernetes may use it too.",
        proof=[seen(ref, "id", volume.id), seen(ref, "gid", volume.gid),
               seen(ObjectRef(VOLUME, "", "*"), "on this volume", "none")],
        remedies=[
            by_hand(f"Look what is in it first: brickyard volume mount-test {volume.name}"),
            fixed_by(f"Delete {volume.name} with its data", "heketi-delete-volume", volume=volume.id),
        ],
        severity=Severity.WARNING, definite=False,
    )  # fmt: skip


def _hosts(drift: Drift) -> set[str]:
    return {name for node in drift.site.nodes.values() for name in node.storage}


def _vanished(drift: Drift, tables: KubeTables) -> Iterator[Finding]:
    """PersistentVolumes on this heketi's nodes whose volume heketi does not know."""
    hosts = _hosts(drift)
    lost = {path.rpartition("/")[2] for path, _ in drift.site.missing}
    for one in tables.volumes.values():
        ident, key = one.heketi_volume, one.endpoints_key
        if not ident or ident in drift.site.volumes or ident in drift.held or ident in lost or key is None:
            continue
        endpoints = tables.endpoints.get(key)
        if endpoints is None or not hosts & set(endpoints.addresses):
            # it may be another heketi's
            continue
        yield _unknown(drift, one, ident)


def _unknown(drift: Drift, one: PersistentVolume, ident: str) -> Finding:
    name = one.gluster.volume if one.gluster is not None else ""
    states = [known.get(name) for cluster in drift.site.clusters if (known := drift.gluster(cluster)) is not None]
    twin = next((volume for volume in states if volume is not None), None)
    there = f"status {twin.status}" if twin else "no such volume" if states else "not known"
    ref = ObjectRef(VOLUME, "", one.name)
    remedies = [by_hand("Restore a backup of heketi's database that has the volume, or leave heketi.")]
    if twin is not None:
        title = f"Keep {one.name} from being deleted with its claim: heketi could not delete its volume"
        remedies.insert(0, fixed_by(title, "patch-volume", volume=one.name, policy="Retain"))
    return found(
        "R17", ref, f"PersistentVolume {one.name} names a volume that heketi does not know",
        cause="heketi can neither expand nor delete it ('Id not found')."
        + ("" if twin or not states else " Gluster does not have it either: its data is gone."),
        proof=[seen(ref, "annotation heketi-volume-id", ident), seen(gluster_ref(name), "in Gluster", there)],
        remedies=remedies, severity=Severity.WARNING if twin or not states else Severity.ERROR,
    )  # fmt: skip


def _endpoints(drift: Drift, tables: KubeTables) -> Iterator[Finding]:
    """Endpoints that the provisioner made and that no PersistentVolume uses."""
    hosts = _hosts(drift)
    for key, one in sorted(tables.endpoints.items()):
        if not one.provisioned_for and not one.name.startswith("glusterfs-dynamic-"):
            continue
        if tables.volumes_of_endpoints(key) or (one.addresses and not hosts & set(one.addresses)):
            continue
        if not one.created or drift.now - one.created < _SOON or _is_awaited(tables, one):
            continue
        ref = ObjectRef("Endpoints", *key)
        yield found(
            "R18", ref, f"no PersistentVolume uses Endpoints {key[0]}/{key[1]}, which were made for one",
            cause="The volume was deleted or never got ready, and the Service with its Endpoints stayed behind.",
            proof=[seen(ref, "made for claim", one.provisioned_for or "(not said)"),
                   seen(ref, "addresses", ", ".join(one.addresses) or "(none)")],
            remedies=[by_hand(f"kubectl -n {key[0]} delete service/{key[1]} endpoints/{key[1]}")],
            severity=Severity.WARNING, definite=bool(one.provisioned_for),
        )  # fmt: skip


def _is_awaited(tables: KubeTables, one: Endpoints) -> bool:
    """Whether a claim that they may be for still waits for its volume."""
    waiting = [claim for claim in tables.claims.values() if claim.namespace == one.namespace and not claim.is_bound]
    return any(
        claim.name == one.provisioned_for or claim.uid == one.provisioned_for
        or one.name.endswith(claim.uid) or one.name == f"glusterfs-dynamic-{claim.name}"
        for claim in waiting
    )  # fmt: skip
