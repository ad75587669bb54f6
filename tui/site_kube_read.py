"""Objects of Kubernetes read whole, for plans: secrets in them go into the vault at once."""

import json
from collections.abc import Awaitable
from typing import Any, Protocol
from urllib.parse import quote

from tui.core.plan import Refused, Result
from tui.core.vault import Vault
from tui.dialects import kube_request as api
from tui.dialects.explanation import Explanation
from tui.dialects.kube_failures import explain_request
from tui.dialects.kube_hide import hide_in
from tui.dialects.kube_write import Manifest, typed
from tui.remote.errors import RemoteError

PAGE = 500


class Answer(Protocol):
    """What came back: the HTTP status and the body."""

    @property
    def status(self) -> int: ...
    @property
    def text(self) -> str: ...


class Client(Protocol):
    """Who can be asked; `tui.remote.kube.KubeClient` is the real one."""

    def request(self, method: str, path: str) -> Awaitable[Answer]: ...


class Reader:
    """Reads objects as they are now. Every method raises Refused where the API server does not let us, and why."""

    def __init__(self, client: Client, vault: Vault) -> None:
        self._client, self._vault = client, vault

    async def one(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """An object, None where there is none."""
        raw = await self._get(api.object_path(kind, namespace, name), none_at_404=True)
        return None if raw is None else self._safe(typed(kind, raw))

    async def need(self, kind: str, namespace: str, name: str) -> Manifest:
        """An object that has to be there."""
        raw = await self.one(kind, namespace, name)
        if raw is None:
            place = f"{namespace}/{name}" if namespace else name
            raise Refused(f"There is no {kind} {place} (any more).", ("look again",))
        return raw

    async def many(self, kind: str, namespace: str = "") -> list[Manifest]:
        """All objects of a kind, of one namespace or of all."""
        found: list[Manifest] = []
        token = ""
        while True:
            raw = await self._get(f"{api.list_path(kind, namespace)}?limit={PAGE}{token}")
            assert raw is not None
            found += [self._safe(typed(kind, one)) for one in raw.get("items") or ()]
            more = (raw.get("metadata") or {}).get("continue")
            if not more:
                return found
            token = f"&continue={quote(str(more), safe='')}"

    async def version(self) -> tuple[int, int]:
        """The version of the server; (0, 0) where it tells none."""
        raw = await self._get("/version") or {}
        digits = ["".join(c for c in str(raw.get(part, "")) if c.isdigit()) for part in ("major", "minor")]
        return (int(digits[0]), int(digits[1])) if all(digits) else (0, 0)

    def _safe(self, raw: Manifest) -> Manifest:
        """Placeholders in place of the secrets: what is planned with it can be written down."""
        hide_in(raw, self._vault.put)
        return raw

    async def _get(self, path: str, *, none_at_404: bool = False) -> dict[str, Any] | None:
        try:
            answer = await self._client.request("GET", path)
        except RemoteError as error:
            raise Refused(
                f"Kubernetes can't be asked: {error.reason}", (error.remedy,) if error.remedy else ()
            ) from error
        if answer.status == 404 and none_at_404:
            return None
        if answer.status != 200:
            why: Explanation = explain_request(Result(api.read(path, 0), answer.status, answer.text))
            raise Refused(f"{path.partition('?')[0]} can't be read: {why.reason}.", (why.remedy,) if why.remedy else ())
        try:
            raw = json.loads(answer.text)
        except ValueError:
            raw = None
        if not isinstance(raw, dict):
            raise Refused(f"The API server answers {path.partition('?')[0]} with something that is no object.")
        return raw
