"""Nodes that can't join, pools that don't belong together."""

from dataclasses import replace

import pytest

from tests.plans.factory import facts, in_pool, node, peer, topology, uuid, with_group
from tui.checks.nodes import check_node
from tui.checks.pools import check_pools
from tui.checks.preflight import check_topology
from tui.core.facts import DeviceProbe, NodeFacts
from tui.core.finding import Finding, Severity
from tui.core.topology import Topology, TopologyCluster, TopologyDevice

NODE = node()


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_a_healthy_node_has_no_findings() -> None:
    assert check_node(NODE, facts(), "") == []


def test_a_node_that_did_not_answer() -> None:
    (fault,) = check_node(NODE, None, "connection refused", remedy="start sshd")
    assert (fault.code, fault.severity, fault.device) == ("node-unreachable", Severity.ERROR, "")
    assert "connection refused" in fault.sentence
    assert fault.remedies[0].title == "start sshd"


def test_sudo_that_refuses() -> None:
    assert codes(check_node(NODE, None, "sudo asks for a password")) == ["node-sudo-refused"]
    known = replace(facts(), unread={"devices": "sudo: a password is required"})
    assert codes(check_node(NODE, known, "")) == ["node-sudo-refused"]


@pytest.mark.parametrize(
    ("fields", "code", "severity"),
    [
        ({"glusterd": "not installed"}, "glusterd-missing", Severity.ERROR),
        ({"glusterd": "inactive"}, "glusterd-stopped", Severity.ERROR),
        ({"glusterd": "failed"}, "glusterd-stopped", Severity.ERROR),
        ({"glusterd": "unknown"}, "glusterd-unknown", Severity.ERROR),
        ({"glusterd_enabled": "disabled"}, "glusterd-disabled", Severity.WARNING),
        ({"tools": {"lvm": False}}, "lvm2-missing", Severity.ERROR),
        ({"tools": {"thin_check": False}}, "thin-check-missing", Severity.ERROR),
        ({"tools": {"mkfs.xfs": False}}, "xfsprogs-missing", Severity.ERROR),
        ({"modules": frozenset({"linear"})}, "dm-thin-pool-missing", Severity.ERROR),
        ({"unread": {"devices": "the answer is no JSON"}}, "node-not-read", Severity.ERROR),
    ],
)
def test_what_a_node_can_lack(fields: dict[str, object], code: str, severity: Severity) -> None:
    (fault,) = check_node(NODE, replace(facts(), **fields), "")  # type: ignore[arg-type]
    assert (fault.code, fault.severity) == (code, severity)


def test_an_unread_list_that_another_finding_explains_is_not_told_twice() -> None:
    known = replace(facts(), tools={"lvm": False}, unread={"physical_volumes": "lvm: not found"})
    assert codes(check_node(NODE, known, "")) == ["lvm2-missing"]


def test_a_cloned_machine() -> None:
    clone = replace(facts(2), uuid=uuid(1))
    (fault,) = check_node(NODE, facts(), "", all_facts={"node1": facts(), "node2": clone})
    assert (fault.code, fault.evidence) == ("glusterd-uuid-twice", f"glusterd.info: UUID={uuid(1)}")


def test_one_machine_under_two_names() -> None:
    assert codes(check_node(NODE, facts(), "", all_facts={"node1": facts(), "node9": facts()})) == ["node-twice"]


def test_swapped_storage_names() -> None:
    everyone = {"node1": in_pool(facts(), 2), "node2": in_pool(facts(2), 1), "node3": in_pool(facts(3), 1, 2)}
    swapped = replace(NODE, storage="10.0.0.2")
    (fault,) = check_node(swapped, everyone["node1"], "", all_facts=everyone)
    assert (fault.code, fault.severity) == ("storage-name-of-other-node", Severity.ERROR)


def test_a_new_name_for_a_member_is_only_a_warning() -> None:
    everyone = {"node1": in_pool(facts(), 2), "node2": in_pool(facts(2), 1)}
    renamed = replace(NODE, storage="storage1")
    (fault,) = check_node(renamed, everyone["node1"], "", all_facts=everyone)
    assert (fault.code, fault.severity) == ("storage-name-unknown", Severity.WARNING)


