"""What a load would do, to fresh nodes, to loaded ones, and to nodes with something wrong."""

import itertools
from collections.abc import Mapping
from dataclasses import replace

from tests.plans.factory import GROUP, change, facts, ids, in_pool, node, probed, topology, with_group
from tui.checks.preflight import check_topology
from tui.core import group_tags
from tui.core.facts import NodeFacts, PhysicalVolume
from tui.core.plan import Danger, Plan, Step, describe
from tui.core.topology import Topology, TopologyCluster, TopologyDevice
from tui.plans.topology_load import plan_load

CLUSTER = "c" * 32


def load(wanted: Topology, known: Mapping[str, NodeFacts], failures: dict[str, tuple[str, str]] | None = None) -> Plan:
    plan = plan_load(wanted, known, check_topology(wanted, known, failures or {}), ids())
    plan.check_order()
    return plan


def three() -> tuple[Topology, dict[str, NodeFacts]]:
    return topology(node(1), node(2), node(3)), {f"node{n}": facts(n) for n in (1, 2, 3)}


def step(plan: Plan, id_: str) -> Step:
    return next(s for s in plan.steps if s.id == id_)


def skips(plan: Plan) -> list[tuple[str, bool]]:
    return [(skip.subject, skip.is_fault) for skip in plan.skipped]


def loaded(wanted: Topology, known: Mapping[str, NodeFacts]) -> dict[str, NodeFacts]:
    """What the nodes say after a load that went well."""
    after = dict(known)
    for made in load(wanted, known).steps:
        if made.id.startswith("group "):
            name, _, path = made.subject.partition(" ")
            argv = made.commands[0].argv
            tags = tuple(value for flag, value in itertools.pairwise(argv) if flag == "--addtag")
            after[name] = with_group(after[name], path[-1], vg=argv[-2], tags=tags)
    numbers = [int(name[-1]) for name in known]
    return {name: in_pool(of, *(n for n in numbers if f"node{n}" != name)) for name, of in after.items()}


def test_one_node_with_two_devices_as_text() -> None:
    plan = load(topology(node(1, "bc")), {"node1": facts(1)})
    make = "lvm vgcreate -qq --metadatasize=128M --dataalignment=256K --physicalextentsize=4M --autobackup=n"
    tags = (
        "--addtag brickyard.zone=1 --addtag brickyard.manage=node1 --addtag brickyard.storage=10.0.0.1 "
        "--addtag brickyard.cluster=00000000000000000000000000000001 --addtag brickyard.member=10.0.0.1=node1"
    )
    assert describe(plan) == [
        "Load topology.json: 1 cluster, 1 node, 2 devices",
        "  1. node1: make volume group vg_00000000000000000000000000000002 on /dev/vdb",
        f"       {make} {tags} vg_00000000000000000000000000000002 /dev/vdb",
        "  2. node1: make volume group vg_00000000000000000000000000000003 on /dev/vdc",
        f"       {make} {tags} vg_00000000000000000000000000000003 /dev/vdc",
    ]
    assert [s.subject for s in plan.steps] == ["node1 /dev/vdb", "node1 /dev/vdc"]
    assert plan.confirm == ""
    assert plan.danger is Danger.CHANGES


def test_each_step_can_be_taken_back_or_says_why_not() -> None:
    plan = load(*three())
    assert all(s.undo or s.no_undo or s.danger is Danger.SAFE for s in plan.steps)
    made = step(plan, "group node1 /dev/vdb")
    vg = made.commands[0].argv[-2]
    assert [c.argv for c in made.undo] == [
        ("lvm", "vgremove", "-qq", vg),
        ("lvm", "pvremove", "-qq", "/dev/vdb"),
        ("lvm", "pvcreate", "--test", "/dev/vdb"),
        ("cmp", "-n", "16", "-i", "4100:0", "/dev/vdb", "-"),
        ("dd", "if=/dev/zero", "of=/dev/vdb", "bs=1M", "count=1", "conv=fsync,nocreat"),
    ]


