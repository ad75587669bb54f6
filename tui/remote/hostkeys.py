"""known_hosts: who may call himself by which name, and what is remembered when the admin says yes.

The files are read as OpenSSH reads them (hashed names, patterns, [host]:port, @cert-authority,
@revoked); a line that makes no sense is passed over. Where a port other than 22 has no line of
its own, a line without a port is believed too, but it can't make a key "changed": another port
may be another machine (sshconnect.c of OpenSSH does the same).
"""

import fcntl
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from asyncssh import SSHKey, SSHKnownHosts

USER_FILE = "~/.ssh/known_hosts"
GLOBAL_FILE = "/etc/ssh/ssh_known_hosts"
SSH_PORT = 22


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """What the files say about one host. `own` are the keys that stand under exactly this name and port."""

    trusted: tuple[SSHKey, ...] = ()
    authorities: tuple[SSHKey, ...] = ()
    revoked: tuple[SSHKey, ...] = ()
    own: tuple[SSHKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a known_hosts file that speaks of a host."""

    file: Path
    line: int
    algorithm: str
    fingerprint: str


@dataclass(slots=True)
class HostKeys:
    """The known_hosts files that decide about one address; `keep` takes new keys.

    `remembered` holds lines that can't be written anywhere ("UserKnownHostsFile none" or
    /dev/null): they are believed as long as the program runs.
    """

    files: tuple[Path, ...]
    keep: Path | None
    remembered: list[str] = field(default_factory=list)

    def lookup(self, host: str, addr: str, port: int) -> KnownKeys:
        """Keys for a host by name, and by IP address where one is given; files are read anew."""
        known = SSHKnownHosts()
        for line in [line for file in self.files for line in _lines(file)] + self.remembered:
            _load(known, line)
        own = _matches(known, host, addr, port)
        if port == SSH_PORT or own.own or own.authorities:
            return own
        loose = _matches(known, host, addr, SSH_PORT)
        return KnownKeys(loose.trusted, loose.authorities, own.revoked + loose.revoked)

    def entries(self, host: str, addr: str, port: int) -> list[Entry]:
        """The lines that hold a key for exactly this host and port."""
        found = []
        for file in self.files:
            for number, line in enumerate(_lines(file), 1):
                known = SSHKnownHosts()
                _load(known, line)
                for key in _matches(known, host, addr, port).own:
                    found.append(Entry(file, number, key.get_algorithm(), key.get_fingerprint()))
        return found

    def remember(self, host: str, port: int, key: SSHKey) -> None:
        """Trust a key from now on: one line is added to the file `keep`, which is made if need be.

        Raises OSError where the file can't be written.
        """
        words = key.export_public_key("openssh").decode().split()
        line = f"{host_pattern(host, port)} {words[0]} {words[1]}"
        if self.keep and (self.keep.is_file() or not self.keep.exists()):
            _append(self.keep, line)
        else:
            self.remembered.append(line)


def host_pattern(host: str, port: int) -> str:
    """The name that a host has in known_hosts: "host", or "[host]:port"."""
    return host if port == SSH_PORT else f"[{host}]:{port}"


def known_hosts_files(
    site: str, user: Sequence[str] | None = None, machine: Sequence[str] | None = None
) -> tuple[Path | None, tuple[Path, ...]]:
    """The file that takes new keys, and all that are read: the site's own, else the ssh config's, else the usual.

    `user` and `machine` are UserKnownHostsFile and GlobalKnownHostsFile: None where they are not
    set, empty where they say "none".
    """
    if site:
        own = Path(site).expanduser()
        return own, (own,)
    mine = [Path(name).expanduser() for name in ([USER_FILE] if user is None else user)]
    shared = [Path(name).expanduser() for name in ([GLOBAL_FILE] if machine is None else machine)]
    return (mine[0] if mine else None), (*mine, *shared)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    except OSError:
        # as ssh does: a file that can't be read knows nobody, and an unknown host is asked about
        return []


def _load(known: SSHKnownHosts, line: str) -> None:
    try:
        known.load(line)
    except ValueError:
        # ssh passes over a broken line too; nobody becomes trusted by it
        return


def _matches(known: SSHKnownHosts, host: str, addr: str, port: int) -> KnownKeys:
    keys: list[SSHKey] = []
    authorities: list[SSHKey] = []
    revoked: list[SSHKey] = []
    names = [(host_pattern(host, port), "")] if port != SSH_PORT else [(host, addr)]
    if addr and port != SSH_PORT:
        names.append((host_pattern(addr, port), ""))
    for name, address in names:
        found = known.match(name, address, None)
        keys += found[0]
        authorities += found[1]
        revoked += found[2]
    return KnownKeys(tuple(keys), tuple(authorities), tuple(revoked), tuple(keys))


def _append(file: Path, line: str) -> None:
    """Add a line in one write, so that an ssh that adds its own at the same time spoils neither."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        unended = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, (("\n" if unended else "") + line + "\n").encode())
    finally:
        os.close(handle)
