"""Why a login failed, as a sentence for an admin: every exception of asyncssh and of the socket has one."""

import errno
import re
import socket

import asyncssh

from tui.remote.errors import Denied, RemoteError, Unreachable


def login_failure(node: str, host: str, port: int, problem: BaseException, via: str = "") -> RemoteError:
    """The RemoteError for what `asyncssh.connect` raised. `via` names the jump host in front, if any."""
    place = f"{host} port {port}" + (f" (through {via})" if via else "")
    if isinstance(problem, RemoteError):
        return problem
    if isinstance(problem, asyncssh.ChannelOpenError):
        return _jump_refused(node, f"{host} port {port}", via, problem)
    if isinstance(problem, TimeoutError):
        return timed_out(node, place, reached=False, seconds=0)
    if isinstance(problem, socket.gaierror):
        return Unreachable(
            node,
            f"the name {host} does not resolve: {problem.strerror}",
            "Correct the name, add it to DNS or to /etc/hosts of this machine, or give the node's IP address.",
        )
    if isinstance(problem, asyncssh.Error):
        return _protocol(node, place, problem)
    if isinstance(problem, OSError):
        return _socket(node, place, problem)
    return Unreachable(
        node, f"logging in to {place} failed: {problem}", "Check the ssh settings of the site and ~/.ssh/config."
    )


def timed_out(node: str, place: str, *, reached: bool, seconds: float) -> Unreachable:
    """Nothing came within the login timeout; `reached` means that TCP worked and sshd was silent."""
    after = f" within {seconds:g} s" if seconds else ""
    if reached:
        return Unreachable(
            node,
            f"{place} accepted the connection, but the login did not end{after}",
            "The machine may be overloaded or out of memory; look at its console. UseDNS in sshd_config can stall too.",
        )
    return Unreachable(
        node,
        f"{place} did not answer{after}",
        "The machine is down, or a firewall drops the packets. Check that it is up and that the SSH port is open.",
    )


def denied(node: str, user: str, host: str, port: int, tried: tuple[str, ...]) -> Denied:
    """sshd knew none of the keys."""
    offered = f"tried {', '.join(tried)}" if tried else "there was no key to try"
    return Denied(
        node,
        f"permission denied for user {user} on {host} port {port}: {offered}",
        f"Put the public key into the node's authorized_keys: `ssh-copy-id -p {port} {user}@{host}`. "
        "Or name another user or key in the ssh settings of the site.",
    )


def _jump_refused(node: str, place: str, via: str, problem: asyncssh.ChannelOpenError) -> Unreachable:
    if problem.code == asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED:
        remedy = f"Allow it on {via}: AllowTcpForwarding yes (and PermitOpen) in its sshd_config."
    else:
        remedy = f"Try from {via}: the node may be down, its name unknown there, or a firewall in between."
    return Unreachable(node, f"{via} can't reach {place}: {problem.reason}", remedy)


def _protocol(node: str, place: str, problem: asyncssh.Error) -> RemoteError:
    text = problem.reason
    if "authentication failures" in text:
        return Denied(
            node,
            f"{place} ended the login: {text}",
            "The agent holds many keys and all were offered. Name the right one as `key` in the ssh settings.",
        )
    if isinstance(problem, asyncssh.ConnectionLost):
        return Unreachable(
            node,
            f"{place} closed the connection during login: {text}",
            "sshd turns away what exceeds MaxStartups, hosts.deny or fail2ban; see its log (journalctl -u ssh).",
        )
    if isinstance(problem, asyncssh.KeyExchangeFailed):
        return Unreachable(
            node,
            f"{place} and this machine have no cipher, key exchange or host key type in common: {text}",
            "Update the SSH server, or allow its older algorithms for this host in ~/.ssh/config.",
        )
    if isinstance(problem, asyncssh.HostKeyNotVerifiable):
        return Denied(node, f"the host key of {place} is not trusted: {text}", "See the node's host certificate.")
    return Unreachable(
        node,
        f"{place} does not speak SSH as it should: {text}",
        "Check the port: another service may listen there.",
    )


def _socket(node: str, place: str, problem: OSError) -> Unreachable:
    code = problem.errno or _errno_in(str(problem))
    if code == errno.ECONNREFUSED:
        return Unreachable(
            node,
            f"{place} refused the connection: nothing listens there",
            "Start sshd on the node (systemctl start ssh or sshd), or correct the port.",
        )
    if code in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return Unreachable(
            node,
            f"no route to {place}",
            "Check the network between this machine and the node, and that the node is up.",
        )
    if code in (errno.ECONNRESET, errno.EPIPE):
        return Unreachable(
            node,
            f"{place} closed the connection during login",
            "sshd turns away what exceeds MaxStartups, hosts.deny or fail2ban; see its log (journalctl -u ssh).",
        )
    if code == errno.ETIMEDOUT:
        return timed_out(node, place, reached=False, seconds=0)
    return Unreachable(
        node, f"no connection to {place}: {problem.strerror or problem}", "Check address, port and network."
    )


def _errno_in(text: str) -> int:
    """The number in "Multiple exceptions: [Errno 111] ...", which asyncio raises for names with several addresses."""
    numbers = {int(number) for number in re.findall(r"\[Errno (\d+)\]", text)}
    return errno.ECONNREFUSED if errno.ECONNREFUSED in numbers else next(iter(numbers), 0)
