"""The lines of a watch: cut anywhere, megabytes long, or not coming."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.remote.kube_server import kubeconfig
from tui.remote import kube_lines
from tui.remote.errors import CommandTimeout, ConnectionLost
from tui.remote.kube import KubeAnswer, KubeClient, Lines


class Streamer:
    """Sends given pieces, then ends, hangs or breaks."""

    def __init__(self, client: KubeClient) -> None:
        self.client = client
        self.pieces: list[bytes] = []
        self.end = "end"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for piece in self.pieces:
            await response.write(piece)
            await asyncio.sleep(0.001)
        if self.end == "hang":
            await asyncio.sleep(30)
        if self.end == "cut":
            assert request.transport is not None
            request.transport.abort()
        return response

    async def lines(self, quiet: float = 5.0) -> list[bytes]:
        """All lines of one stream."""
        found: list[bytes] = []
        async with self.client.stream("/watch", quiet=quiet) as stream:
            assert isinstance(stream, Lines)
            while (some := await stream.read()) is not None:
                found += some
        return found


@pytest.fixture
async def streamer(tmp_path: Path) -> AsyncIterator[Streamer]:
    app = web.Application()
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.01)
    holder: list[Streamer] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/denied":
            return web.json_response({"message": "no"}, status=403)
        return await holder[0].answer(request)

    app.router.add_get("/{path:.*}", answer)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    client = await KubeClient.open(kubeconfig(tmp_path / "k", f"http://127.0.0.1:{port}"))
    holder.append(Streamer(client))
    yield holder[0]
    await client.close()
    await runner.cleanup()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
async def test_lines_are_whole_wherever_they_are_cut(streamer: Streamer, size: int) -> None:
    whole = b"one\ntwo\n\nthree\n"
    streamer.pieces = [whole[place : place + size] for place in range(0, len(whole), size)]
    assert await streamer.lines() == [b"one", b"two", b"", b"three"]


async def test_a_line_that_the_end_cuts_off_is_dropped(streamer: Streamer) -> None:
    streamer.pieces = [b'{"a":1}\n{"b":']
    assert await streamer.lines() == [b'{"a":1}']


async def test_lines_of_several_megabytes(streamer: Streamer) -> None:
    lines = [json.dumps({"x": "y" * size}).encode() for size in (3 * 2**20, 10, 5 * 2**20)]
    streamer.pieces = [b"".join(line + b"\n" for line in lines)]
    assert await streamer.lines() == lines


async def test_a_line_without_an_end(streamer: Streamer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kube_lines, "LONGEST_LINE", 1000)
    streamer.pieces = [b"x" * 600, b"x" * 600, b"x" * 600]
    with pytest.raises(ConnectionLost, match="without an end"):
        await streamer.lines()


async def test_a_stream_that_breaks(streamer: Streamer) -> None:
    streamer.pieces, streamer.end = [b"one\n", b"tw"], "cut"
    with pytest.raises(ConnectionLost, match="broke"):
        await streamer.lines()


async def test_a_stream_that_falls_silent(streamer: Streamer) -> None:
    streamer.pieces, streamer.end = [b"one\n"], "hang"
    with pytest.raises(CommandTimeout, match="fell silent"):
        await streamer.lines(quiet=0.1)


async def test_a_watch_that_is_refused_is_an_answer(streamer: Streamer) -> None:
    async with streamer.client.stream("/denied") as found:
        assert isinstance(found, KubeAnswer)
        assert (found.status, found.message) == (403, "no")


@pytest.mark.parametrize("make", [ValueError, KeyError])
async def test_what_the_reader_raises_is_left_alone(streamer: Streamer, make: type[Exception]) -> None:
    streamer.pieces = [b"one\n"]
    with pytest.raises(make):
        async with streamer.client.stream("/watch"):
            raise make("mine")
