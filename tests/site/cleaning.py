"""What the tests of the clean share: the state of all nodes, plans, and why one did not succeed."""

from typing import Any

from tests.site.helpers import Bench
from tui.core.plan import Plan
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.demo.machine import Machine
from tui.ops.events import Outcome
from tui.plans.clean import CleanTarget, plan_clean


def state(bench: Bench) -> dict[str, Any]:
    """All of a node that a load or a volume changes."""
    found: dict[str, Any] = {}
    for node in bench.demo.nodes:
        machine = node.machine
        root = machine.files.mounts[0].fs.entries
        found[node.name] = {
            "groups": sorted(machine.lvm.groups),
            "labels": sorted(machine.lvm.pvs),
            "devices": sorted(machine.devices.all),
            "signatures": {d.path: [s.type for s in d.signatures] for d in machine.devices.all.values()},
            "fstab": machine.files.read("/etc/fstab"),
            "mounts": [mount.target for mount in machine.files.mounts],
            "data": {d.path: sorted(d.data) for d in machine.devices.all.values()},
            "folders": [path for path in root if "/mounts/" in path],
            "peers": [peer.machine.name for peer in machine.glusterd.peers()],
            "volumes": sorted(machine.glusterd.pool.volumes),
        }
    return found


def planned(bench: Bench, target: CleanTarget) -> Plan:
    store = bench.site.store
    facts = {name: entry.facts for name, entry in store.nodes.items() if entry.facts}
    return plan_clean(store.snapshot, facts, target)


def whole(bench: Bench) -> CleanTarget:
    clusters = [cluster.id for cluster in bench.site.store.snapshot.clusters if cluster.id]
    assert len(clusters) == 1, clusters
    return CleanTarget("cluster", cluster=clusters[0])


async def volume(bench: Bench, name: str, count: int = 3) -> None:
    request = VolumeRequest(name, GIB) if count == 3 else VolumeRequest(name, GIB, "none", 1)
    outcome = await bench.run(bench.site.volume_create_plan(request))
    assert outcome.ok, outcome.failed


def why(outcome: Outcome) -> list[str]:
    return [f"{r.step}: {r.reason}" for r in outcome.failed] + [s.reason for s in outcome.plan.skipped if s.is_fault]


def do(machine: Machine, line: str) -> None:
    reply = machine.run(line.split())
    assert reply.code == 0, reply.err
    assert "<opRet>-1" not in reply.out, reply.out
