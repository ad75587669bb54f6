"""An address after the ssh config of this machine had its say."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import asyncssh

from tui.core.address import NO_SSH_CONFIG, NodeAddress
from tui.remote.errors import Unreachable
from tui.remote.hostkeys import SSH_PORT, known_hosts_files

# put before the default ones: a packet is one call of the library then, with chacha20-poly1305 it is four
FAST_CIPHERS: Final = "^aes128-gcm@openssh.com,aes256-gcm@openssh.com"


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is dialled, as whom, and which files decide about its host key.

    `keep` is the known_hosts file that takes new keys, `known_hosts` are all that are read.
    `alias` is a HostKeyAlias, `pins_algorithms` says that HostKeyAlgorithms is set, `jump` is a
    ProxyJump, `identity_files` are the IdentityFile lines of the ssh config. `options` are
    arguments for asyncssh that both lookup and login need.
    """

    host: str
    port: int
    user: str
    alias: str
    jump: tuple[str, ...]
    keep: Path | None
    known_hosts: tuple[Path, ...]
    agent: str
    identity_files: tuple[str, ...]
    pins_algorithms: bool
    options: dict[str, Any]

    @property
    def known_port(self) -> int:
        """The port that known_hosts speaks of: a HostKeyAlias stands there without one."""
        return SSH_PORT if self.alias else self.port

    @property
    def place(self) -> str:
        """Host and port in words."""
        return f"{self.host} port {self.port}"


def resolve(address: NodeAddress) -> Resolved:
    """Merge an address with the ssh config; reads that file.

    Raises Unreachable where these settings can't be used.
    """
    # config=() is asyncssh's word for ~/.ssh/config; left out, an options object reads no file
    options: dict[str, Any] = {
        "config": (),
        "agent_forwarding": False,
        "x11_forwarding": False,
        "request_pty": False,
    }
    if address.ssh_config:
        none = address.ssh_config == NO_SSH_CONFIG
        options["config"] = None if none else [str(Path(address.ssh_config).expanduser())]
    if address.port:
        options["port"] = address.port
    if address.user:
        options["username"] = address.user
    try:
        read = asyncssh.SSHClientConnectionOptions(host=address.target, client_keys=None, **options)
    except (OSError, ValueError) as problem:
        raise Unreachable(
            address.name,
            f"the ssh settings can't be used: {problem}",
            "Correct ~/.ssh/config, or the ssh settings of the site.",
        ) from problem

    if read.config.get("Ciphers") is None:
        options["encryption_algs"] = FAST_CIPHERS

    def names(key: str) -> Sequence[str] | None:
        value = cast("Sequence[str] | None", read.config.get(key))
        return None if value is None else list(value)

    agent = read.config.get("IdentityAgent", os.environ.get("SSH_AUTH_SOCK", ""))
    jump = read.tunnel if isinstance(read.tunnel, str) else ""
    keep, files = known_hosts_files(address.known_hosts, names("UserKnownHostsFile"), names("GlobalKnownHostsFile"))
    return Resolved(
        host=read.host,
        port=read.port,
        user=read.username,
        alias=read.host_key_alias or "",
        jump=tuple(hop for hop in jump.split(",") if hop and hop not in ("none", address.target)),
        keep=keep,
        known_hosts=files,
        agent=str(Path(str(agent)).expanduser()) if agent else "",
        identity_files=tuple(names("IdentityFile") or ()),
        pins_algorithms=read.config.get("HostKeyAlgorithms") is not None,
        options=options,
    )
