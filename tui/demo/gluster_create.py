"""`gluster volume create`: its command line, and glusterd's checks of bricks in their order."""

import re
from collections.abc import Sequence
from typing import Final

from tui.demo.devices import new_uuid
from tui.demo.gluster_error import GENERIC, GlusterError
from tui.demo.gluster_model import VOLUME_ID, Brick, Glusterd, Volume
from tui.demo.reply import text_of

CREATE_USAGE: Final = (
    "volume create <NEW-VOLNAME> [[replica <COUNT> [arbiter <COUNT>]]|[replica 2 thin-arbiter 1]] [disperse [<COUNT>]]"
    " [disperse-data <COUNT>] [redundancy <COUNT>] [transport <tcp|rdma|tcp,rdma>] <NEW-BRICK> <TA-BRICK>... [force]"
)
HEAL_USAGE: Final = (
    "volume heal <VOLNAME> [enable | disable | full |statistics [heal-count [replica <HOSTNAME:BRICKNAME>]] |info "
    "[summary | split-brain] |split-brain {bigger-file <FILE> | latest-mtime <FILE> |source-brick "
    "<HOSTNAME:BRICKNAME> [<FILE>]} |granular-entry-heal {enable | disable}]"
)
_USAGE: Final = {
    "volume create": (4, CREATE_USAGE),
    "volume start": (3, "volume start <VOLNAME> [force]"),
    "volume stop": (3, "volume stop <VOLNAME> [force]"),
    "volume delete": (3, "volume delete <VOLNAME>"),
    "volume set": (5, "volume set <VOLNAME> <KEY> <VALUE>"),
    "volume status": (3, "volume status [all | <VOLNAME>] [detail]"),
    "volume heal": (3, HEAL_USAGE),
    "volume quota": (4, "volume quota <VOLNAME> {enable|disable|list [<path> ...]} |limit-usage <path> <size>"),
    "peer probe": (3, "peer probe { <HOSTNAME> | <IP-address> }"),
    "peer detach": (3, "peer detach { <HOSTNAME> | <IP-address> } [force]"),
}
_DEFAULTS: Final = {
    "storage.fips-mode-rchecksum": "on",
    "transport.address-family": "inet",
    "nfs.disable": "on",
}
_SAME_SERVER: Final = (
    "Multiple bricks of a replicate volume are present on the same server. This setup is not optimal. Bricks should be "
    "on different nodes to have best fault tolerant configuration. Use 'force' at the end of the command if you want "
    "to override this behavior. "
)
_ROOT: Final = (
    "The brick {} is being created in the root partition. It is recommended that you don't use the system's root "
    "partition for storage backend. Or use 'force' at the end of the command if you want to override this behavior."
)
_MOUNT_POINT: Final = (
    "The brick {} is a mount point. Please create a sub-directory under the mount point and use that as the brick "
    "directory. Or use 'force' at the end of the command if you want to override this behavior."
)


def needs_usage(words: Sequence[str]) -> str:
    """The usage line, when the command line can't be right; else ""."""
    least, usage = _USAGE.get(" ".join(words[:2]), (0, ""))
    if len(words) < least:
        return usage
    if least and words[0] == "peer" and bad_words(words):
        return usage
    if words[:2] == ["volume", "create"]:
        bricks = [word for word in words[3:] if ":/" in word]
        if not re.fullmatch(r"[A-Za-z0-9_-]+", words[2]) or duplicate_brick(words) or not bricks:
            return usage
    return ""


def bad_words(words: Sequence[str]) -> str:
    """What the command line itself finds wrong, one line before the usage; "" where it says nothing more."""
    if words[:1] == ["peer"] and not re.fullmatch(r"[A-Za-z0-9._:-]+", words[2]):
        return f"{words[2]} is an invalid address\n"
    twice = duplicate_brick(words) if words[:2] == ["volume", "create"] else ""
    return f"Found duplicate exports {twice}\n" if twice else ""


def duplicate_brick(words: Sequence[str]) -> str:
    """A brick that is named twice, or ""."""
    bricks = [word for word in words[3:] if ":/" in word]
    return next((word for word in bricks if bricks.count(word) > 1), "")


def _counts(words: Sequence[str]) -> tuple[int, int]:
    """Copies and arbiters; `replica 2 arbiter 1` is the new way to write `replica 3 arbiter 1`."""
    words = words[1:]  # the volume itself may be called "arbiter"
    replica = int(words[words.index("replica") + 1]) if "replica" in words else 1
    arbiter = int(words[words.index("arbiter") + 1]) if "arbiter" in words else 0
    return (3 if arbiter else replica), arbiter


