"""Devices in every state in which an admin hands them over: the close look, then the attempt to use them."""

from collections.abc import Iterator

from tests.contract.case import DISK_SIZE, Ask, Given, Item, Scenario, plain
from tui.dialects import host, lvm
from tui.dialects.close_look import close_look_commands
from tui.dialects.probe import probe_commands

PLACES: dict[str, tuple[int, str]] = {
    "blank": (1, "/dev/vdb"),
    "ext4": (1, "/dev/vdc"),
    "gpt": (1, "/dev/vdd"),
    "mounted": (1, "/dev/vde"),
    "two filesystems": (2, "/dev/vdb"),
    "swap in use": (2, "/dev/vdc"),
    "noise": (2, "/dev/vdd"),
    "noise at the end": (2, "/dev/vde"),
    "free LVM physical volume": (3, "/dev/vdb"),
    "dos": (3, "/dev/vdc"),
    "in a volume group": (3, "/dev/vdd"),
    "xfs": (3, "/dev/vde"),
    "absent": (3, "/dev/vdz"),
    "a file": (3, "/etc/hostname"),
}
DONE_BY_COMMANDS = ("blank", "free LVM physical volume", "in a volume group", "absent", "a file")
ERASED = ("ext4", "gpt", "mounted", "two filesystems", "swap in use", "in a volume group", "absent")


def vg(number: int) -> str:
    """A name of a volume group in heketi's form."""
    return f"vg_{number:032x}"


def _looks() -> Iterator[Item]:
    for kind, (node, path) in PLACES.items():
        yield from _look(kind, node, path)


def _look(when: str, node: int, path: str) -> Iterator[Item]:
    for command in close_look_commands([path], {path: DISK_SIZE}):
        program = "pvcreate --test" if command.argv[0] == "lvm" else command.argv[0]
        what = " with LVM's header" if command.stdin else " of the end" if "-i" in command.argv else ""
        if program != "cat":
            yield Ask(f"{when}: {program}{what}", node, command)


def _takes() -> Iterator[Item]:
    for number, (kind, (node, path)) in enumerate(PLACES.items(), 1):
        yield Ask(f"{kind}: vgcreate", node, lvm.vgcreate(vg(number), path))


def _erases() -> Iterator[Item]:
    for kind in ERASED:
        node, path = PLACES[kind]
        yield Ask(f"{kind}: wipefs --all", node, host.wipefs_all(path))
        yield Ask(f"{kind}: blkid after wipefs", node, plain("blkid", "-p", "-o", "export", path, ok=(0, 2, 8)))


def _reads(when: str) -> Iterator[Item]:
    lsblk = next(command for command in probe_commands() if command.argv[0] == "lsblk")
    for node in (1, 2, 3):
        yield Ask(f"lsblk of node{node} {when}", node, lsblk)
        yield Ask(f"pvs of node{node} {when}", node, lvm.pvs())
        yield Ask(f"vgs of node{node} {when}", node, lvm.vgs())


DEVICES = Scenario(
    "devices",
    (
        *(Given(node, kind, path) for kind, (node, path) in PLACES.items() if kind not in DONE_BY_COMMANDS),
        Ask("pvcreate", 3, plain("lvm", "pvcreate", "-qq", "/dev/vdb")),
        Ask("a volume group", 3, lvm.vgcreate("vg_theirs", "/dev/vdd", ("a.tag=1",))),
        *_reads("before"),
        *_looks(),
        *_takes(),
        *_reads("after"),
        *_erases(),
        Ask("ext4: vgcreate after wipefs", 1, lvm.vgcreate(vg(101), "/dev/vdc")),
        Ask("gpt: vgcreate after wipefs", 1, lvm.vgcreate(vg(102), "/dev/vdd")),
        *_reads("at the end"),
        Ask("blank: vgremove", 1, lvm.vgremove(vg(1))),
        Ask("blank: pvremove", 1, lvm.pvremove("/dev/vdb")),
        *_look("given back", 1, "/dev/vdb"),
    ),
)

FILTERED = Scenario(
    "filtered devices",
    (
        Given(1, "filtered by LVM", "/dev/vdb"),
        Ask("the filter", 1, lvm.lvm_filter()),
        Ask("no filter", 2, lvm.lvm_filter()),
        Ask("pvcreate --test", 1, lvm.pvcreate_test("/dev/vdb")),
        Ask("vgcreate", 1, lvm.vgcreate(vg(1), "/dev/vdb")),
        Ask("vgcreate of another device", 1, lvm.vgcreate(vg(2), "/dev/vdc")),
        Ask("pvremove", 1, lvm.pvremove("/dev/vdb")),
        Ask("pvs", 1, lvm.pvs()),
    ),
)
