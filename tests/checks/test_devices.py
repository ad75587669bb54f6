"""Each way in which a disk can be unfit, seen with the reason first that an admin must hear first."""

from dataclasses import replace

import pytest

from tests.plans.factory import GROUP, change, facts, node, probed, with_group
from tui.checks.devices import check_device
from tui.core.facts import BlockDevice, DeviceProbe, FstabEntry, Mount, NodeFacts, PhysicalVolume
from tui.core.finding import Finding, Severity
from tui.core.topology import TopologyDevice
from tui.core.units import MIB

NODE = node()


def check(known: NodeFacts, path: str = "/dev/vdb", *, destroy: bool = False) -> list[Finding]:
    probe = next((p for p in known.probes if p.path == path), None)
    return check_device(NODE, TopologyDevice(path, destroydata=destroy), known, probe, {"node1": known})


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def child(kname: str, kind: str, parent: str = "vdb", number: str = "253:9", **more: object) -> BlockDevice:
    return BlockDevice(kname, f"/dev/{kname}", number, kind, 10**10, parents=(parent,), **more)  # type: ignore[arg-type]


def plus(known: NodeFacts, *devices: BlockDevice) -> NodeFacts:
    return replace(known, devices=(*known.devices, *devices))


def mounted(known: NodeFacts, target: str, number: str = "252:16") -> NodeFacts:
    return replace(known, mounts=(*known.mounts, Mount("/dev/vdb", target, "xfs", "rw", number)))


def test_a_blank_disk_is_fit() -> None:
    assert check(facts()) == []


def test_a_node_that_was_not_read_says_nothing_of_its_disks() -> None:
    assert check_device(NODE, NODE.devices[0], None, None, {}) == []


def test_a_path_that_leads_nowhere() -> None:
    known = replace(facts(), probes=(DeviceProbe("/dev/vdx"),))
    (fault,) = check(known, "/dev/vdx")
    assert fault.code == "device-missing"
    assert fault.sentence == "There is no block device /dev/vdx on node1."
    assert (fault.node, fault.device, fault.subject) == ("node1", "/dev/vdx", "node1 /dev/vdx")


def test_a_disk_that_was_not_looked_at_is_not_taken_for_blank() -> None:
    assert codes(check(replace(facts(), probes=()))) == ["device-not-read"]


def test_the_system_disk_is_never_given_away() -> None:
    known = replace(facts(), probes=(DeviceProbe("/dev/vda", "252:0", True, ("gpt",), False, False),))
    found = check(known, "/dev/vda", destroy=True)
    assert codes(found) == ["device-system"]
    assert found[0].severity is Severity.ERROR
    assert found[0].evidence == "/dev/vda1 is mounted on /"


@pytest.mark.parametrize("target", ["/", "/boot", "/var/lib/kubelet", "/var/lib/etcd"])
def test_mounts_of_the_system_make_a_system_disk(target: str) -> None:
    assert codes(check(mounted(facts(), target)))[0] == "device-system"


def test_what_the_first_process_sees_mounted_counts() -> None:
    known = probed(mounted(facts(), "/srv/data"), "b", exclusive=False, signatures=("xfs",), blank=False)
    found = check(known, destroy=True)
    assert codes(found) == ["device-mounted"]
    assert found[0].sentence == "/dev/vdb is mounted on /srv/data."
    assert found[0].severity is Severity.ERROR


def test_a_mounted_partition() -> None:
    part = child("vdb1", "part", number="252:17", mountpoints=("/data",))
    known = change(plus(facts(), part), "b", partition_table="gpt", children=("vdb1",))
    found = check(known, destroy=True)
    assert codes(found)[0] == "device-mounted"
    assert "/dev/vdb1 on /dev/vdb is mounted on /data" in found[0].sentence


def test_swap_is_not_wiped() -> None:
    known = replace(probed(facts(), "b", signatures=("swap",), blank=False), swaps=("/dev/vdb",))
    assert codes(check(known, destroy=True)) == ["device-swap"]


