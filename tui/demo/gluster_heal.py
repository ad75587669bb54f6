"""Copies that differ, and `gluster volume heal`: what it counts and lists, how it heals and refuses (texts of 10.3).

A brick that was away is healed when it comes back, as by the self-heal daemons; split-brain stays until it is resolved.
"""

import errno
import hashlib
import uuid
from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape

from tui.demo import gluster_xml as xml
from tui.demo.gluster_client import copy_over
from tui.demo.gluster_model import HEALING, OFF, PENDING, SPLIT_BRAIN, STARTED, Brick, Glusterd, Volume
from tui.demo.reply import Reply

_DOWN: Final = "Transport endpoint is not connected"
_KINDS: Final = (PENDING, SPLIT_BRAIN, HEALING)
_SUMMARY: Final = ("numberOfEntriesInHealPending", "numberOfEntriesInSplitBrain", "numberOfEntriesPossiblyHealing")
_PLAIN: Final = ("in heal pending", "in split-brain", "possibly healing")
_WAYS: Final = ("bigger-file", "latest-mtime", "source-brick")


def let_differ(volume: Volume, paths: Iterable[str], kind: str = PENDING, bricks: Iterable[int] | None = None) -> None:
    """Let entries ("/a/file") differ; the bricks of these numbers (all by default) know it and list them."""
    chosen = range(len(volume.bricks)) if bricks is None else list(bricks)
    for path in paths:
        for number in chosen:
            volume.bricks[number].apart[path] = kind


def heal(daemon: Glusterd, words: Sequence[str], *, as_xml: bool) -> Reply:
    """Run `gluster volume heal NAME ...`; `words` begin with the name."""
    name, *rest = words
    volume = daemon.pool.volumes.get(name)
    if rest[:1] == ["info"]:
        return _info(daemon, name, volume, rest[1] if len(rest) > 1 else "", as_xml=as_xml)
    if rest[:1] == ["split-brain"] and len(rest) > 2 and rest[1] in _WAYS:
        return _resolve(daemon, name, volume, rest[-1], rest[2] if rest[1] == "source-brick" else "")
    return _launch(daemon, name, volume, "full" if rest == ["full"] else "index")


def _refused(number: int, text: str, *, as_xml: bool) -> Reply:
    """The exit code is 256 less the number of the error."""
    body = "  <healInfo>\n    <bricks/>\n  </healInfo>\n"
    if as_xml:
        return Reply(256 - number, xml.document(-1, number, text, body, after=True))
    return Reply(256 - number, f"{text}\nVolume heal failed.\n")


def _why_not(daemon: Glusterd, name: str, volume: Volume | None) -> tuple[int, str]:
    """Why a client can't look into the volume, (0, "") where it can."""
    if volume is None:
        return errno.ENOENT, f"Volume {name} does not exist"
    if not volume.reachable(daemon.machine, volume.bricks):
        return errno.EIO, f"{name}: Not able to fetch volfile from glusterd"
    if volume.replica == 1:
        kind = "replicate/disperse"
        text = f"This command is supported for only volumes of {kind} type. Volume {name} is not of type {kind}"
        return errno.EINVAL, text
    return 0, ""


def _info(daemon: Glusterd, name: str, volume: Volume | None, what: str, *, as_xml: bool) -> Reply:
    number, text = _why_not(daemon, name, volume)
    if number or volume is None:
        return _refused(number, text, as_xml=as_xml)
    near = volume.reachable(daemon.machine, volume.bricks)
    if as_xml:
        inside = "".join(_brick_xml(brick, what, connected=brick in near) for brick in volume.bricks)
        body = f"  <healInfo>\n    <bricks>\n{inside}    </bricks>\n  </healInfo>\n"
        return Reply(0, xml.document(0, 0, "", body, after=True))
    return Reply(0, "".join(_brick_plain(brick, what, connected=brick in near) for brick in volume.bricks))


def _listed(brick: Brick, what: str) -> list[str]:
    return [path for path, kind in brick.apart.items() if what != "split-brain" or kind == SPLIT_BRAIN]


