"""The simulated Kubernetes as a server on this machine, with or without https."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from tui.demo.kube_auth import KubeAuth
from tui.demo.kube_controllers import Controllers
from tui.demo.kube_faults import KubeFaults
from tui.demo.kube_handler import Handler
from tui.demo.kube_resources import BY_PLURAL, Obj, Target
from tui.demo.kube_status import Version
from tui.demo.kube_store import KubeStore
from tui.demo.kube_tls import KubeCerts, make_certs

_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")


class SimKube:
    """A simulated Kubernetes: an API server of some version, its store, its faults and its controllers.

    The controllers stand still until `controllers.start()`; `store.put` and `store.delete` act past all admission.
    """

    def __init__(self, store: KubeStore | None = None) -> None:
        self.store = store or KubeStore()
        self.faults = KubeFaults()
        self.auth = KubeAuth(self.faults)
        self.version: Version = (1, 25)
        self.port = 0
        self.certs: KubeCerts | None = None
        self.handler = Handler(self.store, self.version, self.faults, self.auth)
        self.controllers = Controllers(self.handler.api)
        self._web: web.Server | None = None
        self._listener: asyncio.Server | None = None

    async def start(self, version: Version = (1, 25), *, tls: Path | None = None, controllers: bool = False) -> Self:
        """Listen on a free port of 127.0.0.1; `tls` is a folder for certificates that are made anew.

        Raises OSError.
        """
        self.version = version
        self.handler.version = self.handler.api.version = version
        self.handler.lists.version = version
        for name in _NAMESPACES:
            self.create_namespace(name)
        if tls:
            self.certs = make_certs(tls)
        await self._listen()
        if controllers:
            self.controllers.start()
        return self

    @property
    def url(self) -> str:
        """The address without a slash at its end."""
        return f"{'https' if self.certs else 'http'}://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[tuple[str, str, str]]:
        """All requests so far: (user, method, path with query)."""
        return self.handler.requests

    def create_namespace(self, name: str) -> None:
        """A namespace, unless it is there."""
        if self.store.get(BY_PLURAL["namespaces"], "", name) is None:
            self.handler.api.create(BY_PLURAL["namespaces"], "", {"metadata": {"name": name}})

    def create(self, obj: Obj) -> Obj:
        """Create an object through admission, as a client would. Raises ApiError."""
        plural = next(r.plural for r in BY_PLURAL.values() if r.kind == obj["kind"])
        namespace = str(obj["metadata"].get("namespace", ""))
        found: Obj = json.loads(self.handler.api.create(BY_PLURAL[plural], namespace, obj))
        return found

    def get(self, plural: str, name: str, namespace: str = "") -> Obj | None:
        """A copy of an object, None when there is none."""
        return self.store.read(BY_PLURAL[plural], namespace, name)

    def list(self, plural: str, namespace: str = "") -> Sequence[Obj]:
        """Copies of the objects of a kind, of one namespace or of all."""
        return [stored.obj() for stored in self.store.all(BY_PLURAL[plural], namespace)]

    def patch(self, plural: str, name: str, body: Obj, namespace: str = "") -> None:
        """Merge-patch an object as a client would. Raises ApiError."""
        self.handler.api.patch(Target(BY_PLURAL[plural], namespace, name), "merge-patch", body)

    def cut_streams(self) -> None:
        """Break all connections that are open now."""
        for connection in self._web.connections if self._web else ():
            if connection.transport:
                connection.transport.abort()

    def forget_history(self) -> None:
        """Every watch from an older version, and every unfinished list, hears 410."""
        self.store.forget()
        self.handler.lists.forget()

    async def restart(self, seconds: float = 0.2) -> None:
        """Break all connections and refuse new ones for a time, as a server that is restarted."""
        await self._stop()
        self.handler.lists.forget()
        await asyncio.sleep(seconds)
        await self._listen()

    def write_kubeconfig(self, path: Path, *, token: str = "demo-token", namespace: str = "default") -> Path:  # noqa: S107  (no secret)
        """Write a kubeconfig for this server; with https, with its client certificate where `token` is ""."""
        cluster: Obj = {"server": self.url}
        user: Obj = {"token": token} if token else {}
        if self.certs:
            cluster["certificate-authority"] = str(self.certs.authority)
            if not token:
                user = {"client-certificate": str(self.certs.client), "client-key": str(self.certs.client_key)}
        context = {"cluster": "demo", "user": "demo", "namespace": namespace}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "demo", "cluster": cluster}],
            "users": [{"name": "demo", "user": user}],
            "contexts": [{"name": "demo", "context": context}],
            "current-context": "demo",
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(config, indent=2) + "\n")
        return path

    async def close(self) -> None:
        """Stop everything."""
        await self.controllers.stop()
        await self._stop()

    async def __aenter__(self) -> Self:
        if not self._listener:
            await self.start(self.version)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        await self.close()

    async def _listen(self) -> None:
        self._web = web.Server(self.handler, access_log=None, handler_cancellation=True)
        context = self.certs.context() if self.certs else None
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._web, "127.0.0.1", self.port, ssl=context)
        self.port = self._listener.sockets[0].getsockname()[1]
        self.handler.address = f"127.0.0.1:{self.port}"

    async def _stop(self) -> None:
        if self._listener:
            self._listener.close()
        self.cut_streams()
        if self._web:
            with contextlib.suppress(ConnectionError):
                await self._web.shutdown(0.1)
        self._listener = self._web = None
