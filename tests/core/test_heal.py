"""Copies that differ, in the picture of the site."""

from dataclasses import replace

import pytest

from tests.core.site_facts import PATH, heal, site, volume, with_brick, with_quota
from tests.screens.scene import busy_store, new_id
from tui.core.chain_storage import gluster_links
from tui.core.facts import BrickFact, VolumeFact
from tui.core.heal import BrickHeal, Heal, HealFacts, pending_words, split_brain_words
from tui.core.link import BROKEN, WELL
from tui.core.model import Snapshot, State, Volume
from tui.core.quota import Quota, QuotaFacts


def of(snapshot: Snapshot) -> Heal:
    found = snapshot.volumes["db"].heal
    assert found is not None
    return found


def test_good_copies_count_the_same_entries_and_they_are_told_once() -> None:
    found = of(site(heals=heal((12, 3), (12, 3), (0, 0))))
    assert (found.pending, found.split_brain, found.healing, found.unknown) == (12, 3, 0, ())
    assert pending_words(found) == "heal: 12 entries pending on 2 bricks"
    assert split_brain_words(found) == "SPLIT-BRAIN: 3 entries"


def test_sets_are_added() -> None:
    six = tuple(BrickFact(f"10.0.0.{n % 3 + 1}", f"/b{n}", "", online=True) for n in range(6))
    counts = (1, 1, 0, 4, 5, 0)
    said = tuple(BrickHeal(b.host, b.path, count, 0, 1) for b, count in zip(six, counts, strict=True))
    found = of(site(None, volume(bricks=six, distribute=2), heals={"id": HealFacts(5.0, "node1", said)}))
    assert (found.pending, found.healing) == (1 + 5, 2)
    assert pending_words(found) == "heal: 6 entries pending on 4 bricks, 2 entries being healed"


def test_what_nobody_counted_is_unknown_and_never_0() -> None:
    found = of(site(heals=heal((0, 0), None, None)))
    assert (found.pending, found.split_brain) == (0, 0)
    assert [brick.host for brick in found.unknown] == ["10.0.0.2", "10.0.0.3"]
    none = of(site(heals=heal(None, None, None)))
    assert (none.pending, none.split_brain, none.healing) == (None, None, None)
    assert pending_words(none) == split_brain_words(none) == pending_words(None) == ""


def test_bricks_that_are_not_of_the_volume_any_more_are_left_out() -> None:
    old = heal((0, 0))["id"]
    stranger = BrickHeal("10.0.0.9", "/gone", 7, 7, 7)
    found = of(site(heals={"id": replace(old, bricks=(*old.bricks, stranger))}))
    assert [brick.host for brick in found.bricks] == ["10.0.0.1"]
    assert found.split_brain == 0


@pytest.mark.parametrize(
    ("fact", "state", "reason"),
    [
        (volume(), State.DEGRADED, "SPLIT-BRAIN: 1 entry"),
        (with_brick(volume(), 2, online=False), State.DEGRADED, "SPLIT-BRAIN: 1 entry; 1 of 3 bricks is down"),
    ],
)
def test_split_brain_is_a_fault_of_the_volume(fact: VolumeFact, state: State, reason: str) -> None:
    found = site(None, fact, heals=heal((0, 1), (0, 1), (0, 0))).volumes["db"]
    assert found.state is state
    assert found.reason.startswith(reason)


def test_a_volume_that_no_client_can_read_stays_offline() -> None:
    dead = volume()
    for number in range(3):
        dead = with_brick(dead, number, online=False)
    found = site(None, dead, heals=heal((0, 1), (0, 1), (0, 0))).volumes["db"]
    assert found.state is State.OFFLINE
    assert "SPLIT-BRAIN" in found.reason
    assert "too few bricks" in found.reason


def test_pending_heals_are_no_fault() -> None:
    found = site(heals=heal((9, 0), (9, 0), (0, 0))).volumes["db"]
    assert (found.state, found.reason) == (State.ONLINE, "")


def test_a_stopped_volume_tells_nothing_of_its_copies() -> None:
    assert site(None, volume(status="Stopped"), heals=heal((9, 9), (9, 9), (0, 0))).volumes["db"].heal is None


