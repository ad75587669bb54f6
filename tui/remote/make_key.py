"""A key pair for heketi on this machine, and files that nobody else may read.

heketi wants a private key without a passphrase. Ed25519 works with every sshd of today; RSA keys fail there, since
heketi signs with SHA-1.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncssh

KIND: Final = "ssh-ed25519"


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key pair: its private file, the public key as one line, and whether it was made just now."""

    path: Path
    public: str
    fingerprint: str
    is_new: bool


def make_key(path: Path, comment: str = "heketi") -> MadeKey:
    """Make a key pair, or take the one that is there: no key is ever written over.

    Raises ValueError with a sentence where what is there is no key that heketi can use, and OSError.
    """
    if path.exists():
        return _taken(path)
    key = asyncssh.generate_private_key(KIND, comment=comment)
    write_private(path, key.export_private_key("openssh").decode(), replace=False)
    public = key.export_public_key("openssh").decode().strip()
    path.with_name(path.name + ".pub").write_text(public + "\n", encoding="utf-8")
    return MadeKey(path, public, key.get_fingerprint(), is_new=True)


def _taken(path: Path) -> MadeKey:
    mode = path.stat().st_mode
    if mode & 0o077:
        raise ValueError(f"{path} is open to other users (mode {stat.S_IMODE(mode):04o}): chmod 600 {path}")
    try:
        key = asyncssh.read_private_key(path)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as problem:
        if "passphrase" in str(problem).lower():
            raise ValueError(
                f"{path} is encrypted, and heketi can't ask for a passphrase: give it its own key"
            ) from None
        raise ValueError(f"{path} is no private key: {problem}") from problem
    if key.get_algorithm() == "ssh-rsa":
        raise ValueError(f"{path} is an RSA key: heketi signs with SHA-1, which sshd refuses since OpenSSH 8.8")
    return MadeKey(path, key.export_public_key("openssh").decode().strip(), key.get_fingerprint(), is_new=False)


def write_private(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a file that its owner alone may read; it is never open to others, not for a moment.

    Without `replace` an existing file is left alone. Raises OSError (FileExistsError).
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = path.with_name(f".{path.name}.new") if replace else path
    if replace:
        target.unlink(missing_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if replace:
        target.replace(path)
