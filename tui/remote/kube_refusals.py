"""Why a request to the Kubernetes API failed, as a sentence for an admin."""

import socket

import aiohttp

from tui.core.kube_settings import KUBERNETES
from tui.remote.errors import CommandTimeout, ConnectionLost, Denied, RemoteError, Unreachable


def refusal(server: str, problem: BaseException, seconds: float = 0.0, ended: str = "") -> RemoteError:
    """The RemoteError for what aiohttp raised.

    Unreachable and Denied: nothing was sent. ConnectionLost: whether the request took effect is not known.
    `ended` is the day on which our client certificate ended, "" while it has not.
    """
    if isinstance(problem, RemoteError):
        return problem
    if isinstance(problem, aiohttp.ClientConnectorCertificateError):
        return _certificate(server, str(problem.certificate_error))
    if isinstance(problem, aiohttp.ClientSSLError):
        return _tls(server, str(problem), ended)
    if isinstance(problem, aiohttp.ClientConnectorError):
        return _connect(server, problem)
    if isinstance(problem, aiohttp.ConnectionTimeoutError):
        return Unreachable(
            KUBERNETES, f"{server} did not answer",
            "The API server is down, or a firewall drops the packets. Check the address, and VPN or proxy.",
        )  # fmt: skip
    if isinstance(problem, TimeoutError):
        return CommandTimeout(
            KUBERNETES, f"{server} did not answer within {seconds:g} s" if seconds else f"{server} fell silent",
            "The API server is overloaded or hangs, or the network does; it is asked again.",
        )  # fmt: skip
    if isinstance(problem, (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)):
        return Denied(KUBERNETES, f"{server} is no usable address", "Correct `server:` in the kubeconfig.")
    if isinstance(problem, OSError) and "alert" in str(problem).lower():
        return _tls(server, str(problem), ended)
    if ended:
        # with TLS 1.3 the server sees our certificate after the handshake and hangs up; but the connection may be older
        told = certificate_ended(server, ended)
        return ConnectionLost(KUBERNETES, told.reason, told.remedy)
    if isinstance(problem, (aiohttp.ClientError, OSError)):
        what = problem.strerror if isinstance(problem, OSError) and problem.strerror else type(problem).__name__
        return ConnectionLost(
            KUBERNETES, f"the connection to {server} broke ({what})",
            "The API server restarts, or a proxy on the way cut the connection; it is tried again.",
        )  # fmt: skip
    return ConnectionLost(KUBERNETES, f"asking {server} failed: {problem!r}", "Look at the log.")


def certificate_ended(server: str, day: str) -> Denied:
    """Our client certificate is too old; servers answer that with 401 or hang up."""
    return Denied(
        KUBERNETES, f"our client certificate for {server} expired on {day}",
        "Get a new kubeconfig (`kubeadm kubeconfig user`, or copy admin.conf again).",
    )  # fmt: skip


def _connect(server: str, problem: aiohttp.ClientConnectorError) -> RemoteError:
    cause = problem.os_error
    if isinstance(problem, aiohttp.ClientProxyConnectionError):
        return Unreachable(
            KUBERNETES, f"the proxy {problem.host} port {problem.port} on the way to {server} can't be reached",
            "Correct proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY.",
        )  # fmt: skip
    if isinstance(cause, socket.gaierror):
        return Unreachable(
            KUBERNETES, f"the name {problem.host} does not resolve: {cause.strerror}",
            "Correct `server:` in the kubeconfig, or DNS; it may need a VPN.",
        )  # fmt: skip
    if isinstance(cause, ConnectionResetError):
        return Unreachable(
            KUBERNETES, f"{server} hung up while the connection was made",
            "It may demand a client certificate that the kubeconfig lacks, or something on the way cuts TLS.",
        )  # fmt: skip
    return Unreachable(
        KUBERNETES, f"{server} can't be reached: {cause.strerror or cause}",
        "Check that the API server runs and that `server:` in the kubeconfig is right; it may need a VPN.",
    )  # fmt: skip


def _certificate(server: str, said: str) -> RemoteError:
    if "expired" in said:
        what, remedy = "has expired", "Renew it on the control plane (`kubeadm certs renew apiserver`)."
    elif "Hostname mismatch" in said or "IP address mismatch" in said:
        what = "is not for this name or address"
        remedy = "Use a name that is in it, or set tls-server-name in the kubeconfig to one."
    elif "not yet valid" in said:
        what, remedy = "is not valid yet", "Compare the clocks of this machine and of the API server."
    else:
        what = "is not signed by the authority of the kubeconfig"
        remedy = "Copy certificate-authority-data from the cluster again; somebody in between may show another one."
    return Denied(KUBERNETES, f"the certificate of {server} {what}", remedy)


def _tls(server: str, said: str, ended: str) -> RemoteError:
    if ended:
        return certificate_ended(server, ended)
    lower = said.lower()
    if "certificate" in lower and "alert" in lower:
        return Denied(
            KUBERNETES, f"{server} did not take our client certificate",
            "It is missing, expired or of another cluster: get a new kubeconfig.",
        )  # fmt: skip
    if "wrong_version_number" in lower or "record layer" in lower:
        return Denied(KUBERNETES, f"{server} does not speak TLS", "Correct `server:` in the kubeconfig: http://?")
    return Unreachable(
        KUBERNETES, f"TLS with {server} failed", "Something in between may cut it; try `curl -kv` on the address."
    )


SENDING_PROBLEMS = (aiohttp.ClientError, TimeoutError, OSError)
"""What aiohttp may raise while it sends a request or reads its answer."""
