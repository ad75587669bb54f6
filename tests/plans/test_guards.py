"""The questions asked right before a disk is changed, put to answers of real nodes."""

from dataclasses import replace

import pytest

from tests.plans.factory import GROUP, answer, data, disk, facts, node, topology, with_group
from tui.core.facts import BlockDevice
from tui.core.group_tags import GroupTags
from tui.core.plan import Check
from tui.plans import device_steps, guards
from tui.plans.pool_steps import sees_all

# /dev/vde of the captured node: "lsblk-free.json" before, "-used" with a volume group and a brick on it.
VDE = BlockDevice("ubde", "/dev/ubde", "98:64", "disk", 4294967296)
VDD = BlockDevice("ubdd", "/dev/ubdd", "98:48", "disk", 4294967296)
PARTITION = '{"kname":"ubde1", "maj:min":"98:65", "type":"part", "size":1073741824, "pkname":"ubde", "wwn":null}'


def asked(check: Check, text: str, code: int = 0) -> bool:
    return check.passes(answer(check.command, text, code))


def test_a_free_disk_is_free_and_a_used_one_is_not() -> None:
    check = guards.same_and_free(VDE, ())
    assert asked(check, data("lsblk-free.json"))
    assert not asked(check, data("lsblk-used.json"))
    assert asked(guards.same_and_free(VDD, ()), data("lsblk-used.json"))


@pytest.mark.parametrize("fields", [{"size": 4294967297}, {"number": "98:65"}, {"wwn": "0x5000"}])
def test_another_disk_behind_the_same_path_is_refused(fields: dict[str, object]) -> None:
    other = replace(VDE, **fields)  # type: ignore[arg-type]
    assert not asked(guards.same_and_free(other, ()), data("lsblk-free.json"))


def test_partitions_alone_do_not_make_a_disk_busy() -> None:
    listed = data("lsblk-free.json").replace('"blockdevices": [', f'"blockdevices": [ {PARTITION},')
    part = BlockDevice("ubde1", "/dev/ubde1", "98:65", "part", 1073741824)
    assert asked(guards.same_and_free(VDE, (part,)), listed)
    held = '{"kname":"dm-0", "maj:min":"254:0", "type":"crypt", "size":1, "pkname":"ubde1", "wwn":null}'
    listed = listed.replace('"blockdevices": [', f'"blockdevices": [ {held},')
    assert not asked(guards.same_and_free(VDE, (part,)), listed)


def test_sizes_that_old_lsblk_writes_as_text() -> None:
    old = data("lsblk-free.json").replace(": 4294967296,", ': "4294967296",')
    assert asked(guards.same_and_free(VDE, ()), old)


def test_blkid_finding_nothing_is_the_yes() -> None:
    check = guards.no_signature("/dev/vde")
    assert asked(check, "", 2)
    assert not asked(check, "DEVNAME=/dev/vde\nTYPE=ext4\n", 0)
    assert not asked(check, "", 8)


def test_whether_a_disk_is_in_a_group() -> None:
    assert asked(guards.in_our_group(VDE), data("pvs-used.json"))
    assert not asked(guards.in_our_group(VDD), data("pvs-used.json"))
    assert not asked(guards.in_our_group(VDE), data("pvs-leftover.json"))
    assert not asked(guards.in_our_group(VDE), data("pvs-free.json"))
    assert not asked(guards.in_no_group(VDE, ()), data("pvs-used.json"))
    assert asked(guards.in_no_group(VDE, ()), data("pvs-leftover.json"))
    assert asked(guards.in_no_group(VDE, ()), data("pvs-free.json"))


def test_a_group_of_others_is_a_group_too() -> None:
    foreign = data("pvs-used.json").replace(GROUP, "data")
    assert not asked(guards.in_our_group(VDE), foreign)
    assert not asked(guards.in_no_group(VDE, ()), foreign)
    assert not asked(guards.in_no_group(VDD, (VDE,)), foreign)


def test_mounts_are_seen_by_device_number() -> None:
    text = data("mountinfo-used")
    brick = BlockDevice("dm-4", "/dev/dm-4", "254:4", "lvm", 1)
    root = BlockDevice("ubda", "/dev/ubda", "98:0", "disk", 1)
    assert f"/var/lib/heketi/mounts/{GROUP}/" in text
    assert asked(guards.nothing_mounted(VDE, ()), text)
    assert not asked(guards.nothing_mounted(brick, ()), text)
    assert not asked(guards.nothing_mounted(root, ()), text)
    assert not asked(guards.nothing_mounted(VDE, (root,)), text)


def test_tags_are_read_back_after_they_were_written() -> None:
    tags = ("brickyard.manage=node3", "brickyard.zone=1", "brickyard.node.rack=old")
    known = with_group(facts(), "b", tags=tags)
    disk_ = device_steps.find_disk(node(), node().devices[0], known)
    assert disk_ is not None
    wanted = GroupTags(zone=1, manage="node3", members={"10.77.0.13": "node3"})
    step = device_steps.retag_step(disk_, wanted)
    assert step is not None
    assert step.done is not None
    assert asked(step.done, data("vgs-used.json"))
    assert not asked(
        step.done, data("vgs-used.json").replace("brickyard.zone=1", "brickyard.zone=1,brickyard.node.rack=old")
    )
    assert not asked(step.done, data("vgs-used.json").replace("10.77.0.13=node3", "10.77.0.13=node4"))


def test_all_peers_connected_is_told_by_uuid() -> None:
    uuids = {"node2": "31fef625-c683-47ec-b85d-efadd683e106", "node3": "54af9425-b083-4ef5-a797-6d23f6e702fb"}
    nodes = topology(node(1), node(2), node(3)).nodes
    known = {name: replace(facts(), uuid=uuid) for name, uuid in uuids.items()}
    check = sees_all(nodes[0], nodes[1:], known)
    real = data("pool-list.xml")
    assert asked(check, real)
    assert not asked(
        check, real.replace("<connected>1</connected>\n      <state>3", "<connected>0</connected>\n      <state>3", 1)
    )
    assert not asked(check, real.replace("<state>3</state>", "<state>4</state>", 1))
    assert not asked(check, real.replace(uuids["node3"], uuids["node3"][::-1]))


def test_a_dead_peer_that_is_not_ours_does_not_hold_up_the_load() -> None:
    nodes = topology(node(1), node(2)).nodes
    known = {"node2": replace(facts(2), uuid="31fef625-c683-47ec-b85d-efadd683e106")}
    real = data("pool-list.xml")
    first, second = real.split("54af9425", 1)
    dead = first + "54af9425" + second.replace("<connected>1<", "<connected>0<", 1)
    assert asked(sees_all(nodes[0], nodes[1:], known), dead)


def test_a_disk_number_is_not_taken_for_a_longer_one() -> None:
    one = replace(disk("b"), number="98:6")
    assert not asked(guards.in_our_group(one), data("pvs-used.json"))
