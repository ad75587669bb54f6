"""What can go wrong between us and a node, each with a sentence and what to do now."""

from tui.core.plan import Result


class RemoteError(Exception):
    """A node could not be asked. `reason` says why, `remedy` what the admin can do."""

    def __init__(self, node: str, reason: str, remedy: str = "") -> None:
        super().__init__(f"{node}: {reason}")
        self.node, self.reason, self.remedy = node, reason, remedy


class Unreachable(RemoteError):
    """No connection: name unknown, refused, timed out. Nothing was run."""


class Denied(RemoteError):
    """The node answered and refused us: key, user, sudo. Nothing was run."""


class HostKeyRefused(Denied):
    """The host key is unknown and was not accepted, or it changed."""


class HostKeyChanged(HostKeyRefused):
    """The host shows another key than the one that is known: reinstalled, or somebody in between."""


class ConnectionLost(RemoteError):
    """The connection broke while a command ran: whether it took effect is not known.

    `results` are the commands of the batch that ended before, and last the one that did not
    (its `code` is None).
    """

    results: tuple[Result, ...] = ()


class CommandTimeout(ConnectionLost):
    """A command took longer than it may; it may still run on the node."""
