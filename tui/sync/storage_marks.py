"""Which claims a change of the storage nodes concerns."""

from collections.abc import Iterator

from tui.core.kube import Key
from tui.core.kube_tables import KubeTables
from tui.core.model import Snapshot, Volume


def claims_to_look_at(tables: KubeTables, before: Snapshot, after: Snapshot) -> set[Key]:
    """The claims on Gluster volumes that look other than before; on all of them where nodes came, went or changed.

    And those whose volumes could not be seen before, since they are younger than that reading.
    """
    if _nodes(before) != _nodes(after):
        names = {name for volume in tables.volumes.values() if (name := volume.gluster_name)}
    else:
        names = {*_changed(before, after), *_younger(tables, before, after)}
    return {
        volume.claim.key for name in names for volume in tables.volumes_of_gluster(name) if volume.claim is not None
    }


def _younger(tables: KubeTables, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """What was too new to be seen before, and would have been seen now."""
    if before.volumes_read == after.volumes_read:
        return
    for volume in tables.volumes.values():
        name = volume.gluster_name
        if name and before.is_younger(volume.created) and not after.is_younger(volume.created):
            yield name


def _nodes(snapshot: Snapshot) -> list[tuple[str, str, str, str]]:
    return sorted((node.name, node.storage, node.state, node.reason) for node in snapshot.nodes.values())


def _changed(before: Snapshot, after: Snapshot) -> Iterator[str]:
    for name in before.volumes.keys() | after.volumes.keys():
        if _look(before.volumes.get(name)) != _look(after.volumes.get(name)):
            yield name
    for key in before.bricks.keys() | after.bricks.keys():
        if before.bricks.get(key) != after.bricks.get(key):
            yield key[0]


def _look(volume: Volume | None) -> object:
    return None if volume is None else (volume.state, volume.bricks, volume.heal, volume.quotas)
