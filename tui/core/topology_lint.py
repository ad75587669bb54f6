"""What is wrong between the parts of a topology that are each right by themselves."""

from collections.abc import Iterable, Sequence

from tui.core.document import Value
from tui.core.topology_fields import Notes
from tui.core.topology_schema import ReadCluster, ReadNode
from tui.core.topology_words import is_ip, is_loopback, names_one_disk, normal_host, normal_path

REPLICAS = 3  # what heketi-cli, and the StorageClass of heketi's provisioner, ask for by default


def lint(clusters: Sequence[ReadCluster], notes: Notes) -> None:
    """Add to `notes` every problem that shows only when nodes and clusters are compared."""
    _duplicate_names(clusters, notes)
    nodes = [node for cluster in clusters for node in cluster.nodes]
    suspects = _swapped(nodes, notes)
    for node in nodes:
        _storage_names(node, notes, told=node in suspects, alone=len(nodes) == 1)
        _devices(node, notes)
    _shared_disks(nodes, notes)
    for cluster in clusters:
        _cluster(cluster, notes)


def _duplicate_names(clusters: Sequence[ReadCluster], notes: Notes) -> None:
    """One machine given twice: by the same manage or storage name, or by one as the other."""
    seen: dict[str, dict[str, tuple[ReadNode, Value, int]]] = {"manage": {}, "storage": {}}
    for number, cluster in enumerate(clusters):
        for node in cluster.nodes:
            for kind, names in (("manage", node.manage), ("storage", node.storage)):
                for name in names:
                    known = seen[kind].setdefault(_normal(name), (node, name, number))
                    if known[1] is not name:
                        notes.error(name, _twice(kind, name, known, node, number))
                        continue
                    other_kind = "storage" if kind == "manage" else "manage"
                    other = seen[other_kind].get(_normal(name))
                    if other and other[0] is not node:
                        notes.error(
                            name,
                            f'the {kind} hostname "{name.content}" is the {other_kind} hostname of the node on line '
                            f"{other[0].at.line}; one machine can't be two nodes",
                        )


def _twice(kind: str, name: Value, known: tuple[ReadNode, Value, int], node: ReadNode, cluster: int) -> str:
    first_node, first_name, first_cluster = known
    text = f'the {kind} hostname "{name.content}"'
    if first_node is node:
        return f"{text} is given twice for this node"
    if first_cluster != cluster:
        return f"{text} stands in another cluster too (line {first_name.line}); a node can be in one cluster only"
    return f"{text} is already that of the node on line {first_node.at.line}"


def _normal(name: Value) -> str:
    return normal_host(str(name.content))


def _is_ip(names: Sequence[Value]) -> bool:
    return is_ip(str(names[0].content))


def _swapped(nodes: Iterable[ReadNode], notes: Notes) -> list[ReadNode]:
    """Nodes with an IP address to manage and a name to store: likely the wrong way round.

    It is an error where another node has them the right way; where no node has, it may be meant.
    """
    named = [node for node in nodes if node.manage and node.storage]
    suspects = [node for node in named if _is_ip(node.manage) and not _is_ip(node.storage)]
    right = [node for node in named if not _is_ip(node.manage) and _is_ip(node.storage)]
    for node in suspects:
        manage, storage = node.manage[0], node.storage[0]
        message = f'"manage" is the IP address {manage.content} and "storage" the name "{storage.content}": swapped?'
        if right:
            example = right[0]
            message += f" The node on line {example.at.line} has them the other way round"
            notes.error(manage, message)
        else:
            notes.warn(manage, message + " Kubernetes' GlusterFS provisioner needs an IP address as storage hostname")
    return suspects


def _storage_names(node: ReadNode, notes: Notes, told: bool, alone: bool) -> None:
    if len(node.storage) > 1:
        joined = "".join(str(name.content) for name in node.storage)
        notes.warn(
            node.storage[1],
            f"Kubernetes' GlusterFS provisioner joins the storage hostnames of a node to one ({joined[:60]}), "
            "which is no address; keep only the first",
        )
    for name in node.storage[:1]:
        if is_loopback(str(name.content)) and not alone:
            notes.warn(name, f'the storage hostname "{name.content}" means another machine on each node')
        elif not told and not is_ip(str(name.content)):
            notes.warn(
                name,
                f'the storage hostname "{name.content}" is no IP address; Kubernetes\' GlusterFS provisioner needs one',
            )


def _devices(node: ReadNode, notes: Notes) -> None:
    if node.bare:
        name = f' "{node.manage[0].content}"' if node.manage else ""
        notes.warn(node.at, f"the node{name} has no devices; no brick can be placed on it")
    seen: dict[str, Value] = {}
    for device in node.devices:
        first = seen.setdefault(normal_path(device.device.path), device.at)
        if first is not device.at:
            same = "" if first.content == device.at.content else f' (as "{first.content}")'
            message = f'the device "{device.device.path}" is given twice for this node; the first is on line '
            notes.error(device.at, f"{message}{first.line}{same}")


def _shared_disks(nodes: Iterable[ReadNode], notes: Notes) -> None:
    """The same worldwide disk name on two nodes: one disk with two cables, or a line copied."""
    seen: dict[str, ReadNode] = {}
    for node in nodes:
        for device in node.devices:
            path = device.device.path
            if not names_one_disk(path):
                continue
            other = seen.setdefault(normal_path(path), node)
            if other is not node:
                message = (
                    f'the device "{path}" is also given for the node on line {other.at.line}; this name belongs to '
                )
                notes.warn(device.at, message + "one disk, and two nodes must not use the same disk")


def _cluster(cluster: ReadCluster, notes: Notes) -> None:
    if 0 < len(cluster.nodes) < REPLICAS:
        count = "only 1 node" if len(cluster.nodes) == 1 else f"only {len(cluster.nodes)} nodes"
        notes.warn(cluster.at, f"the cluster has {count}; a volume with {REPLICAS} replicas needs {REPLICAS}")
    if not cluster.file and not cluster.block:
        notes.warn(cluster.flag_at, '"file" and "block" are both false: heketi would place no volume in this cluster')
