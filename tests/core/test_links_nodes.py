"""Nodes and their clusters, devices and what they hold."""

from dataclasses import replace
from typing import Any

import pytest

from tests.core.site_facts import CLUSTER, VG, disk, entry, facts, peers, site, uuid
from tui.core.facts import BlockDevice, DeviceProbe, NodeFacts, PhysicalVolume, VolumeGroup
from tui.core.links import join
from tui.core.model import Device, Freshness, Node, Snapshot, State


def _node(snapshot: Snapshot, number: int = 3) -> tuple[State, str]:
    node = snapshot.nodes[f"node{number}"]
    return node.state, node.reason


def _devices(*more: BlockDevice, declared: tuple[str, ...] = ("/dev/sdb",), **changes: Any) -> dict[str, Device]:
    """The devices of node3 with these disks added to its own."""
    said = facts(3, devices=(*facts(3).devices, *more), **changes)
    snapshot = site({3: entry(3, said, declared=declared)})
    return {path: device for (node, path), device in snapshot.devices.items() if node == "node3"}


def test_what_the_node_and_its_tags_say() -> None:
    node = site().nodes["node2"]
    assert (node.storage, node.zone, node.cluster) == ("10.0.0.2", 2, CLUSTER)
    assert (node.uuid, node.hostname, node.version, node.glusterd) == (uuid(2), "node2", "10.3", "active")
    assert (node.state, node.reason) == (State.ONLINE, "")


def test_what_is_declared_counts_where_no_tag_says_otherwise() -> None:
    plain = replace(facts(3).volume_groups[0], tags=())
    node = site({3: entry(3, facts(3, volume_groups=(plain,)), storage="10.9.9.9")}).nodes["node3"]
    assert (node.zone, node.storage) == (9, "10.9.9.9")


def test_one_pool_is_one_cluster_from_every_viewpoint() -> None:
    odd = tuple(replace(p, hostname="gluster-a", hostnames=("gluster-a",)) for p in peers(2))
    snapshot = site({2: entry(2, facts(2, peers=odd))})
    (cluster,) = snapshot.clusters
    assert (cluster.id, cluster.name, cluster.nodes) == (CLUSTER, "cluster 1", ("node1", "node2", "node3"))


def test_a_pool_without_tags_is_named_by_its_smallest_uuid() -> None:
    nodes = {f"node{n}": entry(n, facts(n, volume_groups=())) for n in (1, 2, 3)}
    assert join(nodes, {}, 1).clusters[0].id == "pool-00000001"


def _fresh(number: int) -> NodeFacts:
    return facts(number, peers=peers(number, 0), volume_groups=(), physical_volumes=(), logical_volumes=())


def test_a_node_alone_without_anything_of_ours_is_in_no_cluster() -> None:
    snapshot = join({f"node{n}": entry(n, _fresh(n)) for n in (1, 2)}, {}, 1)
    (cluster,) = snapshot.clusters
    assert (cluster.id, cluster.nodes) == ("", ("node1", "node2"))
    assert snapshot.nodes["node1"].cluster == ""


def test_a_node_alone_with_a_volume_group_of_ours_is_a_cluster() -> None:
    snapshot = join({"node1": entry(1, facts(1, peers=peers(1, 1)))}, {}, 1)
    assert [cluster.id for cluster in snapshot.clusters] == [CLUSTER]


def test_a_node_that_never_answered_is_placed_by_what_its_peers_call_it() -> None:
    silent = entry(3, None, freshness=Freshness.UNREACHABLE, reason="no route to host")
    snapshot = site({3: silent})
    assert snapshot.nodes["node3"].cluster == CLUSTER
    assert _node(snapshot) == (State.OFFLINE, "can't be reached: no route to host")
    device = snapshot.devices["node3", "/dev/sdb"]
    assert (device.state, device.size) == (State.UNKNOWN, None)


def test_old_words_of_a_node_that_was_detached_do_not_bring_it_back() -> None:
    left = {n: entry(n, facts(n, peers=peers(n, 2))) for n in (1, 2)}
    gone = entry(3, facts(3, volume_groups=()), freshness=Freshness.UNREACHABLE, reason="x")
    snapshot = site({**left, 3: gone})
    assert snapshot.nodes["node3"].cluster != snapshot.nodes["node1"].cluster


