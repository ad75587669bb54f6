"""What a probe reads of the operating system, and the commands of remedies."""

from tests.contract.case import Ask, Given, Item, Scenario, plain
from tui.core.plan import Command
from tui.dialects import gluster, host
from tui.dialects.probe import probe_commands

FILE = "/mnt/brickyard.txt"
SHOW = next(command for command in probe_commands() if command.argv[0] == "systemctl")


def _probe() -> tuple[Item, ...]:
    """The whole probe of a clean node; the kernel's name differs from node to node."""
    asks: list[Item] = []
    for command in probe_commands():
        ignore = ("stdout",) if command.argv[0] in ("uname", "find") else ()
        asks.append(Ask(f"probe: {command}", 1, command, ignore))
    return tuple(asks)


def _modinfo(module: str) -> Command:
    return plain("modinfo", "-F", "filename", module, ok=(0, 1))


HOST = Scenario(
    "host",
    (
        *_probe(),
        Ask("cat of a missing file", 1, host.cat("/etc/no-such-file")),
        Ask("cat of a folder", 1, host.cat("/etc")),
        Ask("which of a missing program", 1, plain("which", "lvm", "no-such-program", "wipefs", ok=(0, 1))),
        Ask("which of missing programs only", 1, plain("which", "no-such-program", "nor-this", ok=(0, 1, 2))),
        Ask("a missing program", 1, plain("no-such-program", "--version")),
        Ask("modinfo of a missing module", 1, _modinfo("no_such_module")),
        Ask("modprobe", 1, host.modprobe("dm_thin_pool")),
        Ask("modprobe of a missing module", 1, host.modprobe("no_such_module")),
        Ask("write a file", 1, host.write_file(FILE, "brickyard was here\n")),
        Ask("read a file", 1, host.cat(FILE)),
        Ask("checksum", 1, host.sha256sum(FILE)),
        Ask("checksum of a missing file", 1, host.sha256sum("/mnt/none")),
        Ask("rm", 1, host.rm(FILE)),
        Ask("rm again", 1, host.rm(FILE)),
        Ask("sync", 1, host.sync()),
        Ask("write a file into a missing folder", 1, host.write_file("/no/such/folder", "x")),
        Ask("modules-load", 1, host.write_file("/etc/modules-load.d/brickyard.conf", "dm_thin_pool\n")),
        Ask("show a missing service", 1, plain("systemctl", "show", "nosuch", *SHOW.argv[3:])),
        Ask("enable a missing service", 1, host.enable_now("nosuch")),
        Ask("enable a running service", 1, host.enable_now("glusterd")),
        Given(1, "glusterd stopped"),
        Ask("show a stopped service", 1, SHOW),
        Ask("pool list without glusterd", 1, gluster.pool_list()),
        Ask("volume info without glusterd", 1, gluster.volume_info()),
        Ask("volume start without glusterd", 1, gluster.volume_start("v1")),
        Ask("enable a stopped service", 1, host.enable_now("glusterd")),
        Ask("show a started service", 1, SHOW),
    ),
)
