"""The client of heketi when something is wrong: keys, clocks, lost connections, restarts, proxies, certificates."""

import asyncio
import logging
import socket
from pathlib import Path

import pytest

from tests.remote.heketi_tls import make_certificate
from tests.remote.heketi_world import client_of, heketi
from tui.demo.heketi import HttpFault, SimHeketi
from tui.demo.heketi_wire import HTML, Reply
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.errors import CommandTimeout, ConnectionLost, Unreachable
from tui.remote.heketi import HeketiClient
from tui.remote.heketi_errors import HeketiDenied, HeketiRefused, NoHeketi

CREATE = requests.create_volume(VolumeWish(2, "db"))


async def test_a_wrong_key_and_a_user_without_rights() -> None:
    async with heketi() as server:
        async with client_of(server, key="wrong") as client:
            with pytest.raises(HeketiDenied, match='the key of user "admin" is wrong') as denied:
                await client.get("/clusters")
            assert denied.value.status == 401
        async with client_of(server, user="user", key=server.user_key) as client:
            assert await client.get("/volumes") == '{"volumes":[]}'
            with pytest.raises(HeketiDenied, match="may only create and list volumes"):
                await client.get("/clusters")
        async with client_of(server, user="", key="") as client:
            with pytest.raises(HeketiDenied, match="heketi wants a key"):
                await client.get("/clusters")


