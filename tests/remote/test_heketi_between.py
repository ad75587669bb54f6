"""The client of heketi between the request and its end: what a proxy does to answers, and what is not yet an end."""

import asyncio

import pytest

from tests.remote.heketi_world import client_of, heketi
from tui.demo.heketi import HttpFault, SimHeketi
from tui.demo.heketi_wire import Reply
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_answers import parse_volume
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.errors import ConnectionLost, RemoteError
from tui.remote.heketi import HeketiClient
from tui.remote.heketi_errors import NoHeketi

CREATE = requests.create_volume(VolumeWish(2, "db"))
QUEUE = "0" * 31 + "1"


def leads(status: int, path: str) -> Reply:
    return Reply(status, b"", {"Location": path})


async def begun(server: SimHeketi) -> None:
    while not any(asked.startswith("GET /queue") for asked in server.requests):
        await asyncio.sleep(0.005)


async def test_places_that_a_proxy_made_addresses_of() -> None:
    async with heketi() as server, client_of(server) as client:
        made = parse_volume((await client.change(CREATE)).text)
        server.http_faults += [
            HttpFault("POST /volumes", reply=leads(202, f"http://heketi.example.com/queue/{QUEUE}")),
            HttpFault(f"GET /queue/{QUEUE}", reply=leads(303, f"https://heketi.example.com:8443/volumes/{made.id}")),
        ]
        assert parse_volume((await client.change(CREATE)).text) == made


async def test_places_that_a_proxy_put_its_folder_into() -> None:
    async with heketi() as server, HeketiClient(f"{server.url}/heketi/", "admin", server.admin_key) as client:
        server.http_faults += [
            HttpFault("POST /heketi/volumes", reply=leads(202, f"/heketi/queue/{QUEUE}")),
            HttpFault(f"GET /heketi/queue/{QUEUE}", reply=Reply(204)),
        ]
        assert (await client.change(CREATE)).status == 204
        assert server.requests == ["POST /heketi/volumes", f"GET /heketi/queue/{QUEUE}"]


async def test_a_queue_that_leads_nowhere_is_none_of_heketis() -> None:
    async with heketi() as server, client_of(server) as client:
        server.http_faults.append(HttpFault("POST /volumes", reply=Reply(202)))
        with pytest.raises(NoHeketi, match="does not say where it is"):
            await client.change(CREATE)


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_proxy_that_says_heketi_is_away_is_no_end(status: int) -> None:
    async with heketi() as server, client_of(server) as client:
        away = Reply(status, b"<html>Bad Gateway</html>")
        server.http_faults.append(HttpFault("GET /queue/", reply=away, times=3))
        assert (await client.change(CREATE)).status == 200
    async with heketi() as server, client_of(server, patience=0.1) as client:
        server.http_faults.append(HttpFault("GET /queue/", reply=away, times=-1))
        with pytest.raises(ConnectionLost, match=f"heketi went away during POST /volumes: HTTP {status}"):
            await client.change(CREATE)


async def test_an_answer_without_the_mark_of_a_pending_one_is_no_end_either() -> None:
    async with heketi() as server, client_of(server) as client:
        server.http_faults.append(HttpFault("GET /queue/", reply=Reply(200), times=2))
        assert parse_volume((await client.change(CREATE)).text).name == "db"


async def test_a_user_who_may_ask_and_not_look_learns_that_the_end_is_open() -> None:
    async with heketi() as server, client_of(server, user="user", key=server.user_key) as client:
        with pytest.raises(ConnectionLost, match=r"heketi took POST /volumes, .*may only create and list") as lost:
            await client.change(CREATE)
        assert lost.value.remedy == 'use the user "admin" with its key'


async def test_what_was_made_and_can_not_be_read_was_made() -> None:
    async with heketi() as server, client_of(server) as client:
        server.http_faults.append(HttpFault("GET /volumes/", cut="before", times=-1))
        made = await client.change(CREATE)
        assert (made.status, made.location.startswith("/volumes/")) == (303, True)


async def test_a_restart_amid_a_deletion_does_not_look_like_gone() -> None:
    async with heketi() as server, client_of(server) as client:
        made = parse_volume((await client.change(CREATE)).text)
        server.requests.clear()
        server.hang("volume stop")
        job = asyncio.create_task(client.change(requests.delete_volume(made.id)))
        await begun(server)
        await server.restart()
        with pytest.raises(
            RemoteError, match=r"restarted during DELETE .*; it left delete-volume \w+ \(stale\)"
        ) as left:
            await job
        assert not isinstance(left.value, ConnectionLost)
        assert left.value.remedy.startswith("clean up heketi's operations")


async def test_what_heketi_is_still_at_is_named() -> None:
    async with heketi() as server, client_of(server) as client:
        made = parse_volume((await client.change(CREATE)).text)
        server.hang("volume stop")
        with pytest.raises(RemoteError, match=r"heketi still works on it \(delete-volume \w+\)") as left:
            await client.change(requests.delete_volume(made.id), seconds=3.0)
        assert not isinstance(left.value, ConnectionLost)
