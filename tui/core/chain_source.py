"""What stands below a PersistentVolume that is no glusterfs one: CSI driver, NFS server, folder of a node. Pure."""

from collections.abc import Iterator
from typing import Final

from tui.core.chain_storage import gluster_links
from tui.core.kube import CsiSource, HostPathSource, KubeNode, LocalSource, NfsSource, PersistentVolume
from tui.core.kube_matcher import on_node
from tui.core.kube_tables import KubeTables
from tui.core.link import BROKEN, WARNS, WELL, Link
from tui.core.model import Snapshot

_NODES: Final = 3
_SELF_MADE: Final = "kadalu"
"""Its volumes that are on no Gluster volume are on its own servers."""


def other_links(
    tables: KubeTables, snapshot: Snapshot, volume: PersistentVolume, words: str, depth: int
) -> Iterator[Link]:
    """The source of a volume, and what is known below it; `words` name the source."""
    match volume.source:
        case CsiSource() as csi:
            yield _csi(tables, volume, csi, words, depth)
            if csi.gluster:
                yield from gluster_links(snapshot, csi.gluster, depth + 1, volume.created)
        case NfsSource() as nfs:
            gluster = _exported(snapshot, nfs)
            why = f"server {nfs.server} is one of the storage nodes" if gluster else f"server {nfs.server}"
            yield _source(volume, words, depth, why)
            if gluster:
                yield from gluster_links(snapshot, gluster, depth + 1)
        case HostPathSource():
            yield _source(volume, words, depth, "a folder of whatever node the pod is on")
            yield from _nodes(tables, volume, depth + 1)
        case LocalSource():
            yield _source(volume, words, depth, "a folder of one node" if volume.node_affinity else "of no node")
            yield from _nodes(tables, volume, depth + 1)
        case _:
            yield _source(volume, words, depth, "")


def _source(volume: PersistentVolume, words: str, depth: int, why: str) -> Link:
    return Link(("source", volume.name), depth, "source", words, "", WELL, why)


def _csi(tables: KubeTables, volume: PersistentVolume, csi: CsiSource, words: str, depth: int) -> Link:
    """A driver may work without a CSIDriver object, so its absence is told and not called a fault."""
    state = "no CSIDriver object" if is_known(tables, "csidrivers") else ""
    if ("", csi.driver) in tables.drivers:
        state = "registered"
    if csi.gluster:
        where = f"Gluster volume {csi.gluster}"
        where = f"folder {csi.folder} of {where}" if csi.folder else where
        why = f"{where} from {', '.join(csi.servers)}" if csi.servers else where
    elif csi.driver == _SELF_MADE and (pool := csi.attributes.get("hostvol")):
        why = f"storage pool {pool} of kadalu's own servers"
    else:
        pairs = [f"{name}={value}" for name, value in csi.attributes.items() if "/" not in name and value]
        why = ", ".join(pairs[:4])
    return Link(("source", volume.name), depth, "source", words, state, WELL, why)


def _exported(snapshot: Snapshot, nfs: NfsSource) -> str:
    """The Gluster volume that a storage node exports over NFS under the volume's name, "" where it is none."""
    name = nfs.path.strip("/").partition("/")[0]
    hosts = {host for node in snapshot.nodes.values() for host in (node.name, node.storage)}
    return name if nfs.server in hosts and any(one.name == name for one in snapshot.volumes.values()) else ""


def _nodes(tables: KubeTables, volume: PersistentVolume, depth: int) -> Iterator[Link]:
    """The nodes that can have the volume, by its node affinity."""
    if volume.node_affinity is None or not is_known(tables, "nodes"):
        return
    fits = sorted((node for node in tables.nodes.values() if on_node(volume, node)), key=lambda node: node.name)
    if not fits:
        needs = " or ".join(
            " and ".join(f"{one.key} {one.operator} {', '.join(one.values)}" for one in (*term.labels, *term.fields))
            for term in volume.node_affinity
        )
        yield Link(("node", ""), depth, "Kubernetes node", "none", "missing", BROKEN, f"no node has {needs}")
    for node in fits[:_NODES]:
        yield _node(node, depth)
    if len(fits) > _NODES:
        yield Link(("more nodes",), depth, "Kubernetes node", f"and {len(fits) - _NODES} more", "", WELL)


def _node(node: KubeNode, depth: int) -> Link:
    key = ("node", node.name)
    if node.is_ready:
        return Link(key, depth, "Kubernetes node", node.name, "ready", WELL)
    if node.ready is None:
        return Link(key, depth, "Kubernetes node", node.name, "unknown", WARNS, "it does not say how it is")
    return Link(key, depth, "Kubernetes node", node.name, "not ready", BROKEN, node.ready.message or node.ready.reason)


def is_known(tables: KubeTables, kind: str) -> bool:
    """Whether a kind was read whole, so that what is not there does not exist."""
    part = tables.parts.get(kind)
    return tables.is_listed(kind) and (part is None or part.state != "denied")
