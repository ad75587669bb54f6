"""heketi in the joined picture: alone, and beside what was seen on the nodes."""

from dataclasses import replace

import pytest

from tests.core.site_facts import PATH, entry, facts
from tests.core.site_facts import site as seen_site
from tests.plans.heketi_sites import known_node, site, volume
from tui.core.heketi_facts import HeketiFacts
from tui.core.heketi_links import HeketiLinks
from tui.core.heketi_model import HeketiBlockVolume, HeketiNode, HeketiOperation, HeketiSite, HeketiVolume
from tui.core.join_heketi import HeketiMemory, type_of, with_heketi
from tui.core.model import Brick, Device, Freshness, Node, Snapshot, Source, State, Volume
from tui.core.store import Store
from tui.core.units import GIB

URL = "http://heketi:8080"


def said(known: HeketiSite | None, freshness: Freshness = Freshness.LIVE, reason: str = "") -> HeketiFacts:
    """What a heketi answered."""
    return HeketiFacts(Source(URL, freshness, 100.0, reason), known)


def three(*states: str) -> HeketiSite:
    """Three nodes in these states, with a volume on the first disk of each."""
    nodes = [replace(known_node("c1", n, volumes=(volume("v1"),)), state=state) for n, state in enumerate(states)]
    return site(*nodes, volumes=(volume("v1"),))


def test_without_nodes_the_whole_picture_is_heketis() -> None:
    known = three("online", "offline", "failed")
    block = HeketiBlockVolume("b1", "blk", "c1", "v1", GIB, GIB, 3)
    shot = with_heketi(Snapshot(), said(replace(known, block_volumes={"b1": block})))
    assert [(cluster.id, cluster.nodes) for cluster in shot.clusters] == [("c1", ("node0", "node1", "node2"))]
    assert {name: (node.state, node.reason, node.zone) for name, node in shot.nodes.items()} == {
        "node0": (State.ONLINE, "", 1),
        "node1": (State.OFFLINE, "disabled in heketi: it takes no new bricks", 2),
        "node2": (State.FAILED, "removed in heketi", 3),
    }
    assert {node.source for node in shot.nodes.values()} == {
        Source(name, Freshness.LIVE, 100.0) for name in ("node0", "node1", "node2")
    }
    disk = shot.devices["node0", "/dev/sdb"]
    assert (disk.size, disk.free, disk.used, disk.bricks, disk.vg) == (10 * GIB, 9 * GIB, GIB, 1, "vg_n0b")
    assert disk.state is State.ONLINE
    assert "its node is" in shot.devices["node1", "/dev/sdb"].reason
    found = shot.volumes["name-of-v1"]
    assert (found.type, found.state, found.size, found.status) == ("replicate 3", State.LISTED, GIB, "")
    assert [shot.bricks[key].node for key in found.bricks] == ["node0", "node1", "node2"]
    assert {brick.state.severity for brick in shot.bricks.values()} == {0}
    assert shot.block_volumes["name-of-v1/blk"].type == "block, 3 paths"


def test_a_heketi_that_can_not_be_asked_leaves_what_it_said_as_unknown() -> None:
    shot = with_heketi(
        Snapshot(), said(three("online", "online", "online"), Freshness.UNREACHABLE, "connection refused")
    )
    things: list[Node | Device | Brick | Volume] = [
        *shot.nodes.values(),
        *shot.devices.values(),
        *shot.bricks.values(),
        *shot.volumes.values(),
    ]
    assert {thing.state for thing in things} == {State.UNKNOWN}
    assert {thing.reason for thing in things} == {"heketi can't be asked: connection refused"}
    assert {node.source.freshness for node in shot.nodes.values()} == {Freshness.UNREACHABLE}


def test_a_heketi_that_never_answered_is_told_of_all_the_same() -> None:
    shot = with_heketi(Snapshot(), said(None, Freshness.DENIED, "the key is wrong"))
    assert shot.nodes == {}
    assert shot.heketi is not None
    assert (shot.heketi.source.reason, shot.heketi.is_live, shot.heketi.stuck) == ("the key is wrong", False, 0)


def known_as_seen(number: int, state: str, device_state: str = "online") -> HeketiNode:
    """heketi's word on a node of `tests.core.site_facts`."""
    node = known_node("c1", number, disks=1)
    [device] = node.devices
    disk = replace(device, state=device_state, tags={"kind": "hdd", "arbiter": "required"})
    return replace(
        node, manage=(f"node{number}",), storage=(f"10.0.0.{number}",), state=state, devices=(disk,), tags={"rack": "7"}
    )


