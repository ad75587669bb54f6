"""Do the nodes of a topology belong together? Pools must never be mixed by accident."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tui.checks.nodes import node_finding
from tui.core.facts import NodeFacts
from tui.core.finding import Finding, Severity
from tui.core.topology import Topology, TopologyCluster, TopologyNode

Facts = Mapping[str, NodeFacts]


@dataclass(slots=True)
class Pool:
    """A trusted pool that exists: which nodes of a topology's cluster are in it, and all its names."""

    nodes: list[TopologyNode] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    hosts: dict[str, str] = field(default_factory=dict)

    def has(self, node: TopologyNode, facts: NodeFacts | None) -> bool:
        """Whether a node is a member, by its UUID or, where that is unknown, by its storage name."""
        if facts is not None and facts.uuid:
            return facts.uuid in self.names
        return node.storage in self.names


def existing_pools(cluster: TopologyCluster, everyone: Facts) -> list[Pool]:
    """The pools that nodes of a cluster are in already; a node without peers is in none.

    The first is the one with most nodes of this cluster: the pool that the others shall join.
    """
    pools: list[Pool] = []
    for node in cluster.nodes:
        facts = everyone.get(node.manage)
        peers = [peer for peer in facts.peers if not peer.is_self] if facts else []
        if facts is None or not peers:
            continue
        pool = next((p for p in pools if p.has(node, facts) or any(peer.uuid in p.names for peer in peers)), None)
        if pool is None:
            pool = Pool()
            pools.append(pool)
        pool.names |= {facts.uuid} - {""}
        for peer in peers:
            pool.names |= {peer.uuid, peer.hostname, *peer.hostnames}
            pool.hosts[peer.uuid] = peer.hostname
    for pool in pools:
        pool.nodes = [node for node in cluster.nodes if pool.has(node, everyone.get(node.manage))]
    return sorted(pools, key=lambda pool: -len(pool.nodes))


def check_pools(topology: Topology, everyone: Facts) -> list[Finding]:
    """Nodes that are in a pool with strangers, or in another pool than the rest of their cluster."""
    faults: list[Finding] = []
    for number, cluster in enumerate(topology.clusters):
        pools = existing_pools(cluster, everyone)
        faults += _foreign(cluster, pools, everyone)
        faults += _spread(pools, topology.clusters[number + 1 :], everyone)
        faults += _versions(cluster, everyone)
    return faults


def _foreign(cluster: TopologyCluster, pools: list[Pool], everyone: Facts) -> Iterator[Finding]:
    for number, pool in enumerate(pools):
        if len(cluster.nodes) == 1 or (number == 0 and len(pool.nodes) > 1):
            continue
        for node in pool.nodes:
            others = ", ".join(_strangers(pool, node, everyone)) or "other nodes"
            where = "another pool than the rest of its cluster" if number else "a pool that this topology does not name"
            yield node_finding(
                node,
                "node-in-other-pool",
                f"{node.manage} is in {where}: its peers are {others}.",
                "If that pool shall grow, name its nodes in the topology too; "
                "if it is given up, detach this node from it first.",
                evidence=f"gluster pool list on {node.manage}",
            )


def _strangers(pool: Pool, node: TopologyNode, everyone: Facts) -> list[str]:
    own = everyone[node.manage].uuid if node.manage in everyone else ""
    return [host for uuid, host in pool.hosts.items() if uuid != own]


def _spread(pools: list[Pool], others: Iterable[TopologyCluster], everyone: Facts) -> Iterator[Finding]:
    for pool in pools:
        names = ", ".join(node.manage for node in pool.nodes)
        for node in (node for cluster in others for node in cluster.nodes):
            facts = everyone.get(node.manage)
            if facts is not None and pool.has(node, facts):
                text = f"{node.manage} is in one pool with {names}, and the topology puts them into two clusters."
                yield node_finding(node, "pool-in-two-clusters", text, "Put the nodes of one pool into one cluster.")


def _versions(cluster: TopologyCluster, everyone: Facts) -> Iterator[Finding]:
    found = {n.manage: everyone[n.manage].gluster_version for n in cluster.nodes if n.manage in everyone}
    first = next((version for version in found.values() if version), "")
    for node in cluster.nodes:
        version = found.get(node.manage, "")
        if version and version != first:
            text = f"{node.manage} runs Gluster {version}; other nodes of its cluster run {first}."
            yield node_finding(
                node,
                "gluster-versions-differ",
                text,
                "Bring all nodes to one version, one node at a time.",
                severity=Severity.WARNING,
            )
