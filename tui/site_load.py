"""Topology files on a site: read, checked against the nodes that they name, planned."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.checks.preflight import check_topology
from tui.config import SiteConfig
from tui.core.facts import NodeFacts
from tui.core.finding import Finding
from tui.core.plan import Plan
from tui.core.store import Store
from tui.core.topology import Topology, TopologyNode
from tui.core.topology_file import TopologyReading, parse_topology
from tui.plans.remedies import attach
from tui.plans.topology_load import plan_load
from tui.remote.errors import RemoteError
from tui.site_plans import new_id
from tui.sync.nodes import look_closely, probe_node

if TYPE_CHECKING:
    from tui.remote.ssh import SshPool

MAX_TOPOLOGY_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LoadProposal:
    """What a topology load would do: the plan, and what preflight found on the nodes."""

    topology: Topology
    plan: Plan
    findings: tuple[Finding, ...]


class SiteLoad:
    """What a site does with topology files."""

    config: SiteConfig
    store: Store
    _proposals: list[LoadProposal]

    def read_topology(self, path: Path) -> TopologyReading:
        """Read a topology file. Raises OSError where it can't be read."""
        with path.open("rb") as file:
            raw = file.read(MAX_TOPOLOGY_BYTES)
        return parse_topology(raw, str(path))

    async def propose_load(self, topology: Topology) -> LoadProposal:
        """Look at every node and device of a topology and plan its load. Changes nothing."""
        pool = self._need_pool()
        for node in topology.nodes:
            pool.add(self.config.address(node.manage))
        looked = await asyncio.gather(*(self._look(node) for node in topology.nodes))
        pairs = list(zip((node.manage for node in topology.nodes), looked, strict=True))
        facts = {name: result for name, result in pairs if isinstance(result, NodeFacts)}
        failures = {name: (result.reason, result.remedy) for name, result in pairs if isinstance(result, RemoteError)}
        known = {name: entry.facts for name, entry in self.store.nodes.items() if entry.facts}
        findings = check_topology(topology, {**known, **facts}, failures)
        plan = plan_load(topology, facts, findings, new_id)
        proposal = LoadProposal(topology, plan, tuple(attach(findings, {**known, **facts})))
        self._proposals = [*self._proposals[-4:], proposal]
        return proposal

    def topology_of(self, plan: Plan) -> Sequence[TopologyNode]:
        """The nodes of the topology that a plan loads; none where it loads none."""
        return next((p.topology.nodes for p in self._proposals if p.plan is plan), ())

    async def _look(self, node: TopologyNode) -> NodeFacts | RemoteError:
        pool = self._need_pool()
        try:
            facts = await probe_node(pool, node.manage)
            return await look_closely(pool, node.manage, facts, [device.path for device in node.devices])
        except RemoteError as error:
            return error

    def _need_pool(self) -> "SshPool":
        raise NotImplementedError
