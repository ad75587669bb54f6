"""Requests to the Kubernetes API: transport only, nothing is understood here.

aiohttp is imported, and the kubeconfig read, by the first request (in a thread), so that neither comes before the
first paint. What goes wrong is a `tui.remote.errors.RemoteError` with the node "kubernetes": Unreachable and
Denied when nothing was sent (Denied also for a kubeconfig, credentials or certificates that can't be used),
ConnectionLost when the effect is unknown. An answer that is no success is an answer.
"""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from tui.core.kube_settings import KUBERNETES, KubeSettings
from tui.remote.errors import ConnectionLost, Denied
from tui.remote.kube_answer import KubeAnswer, KubeRefused
from tui.remote.kube_config import KubeAccess, is_configured, read_access
from tui.remote.kube_lines import Lines

if TYPE_CHECKING:
    from tui.remote.kube_http import KubeHttp

__all__ = ["KubeAnswer", "KubeClient", "KubeRefused", "KubeSettings", "Lines", "is_configured"]

QUIET_SECONDS: Final = 120.0
"""A watch gets a bookmark a minute; without anything for this long it is begun anew."""


class KubeClient:
    """Asks one API server as one user. May be made without opening it: the first request does that.

    Belongs to one event loop. `close` it in the end.
    """

    def __init__(self, settings: KubeSettings | None = None) -> None:
        self.settings = settings or KubeSettings()
        self._http: KubeHttp | None = None
        self._access: KubeAccess | None = None
        self._lock = asyncio.Lock()
        self._closed = False

    @classmethod
    async def open(cls, settings: KubeSettings | None = None) -> "KubeClient":
        """A client whose kubeconfig was read. Raises Denied with what is wrong with it; sends nothing."""
        client = cls(settings)
        await client._connection()
        return client

    async def close(self) -> None:
        """End all connections; requests after this are refused."""
        self._closed = True
        if self._http is not None:
            await self._http.close()
            self._http = None

    @property
    def server(self) -> str:
        """The address of the API server, "" until the kubeconfig was read."""
        return self._access.server if self._access else ""

    @property
    def context(self) -> str:
        """The name of the context ("in-cluster" in a pod), until the kubeconfig was read the one asked for."""
        return self._access.context if self._access else self.settings.context

    @property
    def user(self) -> str:
        """The name of the user in the kubeconfig."""
        return self._access.user_name if self._access else ""

    @property
    def namespace(self) -> str:
        """The namespace asked for, else that of the context; "" when neither tells one."""
        return self._access.namespace if self._access else self.settings.namespace

    async def request(
        self, method: str, path: str, *, body: str | None = None, content_type: str = "application/json",
        timeout: float = 30.0,  # noqa: ASYNC109 - handed on to aiohttp
    ) -> KubeAnswer:  # fmt: skip
        """One request; `path` begins with "/" and holds the query. A 401 is tried again with new credentials.

        Raises RemoteError.
        """
        http = await self._connection()
        return await http.send(method, path, body, content_type, timeout)

    async def get_json(self, path: str, *, timeout: float = 30.0) -> Any:  # noqa: ASYNC109  (of the whole request)
        """The JSON at a path. Raises RemoteError, KubeRefused among them for any answer but a success."""
        answer = await self.request("GET", path, timeout=timeout)
        if not answer.is_ok:
            raise KubeRefused(answer, path)
        try:
            return json.loads(answer.text)
        except ValueError as error:
            raise ConnectionLost(
                KUBERNETES, f"{self.server} answered {path.partition('?')[0]} with something that is not JSON",
                "Check that the server address in the kubeconfig is that of the API server.",
            ) from error  # fmt: skip

    @asynccontextmanager
    async def stream(self, path: str, *, quiet: float = QUIET_SECONDS) -> AsyncIterator[KubeAnswer | Lines]:
        """A watch: its lines as they come, or the answer where it is no success.

        `quiet` seconds without anything are a CommandTimeout. Raises RemoteError, also while lines are read.
        """
        http = await self._connection()
        async with http.stream(path, quiet) as found:
            yield found

    async def _connection(self) -> "KubeHttp":
        async with self._lock:
            if self._closed:
                raise Denied(KUBERNETES, "the connection was closed")
            if self._http is None:
                module = await asyncio.to_thread(importlib.import_module, "tui.remote.kube_http")
                self._access = await asyncio.to_thread(read_access, self.settings)
                self._http = module.KubeHttp(self.settings, self._access)
            return self._http
