"""Where a heketi is and who we are there, from a configuration, a StorageClass or the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SERVER, USER, KEY = "HEKETI_CLI_SERVER", "HEKETI_CLI_USER", "HEKETI_CLI_KEY"
"""The variables that heketi-cli reads; the CA is none of them (there it is the option --tls-cert)."""
ADMIN: Final = "admin"


@dataclass(frozen=True, slots=True)
class HeketiSettings:
    """A heketi to be asked. `key` is shown nowhere; `ca` is a file with a certificate, or the certificate (PEM)."""

    url: str
    user: str = ADMIN
    key: str = field(default="", repr=False)
    ca: str = ""


def from_environment(environ: Mapping[str, str]) -> HeketiSettings | None:
    """What the variables of heketi-cli say; None where they name no server."""
    url = environ.get(SERVER, "").strip()
    if not url:
        return None
    return HeketiSettings(url, environ.get(USER, "").strip() or ADMIN, environ.get(KEY, ""))
