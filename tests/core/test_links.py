"""Bricks, volumes and the ways between them and their disks."""

from dataclasses import replace
from typing import Any

import pytest

from tests.core.site_facts import BRICK, CLUSTER, MOUNT, PATH, VG, entry, facts, peers, site, volume, with_brick
from tests.dialects.answers import recorded
from tui.core.facts import BrickFact, ClusterFacts, NodeFacts, VolumeFact
from tui.core.links import bricks_of_volume, devices_of_volume, join, volumes_on
from tui.core.model import Freshness, Snapshot, State
from tui.dialects.probe import parse_probe


def _brick(snapshot: Snapshot, node: int = 3) -> tuple[State, str]:
    brick = snapshot.bricks["db", f"10.0.0.{node}", PATH]
    return brick.state, brick.reason


def _without(said: NodeFacts, *fields: str) -> NodeFacts:
    empty: dict[str, Any] = dict.fromkeys(fields, ())
    return replace(said, **empty)


def test_the_whole_chain_of_a_volume() -> None:
    snapshot = site()
    assert snapshot.revision == 7
    brick = snapshot.bricks["db", "10.0.0.1", PATH]
    assert (brick.node, brick.device, brick.vg, brick.lv, brick.pool) == ("node1", "/dev/sdb", VG, BRICK, "tp_1")
    assert (brick.mount, brick.size, brick.used, brick.set) == (MOUNT, 1000, 400, 0)
    assert (brick.data_percent, brick.metadata_percent, brick.port) == (25.0, 11.0, 50000)
    assert (brick.state, brick.reason) == (State.ONLINE, "")
    found = snapshot.volumes["db"]
    assert (found.type, found.size, found.used, found.cluster) == ("replicate 3", 1000, 400, CLUSTER)
    assert (found.state, found.reason, found.replica) == (State.ONLINE, "", 3)
    assert found.bricks == tuple(("db", f"10.0.0.{n}", PATH) for n in (1, 2, 3))
    assert snapshot.devices["node1", "/dev/sdb"].bricks == 1


def test_the_ways_between_volumes_bricks_and_devices() -> None:
    snapshot = site()
    assert [b.node for b in bricks_of_volume(snapshot, "db")] == ["node1", "node2", "node3"]
    assert [d.key for d in devices_of_volume(snapshot, "db")] == [(f"node{n}", "/dev/sdb") for n in (1, 2, 3)]
    assert [v.name for v in volumes_on(snapshot, "node2")] == ["db"]
    assert [v.name for v in volumes_on(snapshot, "node2", "/dev/sdb")] == ["db"]
    assert volumes_on(snapshot, "node2", "/dev/sdc") == []
    assert bricks_of_volume(snapshot, "none") == []


def test_a_real_probe_joins_with_a_volume_on_it() -> None:
    said = parse_probe(recorded("probe-brick.json"), 5.0)
    path = said.fstab[0].target + "/brick"
    fact = VolumeFact(
        "v", "id", "Started", "Distribute", 1, 0, 0, 0, 1, (BrickFact("h", path, said.uuid, online=True),)
    )
    one = entry(1, said, declared=("/dev/disk/by-path/platform-uml-blkdev.4",))
    snapshot = join({"node1": one}, {said.uuid: ClusterFacts(5.0, "node1", (fact,))}, 1)
    (brick,) = snapshot.bricks.values()
    assert brick.device == "/dev/disk/by-path/platform-uml-blkdev.4"
    assert brick.lv.startswith("brick_")
    device = snapshot.devices[brick.node, brick.device]
    assert (device.vg, device.number, device.state, device.bricks) == (brick.vg, "98:64", State.ONLINE, 1)
    assert device.used == (device.size or 0) - (device.free or 0)


def test_a_brick_whose_process_is_down() -> None:
    snapshot = site(None, with_brick(volume(), 2, online=False, pid=None))
    assert _brick(snapshot) == (State.OFFLINE, "its process does not run")
    assert snapshot.volumes["db"].state is State.DEGRADED
    assert snapshot.volumes["db"].reason == "1 of 3 bricks is down (node3: its process does not run)"


def test_a_brick_whose_node_has_no_glusterd_is_told_of_once() -> None:
    silent = {3: entry(3, facts(3, glusterd="inactive"))}
    snapshot = site(silent, with_brick(volume(), 2, online=None, pid=None))
    said = "1 of 3 bricks is down (node3: glusterd does not run (inactive))"
    assert snapshot.volumes["db"].reason == said


