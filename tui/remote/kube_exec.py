"""Credentials from a program that a kubeconfig names (client-go's exec plugins: aws, gke-gcloud-auth-plugin, ...).

Its standard output is a secret and goes nowhere but into the credentials. It gets no terminal: a program that
wants to ask something would fight with the screen for the keys; so it is told that nobody is there, and what
it says on standard error is shown where it fails.
"""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tui.core.kube_settings import KUBERNETES
from tui.remote.errors import Denied
from tui.remote.kube_config import KubeAccess

PLUGIN_SECONDS: Final = 60.0
_MOST_WORDS: Final = 400


@dataclass(frozen=True, slots=True)
class Credential:
    """What a plugin gave: a token or a certificate with its key (PEM). `ends` is None when it tells no end."""

    token: str = field(default="", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    key: bytes = field(default=b"", repr=False)
    ends: datetime | None = None

    def has_ended(self) -> bool:
        """Whether it ends within a minute or has done so."""
        return self.ends is not None and datetime.now(UTC) + timedelta(minutes=1) >= self.ends


async def run_plugin(access: KubeAccess, seconds: float = PLUGIN_SECONDS) -> Credential:
    """Run the program of the user's `exec` section and read what it answers. Raises Denied."""
    plugin = access.user["exec"]
    if not isinstance(plugin, Mapping) or not plugin.get("command") or not plugin.get("apiVersion"):
        raise Denied(
            KUBERNETES, f"the exec section of user {access.user_name} has no command or apiVersion",
            f"Correct it in {access.source}.",
        )  # fmt: skip
    command = str(plugin["command"])
    if plugin.get("interactiveMode") == "Always":
        raise _failed(access, command, "it always asks at a terminal", "Log in with kubectl and use a token instead.")
    code, out, err = await _run(access, plugin, command, seconds)
    if code:
        said = " ".join(err.decode(errors="replace").split())[:_MOST_WORDS]
        raise _failed(access, command, f"it ended with exit code {code}" + (f": {said}" if said else ""), _login(err))
    return _read(access, command, str(plugin["apiVersion"]), out)


async def _run(access: KubeAccess, plugin: Mapping[str, Any], command: str, seconds: float) -> tuple[int, bytes, bytes]:
    words = [str(word) for word in plugin.get("args") or []]
    try:
        process = await asyncio.create_subprocess_exec(
            command, *words, env=_environment(access, plugin), stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
    except FileNotFoundError as error:
        hint = str(plugin.get("installHint") or "Install it, or name it with its whole path in the kubeconfig.")
        raise _failed(access, command, "there is no such program on this machine", hint.strip()) from error
    except OSError as error:
        raise _failed(access, command, f"it can't be started: {error.strerror}", "Check its permissions.") from error
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate()
    except TimeoutError as error:
        raise _failed(access, command, f"it did not end within {seconds:g} s", "Try it in a shell.") from error
    finally:
        if process.returncode is None:
            # it may have started others, which would keep its output open
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return process.returncode or 0, out, err


def _environment(access: KubeAccess, plugin: Mapping[str, Any]) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.get("provideClusterInfo"):
        cluster = access.cluster_of
        names = ("certificate-authority-data", "tls-server-name", "insecure-skip-tls-verify", "proxy-url")
        spec["cluster"] = {"server": access.server, **{name: cluster[name] for name in names if name in cluster}}
    info = {"apiVersion": plugin["apiVersion"], "kind": "ExecCredential", "spec": spec}
    own = {str(item["name"]): str(item.get("value", "")) for item in plugin.get("env") or [] if "name" in item}
    return {**os.environ, **own, "KUBERNETES_EXEC_INFO": json.dumps(info)}


def _read(access: KubeAccess, command: str, version: str, out: bytes) -> Credential:
    remedy = "Run it in a shell and look at what it prints; update it."
    try:
        answer = json.loads(out)
        status = answer["status"]
        told = str(answer.get("apiVersion", ""))
        credential = Credential(
            str(status.get("token") or ""), str(status.get("clientCertificateData") or "").encode(),
            str(status.get("clientKeyData") or "").encode(), _moment(status.get("expirationTimestamp")),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError):
        # the exception quotes what was printed, which may be a token
        raise _failed(access, command, "what it printed is no ExecCredential with a status", remedy) from None
    if told != version:
        raise _failed(access, command, f"it speaks {told or 'no version'}, the kubeconfig wants {version}", remedy)
    if not credential.token and not (credential.certificate and credential.key):
        raise _failed(access, command, "it printed neither a token nor a certificate with its key", remedy)
    return credential


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str) or not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _login(err: bytes) -> str:
    asks = any(word in err.lower() for word in (b"login", b"log in", b"expired", b"reauth", b"sso"))
    return "Log in again with that program, then try again." if asks else "Run it in a shell to see more."


def _failed(access: KubeAccess, command: str, what: str, remedy: str) -> Denied:
    reason = f"{command}, which gets the credentials of user {access.user_name}, failed: {what}"
    return Denied(KUBERNETES, reason, remedy)
