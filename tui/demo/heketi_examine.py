"""GET /internal/state/examine/gluster of the simulated heketi: its database beside what (mock) nodes tell."""

from typing import Any

from tui.demo.heketi_export import dump
from tui.demo.heketi_state import Heketi
from tui.demo.heketi_tables import Node

_NAME = {"Space": "", "Local": ""}
_NUMBERS = (
    "BrickCount", "DistCount", "StripeCount", "ReplicaCount", "ArbiterCount", "DisperseCount", "RedundancyCount",
)  # fmt: skip


def examine(heketi: Heketi) -> dict[str, Any]:
    """What heketi compares: nothing but lists of volumes, which its mock executor invents."""
    tables = heketi.tables
    flying = sum(operation.in_flight for operation in tables.operations.values())
    report = [f"OnDemand Examiner invoked while {flying} ops are in flight"]
    report += [f"heketi volume list does not match with volume list of node {ident}" for ident in sorted(tables.nodes)]
    clusters = [
        {"ClusterHeketiID": ident, "NodesData": [_node(tables.nodes[node]) for node in cluster.nodes]}
        for ident, cluster in sorted(tables.clusters.items())
    ]
    return {"heketidb": dump(tables), "report": report, "clusters": clusters}


def _node(node: Node) -> dict[str, Any]:
    volumes = [_volume(node.manage[0]) for _ in range(2)]
    return {
        "NodeHeketiID": node.id,
        "VolumeInfo": {"XMLName": _NAME, "Volumes": {"XMLName": _NAME, "Count": len(volumes), "VolumeList": volumes}},
        "LVMPVInfo": {"report": None},
        "LVMVGInfo": {"report": None},
        "LVMLVInfo": {"report": None},
        "BricksMountStatus": {"Statuses": None},
        "BlockVolumeNames": None,
    }


def _volume(host: str) -> dict[str, Any]:
    bricks = [{"UUID": "", "Name": f"{host}:/mockpath", "HostUUID": "", "IsArbiter": 0} for _ in range(3)]
    return {
        "XMLName": _NAME,
        "VolumeName": "",
        "ID": "",
        "Status": 0,
        "StatusStr": "",
        **dict.fromkeys(_NUMBERS, 0),
        "Type": 0,
        "TypeStr": "",
        "Transport": 0,
        "Bricks": {"XMLName": _NAME, "BrickList": bricks},
        "OptCount": 0,
        "Options": {"XMLName": _NAME, "OptionList": None},
    }
