"""Where a node is and how one logs in there. Needs no SSH library, so that anybody may import it."""

from dataclasses import dataclass

NO_SSH_CONFIG = "none"
MOST_PORT = 65535


@dataclass(frozen=True, slots=True)
class NodeAddress:
    """How to reach one node over SSH. What is empty or 0 comes from the ssh config, then from its defaults.

    `name` is what the app calls the node, `host` the name or IP that is dialled ("" = `name`).
    With `key_files` only these keys are offered (from the file, or from the agent where it holds
    them), unless `only_keys` is off: then the others have their turn after them. `jump` are jump
    hosts "user@host:port" in the order of the way. `known_hosts` is the one file that decides
    about host keys. `ssh_config` is a file, "" is ~/.ssh/config and "none" is no file at all.
    """

    name: str
    host: str = ""
    port: int = 0
    user: str = ""
    key_files: tuple[str, ...] = ()
    sudo: bool = False
    jump: tuple[str, ...] = ()
    known_hosts: str = ""
    ssh_config: str = ""
    only_keys: bool = True

    @property
    def target(self) -> str:
        """The name or IP that is dialled."""
        return self.host or self.name


def jump_address(spec: str, node: NodeAddress) -> NodeAddress:
    """The address of a jump host "user@host:port", with the keys and files of the node behind it.

    Raises ValueError where the port is no number from 1 to 65535. An IPv6 address stands in brackets.
    """
    user, _, place = spec.rpartition("@")
    host, port = place, ""
    if place.startswith("["):
        host, _, rest = place[1:].partition("]")
        port = rest.removeprefix(":")
    elif place.count(":") == 1:
        host, _, port = place.partition(":")
    if not host or (port and not (port.isdecimal() and 0 < int(port) <= MOST_PORT)):
        raise ValueError(f"'{spec}' is not a jump host: it reads [user@]host[:port]")
    return NodeAddress(
        name=spec,
        host=host,
        port=int(port or 0),
        user=user,
        key_files=node.key_files,
        known_hosts=node.known_hosts,
        ssh_config=node.ssh_config,
        only_keys=False,
    )


def shell_argv(address: NodeAddress) -> list[str]:
    """The plain `ssh` command that opens a shell on the node for a human."""
    argv = ["ssh"]
    if address.ssh_config:
        argv += ["-F", address.ssh_config]
    if address.port:
        argv += ["-p", str(address.port)]
    for path in address.key_files:
        argv += ["-i", path]
    if address.known_hosts:
        argv += ["-o", f"UserKnownHostsFile={address.known_hosts}"]
    if address.jump:
        argv += ["-J", ",".join(address.jump)]
    return [*argv, f"{address.user}@{address.target}" if address.user else address.target]
