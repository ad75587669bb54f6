"""The gluster commands we run, and the questions we ask glusterd; answers are XML.

Script mode answers yes to every question of gluster itself, so we ask the admin before.
What the answers mean: `tui.dialects.gluster_answers`, whose parsers can be had from here too.
"""

import re
from collections.abc import Sequence
from typing import Final

from tui.core.plan import Check, Command
from tui.dialects.gluster_answers import parse_cluster, parse_peers, parse_volumes, started_volumes

__all__ = [
    "all_connected", "bricks_online", "no_brick_below", "parse_cluster", "parse_peers", "parse_volumes", "peer_detach",
    "peer_gone", "peer_known", "peer_probe", "peers_are_among", "pool_list", "started_volumes", "volume_create",
    "volume_delete", "volume_exists", "volume_gone", "volume_info", "volume_info_commands", "volume_set",
    "volume_start", "volume_started", "volume_status", "volume_status_commands", "volume_stop", "volume_stopped",
]  # fmt: skip

_READ: Final = ("gluster", "--mode=script", "--xml")
# gluster gives up by itself after 600 s; ours comes later, so that its own reason is heard
_CHANGE: Final = (*_READ, "--timeout=600")
_CHANGE_SECONDS: Final = 660.0
# a peer that was cut off keeps gluster waiting for 120 s
_READ_SECONDS: Final = 150.0


def _read(*words: str) -> Command:
    return Command((*_READ, *words), timeout=_READ_SECONDS, xml=True)


def _change(*words: str) -> Command:
    return Command((*_CHANGE, *words), timeout=_CHANGE_SECONDS, xml=True)


def pool_list() -> Command:
    """The trusted pool as the node sees it, itself included."""
    return _read("pool", "list")


def peer_probe(host: str) -> Command:
    """Take a host into the pool; a member already is a success."""
    return _change("peer", "probe", host)


def peer_detach(host: str) -> Command:
    """Put a host out of the pool; gluster refuses while it holds bricks."""
    return _change("peer", "detach", host)


def volume_info(name: str = "") -> Command:
    """One volume or all."""
    return _read("volume", "info", *([name] if name else []))


def volume_status(name: str, *, detail: bool = True) -> Command:
    """The bricks of a started volume; with `detail` their sizes, and bricks only."""
    return _read("volume", "status", name, *(["detail"] if detail else []))


def volume_info_commands() -> list[Command]:
    """What to ask first of a pool: all its volumes."""
    return [volume_info()]


def volume_status_commands(names: Sequence[str]) -> list[Command]:
    """What to ask next: the bricks of each started volume. One bad volume spoils only its own answer."""
    return [volume_status(name) for name in names]


def volume_create(name: str, replica: int, arbiter: int, bricks: Sequence[tuple[str, str]]) -> Command:
    """Make a volume of bricks (host, path), in the order of their sets.

    `replica` counts an arbiter too (3 with `arbiter` 1 is two copies and the arbiter); 0 or 1 is
    a volume without copies.
    """
    kind = ["replica", str(replica)] if replica > 1 else []
    kind += ["arbiter", str(arbiter)] if arbiter else []
    return _change("volume", "create", name, *kind, *(f"{host}:{path}" for host, path in bricks))


def volume_start(name: str) -> Command:
    """Start a volume."""
    return _change("volume", "start", name)


def volume_start_force(name: str) -> Command:
    """Start those bricks of a started volume whose processes do not run; the others go on undisturbed."""
    return _change("volume", "start", name, "force")


def volume_stop(name: str) -> Command:
    """Stop a volume: its clients lose it."""
    return _change("volume", "stop", name)


def volume_delete(name: str) -> Command:
    """Delete a stopped volume; what is on its bricks stays."""
    return _change("volume", "delete", name)


def volume_set(name: str, key: str, value: str) -> Command:
    """Set an option of a volume."""
    return _change("volume", "set", name, key, value)


