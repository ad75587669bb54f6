"""Rights that are missing: told of that part only, and no more is taken for known than was read."""

from dataclasses import replace

from tests.bench.kube_objects import raw_claim
from tests.sync.conftest import MakeScene
from tests.sync.kube_api import Fault
from tests.sync.kube_world import CLAIMS, CLASSES, EVENTS, PODS, QUICK, SECRETS
from tui.checks.claim_case import ClaimWorld
from tui.core.kube import KINDS
from tui.core.kube_tables import PartState


async def test_a_missing_right_is_told_of_that_part_only(scene: MakeScene) -> None:
    one = await scene()
    one.api.forbidden.add(("list", CLASSES, ""))
    await one.begin()
    assert one.tables.parts[CLASSES].state == "denied"
    assert one.tables.parts[CLASSES].reason == "cannot list storageclasses"
    assert not one.tables.is_listed(CLASSES)
    assert {one.part(kind) for kind in KINDS} - {"live"} == {"denied"}
    assert one.part(SECRETS) == "denied"
    assert one.feed.status.state == "denied"
    assert one.feed.status.reason == "cannot list storageclasses"
    await one.change()
    one.api.forbidden.clear()
    await one.until(lambda: one.feed.status.state == "live")
    assert len(one.tables.classes) == 3
    await one.until(lambda: ("storage", "heketi") in one.tables.secrets)


async def test_several_missing_rights_are_one_sentence(scene: MakeScene) -> None:
    one = await scene()
    one.api.forbidden |= {("list", "nodes", ""), ("list", PODS, "")}
    await one.begin()
    status_ = one.feed.status
    assert (status_.state, status_.reason) == ("denied", "cannot list pods, nodes")


async def test_rights_in_one_namespace_show_that_one(scene: MakeScene) -> None:
    one = await scene(namespace="team-1")
    one.api.forbidden |= {("list", CLAIMS, ""), ("watch", CLAIMS, ""), ("list", "nodes", "")}
    await one.begin()
    assert {key[0] for key in one.tables.claims} == {"team-1"}
    assert one.tables.parts[CLAIMS] == PartState("live", one.tables.parts[CLAIMS].since, "", "team-1")
    assert one.part("nodes") == "denied"
    world = ClaimWorld(one.tables, 0.0)
    assert not world.is_known(CLAIMS)
    assert world.is_known(CLAIMS, "team-1")
    raw = raw_claim(3, is_bound=False)
    assert raw["metadata"]["namespace"] == "team-1"
    one.api.put(CLAIMS, raw)
    one.api.put(CLAIMS, raw_claim(7, is_bound=False))
    await one.until(lambda: not one.tables.claims["team-1", raw["metadata"]["name"]].is_bound)
    assert {key[0] for key in one.tables.claims} == {"team-1"}


async def test_without_the_right_to_watch_it_is_read_again_and_again(scene: MakeScene) -> None:
    one = await scene()
    one.api.forbidden.add(("watch", CLAIMS, "*"))
    one.api.forbidden.add(("watch", CLAIMS, ""))
    one.feed.start()
    await one.until(lambda: "right to watch" in one.tables.parts[CLAIMS].reason)
    await one.change()
    assert one.part(CLAIMS) == "live"


async def test_a_right_that_is_taken_away_leaves_what_was_read(scene: MakeScene) -> None:
    one = await scene()
    await one.begin()
    one.api.forbidden |= {("list", EVENTS, ""), ("watch", EVENTS, "")}
    one.api.strike(EVENTS, Fault("end"))
    await one.until(lambda: one.part(EVENTS) == "denied")
    assert len(one.tables.events) == 3
    one.api.forbidden.clear()
    await one.until(lambda: one.part(EVENTS) == "live")


async def test_a_secret_that_may_not_be_read(scene: MakeScene) -> None:
    one = await scene()
    one.api.forbidden.add(("get", SECRETS, "storage"))
    await one.begin()
    assert one.tables.parts[SECRETS].reason == "cannot get secrets storage/heketi"
    assert one.part(SECRETS) == "denied"


async def test_credentials_that_are_refused(scene: MakeScene) -> None:
    one = await scene()
    await one.begin()
    one.api.tokens = {"Bearer other"}
    for kind in one.kinds():
        one.api.strike(kind, Fault("end"))
    await one.until(lambda: one.part(CLAIMS) == "denied")
    assert "credentials" in one.tables.parts[CLAIMS].reason
    assert len(one.tables.claims) == 20
    one.api.tokens = None
    await one.until(lambda: one.feed.status.state == "live")
    await one.change()


async def test_rights_in_one_namespace_only_are_told(scene: MakeScene) -> None:
    one = await scene(namespace="team-1")
    one.api.forbidden |= {("list", CLAIMS, ""), ("list", PODS, "")}
    await one.begin()
    assert one.feed.status.state == "live"
    assert one.feed.status.only == "team-1"
    assert "only namespace team-1" in one.feed.status.reason


async def test_a_retry_does_not_wait_for_the_next_turn(scene: MakeScene) -> None:
    one = await scene(pace=replace(QUICK, denied=3600.0))
    one.api.forbidden.add(("list", CLASSES, ""))
    await one.begin()
    assert one.part(CLASSES) == "denied"
    one.api.forbidden.clear()
    one.feed.retry()
    await one.until(lambda: one.part(CLASSES) == "live")
