"""What plans for Kubernetes have to know of Gluster: the addresses of the servers of a volume."""

import asyncio
import socket
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

from tui.core.model import Snapshot
from tui.dialects.kube_request import Raw
from tui.plans.kube_endpoints import addresses_of
from tui.plans.kube_gluster_fit import parts_of

Key = tuple[str, str]


def path_of(raw: Raw) -> str:
    """The Gluster volume of a PersistentVolume of type glusterfs, "" for others."""
    return parts_of(str((raw["spec"].get("glusterfs") or {}).get("path") or ""))[0]


def endpoints_of(raw: Raw) -> Key:
    """Where a PersistentVolume of type glusterfs has its Endpoints."""
    source, ref = raw["spec"].get("glusterfs") or {}, raw["spec"].get("claimRef") or {}
    return str(source.get("endpointsNamespace") or ref.get("namespace") or ""), str(source.get("endpoints") or "")


def servers_of(snapshot: Snapshot, gluster: str) -> tuple[str, ...]:
    """The storage names of all nodes of the cluster that a volume is in, as the provisioner writes them.

    `gluster` is a volume or "volume/folder".
    """
    volume = snapshot.volumes.get(parts_of(gluster)[0])
    if volume is None:
        return ()
    cluster = next((one for one in snapshot.clusters if one.id == volume.cluster), None)
    nodes = [snapshot.nodes[name] for name in cluster.nodes if name in snapshot.nodes] if cluster else []
    hosts = [node.storage or node.name for node in nodes] or [key[1] for key in volume.bricks]
    return tuple(dict.fromkeys(hosts))


async def addresses(names: Sequence[str]) -> tuple[str, ...]:
    """The IP addresses of names; what can't be found stays a name."""
    return tuple(await asyncio.gather(*(_address(name) for name in names)))


async def _address(name: str) -> str:
    try:
        return str(ip_address(name))
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return name
    return str(min(found, key=lambda one: one[0] != socket.AF_INET)[4][0]) if found else name


def known_addresses(gluster: str, volumes: Iterable[Raw], endpoints: Iterable[Raw]) -> tuple[str, ...]:
    """Addresses of a volume's servers that other Endpoints of the same volume hold already, whichever its folder."""
    name = parts_of(gluster)[0]
    by_key = {(raw["metadata"].get("namespace", ""), raw["metadata"]["name"]): raw for raw in endpoints}
    for raw in volumes:
        if path_of(raw) == name and (found := by_key.get(endpoints_of(raw))) is not None and addresses_of(found):
            return tuple(addresses_of(found))
    return ()
