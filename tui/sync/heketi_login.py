"""How the provisioner of a StorageClass comes to heketi: the address, the user and the key, read from the cluster."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from tui.core.runner import HEKETI
from tui.remote.errors import Denied
from tui.remote.kube import KubeClient, KubeRefused


@dataclass(frozen=True, slots=True)
class HeketiLogin:
    """The key is shown nowhere; without authentication user and key are those of nobody."""

    url: str
    user: str
    key: str = field(repr=False)


async def login_of_class(client: KubeClient, name: str) -> HeketiLogin:
    """What kubernetes.io/glusterfs would use for a StorageClass (parseClassParameters, parseSecret).

    Raises Denied where the class names no heketi or its Secret holds no key, and RemoteError.
    """
    raw = await _read(client, f"/apis/storage.k8s.io/v1/storageclasses/{name}", f"StorageClass {name}")
    given = {key.lower(): str(value) for key, value in (raw.get("parameters") or {}).items()}
    url = given.get("resturl", "")
    if not url:
        raise Denied(HEKETI, f"StorageClass {name} names no heketi (resturl)", "name the address instead")
    user = given.get("restuser") or "admin"
    if given.get("restauthenabled", "true").lower() != "true":
        return HeketiLogin(url, user, "")
    namespace, secret = given.get("secretnamespace", ""), given.get("secretname", "")
    if not (namespace and secret):
        return HeketiLogin(url, user, given.get("restuserkey", ""))
    what = f"Secret {namespace}/{secret} of StorageClass {name}"
    key = _value(await _read(client, f"/api/v1/namespaces/{namespace}/secrets/{secret}", what))
    if not key:
        raise Denied(HEKETI, f"{what} holds no key", "put the key into it")
    return HeketiLogin(url, user, key)


async def _read(client: KubeClient, path: str, what: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = await client.get_json(path)
    except KubeRefused as refused:
        remedy = "make it, or name heketi's address and key instead"
        raise Denied(HEKETI, f"{what} can't be read: {refused.reason}", remedy) from refused
    return found


def _value(secret: dict[str, Any]) -> str:
    """The value under "key", else the last one, as the provisioner takes it."""
    data = secret.get("data") or {}
    value = data.get("key") or next(reversed(list(data.values())), None)
    try:
        return base64.b64decode(value).decode().strip() if value is not None else ""
    except (binascii.Error, UnicodeDecodeError, TypeError):
        return ""
