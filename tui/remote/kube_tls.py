"""The TLS side of a connection to the Kubernetes API, from what a kubeconfig says."""

import os
import ssl
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tui.core.kube_settings import KUBERNETES
from tui.remote.errors import Denied
from tui.remote.kube_config import KubeAccess, data_or_file
from tui.remote.kube_exec import Credential


def tls_context(access: KubeAccess, credential: Credential) -> ssl.SSLContext:
    """The context for a server (blocking: reads files). Raises Denied where a certificate can't be read."""
    authority = data_or_file(access.cluster_of, "certificate-authority", access.source)
    try:
        context = ssl.create_default_context(cadata=authority.decode() if authority else None)
    except (ssl.SSLError, ValueError) as error:
        raise _unreadable("certificate-authority", access) from error
    # from Python 3.13 on: demands extensions that the authorities of many clusters lack
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if access.cluster_of.get("insecure-skip-tls-verify") is True:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if credential.certificate:
        try:
            _load(context, credential)
        except (ssl.SSLError, ValueError) as error:
            raise _unreadable("client-certificate or client-key", access) from error
    return context


def certificate_end(certificate: bytes) -> str:
    """When a certificate (PEM) ends if that is over ("2026-11-02"), else ""."""
    try:
        from cryptography import x509  # takes long, and only this sentence wants it

        end = x509.load_pem_x509_certificate(certificate).not_valid_after_utc
    except (ImportError, ValueError):
        return ""
    return end.date().isoformat() if end < datetime.now(UTC) else ""


def _load(context: ssl.SSLContext, credential: Credential) -> None:
    """OpenSSL takes files only: they are ours alone and gone when this returns."""
    with tempfile.TemporaryDirectory(prefix="brickyard-") as folder:
        paths = []
        for name, data in (("certificate", credential.certificate), ("key", credential.key)):
            path = Path(folder) / name
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
            paths.append(path)
        # a key with a passphrase would ask at the terminal
        context.load_cert_chain(paths[0], paths[1], password=_no_passphrase)


def _no_passphrase() -> str:
    raise ValueError("the key has a passphrase")


def _unreadable(what: str, access: KubeAccess) -> Denied:
    return Denied(
        KUBERNETES, f"kubeconfig {access.source}: {what} of context {access.context} is not a usable PEM file",
        "Copy it from the cluster again; keys with a passphrase can't be used.",
    )  # fmt: skip