def test_a_brick_that_is_not_mounted() -> None:
    said = facts(3, mounts=facts(3).mounts[:1])
    snapshot = site({3: entry(3, said)}, with_brick(volume(), 2, online=False))
    assert _brick(snapshot) == (State.OFFLINE, f"nothing is mounted on {MOUNT}")
    brick = snapshot.bricks["db", "10.0.0.3", PATH]
    assert (brick.lv, brick.device, brick.size, brick.used) == (BRICK, "/dev/sdb", 1 << 30, 1 << 28)


def test_a_process_that_runs_on_a_brick_that_is_not_mounted_is_no_good() -> None:
    snapshot = site({3: entry(3, facts(3, mounts=facts(3).mounts[:1]))})
    assert _brick(snapshot) == (State.DEGRADED, f"its process runs, but nothing is mounted on {MOUNT}")


@pytest.mark.parametrize("mounted", [True, False])
def test_a_logical_volume_that_is_gone(mounted: bool) -> None:
    said = _without(facts(3), "logical_volumes", *(() if mounted else ("mounts", "fstab")))
    snapshot = site({3: entry(3, said)}, with_brick(volume(), 2, online=False))
    assert _brick(snapshot) == (State.MISSING, f"its logical volume {VG}/{BRICK} is gone")
    assert snapshot.bricks["db", "10.0.0.3", PATH].device == "/dev/sdb"


def test_what_could_not_be_read_is_not_gone() -> None:
    said = replace(_without(facts(3), "logical_volumes", "mounts"), unread={"logical_volumes": "x", "mounts": "y"})
    snapshot = site({3: entry(3, said)}, with_brick(volume(), 2, online=False))
    assert _brick(snapshot) == (State.OFFLINE, "its process does not run")


def test_a_brick_that_gluster_does_not_tell_of() -> None:
    cut = with_brick(volume(), 2, online=None)
    gone = tuple(replace(p, connected=False) if p.hostname == "10.0.0.3" else p for p in peers(1))
    assert _brick(site({1: entry(1, facts(1, peers=gone))}, cut)) == (
        State.OFFLINE,
        "node3: node1 sees it as disconnected",
    )
    away = entry(3, facts(3), freshness=Freshness.UNREACHABLE, reason="no answer for 10 s")
    assert _brick(site({3: away}, cut)) == (State.OFFLINE, "node3: can't be reached: no answer for 10 s")
    state, reason = _brick(site(None, cut, unread={"status db": "a node of the pool gave no answer in time"}))
    assert (state, reason) == (State.UNKNOWN, "whether it runs is not known: a node of the pool gave no answer in time")


def test_gluster_is_believed_about_a_node_that_we_can_not_reach() -> None:
    away = entry(3, facts(3, mounts=()), freshness=Freshness.UNREACHABLE, reason="no answer")
    snapshot = site({3: away})
    assert _brick(snapshot) == (State.ONLINE, "")
    assert snapshot.volumes["db"].state is State.ONLINE


def test_old_volumes_stay_on_screen_when_no_node_answers() -> None:
    away = {n: entry(n, facts(n), freshness=Freshness.UNREACHABLE, reason="no route") for n in (1, 2, 3)}
    snapshot = site(away)
    assert snapshot.volumes["db"].state is State.UNKNOWN
    assert snapshot.volumes["db"].reason == "no node of its cluster answers"
    assert snapshot.volumes["db"].size == 1000
    assert _brick(snapshot) == (State.UNKNOWN, "no node of its cluster answers")


def test_a_brick_on_a_host_that_nobody_knows() -> None:
    snapshot = site(None, with_brick(volume(), 2, host="elsewhere", host_uuid="?", online=None))
    brick = snapshot.bricks["db", "elsewhere", PATH]
    assert (brick.node, brick.device, brick.state) == ("", "", State.UNKNOWN)


def test_a_brick_is_found_by_host_name_when_its_uuid_is_not_known() -> None:
    assert site(None, with_brick(volume(), 2, host_uuid="")).bricks["db", "10.0.0.3", PATH].node == "node3"


def test_an_inactive_mount_is_found_by_its_mapper_name() -> None:
    said = facts(3)
    lvs = (replace(said.logical_volumes[0], vg="my-vg", name="a-b", number=""), said.logical_volumes[1])
    mounts = (replace(said.mounts[1], source="/dev/mapper/my--vg-a--b", number="253:99"),)
    brick = site({3: entry(3, replace(said, logical_volumes=lvs, mounts=mounts))}).bricks["db", "10.0.0.3", PATH]
    assert (brick.vg, brick.lv, brick.state) == ("my-vg", "a-b", State.ONLINE)


def test_the_longest_mount_above_the_brick_carries_it() -> None:
    said = facts(3)
    other = replace(said.mounts[1], target="/var/lib", number="9:9", source="/dev/sdx", size=7)
    brick = site({3: entry(3, replace(said, mounts=(*said.mounts, other)))}).bricks["db", "10.0.0.3", PATH]
    assert (brick.mount, brick.size) == (MOUNT, 1000)