@pytest.mark.parametrize(
    ("changes", "said", "state", "reason"),
    [
        ({"freshness": Freshness.DENIED, "reason": "wrong key"}, {}, State.UNKNOWN, "refuses us: wrong key"),
        ({"freshness": Freshness.STALE, "reason": "odd"}, {}, State.UNKNOWN, "odd"),
        ({"freshness": Freshness.CONNECTING}, {}, State.UNKNOWN, "not asked yet"),
        ({}, {"glusterd": "inactive"}, State.OFFLINE, "glusterd does not run (inactive)"),
        ({}, {"glusterd": "not installed"}, State.OFFLINE, "glusterd is not installed"),
        ({}, {"unread": {"peers": "no"}}, State.DEGRADED, "its peers could not be read: no"),
        (
            {},
            {"glusterd": "unknown", "unread": {"glusterd": "no systemd"}},
            State.UNKNOWN,
            "whether glusterd runs is not known: no systemd",
        ),
    ],
)
def test_how_a_node_is(changes: dict[str, Any], said: dict[str, Any], state: State, reason: str) -> None:
    assert _node(site({3: entry(3, facts(3, **said), **changes)})) == (state, reason)


def _seeing(viewer: int, peer: int, **changes: Any) -> NodeFacts:
    return facts(viewer, peers=tuple(replace(p, **changes) if p.uuid == uuid(peer) else p for p in peers(viewer)))


def test_a_node_that_the_others_do_not_see() -> None:
    snapshot = site({1: entry(1, _seeing(1, 3, connected=False))})
    assert _node(snapshot) == (State.DEGRADED, "node1 sees it as disconnected")
    assert _node(snapshot, 1) == (State.ONLINE, "")


def test_a_rejected_peer() -> None:
    rejected = _seeing(1, 3, state=6, state_text="Peer Rejected")
    assert _node(site({1: entry(1, rejected)})) == (State.DEGRADED, "node1 sees it as no full member (Peer Rejected)")


def test_a_node_that_is_down_does_not_spoil_the_others() -> None:
    down = entry(3, facts(3), freshness=Freshness.UNREACHABLE, reason="x")
    snapshot = site({1: entry(1, _seeing(1, 3, connected=False)), 3: down})
    assert [_node(snapshot, n)[0] for n in (1, 2, 3)] == [State.ONLINE, State.ONLINE, State.OFFLINE]


def test_a_lost_peer_that_is_no_node_of_ours_shows_at_the_one_who_misses_it() -> None:
    lost = replace(peers(1, 4)[3], connected=False)
    snapshot = site({1: entry(1, facts(1, peers=(*peers(1), lost)))})
    assert _node(snapshot, 1) == (State.DEGRADED, "its peer 10.0.0.4 is disconnected")


def test_the_devices_of_a_node() -> None:
    devices = _devices()
    assert list(devices) == ["/dev/sdb", "/dev/sdc"]
    used, blank = devices.values()
    assert (used.state, used.vg, used.uuid, used.tags) == (State.ONLINE, VG, "pv3", {"kind": "ssd"})
    assert (used.size, used.free, used.used) == (4 << 30, 3 << 30, 1 << 30)
    assert (blank.state, blank.reason, blank.size, blank.free) == (State.AVAILABLE, "", 4 << 30, None)


@pytest.mark.parametrize(
    ("other", "holds"),
    [
        (disk("sdd", "8:48", fstype="ext4"), "holds ext4"),
        (disk("sdd", "8:48", partition_table="gpt"), "partitioned (gpt)"),
        (disk("sdd", "8:48", fstype="xfs", mountpoints=("/data",)), "mounted on /data"),
        (disk("sdd", "8:48", fstype="swap", mountpoints=("[SWAP]",)), None),
        (disk("sdd", "8:48", fstype="LVM2_member"), "an LVM physical volume in no volume group"),
        (disk("sdd", "8:48", read_only=True), "read-only"),
    ],
)
def test_disks_that_hold_something_else(other: BlockDevice, holds: str | None) -> None:
    device = _devices(other).get("/dev/sdd")
    assert (device.reason if device else None) == holds
    assert device is None or device.state is State.FOREIGN


@pytest.mark.parametrize(
    "other",
    [
        disk("loop0", "7:0", type="loop"),
        disk("sr0", "11:0", type="rom"),
        disk("dm-7", "253:7", type="lvm"),
        disk("zram0", "251:0"),
        disk("sde", "8:64", removable=True),
        disk("sde", "8:64", size=0),
        disk("sdb1", "8:17", type="part", parents=("sdb",)),
    ],
)
def test_what_is_no_disk_for_bricks_is_not_shown(other: BlockDevice) -> None:
    assert set(_devices(other)) == {"/dev/sdb", "/dev/sdc"}


