"""The `gluster` command line: peers and volumes, with --xml (texts and numbers of 10.3) and in plain text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.demo import gluster_xml as xml
from tui.demo.gluster_create import bad_words, create, needs_usage
from tui.demo.gluster_error import GENERIC, LOCKED, GlusterError
from tui.demo.gluster_heal import heal
from tui.demo.gluster_model import STARTED, STOPPED, Glusterd, Volume
from tui.demo.gluster_quota import quota
from tui.demo.reply import Reply

if TYPE_CHECKING:
    from tui.demo.machine import Machine

VERSION: Final = """glusterfs 10.3
Repository revision: git://git.gluster.org/glusterfs.git
Copyright (c) 2006-2016 Red Hat, Inc. <https://www.gluster.org/>
GlusterFS comes with ABSOLUTELY NO WARRANTY.
It is licensed to you under your choice of the GNU Lesser
General Public License, version 3 or any later version (LGPLv3
or later), or the GNU General Public License, version 2 (GPLv2),
in all cases as published by the Free Software Foundation.
"""
USAGE: Final = """
 Usage: gluster [options] <help> <peer> <pool> <volume>
 Options:
 --help  Shows the help information
 --version  Shows the version
 --print-logdir  Shows the log directory
 --print-statedumpdir Shows the state dump directory

"""
NO_DAEMON: Final = "Connection failed. Please check if gluster daemon is operational.\n"
# what is added to the XML of a refusal, by command
_FAILED_BODY: Final = {
    "volume set": xml.element(("cliOp", "volSet")) + xml.element(("output", "Set volume unsuccessful")),
    "volume info": "  <volInfo>\n    <volumes>\n      <count>0</count>\n    </volumes>\n  </volInfo>\n",
}
# commands whose exit codes follow rules of their own
_OWN_CODES: Final = {"volume heal": heal, "volume quota": quota}
# commands that take a lock on the volume while they run
TRANSACTIONS: Final = ("create", "start", "stop", "delete", "set", "status")
_KNOWN_OPTIONS: Final = (
    "user.", "cluster.", "performance.", "network.", "features.", "diagnostics.", "server.", "client.", "auth.",
    "storage.", "transport.", "nfs.", "config.", "locks.", "debug.", "ssl.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Success:
    """A done operation: the XML body and the plain text; `number` is opErrno, which a success can have too."""

    body: str
    text: str
    number: int = 0


def gluster(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Run one gluster command."""
    words = [word for word in argv[1:] if not word.startswith("--")]
    if "--version" in argv:
        return Reply(0, VERSION)
    program = PROGRAMS.get(" ".join(words[:2]))
    own = _OWN_CODES.get(" ".join(words[:2]))
    if program is None and own is None:
        return Reply(1, f"unrecognized word: {' '.join(words[1:2])} (position 1)\n{USAGE}")
    usage = needs_usage(words)
    if usage:
        return Reply(1, bad_words(words) if len(words) > 2 else "", f"\nUsage:\n{usage}\n\n")
    if not machine.glusterd.running:
        return Reply(1, NO_DAEMON)
    if own is not None:
        return own(machine.glusterd, words[2:], as_xml="--xml" in argv)
    assert program is not None
    return _answer(words, "--xml" in argv, lambda: program(machine.glusterd, words[2:]))


def _answer(words: Sequence[str], as_xml: bool, act: Callable[[], Success]) -> Reply:
    command = " ".join(words[:2])
    try:
        done = act()
    except GlusterError as refusal:
        if not as_xml:
            name = f"{words[2]}: " if words[0] == "volume" and len(words) > 2 and words[1] != "set" else ""
            plain = refusal.text if words[1] in ("status", "info") else f"{command}: {name}failed: {refusal.text}"
            return Reply(255 if refusal.code == 1 else 1, err=f"{plain}\n")
        body = _FAILED_BODY.get(command, "")
        if command == "volume status":
            body = xml.element(("cliOp", "volStatus")) + xml.element(("output", refusal.text))
        return Reply(0, xml.document(refusal.code, refusal.number, refusal.text, body))
    return Reply(0, xml.document(0, done.number, "", done.body) if as_xml else done.text)


