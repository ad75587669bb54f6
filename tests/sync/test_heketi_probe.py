"""How far a look at a heketi comes, and what it brings."""

import asyncio
import socket
from pathlib import Path

import pytest

from tests.remote.heketi_tls import make_certificate
from tests.remote.heketi_world import client_of, heketi
from tui.core.units import KIB
from tui.demo.heketi import HttpFault, SimHeketi
from tui.demo.heketi_wire import HTML, Fail, Reply, refused
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.sync.heketi_probe import probe


async def test_a_whole_look() -> None:
    async with heketi(nodes=3, disks=2) as server, client_of(server) as client:
        await client.change(requests.create_volume(VolumeWish(10)))
        full, failed = list(server.state.tables.devices.values())[:2]
        failed.state = "failed"
        found = await probe(server.url, "admin", server.admin_key)
        assert (found.stage, found.status, found.text, found.mode) == ("done", 0, "", "normal")
        assert found.asked_from == socket.gethostname()
        assert found.skew is not None
        assert abs(found.skew) < 3
        [cluster] = found.clusters
        assert found.volumes == {cluster: 1}
        assert {node.hostname: (node.zone, node.state) for node in found.nodes} == {
            "node0": (1, "online"), "node1": (2, "online"), "node2": (3, "online"),
        }  # fmt: skip
        space = next(node for node in found.nodes if node.node == full.node)
        assert (space.online_devices, space.free, space.largest_free) == (1, full.free * KIB, full.free * KIB)
        assert (found.in_flight, found.stale, found.failed) == (0, 0, 0)
        assert server.admin_key not in repr(found)


async def test_stuck_operations_and_the_mode_are_told() -> None:
    async with heketi() as server, client_of(server) as client:
        server.hang("lvcreate")
        with pytest.raises(Exception, match="longer"):
            await client.change(requests.create_volume(VolumeWish(1)), seconds=0.05)
        found = await probe(server.url, "admin", server.admin_key)
        assert (found.in_flight, found.stale) == (1, 0)
        await server.restart()
        await client.change(requests.set_mode("read-only"))
        found = await probe(server.url, "admin", server.admin_key)
        assert (found.in_flight, found.stale, found.mode) == (0, 1, "read-only")


@pytest.mark.parametrize(
    ("user", "key", "text"),
    [
        ("admin", "wrong", "Invalid JWT token: signature is invalid (client and server secrets may not match)"),
        ("root", "wrong", "Invalid JWT token: Unknown user"),
        ("", "", "Required authorization token not found"),
        ("admin", "", "Invalid JWT token: signature is invalid (client and server secrets may not match)"),
        ("user", "user-key-of-the-demo", "Administrator access required"),
    ],
)
async def test_a_look_that_is_not_let_in(user: str, key: str, text: str) -> None:
    async with heketi() as server:
        found = await probe(server.url, user, key)
        assert (found.stage, found.status, found.text) == ("auth", 401, text)


@pytest.mark.parametrize(
    ("skew", "text"), [(-300.0, "Token used before issued"), (900.0, "Invalid JWT token: Token is expired by")]
)
async def test_clocks_that_differ(skew: float, text: str) -> None:
    async with heketi() as server:
        server.faults.skew = skew
        found = await probe(server.url, "admin", server.admin_key)
        assert (found.stage, found.status) == ("auth", 401)
        assert text in found.text
        assert found.skew is not None
        assert abs(found.skew - skew) < 5


@pytest.mark.parametrize("url", ["http://no-such-host.invalid:8080", "heketi:8080", "", "http://[::1", "ftp://x"])
async def test_a_name_that_leads_nowhere(url: str) -> None:
    found = await probe(url, "admin", "key")
    assert (found.stage, found.status) == ("resolve", 0)
    assert found.text


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    found = await probe(f"http://127.0.0.1:{port}", "admin", "key")
    assert (found.stage, found.status) == ("connect", 0)
    assert "refused" in found.text


async def test_somebody_else_answers() -> None:
    async with heketi() as server:
        server.http_faults.append(HttpFault("GET /hello", reply=Reply(200, b"<html>It works!</html>", {"C": HTML})))
        found = await probe(server.url, "admin", server.admin_key)
        assert (found.stage, found.status, found.text) == ("hello", 200, "<html>It works!</html>")


async def test_a_broken_database_ends_the_look_at_the_clusters() -> None:
    async with heketi() as server:
        server.state.tables.clusters[next(iter(server.state.tables.clusters))].nodes.append("0" * 32)
        found = await probe(server.url, "admin", server.admin_key)
        assert (found.stage, found.status, found.text) == ("clusters", 404, "Id not found")
        assert len(found.clusters) == 1


async def test_a_heketi_that_is_too_old_to_tell_of_operations() -> None:
    async with heketi() as server:
        reply = refused(Fail(404, "Invalid path or request"))
        server.http_faults.append(HttpFault("GET /operations", reply=reply, times=-1))
        found = await probe(server.url, "admin", server.admin_key)
        assert (found.stage, found.mode) == ("done", "")


async def test_a_heketi_that_hangs_is_not_waited_for() -> None:
    async with heketi() as server:
        server.http_faults.append(HttpFault("GET /clusters", seconds=30))
        found = await asyncio.wait_for(probe(server.url, "admin", server.admin_key, seconds=0.3), 10)
        assert (found.stage, found.text) == ("auth", "no answer within 0.3 s")


async def test_a_certificate_of_an_unknown_ca(tmp_path: Path) -> None:
    ca, secure = make_certificate(tmp_path)
    server = SimHeketi()
    await server.start(secure)
    try:
        found = await probe(server.url, "admin", server.admin_key)
        assert found.stage == "connect"
        assert "is not trusted" in found.text
        assert (await probe(server.url, "admin", server.admin_key, str(ca))).stage == "done"
    finally:
        await server.close()