def test_taking_back_never_writes_over_a_disk_that_was_not_blank() -> None:
    plan = load(topology(node(1, "b", destroy=True)), {"node1": written()})
    assert [c.argv[1] for c in plan.steps[1].undo] == ["vgremove", "pvremove", "pvcreate"]


def test_three_nodes_with_four_devices_each() -> None:
    plan = load(*three())
    assert [s.id for s in plan.steps[:5]] == [
        "peer node2", "peer node3", "connected node1", "connected node2", "connected node3",
    ]  # fmt: skip
    probes = plan.steps[:2]
    assert [(s.node, s.commands[0].argv[-3:]) for s in probes] == [
        ("node1", ("peer", "probe", "10.0.0.2")),
        ("node1", ("peer", "probe", "10.0.0.3")),
    ]
    assert len({s.serial for s in probes}) == 1
    assert all(s.retry and s.undo[0].argv[-2:] == ("detach", s.commands[0].argv[-1]) for s in probes)
    assert all(s.needs == ("peer node2", "peer node3") and s.settle_seconds == 60 for s in plan.steps[2:5])
    groups = plan.steps[5:]
    assert len(groups) == 12
    assert all(not s.needs for s in groups)
    assert len({s.serial for s in groups}) == 12
    assert len({s.commands[0].argv[-2] for s in groups}) == 12


def test_the_members_are_on_every_group() -> None:
    plan = load(*three())
    for made in plan.steps[5:]:
        tags = group_tags.read(made.commands[0].argv)
        assert tags.members == {"10.0.0.1": "node1", "10.0.0.2": "node2", "10.0.0.3": "node3"}


def test_tags_of_nodes_and_devices_are_kept() -> None:
    device = TopologyDevice("/dev/vdb", tags={"arbiter": "disabled"})
    wanted = topology(replace(node(1), devices=(device,), tags={"rack": "r 1"}))
    tags = group_tags.read(load(wanted, {"node1": facts(1)}).steps[0].commands[0].argv)
    assert (tags.node, tags.device, tags.zone) == ({"rack": "r 1"}, {"arbiter": "disabled"}, 1)


def test_a_second_run_has_nothing_to_do() -> None:
    wanted, known = three()
    again = load(wanted, loaded(wanted, known))
    assert again.steps == ()
    assert not any(skip.is_fault for skip in again.skipped)
    reasons = {skip.subject: skip.reason for skip in again.skipped}
    assert len(reasons) == 14
    assert reasons["node2"] == "already in the pool with node1"
    assert reasons["node1 /dev/vdb"].startswith("already in volume group vg_")


def test_a_second_run_does_only_what_is_missing() -> None:
    wanted, known = three()
    after = loaded(topology(node(1), node(2, "bcd")), {name: known[name] for name in ("node1", "node2")})
    plan = load(wanted, {**after, "node3": known["node3"]})
    assert [s.id for s in plan.steps if not s.id.startswith("tags")] == [
        "peer node3", "connected node1", "connected node2", "connected node3", "group node2 /dev/vde",
        *(f"group node3 /dev/vd{letter}" for letter in "bcde"),
    ]  # fmt: skip
    retags = [s for s in plan.steps if s.id.startswith("tags")]
    assert len(retags) == 7
    assert retags[0].commands[0].argv == ("lvm", "vgchange", "--addtag", "brickyard.member=10.0.0.3=node3",
                                          retags[0].commands[0].argv[-1])  # fmt: skip
    assert retags[0].undo[0].argv[2] == "--deltag"


def test_the_id_of_a_cluster_is_kept() -> None:
    wanted, known = three()
    known["node3"] = with_group(known["node3"], "b", tags=(f"brickyard.cluster={CLUSTER}",))
    plan = load(wanted, known)
    groups = [s for s in plan.steps if s.id.startswith("group")]
    assert {group_tags.read(s.commands[0].argv).cluster for s in groups} == {CLUSTER}