def _layout(count: int, replica: int, arbiter: int = 0, disperse: int = 0, redundancy: int = 0) -> VolumeFact:
    bricks = tuple(
        BrickFact("h", f"/b{n}", "?", arbiter=bool(arbiter) and n % 3 == 2, online=True, size=100 + n, free=50)
        for n in range(count)
    )
    sets = count // max(1, disperse or replica)
    return VolumeFact("db", "id", "Started", "any", replica, arbiter, disperse, redundancy, sets, bricks)


@pytest.mark.parametrize(
    ("layout", "label", "size"),
    [
        (_layout(3, 3), "replicate 3", 100),
        (_layout(2, 2), "replicate 2", 100),
        (_layout(6, 3), "distributed-replicate 2x3", 100 + 103),
        (_layout(3, 3, arbiter=1), "replicate 2+1 arbiter", 100),
        (_layout(6, 3, arbiter=1), "distributed-replicate 2x(2+1 arbiter)", 100 + 103),
        (_layout(6, 1, disperse=6, redundancy=2), "disperse 4+2", 4 * 100),
        (_layout(6, 1, disperse=3, redundancy=1), "distributed-disperse 2x(2+1)", 2 * (100 + 103)),
        (_layout(2, 1), "distribute 2", 100 + 101),
        (_layout(1, 1), "distribute 1", 100),
    ],
)
def test_kinds_of_volumes_and_what_a_client_sees(layout: VolumeFact, label: str, size: int) -> None:
    found = site(None, layout).volumes["db"]
    assert (found.type, found.size) == (label, size)


def test_the_set_of_each_brick() -> None:
    assert [b.set for b in bricks_of_volume(site(None, _layout(6, 3)), "db")] == [0, 0, 0, 1, 1, 1]


def _down(layout: VolumeFact, *numbers: int) -> tuple[State, str]:
    for number in numbers:
        layout = with_brick(layout, number, online=False)
    found = site(None, layout).volumes["db"]
    return found.state, found.reason


def test_a_volume_is_offline_when_a_set_has_no_data_left() -> None:
    assert _down(_layout(6, 3), 3, 4)[0] is State.DEGRADED
    state, reason = _down(_layout(6, 3), 3, 4, 5)
    assert (state, reason) == (
        State.OFFLINE,
        "too few bricks of set 2 run: 3 of 6 bricks are down (h: its process does not run)",
    )
    assert _down(_layout(3, 3, arbiter=1), 0, 1)[0] is State.OFFLINE
    assert _down(_layout(3, 3, arbiter=1), 1, 2)[0] is State.DEGRADED
    assert _down(_layout(6, 1, disperse=6, redundancy=2), 0, 1)[0] is State.DEGRADED
    assert _down(_layout(6, 1, disperse=6, redundancy=2), 0, 1, 2)[0] is State.OFFLINE
    assert _down(_layout(2, 1), 0)[0] is State.OFFLINE


@pytest.mark.parametrize(("status", "reason"), [("Stopped", "it is stopped"), ("Created", "it was never started")])
def test_volumes_that_are_not_started(status: str, reason: str) -> None:
    snapshot = site(None, volume(status=status))
    assert (snapshot.volumes["db"].state, snapshot.volumes["db"].reason) == (State.STOPPED, reason)
    assert _brick(snapshot) == (State.STOPPED, "")


def test_a_size_is_unknown_when_one_set_is() -> None:
    layout = _layout(6, 3)
    for number in (3, 4, 5):
        layout = with_brick(layout, number, size=None, free=None)
    found = site(None, layout).volumes["db"]
    assert (found.size, found.used) == (None, None)


def test_two_clusters_with_a_volume_of_one_name() -> None:
    lone = facts(4, peers=(), volume_groups=())
    other = VolumeFact(
        "db", "2", "Started", "Distribute", 1, 0, 0, 0, 1, (BrickFact("x", "/b", lone.uuid, online=True),)
    )
    nodes = {f"node{n}": entry(n, facts(n)) for n in (1, 2, 3)} | {"node4": entry(4, lone)}
    said = {"a": ClusterFacts(1.0, "node1", (volume(),)), "b": ClusterFacts(1.0, "node4", (other,))}
    snapshot = join(nodes, said, 1)
    assert {(key, v.name, v.cluster) for key, v in snapshot.volumes.items()} == {
        ("db", "db", CLUSTER),
        ("db (cluster 2)", "db", "pool-00000004"),
    }
    assert len(snapshot.bricks) == 4