def test_manage_and_storage_exchanged_since_the_last_load() -> None:
    known = with_group(facts(), "b", tags=("brickyard.manage=10.0.0.1", "brickyard.storage=node1"))
    assert "node-names-swapped" in codes(check_node(NODE, known, ""))


def test_a_peer_that_is_down_is_a_warning() -> None:
    known = replace(facts(), peers=(*facts().peers, peer(2, connected=False)))
    (fault,) = check_node(NODE, known, "")
    assert (fault.code, fault.severity) == ("peer-not-well", Severity.WARNING)


def pool_faults(*clusters: TopologyCluster, **known: NodeFacts) -> list[tuple[str, str]]:
    return [(f.node, f.code) for f in check_pools(Topology(clusters), known)]


def test_fresh_nodes_and_members_of_one_pool_may_be_loaded() -> None:
    three = TopologyCluster((node(1), node(2), node(3)))
    assert pool_faults(three, node1=facts(1), node2=facts(2), node3=facts(3)) == []
    assert pool_faults(three, node1=in_pool(facts(1), 2), node2=in_pool(facts(2), 1), node3=facts(3)) == []


def test_a_member_whose_peers_do_not_answer_is_known_by_their_names() -> None:
    assert pool_faults(TopologyCluster((node(1), node(2))), node1=in_pool(facts(1), 2)) == []


def test_a_node_of_a_pool_that_the_topology_does_not_name() -> None:
    two = TopologyCluster((node(1), node(2)))
    assert pool_faults(two, node1=facts(1), node2=in_pool(facts(2), 8, 9)) == [("node2", "node-in-other-pool")]


def test_two_pools_are_never_joined() -> None:
    four = TopologyCluster((node(1), node(2), node(3), node(4), node(5)))
    known = {
        "node1": in_pool(facts(1), 2), "node2": in_pool(facts(2), 1),
        "node3": in_pool(facts(3), 4, 5), "node4": in_pool(facts(4), 3, 5), "node5": in_pool(facts(5), 3, 4),
    }  # fmt: skip
    assert pool_faults(four, **known) == [("node1", "node-in-other-pool"), ("node2", "node-in-other-pool")]


def test_a_single_node_of_a_larger_pool_may_get_devices() -> None:
    assert pool_faults(TopologyCluster((node(1),)), node1=in_pool(facts(1), 8, 9)) == []


def test_one_pool_in_two_clusters() -> None:
    found = pool_faults(
        TopologyCluster((node(1),)), TopologyCluster((node(2),)), node1=in_pool(facts(1), 2), node2=in_pool(facts(2), 1)
    )
    assert found == [("node2", "pool-in-two-clusters")]


def test_different_versions_are_a_warning() -> None:
    everyone = {"node1": facts(1), "node2": replace(facts(2), gluster_version="9.6")}
    (fault,) = check_pools(topology(node(1), node(2)), everyone)
    assert (fault.code, fault.node, fault.severity) == ("gluster-versions-differ", "node2", Severity.WARNING)


def test_preflight_puts_all_together() -> None:
    plan = topology(node(1, "bc"), node(2, "b"))
    known = replace(facts(1), probes=(facts(1).probes[0],))
    found = check_topology(plan, {"node1": known}, {"node2": ("timed out", "look at it")})
    assert [(f.subject, f.code) for f in found] == [
        ("node1 /dev/vdc", "device-not-read"),
        ("node2", "node-unreachable"),
    ]


def test_one_disk_under_two_paths() -> None:
    link = TopologyDevice("/dev/disk/by-id/virtio-1")
    double = replace(node(1, "b"), devices=(TopologyDevice("/dev/vdb"), link))
    probe = DeviceProbe(link.path, "252:16", True, (), True, True)
    known = replace(facts(1), probes=(*facts(1).probes, probe))
    assert codes(check_topology(topology(double), {"node1": known}, {})) == ["device-twice"]
