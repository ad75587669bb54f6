"""The one question that every node is asked again and again: what are you, and what do you hold?

A part that fails is named in `NodeFacts.unread` (by the name of the field, "mounts.sizes" for
the sizes of the mounts) with its reason; the others are read all the same. Device paths that
are symbolic links (/dev/disk/by-id/...) become `probes` that tell the device's number only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tui.core.facts import BlockDevice, DeviceProbe, Mount, NodeFacts
from tui.core.plan import Command, Result
from tui.dialects import gluster, host, host_answers, lvm, lvm_answers
from tui.dialects.close_look import close_look_commands, parse_close_look
from tui.dialects.failures import explain, succeeded
from tui.dialects.probe_memory import ProbeMemory

__all__ = ["close_look_commands", "lsblk_is_too_old", "parse_close_look", "parse_probe", "probe_commands", "sizes_of"]

TOOLS: Final = (
    "lvm", "thin_check", "mkfs.xfs", "wipefs", "blkid", "gluster", "glusterd", "mount.glusterfs", "lvmdevices",
)  # fmt: skip
# util-linux before 2.37 lacks MOUNTPOINTS, before 2.35 PTTYPE, before 2.33 PATH (RHEL 8 has 2.32)
_OLD_LSBLK: Final = "NAME,KNAME,MAJ:MIN,TYPE,SIZE,RO,RM,FSTYPE,UUID,MOUNTPOINT,PKNAME,WWN,SERIAL,MODEL"
_NO_FILE: Final = "No such file or directory"


@dataclass(frozen=True, slots=True)
class _Part:
    """A command of the probe, the fields that come from its answer, and how they do."""

    fields: tuple[str, ...]
    command: Command
    read: Callable[[Result], dict[str, Any]]


def probe_commands(*, old_lsblk: bool = False) -> list[Command]:
    """What to ask a node, in one batch without stopping at failures."""
    commands = [part.command for part in _PARTS]
    return [_lsblk(_OLD_LSBLK) if old_lsblk and c.argv[0] == "lsblk" else c for c in commands]


def lsblk_is_too_old(results: Sequence[Result]) -> bool:
    """Whether lsblk did not know a column, so that the node is to be asked with `old_lsblk`."""
    return any(r.command.argv[0] == "lsblk" and "unknown column" in r.stderr for r in results)


def sizes_of(facts: NodeFacts, paths: Sequence[str]) -> dict[str, int]:
    """The sizes of the devices behind these paths, for the close look; unknown paths are left out."""
    sizes = {device.number: device.size for device in facts.devices}
    numbers = {device.path: device.number for device in facts.devices}
    numbers |= {probe.path: probe.number for probe in facts.probes}
    return {path: sizes[numbers[path]] for path in paths if numbers.get(path) in sizes}


def parse_probe(results: Sequence[Result], now: float) -> NodeFacts:
    """The facts of a node from its answers. Never raises; answers that are absent count as unread."""
    answers = {_key(result.command): result for result in results}
    known = _MEMORY.of(tuple(answers[key].stdout for key in _NAMES if key in answers), answers)
    if known.facts is None:
        values: dict[str, Any] = {}
        unread: dict[str, str] = {}
        for part in _PARTS:
            key = _key(part.command)
            read = known.read.get(key)
            if read is None:
                read = known.read[key] = _read(part, answers.get(key))
            if isinstance(read, str):
                unread.update(dict.fromkeys(part.fields, read))
            else:
                values.update(read)
        known.facts = _joined(values, unread, now)
    return replace(known.facts, read_at=now)


def _read(part: _Part, result: Result | None) -> dict[str, Any] | str:
    """The fields that a part gives, or why it gives none."""
    if result is None:
        return "the answer ended before this was asked"
    try:
        return part.read(result)
    except ValueError as error:
        return str(error)


def _key(command: Command) -> tuple[str, ...]:
    return command.argv[:1] if command.argv[0] == "lsblk" else command.argv


def _joined(values: dict[str, Any], unread: dict[str, str], now: float) -> NodeFacts:
    """Put together what two answers know: sizes of mounts, mounts of devices, the node's own uuid."""
    sizes = values.pop("mounts.sizes", {})
    modules = values.pop("modules.targets", frozenset()) | values.pop("modules.files", frozenset())
    if "modules.targets" in unread and not modules:
        unread["modules"] = unread["modules.targets"]
    links = values.pop("links", "")
    for part in ("modules.targets", "modules.files", "links"):
        unread.pop(part, None)
    facts = NodeFacts(read_at=now, unread=unread, modules=modules, **values)
    mounts = tuple(_sized(mount, sizes) for mount in facts.mounts)
    places: dict[str, list[str]] = {}
    for mount in mounts:
        places.setdefault(mount.number, []).append(mount.target)
    devices = tuple(_mounted(device, places.get(device.number, [])) for device in facts.devices)
    own = next((peer.uuid for peer in facts.peers if peer.is_self), "")
    if own and not facts.uuid:
        unread.pop("uuid", None)
    names = host_answers.parse_links(links, devices)
    probes = tuple(DeviceProbe(path, number, is_block=True) for path, number in names.items())
    return replace(facts, mounts=mounts, devices=devices, uuid=facts.uuid or own, probes=probes)


def _sized(mount: Mount, sizes: host_answers.MountSizes) -> Mount:
    if mount.fstype != "xfs" or mount.target not in sizes:
        return mount
    size, used, free = sizes[mount.target]
    return replace(mount, size=size, used=used, free=free)