def test_paths_of_one_multipath_device_are_not_shown_beside_it() -> None:
    legs = [disk(k, n, fstype="mpath_member", children=("dm-0",)) for k, n in (("sdd", "8:48"), ("sde", "8:64"))]
    leaf = BlockDevice("dm-0", "/dev/mapper/mpatha", "253:0", "mpath", 4 << 30, parents=("sdd", "sde"))
    devices = _devices(*legs, leaf)
    assert devices["/dev/mapper/mpatha"].state is State.AVAILABLE
    assert not {"/dev/sdd", "/dev/sde"} & set(devices)


def test_a_declared_device_is_shown_by_its_declared_path() -> None:
    link = "/dev/disk/by-id/wwn-1"
    devices = _devices(declared=(link,), probes=(DeviceProbe(link, "8:16", True),))
    assert devices[link].vg == VG
    assert "/dev/sdb" not in devices
    blank = _devices(declared=(link,), probes=(DeviceProbe(link, "8:32", True),))
    assert blank[link].state is State.AVAILABLE
    assert "/dev/sdc" not in blank


def test_a_declared_device_that_is_not_there() -> None:
    device = _devices(declared=("/dev/sdx",))["/dev/sdx"]
    assert (device.state, device.reason) == (State.MISSING, "there is no /dev/sdx on node3")
    unread = _devices(declared=("/dev/sdx",), unread={"devices": "no lsblk"})["/dev/sdx"]
    assert (unread.state, unread.reason) == (State.UNKNOWN, "the disks of node3 could not be read: no lsblk")


def test_a_declared_disk_of_the_system_is_foreign() -> None:
    device = _devices(declared=("/dev/sda",))["/dev/sda"]
    assert (device.state, device.reason) == (State.FOREIGN, "mounted on /")


def test_a_disk_that_lvm_misses() -> None:
    lost = PhysicalVolume("[unknown]", "pv3", VG, 4 << 30, 0, "", True)
    said = facts(3, physical_volumes=(lost,), devices=facts(3).devices[:2])
    devices = {k[1]: d for k, d in site({3: entry(3, said)}).devices.items() if k[0] == "node3"}
    assert list(devices) == ["/dev/sdb"]
    assert devices["/dev/sdb"].state is State.MISSING
    assert "LVM misses the disk with physical volume pv3" in devices["/dev/sdb"].reason
    unnamed = site({3: entry(3, said, declared=())}).devices["node3", "[missing pv3]"]
    assert unnamed.state is State.MISSING


def test_a_volume_group_that_is_not_for_bricks() -> None:
    foreign = PhysicalVolume("/dev/sdd", "x", "rhel", 10, 0, "8:48")
    changes: dict[str, Any] = {
        "physical_volumes": (*facts(3).physical_volumes, foreign),
        "volume_groups": (*facts(3).volume_groups, VolumeGroup("rhel", "u", 10, 0, 1)),
    }
    other = disk("sdd", "8:48", fstype="LVM2_member")
    for declared in ((), ("/dev/sdd",)):
        device = _devices(other, declared=declared, **changes)["/dev/sdd"]
        assert device.state is State.FOREIGN
        assert "in volume group rhel" in device.reason
    system = replace(other, mountpoints=("/home",))
    assert "/dev/sdd" not in _devices(system, **changes)


def test_devices_of_a_node_that_is_away_are_old_and_still_shown() -> None:
    snapshot = site({3: entry(3, facts(3), freshness=Freshness.UNREACHABLE, reason="no route")})
    device = snapshot.devices["node3", "/dev/sdb"]
    assert (device.state, device.reason) == (State.UNKNOWN, "node3: can't be reached: no route")
    assert (device.free, device.bricks) == (3 << 30, 1)


def test_a_site_without_nodes() -> None:
    assert join({}, {}, 0) == Snapshot()


def test_a_declared_node_before_its_first_answer() -> None:
    snapshot = join({"node1": entry(1, None, freshness=Freshness.CONNECTING)}, {}, 1)
    node: Node = snapshot.nodes["node1"]
    assert (node.state, node.reason, node.storage, node.cluster) == (State.UNKNOWN, "not asked yet", "10.0.0.1", "")
