"""A join that remembers finds what a join from nothing finds."""

import random
from dataclasses import replace

from tests.screens.scene import busy_store
from tui.core.facts import BrickFact, ClusterFacts
from tui.core.links import join
from tui.core.model import Freshness, Snapshot
from tui.core.store import Store


def test_it_finds_the_same_after_any_change() -> None:
    store, rng = busy_store(1000.0), random.Random(3)
    for step in range(120):
        _change(store, rng, 1001.0 + step)
        fresh = join(store.nodes, store._clusters, store.snapshot.revision)
        assert store.snapshot == fresh, f"step {step}"


def test_what_did_not_change_is_the_very_same_object() -> None:
    store = busy_store(1000.0)
    before = store.snapshot
    facts = store.nodes["node2"].facts
    assert facts is not None
    mounts = tuple(replace(mount, used=(mount.used or 0) + 4096) for mount in facts.mounts)
    store.put_facts("node2", replace(facts, read_at=1001.0, mounts=mounts))
    after = store.snapshot
    kept = [key for key, device in after.devices.items() if device is before.devices[key]]
    assert {node for node, _ in after.devices.keys() - set(kept)} == {"node2"}
    moved = {brick.volume for key, brick in after.bricks.items() if brick is not before.bricks[key]}
    assert moved == {brick.volume for brick in after.bricks.values() if brick.node == "node2"}


def test_ages_are_told_later_and_changes_at_once() -> None:
    store, told = busy_store(1000.0), []
    store.subscribe(lambda: told.append(store.snapshot))
    facts = store.nodes["node1"].facts
    assert facts is not None
    store.put_facts("node1", replace(facts, read_at=1005.0))
    store.put_facts("node1", replace(facts, read_at=1006.0))
    assert told == []
    assert store.snapshot.nodes["node1"].source.read_at == 1006.0
    store.tell_ages()
    store.tell_ages()
    assert [_read_at(snapshot) for snapshot in told] == [1006.0]
    store.put_facts("node1", replace(facts, read_at=1007.0, glusterd="inactive"))
    assert [_read_at(snapshot) for snapshot in told] == [1006.0, 1007.0]


def _read_at(snapshot: Snapshot) -> float | None:
    return snapshot.nodes["node1"].source.read_at


def _change(store: Store, rng: random.Random, now: float) -> None:
    """One of the things that happen on a site."""
    name = rng.choice(list(store.nodes))
    facts = store.nodes[name].facts
    assert facts is not None
    what = rng.randrange(8)
    if what == 0:
        store.put_failure(name, rng.choice((Freshness.UNREACHABLE, Freshness.STALE, Freshness.DENIED)), f"no {now}")
    elif what == 1:
        gone = rng.randrange(len(facts.logical_volumes) or 1)
        lvs = tuple(lv for number, lv in enumerate(facts.logical_volumes) if number != gone)
        store.put_facts(name, replace(facts, read_at=now, logical_volumes=lvs))
    elif what == 2:
        glusterd = "active" if facts.glusterd != "active" else "inactive"
        store.put_facts(name, replace(facts, read_at=now, glusterd=glusterd))
    elif what == 3:
        peers = tuple(replace(peer, connected=peer.is_self or rng.random() < 0.7) for peer in facts.peers)
        store.put_facts(name, replace(facts, read_at=now, peers=peers))
    elif what == 4:
        missing = rng.choice(facts.devices) if facts.devices else None
        store.put_facts(name, replace(facts, read_at=now, devices=tuple(d for d in facts.devices if d is not missing)))
    elif what == 5:
        declared = store.nodes[name].declared
        store.declare([replace(declared, zone=rng.randrange(4), devices=declared.devices[rng.randrange(2) :])])
    elif what == 6:
        _change_volumes(store, rng, now)
    else:
        store.put_facts(name, replace(facts, read_at=now))


def _change_volumes(store: Store, rng: random.Random, now: float) -> None:
    said = store._clusters["pool"]
    volumes = list(said.volumes)
    rng.shuffle(volumes)
    first, *rest = volumes
    bricks = tuple(_brick(brick, rng) for brick in first.bricks)
    first = replace(first, status=rng.choice(("Started", "Stopped")), bricks=bricks)
    unread = {f"status {rest[0].name}": "busy"} if rng.random() < 0.3 else {}
    kept = rest if rng.random() < 0.2 and len(rest) > 20 else [first, *rest]
    store.put_cluster("pool", ClusterFacts(now, rng.choice(("node1", "node2")), tuple(kept), unread))


def _brick(brick: BrickFact, rng: random.Random) -> BrickFact:
    return replace(brick, online=rng.choice((True, False, None)), host_uuid=rng.choice((brick.host_uuid, "")))
