"""The Gluster volume under a PersistentVolume, in the picture of the storage nodes."""

from tui.checks.claim_case import ClaimWorld
from tui.core.kube import CsiSource, PersistentVolume
from tui.core.model import State


def gluster_name(volume: PersistentVolume) -> str:
    """The Gluster volume's name, "" for another kind of volume."""
    return volume.gluster_name


def addresses_of(world: ClaimWorld, volume: PersistentVolume) -> set[str]:
    """The addresses from which kubelet or its CSI driver mounts it, as far as they are known."""
    if isinstance(volume.source, CsiSource):
        return set(volume.source.servers)
    key = volume.endpoints_key
    return {address for one in world.tables.endpoints_of(key) for address in one.addresses} if key else set()


def pool_of(world: ClaimWorld, volume: PersistentVolume) -> str | None:
    """The cluster whose nodes the Endpoints or the driver's attributes name; None when none of them is known here."""
    addresses = addresses_of(world, volume)
    for node in world.storage.nodes.values():
        if node.cluster and (node.storage in addresses or node.name in addresses):
            return node.cluster
    return None


def gluster_key_of(world: ClaimWorld, volume: PersistentVolume) -> str:
    """Under which name the picture holds the Gluster volume, "" where it does not.

    Of several clusters with a volume of the name it is the one in the cluster of the Endpoints; where these lead to
    a pool that is not known here, it is none.
    """
    name, storage = gluster_name(volume), world.storage
    if not name or not storage.volumes:
        return ""
    keys = (name, *(f"{name} ({cluster.name})" for cluster in storage.clusters))
    found = [key for key in keys if key in storage.volumes]
    pool = pool_of(world, volume)
    if pool is not None:
        return next((key for key in found if storage.volumes[key].cluster == pool), "")
    if addresses_of(world, volume) and storage.nodes and _tells_addresses(world):
        return ""
    return found[0] if len(found) == 1 else ""


def _tells_addresses(world: ClaimWorld) -> bool:
    """Whether the nodes are known by IP addresses, so that they can be compared with Endpoints."""
    return all(node.storage.replace(".", "").isdigit() or ":" in node.storage for node in world.storage.nodes.values())


def is_read(world: ClaimWorld, cluster: str) -> bool:
    """Whether the volumes of a cluster were surely read: one of its nodes is well, and its volumes are there."""
    well = any(node.cluster == cluster and node.state is State.ONLINE for node in world.storage.nodes.values())
    return well and any(one.cluster == cluster for one in world.storage.volumes.values())


def gluster_state(world: ClaimWorld, volume: PersistentVolume) -> str:
    """The status of its Gluster volume ("Started"); "gone" where all pools were read and none has it, "" unknown."""
    if key := gluster_key_of(world, volume):
        return world.storage.volumes[key].status
    name, clusters = gluster_name(volume), [cluster.id for cluster in world.storage.clusters]
    if not name or not clusters or not all(is_read(world, cluster) for cluster in clusters):
        return ""
    return "" if any(one.name.partition(" (")[0] == name for one in world.storage.volumes.values()) else "gone"
