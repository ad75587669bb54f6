"""A large simulated cluster in a process of its own: `python -m tests.bench.kube_cluster COUNT NAMESPACES`.

It answers lists in pages and watches, with everything made into bytes beforehand, so that what is measured is the
client. GET /change?rate=1000&seconds=60 changes objects; the answer comes when all was sent.
"""

import asyncio
import contextlib
import json
import random
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from tests.bench import kube_objects
from tests.bench.kube_objects import raw_claim, raw_class, raw_volume

CLAIMS, VOLUMES, CLASSES = "persistentvolumeclaims", "persistentvolumes", "storageclasses"
TICK = 0.05


class Cluster:
    """Objects of three kinds as bytes; all other kinds are empty."""

    def __init__(self, count: int) -> None:
        self.version = 1_000_000
        self.count = count
        self.items: dict[str, list[bytes]] = {
            CLAIMS: [_bytes(raw_claim(number)) for number in range(count)],
            VOLUMES: [_bytes(raw_volume(number)) for number in range(count)],
            CLASSES: [_bytes(raw_class(number)) for number in range(kube_objects.CLASSES)],
        }
        self.queues: dict[str, list[asyncio.Queue[bytes]]] = {}
        self.history: deque[tuple[int, str, bytes]] = deque(maxlen=100_000)

    def change(self, luck: random.Random) -> None:
        """One claim or volume changes."""
        self.version += 1
        number = luck.randrange(self.count)
        kind, raw = CLAIMS, raw_claim(number, is_bound=luck.random() < 0.5)
        if luck.random() < 0.5:
            kind, raw = VOLUMES, raw_volume(number) | {"status": {"phase": luck.choice(("Bound", "Released"))}}
        raw["metadata"]["resourceVersion"] = str(self.version)
        self.items[kind][number] = _bytes(raw)
        line = b'{"type":"MODIFIED","object":' + self.items[kind][number] + b"}\n"
        self.history.append((self.version, kind, line))
        for queue in self.queues.get(kind, []):
            queue.put_nowait(line)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Any GET."""
        kind = request.path.rpartition("/")[2]
        if kind == "version":
            return web.json_response({"major": "1", "minor": "25"})
        if kind == "change":
            return await self._run(float(request.query["rate"]), float(request.query["seconds"]))
        if request.query.get("watch"):
            return await self._watch(request, kind)
        first, limit = int(request.query.get("continue", 0)), int(request.query.get("limit", 500))
        items = self.items.get(kind, [])
        page, left = items[first : first + limit], max(0, len(items) - first - limit)
        meta: dict[str, Any] = {"resourceVersion": str(self.version)}
        if left:
            meta |= {"continue": str(first + limit), "remainingItemCount": left}
        body = b'{"kind":"List","metadata":%s,"items":[%s]}' % (json.dumps(meta).encode(), b",".join(page))
        return web.Response(body=body, content_type="application/json")

    async def _watch(self, request: web.Request, kind: str) -> web.StreamResponse:
        response = web.StreamResponse()
        with contextlib.suppress(ConnectionResetError):
            await self._lines(request, response, kind)
        return response

    async def _lines(self, request: web.Request, response: web.StreamResponse, kind: str) -> None:
        await response.prepare(request)
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self.queues.setdefault(kind, []).append(queue)
        for version, of, line in self.history:
            if of == kind and version > int(request.query["resourceVersion"]):
                queue.put_nowait(line)
        while True:
            lines = [await queue.get()]
            while queue.qsize():
                lines.append(queue.get_nowait())
            await response.write(b"".join(lines))

    async def _run(self, rate: float, seconds: float) -> web.Response:
        luck, loop = random.Random(7), asyncio.get_running_loop()
        started, made = loop.time(), 0
        while made < rate * seconds:
            for _ in range(int(min(rate * (loop.time() - started + TICK), rate * seconds)) - made):
                self.change(luck)
                made += 1
            await asyncio.sleep(TICK)
        return web.json_response({"made": made, "version": self.version, "seconds": loop.time() - started})


def _bytes(raw: dict[str, Any]) -> bytes:
    return json.dumps(raw, separators=(",", ":")).encode()


@contextmanager
def cluster(count: int, namespaces: int) -> Iterator[str]:
    """Its address, for as long as it runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.kube_cluster", str(count), str(namespaces)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


async def serve(count: int, namespaces: int) -> None:
    """Run until killed; tells its address in one line."""
    kube_objects.NAMESPACES = namespaces
    app = web.Application()
    app.router.add_get("/{path:.*}", Cluster(count).answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}", flush=True)  # type: ignore[union-attr]
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