def test_a_changed_zone_is_written_to_the_groups() -> None:
    one = topology(node(1, "b"))
    plan = load(topology(node(1, "b", zone=5)), loaded(one, {"node1": facts(1)}))
    (retag,) = plan.steps
    assert [c.argv[2:4] for c in retag.commands] == [("--addtag", "brickyard.zone=5"), ("--deltag", "brickyard.zone=1")]


def test_a_group_of_heketi_is_adopted() -> None:
    plan = load(topology(node(1, "b")), {"node1": with_group(facts(1), "b", tags=("other",))})
    (retag,) = plan.steps
    assert retag.title == f"write the tags of volume group {GROUP}"
    assert skips(plan) == [("node1 /dev/vdb", False)]


def test_a_bad_device_is_left_out_and_the_others_stay() -> None:
    wanted, known = three()
    known["node2"] = probed(known["node2"], "c", signatures=("ext4",), blank=False)
    plan = load(wanted, known)
    assert len([s for s in plan.steps if s.id.startswith("group")]) == 11
    (skip,) = plan.skipped
    assert (skip.subject, skip.is_fault, skip.reason) == ("node2 /dev/vdc", True, "/dev/vdc carries ext4.")
    assert "destroydata" in skip.remedy


def test_a_bad_node_is_left_out_with_its_devices() -> None:
    wanted, known = three()
    del known["node1"]
    plan = load(wanted, known, {"node1": ("timed out", "look at the network")})
    assert skips(plan) == [("node1", True), *((f"node1 /dev/vd{letter}", True) for letter in "bcde")]
    assert plan.skipped[0].remedy == "look at the network"
    assert [(s.id, s.node) for s in plan.steps[:3]] == [
        ("peer node3", "node2"), ("connected node2", "node2"), ("connected node3", "node3"),
    ]  # fmt: skip
    assert len([s for s in plan.steps if s.id.startswith("group")]) == 8


def test_a_node_that_nobody_read_is_a_fault_too() -> None:
    plan = plan_load(topology(node(1, "b")), {}, [], ids())
    assert plan.steps == ()
    assert skips(plan) == [("node1", True), ("node1 /dev/vdb", True)]


def test_a_member_of_the_pool_probes_the_others() -> None:
    wanted, known = three()
    known["node2"], known["node3"] = in_pool(known["node2"], 3), in_pool(known["node3"], 2)
    plan = load(wanted, known)
    assert [(s.id, s.node) for s in plan.steps if s.id.startswith("peer")] == [("peer node1", "node2")]


def test_a_node_of_another_pool_is_refused_even_without_findings() -> None:
    wanted, known = three()
    known["node3"] = in_pool(known["node3"], 8, 9)
    plan = plan_load(wanted, known, [], ids())
    assert next(skip.subject for skip in plan.skipped if skip.is_fault) == "node3"
    assert "10.0.0.8, 10.0.0.9" in plan.skipped[0].reason
    assert not any("node3" in s.id for s in plan.steps)


def test_a_group_of_others_is_refused_even_without_findings() -> None:
    plan = plan_load(topology(node(1, "b", destroy=True)), {"node1": with_group(facts(1), "b", vg="data")}, [], ids())
    assert plan.steps == ()
    assert skips(plan) == [("node1 /dev/vdb", True)]


def test_two_clusters_are_two_pools() -> None:
    wanted = Topology((TopologyCluster((node(1, "b"), node(2, "b"))), TopologyCluster((node(3, "b"), node(4, "b")))))
    plan = load(wanted, {f"node{n}": facts(n) for n in (1, 2, 3, 4)})
    probes = {s.id: s for s in plan.steps if s.id.startswith("peer")}
    assert {(s.node, s.commands[0].argv[-1]) for s in probes.values()} == {("node1", "10.0.0.2"), ("node3", "10.0.0.4")}
    assert probes["peer node2"].serial != probes["peer node4"].serial
    ids_ = {s.node: group_tags.read(s.commands[0].argv).cluster for s in plan.steps if s.id.startswith("group")}
    assert ids_["node1"] == ids_["node2"] != ids_["node3"] == ids_["node4"]