def create(daemon: Glusterd, words: Sequence[str]) -> Volume:
    """Make a volume. Raises GlusterError with glusterd's text."""
    name, force = words[0], words[-1] == "force"
    if name in daemon.pool.volumes:
        raise GlusterError(0, f"Volume {name} already exists")
    replica, arbiter = _counts(words)
    volume_id = new_uuid(daemon.machine.rng)
    bricks = _bricks(daemon, words, volume_id, force)
    if replica > 1 and not force:
        _check_servers(bricks, replica)
    # this node looks at its own bricks first, the others are asked after
    for brick in sorted(bricks, key=lambda brick: brick.machine is not daemon.machine):
        try:
            _stage(daemon, brick, volume_id, force)
        except GlusterError as refusal:
            if brick.machine is daemon.machine:
                raise
            where = daemon.name_of(brick.machine.glusterd)
            raise GlusterError(refusal.number, f"Staging failed on {where}. Error: {refusal.text}") from refusal
    if len(bricks) % replica:
        raise GlusterError(GENERIC, "Failed to create volume files")
    for number, brick in enumerate(bricks):
        brick.arbiter = bool(arbiter) and number % replica == replica - 1
    copies = {"cluster.granular-entry-heal": "on"} if replica > 1 else {}
    tail = {"performance.client-io-threads": "off"} if replica > 1 else {}
    volume = Volume(name, volume_id, bricks, replica, arbiter, options={**copies, **_DEFAULTS, **tail})
    daemon.pool.volumes[name] = volume
    return volume


def _bricks(daemon: Glusterd, words: Sequence[str], volume_id: str, force: bool) -> list[Brick]:
    """The bricks in their order; a host that is refused comes after own bricks that were marked already."""
    bricks: list[Brick] = []
    for word in words[1:]:
        if ":/" not in word:
            continue
        try:
            bricks.append(_brick(daemon, word))
        except GlusterError:
            for own in bricks:
                if own.machine is daemon.machine:
                    _stage(daemon, own, volume_id, force)
            raise
    return bricks


def _brick(daemon: Glusterd, word: str) -> Brick:
    host, _, rest = word.partition(":/")
    machine = daemon.machine.network.find(host)
    if machine is None or machine.glusterd not in daemon.pool.members:
        raise GlusterError(GENERIC, f"Host {host} is not in 'Peer in Cluster' state")
    if machine is not daemon.machine and not daemon.connected(machine.glusterd):
        raise GlusterError(GENERIC, f"Host {host} not connected")
    return Brick(host, machine, f"/{rest.rstrip('/')}")


def _check_servers(bricks: Sequence[Brick], replica: int) -> None:
    for at in range(0, len(bricks), replica):
        machines = [brick.machine for brick in bricks[at : at + replica]]
        if len(set(machines)) != len(machines):
            raise GlusterError(GENERIC, _SAME_SERVER)


def _stage(daemon: Glusterd, brick: Brick, volume_id: str, force: bool) -> None:
    """The checks of one brick on its own node; a brick that passes carries the volume's id from then on."""
    files, path = brick.machine.files, brick.path
    inside = f"{path}/"
    for volume in daemon.pool.volumes.values():
        for other in volume.bricks:
            nested = inside.startswith(f"{other.path}/") or f"{other.path}/".startswith(inside)
            if other.machine is brick.machine and nested:
                text = "not available. Brick may be containing or be contained by an existing brick."
                raise GlusterError(GENERIC, f"Brick: {brick} {text}")
    entry = files.get(path)
    made = entry is None
    if made:
        try:
            files.mkdir(path)
        except OSError as error:
            reason = f"Failed to create brick directory for brick {brick}. Reason : {text_of(error)} "
            raise GlusterError(GENERIC, reason) from error
    elif entry is not None and not entry.is_dir:
        raise GlusterError(GENERIC, f"The provided path {path} which is already present, is not a directory")
    try:
        _check_place(brick, force)
    except GlusterError:
        if made:
            files.rmdir(path)
        raise
    files.need(path).xattrs[VOLUME_ID] = volume_id


def _check_place(brick: Brick, force: bool) -> None:
    files, path = brick.machine.files, brick.path
    if force:
        return
    if files.mounted_at(path) is not None:
        raise GlusterError(GENERIC, _MOUNT_POINT.format(brick))
    if files.locate(path)[0].target == "/":
        raise GlusterError(GENERIC, _ROOT.format(brick))
    parts = path.strip("/").split("/")
    for count in range(len(parts), 0, -1):
        above = "/" + "/".join(parts[:count])
        entry = files.get(above)
        if entry is not None and VOLUME_ID in entry.xattrs:
            raise GlusterError(GENERIC, f"{above} is already part of a volume")
