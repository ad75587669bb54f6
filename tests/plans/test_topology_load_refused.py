"""Topologies that no plan can be made for."""

from dataclasses import replace

import pytest

from tests.plans.factory import facts, node, topology
from tests.plans.test_topology_load import load
from tui.core.plan import Refused
from tui.core.topology import TopologyNode


def test_a_node_named_twice_is_refused() -> None:
    with pytest.raises(Refused, match="node1 more than once"):
        load(topology(node(1), node(1)), {"node1": facts(1)})


def test_a_tag_that_lvm_would_not_take_is_refused() -> None:
    long: TopologyNode = replace(node(1, "b"), tags={"note": "x" * 2000})
    with pytest.raises(Refused, match="LVM allows"):
        load(topology(long), {"node1": facts(1)})
