"""A simulated heketi 10 on loopback: the real one's protocol, answers and refusals, over HTTP.

It knows what heketi knows and runs heketi's command lines on nodes that only pretend (`PretendNodes`) or on
any other `Executor`. What it answers is compared with a recorded server, request by request.
"""

import asyncio
import re
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from tui.demo.heketi_auth import issuer
from tui.demo.heketi_nodes import MOCK_DISK_KIB, Executor, NodeFault, PretendNodes
from tui.demo.heketi_routes import OPEN, answer
from tui.demo.heketi_state import Faults, Heketi, Settings
from tui.demo.heketi_tables import Cluster, Device, Node
from tui.demo.heketi_wire import Ask, Fail, Reply, refused

ADMIN_KEY: Final = "admin-key-of-the-demo"
USER_KEY: Final = "user-key-of-the-demo"


@dataclass(slots=True)
class HttpFault:
    """What happens to requests whose "METHOD PATH" matches, so many times (-1: always).

    `cut`: "before" closes the connection without doing it, "after" does it and closes; `seconds` waits first;
    `reply` is answered instead.
    """

    match: str
    cut: str = ""
    seconds: float = 0.0
    reply: Reply | None = None
    times: int = 1


class SimHeketi:
    """The server. `state` is all that it knows, `faults` what is wrong with it, `requests` what was asked."""

    def __init__(
        self, *, seed: int = 1, settings: Settings | None = None, executor: Executor | None = None, auth: bool = True
    ) -> None:
        self.executor = executor or PretendNodes()
        self.state = Heketi(self.executor, seed, settings)
        self.admin_key, self.user_key, self.auth = ADMIN_KEY, USER_KEY, auth
        self.http_faults: list[HttpFault] = []
        self.requests: list[str] = []
        self.url, self.port = "", 0
        self.most_in_flight = 0
        """The most operations that were ever on the books at the same time."""
        self._tls: ssl.SSLContext | None = None
        self._runner: web.AppRunner | None = None

    @property
    def faults(self) -> Faults:
        """What is wrong with the server itself."""
        return self.state.faults

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        """Serve on a free port of 127.0.0.1, on the same one again after `stop`. Raises OSError."""
        self._tls = tls or self._tls
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._serve)
        app.on_response_prepare.append(self._as_go_does)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=self._tls, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """End the process: connections, queue and all that was under way; the database stays."""
        runner, self._runner = self._runner, None
        if runner:
            await runner.cleanup()
        await self.state.restart()

    async def restart(self) -> None:
        """End and begin anew."""
        await self.stop()
        await self.start()

    async def close(self) -> None:
        """End for good."""
        await self.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def seed_cluster(self, ident: str = "", file: bool = True, block: bool = True) -> Cluster:
        """Put a cluster into the database."""
        tables = self.state.tables
        return tables.put_cluster(Cluster(ident or tables.new_id(), file, block))

    def seed_node(
        self, cluster: str, name: str, storage: str, zone: int = 1, disks: Sequence[str] = (), ident: str = ""
    ) -> Node:
        """Put a node with disks into the database; no command is run for it."""
        tables = self.state.tables
        node = tables.put_node(Node(ident or tables.new_id(), cluster, zone, [name], [storage]))
        for disk in disks:
            self.seed_device(node.id, disk)
        return node

    def seed_device(self, node: str, name: str, ident: str = "", kib: int = 0) -> Device:
        """Put a device into the database."""
        size = kib or getattr(self.executor, "disk_kib", MOCK_DISK_KIB)
        tables = self.state.tables
        return tables.put_device(Device(ident or tables.new_id(), node, name, size))

    def fail(self, command: str, text: str, host: str = "", times: int = -1) -> NodeFault:
        """Let commands on nodes fail (a regular expression), with the text on standard error."""
        return self.state.nodes.fail(command, text, host, times)

    def hang(self, command: str, host: str = "") -> NodeFault:
        """Let commands on nodes never end."""
        return self.state.nodes.hang(command, host)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        what = f"{request.method} {request.path}"
        self.requests.append(what)
        fault = next((fault for fault in self.http_faults if fault.times and re.search(fault.match, what)), None)
        body = await request.read()
        if fault:
            fault.times -= 1 if fault.times > 0 else 0
            await asyncio.sleep(fault.seconds)
            if fault.cut == "before":
                return _cut(request)
            if fault.reply:
                return _response(fault.reply)
        reply = await self._answer(request, body)
        flying = sum(operation.in_flight for operation in self.state.tables.operations.values())
        self.most_in_flight = max(self.most_in_flight, flying)
        if fault and fault.cut == "after":
            return _cut(request)
        return _response(reply)

    async def _answer(self, request: web.Request, body: bytes) -> Reply:
        user = "admin"
        if self.auth and request.path not in OPEN:
            keys = {"admin": self.admin_key, "user": self.user_key}
            now, header = time.time() + self.faults.skew, request.headers.get("Authorization", "")
            try:
                user = issuer(header, request.method, request.path, keys, now)
            except Fail as fail:
                return refused(fail)
        reply = await answer(self.state, Ask(request.method, request.path, (), body, user))
        if reply.status == 429 and self.faults.retry_after:
            return Reply(429, reply.body, {**reply.headers, "Retry-After": self.faults.retry_after})
        return reply

    async def _as_go_does(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers.pop("Server", None)
        response.headers["Date"] = formatdate(time.time() + self.faults.skew, usegmt=True)


def _response(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, body=reply.body or None, headers=reply.headers)


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)