def _brick_xml(brick: Brick, what: str, *, connected: bool) -> str:
    rows: list[tuple[str, str]] = [("name", str(brick))]
    files = ""
    if what == "summary" and connected:
        counts = [list(brick.apart.values()).count(kind) for kind in _KINDS]
        rows += [("status", "Connected"), ("totalNumberOfEntries", str(sum(counts)))]
        rows += [(word, str(count)) for word, count in zip(_SUMMARY, counts, strict=True)]
    elif what == "summary":
        # as it is: the words of two elements in one, and no counts
        rows += [("status", f"Failed to process entries completely. ({_DOWN})totalNumberOfEntries0")]
    elif connected:
        found = _listed(brick, what)
        files = "".join(f'        <file gfid="{_gfid(path)}">{escape(path)}</file>\n' for path in found)
        rows += [("status", "Connected"), ("numberOfEntries", str(len(found)))]
    else:
        rows += [("status", _DOWN), ("numberOfEntries", "-")]
    head, *tail = (xml.element(row, 4) for row in rows)
    host = brick.machine.glusterd.uuid if connected else "-"
    return f'      <brick hostUuid="{host}">\n{head}{files}{"".join(tail)}      </brick>\n'


def _brick_plain(brick: Brick, what: str, *, connected: bool) -> str:
    status = "Connected" if connected else _DOWN
    if what == "summary":
        counts = [str(list(brick.apart.values()).count(kind)) if connected else "-" for kind in _KINDS]
        total = str(len(brick.apart)) if connected else "-"
        lines = [f"Status: {status}", f"Total Number of entries: {total}"]
        lines += [f"Number of entries {word}: {count}" for word, count in zip(_PLAIN, counts, strict=True)]
    else:
        found = _listed(brick, what) if connected else []
        word = "entries in split-brain" if what == "split-brain" else "entries"
        lines = [*found, f"Status: {status}", f"Number of {word}: {len(found) if connected else '-'}"]
    return f"Brick {brick}\n" + "\n".join(lines) + "\n\n"


def _gfid(path: str) -> str:
    """The root has a number of its own, others get one from their name."""
    if path == "/":
        return "00000000-0000-0000-0000-000000000001"
    return str(uuid.UUID(bytes=hashlib.sha256(path.encode()).digest()[:16], version=4))


def _launch(daemon: Glusterd, name: str, volume: Volume | None, kind: str) -> Reply:
    lead = f"Launching heal operation to perform {kind} self heal on volume {name} has been"
    reason = ""
    if volume is None:
        reason = f"Volume {name} does not exist"
    elif volume.status != STARTED:
        reason = f"Volume {name} is not started."
    elif volume.replica == 1 or volume.options.get("cluster.self-heal-daemon") in OFF:
        # of volumes without copies it says that too
        reason = f"Self-heal-daemon is disabled. Heal will not be triggered on volume {name}"
    elif not daemon.heal_pid:
        reason = "Self-heal daemon is not running. Check self-heal daemon log file."
    if reason or volume is None:
        return Reply(1, err=f"{lead} unsuccessful:\n{reason}\n")
    volume.heal()
    return Reply(0, f"{lead} successful \nUse heal info commands to check status.\n")


def _resolve(daemon: Glusterd, name: str, volume: Volume | None, path: str, source: str) -> Reply:
    """Take one copy as the right one: that of the `source` brick, else the first."""
    number, text = _why_not(daemon, name, volume)
    if number or volume is None:
        return _refused(number, text, as_xml=False)
    holders = [b for b in volume.bricks if path in b.apart or b.machine.files.get(f"{b.path}{path}") is not None]
    if not holders:
        return Reply(22, f"Lookup failed on {path}:No such file or directory.\nVolume heal failed.\n")
    where = [brick for brick in holders if brick.apart.get(path) == SPLIT_BRAIN]
    if not where:
        return Reply(1, f"Healing {path} failed:File not in split-brain.\nVolume heal failed.\n")
    for brick in where:
        del brick.apart[path]
    right = next((brick for brick in volume.bricks if str(brick) == source), where[0])
    copy_over(right, path, volume.bricks)
    return Reply(0, f"Healed {path}.\n")
