"""Programs that look at block devices or erase them: blkid, wipefs, lsblk, cmp, dmsetup, mkfs, dd."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tui.demo.devices import Device, Signature
from tui.demo.options import take
from tui.demo.reply import Reply, os_error, text_of

if TYPE_CHECKING:
    from tui.demo.machine import Machine

DM_TARGETS: Final = (
    "snapshot-merge   v1.5.0\nsnapshot-origin  v1.9.0\nsnapshot         v1.16.0\n{thin}"
    "striped          v1.6.0\nlinear           v1.4.0\nerror            v1.5.0\n"
)
# LVM's metadata header, behind its checksum
LVM_HEADER: Final = 4096
LVM_MAGIC: Final = " LVM2 x[5A%r0N*>"
THIN_TARGETS: Final = "thin-pool        v1.22.0\nthin             v1.22.0\n"


def blkid(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """`blkid -p -o export DEVICE`: code 2 where nothing is found, 8 where two contents fight."""
    path = take(argv[1:], ("-o", "-s")).words[0]
    device = machine.devices.find(path)
    if device is None or not device.signatures:
        return Reply(2)
    if len({s.type for s in device.signatures if not s.table}) > 1:
        text = "ambivalent result (probably more filesystems on the device, use wipefs(8) to see more details)"
        return Reply(8, err=f"blkid: {path}: {text}\n")
    first = device.signatures[0]
    if first.table:
        return Reply(0, f"DEVNAME={path}\nPTUUID={first.uuid}\nPTTYPE={first.table}\n")
    version = first.version.replace(" ", "\\ ")
    fields = (
        ("DEVNAME", path), ("LABEL", first.label), ("UUID", first.uuid), ("VERSION", version),
        ("BLOCK_SIZE", str(first.block_size or "")), ("TYPE", first.type), ("USAGE", first.usage),
    )  # fmt: skip
    return Reply(0, "".join(f"{name}={value}\n" for name, value in fields if value))


def _wipefs_row(path: str, s: Signature) -> dict[str, str | None]:
    uuid = None if s.table else s.uuid or None
    return {
        "device": path.rpartition("/")[2], "offset": hex(s.offset), "type": s.type,
        "uuid": uuid, "label": s.label or None,
    }  # fmt: skip


def wipefs(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """List signatures as JSON, or erase them (`--all`, `-a`)."""
    options = take(argv[1:], ("-t", "-o"))
    path = options.words[0]
    device = machine.devices.find(path)
    entry = machine.files.get(path)
    if device is None and entry is not None and not entry.is_dir:
        return Reply(0, util_linux_json("signatures", []))
    if device is None:
        return _no_probe(path, os_error(2))
    if not any(name in options for name in ("--all", "-a")):
        return Reply(0, util_linux_json("signatures", [_wipefs_row(path, s) for s in device.signatures]))
    if machine.in_use(device) or (machine.devices.children(device) and not device.table):
        return _no_probe(path, os_error(16))
    gone = device.wipe()
    machine.devices.drop(machine.devices.children(device))
    machine.lvm.forget_pv(device)
    out = "".join(
        f"{path}: {len(s.magic)} bytes were erased at offset 0x{s.offset:08x} ({s.type}): {s.magic.hex(' ')}\n"
        for s in gone
    )
    if any(s.table for s in gone):
        out += f"{path}: calling ioctl to re-read partition table: Success\n"
    return Reply(0, out)


def _no_probe(path: str, error: OSError) -> Reply:
    return Reply(1, err=f"wipefs: error: {path}: probing initialization failed: {text_of(error)}\n")


def util_linux_json(name: str, rows: Sequence[dict[str, object]] | Sequence[dict[str, str | None]]) -> str:
    """A table as the programs of util-linux print it with -J."""
    blocks = []
    for row in rows:
        fields = [f'         "{key}": {_json_value(value)}' for key, value in row.items()]
        blocks.append("{\n" + ",\n".join(fields) + "\n      }")
    body = f"      {','.join(blocks)}\n" if blocks else "\n"
    return f'{{\n   "{name}": [\n{body}   ]\n}}\n'


def _json_value(value: object) -> str:
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"             {json.dumps(one)}" for one in value) + "\n         ]"
    return json.dumps(value)


def _lsblk_row(machine: "Machine", device: Device, parent: Device | None) -> dict[str, object]:
    targets: list[str | None] = [m.target for m in machine.files.mounts if m.number == device.number]
    if device.swap:
        targets = ["[SWAP]"]
    table = device.table or next((p.table for p in device.parents if p.table), "")
    return {
        "NAME": device.path.rpartition("/")[2], "KNAME": device.kname, "PATH": device.path, "MAJ:MIN": str(device),
        "TYPE": device.type, "SIZE": device.size, "RO": device.read_only, "RM": device.removable,
        "FSTYPE": device.fstype or None, "UUID": device.fs_uuid or None, "PTTYPE": table or None,
        "MOUNTPOINTS": targets or [None], "PKNAME": parent.kname if parent else None,
        "WWN": device.wwn or None, "SERIAL": device.serial or None, "MODEL": device.model or None,
    }  # fmt: skip


def _paths_down(machine: "Machine", device: Device, parent: Device | None) -> list[tuple[Device, Device | None]]:
    below = [pair for child in machine.devices.children(device) for pair in _paths_down(machine, child, device)]
    return [(device, parent), *below]


def lsblk(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Block devices as JSON without a tree: a device is listed once for each way that leads to it."""
    options = take(argv[1:], ("-o", "--output"))
    columns = options.last("-o", "--output", default="NAME,MAJ:MIN,RM,SIZE,RO,TYPE,MOUNTPOINTS").split(",")
    tops = [device for device in machine.devices.all.values() if not device.parents]
    if options.words:
        found = machine.devices.find(options.words[0])
        if found is None:
            text = f"lsblk: {options.words[0]}: not a block device\n"
            return Reply(32, util_linux_json("blockdevices", []), text)
        tops = [found]
    pairs = [pair for top in tops for pair in _paths_down(machine, top, None)]
    pairs.sort(key=lambda pair: (pair[0].number, -pair[1].number[1] if pair[1] else 0))
    rows = [_lsblk_row(machine, device, parent) for device, parent in pairs]
    shown = [{column.lower(): row.get(column) for column in columns} for row in rows]
    return Reply(0, util_linux_json("blockdevices", shown))


