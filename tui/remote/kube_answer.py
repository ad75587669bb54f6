"""What the Kubernetes API answered to one request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tui.core.kube_settings import KUBERNETES
from tui.remote.errors import RemoteError

_MOST_WORDS: Final = 300


@dataclass(frozen=True, slots=True)
class KubeAnswer:
    """HTTP status, body and headers (names in lower case). The body may hold secrets: it is not in the repr."""

    status: int
    text: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """What the server says of it: the message of a Status, else the first line of text."""
        if message := str(self._status().get("message") or ""):
            return message[:_MOST_WORDS]
        text = self.text.strip()
        return "" if text.startswith(("{", "<")) else text.partition("\n")[0][:_MOST_WORDS]

    @property
    def reason(self) -> str:
        """The reason of a Status ("Expired", "Forbidden"), "" when the body is none."""
        return str(self._status().get("reason") or "")

    @property
    def retry_after(self) -> float | None:
        """Seconds that the server asks us to wait, None when it does not."""
        told = self.headers.get("retry-after", "")
        return min(float(told), 300.0) if told.isascii() and told.isdigit() else None

    def _status(self) -> Mapping[str, Any]:
        if self.is_ok or not self.text.startswith("{"):
            return {}
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class KubeRefused(RemoteError):
    """The API server answered, but not with success; `answer` is what it said."""

    def __init__(self, answer: KubeAnswer, path: str) -> None:
        said = answer.message or f"HTTP {answer.status}"
        super().__init__(KUBERNETES, f"{path.partition('?')[0]} was refused: {said}", _remedy(answer.status))
        self.answer = answer


def _remedy(status: int) -> str:
    match status:
        case 401:
            return "The server does not know us: log in again, or correct the user in the kubeconfig."
        case 403:
            return "Ask an administrator of the cluster for this right, or choose another context."
        case 404:
            return "Check that the server address in the kubeconfig is that of a Kubernetes API server."
        case 429:
            return "The API server is overloaded; try again later."
        case _ if status >= 500:
            return "The API server has a problem of its own; look at its logs, try again later."
    return ""
