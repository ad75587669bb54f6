"""What can go wrong with the simulated Kubernetes, and who may ask it."""

import asyncio
import json
import shutil
import ssl
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
import pytest

from tests.demo.kube_client import CLAIMS, Client, client, follow, shape
from tui.demo.kube_auth import Right
from tui.demo.kube_objects import claim
from tui.demo.kube_server import SimKube


@pytest.fixture
async def kube() -> AsyncIterator[SimKube]:
    async with await SimKube().start() as started:
        for name in ("a", "b", "c"):
            started.create(claim("default", name, "1Gi", "x"))
        yield started


@pytest.fixture
async def web(kube: SimKube) -> AsyncIterator[Client]:
    async with client(kube) as one:
        yield one


async def test_server_errors_and_throttling(kube: SimKube, web: Client) -> None:
    kube.faults.fail(500, times=1, resource="persistentvolumeclaims")
    kube.faults.fail(503, times=1)
    assert [(await web.ask("GET", CLAIMS))[0] for _ in range(3)] == [500, 503, 200]
    kube.faults.throttle(times=1, seconds=3)
    async with web.session.get(web.url + CLAIMS) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert await answer.text() == "Too many requests, please try again later.\n"


async def test_an_error_may_come_although_it_was_done(kube: SimKube, web: Client) -> None:
    kube.faults.fail_after(504, verb="create")
    code, found = await web.ask("POST", CLAIMS, claim("default", "d", "1Gi", "x"))
    assert (code, found["reason"]) == (504, "Timeout")
    assert "kind" not in found
    assert kube.get("persistentvolumeclaims", "d", "default") is not None


async def broken(web: Client, found: bytearray) -> None:
    """Read a watch until it breaks."""
    async with web.session.get(web.url + CLAIMS, params={"watch": "1"}) as answer:
        async for data in answer.content.iter_any():
            found += data


async def test_streams_break_where_they_are_told_to(kube: SimKube, web: Client) -> None:
    kube.faults.cut_lines(2)
    found = bytearray()
    with pytest.raises(aiohttp.ClientPayloadError):
        await broken(web, found)
    assert shape([json.loads(line) for line in found.splitlines()]) == [("ADDED", "a"), ("ADDED", "b")]
    kube.faults.cut_bytes(100)
    found = bytearray()
    with pytest.raises(aiohttp.ClientPayloadError):
        await broken(web, found)
    assert len(found) == 100
    kube.faults.end_lines(1)
    assert shape(await web.watch(CLAIMS)) == [("ADDED", "a")]


async def test_a_watch_falls_silent(kube: SimKube, web: Client) -> None:
    kube.faults.stall_lines(2)
    async with web.watching(CLAIMS, timeoutSeconds=1) as lines:
        assert shape([await anext(lines), await anext(lines)]) == [("ADDED", "a"), ("ADDED", "b")]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.3):
                await anext(lines)


async def test_a_version_may_be_too_old_at_any_time(kube: SimKube, web: Client) -> None:
    kube.faults.gone(times=1)
    (line,) = await web.watch(CLAIMS, resourceVersion=kube.store.version)
    assert line["object"]["code"] == 410
    kube.faults.gone_list()
    token = (await web.get(CLAIMS, limit=1))["metadata"]["continue"]
    assert (await web.ask("GET", CLAIMS, limit=1, **{"continue": token}))[0] == 410


async def test_a_restart_breaks_everything_and_comes_back(kube: SimKube, web: Client) -> None:
    watch = await follow(web, kube, CLAIMS, 99)
    port = kube.port
    await asyncio.gather(kube.restart(0.05), return_exceptions=False)
    with pytest.raises(aiohttp.ClientError):
        await watch
    assert kube.port == port
    assert len((await web.get(CLAIMS))["items"]) == 3
    assert len(kube.store.listeners) == 0


async def test_a_connection_is_closed_or_says_nothing(kube: SimKube, web: Client) -> None:
    # the client asks once more when a connection that it kept is closed
    kube.faults.close(times=2, verb="get")
    with pytest.raises(aiohttp.ClientError):
        await web.ask("GET", f"{CLAIMS}/a")
    kube.faults.hang(verb="list")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await web.ask("GET", CLAIMS)
    assert (await web.ask("GET", CLAIMS))[0] == 200


