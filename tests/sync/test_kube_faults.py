"""Every misbehaviour of an API server by itself: what is told meanwhile, and that nothing is lost."""

import json
import time
from dataclasses import replace

import pytest

from tests.bench.kube_objects import raw_claim, raw_volume
from tests.sync.conftest import MakeScene
from tests.sync.kube_api import Fault, status
from tests.sync.kube_world import CLAIMS, QUICK, VOLUMES

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


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_of_a_watch_loses_nothing(scene: MakeScene, name: str) -> None:
    one, told = await scene(), FAULTS[name]
    await one.begin()
    fault = Fault(told.sort, told.code, told.text, told.headers)
    one.api.strike(CLAIMS, fault)
    if not fault.is_within:
        one.api.strike(CLAIMS, Fault("end"))
    await one.change()
    await one.until(fault.served.is_set)
    await one.change()
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
    await one.change()


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


async def test_a_server_restored_from_a_backup_is_read_again(scene: MakeScene) -> None:
    one = await scene(pace=replace(QUICK, quiet=5.0))
    await one.begin()
    await one.api.stop()
    one.api.history.clear()
    one.api.version = one.api.oldest = 5
    one.api.remove(CLAIMS, (raw_claim(2)["metadata"]["namespace"], raw_claim(2)["metadata"]["name"]))
    one.api.history.clear()
    await one.api.start()
    await one.until(lambda: len(one.tables.claims) == 19)
    await one.until_same()


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_pages_of_a_moment_that_is_gone_are_read_again(scene: MakeScene, times: int) -> None:
    one = await scene(claims=30)
    one.api.page_gone = times
    await one.begin()
    await one.until_same()
    assert one.api.page_gone == 0


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
    await one.change()


async def test_a_server_that_is_not_there_is_told_and_found_later(scene: MakeScene) -> None:
    one = await scene()
    await one.api.stop()
    one.feed.start()
    await one.feed.loaded()
    assert one.feed.status.state == "unreachable"
    assert "can't be reached" in one.feed.status.reason
    await one.api.start()
    await one.until(lambda: one.feed.status.state == "live")
    await one.change()


@pytest.mark.parametrize("now", [0.0, 4e9])
async def test_a_clock_that_jumps(scene: MakeScene, monkeypatch: pytest.MonkeyPatch, now: float) -> None:
    one = await scene()
    await one.begin()
    monkeypatch.setattr(time, "time", lambda: now)
    await one.change()
    one.api.strike(CLAIMS, Fault("cut"))
    await one.change()
    await one.api.stop()
    await one.until(lambda: one.part(CLAIMS) == "stale")
    assert one.tables.parts[CLAIMS].since == now
    await one.api.start()
    await one.until(lambda: one.feed.status.state == "live")
    await one.change()
