"""Where each kind is found in the Kubernetes API, and how it is followed."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind by its plural resource name; `prefix` is that of its group and version.

    A server may lack an optional one. A `polled` one is read again every now and then and not watched.
    """

    name: str
    prefix: str = "/api/v1"
    is_namespaced: bool = True
    is_optional: bool = False
    is_polled: bool = False
    fields: str = ""

    def list_path(self, namespace: str, limit: int, token: str = "") -> str:
        """One page of a list; `limit` 0 means all in one answer."""
        query = {"limit": str(limit) if limit else "", "continue": token, "fieldSelector": self.fields}
        return self._path(namespace, query)

    def watch_path(self, namespace: str, version: str, seconds: float) -> str:
        """A watch from a resourceVersion on that the server ends after so many seconds."""
        query = {
            "watch": "true", "resourceVersion": version, "allowWatchBookmarks": "true",
            "timeoutSeconds": str(max(1, round(seconds))), "fieldSelector": self.fields,
        }  # fmt: skip
        return self._path(namespace, query)

    def _path(self, namespace: str, query: dict[str, str]) -> str:
        within = f"/namespaces/{namespace}" if namespace and self.is_namespaced else ""
        text = urlencode({name: value for name, value in query.items() if value})
        return f"{self.prefix}{within}/{self.name}" + (f"?{text}" if text else "")


_STORAGE: Final = "/apis/storage.k8s.io/v1"

CLASSES: Final = Kind("storageclasses", _STORAGE, is_namespaced=False)
FOLLOWED: Final = (
    CLASSES,
    Kind("persistentvolumeclaims"),
    Kind("persistentvolumes", is_namespaced=False),
    Kind("pods"),
    Kind("events"),
    Kind("nodes", is_namespaced=False),
    Kind("statefulsets", "/apis/apps/v1"),
    Kind("endpoints"),
    Kind("endpointslices", "/apis/discovery.k8s.io/v1", is_optional=True),
    Kind("services"),
    Kind("resourcequotas"),
    Kind("limitranges"),
    Kind("namespaces", is_namespaced=False),
    Kind("csidrivers", _STORAGE, is_namespaced=False, is_optional=True),
    # leaders renew theirs every few seconds and nodes have thousands
    Kind("leases", "/apis/coordination.k8s.io/v1", is_optional=True, is_polled=True,
         fields="metadata.namespace!=kube-node-lease"),
)  # fmt: skip
"""In the order in which they are asked for; Secrets are not listed (see `kube_secrets`)."""

SECRETS: Final = "secrets"
