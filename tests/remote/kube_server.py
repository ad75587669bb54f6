"""A server that tells who asked: over HTTP or TLS, by token or client certificate."""

import asyncio
import ssl
from collections.abc import Mapping
from pathlib import Path

import yaml
from aiohttp import web

from tests.remote.kube_pki import Authority
from tui.core.kube_settings import KubeSettings


class KubeEcho:
    """Answers each request with what it was; keeps requests and the names of client certificates."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], str]] = []
        self.accepted: set[str] | None = None
        self.users: list[str] = []
        self.answers: list[web.Response] = []
        self.delay = 0.0
        self.cut = False
        self.base = ""
        self._runner: web.AppRunner | None = None

    async def start(self, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> "KubeEcho":
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.01)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, 0, ssl_context=context)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        self.base = f"{'https' if context else 'http'}://{host}:{port}"
        return self

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        peer = request.transport.get_extra_info("peercert") if request.transport else None
        if peer:
            self.users.append(dict(part[0] for part in peer["subject"])["commonName"])
        body = await request.text()
        self.requests.append((request.method, request.path_qs, dict(request.headers), body))
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.cut:
            assert request.transport is not None
            request.transport.abort()
        if self.accepted is not None and request.headers.get("Authorization", "") not in self.accepted:
            return web.json_response({"kind": "Status", "message": "Unauthorized", "code": 401}, status=401)
        return self.answers.pop(0) if self.answers else web.json_response({"path": request.path_qs})


def server_context(authority: Authority, *, days: int = 5, address: str = "127.0.0.1", folder: Path) -> ssl.SSLContext:
    """TLS that asks for client certificates of the same authority and takes connections without one."""
    certificate, key = authority.issue("kube-apiserver", days=days, address=address)
    (folder / "server.crt").write_bytes(certificate)
    (folder / "server.key").write_bytes(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    context.load_verify_locations(cadata=authority.certificate.decode())
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def kubeconfig(
    path: Path, server: str, user: Mapping[str, object] | None = None, cluster: Mapping[str, object] | None = None
) -> KubeSettings:
    """Settings with a kubeconfig of one context named lab."""
    path.write_text(yaml.safe_dump({
        "apiVersion": "v1", "kind": "Config", "current-context": "lab",
        "contexts": [{"name": "lab", "context": {"cluster": "c", "user": "admin", "namespace": "team"}}],
        "clusters": [{"name": "c", "cluster": {"server": server, **(cluster or {})}}],
        "users": [{"name": "admin", "user": dict(user or {})}],
    }))  # fmt: skip
    return KubeSettings(str(path))
