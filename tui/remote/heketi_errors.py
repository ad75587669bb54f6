"""What can go wrong between us and heketi, as errors with a sentence and what to do now."""

import os
import socket
import ssl
from typing import Final

import aiohttp

from tui.remote.errors import ConnectionLost, Denied, RemoteError, Unreachable

TARGET: Final = "heketi"
"""The name under which heketi stands in errors and plans."""


class HeketiRefused(RemoteError):
    """heketi answered and said no: `status` is HTTP's, `text` are heketi's own words."""

    def __init__(self, status: int, text: str, what: str, remedy: str = "") -> None:
        said = text.strip() or f"HTTP {status}"
        super().__init__(TARGET, f"{what}: {said}", remedy)
        self.status, self.text = status, said


class HeketiDenied(Denied):
    """heketi does not accept our token; `text` are its own words."""

    def __init__(self, status: int, text: str, reason: str, remedy: str) -> None:
        super().__init__(TARGET, reason, remedy)
        self.status, self.text = status, text.strip()


class NoHeketi(RemoteError):
    """Something answered that is no heketi."""


def no_connection(error: Exception, url: str) -> Unreachable:
    """Why no connection came about. Nothing was asked."""
    reason, remedy = _why_not(error, url)
    return Unreachable(TARGET, reason, remedy)


def lost(error: Exception, what: str) -> ConnectionLost:
    """The connection broke after the request went out."""
    return ConnectionLost(
        TARGET,
        f"the connection broke during {what}: {_words(error)}",
        "look at heketi's operations before you try again: it may still work on it",
    )


def no_answer(error: Exception, what: str) -> Unreachable:
    """The connection broke or no answer came, and nothing can have changed by that."""
    return Unreachable(TARGET, f"no answer to {what}: {_words(error)}", "is heketi overloaded or just being restarted?")


def _why_not(error: Exception, url: str) -> tuple[str, str]:
    if isinstance(error, TimeoutError):
        return f"no connection to {url} in time", "is heketi running, and does a firewall drop its port?"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"the certificate of {url} is not trusted: {_words(error)}", "name the CA that signed it"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return f"no TLS with {url}: {_words(error)}", "does heketi speak plain HTTP on this port? Then use http://"
    if isinstance(error, aiohttp.ClientConnectorDNSError) or isinstance(error.__cause__, socket.gaierror):
        host = getattr(error, "host", "") or url
        return f"the name {host} does not resolve from here", "use an address, or a name that this machine can resolve"
    if isinstance(error, aiohttp.InvalidURL):
        return f"{url} is no address of a heketi", "write http://HOST:PORT"
    return f"no connection to {url}: {_words(error)}", "is heketi running and listening there?"


def _words(error: Exception) -> str:
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    if isinstance(inner, ssl.SSLCertVerificationError):
        return inner.verify_message
    if isinstance(inner, OSError) and inner.errno and inner.errno > 0:
        # asyncio's own words name addresses and hide what the system said
        return os.strerror(inner.errno)
    return str(error) or type(error).__name__