def cmp(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """`cmp [-n BYTES] [-i SKIP:0] DEVICE /dev/zero`, and `cmp -n 16 -i 4100:0 DEVICE -` for LVM's header."""
    options = take(argv[1:], ("-n", "-i"))
    path = options.words[0]
    start = int(options.last("-i", default="0:0").partition(":")[0])
    length = int(options.last("-n", default=str(2**62)))
    device, entry = machine.devices.find(path), machine.files.get(path)
    if device is None and entry is None:
        return Reply(2, err=f"cmp: {path}: No such file or directory\n")
    size = device.size if device is not None else len(entry.data) if entry is not None else 0
    if start >= size:
        return Reply(1, err=f"cmp: EOF on {path} which is empty\n")
    if options.words[1] == "-":
        is_lvm = device is not None and LVM_HEADER in device.data and stdin == LVM_MAGIC
        return Reply(
            0 if start == LVM_HEADER + 4 and is_lvm else 1, "" if is_lvm else f"{path} - differ: char 1, line 1\n"
        )
    at = device.differs_at(start, length) if device is not None else start
    if at is None:
        return Reply()
    return Reply(1, f"{path} {options.words[1]} differ: char {at - start + 1}, line 1\n")


def dd(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """`dd if=/dev/zero of=DEVICE bs=1M count=N`: zeros over the beginning of a device."""
    given = dict(word.split("=", 1) for word in argv[1:])
    device = machine.devices.find(given.get("of", ""))
    if device is None:
        return Reply(1, err=f"dd: failed to open '{given.get('of', '')}': No such file or directory\n")
    count = int(given.get("count", "1"))
    length = count * 2**20
    device.signatures = [s for s in device.signatures if s.offset >= length]
    device.data = {at for at in device.data if at >= length}
    sizes = f"{length} bytes ({length / 1e6:.1f} MB, {count}.0 MiB) copied, 0.002 s, 500 MB/s"
    return Reply(0, err=f"{count}+0 records in\n{count}+0 records out\n{sizes}\n")


def dmsetup(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """`dmsetup targets`: the thin targets only where their module is loaded."""
    if list(argv[1:2]) != ["targets"]:
        return Reply(1, err="dmsetup: the simulated node knows only 'targets'\n")
    thin = THIN_TARGETS if "dm_thin_pool" in machine.modules else ""
    return Reply(0, DM_TARGETS.format(thin=thin))


PROGRAMS: Final = {"blkid": blkid, "wipefs": wipefs, "lsblk": lsblk, "cmp": cmp, "dd": dd, "dmsetup": dmsetup}
