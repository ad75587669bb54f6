"""heketi's topology file, read and written. JSON as heketi has it, or the same as YAML."""

import json
from dataclasses import dataclass
from typing import Any

from tui.core.document import Problem, parse_document
from tui.core.topology import Topology, TopologyCluster, TopologyDevice, TopologyNode
from tui.core.topology_fields import Notes
from tui.core.topology_lint import lint
from tui.core.topology_schema import ReadCluster, ReadNode, read_clusters


@dataclass(frozen=True, slots=True)
class TopologyReading:
    """What a file says, and all that is wrong with it, in the order of the lines.

    `topology` is None as soon as there is one error: half a topology is never loaded.
    """

    topology: Topology | None
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether the file can be used; there may be warnings."""
        return self.topology is not None


def parse_topology(text: str | bytes, source: str) -> TopologyReading:
    """Read a topology; `source` names the file in problems. Never raises, whatever the text is."""
    root, problems = parse_document(text, source)
    notes = Notes(source, list(problems))
    clusters: tuple[ReadCluster, ...] = ()
    if root is not None:
        clusters = read_clusters(root, notes)
        lint(clusters, notes)
    found = tuple(sorted(notes.problems, key=lambda problem: (problem.line, problem.column)))
    if any(problem.severity == "error" for problem in found):
        return TopologyReading(None, found)
    return TopologyReading(Topology(tuple(map(_cluster, clusters)), source), found)


def dump_topology(topology: Topology) -> str:
    """The topology as JSON that heketi reads; what is as heketi has it by default is left out."""
    return json.dumps({"clusters": [_cluster_data(c) for c in topology.clusters]}, indent=2, ensure_ascii=False) + "\n"


def _cluster(read: ReadCluster) -> TopologyCluster:
    return TopologyCluster(tuple(map(_node, read.nodes)), read.file, read.block, read.at.line)


def _node(read: ReadNode) -> TopologyNode:
    manage = tuple(str(name.content) for name in read.manage)
    storage = tuple(str(name.content) for name in read.storage)
    return TopologyNode(
        manage=manage[0],
        storage=storage[0],
        zone=read.zone,
        devices=tuple(device.device for device in read.devices),
        tags=read.tags,
        other_manage=manage[1:],
        other_storage=storage[1:],
        line=read.at.line,
    )


def _cluster_data(cluster: TopologyCluster) -> dict[str, Any]:
    flags = {key: False for key, value in (("file", cluster.file), ("block", cluster.block)) if not value}
    return {**flags, "nodes": [_node_data(node) for node in cluster.nodes]}


def _node_data(node: TopologyNode) -> dict[str, Any]:
    hostnames = {"manage": [node.manage, *node.other_manage], "storage": [node.storage, *node.other_storage]}
    data = {"hostnames": hostnames, "zone": node.zone, **({"tags": node.tags} if node.tags else {})}
    return {"node": data, "devices": [_device_data(device) for device in node.devices]}


def _device_data(device: TopologyDevice) -> str | dict[str, Any]:
    if not device.destroydata and not device.tags:
        return device.path
    data: dict[str, Any] = {"name": device.path}
    if device.destroydata:
        data["destroydata"] = True
    return data | ({"tags": device.tags} if device.tags else {})
