"""heketi.json written for a new server, and an existing one looked through: problems as FILE:LINE:COL.

Keys and types as heketi 10 reads them: it stops at a wrong type and passes over keys that it does not know. What
brickyard itself takes from the file is read in `tui.config_heketi`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tui.config_heketi import DEFAULT_FSTAB, DEFAULT_USER
from tui.core.document import Problem, Value, describe, nearest, parse_document, shown
from tui.core.topology_fields import Notes
from tui.dialects.heketi_json_keys import GLUSTERFS, KEYS, SAMPLE_SECRETS, SSHEXEC

SHORTEST_SECRET: Final = 12
_INSTALLED_DB: Final = "/var/lib/heketi/heketi.db"


@dataclass(frozen=True, slots=True)
class HeketiWish:
    """A server to be: the private key that it logs in with, and the keys of its two users.

    `ssh_port` is that of all nodes, `port` heketi's own.
    """

    key_file: str
    admin_key: str = field(repr=False)
    user_key: str = field(repr=False)
    user: str = "root"
    ssh_port: int = 22
    sudo: bool = False
    fstab: str = DEFAULT_FSTAB
    port: int = 8080
    database: str = _INSTALLED_DB


def write_heketi_json(wish: HeketiWish) -> str:
    """The file. It holds the keys: nobody but heketi's user may read it."""
    ssh: dict[str, Any] = {
        "keyfile": wish.key_file,
        "user": wish.user,
        "port": str(wish.ssh_port),
        "fstab": wish.fstab,
        "sudo": wish.sudo,
    }
    whole = {
        "port": str(wish.port),
        "jwt": {"admin": {"key": wish.admin_key}, "user": {"key": wish.user_key}},
        "glusterfs": {
            "executor": "ssh",
            "sshexec": ssh,
            "db": wish.database,
            "loglevel": "warning",
            "auto_create_block_hosting_volume": False,
        },
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def lint_heketi_json(text: str | bytes, source: str) -> tuple[Problem, ...]:
    """Everything that is wrong with a heketi.json, in the order of its lines. Never raises; reads no other file."""
    root, problems = parse_document(text, source)
    notes = Notes(source, list(problems))
    if root is not None and root.kind != "object":
        notes.error(root, f"heketi.json is an object ({{...}}), not {describe(root)}")
    elif root is not None:
        _look(root, notes)
    return tuple(sorted(notes.problems, key=lambda problem: (problem.line, problem.column)))


def _look(root: Value, notes: Notes) -> None:
    _types(root, KEYS, "heketi.json", notes)
    _server(root, notes)
    _secrets(root, notes)
    glusterfs = _object(root, "glusterfs")
    if glusterfs is None:
        notes.error(_at(root, "glusterfs"), '"glusterfs" is missing: it says how the nodes are reached')
        return
    _types(glusterfs, GLUSTERFS, '"glusterfs"', notes)
    _executor(glusterfs, notes)
    _places(glusterfs, notes)


def _types(owner: Value, known: Mapping[str, str], where: str, notes: Notes) -> None:
    """Keys that heketi does not know (it says nothing), and values that it can't read (it does not start)."""
    for key, member in owner.members.items():
        wanted = known.get(key)
        if wanted is None:
            near = nearest(key, known)
            hint = f'; did you mean "{near}"?' if near else ""
            if not key.startswith("_"):
                notes.warn(member, f'heketi knows no "{shown(key)}" in {where} and passes over it{hint}')
        elif member.value.kind not in (wanted, "null") and not (wanted == "number" and member.value.kind == "integer"):
            words = {"text": "a text in double quotes", "boolean": "true or false", "integer": "a whole number",
                     "number": "a number", "object": "an object ({...})"}  # fmt: skip
            message = f'"{key}" in {where} must be {words[wanted]}, not {describe(member.value)}'
            notes.error(member.value, f"{message}: heketi would not start")


def _server(root: Value, notes: Notes) -> None:
    port = _text(root, "port")
    if "port" not in root.members:
        notes.error(root, '"port" is missing: heketi has no default; write "port": "8080"')
    elif port is not None and not (port.isdecimal() and 0 < int(port[:6]) < 65536):
        notes.error(_at(root, "port"), f'"port" must be a number from 1 to 65535 in quotes, not "{shown(port)}"')
    if _flag(root, "use_auth") is False:
        notes.warn(_at(root, "use_auth"), '"use_auth" is passed over: requests need a token all the same')
    if _flag(root, "enable_tls"):
        for key in ("cert_file", "key_file"):
            if not _text(root, key):
                notes.error(_at(root, "enable_tls"), f'"enable_tls" needs "{key}"')
    _one_of(root, "default_state", ("normal", "read-only", "local-client"), notes)


def _secrets(root: Value, notes: Notes) -> None:
    """The keys of the users "admin" and "user"; their values stand in no message."""
    jwt = _object(root, "jwt")
    found: dict[str, str] = {}
    for user in ("admin", "user"):
        owner = _object(jwt, user) if jwt is not None else None
        key = _text(owner, "key") if owner is not None else None
        at = _at(owner, "key") if owner is not None else _at(jwt or root, "jwt")
        if not key:
            text = f'"jwt" has no key for "{user}": heketi ends with "Missing JWT information in config file"'
            notes.error(at, text)
            continue
        found[user] = key
        if key.strip().lower() in SAMPLE_SECRETS:
            notes.error(at, f'the key of "{user}" is the one of the sample file, which everybody knows')
        elif len(key) < SHORTEST_SECRET:
            notes.warn(at, f'the key of "{user}" has {len(key)} characters; use {SHORTEST_SECRET} or more')
    if len(found) == 2 and found["admin"] == found["user"] and jwt is not None:
        notes.warn(_at(jwt, "user"), 'the users "admin" and "user" have the same key: give them different ones')


def _executor(glusterfs: Value, notes: Notes) -> None:
    executor = _text(glusterfs, "executor") or "ssh"
    at = _at(glusterfs, "executor")
    if executor == "mock":
        notes.error(at, 'with "executor": "mock" heketi answers that all is done and does nothing on any node')
    elif executor.startswith("inject/"):
        notes.error(at, f'"executor": "{shown(executor)}" is for tests of heketi')
    elif executor == "kubernetes":
        if _object(glusterfs, "kubeexec") is None:
            notes.warn(at, '"executor" is "kubernetes" and "kubeexec" is missing: heketi takes its defaults')
    elif executor != "ssh":
        notes.error(at, f'"executor" must be "ssh" or "kubernetes", not "{shown(executor)}"')
    else:
        section = _object(glusterfs, "sshexec")
        if section is None:
            notes.error(_at(glusterfs, "sshexec"), '"sshexec" is missing in "glusterfs": it says how to log in')
        else:
            _ssh(section, notes)


def _ssh(section: Value, notes: Notes) -> None:
    _types(section, SSHEXEC, '"sshexec"', notes)
    key = _text(section, "keyfile")
    if not key:
        text = '"keyfile" is missing in "sshexec": heketi ends with "Missing ssh private key file in configuration"'
        notes.error(_at(section, "keyfile"), text)
    elif key.startswith("~") or not key.startswith("/"):
        notes.error(_at(section, "keyfile"), f'"keyfile" must be a whole path ("/..."), not "{shown(key)}"')
    elif key.endswith(".pub"):
        notes.error(_at(section, "keyfile"), f'"keyfile" must be the private key, not "{shown(key)}"')
    user, sudo = _text(section, "user"), _flag(section, "sudo")
    if not user:
        notes.warn(_at(section, "user"), f'"user" is missing in "sshexec": heketi logs in as "{DEFAULT_USER}"')
    if (user or DEFAULT_USER) != "root" and not sudo:
        text = f'"{shown(user or DEFAULT_USER)}" is not root: set "sudo": true (and NOPASSWD in sudoers)'
        notes.error(_at(section, "sudo" if "sudo" in section.members else "user"), text)
    port = _text(section, "port")
    if port and not (port.isdecimal() and 0 < int(port[:6]) < 65536):
        notes.error(_at(section, "port"), f'"port" in "sshexec" must be a number in quotes, not "{shown(port)}"')
    fstab = _text(section, "fstab")
    if fstab and fstab != DEFAULT_FSTAB:
        why = "must be a whole path" if not fstab.startswith("/") else "is read at no start of the nodes by itself"
        notes.warn(
            _at(section, "fstab"), f'"fstab": "{shown(fstab)}" {why}; nodes without containers need "/etc/fstab"'
        )
    sizes = [bool(_whole(section, name)) for name in ("xfs_sw", "xfs_su")]
    if any(sizes) and not all(sizes):
        notes.warn(_at(section, "xfs_sw" if sizes[0] else "xfs_su"), '"xfs_sw" and "xfs_su" count together only')


def _places(glusterfs: Value, notes: Notes) -> None:
    database = _text(glusterfs, "db")
    if not database:
        notes.warn(_at(glusterfs, "db"), f'"db" is missing: the database is "heketi.db" where heketi is started; '
                   f'write "{_INSTALLED_DB}"')  # fmt: skip
    elif not database.startswith("/"):
        notes.warn(_at(glusterfs, "db"), f'"db": "{shown(database)}" counts from where heketi is started')
    least, most = _whole(glusterfs, "brick_min_size_gb"), _whole(glusterfs, "brick_max_size_gb")
    if least and most and least > most:
        text = f'"brick_min_size_gb" ({least}) is greater than "brick_max_size_gb" ({most}): nothing finds a place'
        notes.error(_at(glusterfs, "brick_min_size_gb"), text)
    if _flag(glusterfs, "db_read_only"):
        notes.warn(_at(glusterfs, "db_read_only"), '"db_read_only": heketi can change nothing')
    _one_of(glusterfs, "zone_checking", ("none", "strict"), notes)
    _one_of(glusterfs, "loglevel", ("none", "critical", "error", "warning", "info", "debug"), notes)


def _one_of(owner: Value, key: str, words: tuple[str, ...], notes: Notes) -> None:
    text = _text(owner, key)
    if text and text not in words:
        notes.error(_at(owner, key), f'"{key}" must be one of {", ".join(words)}, not "{shown(text)}"')


def _at(owner: Value, key: str) -> Value:
    """Where a key's value stands, else its owner."""
    return owner.members[key].value if key in owner.members else owner


def _object(owner: Value | None, key: str) -> Value | None:
    value = owner.members[key].value if owner is not None and key in owner.members else None
    return value if value is not None and value.kind == "object" else None


def _text(owner: Value, key: str) -> str | None:
    content = owner.members[key].value.content if key in owner.members else None
    return content if isinstance(content, str) else None


def _flag(owner: Value, key: str) -> bool | None:
    content = owner.members[key].value.content if key in owner.members else None
    return content if isinstance(content, bool) else None


def _whole(owner: Value, key: str) -> int:
    content = owner.members[key].value.content if key in owner.members else None
    return content if isinstance(content, int) and not isinstance(content, bool) else 0
