"""From storage upwards: which claims and pods hang on a Gluster volume, a brick, a device or a node. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from tui.core.kube import Key, PersistentVolume
from tui.core.kube_tables import KubeTables
from tui.core.model import Brick, Device, Node, Snapshot, Volume


@dataclass(frozen=True, slots=True)
class VolumeUser:
    """A PersistentVolume on a Gluster volume, the claim that has it (None: nobody has), and the pods that use that."""

    gluster: str
    volume: str
    claim: Key | None = None
    pods: tuple[Key, ...] = ()

    def __str__(self) -> str:
        """ "claim shop/db (pods shop/db-0, shop/db-1)"."""
        if self.claim is None:
            return f"PersistentVolume {self.volume} (no claim has it)"
        pods = ", ".join("/".join(pod) for pod in self.pods)
        return f"claim {'/'.join(self.claim)}" + (f" (pod{'s' * (len(self.pods) > 1)} {pods})" if pods else " (no pod)")


def claims_of_volume(tables: KubeTables, gluster: str) -> list[VolumeUser]:
    """Who uses a Gluster volume or a folder of it through Kubernetes; finished pods don't count."""
    return [_user(tables, gluster, volume) for volume in tables.volumes_of_gluster(gluster)]


def claims_on(snapshot: Snapshot, tables: KubeTables, thing: Volume | Brick | Device | Node) -> list[VolumeUser]:
    """Who hangs on a volume, brick, device or node, in order of the volumes' names."""
    return [user for name in volumes_under(snapshot, thing) for user in claims_of_volume(tables, name)]


def volumes_under(snapshot: Snapshot, thing: Volume | Brick | Device | Node) -> list[str]:
    """The names of the Gluster volumes that have a brick there, each once, sorted."""
    match thing:
        case Volume():
            return [thing.name]
        case Brick():
            return [thing.volume]
        case Device():
            bricks: Iterable[Brick] = (b for b in snapshot.bricks.values() if (b.node, b.device) == thing.key)
        case Node():
            bricks = (b for b in snapshot.bricks.values() if b.node == thing.name)
    return sorted({brick.volume for brick in bricks})


def gluster_of(tables: KubeTables, claim: Key) -> str:
    """The Gluster volume under a claim, "" where there is none or it is none that can be told."""
    held = tables.claims.get(claim)
    volume = tables.volume_of(held) if held is not None else None
    return volume.gluster_name if volume is not None else ""


def _user(tables: KubeTables, gluster: str, volume: PersistentVolume) -> VolumeUser:
    if volume.claim is None or volume.phase == "Released":
        return VolumeUser(gluster, volume.name)
    pods = tuple(pod.key for pod in tables.pods_of(volume.claim.key) if not pod.is_finished)
    return VolumeUser(gluster, volume.name, volume.claim.key, pods)
