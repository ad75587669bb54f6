"""Nodes are made ready for a heketi server: its public key goes where sshd looks for it, over the logins we have."""

import re
from collections.abc import Mapping
from typing import Final

from tui.core.plan import Check, Command, Plan, Refused, Step
from tui.dialects import host

_PUBLIC: Final = re.compile(r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) ([A-Za-z0-9+/]+=*)( [ -~]*)?")


def plan_install_key(homes: Mapping[str, str], public: str, *, user: str = "root", own: bool = True) -> Plan:
    """Let whoever has the private key log in to nodes. `homes` are the user's home folders, by node.

    `own`: the user is the one that we log in as. Raises Refused where the key is none, or a folder is no whole path.
    """
    match = _PUBLIC.fullmatch(public.strip())
    if match is None:
        raise Refused("This is no public key of SSH.", ("it reads 'ssh-ed25519 AAAA... comment', on one line",))
    wrong = [f"{node}: {home}" for node, home in homes.items() if not re.fullmatch(r"/[^\n]*", home)]
    if wrong or not homes:
        raise Refused("Where the home folders are is not known.", tuple(wrong))
    steps = tuple(_step(node, home.rstrip("/"), match, user, own) for node, home in homes.items())
    names = ", ".join(homes)
    return Plan(
        f"Let the key of heketi log in as {user} on {names}",
        steps,
        warnings=(f"Whoever has the private key can do all that {user} may on these nodes.",),
        then="heketi logs in with the private key; keep it readable for heketi's user alone",
    )


def _step(node: str, home: str, match: re.Match[str], user: str, own: bool) -> Step:
    folder, line = f"{home}/.ssh", match[0]
    path, sudo = f"{folder}/authorized_keys", not own
    words = f"{match[1]} {match[2]}"
    there = Check(
        Command(("cat", path), ok=(0, 1), sudo=sudo), matches=rf"(?m)^[^#\n]*{re.escape(words)}",
        why=f"{path} does not hold the key",
    )  # fmt: skip
    commands = [
        Command(("mkdir", "-p", folder), sudo=sudo),
        Command(("chmod", "700", folder), sudo=sudo),
        Command(("tee", "-a", path), stdin=f"{line}\n", sudo=sudo),
        Command(("chmod", "600", path), sudo=sudo),
    ]
    if not own:
        # sshd passes over files that belong to somebody else
        commands += [Command(("chown", f"{user}:", folder)), Command(("chown", f"{user}:", path))]
    # where SELinux is on, sshd reads these files only with their own label; elsewhere there is no such program
    commands.append(Command(("restorecon", "-F", folder, path), ok=(0, 1, 127, 255), sudo=sudo))
    # '+' and '/' mean something to sed, or to one kind of it
    literal = re.sub(r"([+/.])", r"[\1]", words)
    return Step(
        id=f"key {node}",
        node=node,
        title=f"add the key to {path}",
        commands=tuple(commands),
        subject=node,
        done=there,
        guards=(host.last_line_ends(path) if not own else _ends(path),),
        settled=there,
        undo=(Command(("sed", "-i", f"/{literal}/d", path), ok=(0, 2), sudo=sudo),),
        undone=Check(there.command, absent=re.escape(words), why=f"{path} holds the key"),
    )


def _ends(path: str) -> Check:
    """As `host.last_line_ends`, as the user that we log in as."""
    same = host.last_line_ends(path)
    return Check(Command(same.command.argv, ok=same.command.ok, sudo=False), matches=same.matches, why=same.why)