def test_a_disk_in_the_fstab_by_uuid() -> None:
    known = replace(change(facts(), "b", uuid="abc"), fstab=(FstabEntry(7, "UUID=abc", "/data", "xfs", "defaults"),))
    (fault,) = check(known, destroy=True)
    assert fault.code == "device-in-fstab"
    assert "line 7" in fault.sentence
    assert fault.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"read_only": True}, "device-read-only"),
        ({"removable": True}, "device-removable"),
        ({"size": 900 * MIB}, "device-too-small"),
        ({"type": "rom"}, "device-type"),
        ({"type": "lvm"}, "device-type"),
    ],
)
def test_disks_of_the_wrong_make(fields: dict[str, object], code: str) -> None:
    found = check(change(facts(), "b", **fields), destroy=True)
    assert codes(found) == [code]
    assert found[0].severity is Severity.ERROR


def test_a_disk_that_the_kernel_gave_up() -> None:
    assert codes(check(probed(facts(), "b", running="offline"))) == ["device-not-running"]
    assert check(probed(facts(), "b", running="running")) == []


def test_a_multipath_leg_names_the_disk_to_use() -> None:
    legs = change(change(facts(), "b", wwn="0x5000", fstype="mpath_member"), "c", wwn="0x5000")
    mpath = replace(child("dm-9", "mpath"), path="/dev/mapper/mpatha", parents=("vdb", "vdc"))
    known = probed(plus(legs, mpath), "b", exclusive=False, signatures=("mpath_member",),
                   filtered="device is a multipath component")  # fmt: skip
    found = check(known, destroy=True)
    assert codes(found) == ["device-multipath-leg"]
    assert found[0].remedies[0].title == "Put /dev/mapper/mpatha into the topology instead."


def test_the_multipath_disk_itself_is_fit() -> None:
    legs = change(change(facts(), "b", wwn="0x5000"), "c", wwn="0x5000")
    mpath = replace(child("dm-9", "mpath"), path="/dev/mapper/mpatha", parents=("vdb", "vdc"))
    probe = DeviceProbe("/dev/mapper/mpatha", "253:9", True, (), True, True)
    assert check(replace(plus(legs, mpath), probes=(probe,)), "/dev/mapper/mpatha") == []


def test_one_disk_seen_twice_means_multipath_is_off() -> None:
    known = change(change(facts(), "b", wwn="0x5000"), "c", wwn="0x5000")
    assert codes(check(known)) == ["device-multipath-off"]


def test_one_disk_seen_from_two_nodes() -> None:
    mine, other = change(facts(), "b", wwn="0x5000"), change(facts(2), "d", wwn="0x5000")
    found = check_device(NODE, NODE.devices[0], mine, mine.probes[0], {"node1": mine, "node2": other})
    assert codes(found) == ["device-shared"]
    assert found[0].sentence == "/dev/vdb on node1 and /dev/vdd on node2 are the same disk (WWN 0x5000)."


def test_a_group_for_bricks_is_no_fault() -> None:
    (present,) = check(with_group(facts(), "b"))
    assert (present.code, present.severity) == ("device-present", Severity.INFO)
    assert GROUP in present.sentence


def test_a_group_that_another_node_was_loaded_with() -> None:
    tags = ("brickyard.manage=node7", "brickyard.storage=10.0.0.7")
    (fault,) = check(with_group(facts(), "b", tags=tags), destroy=True)
    assert (fault.code, fault.severity) == ("device-of-other-node", Severity.ERROR)


def test_any_other_group_stays_even_with_destroydata() -> None:
    found = check(with_group(facts(), "b", vg="data"), destroy=True)
    assert codes(found) == ["device-foreign-group"]
    assert found[0].severity is Severity.ERROR
    assert "volume group data" in found[0].sentence


