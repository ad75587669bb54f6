"""Plans that take back what heketi has."""

from dataclasses import replace

import pytest

from tests.plans.heketi_sites import known_node, site, topology, volume, wanted
from tui.core.heketi_model import HeketiBlockVolume, HeketiOperation
from tui.core.plan import Danger, Plan, Refused
from tui.core.units import GIB
from tui.plans.heketi_clean import HeketiTarget, plan_heketi_clean

V1 = volume("v1")
NODES = tuple(known_node("c1", number, volumes=(V1,)) for number in range(3))
KNOWN = site(*NODES, volumes=(V1,))


def steps(plan: Plan) -> list[str]:
    plan.check_order()
    return [step.id for step in plan.steps]


def sent(plan: Plan, step: str) -> list[str]:
    """Method, path and state of each request of a step."""
    found = next(one for one in plan.steps if one.id == step)
    return [" ".join((*command.argv, command.stdin)).strip() for command in found.commands]


def test_a_whole_cluster_in_heketis_order() -> None:
    plan = plan_heketi_clean(KNOWN, HeketiTarget("cluster", "c1"))
    assert steps(plan) == [
        "volume v1", *(f"device n{n}{x}" for n in range(3) for x in "bc"), *(f"node n{n}" for n in range(3)),
        "cluster c1",
    ]  # fmt: skip
    by_id = {step.id: step for step in plan.steps}
    assert by_id["device n0b"].needs == ("volume v1",)
    assert by_id["device n0c"].needs == ()
    assert by_id["node n0"].needs == ("device n0b", "device n0c")
    assert set(by_id["cluster c1"].needs) == {"volume v1", "node n0", "node n1", "node n2"}
    assert sent(plan, "device n0b") == [
        'POST /devices/n0b/state {"state": "offline"}', 'POST /devices/n0b/state {"state": "failed"}',
        "DELETE /devices/n0b",
    ]  # fmt: skip
    assert plan.danger is Danger.DESTROYS
    assert plan.confirm == "c1"
    assert plan.warnings[0] == "All data of name-of-v1 is lost, and clients lose it at once."


@pytest.mark.parametrize(("state", "requests"), [("offline", 2), ("failed", 1)])
def test_a_device_goes_on_from_the_state_it_was_left_in(state: str, requests: int) -> None:
    device = replace(NODES[0].devices[1], state=state)
    node = replace(NODES[0], devices=(NODES[0].devices[0], device))
    plan = plan_heketi_clean(site(node, volumes=(V1,)), HeketiTarget("device", "n0c"))
    assert len(sent(plan, "device n0c")) == requests


def test_a_device_takes_its_volumes_along_or_moves_their_bricks() -> None:
    assert steps(plan_heketi_clean(KNOWN, HeketiTarget("device", "n0b"))) == ["volume v1", "device n0b"]
    moved = plan_heketi_clean(KNOWN, HeketiTarget("device", "n0b", moves=True))
    assert steps(moved) == ["device n0b"]
    assert moved.steps[0].title == "take /dev/sdb of node0 out, its bricks moved"
    assert moved.steps[0].guards == ()


def test_a_volume_with_one_copy_is_not_moved() -> None:
    lone = volume("v2", durability="none")
    known = site(known_node("c1", 0, volumes=(lone,)), volumes=(lone,))
    plan = plan_heketi_clean(known, HeketiTarget("node", "n0", moves=True))
    assert steps(plan) == ["device n0c"]
    assert [skip.subject for skip in plan.skipped if skip.is_fault] == ["node0 /dev/sdb", "node0"]


def test_block_volumes_go_before_their_host() -> None:
    host = volume("v3", is_block=True, block_volumes=("b1",))
    block = HeketiBlockVolume("b1", "blk", "c1", "v3", GIB, GIB, 3)
    known = replace(site(known_node("c1", 0, volumes=(host,)), volumes=(host,)), block_volumes={"b1": block})
    plan = plan_heketi_clean(known, HeketiTarget("cluster", "c1"))
    assert steps(plan)[:2] == ["block volume b1", "volume v3"]
    assert plan.steps[1].needs == ("block volume b1",)
    assert "blk" in plan.warnings[0]


def test_what_heketi_left_behind_is_cleaned_first() -> None:
    stuck = HeketiOperation("o1", "create-volume", "stale")
    known = site(*NODES, volumes=(V1,), operations=(stuck, HeketiOperation("o2", "create-volume", "", True)))
    plan = plan_heketi_clean(known, HeketiTarget("cluster", "c1"))
    assert steps(plan)[0] == "operations"
    assert all("operations" in step.needs for step in plan.steps if step.id.startswith(("volume", "device")))
    assert any("works on something right now" in text for text in plan.warnings)


def test_a_cluster_with_references_that_lead_nowhere_stays() -> None:
    known = site(*NODES, volumes=(V1,), missing=(("/volumes/dead", "c1"),))
    plan = plan_heketi_clean(known, HeketiTarget("cluster", "c1"))
    assert "cluster c1" not in steps(plan)
    [fault] = [skip for skip in plan.skipped if skip.is_fault]
    assert "heketi does not find /volumes/dead" in fault.reason
    assert "heketi db export" in fault.remedy


def test_a_topology_takes_what_it_names() -> None:
    one_disk = topology(wanted(1, disks=1), wanted(2, disks=2, first=1), wanted(1, first=8))
    plan = plan_heketi_clean(KNOWN, HeketiTarget("topology", topology=one_disk))
    assert steps(plan) == [
        "volume v1",
        "device n0b",
        *(f"device n{n}{x}" for n in (1, 2) for x in "bc"),
        "node n1",
        "node n2",
    ]
    reasons = {skip.subject: skip.reason for skip in plan.skipped}
    assert reasons == {
        "node0": "it stays: it has /dev/sdc too, which the topology does not name",
        "node8": "heketi does not have it",
    }
    whole = plan_heketi_clean(KNOWN, HeketiTarget("topology", topology=topology(wanted(3))))
    assert steps(whole)[-1] == "cluster c1"


@pytest.mark.parametrize("kind", ["cluster", "node", "device"])
def test_what_is_not_there_is_refused(kind: str) -> None:
    with pytest.raises(Refused, match=f"heketi has no {kind} zz"):
        plan_heketi_clean(KNOWN, HeketiTarget(kind, "zz"))  # type: ignore[arg-type]