def test_host_names_are_probed_back_from_the_second_node() -> None:
    wanted = topology(node(1, "b", name="stor1"), node(2, "b", name="stor2"))
    plan = load(wanted, {"node1": facts(1), "node2": facts(2)})
    there, back = plan.steps[:2]
    assert (there.node, there.commands[0].argv[-1]) == ("node1", "stor2")
    assert (back.node, back.commands[0].argv[-1], back.needs) == ("node2", "stor1", ("peer node2",))
    assert plan.steps[2].needs == ("peer node2", "peer node1")


def test_a_device_named_by_a_link_is_made_by_that_name() -> None:
    link = TopologyDevice("/dev/disk/by-id/virtio-1")
    known = replace(facts(1), probes=(replace(facts(1).probes[0], path=link.path),))
    (made,) = load(topology(replace(node(1), devices=(link,))), {"node1": known}).steps
    assert made.commands[0].argv[-1] == link.path


def written(**fields: object) -> NodeFacts:
    return probed(facts(1), "b", signatures=("ext4",), blank=False, **fields)


def test_destroydata_wipes_first_and_asks_again_right_before() -> None:
    plan = load(topology(node(1, "bc", destroy=True)), {"node1": written()})
    wipe, made, other = plan.steps
    assert (wipe.id, wipe.danger, wipe.commands[0].argv) == (
        "wipe node1 /dev/vdb", Danger.DESTROYS, ("wipefs", "--all", "/dev/vdb"),
    )  # fmt: skip
    assert [g.command.argv[0] for g in wipe.guards] == ["stat", "lsblk", "lsblk", "cat", "cat", "lvm"]
    assert wipe.serial == made.serial != other.serial
    assert wipe.no_undo
    assert made.needs == (wipe.id,)
    assert other.needs == ()
    assert plan.confirm == "destroy 1 device"
    assert plan.warnings == ("/dev/vdb carries ext4; destroydata is set: it will be wiped.",)


def test_without_destroydata_nothing_is_ever_wiped() -> None:
    plan = plan_load(topology(node(1, "b")), {"node1": written()}, [], ids())
    (made,) = plan.steps
    assert made.commands[0].argv[1] == "vgcreate"
    assert [guard.command.argv[0] for guard in made.guards] == ["stat", "lsblk", "blkid"]


def test_a_leftover_label_is_wiped_with_destroydata() -> None:
    known = replace(facts(1), physical_volumes=(PhysicalVolume("/dev/vdb", "u", "", 1, 1, "252:16"),))
    assert [s.id for s in load(topology(node(1, "b", destroy=True)), {"node1": known}).steps] == [
        "wipe node1 /dev/vdb", "group node1 /dev/vdb",
    ]  # fmt: skip


def test_data_without_a_signature_needs_destroydata_and_the_name_typed() -> None:
    known = {"node1": probed(facts(1), "b", blank=False)}
    assert load(topology(node(1, "b")), known).steps == ()
    plan = load(topology(node(1, "b", destroy=True)), known)
    assert (plan.danger, plan.confirm) == (Danger.DESTROYS, "destroy 1 device")


def test_a_disk_that_lvm_gave_back_needs_the_name_typed() -> None:
    plan = load(topology(node(1, "b")), {"node1": probed(facts(1), "b", blank=False, released=True)})
    assert [step.id for step in plan.steps] == ["group node1 /dev/vdb"]
    assert (plan.danger, plan.confirm) == (Danger.DESTROYS, "destroy 1 device")
    assert all(command.argv[0] != "dd" for command in plan.steps[0].undo)


def test_a_mounted_disk_is_not_wiped_by_destroydata() -> None:
    known = change(written(), "b", mountpoints=("/data",))
    plan = load(topology(node(1, "b", destroy=True)), {"node1": known})
    assert plan.steps == ()
    assert skips(plan) == [("node1 /dev/vdb", True)]