def locked_volume(argv: Sequence[str]) -> str:
    """The volume that this command line would lock, or ""."""
    words = [word for word in argv if not word.startswith("--")]
    if words[:1] == ["gluster"] and words[1:2] == ["volume"] and len(words) > 3 and words[2] in TRANSACTIONS:
        return words[3]
    return ""


def locked_answer(argv: Sequence[str], volume: str) -> Reply:
    """What gluster says while another transaction of this volume is under way."""
    words = [word for word in argv[1:] if not word.startswith("--")]

    def refuse() -> Success:
        text = f"Another transaction is in progress for {volume}. Please try again after some time."
        raise GlusterError(LOCKED, text)

    return _answer(words, "--xml" in argv, refuse)


def _volume(daemon: Glusterd, name: str) -> Volume:
    volume = daemon.pool.volumes.get(name)
    if volume is None:
        raise GlusterError(GENERIC, f"Volume {name} does not exist")
    return volume


def _pool_list(daemon: Glusterd, words: Sequence[str]) -> Success:
    rows = [
        f"{p.uuid}\t{daemon.name_of(p):<9}\t{'Connected' if daemon.connected(p) else 'Disconnected'} \n"
        for p in daemon.peers()
    ]
    text = "UUID\t\t\t\t\tHostname \tState\n" + "".join(rows) + f"{daemon.uuid}\tlocalhost\tConnected \n"
    return Success(xml.peers(daemon, with_self=True), text)


def _peer_status(daemon: Glusterd, words: Sequence[str]) -> Success:
    text = f"Number of Peers: {len(daemon.peers())}\n"
    for peer in daemon.peers():
        state = "Connected" if daemon.connected(peer) else "Disconnected"
        text += f"\nHostname: {daemon.name_of(peer)}\nUuid: {peer.uuid}\nState: Peer in Cluster ({state})\n"
    return Success(xml.peers(daemon, with_self=False), text)


def _probe(daemon: Glusterd, words: Sequence[str]) -> Success:
    host = words[0]
    machine = daemon.machine.network.find(host)
    if machine is daemon.machine or host in ("localhost", "127.0.0.1"):
        return _said("probe", "Probe on localhost not needed", 1)
    other = machine.glusterd if machine is not None else None
    if other is not None and other in daemon.pool.members:
        return _said("probe", f"Host {host} port 24007 already in peer list", 2)
    if other is None or not daemon.connected(other):
        raise GlusterError(107, "Probe returned with Transport endpoint is not connected")
    if other.peers() or other.pool.volumes:
        raise GlusterError(3, f"{host} is either already part of another cluster or having volumes configured")
    daemon.join(other, host)
    return _said("probe", "success")


def _said(verb: str, text: str, number: int = 0) -> Success:
    return Success(xml.element(("output", text)), f"peer {verb}: {text}\n", number)


def _detach(daemon: Glusterd, words: Sequence[str]) -> Success:
    host = words[0]
    machine = daemon.machine.network.find(host)
    other = machine.glusterd if machine is not None else None
    if other is daemon:
        raise GlusterError(1, f"{host} is localhost")
    if other is None or other not in daemon.pool.members:
        raise GlusterError(2, f"{host} is not part of cluster")
    if daemon.holds_bricks(other):
        text = (
            f"Peer {host} hosts one or more bricks. If the peer is in not recoverable state then use either "
            "replace-brick or remove-brick command with force to remove all bricks from the peer and attempt the "
            "peer detach again."
        )
        raise GlusterError(3, text, 1)
    daemon.leave(other)
    return _said("detach", "success")


def _info(daemon: Glusterd, words: Sequence[str]) -> Success:
    name = words[0] if words and words[0] != "all" else ""
    if name and name not in daemon.pool.volumes:
        raise GlusterError(30806, "Volume does not exist")
    found = [daemon.pool.volumes[n] for n in sorted(daemon.pool.volumes) if name in ("", n)]
    text = "".join(
        f" \nVolume Name: {v.name}\nType: {v.type[1]}\nVolume ID: {v.id}\nStatus: {v.status_text}\n" for v in found
    )
    return Success(xml.volume_info(found), text or "No volumes present\n")