def _mounted(device: BlockDevice, places: list[str]) -> BlockDevice:
    more = [place for place in dict.fromkeys(places) if place not in device.mountpoints]
    return replace(device, mountpoints=(*device.mountpoints, *more)) if more else device


def _text(result: Result) -> str:
    if not succeeded(result):
        raise ValueError(explain(result).reason)
    return result.stdout


def _file(result: Result) -> str:
    """A file's text; one that is not there is empty, which is an answer too."""
    return "" if result.code == 1 and _NO_FILE in result.stderr else _text(result)


def _report(result: Result) -> str:
    """LVM's report; code 5 comes with what could be read, which may be nothing."""
    if result.code == 5 and not result.stdout.strip():
        raise ValueError(explain(result).reason)
    return _text(result)


def _service(result: Result) -> dict[str, Any]:
    found = host_answers.parse_properties(_text(result))
    if found.get("LoadState") == "not-found":
        return {"glusterd": "not installed", "glusterd_enabled": "not installed"}
    enabled = found.get("UnitFileState") or found.get("LoadState")
    return {"glusterd": found.get("ActiveState") or "unknown", "glusterd_enabled": enabled or "unknown"}


def _version(result: Result) -> dict[str, Any]:
    words = _text(result).split()
    if len(words) < 2 or words[0] != "glusterfs":
        raise ValueError("gluster's answer names no version")
    return {"gluster_version": words[1]}


def _tools(result: Result) -> dict[str, Any]:
    found = {line.rpartition("/")[2] for line in _text(result).splitlines()}
    return {"tools": {name: name in found for name in TOOLS}}


def _targets(result: Result) -> dict[str, Any]:
    return {"modules.targets": frozenset(line.split()[0] for line in _text(result).splitlines() if line.strip())}


def _module_file(result: Result) -> dict[str, Any]:
    """LVM loads a module by itself when its file is there, so a file counts as much as a loaded module."""
    return {"modules.files": frozenset(["dm_thin_pool"] if _text(result).strip() else [])}


def _lsblk(columns: str) -> Command:
    return Command(("lsblk", "-J", "-b", "-o", columns))


_P = host_answers.parse_properties
_PARTS: Final = (
    _Part(("hostname",), Command(("hostname",), sudo=False), lambda r: {"hostname": _text(r).strip()}),
    _Part(("kernel",), Command(("uname", "-r"), sudo=False), lambda r: {"kernel": _text(r).strip()}),
    _Part(("os_id",), host.cat("/etc/os-release", sudo=False), lambda r: {"os_id": _P(_text(r)).get("ID", "")}),
    _Part(("uuid",), host.cat("/var/lib/glusterd/glusterd.info"), lambda r: {"uuid": _P(_file(r)).get("UUID", "")}),
    _Part(("mounts",), host.cat(host.MOUNTINFO), lambda r: {"mounts": host_answers.parse_mountinfo(_text(r))}),
    _Part(("fstab",), host.cat(host.FSTAB, sudo=False), lambda r: {"fstab": host_answers.parse_fstab(_file(r))}),
    _Part(("swaps",), host.cat("/proc/swaps", sudo=False), lambda r: {"swaps": host_answers.parse_swaps(_file(r))}),
    _Part(
        ("glusterd", "glusterd_enabled"),
        Command(
            ("systemctl", "show", "glusterd", "-p", "LoadState", "-p", "ActiveState", "-p", "UnitFileState"), sudo=False
        ),
        _service,
    ),
    _Part(("gluster_version",), Command(("gluster", "--version")), _version),
    _Part(("devices",), _lsblk(host.LSBLK_COLUMNS), lambda r: {"devices": host_answers.parse_lsblk(_text(r))}),
    _Part(
        ("links",),
        Command(("find", "/dev", "-type", "l", "-printf", "%p %l\\n"), sudo=False),
        lambda r: {"links": _text(r)},
    ),
    _Part(("physical_volumes",), lvm.pvs(), lambda r: {"physical_volumes": lvm_answers.parse_pvs(_report(r))}),
    _Part(("volume_groups",), lvm.vgs(), lambda r: {"volume_groups": lvm_answers.parse_vgs(_report(r))}),
    _Part(("logical_volumes",), lvm.lvs(), lambda r: {"logical_volumes": lvm_answers.parse_lvs(_report(r))}),
    _Part(
        ("mounts.sizes",),
        Command(("findmnt", "-J", "-b", "-t", "xfs", "-o", "TARGET,SIZE,USED,AVAIL"), ok=(0, 1)),
        lambda r: {"mounts.sizes": host_answers.parse_findmnt(_text(r))},
    ),
    _Part(("modules.targets",), Command(("dmsetup", "targets")), _targets),
    _Part(
        ("modules.files",), Command(("modinfo", "-F", "filename", "dm_thin_pool"), ok=(0, 1), sudo=False), _module_file
    ),
    _Part(("tools",), Command(("which", *TOOLS), ok=tuple(range(len(TOOLS) + 1))), _tools),
    _Part(("peers",), gluster.pool_list(), lambda r: {"peers": gluster.parse_peers(r)}),
)
_MEMORY: Final = ProbeMemory()
# by these two answers a node is known again
_NAMES: Final = (("hostname",), host.cat("/var/lib/glusterd/glusterd.info").argv)
