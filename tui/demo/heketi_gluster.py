"""What heketi asks of Gluster and nobody else does: bricks added and replaced, rebalance, groups of options, blocks.

Snapshots are left out: the simulated nodes have none, and say so.
"""

from collections.abc import Callable, Sequence
from typing import Final

from tui.demo.gluster_create import create
from tui.demo.gluster_error import GENERIC, GlusterError
from tui.demo.gluster_model import STARTED, VOLUME_ID, Brick, Glusterd, Volume
from tui.demo.machine import Machine
from tui.demo.reply import Reply

_BLOCK_GROUP: Final = {
    "performance.quick-read": "off", "performance.read-ahead": "off", "performance.io-cache": "off",
    "performance.stat-prefetch": "off", "performance.open-behind": "off", "features.shard": "on",
    "features.shard-block-size": "64MB", "user.cifs": "off",
}  # fmt: skip


def own_gluster(machine: Machine, words: Sequence[str]) -> Reply | None:
    """The answer to a command line of these; None to any other."""
    plain = [word for word in words[1:] if not word.startswith("--")]
    named = " ".join(plain[:2])
    if words[0] == "gluster-block":
        act: Callable[[Glusterd, Sequence[str]], str] | None = _block
    elif words[0] == "gluster":
        is_group = plain[:2] == ["volume", "set"] and plain[3:] == ["group", "gluster-block"]
        act = _group if is_group else _OWN.get(" ".join(plain[:2]))
        plain = plain[2:]
    else:
        act = None
    if act is None or not machine.glusterd.running:
        return None
    try:
        return Reply(out=act(machine.glusterd, plain))
    except GlusterError as refusal:
        return Reply(1, err=f"{named}: failed: {refusal.text}\n")


def _add(daemon: Glusterd, words: Sequence[str]) -> str:
    volume = _volume(daemon, words[0])
    arbiter = ["arbiter", str(volume.arbiter)] if volume.arbiter else []
    volume.bricks += _made(daemon, volume, ["replica", str(volume.replica), *arbiter, *words[1:]])
    _start(volume)
    return "volume add-brick: success\n"


def _replace(daemon: Glusterd, words: Sequence[str]) -> str:
    volume = _volume(daemon, words[0])
    old = next((brick for brick in volume.bricks if str(brick) == words[1]), None)
    if old is None:
        raise GlusterError(GENERIC, f"brick: {words[1]} does not exist in volume: {volume.name}")
    [new] = _made(daemon, volume, [words[2]])
    new.arbiter, old.pid, old.port = old.arbiter, 0, 0
    volume.bricks = [new if brick is old else brick for brick in volume.bricks]
    _start(volume)
    return "volume replace-brick: success: replace-brick commit force operation successful\n"


def _rebalance(daemon: Glusterd, words: Sequence[str]) -> str:
    volume = _volume(daemon, words[0])
    if volume.status != STARTED:
        raise GlusterError(GENERIC, f"Volume {volume.name} needs to be started to perform rebalance")
    return f"volume rebalance: {volume.name}: success: Rebalance on {volume.name} has been started successfully.\n"


def _group(daemon: Glusterd, words: Sequence[str]) -> str:
    _volume(daemon, words[0]).options |= _BLOCK_GROUP
    return "volume set: success\n"


def _block(daemon: Glusterd, words: Sequence[str]) -> str:
    """gluster-block ACTION VOLUME/NAME ...: its file is nobody's business here."""
    volume = _volume(daemon, words[1].partition("/")[0])
    if volume.status != STARTED:
        raise GlusterError(GENERIC, f"volume {volume.name} is not started")
    return '{ "RESULT":"SUCCESS" }\n'


def _snapshot(daemon: Glusterd, words: Sequence[str]) -> str:
    raise GlusterError(GENERIC, "the simulated nodes take no snapshots")


def _made(daemon: Glusterd, volume: Volume, words: Sequence[str]) -> list[Brick]:
    """New bricks with all of glusterd's checks, as those of a volume that is not kept."""
    made = create(daemon, [f"{volume.name}-more", *words])
    del daemon.pool.volumes[made.name]
    for brick in made.bricks:
        brick.machine.files.need(brick.path).xattrs[VOLUME_ID] = volume.id
    return made.bricks


def _start(volume: Volume) -> None:
    for brick in volume.bricks:
        if volume.status == STARTED and not brick.pid and brick.machine.glusterd.running:
            brick.machine.glusterd.start_brick(volume, brick)


def _volume(daemon: Glusterd, name: str) -> Volume:
    volume = daemon.pool.volumes.get(name)
    if volume is None:
        raise GlusterError(GENERIC, f"Volume {name} does not exist")
    return volume


_OWN: Final[dict[str, Callable[[Glusterd, Sequence[str]], str]]] = {
    "volume add-brick": _add, "volume replace-brick": _replace, "volume rebalance": _rebalance,
    "snapshot create": _snapshot,
}  # fmt: skip
