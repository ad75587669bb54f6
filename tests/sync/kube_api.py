"""The reading half of a Kubernetes API server, with every misbehaviour of one (and of proxies) on demand."""

import asyncio
import contextlib
import json
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

PATHS = {
    "/api/v1": ("persistentvolumeclaims", "persistentvolumes", "pods", "events", "nodes", "endpoints", "services",
                "secrets", "resourcequotas", "limitranges", "namespaces"),
    "/apis/storage.k8s.io/v1": ("storageclasses", "csidrivers"),
    "/apis/apps/v1": ("statefulsets",),
    "/apis/discovery.k8s.io/v1": ("endpointslices",),
    "/apis/coordination.k8s.io/v1": ("leases",),
}  # fmt: skip
Raw = dict[str, Any]
Place = tuple[str, str]


def status(code: int, reason: str, message: str) -> Raw:
    """A Status as real servers send it."""
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
            "reason": reason, "code": code}  # fmt: skip


@dataclass
class Fault:
    """What the next request of a kind gets; with `lines` it is put into the watch that runs now.

    `sort`: status, text, hang, close (before an answer); cut, end, garbage, error (within a watch).
    """

    sort: str
    code: int = 0
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    served: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_within(self) -> bool:
        return self.sort in ("cut", "end", "garbage", "error")


