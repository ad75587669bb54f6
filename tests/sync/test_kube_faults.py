"""Every misbehaviour of an API server by itself: what is told meanwhile, and that nothing is lost."""

import json
import time
from dataclasses import replace

import pytest

from tests.bench.kube_objects import raw_claim, raw_volume
from tests.sync.conftest import MakeScene
from tests.sync.kube_api import Fault, status
from tests.sync.kube_world import CLAIMS, CLASSES, EVENTS, PODS, QUICK, SECRETS, VOLUMES, Scene
from tui.checks.claim_case import ClaimWorld
from tui.core.kube import KINDS
from tui.core.kube_tables import PartState

GONE = json.dumps({"type": "ERROR", "object": status(410, "Expired", "too old resource version: 1 (342)")})
ETCD = json.dumps({"type": "ERROR", "object": status(500, "InternalError", "etcdserver: no leader")})
NAMELESS = json.dumps({"type": "ADDED", "object": {"metadata": {}}})
FAULTS = {
    "a stream cut in the middle of a line": Fault("cut"),
    "a stream that ends in order": Fault("end"),
    "a line that is not JSON": Fault("garbage", text="<html>Bad gateway</html>"),
    "half a line": Fault("garbage", text='{"type":"MODIFIED","object":{"metadata":'),
    "JSON that is no event": Fault("garbage", text="[1,2]"),
    "an event without a name": Fault("garbage", text=NAMELESS),
    "an error within the stream": Fault("error", text=ETCD),
    "410 within the stream": Fault("error", text=GONE),
    "410 as the answer": Fault("status", 410, json.dumps(status(410, "Expired", "too old"))),
    "401 once": Fault("status", 401, json.dumps(status(401, "Unauthorized", "Unauthorized"))),
    "429 as text": Fault("text", 429, "Too many requests, please try again later.\n", {"Retry-After": "0"}),
    "500": Fault("status", 500),
    "500 as text": Fault("text", 500, "[-]etcd failed: reason withheld\n"),
    "503 of a proxy": Fault("text", 503, "<html>no backend</html>"),
    "504 without a kind": Fault("status", 504, '{"metadata":{},"status":"Failure","message":"Timeout","code":504}'),
    "400": Fault("status", 400, json.dumps(status(400, "BadRequest", "invalid resource version"))),
    "404 of a proxy": Fault("text", 404, "not found"),
    "200 that is something else": Fault("text", 200, "welcome to our login page"),
    "an answer that does not come": Fault("hang"),
    "a connection that is closed": Fault("close"),
}


async def change(one: Scene) -> None:
    """Changes of each sort, and the picture that has to come of it."""
    one.api.put(CLAIMS, raw_claim(1, is_bound=False))
    one.api.put(CLAIMS, raw_claim(200))
    one.api.remove(CLAIMS, (raw_claim(2)["metadata"]["namespace"], raw_claim(2)["metadata"]["name"]))
    one.api.remove(VOLUMES, ("", raw_volume(2)["metadata"]["name"]))
    await one.until_same(CLAIMS, VOLUMES)


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_of_a_watch_loses_nothing(scene: MakeScene, name: str) -> None:
    one, told = await scene(), FAULTS[name]
    await one.begin()
    fault = Fault(told.sort, told.code, told.text, told.headers)
    one.api.strike(CLAIMS, fault)
    if not fault.is_within:
        one.api.strike(CLAIMS, Fault("end"))
    await change(one)
    await one.until(fault.served.is_set)
    await change(one)
    await one.until(lambda: one.part(CLAIMS) == "live")
    assert len(one.tables.claims) == 20, "nothing was blanked"


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if not fault.is_within])
async def test_a_fault_of_a_list_is_got_over(scene: MakeScene, name: str) -> None:
    one, told = await scene(), FAULTS[name]
    fault = Fault(told.sort, told.code, told.text, told.headers)
    one.api.strike(CLAIMS, fault)
    await one.begin()
    assert fault.served.is_set()
    await one.until(lambda: one.part(CLAIMS) == "live")
    await change(one)


async def test_an_old_version_lists_again_and_blanks_nothing(scene: MakeScene) -> None:
    one = await scene()
    await one.begin()
    fewest = 20

    def look() -> None:
        nonlocal fewest
        fewest = min(fewest, len(one.tables.claims))

    one.feed.subscribe(look)
    before = one.tables.volumes[("", raw_volume(5)["metadata"]["name"])]
    for kind in (CLAIMS, VOLUMES):
        one.api.strike(kind, Fault("end"))
    one.api.compact()
    one.api.version += 10
    one.api.compact()
    one.api.put(CLAIMS, raw_claim(1, is_bound=False))
    await one.until_same()
    await one.until(lambda: sum("/persistentvolumes?limit" in path for path in one.api.requests) > 3)
    assert fewest == 20
    assert one.tables.volumes[before.key] == before


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_pages_of_a_moment_that_is_gone_are_read_again(scene: MakeScene, times: int) -> None:
    one = await scene(claims=30)
    one.api.page_gone = times
    await one.begin()
    await one.until_same()
    assert one.api.page_gone == 0


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
    await change(one)
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
    await change(one)
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


async def test_a_server_without_new_kinds(scene: MakeScene) -> None:
    one = await scene()
    one.api.absent |= {"endpointslices", "csidrivers", "leases"}
    one.api.minor = "20+"
    await one.begin()
    assert one.tables.version == (1, 20)
    assert one.tables.is_listed("endpointslices")
    assert one.part("endpointslices") == "live"
    assert one.feed.status.state == "live"


async def test_a_server_that_restarts_as_another_version(scene: MakeScene) -> None:
    one = await scene()
    await one.begin()
    await one.api.stop()
    await one.until(lambda: one.part(CLAIMS) == "stale")
    assert len(one.tables.claims) == 20
    assert "can't be reached" in one.tables.parts[CLAIMS].reason
    one.api.minor = "36"
    one.api.put(CLAIMS, raw_claim(1, is_bound=False))
    await one.api.start()
    await one.until(lambda: one.tables.version == (1, 36))
    await one.until(lambda: one.feed.status.state == "live")
    await change(one)


async def test_a_server_that_is_not_there_is_told_and_found_later(scene: MakeScene) -> None:
    one = await scene()
    await one.api.stop()
    one.feed.start()
    await one.feed.loaded()
    assert one.feed.status.state == "unreachable"
    assert "can't be reached" in one.feed.status.reason
    await one.api.start()
    await one.until(lambda: one.feed.status.state == "live")
    await change(one)


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
    await change(one)


@pytest.mark.parametrize("now", [0.0, 4e9])
async def test_a_clock_that_jumps(scene: MakeScene, monkeypatch: pytest.MonkeyPatch, now: float) -> None:
    one = await scene()
    await one.begin()
    monkeypatch.setattr(time, "time", lambda: now)
    await change(one)
    one.api.strike(CLAIMS, Fault("cut"))
    await change(one)
    await one.api.stop()
    await one.until(lambda: one.part(CLAIMS) == "stale")
    assert one.tables.parts[CLAIMS].since == now
    await one.api.start()
    await one.until(lambda: one.feed.status.state == "live")
    await change(one)


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