def test_beside_nodes_states_and_tags_are_told_and_nothing_that_was_seen_is_hidden() -> None:
    seen = seen_site()
    known = site(known_as_seen(1, "offline"), known_as_seen(2, "failed"), known_as_seen(3, "online", "offline"))
    shot = with_heketi(seen, said(known))
    assert {name: (node.state, node.reason) for name, node in shot.nodes.items()} == {
        "node1": (State.ONLINE, "disabled in heketi: it takes no new bricks"),
        "node2": (State.ONLINE, "removed in heketi"),
        "node3": (State.ONLINE, ""),
    }
    assert shot.nodes["node1"].tags["rack"] == "7"
    disk = shot.devices["node3", "/dev/sdb"]
    assert (disk.state, disk.reason) == (State.ONLINE, "disabled in heketi: it takes no new bricks")
    assert disk.tags == {"kind": "ssd", "arbiter": "required"}, "the tag on the disk itself stands above heketi's"
    assert (shot.bricks, shot.volumes, shot.clusters) == (seen.bricks, seen.volumes, seen.clusters)


def test_a_fault_that_was_seen_keeps_its_words() -> None:
    seen = seen_site({1: entry(1, facts(1, glusterd="inactive"))})
    shot = with_heketi(seen, said(site(known_as_seen(1, "offline"))))
    node = shot.nodes["node1"]
    assert node.state is State.OFFLINE
    assert node.reason == "glusterd does not run (inactive); disabled in heketi: it takes no new bricks"


def test_what_did_not_change_is_the_very_same_object() -> None:
    memory, seen, known = HeketiMemory(), seen_site(), site(known_as_seen(1, "offline", "offline"))
    before = with_heketi(seen, said(known), memory)
    after = with_heketi(replace(seen, revision=8), said(known), memory)
    assert all(after.nodes[name] is node for name, node in before.nodes.items())
    assert all(after.devices[key] is device for key, device in before.devices.items())
    alone = HeketiMemory()
    first = with_heketi(Snapshot(), said(three("online", "online", "offline")), alone)
    second = with_heketi(Snapshot(2), replace(said(first.heketi.site if first.heketi else None)), alone)
    assert second.devices is first.devices
    assert second.volumes is first.volumes


def test_the_store_tells_of_answers_that_differ_in_more_than_their_time() -> None:
    store, told = Store(), []
    store.subscribe(lambda: told.append(store.snapshot.revision))
    answer = said(three("online", "online", "online"))
    store.put_heketi(answer)
    store.put_heketi(replace(answer, source=replace(answer.source, read_at=105.0)))
    assert len(told) == 1
    assert store.snapshot.nodes["node0"].source.read_at == 105.0
    store.put_heketi(said(three("online", "online", "offline")))
    assert len(told) == 2
    assert store.storage.nodes == {}, "plans over SSH see only what was seen on nodes"


def test_operations_are_counted() -> None:
    pending = (HeketiOperation("a", "create-volume", "", True), HeketiOperation("b", "clone-volume", "stale"))
    facts_ = said(site(known_node("c1", 0), operations=pending))
    assert (facts_.under_way, facts_.stuck) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "bricks", "words"),
    [
        ({}, 3, "replicate 3"),
        ({}, 6, "distributed-replicate 2x3"),
        ({"options": ("user.heketi.arbiter true",)}, 6, "distributed-replicate 2x(2+1 arbiter)"),
        ({"durability": "disperse", "data": 4, "redundancy": 2}, 12, "distributed-disperse 2x(4+2)"),
        ({"durability": "none"}, 2, "distribute 2"),
    ],
)
def test_the_kind_of_a_volume_reads_as_in_the_other_panes(changes: dict[str, object], bricks: int, words: str) -> None:
    brick = known_node("c1", 0, volumes=(volume("v"),)).devices[0].bricks[0]
    known = HeketiVolume("v", "v", "c1", GIB, **{"durability": "replicate", "replica": 3, **changes})  # type: ignore[arg-type]
    assert type_of(replace(known, bricks=(brick,) * bricks)) == words


def test_objects_of_the_picture_lead_to_heketis() -> None:
    known = three("online", "online", "online")
    shot, links = with_heketi(Snapshot(), said(known)), HeketiLinks(known)
    node = shot.nodes["node1"]
    assert links.node(node) is known.nodes["n1"]
    device = links.device(shot.devices["node1", "/dev/sdb"], node)
    assert device is not None
    assert device.id == "n1b"
    assert links.volume("name-of-v1") is known.volumes["v1"]
    assert links.cluster(shot.clusters[0], shot) is known.clusters["c1"]


def test_a_pool_that_was_seen_is_the_cluster_that_has_its_nodes() -> None:
    seen = seen_site()
    known = site(known_as_seen(1, "online"), known_as_seen(2, "online"), empty=("c9",))
    found = HeketiLinks(known).cluster(seen.clusters[0], seen)
    assert found is not None
    assert found.id == "c1"
    brick = next(one for one in seen.bricks.values() if one.path == PATH)
    assert HeketiLinks(known).brick(brick) is None
