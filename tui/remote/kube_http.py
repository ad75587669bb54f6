"""HTTP to the Kubernetes API with aiohttp. Imported when it is first needed: aiohttp takes 0.3 s."""

import asyncio
import socket
import ssl
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from tui import __version__
from tui.core.kube_settings import KUBERNETES, KubeSettings
from tui.remote.errors import Denied, RemoteError
from tui.remote.kube_answer import KubeAnswer
from tui.remote.kube_config import KubeAccess
from tui.remote.kube_exec import Credential
from tui.remote.kube_lines import Lines
from tui.remote.kube_login import KubeLogin
from tui.remote.kube_refusals import SENDING_PROBLEMS, certificate_ended, refusal
from tui.remote.kube_tls import certificate_end, tls_context

CONNECT_SECONDS: Final = 10.0
NAME_SECONDS: Final = 20.0
"""For finding the address and connecting together."""

READ_BUFFER: Final = 2**18
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 4), ("TCP_USER_TIMEOUT", 35_000))


class KubeHttp:
    """Requests to one server as one user. Belongs to one event loop."""

    def __init__(self, settings: KubeSettings, access: KubeAccess) -> None:
        self.access = access
        self._login = KubeLogin(settings, access)
        self._sessions: dict[bytes, aiohttp.ClientSession] = {}
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        """End all connections."""
        sessions = list(self._sessions.values())
        self._sessions.clear()
        for session in sessions:
            await session.close()

    async def send(
        self,
        method: str,
        path: str,
        body: str | None,
        content_type: str,
        timeout: float,  # noqa: ASYNC109  (of the whole request)
    ) -> KubeAnswer:
        """One request; a 401 is tried once more with credentials got anew. Raises RemoteError."""
        limits = aiohttp.ClientTimeout(total=timeout, connect=NAME_SECONDS, sock_connect=CONNECT_SECONDS)
        credential = await self._login.credential()
        answer = await self._send(credential, method, path, body, content_type, limits)
        if answer.status != 401:
            return answer
        await self._login.renew(credential)
        credential = await self._login.credential()
        answer = await self._send(credential, method, path, body, content_type, limits)
        if answer.status == 401 and (ended := _ended(credential)):
            raise certificate_ended(self.access.server, ended)
        return answer

    @asynccontextmanager
    async def stream(self, path: str, quiet: float) -> AsyncIterator[KubeAnswer | Lines]:
        """A watch: its lines, or the answer where it is none. `quiet` seconds without a byte end it.

        A 401 is tried once more with credentials got anew. Raises RemoteError, also from within the lines.
        """
        credential = await self._login.credential()
        limits = aiohttp.ClientTimeout(total=None, connect=NAME_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=quiet)
        try:
            response = await (await self._request(credential, "GET", path, None, "", limits))
            if response.status == 401:
                response.release()
                await self._login.renew(credential)
                credential = await self._login.credential()
                response = await (await self._request(credential, "GET", path, None, "", limits))
            async with response:
                if response.status == 200:
                    yield Lines(response.content, self.access.server, quiet)
                else:
                    yield await _read(response)
        except SENDING_PROBLEMS as error:
            raise self._refusal(error, 0.0, credential) from error

    async def _send(
        self, credential: Credential, method: str, path: str, body: str | None, content_type: str,
        limits: aiohttp.ClientTimeout,
    ) -> KubeAnswer:  # fmt: skip
        try:
            async with await self._request(credential, method, path, body, content_type, limits) as response:
                return await _read(response)
        except SENDING_PROBLEMS as error:
            raise self._refusal(error, limits.total or 0.0, credential) from error

    async def _request(
        self, credential: Credential, method: str, path: str, body: str | None, content_type: str,
        limits: aiohttp.ClientTimeout,
    ) -> Any:  # fmt: skip
        session = await self._session(credential)
        headers = [("Accept", "application/json"), ("User-Agent", f"brickyard/{__version__}")]
        headers += _impersonation(self.access)
        if credential.token:
            headers.append(("Authorization", credential.token))
        if body is not None:
            headers.append(("Content-Type", content_type))
        return session.request(
            method, URL(self.access.server + path), data=None if body is None else body.encode(), headers=headers,
            timeout=limits, allow_redirects=False, proxy=_proxy(self.access),
            server_hostname=self.access.cluster_of.get("tls-server-name") or None,
        )  # fmt: skip

    async def _session(self, credential: Credential) -> aiohttp.ClientSession:
        """The session for a client certificate; the two newest are kept, for what still runs on the older one."""
        async with self._lock:
            found = self._sessions.get(credential.certificate)
            if found is None:
                context: ssl.SSLContext | bool = True
                if self.access.server.startswith("https"):
                    context = await asyncio.to_thread(tls_context, self.access, credential)
                connector = aiohttp.TCPConnector(ssl=context, limit=0, socket_factory=_socket)
                found = aiohttp.ClientSession(connector=connector, read_bufsize=READ_BUFFER)
                self._sessions[credential.certificate] = found
                for old in list(self._sessions)[:-2]:
                    await self._sessions.pop(old).close()
            return found

    def _refusal(self, error: BaseException, seconds: float, credential: Credential) -> RemoteError:
        return refusal(self.access.server, error, seconds, _ended(credential))


def _impersonation(access: KubeAccess) -> list[tuple[str, str]]:
    """The headers for `as` and the like of a user section: requests count as those of somebody else."""
    user = access.user
    found = [("Impersonate-User", user.get("as")), ("Impersonate-Uid", user.get("as-uid"))]
    found += [("Impersonate-Group", group) for group in user.get("as-groups") or []]
    for name, values in (user.get("as-user-extra") or {}).items():
        found += [(f"Impersonate-Extra-{quote(str(name).lower(), safe='')}", value) for value in values]
    return [(name, str(value)) for name, value in found if value]


def _ended(credential: Credential) -> str:
    return certificate_end(credential.certificate) if credential.certificate else ""


async def _read(response: aiohttp.ClientResponse) -> KubeAnswer:
    body = await response.read()
    headers = {name.lower(): value for name, value in response.headers.items()}
    return KubeAnswer(response.status, body.decode(errors="replace"), headers)


def _socket(info: aiohttp.AddrInfoType) -> socket.socket:
    """A socket that notices within half a minute that the other side is gone, also while nothing is sent."""
    made = socket.socket(info[0], info[1], info[2])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if (option := getattr(socket, name, None)) is not None:
            made.setsockopt(socket.IPPROTO_TCP, option, value)
    return made


def _proxy(access: KubeAccess) -> str | None:
    """proxy-url of the kubeconfig, else HTTPS_PROXY and NO_PROXY as kubectl reads them. Raises Denied."""
    said = str(access.cluster_of.get("proxy-url") or "")
    parts = urlsplit(access.server)
    host = parts.hostname or ""
    if not said and host != "localhost" and not host.startswith("127.") and host != "::1":
        said = "" if urllib.request.proxy_bypass(host) else urllib.request.getproxies().get(parts.scheme, "")
    if said.startswith("socks"):
        raise Denied(
            KUBERNETES, "the proxy of the kubeconfig speaks SOCKS, which is not supported", "Use an HTTP proxy."
        )
    return said or None