_OK: Final = "<opRet>0</opRet>.*"
# what is not in an answer is not there only when the answer is complete
_ALL: Final = f"{_OK}</cliOutput>"


def all_connected(count: int) -> Check:
    """Whether the pool has at least `count` members, the asked node included, and all are well."""
    one = r"<connected>1</connected>(?>(?:(?!<connected>).)*)"
    return Check(
        pool_list(),
        matches=f"<opRet>0</opRet>(?>(?:(?!<connected>).)*)(?:{one}){{{count}}}",
        absent=r"<connected>0</connected>|<state>(?!3<)",
        why=f"not all {count} nodes are connected in the pool",
    )


def peer_known(host: str, uuid: str = "") -> Check:
    """Whether the pool, seen from another node, has this host and it is well.

    With a `uuid`, it must be the node of this uuid: the name may lead to another machine.
    """
    inside = "(?:(?!</peer>).)*"
    name = f"<hostname>{re.escape(host)}</hostname>"
    own = rf"\s*<uuid>{re.escape(uuid)}</uuid>" if uuid else ""
    return Check(
        pool_list(),
        matches=rf"{_OK}<peer>{own}{inside}{name}{inside}<connected>1</connected>\s*<state>3</state>",
        why=f"{host} is not connected in the pool" + (f", or is another machine (its uuid is not {uuid})" * bool(uuid)),
    )


def peers_are_among(uuids: Sequence[str]) -> Check:
    """Whether the pool of a node has no member, the node itself included, but these."""
    names = "|".join(re.escape(uuid) for uuid in uuids)
    return Check(
        pool_list(),
        matches=_OK + "</cliOutput>",
        absent=f"<uuid>(?!(?:{names})</uuid>)",
        why="the node's pool has members that it had not when the plan was made",
    )


def peer_gone(host: str) -> Check:
    """Whether the pool, seen from another node, has no such host."""
    return Check(
        pool_list(), matches=_ALL, absent=f"<hostname>{re.escape(host)}</hostname>", why=f"{host} is in the pool"
    )


def _volume_named(name: str) -> str:
    return rf"<volume>\s*<name>{re.escape(name)}</name>"


def volume_exists(name: str) -> Check:
    """Whether the volume is there."""
    return Check(volume_info(), matches=_OK + _volume_named(name), why=f"there is no volume {name}")


def volume_gone(name: str) -> Check:
    """Whether the volume is not there."""
    return Check(volume_info(), matches=_ALL, absent=_volume_named(name), why=f"volume {name} is there")


def no_brick_below(folder: str) -> Check:
    """Whether no volume of the pool has a brick in this folder."""
    return Check(
        volume_info(),
        matches=_ALL,
        absent=rf"<name>[^<]*:{re.escape(folder)}(?:/[^<]*)?</name>",
        why=f"a volume has a brick in {folder}",
    )


def _volume_has_status(name: str, status: str) -> str:
    return rf"{_OK}{_volume_named(name)}(?:(?!</volume>).)*?<statusStr>(?:{status})</statusStr>"


def volume_started(name: str) -> Check:
    """Whether the volume is started."""
    return Check(volume_info(), matches=_volume_has_status(name, "Started"), why=f"volume {name} is not started")


def volume_stopped(name: str) -> Check:
    """Whether the volume is there and not started."""
    return Check(
        volume_info(), matches=_volume_has_status(name, "Stopped|Created"), why=f"volume {name} is not stopped"
    )


def bricks_online(name: str, count: int) -> Check:
    """Whether all `count` bricks of a started volume run."""
    one = r"<status>1</status>(?>(?:(?!<status>).)*)"
    return Check(
        volume_status(name),
        matches=f"<opRet>0</opRet>(?>(?:(?!<status>).)*)(?:{one}){{{count}}}",
        absent="<status>0</status>",
        why=f"not all {count} bricks of volume {name} run",
    )
