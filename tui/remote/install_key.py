"""A public key put onto a node by password, once: what ssh-copy-id does, where no key logs in yet.

The password is asked for when the host key is trusted, used for one login, and kept nowhere.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import asyncssh

from tui.core.address import NodeAddress
from tui.core.asker import Asker
from tui.remote import refusals
from tui.remote.errors import ConnectionLost, Denied, HostKeyRefused
from tui.remote.hostkeys import HostKeys
from tui.remote.limits import Limits
from tui.remote.login import Client
from tui.remote.resolve import Resolved, resolve
from tui.remote.trust import Trust, revoked

_TRIES: Final = 3
# the key comes on standard input: it stands in no list of processes
_SCRIPT: Final = """\
umask 077 && IFS= read -r key && mkdir -p ~/.ssh && cd ~/.ssh && touch authorized_keys || exit 1
if grep -qxF -- "$key" authorized_keys; then echo present; exit 0; fi
if [ -s authorized_keys ] && [ -n "$(tail -c 1 authorized_keys)" ]; then echo >> authorized_keys; fi
printf '%s\\n' "$key" >> authorized_keys || exit 1
if command -v restorecon > /dev/null; then restorecon -F . authorized_keys > /dev/null 2>&1; fi
echo installed
"""


async def install_key(
    address: NodeAddress,
    public: str,
    asker: Asker,
    limits: Limits | None = None,
    *,
    tunnel: asyncssh.SSHClientConnection | None = None,
) -> bool:
    """Add a key to the authorized_keys of the user that `address` names; False where it was there.

    `asker` is asked about an unknown host key first, then for the password. `tunnel` is a connection to a jump host.
    Raises RemoteError.
    """
    limits, resolved = limits or Limits(), await asyncio.to_thread(resolve, address)
    files, trust = HostKeys(resolved.known_hosts, resolved.keep), Trust(asker)
    await _trust(address, resolved, files, trust, limits, tunnel)
    place = f"{resolved.user}@{resolved.host} port {resolved.port}"
    for _ in range(_TRIES):
        password = await asker.secret(f"the password of {place}")
        if password is None:
            break
        try:
            connection = await _login(address, resolved, files, limits, tunnel, Client, password=password)
        except asyncssh.PermissionDenied:
            continue
        except (asyncssh.Error, OSError, ValueError) as problem:
            raise refusals.login_failure(address.name, resolved.host, resolved.port, problem) from problem
        async with connection:
            return await _install(address, connection, public, limits)
    raise Denied(
        address.name,
        f"the password for {place} was not given, or was refused",
        "sshd may take no passwords (PasswordAuthentication, PermitRootLogin): then add the key on the node's console.",
    )


async def _trust(
    address: NodeAddress,
    resolved: Resolved,
    files: HostKeys,
    trust: Trust,
    limits: Limits,
    tunnel: asyncssh.SSHClientConnection | None,
) -> None:
    """See to it that the host key is trusted before any password is asked for: a login without any key or password."""
    for _ in range(2):
        client = Client()

        def factory(bound: Client = client) -> Client:
            return bound

        try:
            connection = await _login(address, resolved, files, limits, tunnel, factory)
        except asyncssh.PermissionDenied:
            # this far one comes only behind the host key
            return
        except asyncssh.HostKeyNotVerifiable as problem:
            if client.shown is None:
                raise _unverified(address, resolved, problem) from problem
            host, addr, port, key = client.shown
            if resolved.alias:
                addr, port = "", resolved.known_port
            await trust.settle(address.name, host, addr, port, key, files)
        except (asyncssh.Error, OSError, ValueError) as problem:
            raise refusals.login_failure(address.name, resolved.host, resolved.port, problem) from problem
        else:
            connection.close()
            return


def _unverified(address: NodeAddress, resolved: Resolved, problem: Exception) -> Exception:
    if "revoked" in str(problem):
        return revoked(address.name, resolved.host, resolved.port)
    return HostKeyRefused(address.name, f"the host key of {resolved.place} can't be checked: {problem}")


async def _login(
    address: NodeAddress,
    resolved: Resolved,
    files: HostKeys,
    limits: Limits,
    tunnel: asyncssh.SSHClientConnection | None,
    client: Callable[[], asyncssh.SSHClient],
    **more: Any,
) -> asyncssh.SSHClientConnection:
    def trusted(host: str, addr: str, port: int | None) -> Any:
        known = files.lookup(host, "" if resolved.alias else addr, resolved.known_port)
        return known.trusted, known.authorities, known.revoked

    arguments: dict[str, Any] = {
        **resolved.options, "known_hosts": trusted, "client_keys": None, "agent_path": None, "login_timeout": 0,
        "preferred_auth": ("password", "keyboard-interactive"), **more,
    }  # fmt: skip
    try:
        async with asyncio.timeout(limits.login_timeout):
            return await asyncssh.connect(address.target, tunnel=tunnel, client_factory=client, **arguments)
    except TimeoutError as problem:
        raise refusals.timed_out(
            address.name, resolved.place, reached=False, seconds=limits.login_timeout
        ) from problem  # fmt: skip


async def _install(address: NodeAddress, connection: asyncssh.SSHClientConnection, public: str, limits: Limits) -> bool:
    try:
        async with asyncio.timeout(limits.login_timeout):
            result = await connection.run(f"sh -c {_quoted(_SCRIPT)}", input=f"{public.strip()}\n", encoding="utf-8")
    except (asyncssh.Error, OSError, TimeoutError) as problem:
        raise ConnectionLost(address.name, f"the connection broke while the key was added: {problem}") from problem
    said = str(result.stdout or "").strip()
    if result.exit_status or said not in ("present", "installed"):
        why = str(result.stderr or "").strip() or said or f"exit status {result.exit_status}"
        raise Denied(address.name, f"the key could not be added to authorized_keys: {why}")
    return said == "installed"


def _quoted(script: str) -> str:
    return "'" + script.replace("'", "'\\''") + "'"
