"""One probe a node in one round trip, and the volumes of a pool from one of its nodes."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tui.core.facts import ClusterFacts, NodeFacts
from tui.core.plan import Result
from tui.core.runner import Runner
from tui.dialects import gluster, probe
from tui.dialects.close_look import close_look_commands, parse_close_look
from tui.dialects.failures import explain, succeeded
from tui.dialects.gluster_answers import parse_cluster, started_volumes
from tui.remote.errors import Denied

_BUSY_PAUSES: Final = (0.0, 0.3, 1.0, 2.0)


async def probe_node(runner: Runner, node: str) -> NodeFacts:
    """All that a node says about itself. Raises a RemoteError, Denied too where sudo refuses."""
    results = await runner.run(node, probe.probe_commands(), stop=False)
    if probe.lsblk_is_too_old(results):
        results = await runner.run(node, probe.probe_commands(old_lsblk=True), stop=False)
    refused = next((r for r in results if r.code == 1 and r.stderr.startswith("sudo:")), None)
    if refused is not None:
        why = explain(refused)
        raise Denied(node, why.reason, why.remedy)
    return probe.parse_probe(results, time.time())


async def look_closely(runner: Runner, node: str, facts: NodeFacts, paths: Sequence[str]) -> NodeFacts:
    """The same facts with the close look at these device paths added. Raises a RemoteError."""
    if not paths:
        return facts
    links = [path for path in paths if path not in probe.sizes_of(facts, paths)]
    if links:
        # lsblk knows a disk by one path only: where the others lead to tells its size
        where = [command for command in close_look_commands(links) if command.argv[0] == "stat"]
        facts = replace(facts, probes=parse_close_look(await runner.run(node, where, stop=False), links))
    sizes = probe.sizes_of(facts, paths)
    results = await runner.run(node, close_look_commands(paths, sizes), stop=False)
    return replace(facts, probes=parse_close_look(results, paths))


async def read_volumes(runner: Runner, node: str) -> ClusterFacts:
    """The volumes of the pool that `node` belongs to. Raises a RemoteError."""
    info = await runner.run(node, gluster.volume_info_commands(), stop=False)
    statuses: dict[str, Result] = {}
    waiting = started_volumes(info)
    for pause in _BUSY_PAUSES:
        if not waiting:
            break
        await asyncio.sleep(pause)
        answers = await runner.run(node, gluster.volume_status_commands(waiting), stop=False)
        statuses |= dict(zip(waiting, answers, strict=False))
        waiting = [name for name in waiting if name in statuses and _is_busy(statuses[name])]
    return parse_cluster(info, list(statuses.values()), node, time.time())


def _is_busy(result: Result) -> bool:
    """glusterd refuses even a look at a volume while another transaction on it runs."""
    return not succeeded(result) and explain(result).transient
