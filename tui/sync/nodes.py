"""One probe a node in one round trip, and the volumes of a pool from one of its nodes."""

import time
from collections.abc import Sequence
from dataclasses import replace

from tui.core.facts import ClusterFacts, DeviceProbe, NodeFacts
from tui.core.runner import Runner
from tui.dialects import gluster, probe
from tui.dialects.failures import explain
from tui.dialects.gluster_answers import parse_cluster, started_volumes
from tui.remote.errors import Denied, RemoteError


async def probe_node(runner: Runner, node: str) -> NodeFacts:
    """All that a node says about itself. Raises a RemoteError, Denied too where sudo refuses."""
    results = await runner.run(node, probe.probe_commands(), stop=False)
    facts = probe.parse_probe(results, time.time())
    refused = next((r for r in results if r.code == 1 and r.stderr.startswith("sudo:")), None)
    if refused is not None:
        why = explain(refused)
        raise Denied(node, why.reason, why.remedy)
    return facts


async def look_closely(runner: Runner, node: str, facts: NodeFacts, paths: Sequence[str]) -> NodeFacts:
    """The same facts with the close look at these device paths added. Raises a RemoteError."""
    if not paths:
        return facts
    results = await runner.run(node, probe.close_look_commands(paths), stop=False)
    probes: tuple[DeviceProbe, ...] = probe.parse_close_look(results, paths)
    return replace(facts, probes=probes)


async def read_volumes(runner: Runner, node: str) -> ClusterFacts:
    """The volumes of the pool that `node` belongs to. Raises a RemoteError."""
    info = await runner.run(node, gluster.volume_info_commands(), stop=False)
    started = started_volumes(info)
    statuses = await runner.run(node, gluster.volume_status_commands(started), stop=False) if started else []
    return parse_cluster(info, statuses, node, time.time())