class KubeApi:
    """Holds raw objects; `put` and `remove` are told to all watches. `base` is its address once started."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[Place, Raw]] = defaultdict(dict)
        self.history: deque[tuple[int, str, bytes]] = deque()
        self.version, self.oldest = 100, 0
        self.minor = "25"
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.forbidden: set[tuple[str, str, str]] = set()
        self.absent: set[str] = set()
        self.requests: list[str] = []
        self.tokens: set[str] | None = None
        self.page_gone = 0
        self.port = 0
        self._watches: dict[str, list[asyncio.Queue[bytes | Fault]]] = defaultdict(list)
        self._moments: list[tuple[int, list[Raw]]] = []
        self._runner: web.AppRunner | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> "KubeApi":
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.01)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        return self

    async def stop(self) -> None:
        """All connections end at once; `start` begins again at the same place with the same objects."""
        for fault in [fault for faults in self.faults.values() for fault in faults]:
            fault.served.set()
        if self._runner is not None:
            await self._runner.cleanup()
        self._watches.clear()

    def put(self, kind: str, raw: Raw) -> None:
        """Create or change an object."""
        meta = raw["metadata"]
        place = meta.get("namespace", ""), meta["name"]
        sort = "MODIFIED" if place in self.objects[kind] else "ADDED"
        self._tell(kind, sort, place, raw)

    def remove(self, kind: str, place: Place) -> None:
        """Delete an object; the event carries its last state with a new resourceVersion."""
        if place in self.objects[kind]:
            self._tell(kind, "DELETED", place, self.objects[kind].pop(place))

    def compact(self) -> None:
        """Forget the history: whoever comes with an older resourceVersion is too late."""
        self.history.clear()
        self.oldest = self.version

    def strike(self, kind: str, fault: Fault) -> Fault:
        """Let something go wrong with the watch that runs, or with the next request of a kind."""
        if fault.is_within and self._watches[kind]:
            self._watches[kind][-1].put_nowait(fault)
        else:
            self.faults[kind].append(fault)
        return fault

    def watches(self, kind: str) -> int:
        return len(self._watches[kind])

    def _tell(self, kind: str, sort: str, place: Place, raw: Raw) -> None:
        self.version += 1
        whole = {**raw, "metadata": {**raw["metadata"], "resourceVersion": str(self.version)}}
        if sort != "DELETED":
            self.objects[kind][place] = whole
        line = json.dumps({"type": sort, "object": whole}).encode() + b"\n"
        self.history.append((self.version, kind, line))
        for queue in self._watches[kind]:
            queue.put_nowait(line)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request.path_qs)
        if self.tokens is not None and request.headers.get("Authorization", "") not in self.tokens:
            return web.json_response(status(401, "Unauthorized", "Unauthorized"), status=401)
        if request.path == "/version":
            return web.json_response({"major": "1", "minor": self.minor, "gitVersion": f"v1.{self.minor}.10"})
        kind, namespace, name = _read(request.path)
        if kind is None or kind in self.absent:
            return web.Response(status=404, text="404 page not found\n")
        verb = "get" if name else "watch" if request.query.get("watch") else "list"
        if self.forbidden & {(verb, kind, namespace), (verb, kind, "*")}:
            text = f'{kind} is forbidden: User "u" cannot {verb} resource "{kind}" in API group ""'
            return web.json_response(status(403, "Forbidden", text), status=403)
        if self.faults[kind] and not self.faults[kind][0].is_within:
            return await self._fault(request, self.faults[kind].popleft())
        if name:
            found = self.objects[kind].get((namespace, name))
            missing = status(404, "NotFound", f'{kind} "{name}" not found')
            return web.json_response(found or missing, status=200 if found else 404)
        if verb == "watch":
            return await self._watch(request, kind, namespace)
        return self._list(request, kind, namespace)

    def _list(self, request: web.Request, kind: str, namespace: str) -> web.Response:
        token = request.query.get("continue", "")
        if token and self.page_gone:
            self.page_gone -= 1
            text = "The provided continue parameter is too old to display a consistent list result."
            return web.json_response(status(410, "Expired", text), status=410)
        if not token:
            all_ = [one for place, one in sorted(self.objects[kind].items()) if namespace in ("", place[0])]
            self._moments.append((self.version, all_))
            token = f"{len(self._moments) - 1}.0"
        moment, _, first = token.partition(".")
        version, all_ = self._moments[int(moment)]
        limit, start = int(request.query.get("limit") or len(all_) or 1), int(first)
        items, more = all_[start : start + limit], len(all_) - start - limit
        meta: Raw = {"resourceVersion": str(version)}
        if more > 0:
            meta |= {"continue": f"{moment}.{start + limit}", "remainingItemCount": more}
        return web.json_response({"kind": "List", "apiVersion": "v1", "metadata": meta, "items": items or None})

    async def _watch(self, request: web.Request, kind: str, namespace: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        since = int(request.query["resourceVersion"])
        queue: asyncio.Queue[bytes | Fault] = asyncio.Queue()
        if since < self.oldest:
            gone = status(410, "Expired", f"too old resource version: {since} ({self.oldest})")
            await response.write(json.dumps({"type": "ERROR", "object": gone}).encode() + b"\n")
            return response
        for version, of, line in self.history:
            if of == kind and version > since:
                queue.put_nowait(line)
        while self.faults[kind] and self.faults[kind][0].is_within:
            queue.put_nowait(self.faults[kind].popleft())
        self._watches[kind].append(queue)
        try:
            end = asyncio.get_running_loop().time() + float(request.query["timeoutSeconds"])
            if await self._send(request, response, queue, namespace, end) and not queue.qsize():
                mark = {"metadata": {"resourceVersion": str(self.version)}}
                await response.write(json.dumps({"type": "BOOKMARK", "object": mark}).encode() + b"\n")
        except ConnectionResetError:
            pass
        finally:
            with contextlib.suppress(ValueError):
                self._watches[kind].remove(queue)
            while queue.qsize():
                if isinstance(left := queue.get_nowait(), Fault):
                    self.faults[kind].append(left)
        return response

    async def _send(
        self, request: web.Request, response: web.StreamResponse, queue: asyncio.Queue[bytes | Fault], namespace: str,
        end: float,
    ) -> bool:  # fmt: skip
        """Until `end` (True), or until a fault ends it (False)."""
        while True:
            try:
                async with asyncio.timeout_at(end):
                    item = await queue.get()
            except TimeoutError:
                return True
            if isinstance(item, Fault):
                item.served.set()
                if item.sort == "end":
                    return False
                if item.sort == "cut":
                    await response.write(b'{"type":"MODIFIED","object":{"metadata":{"na')
                    request.transport.abort()  # type: ignore[union-attr]
                    return False
                await response.write(item.text.encode() + b"\n")
            elif not namespace or json.loads(item)["object"]["metadata"].get("namespace") == namespace:
                await response.write(item)

    async def _fault(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        fault.served.set()
        if fault.sort == "hang":
            await asyncio.sleep(30)
        if fault.sort == "close":
            request.transport.abort()  # type: ignore[union-attr]
        text = fault.text or json.dumps(status(fault.code or 500, "", "an error on the server"))
        kind = "text/plain" if fault.sort == "text" else "application/json"
        return web.Response(status=fault.code or 500, text=text, headers=fault.headers, content_type=kind)


def _read(path: str) -> tuple[str | None, str, str]:
    """Kind, namespace and name of a path; kind None when there is no such path."""
    for prefix, kinds in PATHS.items():
        if not path.startswith(prefix + "/"):
            continue
        words = path.removeprefix(prefix + "/").split("/")
        namespace = ""
        if words[0] == "namespaces" and len(words) > 2:
            namespace, words = words[1], words[2:]
        if words[0] in kinds and len(words) <= 2:
            return words[0], namespace, words[1] if len(words) > 1 else ""
    return None, "", ""
