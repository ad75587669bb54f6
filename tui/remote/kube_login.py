"""What makes a request ours: the Authorization header and the client certificate of one context, kept fresh."""

import asyncio
import base64
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tui.core.kube_settings import KUBERNETES, KubeSettings
from tui.remote.errors import Denied
from tui.remote.kube_config import KubeAccess, data_or_file, read_access, read_file
from tui.remote.kube_exec import Credential, run_plugin

TOKEN_SECONDS: Final = 60.0
"""Kubernetes renews the token file of a pod; it is read again when it is older than this."""


class KubeLogin:
    """Gets credentials when they are first needed, and again when they end or the server no longer takes them."""

    def __init__(self, settings: KubeSettings, access: KubeAccess) -> None:
        self._settings, self._access = settings, access
        self._lock = asyncio.Lock()
        self._credential: Credential | None = None
        self._read_at = 0.0

    async def credential(self) -> Credential:
        """A token ("Bearer ..." or "Basic ..." as it goes into the header) or a certificate. Raises Denied."""
        async with self._lock:
            if self._credential is None or self._is_old(self._credential):
                self._credential = await self._get()
                self._read_at = time.monotonic()
            return self._credential

    async def renew(self, refused: Credential) -> None:
        """The server refused these: read the kubeconfig again and get others, once for all who come with the same.

        Raises Denied.
        """
        async with self._lock:
            if self._credential is refused:
                self._access = await asyncio.to_thread(read_access, self._settings)
                self._credential = None

    def _is_old(self, credential: Credential) -> bool:
        if credential.has_ended():
            return True
        return bool(self._access.user.get("tokenFile")) and time.monotonic() - self._read_at > TOKEN_SECONDS

    async def _get(self) -> Credential:
        user = self._access.user
        if "exec" in user:
            found = await run_plugin(self._access)
            return _with_scheme(found)
        if "auth-provider" in user:
            return Credential(await provider_token(self._access))
        return await asyncio.to_thread(self._from_files, user)

    def _from_files(self, user: Mapping[str, Any]) -> Credential:
        source = self._access.source
        certificate = data_or_file(user, "client-certificate", source) or b""
        key = data_or_file(user, "client-key", source) or b""
        if bool(certificate) != bool(key):
            missing = "client-key" if certificate else "client-certificate"
            raise Denied(
                KUBERNETES, f"user {self._access.user_name} in {source} has no {missing}", "Copy both from the cluster."
            )
        return Credential(_header(user, source), certificate, key)


async def provider_token(access: KubeAccess) -> str:
    """The header for a user with the old `auth-provider` section (oidc, gcp), which kubernetes_asyncio reads.

    It takes 0.4 s and 38 MiB to import, so nothing else here uses it. Raises Denied.
    """
    config = await asyncio.to_thread(__import__, "kubernetes_asyncio.config.kube_config", fromlist=["KubeConfigLoader"])
    whole = {
        "current-context": "it",
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "clusters": [{"name": "it", "cluster": {"server": "http://it"}}],
        "users": [{"name": "it", "user": dict(access.user)}],
    }
    made: dict[str, str] = {}

    class Holder:
        api_key = made

    try:
        await config.KubeConfigLoader(whole, config_base_path=None).load_and_set(Holder())
    except Exception as error:
        name = access.user["auth-provider"].get("name") if isinstance(access.user["auth-provider"], Mapping) else ""
        raise Denied(
            KUBERNETES,
            f"auth-provider {name} of user {access.user_name} gave no token ({type(error).__name__})",
            "Log in with kubectl again; newer clusters want an exec plugin in place of it.",
        ) from None
    return made.get("BearerToken", "")


def _header(user: Mapping[str, Any], source: str) -> str:
    """The Authorization header of a user section, "" when it has none; a token file goes before a token."""
    if path := user.get("tokenFile"):
        token = read_file(Path(str(path)), f"tokenFile of {source}").decode(errors="replace").strip()
        if not token:
            raise Denied(KUBERNETES, f"{path} (tokenFile of {source}) is empty", "Put a token into it.")
        return f"Bearer {token}"
    if token := str(user.get("token") or "").strip():
        return f"Bearer {token}"
    if user.get("username"):
        pair = f"{user['username']}:{user.get('password', '')}"
        return "Basic " + base64.b64encode(pair.encode()).decode()
    return ""


def _with_scheme(found: Credential) -> Credential:
    token = f"Bearer {found.token}" if found.token else ""
    return Credential(token, found.certificate, found.key, found.ends)
