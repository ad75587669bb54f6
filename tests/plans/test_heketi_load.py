"""Plans that load a topology through heketi."""

import json

import pytest

from tests.plans.heketi_sites import known_node, site, topology, wanted
from tui.core.plan import Danger, Plan, Refused
from tui.core.topology import TopologyCluster, TopologyDevice, TopologyNode
from tui.plans.heketi_load import plan_heketi_load


def steps(plan: Plan) -> list[str]:
    plan.check_order()
    return [step.id for step in plan.steps]


def body(plan: Plan, step: str) -> dict[str, object]:
    """What a step sends."""
    found: dict[str, object] = json.loads(next(one for one in plan.steps if one.id == step).commands[0].stdin)
    return found


def test_everything_is_made_in_an_empty_heketi() -> None:
    plan = plan_heketi_load(topology(wanted(2)), site())
    assert steps(plan) == [
        "cluster 1", "node node0", "device node0 /dev/sdb", "device node0 /dev/sdc",
        "node node1", "device node1 /dev/sdb", "device node1 /dev/sdc",
    ]  # fmt: skip
    assert body(plan, "node node1") == {
        "zone": 2,
        "hostnames": {"manage": ["node1"], "storage": ["10.0.0.11"]},
        "cluster": "${cluster:node0,node1}",
    }
    assert body(plan, "device node1 /dev/sdb") == {"node": "${node:node1}", "name": "/dev/sdb"}
    assert {step.serial for step in plan.steps if step.id.startswith("node")} == {"heketi peers 1"}
    assert plan.confirm == ""
    assert plan.danger is Danger.CHANGES


def test_only_what_is_missing_is_added_and_nodes_are_asked_side_by_side() -> None:
    plan = plan_heketi_load(topology(wanted(3, disks=3)), site(known_node("c1", 0), known_node("c1", 1)))
    assert steps(plan) == [
        "device node0 /dev/sdd", "device node1 /dev/sdd", "node node2", *(f"device node2 /dev/sd{x}" for x in "bcd"),
    ]  # fmt: skip
    assert body(plan, "node node2")["cluster"] == "c1"
    assert all(not step.serial for step in plan.steps)
    assert sum("already" in skip.reason for skip in plan.skipped) == 6
    assert not any(skip.is_fault for skip in plan.skipped)


def test_a_new_node_that_stands_first_makes_no_second_cluster() -> None:
    known = site(*(known_node("c1", number) for number in range(3)))
    plan = plan_heketi_load(topology(TopologyCluster((*wanted(1, first=9).nodes, *wanted(3).nodes))), known)
    assert steps(plan) == ["node node9", "device node9 /dev/sdb", "device node9 /dev/sdc"]
    assert body(plan, "node node9")["cluster"] == "c1"


def test_strangers_go_nowhere_until_it_is_said_where() -> None:
    known = site(known_node("c1", 0))
    strangers = topology(wanted(2, first=5))
    with pytest.raises(Refused, match="heketi has a cluster already, and none of node5, node6 is in it"):
        plan_heketi_load(strangers, known)
    assert body(plan_heketi_load(strangers, known, into="c1"), "node node5")["cluster"] == "c1"
    assert steps(plan_heketi_load(strangers, known, new_cluster=True))[0] == "cluster 1"
    with pytest.raises(Refused, match="no cluster c7"):
        plan_heketi_load(strangers, known, into="c7")


def test_an_empty_cluster_of_an_earlier_load_is_taken() -> None:
    plan = plan_heketi_load(topology(wanted(2)), site(known_node("c1", 7), empty=("left",)))
    assert body(plan, "node node0")["cluster"] == "left"
    assert "cluster 1" not in steps(plan)


def test_nodes_of_one_entry_in_two_clusters_are_refused() -> None:
    known = site(known_node("c1", 0), known_node("c2", 1))
    with pytest.raises(Refused, match="are in 2 clusters of heketi's") as refused:
        plan_heketi_load(topology(wanted(3)), known)
    assert refused.value.details == ("node0: c1", "node1: c2")


def test_a_second_new_cluster_waits_for_the_first_node_of_the_one_before() -> None:
    plan = plan_heketi_load(topology(wanted(2), wanted(2, first=2)), site())
    second = next(step for step in plan.steps if step.id == "cluster 2")
    assert second.needs == ("node node0",)
    assert body(plan, "node node3")["cluster"] == "${cluster:node2,node3}"


def test_the_same_machine_under_swapped_names_is_left_out() -> None:
    swapped = TopologyNode("10.0.0.10", "node0", 1, (TopologyDevice("/dev/sdb"),))
    plan = plan_heketi_load(
        topology(TopologyCluster((swapped, *wanted(2).nodes[1:]))), site(known_node("c1", 0), known_node("c1", 1))
    )
    assert steps(plan) == []
    faults = [skip for skip in plan.skipped if skip.is_fault]
    assert [skip.subject for skip in faults] == ["10.0.0.10", "10.0.0.10 /dev/sdb"]
    assert faults[0].remedy == "manage and storage names look swapped"
    assert "as node node0" in faults[0].reason


def test_a_storage_name_that_heketi_knows_is_not_added_again() -> None:
    twin = TopologyNode("dup1", "10.0.0.10", 1, (TopologyDevice("/dev/sdz"),))
    plan = plan_heketi_load(topology(TopologyCluster((twin,))), site(known_node("c1", 0)))
    assert steps(plan) == []
    assert plan.skipped[0].is_fault


def test_what_heketi_can_not_change_is_said() -> None:
    moved = TopologyNode("node0", "10.0.0.99", 3, (TopologyDevice("/dev/sdb"),))
    plan = plan_heketi_load(topology(TopologyCluster((moved,))), site(known_node("c1", 0)))
    assert steps(plan) == []
    assert any("storage name 10.0.0.10 in heketi, not 10.0.0.99" in text for text in plan.warnings)
    assert any("zone 1 in heketi, not 3" in text for text in plan.warnings)
    assert any("/dev/sdc too" in text for text in plan.warnings)


def test_a_node_that_is_named_twice_is_refused() -> None:
    with pytest.raises(Refused, match="names node0 more than once"):
        plan_heketi_load(topology(wanted(1), wanted(1)), site())


def test_wiping_needs_a_word() -> None:
    plan = plan_heketi_load(topology(wanted(1, destroy=True)), site())
    assert plan.confirm == "destroy 2 devices"
    assert plan.danger is Danger.DESTROYS
    assert body(plan, "device node0 /dev/sdb")["destroydata"] is True
