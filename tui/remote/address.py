"""Where a node is and how one logs in there, under the name that the transport's users know."""

from tui.core.address import NO_SSH_CONFIG, NodeAddress, jump_address, shell_argv

__all__ = ["NO_SSH_CONFIG", "NodeAddress", "jump_address", "shell_argv"]
