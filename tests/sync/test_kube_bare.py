"""Servers that tell less than a real one: no metadata in lists, no versions, no watches, answers that fail once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.corpus import raw
from tests.sync.kube_world import CLAIMS, CLASSES, QUICK, SECONDS, write_kubeconfig
from tui.core.kube_settings import KubeSettings
from tui.sync.kube import KubeSource

KEY = ("default", "db")
WHOLE = {"metadata": {"resourceVersion": "10"}}


class Bare:
    """Lists and nothing else; `head` stands in each list beside the items, `failures` is what is answered first."""

    def __init__(self, head: dict[str, Any], failures: dict[str, list[int]] | None = None) -> None:
        self.head, self.failures = head, failures or {}
        self.asked: Counter[str] = Counter()
        self.watched = 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        kind = request.path.rpartition("/")[2]
        if "watch" in request.query:
            self.watched += 1
            raise web.HTTPNotFound
        self.asked[kind] += 1
        if waiting := self.failures.get(kind):
            code = waiting.pop(0)
            if code == 0:
                assert request.transport is not None
                request.transport.close()
            return web.json_response({"kind": "Status", "code": code, "message": "not now"}, status=code or 500)
        if kind == "version":
            return web.json_response({"major": "1", "minor": "25+"})
        items = [raw.claim("db", cls="slo", age=900.0)] if kind == CLAIMS else []
        items += [raw.storage_class("slow", "example.com/file")] if kind == CLASSES else []
        return web.json_response({**self.head, "items": items or None})


@asynccontextmanager
async def looked_at(bare: Bare, folder: Path, *, watch: bool = False) -> AsyncIterator[KubeSource]:
    """A source that has read this server."""
    listener = await asyncio.get_running_loop().create_server(web.Server(bare.answer), "127.0.0.1", 0)
    config = write_kubeconfig(folder / "kubeconfig", f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}")
    source = KubeSource(KubeSettings(config), pace=QUICK)
    try:
        source.start(watch=watch)
        await asyncio.wait_for(source.loaded(), SECONDS)
        yield source
    finally:
        await source.close()
        listener.close()


@pytest.mark.parametrize("head", [{}, {"metadata": None}, {"metadata": {}}, {"kind": "List", **WHOLE}])
async def test_a_list_is_a_list_whatever_stands_beside_it(head: dict[str, Any], tmp_path: Path) -> None:
    async with looked_at(Bare(head), tmp_path) as source:
        assert [finding.code for finding in source.findings(KEY)] == ["C1"]
        assert {part.state for part in source.tables.parts.values()} == {"live"}


async def test_one_look_watches_nothing(tmp_path: Path) -> None:
    bare = Bare(WHOLE)
    async with looked_at(bare, tmp_path) as source:
        await asyncio.sleep(3 * QUICK.poll)
        assert {part.reason for kind, part in source.tables.parts.items() if kind != "leases"} == {""}
    assert bare.watched == 0
    assert bare.asked[CLAIMS] <= 4  # `absent` is short in these tests


async def test_lists_without_a_version_are_read_now_and_then(tmp_path: Path) -> None:
    bare = Bare({})
    async with looked_at(bare, tmp_path, watch=True) as source:
        before = bare.asked[CLAIMS]
        await asyncio.sleep(4 * QUICK.poll)
        assert 1 <= bare.asked[CLAIMS] - before <= 10
        assert source.tables.parts[CLAIMS].state == "live"
        assert "it tells no resourceVersion" in source.tables.parts[CLAIMS].reason
    assert bare.watched == 0


@pytest.mark.parametrize("code", [0, 429, 500, 503])
@pytest.mark.parametrize("kind", ["version", CLAIMS, CLASSES])
async def test_what_fails_twice_is_waited_for(kind: str, code: int, tmp_path: Path) -> None:
    async with looked_at(Bare(WHOLE, {kind: [code, code]}), tmp_path) as source:
        assert [finding.code for finding in source.findings(KEY)] == ["C1"]
        assert source.tables.parts[CLAIMS].state == "live"


async def test_what_fails_on_and_on_is_not_waited_for(tmp_path: Path) -> None:
    async with looked_at(Bare(WHOLE, {CLASSES: [500] * 10_000}), tmp_path) as source:
        assert source.tables.parts[CLASSES].state == "unreachable"
        assert source.tables.parts[CLAIMS].state == "live"
        assert source.findings(KEY) == ()