def _list(daemon: Glusterd, words: Sequence[str]) -> Success:
    found = [daemon.pool.volumes[name] for name in sorted(daemon.pool.volumes)]
    text = "".join(f"{volume.name}\n" for volume in found)
    return Success(xml.volume_list(found), text or "No volumes present in cluster\n")


def _status(daemon: Glusterd, words: Sequence[str]) -> Success:
    volume = _volume(daemon, words[0])
    if volume.status != STARTED:
        raise GlusterError(GENERIC, f"Volume {volume.name} is not started")
    body = xml.volume_status(daemon, volume, detail="detail" in words)
    return Success(body, f"Status of volume: {volume.name}\n")


def _create(daemon: Glusterd, words: Sequence[str]) -> Success:
    volume = create(daemon, words)
    return _short("create", volume, ": please start the volume to access data")


def _short(verb: str, volume: Volume, more: str = "") -> Success:
    body = xml.short_answer(f"vol{verb.capitalize()}", volume)
    return Success(body, f"volume {verb}: {volume.name}: success{more}\n")


def _start(daemon: Glusterd, words: Sequence[str]) -> Success:
    volume = _volume(daemon, words[0])
    if volume.status == STARTED and "force" not in words:
        raise GlusterError(GENERIC, f"Volume {volume.name} already started")
    if volume.status != STARTED:
        _check_folders(daemon, volume)
    volume.status = STARTED
    for brick in volume.bricks:
        other = brick.machine.glusterd
        if not brick.pid and (other is daemon or daemon.connected(other)):
            other.start_brick(volume, brick)
    return _short("start", volume)


def _check_folders(daemon: Glusterd, volume: Volume) -> None:
    for brick in volume.bricks:
        other = brick.machine.glusterd
        if other is not daemon and not daemon.connected(other):
            continue
        if brick.machine.files.get(brick.path) is None:
            reason = "Reason : No such file or directory"
            text = f"Failed to find brick directory {brick.path} for volume {volume.name}. {reason}"
            staged = "" if other is daemon else f"Staging failed on {daemon.name_of(other)}. Error: "
            raise GlusterError(GENERIC, staged + text)


def _stop(daemon: Glusterd, words: Sequence[str]) -> Success:
    volume = _volume(daemon, words[0])
    if volume.status != STARTED:
        raise GlusterError(GENERIC, f"Volume {volume.name} is not in the started state")
    volume.status = STOPPED
    for brick in volume.bricks:
        brick.pid = brick.port = 0
    return _short("stop", volume)


def _delete(daemon: Glusterd, words: Sequence[str]) -> Success:
    volume = _volume(daemon, words[0])
    if volume.status == STARTED:
        text = f"Volume {volume.name} has been started.Volume needs to be stopped before deletion."
        raise GlusterError(GENERIC, text)
    if not all(daemon.connected(peer) for peer in daemon.peers()):
        raise GlusterError(GENERIC, "Some of the peers are down")
    del daemon.pool.volumes[volume.name]
    return _short("delete", volume)


def _set(daemon: Glusterd, words: Sequence[str]) -> Success:
    volume, key, value = _volume(daemon, words[0]), words[1], words[2]
    if not key.startswith(_KNOWN_OPTIONS):
        raise GlusterError(GENERIC, f"option : {key} does not exist\nDid you mean locks.trace?")
    volume.options = {key: value} | {k: v for k, v in volume.options.items() if k != key}
    body = xml.element(("cliOp", "volSet")) + xml.element(("output", "Set volume successful"))
    return Success(body, "volume set: success\n")


PROGRAMS: Final[dict[str, Callable[[Glusterd, Sequence[str]], Success]]] = {
    "pool list": _pool_list, "peer status": _peer_status, "peer probe": _probe, "peer detach": _detach,
    "volume info": _info, "volume list": _list, "volume status": _status, "volume create": _create,
    "volume start": _start, "volume stop": _stop, "volume delete": _delete, "volume set": _set,
}  # fmt: skip
