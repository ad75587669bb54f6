"""The close look at device paths that a load names, before anything is written on them.

Nothing in here writes: LVM is asked with --test, and it opens the device with O_EXCL for that.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from tui.core.facts import DeviceProbe
from tui.core.plan import Command, Result
from tui.core.units import MIB
from tui.dialects import lvm
from tui.dialects.host_answers import load_json, parse_properties

_ZERO: Final = "/dev/zero"
# what LVM says of what is on the disk is told by the signatures, not by this
_CONTENT: Final = ("device is partitioned", "device has a signature")


def close_look_commands(paths: Sequence[str], sizes: Mapping[str, int] | None = None) -> list[Command]:
    """What to ask about these device paths, in one batch without stopping at failures.

    `sizes` (bytes, by path) lets the last MiB be looked at too; without one, only the first is.
    """
    commands = []
    for path in paths:
        size = (sizes or {}).get(path, 0)
        commands += [
            Command(("stat", "-L", "--printf=%t:%T:%F", path), ok=(0, 1)),
            Command(("blkid", "-p", "-o", "export", path), ok=(0, 2, 8)),
            Command(("wipefs", "-J", path), ok=(0, 1)),
            lvm.pvcreate_test(path),
            Command(("cmp", "-n", str(MIB), path, _ZERO), ok=(0, 1)),
            lvm.left_metadata(path, ok=(0, 1)),
            Command(("cat", f"/sys/class/block/{path.rpartition('/')[2]}/device/state"), ok=(0, 1)),
        ]
        if size > MIB:
            commands.append(Command(("cmp", "-n", str(MIB), "-i", f"{size - MIB}:0", path, _ZERO), ok=(0, 1)))
    return commands


def parse_close_look(results: Sequence[Result], paths: Sequence[str]) -> tuple[DeviceProbe, ...]:
    """One probe a path, in order. What could not be read stays unknown; never raises."""
    return tuple(_probe(path, [result for result in results if _is_about(result, path)]) for path in paths)


def _is_about(result: Result, path: str) -> bool:
    argv = result.command.argv
    return path in argv or argv[-1] == f"/sys/class/block/{path.rpartition('/')[2]}/device/state"


def _probe(path: str, results: list[Result]) -> DeviceProbe:
    by_program = {result.command.argv[0]: result for result in results}
    number, is_block = _number(by_program.get("stat"))
    compared = [result for result in results if result.command.argv[0] == "cmp" and _ZERO in result.command.argv]
    test, state = by_program.get("lvm"), by_program.get("cat")
    return DeviceProbe(
        path=path,
        number=number,
        is_block=is_block,
        signatures=_signatures(by_program.get("blkid"), by_program.get("wipefs")),
        exclusive=_exclusive(test) if is_block else None,
        blank=_blank(compared) if is_block else None,
        released=is_block and _released(results),
        filtered=_filtered(test) if test and is_block else "",
        running=state.stdout.strip() if state and state.code == 0 else "",
    )


def _number(result: Result | None) -> tuple[str, bool]:
    """The device number ("8:16") of stat's hexadecimal answer, and whether it is a block device."""
    if result is None or result.code != 0:
        return "", False
    match = re.match(r"([0-9a-f]+):([0-9a-f]+):(.+)", result.stdout.strip())
    if not match or not match[3].startswith("block"):
        return "", False
    return f"{int(match[1], 16)}:{int(match[2], 16)}", True


def _signatures(blkid: Result | None, wipefs: Result | None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    if blkid and blkid.code == 0:
        said = parse_properties(blkid.stdout)
        found.update(dict.fromkeys(said[key] for key in ("TYPE", "PTTYPE") if said.get(key)))
    if wipefs and wipefs.code == 0 and wipefs.stdout.strip():
        try:
            rows = load_json(wipefs.stdout).get("signatures") or []
        except ValueError:
            rows = []
        found.update(dict.fromkeys(str(row.get("type")) for row in rows if row.get("type")))
    if not found and blkid and blkid.code == 8:
        found["several signatures at once"] = None
    return tuple(found)


def _exclusive(test: Result | None) -> bool | None:
    """Whether LVM could open the device with O_EXCL; None where it did not come that far."""
    if test is None or test.code is None:
        return None
    if re.search(r"Can't open \S+ exclusively|Device or resource busy", test.stderr):
        return False
    return True if test.code == 0 or "signature detected" in test.stderr else None


def _filtered(test: Result) -> str:
    """LVM's own word for why it ignores the device, "" where it does not."""
    match = re.search(r"Cannot use \S+: ([^\n]+)", test.stderr)
    if match:
        return "" if match[1].strip() in _CONTENT else match[1].strip()
    match = re.search(r"(?:of|already in) volume group ['\"]([^'\"]+)['\"]", test.stderr)
    if match:
        return f"it is in volume group {match[1]}"
    if "excluded by a filter" in test.stderr:
        return "device is rejected by filter config"
    return "LVM does not find the device" if "No device found for" in test.stderr else ""


def _released(results: list[Result]) -> bool:
    """Whether nothing comes before LVM's metadata header, which is there: its text begins at byte 4097."""
    compared = {result.command.argv[-1]: result for result in reversed(results) if result.command.argv[0] == "cmp"}
    first, header = compared.get(_ZERO), compared.get("-")
    return bool(first and header and header.code == 0 and re.search(r"differ: (?:byte|char) 4097,", first.stdout))


def _blank(compared: list[Result]) -> bool | None:
    """Whether all that was compared with zeros is zero; None where a device was shorter than we thought."""
    codes = [2 if "EOF on" in result.stderr else result.code for result in compared]
    if 1 in codes:
        return False
    return True if codes and all(code == 0 for code in codes) else None
