"""The seam through which the transport asks a human: is this host key right, what is the passphrase, what the key."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class HostKeyQuestion:
    """A host shows a key that no known_hosts file holds.

    `node` is the node we were going to, `host` and `port` who showed the key (a jump host may
    stand before the node), `fingerprint` reads "SHA256:..." as `ssh-keygen -l` prints it.
    """

    node: str
    host: str
    port: int
    algorithm: str
    fingerprint: str


class Asker(Protocol):
    """Answers what only the admin knows. May take as long as a human takes."""

    async def host_key(self, question: HostKeyQuestion) -> bool:
        """Whether to trust this key from now on."""
        ...

    async def passphrase(self, path: str) -> str | None:
        """The passphrase of the private key in this file; None: the admin does not give it."""
        ...

    async def secret(self, what: str) -> str | None:
        """A key or password that `what` names in a few words; None: the admin does not give it."""
        ...


class RefusingAsker:
    """Nobody is there to ask: no key is trusted, no passphrase is known."""

    async def host_key(self, question: HostKeyQuestion) -> bool:
        """Never trusts."""
        return False

    async def passphrase(self, path: str) -> str | None:
        """Knows none."""
        return None

    async def secret(self, what: str) -> str | None:
        """Knows none."""
        return None
