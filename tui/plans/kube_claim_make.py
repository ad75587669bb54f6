"""PersistentVolumes for claims: made for one that waits, or made again for one that lost its own."""

from collections.abc import Sequence
from dataclasses import replace

from tui.core.json_fields import at
from tui.core.plan import Plan, Refused
from tui.dialects.kube_quantity import parse_quantity
from tui.dialects.kube_request import Raw
from tui.dialects.kube_write import effective_class
from tui.plans.kube_gluster_fit import parts_of
from tui.plans.kube_static import StaticVolumeRequest, plan_static_volume


def request_for(claim: Raw, gluster: str, addresses: Sequence[str], source: str = "glusterfs") -> StaticVolumeRequest:
    """What a claim needs: size, modes and class are its own, and the name is that which it asks for.

    `gluster` is a volume or "volume/folder"; a folder has the Endpoints of its volume.
    """
    meta, spec = claim["metadata"], claim["spec"]
    size = ((spec.get("resources") or {}).get("requests") or {}).get("storage") or "1Gi"
    modes = tuple(spec.get("accessModes") or ())
    return StaticVolumeRequest(
        name=spec.get("volumeName") or f"{meta['namespace']}-{meta['name']}",
        gluster=gluster,
        capacity=str(size),
        access_modes=modes or ("ReadWriteMany",),
        class_name=effective_class(claim),
        claim_namespace=meta["namespace"],
        claim_name=meta["name"],
        source=source,
        addresses=tuple(addresses),
        endpoints_namespace=meta["namespace"],
        endpoints=f"glusterfs-{parts_of(gluster)[0]}".replace("_", "-").lower(),
    )


def bytes_for(claim: Raw) -> int | None:
    """How much a claim has to get: what it had, else what it asks for. None where it says neither."""
    had, asks = at(claim, "/status/capacity/storage"), at(claim, "/spec/resources/requests/storage")
    return parse_quantity(had if isinstance(had, str) else asks)


def plan_create_volume(
    claim: Raw, asked: StaticVolumeRequest, old: tuple[Raw | None, Raw | None], token: str,
    version: tuple[int, int] = (0, 0),
) -> Plan:  # fmt: skip
    """A PersistentVolume that is kept for a claim. Raises Refused where the claim has one."""
    meta = claim["metadata"]
    name = f"{meta['namespace']}/{meta['name']}"
    if at(claim, "/status/phase") == "Bound":
        raise Refused(f"Claim {name} is bound to {claim['spec'].get('volumeName')} already.")
    if at(claim, "/spec/volumeMode") == "Block":
        raise Refused(f"Claim {name} asks for a block device, and a Gluster volume is a file system.")
    plan = plan_static_volume(asked, old, token, version)
    return replace(plan, title=f"{plan.title} and keep it for claim {name}")


def plan_recreate_volume(
    claim: Raw, asked: StaticVolumeRequest, old: tuple[Raw | None, Raw | None], token: str,
    version: tuple[int, int] = (0, 0),
) -> Plan:  # fmt: skip
    """The PersistentVolume that a claim lost, under the same name, for this life of the claim.

    Raises Refused where the claim has lost none.
    """
    meta = claim["metadata"]
    name = f"{meta['namespace']}/{meta['name']}"
    volume_name = claim["spec"].get("volumeName")
    if not volume_name or at(claim, "/status/phase") == "Bound":
        raise Refused(f"Claim {name} has lost no PersistentVolume.")
    size = at(claim, "/status/capacity/storage")
    modes = at(claim, "/status/accessModes")
    asked = replace(
        asked,
        name=str(volume_name),
        claim_uid=str(meta["uid"]),
        capacity=size if isinstance(size, str) else asked.capacity,
        access_modes=tuple(modes) if isinstance(modes, list) and modes else asked.access_modes,
    )
    plan = plan_static_volume(asked, old, token, version)
    warning = (
        f"See that Gluster volume {asked.gluster} is the one that the claim had: another one would be mounted just the"
        " same. (Its data is not lost, whatever the event says: only the PersistentVolume is.)"
    )
    title = f"Recreate PersistentVolume {volume_name} of claim {name} on Gluster volume {asked.gluster}"
    return replace(plan, title=title, warnings=(warning, *plan.warnings))