async def test_the_clock_of_the_server_may_be_wrong(kube: SimKube, web: Client) -> None:
    kube.faults.skew = 3600.0
    async with web.session.get(web.url + "/version") as answer:
        ahead = parsedate_to_datetime(answer.headers["Date"]).timestamp() - kube.store.clock()
    assert 3590 < ahead < 3610


async def test_rights_are_taken_away_and_given_back(kube: SimKube, web: Client) -> None:
    kube.faults.forbid("persistentvolumeclaims", "list")
    code, found = await web.ask("GET", CLAIMS)
    assert (code, found["reason"]) == (403, "Forbidden")
    assert (await web.ask("GET", f"{CLAIMS}/a"))[0] == 200
    body = {"spec": {"resourceAttributes": {"verb": "list", "resource": "persistentvolumeclaims"}}}
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    assert (await web.send("POST", path, body))["status"] == {"allowed": False}
    kube.faults.allow()
    assert (await web.send("POST", path, body))["status"] == {"allowed": True}


async def test_who_brings_no_token_is_nobody(kube: SimKube) -> None:
    kube.auth.open = False
    kube.auth.tokens["reader-token"] = "reader"
    kube.auth.rights["reader"] = [Right("list", "persistentvolumeclaims", "default")]
    codes = {}
    for token in ("", "wrong", "reader-token", "demo-token"):
        async with client(kube, token) as web:
            codes[token] = [(await web.ask("GET", path))[0] for path in (CLAIMS, f"{CLAIMS}/a", "/version")]
    assert codes == {
        "": [403, 403, 200], "wrong": [401, 401, 401], "reader-token": [200, 403, 200], "demo-token": [200, 200, 200],
    }  # fmt: skip


async def test_https_with_a_client_certificate(tmp_path: Path) -> None:
    async with await SimKube().start(tls=tmp_path) as kube:
        kube.auth.open = False
        assert kube.certs is not None
        context = ssl.create_default_context(cafile=str(kube.certs.authority))
        codes = []
        for _ in range(2):
            async with aiohttp.ClientSession() as session, session.get(kube.url + CLAIMS, ssl=context) as answer:
                codes.append(answer.status)
            context.load_cert_chain(kube.certs.client, kube.certs.client_key)
        assert codes == [403, 200]
        assert kube.requests[-1][0] == "admin"
        assert kube.certs.client_key.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on this machine")
@pytest.mark.parametrize("version", [(1, 25), (1, 36)])
async def test_kubectl_gets_its_tables(tmp_path: Path, version: tuple[int, int]) -> None:
    async with await SimKube().start(version, tls=tmp_path) as kube:
        kube.create(claim("default", "data", "1Gi", "slow"))
        config = kube.write_kubeconfig(tmp_path / "config")
        assert config.stat().st_mode & 0o077 == 0

        async def kubectl(*words: str) -> list[list[str]]:
            process = await asyncio.create_subprocess_exec(
                "kubectl", "--kubeconfig", str(config), "--cache-dir", str(tmp_path / "cache"), *words,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
            out, _ = await process.communicate()
            return [line.split("  ") for line in out.decode().splitlines()]

        rows = [[cell.strip() for cell in row if cell.strip()] for row in await kubectl("get", "pvc", "-A")]
        more = ["VOLUMEATTRIBUTESCLASS"] if version >= (1, 31) else []
        assert rows[0] == [
            "NAMESPACE",
            "NAME",
            "STATUS",
            "VOLUME",
            "CAPACITY",
            "ACCESS MODES",
            "STORAGECLASS",
            *more,
            "AGE",
        ]
        assert rows[1][:4] == ["default", "data", "Pending", "slow"]
        assert await kubectl("label", "pvc", "data", "x=y") == [["persistentvolumeclaim/data labeled"]]
        assert await kubectl("delete", "pvc", "data", "--wait=false") == [['persistentvolumeclaim "data" deleted']]
        assert (await kubectl("get", "pvc", "data"))[1][:1] == ["data"]
        watched = [row[0] for row in await kubectl("get", "pvc", "-w", "--request-timeout=1s")]
        assert watched[:2] == ["NAME", "data"]
        assert await kubectl("get", "sc", "nope") == [
            ['Error from server (NotFound): storageclasses.storage.k8s.io "nope" not found']
        ]