async def test_the_key_is_nowhere_to_be_seen(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with heketi() as server, client_of(server, key="hush-hush-hush") as client:
        with pytest.raises(HeketiDenied) as denied:
            await client.get("/clusters")
        seen = [repr(client), str(denied.value), repr(denied.value), caplog.text, repr(vars(denied.value))]
        assert not any("hush" in text for text in seen)


@pytest.mark.parametrize("skew", [-400.0, 3600.0])
async def test_clocks_that_differ_are_measured_and_named_or_followed(skew: float) -> None:
    async with heketi() as server:
        server.faults.skew = skew
        async with client_of(server, follow_clock=False) as client:
            with pytest.raises(HeketiDenied, match=f"heketi's clock is {abs(skew):.0f} s|heketi's clock is") as denied:
                await client.get("/clusters")
            assert client.skew is not None
            assert abs(client.skew - skew) < 5
            assert ("behind" if skew < 0 else "ahead of") in denied.value.reason
        async with client_of(server) as client:
            assert await client.get("/volumes") == '{"volumes":[]}'
            assert (await client.change(CREATE)).status == 200


async def test_a_clock_that_is_right_is_no_skew() -> None:
    async with heketi() as server, client_of(server) as client:
        await client.get("/clusters")
        assert client.skew is not None
        assert abs(client.skew) < 3


async def test_a_restart_in_the_middle_is_told_with_what_it_left() -> None:
    async with heketi() as server, client_of(server) as client:
        server.hang("lvcreate")
        job = asyncio.create_task(client.change(CREATE))
        while not any(asked.startswith("GET /queue") for asked in server.requests):
            await asyncio.sleep(0.005)
        await server.restart()
        with pytest.raises(ConnectionLost, match=r"restarted .*; it left create-volume \w+ \(stale\)"):
            await job
        [left] = await client.operations()
        assert left.is_stuck
        server.state.nodes.faults.clear()
        await client.change(requests.clean_operations())
        assert await client.operations() == ()
        assert (await client.change(CREATE)).status == 200


async def test_a_queue_that_is_forgotten_without_anything_left() -> None:
    async with heketi() as server, client_of(server) as client:
        server.hang("pvcreate")
        node = next(iter(server.state.tables.nodes))
        job = asyncio.create_task(client.change(requests.add_device(node, "/dev/sdz")))
        while not any(asked.startswith("GET /queue") for asked in server.requests):
            await asyncio.sleep(0.005)
        await server.restart()
        with pytest.raises(ConnectionLost, match="it left no operation behind"):
            await job


async def test_a_heketi_that_stays_away_is_given_up() -> None:
    async with heketi() as server, client_of(server, patience=0.2) as client:
        server.hang("lvcreate")
        job = asyncio.create_task(client.change(CREATE))
        while not any(asked.startswith("GET /queue") for asked in server.requests):
            await asyncio.sleep(0.005)
        await server.stop()
        with pytest.raises(ConnectionLost, match="heketi went away during POST /volumes"):
            await job


async def test_polls_that_are_cut_off_are_asked_again() -> None:
    async with heketi() as server, client_of(server) as client:
        server.executor.cost = 0.01  # type: ignore[attr-defined]
        server.http_faults.append(HttpFault("GET /queue/", cut="before", times=3))
        assert (await client.change(CREATE)).status == 200


async def test_a_connection_cut_after_the_request_leaves_its_effect_open() -> None:
    async with heketi() as server, client_of(server) as client:
        server.http_faults.append(HttpFault("POST /volumes", cut="after"))
        with pytest.raises(ConnectionLost, match="the connection broke during POST /volumes"):
            await client.change(CREATE)
        assert len(server.state.tables.volumes) == 1


async def test_what_takes_too_long_is_said_to_go_on() -> None:
    async with heketi() as server, client_of(server) as client:
        server.hang("lvcreate")
        with pytest.raises(CommandTimeout, match="heketi may still work on it"):
            await client.change(CREATE, seconds=0.1)
        assert len(await client.operations()) == 1


async def test_no_answer_in_time_to_a_question_changes_nothing() -> None:
    async with heketi() as server, client_of(server) as client:
        server.http_faults.append(HttpFault("GET /clusters", seconds=5))
        with pytest.raises(Unreachable, match="no answer to GET /clusters"):
            await client.get("/clusters", seconds=0.1)


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with HeketiClient(f"http://127.0.0.1:{port}", "admin", "k") as client:
        with pytest.raises(Unreachable, match=r"no connection to .*refused") as error:
            await client.call("POST", "/volumes", "{}")
        assert not isinstance(error.value, ConnectionLost)


@pytest.mark.parametrize("url", ["http://no-such-host.invalid:8080", "no-url", "http://"])
async def test_an_address_that_leads_nowhere(url: str) -> None:
    async with HeketiClient(url, "admin", "k") as client:
        with pytest.raises(Unreachable, match=r"does not resolve|is no address|no connection"):
            await client.get("/clusters")


async def test_a_proxy_that_answers_or_sends_elsewhere() -> None:
    async with heketi() as server, client_of(server) as client:
        server.http_faults.append(HttpFault("GET /clusters", reply=Reply(302, b"", {"Location": "https://sso/login"})))
        with pytest.raises(NoHeketi, match="sends us to https://sso/login"):
            await client.get("/clusters")
        server.http_faults.append(HttpFault("GET /op", reply=Reply(200, b"<html>hi</html>", {"Content-Type": HTML})))
        with pytest.raises(NoHeketi, match="no answer of heketi"):
            await client.operations()


async def test_what_speaks_no_http_is_no_heketi() -> None:
    async def ssh(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(ssh, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, HeketiClient(f"http://127.0.0.1:{port}", "admin", "k") as client:
        with pytest.raises(NoHeketi, match="does not answer in HTTP"):
            await client.get("/clusters")


async def test_tls_with_a_ca_of_its_own(tmp_path: Path) -> None:
    ca, secure = make_certificate(tmp_path)
    server = SimHeketi()
    await server.start(secure)
    try:
        assert server.url.startswith("https://")
        for trusted in (str(ca), ca.read_text()):
            async with client_of(server, ca=trusted) as client:
                assert await client.get("/clusters") == '{"clusters":[]}'
        async with client_of(server) as client:
            with pytest.raises(Unreachable, match="is not trusted"):
                await client.get("/clusters")
        async with client_of(server, ca="/no/such/file") as client:
            with pytest.raises(Unreachable, match="the CA can't be read"):
                await client.get("/clusters")
        async with HeketiClient(server.url.replace("https", "http"), "admin", "k") as client:
            with pytest.raises((Unreachable, NoHeketi)):
                await client.get("/clusters")
    finally:
        await server.close()


async def test_what_a_restart_left_may_be_hidden() -> None:
    async with heketi() as server, client_of(server) as client:
        server.hang("lvcreate")
        job = asyncio.create_task(client.change(CREATE))
        while not any(asked.startswith("GET /queue") for asked in server.requests):
            await asyncio.sleep(0.005)
        sick = Reply(500, b"panic\n", {})
        server.http_faults.append(HttpFault("GET /operations", reply=sick, times=-1))
        await server.restart()
        with pytest.raises(ConnectionLost, match="what it left can't be read: GET /operations/pending: panic"):
            await job


async def test_a_busy_heketi_that_says_when_to_come_again() -> None:
    async with heketi() as server, client_of(server) as client:
        busy = Reply(429, b"Server busy. Retry operation later.\n", {"Retry-After": "0"})
        server.http_faults.append(HttpFault("POST /volumes", reply=busy, times=20))
        assert (await client.change(CREATE)).status == 200
        assert server.requests.count("POST /volumes") == 21


async def test_a_folder_in_the_address_is_signed_too() -> None:
    async with heketi() as server, HeketiClient(f"{server.url}/proxied/", "admin", server.admin_key) as client:
        with pytest.raises(HeketiRefused, match="Invalid path or request"):
            await client.get("/clusters")
        assert server.requests == ["GET /proxied/clusters"]
