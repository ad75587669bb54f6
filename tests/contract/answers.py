"""Answers in a form that two different machines can share: parsed by our own parsers, without what is chance.

Chance are uuids, device numbers, process ids, ports, and what a kernel calls its disks.
"""

import dataclasses
import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from tui.core.plan import Result
from tui.dialects import gluster, host_answers, lvm_answers
from tui.dialects.gluster_heal import parse_heal, parse_split_brain
from tui.dialects.gluster_quota import parse_quotas
from tui.dialects.gluster_xml import read_answer

_OURS: Final = re.compile(r"^/dev/(vd[b-z]|dm-|mapper/)")
# what is not the same on two machines, or twice on one
_CHANCE: Final = {"number", "children", "wwn", "serial", "model", "used", "read_at", "read_from"}
_PRESENCE: Final = {"port", "pid", "free"}


def tidy(text: str, known: dict[str, str]) -> str:
    """Text without chance. `known` are uuids with the names that they are to have."""
    for uuid, name in known.items():
        text = text.replace(uuid, name)
    text = re.sub(r"\bubd([a-z])", r"vd\1", text)
    text = re.sub(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UUID", text)
    text = re.sub(r"\b\w{6}(?:-\w{4}){5}-\w{6}\b", "LVM-UUID", text)
    text = re.sub(r"^(sh|bash): \d+: ", r"\1: N: ", text, flags=re.MULTILINE)
    # gluster's guess among all of its options
    text = re.sub(r"\nDid you mean .*\?$", "", text, flags=re.MULTILINE)
    text = re.sub(r"leaked on \w+ invocation. Parent PID \d+: \S+", "leaked", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def form_of(result: Result, before: Sequence[Result], known: dict[str, str]) -> dict[str, Any]:
    """What is compared: exit code, standard error, and standard output as we read it.

    `before` are earlier answers of the same scenario: a status is read together with the last info.
    """
    try:
        out = _read(result, before)
    except (ValueError, KeyError) as error:
        out = f"can't be read: {error}: {result.stdout}"
    return {"code": result.code, "stderr": tidy(result.stderr, known), "stdout": _shared(out, known)}


def _shared(value: Any, known: dict[str, str]) -> Any:
    """JSON without chance."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        kept = {key: bool(item) if key in _PRESENCE else item for key, item in value.items() if key not in _CHANCE}
        return {key: _shared(item, known) for key, item in kept.items() if not _is_nothing(item)}
    if isinstance(value, list | tuple):
        return [_shared(item, known) for item in value]
    return tidy(value, known) if isinstance(value, str) else value


def _is_nothing(item: Any) -> bool:
    return item is None or item is False or item in ("", (), {})


def _read(result: Result, before: Sequence[Result]) -> Any:
    words = [word for word in result.command.argv if not word.startswith("-")]
    if result.command.xml:
        return _gluster(result, before, words)
    reader = _READERS.get(" ".join(words[:2])) or _READERS.get(words[0])
    return reader(result.stdout) if reader and result.stdout.strip() else result.stdout


def _gluster(result: Result, before: Sequence[Result], words: Sequence[str]) -> Any:
    answer = read_answer(result)
    if not answer.ok:
        return {"ret": answer.ret, "errno": answer.errno, "error": answer.error}
    if words[1:3] == ["pool", "list"]:
        return sorted(gluster.parse_peers(result), key=lambda peer: (not peer.is_self, peer.hostname))
    if words[1:3] == ["volume", "info"]:
        return gluster.parse_volumes(result)
    if words[1:3] == ["volume", "status"]:
        info = [r for r in before if "info" in r.command.argv and read_answer(r).ok]
        return gluster.parse_cluster(info[-1:], [result], "", 0)
    if words[1:3] == ["volume", "heal"]:
        if "summary" in words:
            return parse_heal(result)
        # whether a path or a gfid is told depends on what was looked up before
        return {brick: len(files) for brick, files in parse_split_brain(result).items() if files}
    if words[1:3] == ["volume", "quota"] and words[-1] == "list":
        return parse_quotas(result)
    said = read_answer(result).root
    return {"ret": answer.ret, "errno": answer.errno, "output": said.findtext("output") if said is not None else ""}


def _lsblk(text: str) -> Any:
    """Disks and what stands on them; parents by their paths, the root disk left out."""
    devices = host_answers.parse_lsblk(text.replace("ubd", "vd"))
    paths = {device.kname: device.path for device in devices}
    rows = [
        dataclasses.replace(device, kname="", parents=tuple(sorted(paths[name] for name in device.parents)))
        for device in devices
        if _OURS.match(device.path)
    ]
    return sorted(rows, key=lambda device: device.path)


def _mounts(text: str) -> Any:
    """Mounts that somebody made; the options of a filesystem are in the order of its kernel."""
    mounts = [m for m in host_answers.parse_mountinfo(text) if m.target.startswith(("/var/lib/heketi", "/mnt"))]
    return [dataclasses.replace(m, options=",".join(sorted(m.options.split(",")))) for m in mounts]


def _found(text: str) -> Any:
    """A target alone, or filesystems with their sizes."""
    if not text.lstrip().startswith("{"):
        return text
    return {target: size for target, (size, _, _) in host_answers.parse_findmnt(text).items()}


def _lvs(text: str) -> Any:
    """How full a pool is depends on the kernel's allocation: compared in whole percents."""
    rows = lvm_answers.parse_lvs(text)
    return sorted((dataclasses.replace(lv, data_percent=_whole(lv.data_percent),
                                       metadata_percent=_whole(lv.metadata_percent)) for lv in rows),
                  key=lambda lv: (lv.vg, lv.name))  # fmt: skip


def _whole(percent: float | None) -> float | None:
    return None if percent is None else float(round(percent))


def _properties(*names: str) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        found = host_answers.parse_properties(text)
        return {name: value for name, value in found.items() if not names or name in names}

    return read


def _blkid(text: str) -> Any:
    found = host_answers.parse_properties(text)
    return {name: value for name, value in found.items() if name not in ("UUID", "PTUUID")}


def _signatures(text: str) -> Any:
    """Rows of wipefs -J."""
    return [{key: row[key] for key in ("device", "offset", "type")} for row in json.loads(text)["signatures"]]


def _first_words(text: str) -> Any:
    """The names of device-mapper targets, without their versions."""
    return sorted(line.split()[0] for line in text.splitlines())


def _stat(text: str) -> Any:
    return text.rpartition(":")[2]


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "lsblk": _lsblk,
    "lvm pvs": lambda text: sorted(lvm_answers.parse_pvs(text), key=lambda pv: pv.path),
    "lvm vgs": lvm_answers.parse_vgs,
    "lvm lvs": _lvs,
    "findmnt": _found,
    "blkid": _blkid,
    "wipefs": lambda text: _signatures(text) if text.lstrip().startswith("{") else text,
    "stat": _stat,
    "systemctl show": _properties(),
    "dmsetup targets": _first_words,
    "modinfo": lambda text: text.rpartition("/")[2].partition(".")[0],
    "gluster": lambda text: text.splitlines()[0],
    "cat /proc/1/mountinfo": _mounts,
    "cat /etc/fstab": host_answers.parse_fstab,
    "cat /proc/swaps": host_answers.parse_swaps,
    "cat /etc/os-release": _properties("ID"),
    "cat /var/lib/glusterd/glusterd.info": _properties("UUID"),
}
