"""A small client for the simulated Kubernetes: real HTTP, raw JSON."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tui.demo.kube_server import SimKube

Obj = dict[str, Any]
CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
MERGE = "application/merge-patch+json"


class Client:
    """Asks one server."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session, self.url = session, url

    async def ask(
        self, method: str, path: str, body: object = None, kind: str = "application/json", **query: Any
    ) -> tuple[int, Obj]:
        """The status and the JSON of an answer."""
        data = None if body is None else body if isinstance(body, str) else json.dumps(body)
        headers = {"Content-Type": kind} if data else {}
        params = {name: str(value) for name, value in query.items()}
        async with self.session.request(method, self.url + path, data=data, headers=headers, params=params) as answer:
            found: Obj = json.loads(await answer.text())
            return answer.status, found

    async def get(self, path: str, **query: Any) -> Obj:
        """The JSON of what is there."""
        code, found = await self.ask("GET", path, None, **query)
        assert code == 200, found
        return found

    async def send(
        self, method: str, path: str, body: object = None, kind: str = "application/json", **query: Any
    ) -> Obj:
        """Change something that may be changed."""
        code, found = await self.ask(method, path, body, kind, **query)
        assert code in (200, 201), found
        return found

    async def watch(self, path: str, count: int = 0, **query: Any) -> list[Obj]:
        """The first lines of a watch, or all until its end."""
        async with self.watching(path, **query) as lines:
            found: list[Obj] = []
            async for line in lines:
                found.append(line)
                if len(found) == count:
                    break
            return found

    @asynccontextmanager
    async def watching(self, path: str, **query: Any) -> AsyncIterator[AsyncIterator[Obj]]:
        """A watch whose lines are read one by one."""
        params = {"watch": "1", **{name: str(value) for name, value in query.items()}}
        async with self.session.get(self.url + path, params=params) as answer:
            assert answer.status == 200, await answer.text()

            async def lines() -> AsyncIterator[Obj]:
                async for line in answer.content:
                    yield json.loads(line)

            yield lines()


@asynccontextmanager
async def client(kube: SimKube, token: str = "") -> AsyncIterator[Client]:
    """A client of a server, with a token or with none."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(30)) as session:
        yield Client(session, kube.url)


def shape(lines: list[Obj]) -> list[tuple[str, str]]:
    """(type, name) of the lines of a watch."""
    return [(line["type"], line["object"]["metadata"].get("name", "")) for line in lines]


async def follow(one: Client, kube: SimKube, path: str, count: int, **query: Any) -> "asyncio.Task[list[Obj]]":
    """Begin a watch in the background; it runs on the server when this returns."""
    before = len(kube.store.listeners)
    task = asyncio.create_task(one.watch(path, count, **query))
    while len(kube.store.listeners) == before and not task.done():
        await asyncio.sleep(0.005)
    return task
