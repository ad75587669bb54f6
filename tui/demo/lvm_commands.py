"""The LVM commands that change something: pvcreate, vgcreate, vgchange, lvcreate and their opposites."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tui.demo.lvm_create import lvcreate
from tui.demo.lvm_model import Group, Lvm, Pool, ThinVolume
from tui.demo.lvm_refusals import device_for_pv
from tui.demo.lvm_report import report
from tui.demo.options import Options, lvm_size, take
from tui.demo.reply import ProgramError, Reply

if TYPE_CHECKING:
    from tui.demo.machine import Machine

TEST_MODE: Final = "  TEST MODE: Metadata will NOT be updated and volumes will not be (de)activated.\n"
NOT_BACKED_UP: Final = "  WARNING: This metadata update is NOT backed up.\n"
VALUED: Final = (
    "-o", "--options", "--units", "--reportformat", "-S", "--select", "--addtag", "--deltag", "--metadatasize",
    "--dataalignment", "--physicalextentsize", "-s", "--autobackup", "-A", "--poolmetadatasize", "--chunksize", "-c",
    "--size", "-L", "--thin", "-T", "--virtualsize", "-V", "--name", "-n", "--config", "--devicesfile",
)  # fmt: skip
_NAME: Final = re.compile(r"[a-zA-Z0-9._+][a-zA-Z0-9._+-]*")
_BAD_NAME: Final = (
    "  Name contains invalid character, valid set includes: [a-zA-Z0-9.-_+].\n"
    '  New volume group name "{}" is invalid.\n  Run `vgcreate --help\' for more information.\n'
)
_TAG: Final = re.compile(r"[A-Za-z0-9_+.\-/=!:&#]+")


def lvm(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """`lvm COMMAND ...`, or the command by its own name."""
    words = list(argv[1:]) if argv[0] == "lvm" else list(argv)
    if not words:
        return Reply(3, err="  No command specified\n")
    name = words[0]
    options = take(words[1:], VALUED)
    if name in ("pvs", "vgs", "lvs"):
        return report(machine, name, options)
    program = PROGRAMS.get(name)
    if program is None:
        return Reply(2, err="  No such command.  Try 'lvm help'.\n")
    try:
        reply = program(machine, options)
    except ProgramError as fail:
        reply = fail.reply
    quiet = "-qq" in options
    return Reply(reply.code, "" if quiet else reply.out, reply.err)


def _done(options: Options, out: str = "", err: str = "") -> Reply:
    backed_up = options.last("--autobackup", "-A", default="y") == "y"
    return Reply(0, out, err + ("" if backed_up else NOT_BACKED_UP))


def _group(lvm_: Lvm, name: str) -> Group:
    group = lvm_.groups.get(name)
    if group is None:
        raise ProgramError(5, f'  Volume group "{name}" not found\n  Cannot process volume group {name}\n')
    return group


def _start(options: Options) -> int:
    align = lvm_size(options.last("--dataalignment", default="1024K"))
    metadata = lvm_size(options.last("--metadatasize", default="1020K"))
    return -(-(4096 + metadata) // align) * align


def pvcreate(machine: "Machine", options: Options) -> Reply:
    """Label devices."""
    test = "--test" in options or "-t" in options
    out = ""
    for path in options.words:
        device = device_for_pv(machine, path, TEST_MODE if test else "")
        if not test:
            machine.lvm.make_pv(device, _start(options))
        out += f'  Physical volume "{path}" successfully created.\n'
    return Reply(0, out, TEST_MODE if test else "")


def pvremove(machine: "Machine", options: Options) -> Reply:
    """Take labels off."""
    out = ""
    for path in options.words:
        device = machine.devices.find(path)
        if device is None:
            raise ProgramError(5, f"  No device found for {path}.\n")
        if path in machine.lvm.rejected:
            raise ProgramError(5, f"  Cannot use {path}: {machine.lvm.rejected[path]}\n")
        pv = machine.lvm.pv_of(device)
        if pv is None:
            raise ProgramError(5, f"  No PV found on device {path}.\n")
        if pv.vg:
            raise ProgramError(
                5,
                f"  PV {path} is used by VG {pv.vg} so please use vgreduce first.\n"
                "  (If you are certain you need pvremove, then confirm by using --force twice.)\n"
                f"  {path}: physical volume label not removed.\n",
            )
        machine.lvm.remove_pv(pv)
        out += f'  Labels on physical volume "{path}" successfully wiped.\n'
    return Reply(0, out)


def _check_tags(options: Options, name: str) -> list[str]:
    tags = options.values.get(name, [])
    bad = next((tag for tag in tags if not _TAG.fullmatch(tag)), None)
    if bad is not None:
        raise ProgramError(3, f"  Invalid argument for {name}: {bad}\n  Error during parsing of command line.\n")
    return tags


def vgcreate(machine: "Machine", options: Options) -> Reply:
    """A volume group on devices; those without a label get one."""
    tags = _check_tags(options, "--addtag")
    name, paths = options.words[0], options.words[1:]
    if not _NAME.fullmatch(name):
        raise ProgramError(3, _BAD_NAME.format(name))
    there = machine.lvm.groups.get(name)
    if there is not None and there.pools:
        raise ProgramError(
            3, f"  /dev/{name}: already exists in filesystem\n  Run `vgcreate --help' for more information.\n"
        )
    if there is not None:
        raise ProgramError(5, f"  A volume group called {name} already exists.\n")
    devices = [device_for_pv(machine, path, for_group=True) for path in paths]
    out, pvs = "", []
    for path, device in zip(paths, devices, strict=True):
        pv = machine.lvm.pv_of(device)
        if pv is None:
            pv = machine.lvm.make_pv(device, _start(options))
            out += f'  Physical volume "{path}" successfully created.\n'
        pvs.append(pv)
    machine.lvm.make_group(name, pvs, set(tags), lvm_size(options.last("--physicalextentsize", "-s", default="4M")))
    return _done(options, f'{out}  Volume group "{name}" successfully created\n')


def vgremove(machine: "Machine", options: Options) -> Reply:
    """Remove a volume group that holds nothing; without a terminal the question is answered with no."""
    group = _group(machine.lvm, options.words[0])
    if group.visible:
        raise ProgramError(
            5,
            f'Do you really want to remove volume group "{group.name}" containing {group.visible} logical volumes?'
            f' [y/n]: [n]\n  Volume group "{group.name}" not removed\n',
        )
    machine.lvm.remove_group(group)
    return _done(options, f'  Volume group "{group.name}" successfully removed\n')


def vgchange(machine: "Machine", options: Options) -> Reply:
    """Add and remove tags."""
    added, gone = _check_tags(options, "--addtag"), _check_tags(options, "--deltag")
    group = _group(machine.lvm, options.words[0])
    group.tags = (group.tags | set(added)) - set(gone)
    return _done(options, f'  Volume group "{group.name}" successfully changed\n')


def _selected(selection: str, pool: Pool, thin: ThinVolume | None) -> bool:
    field, _, value = selection.partition("=")
    if field == "lv_uuid":
        return value == (thin.uuid if thin else pool.uuids[0])
    if field == "thin_count":
        return thin is None and value == str(len(pool.thins))
    return not selection


def _mounted(machine: "Machine", group: Group, thins: Sequence[ThinVolume]) -> None:
    for thin in thins:
        if machine.in_use(thin.device):
            raise ProgramError(5, f"  Logical volume {group.name}/{thin.name} contains a filesystem in use.\n")


def lvremove(machine: "Machine", options: Options) -> Reply:
    """Remove a thin volume, a pool with all in it, or all of a group; with -S only what is selected."""
    lvm_, target = machine.lvm, options.words[0]
    vg, _, lv = target.partition("/")
    group = _group(lvm_, vg)
    selection = options.last("-S", "--select")
    found = [(pool, None) for pool in list(group.pools.values())] if not lv else [_find(lvm_, vg, lv)]
    out = ""
    for pool, thin in found:
        if not _selected(selection, pool, thin):
            continue
        doomed = [thin] if thin else list(pool.thins)
        _mounted(machine, group, doomed)
        for one in doomed:
            lvm_.remove_thin(pool, one)
            out += f'  Logical volume "{one.name}" successfully removed.\n'
        if thin is None:
            lvm_.remove_pool(group, pool)
            out += f'  Logical volume "{pool.name}" successfully removed.\n'
    return _done(options, out) if out else Reply()


def _find(lvm_: Lvm, vg: str, lv: str) -> tuple[Pool, ThinVolume | None]:
    found = lvm_.find_lv(vg, lv)
    if found is None:
        raise ProgramError(5, f'  Failed to find logical volume "{vg}/{lv}"\n')
    return found[1], found[2]


def _make_lv(machine: "Machine", options: Options) -> Reply:
    group = _group(machine.lvm, options.last("--thin", "-T").partition("/")[0])
    return _done(options, *lvcreate(machine.lvm, group, options))


def lvmconfig(machine: "Machine", options: Options) -> Reply:
    """A setting of lvm.conf; only the filter can be set here."""
    name = options.words[0] if options.words else ""
    if name == "devices/filter" and machine.lvm_filter:
        return Reply(0, f"filter={machine.lvm_filter}\n")
    raise ProgramError(5, f"  Configuration node {name} not found\n")


def lvmdevices(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Enter a device in the devices file."""
    path = take(argv[1:], ("--adddev", "--deldev")).last("--adddev")
    if machine.devices.find(path) is None:
        return Reply(5, err=f"  No device found for {path}.\n")
    if machine.lvm.rejected.get(path, "") == "device is not in devices file":
        del machine.lvm.rejected[path]
    return Reply()


PROGRAMS: Final = {
    "pvcreate": pvcreate, "pvremove": pvremove, "vgcreate": vgcreate, "vgremove": vgremove,
    "vgchange": vgchange, "lvcreate": _make_lv, "lvremove": lvremove, "lvmconfig": lvmconfig,
}  # fmt: skip