def _first(snapshot: Snapshot) -> Volume:
    return next(volume for volume in snapshot.volumes.values() if volume.id == new_id("id", 1))


def test_the_store_tells_changes_at_once_and_ages_later() -> None:
    store, told = busy_store(1000.0), []
    store.subscribe(lambda: told.append(_first(store.snapshot)))
    name, key = new_id("id", 1), _first(store.snapshot).bricks[0]
    said = HealFacts(1001.0, "node1", (BrickHeal(key[1], key[2], 2, 0, 0),))
    store.put_heal(name, said)
    assert [(one.heal.pending if one.heal else None) for one in told] == [2]
    store.put_heal(name, replace(said, read_at=1005.0))
    assert len(told) == 1
    assert store.snapshot.heals_read[name] == 1005.0
    # the row is the very same object: nothing but its age changed
    assert _first(store.snapshot) is told[0]


def test_a_try_that_failed_keeps_what_was_said_before_with_its_age() -> None:
    store, name = busy_store(1000.0), new_id("id", 1)
    store.put_heal(name, HealFacts(None, "node2", unread="busy"))
    heal = _first(store.snapshot).heal
    assert heal is not None
    assert (heal.pending, heal.unread, name in store.snapshot.heals_read) == (None, "busy", False)
    key = _first(store.snapshot).bricks[0]
    store.put_heal(name, HealFacts(1001.0, "node1", (BrickHeal(key[1], key[2], 2, 0, 0),)))
    store.put_heal(name, HealFacts(None, "node1", unread="glusterd does not run on the node"))
    heal = _first(store.snapshot).heal
    assert heal is not None
    assert (heal.pending, heal.unread) == (2, "glusterd does not run on the node")
    assert store.snapshot.heals_read[name] == 1001.0


def test_heals_of_volumes_that_are_gone_are_forgotten() -> None:
    store, name = busy_store(1000.0), new_id("id", 1)
    store.put_heal(name, HealFacts(1001.0, "node1"))
    store.keep_details({name})
    assert name in store.snapshot.heals_read
    store.keep_details(set())
    assert store.snapshot.heals_read == {}
    assert _first(store.snapshot).heal is None


def test_a_brick_is_named_as_gluster_names_it() -> None:
    assert BrickHeal("10.0.0.1", PATH).name == f"10.0.0.1:{PATH}"


def test_quotas_are_told_and_forgotten() -> None:
    store, name = busy_store(1000.0), new_id("id", 1)
    told: list[str] = []
    store.subscribe(lambda: told.append(""))
    quota = Quota("/a", 10, 10, is_reached=True)
    store.put_quotas(name, QuotaFacts(1001.0, (quota,)))
    store.put_quotas(name, QuotaFacts(1005.0, (quota,)))
    assert len(told) == 1
    assert store.snapshot.quotas_read == {name: 1005.0}
    store.keep_details({name})
    assert store.snapshot.quotas_read == {name: 1005.0}
    store.keep_details(set())
    assert store.snapshot.quotas_read == {}


def test_quotas_that_were_switched_off_are_gone() -> None:
    assert with_quota("/a", 10, 10).volumes["db"].quotas == (Quota("/a", 10, 10, is_reached=True),)
    assert with_quota("/a", 10, 10, options={"features.quota": "off"}).volumes["db"].quotas == ()
    assert with_quota("/a", 10, 10, status="Stopped").volumes["db"].quotas == ()


def test_the_chain_breaks_at_a_volume_in_split_brain_and_tells_what_waits() -> None:
    link = next(gluster_links(site(heals=heal((4, 1), (4, 1), (0, 0))), "db", 2))
    assert (link.kind, link.state, link.severity, link.reason) == (
        "Gluster volume", "degraded", BROKEN, "SPLIT-BRAIN: 1 entry",
    )  # fmt: skip
    link = next(gluster_links(site(heals=heal((4, 0), (4, 0), (0, 0))), "db", 2))
    assert (link.severity, link.reason) == (WELL, "replicate 3, started; heal: 4 entries pending on 2 bricks")
