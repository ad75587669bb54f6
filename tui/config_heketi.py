"""heketi.json: how heketi reaches the nodes over SSH, so that nobody has to type it twice.

Keys and defaults as in heketi's executors/sshexec and apps/glusterfs/config. What heketi knows
and we don't use is passed over, as heketi passes over unknown keys.
"""

from dataclasses import dataclass
from pathlib import Path

from tui.config_fields import Fields
from tui.config_types import BrickSettings, SshSettings
from tui.core.document import Value, parse_document
from tui.core.topology_fields import Notes

GIB = 2**30
DEFAULT_USER, DEFAULT_PORT, DEFAULT_FSTAB = "heketi", 22, "/etc/fstab"
MOST_GIB = 2**20


@dataclass(frozen=True, slots=True)
class HeketiJson:
    """What a heketi.json tells us."""

    ssh: SshSettings
    bricks: BrickSettings


def read_heketi_json(path: str, notes: Notes) -> HeketiJson | None:
    """Read a heketi.json; its problems are added to `notes`. None where it can't be used.

    Raises OSError where the file can't be read.
    """
    root, problems = parse_document(Path(path).read_bytes(), path)
    inner = Notes(path, problems)
    found = _read(Fields(root, inner, "heketi.json", Path(path).parent), path) if root else None
    notes.problems += inner.problems
    return None if any(problem.severity == "error" for problem in inner.problems) else found


def _read(root: Fields, path: str) -> HeketiJson | None:
    glusterfs = root.fields("glusterfs")
    if glusterfs is None:
        if root.get("glusterfs") is None:
            root.notes.error(root.value, '"glusterfs" is missing: this is no heketi.json')
        return None
    executor = glusterfs.get("executor")
    if executor and executor.content not in ("", "ssh"):
        _wrong_executor(executor, root.notes)
        return None
    section = glusterfs.fields("sshexec")
    if section is None:
        if glusterfs.get("sshexec") is None:
            root.notes.error(glusterfs.value, '"sshexec" is missing in "glusterfs": it says how the nodes are reached')
        return None
    if root.get("jwt"):
        root.warn_secret("jwt", path, "heketi.json with its keys")
    return HeketiJson(_ssh(section), _bricks(glusterfs, section))


def _wrong_executor(executor: Value, notes: Notes) -> None:
    why = {"kubernetes": "glusterd runs in pods there", "mock": "no real node stands behind it"}
    reason = why.get(str(executor.content), "it is not known")
    notes.error(
        executor,
        f'"executor" must be "ssh", not "{executor.content}" ({reason}); '
        'leave "heketi_json" out and say in "ssh" how the nodes are reached',
    )


def _ssh(section: Fields) -> SshSettings:
    key = section.path("keyfile")
    if key:
        section.warn_secret("keyfile", key, "the private key")
    elif section.get("keyfile") is None:
        section.notes.error(section.value, '"keyfile" is missing in "sshexec": the private key for the nodes')
    return SshSettings(
        user=section.text("user", DEFAULT_USER),
        port=int(section.number("port", DEFAULT_PORT, 1, 65535, whole=True, digits=True)),
        keys=(key,) if key else (),
        sudo=section.flag("sudo"),
    )


def _bricks(glusterfs: Fields, section: Fields) -> BrickSettings:
    least = int(glusterfs.number("brick_min_size_gb", 0, 0, MOST_GIB, whole=True))
    most = int(glusterfs.number("brick_max_size_gb", 0, 0, MOST_GIB, whole=True))
    if most and least > most:
        glusterfs.notes.error(
            glusterfs.value.members["brick_min_size_gb"],
            f'"brick_min_size_gb" ({least}) is greater than "brick_max_size_gb" ({most})',
        )
    return BrickSettings(section.text("fstab", DEFAULT_FSTAB), least * GIB, most * GIB)
