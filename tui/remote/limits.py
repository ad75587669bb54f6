"""How much is asked of nodes at once, and how long we wait."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes.

    sshd allows 10 sessions a connection (MaxSessions) and 10 logins at once (MaxStartups): 8 of
    each leave room for humans. `output` is kept per batch, what exceeds it is cut.
    `batch_timeout` caps the sum of a batch's timeouts.
    """

    channels: int = 8
    logins: int = 8
    login_timeout: float = 15.0
    keepalive: float = 15.0
    keepalive_count: int = 3
    output: int = 8 * 2**20
    batch_timeout: float = 3600.0
    backoff_first: float = 0.5
    backoff_most: float = 30.0