def test_a_label_without_a_group_is_a_leftover() -> None:
    known = probed(facts(), "b", signatures=("LVM2_member",), blank=False)
    known = replace(known, physical_volumes=(PhysicalVolume("/dev/vdb", "uuid", "", 10, 10, "252:16"),))
    assert codes(check(known)) == ["device-leftover"]
    assert [f.severity for f in check(known, destroy=True)] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("device is rejected by filter config", "device-filtered"),
        ("device is not in devices file", "device-not-in-devices-file"),
        ("device is missing sysfs info", "device-refused-by-lvm"),
    ],
)
def test_lvm_says_why_it_ignores_a_disk(reason: str, code: str) -> None:
    (fault,) = check(probed(facts(), "b", filtered=reason), destroy=True)
    assert (fault.code, fault.evidence, fault.severity) == (code, reason, Severity.ERROR)


def test_a_filesystem_stops_a_disk_unless_its_data_may_go() -> None:
    known = probed(facts(), "b", signatures=("ext4",), blank=False)
    (fault,) = check(known)
    assert (fault.code, fault.severity) == ("device-signature", Severity.ERROR)
    assert fault.sentence == "/dev/vdb carries ext4."
    (warning,) = check(known, destroy=True)
    assert warning.severity is Severity.WARNING
    assert warning.sentence == "/dev/vdb carries ext4; destroydata is set: it will be wiped."


def test_an_empty_partition_table() -> None:
    known = probed(change(facts(), "b", partition_table="dos"), "b", signatures=("dos",), blank=False)
    assert codes(check(known)) == ["device-partitioned"]
    assert [f.severity for f in check(known, destroy=True)] == [Severity.WARNING]


def test_data_without_a_signature_is_a_doubt() -> None:
    (doubt,) = check(probed(facts(), "b", blank=False))
    assert (doubt.code, doubt.severity) == ("device-has-data", Severity.ERROR)
    (doubt,) = check(probed(facts(), "b", blank=False), destroy=True)
    assert (doubt.code, doubt.severity) == ("device-has-data", Severity.WARNING)


def test_a_disk_that_lvm_gave_back_may_be_taken() -> None:
    (word,) = check(probed(facts(), "b", blank=False, released=True))
    assert (word.code, word.severity) == ("device-released", Severity.WARNING)


def test_a_busy_disk_with_no_other_explanation() -> None:
    found = check(probed(facts(), "b", exclusive=False), destroy=True)
    assert [(f.code, f.severity) for f in found] == [("device-busy", Severity.ERROR)]


def test_an_encrypted_disk_is_held() -> None:
    known = probed(plus(facts(), child("dm-1", "crypt")), "b", exclusive=False, signatures=("crypto_LUKS",))
    found = check(known, destroy=True)
    assert codes(found) == ["device-held"]
    assert "/dev/dm-1 (crypt)" in found[0].sentence


def test_a_partition_beside_the_root() -> None:
    spare = child("vda2", "part", parent="vda", number="252:2", partition_table="gpt")
    known = replace(plus(facts(), spare), probes=(DeviceProbe("/dev/vda2", "252:2", True, (), True, True),))
    (fault,) = check(known, "/dev/vda2")
    assert (fault.code, fault.severity) == ("device-partition-of-used-disk", Severity.ERROR)


def test_a_partition_of_an_unused_disk_is_allowed_with_a_warning() -> None:
    part = child("vdb1", "part", number="252:17", partition_table="gpt")
    known = replace(plus(facts(), part), probes=(DeviceProbe("/dev/vdb1", "252:17", True, (), True, True),))
    (fault,) = check(known, "/dev/vdb1")
    assert (fault.code, fault.severity) == ("device-partition", Severity.WARNING)


def test_a_disk_is_known_by_its_number_and_not_by_its_path() -> None:
    link = "/dev/disk/by-id/virtio-1"
    known = replace(mounted(facts(), "/data"), probes=(DeviceProbe(link, "252:16", True, (), True, True),))
    assert codes(check(known, link)) == ["device-mounted"]


def test_errors_stand_before_warnings() -> None:
    known = probed(change(facts(), "b", type="loop", removable=True), "b", blank=False)
    assert codes(check(known)) == ["device-removable", "device-has-data", "device-loop"]
