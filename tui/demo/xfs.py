"""XFS as mkfs.xfs 6.1 lays it out on a thin volume: geometry, sizes, and its texts. Sizes are bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.core.units import GIB, MIB
from tui.demo.devices import Device
from tui.demo.files import FileSystem
from tui.demo.options import take
from tui.demo.reply import Reply

if TYPE_CHECKING:
    from tui.demo.machine import Machine

BLOCK: Final = 4096
SUNIT: Final = 16
SWIDTH: Final = 64
MOUNT_OPTIONS: Final = "attr2,inode64,logbufs=8,logbsize=64k,sunit=128,swidth=512,noquota"
USAGE: Final = """Usage: mkfs.xfs
/* blocksize */\t\t[-b size=num]
/* config file */\t[-c options=xxx]
/* metadata */\t\t[-m crc=0|1,finobt=0|1,uuid=xxx,rmapbt=0|1,reflink=0|1,
\t\t\t    inobtcount=0|1,bigtime=0|1]
/* data subvol */\t[-d agcount=n,agsize=n,file,name=xxx,size=num,
\t\t\t    (sunit=value,swidth=value|su=num,sw=num|noalign),
\t\t\t    sectsize=num
/* force overwrite */\t[-f]
/* inode size */\t[-i perblock=n|size=num,maxpct=n,attr=0|1|2,
\t\t\t    projid32bit=0|1,sparse=0|1,nrext64=0|1]
/* no discard */\t[-K]
/* log subvol */\t[-l agnum=n,internal,size=num,logdev=xxx,version=n
\t\t\t    sunit=value|su=num,sectsize=num,lazy-count=0|1]
/* label */\t\t[-L label (maximum 12 characters)]
/* naming */\t\t[-n size=num,version=2|ci,ftype=0|1]
/* no-op info only */\t[-N]
/* prototype file */\t[-p fname]
/* quiet */\t\t[-q]
/* realtime subvol */\t[-r extsize=num,size=num,rtdev=xxx]
/* sectorsize */\t[-s size=num]
/* version */\t\t[-V]
\t\t\tdevicename
<devicename> is required unless -d name=xxx is given.
<num> is xxx (bytes), xxxs (sectors), xxxb (fs blocks), xxxk (xxx KiB),
      xxxm (xxx MiB), xxxg (xxx GiB), xxxt (xxx TiB) or xxxp (xxx PiB).
<value> is xxx (512 byte blocks).
"""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Counts of blocks of 4 KiB."""

    groups: int
    group_blocks: int
    blocks: int
    log_blocks: int

    @property
    def size(self) -> int:
        """What statfs says: the log does not count."""
        return (self.blocks - self.log_blocks) * BLOCK

    @property
    def inodes(self) -> int:
        """Inodes of 512 bytes in a quarter of the space."""
        return self.blocks * 2


def geometry(size: int) -> Geometry:
    """The layout for a device of this size with a stripe of 64 KiB by 256 KiB."""
    blocks = size // BLOCK
    groups = 32 if size > 512 * GIB else 16 if size > 8 * GIB else 8 if size >= 128 * MIB else 4
    each = -(-blocks // groups)
    each = -(-each // SUNIT) * SUNIT
    if each % SWIDTH == 0:
        each -= SUNIT
    used = min(blocks, each * groups)
    log = min(max(size // 2048, 64 * MIB), 2 * GIB) // BLOCK
    return Geometry(groups, each, used, log)


def new_filesystem(size: int) -> FileSystem:
    """An empty XFS on a device of this size."""
    whole = geometry(size).size
    return FileSystem("xfs", whole, (33538016 + int(size * 0.007)) // BLOCK * BLOCK)


def mkfs_xfs(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Make an XFS; on a device that holds something it fails without -f."""
    options = take(argv[1:], ("-i", "-n", "-d", "-l", "-b", "-m", "-L", "-s", "-r"))
    path = options.words[0]
    device = machine.devices.find(path)
    if device is None:
        return Reply(1, err=f"Error accessing specified device {path}: No such file or directory\n{USAGE}")
    if machine.in_use(device):
        return Reply(1, err=f"mkfs.xfs: {path} contains a mounted filesystem\n{USAGE}")
    if device.signatures and "-f" not in options:
        kind = device.signatures[0]
        what = f"partition table ({kind.table})" if kind.table else f"filesystem ({kind.type})"
        text = f"mkfs.xfs: {path} appears to contain an existing {what}.\n"
        return Reply(1, err=text + "mkfs.xfs: Use the -f option to force overwrite.\n")
    device.wipe()
    device.write("xfs", machine.rng)
    machine.filesystems[device.kname] = new_filesystem(device.size)
    map_chunks(machine, device)
    return Reply(0, "" if "-q" in options else _table(path, geometry(device.size)))


def map_chunks(machine: "Machine", device: Device) -> None:
    """What an XFS and the files on it take in their thin pool: the log is written whole by mkfs."""
    thin, fs = machine.lvm.thin_of(device), machine.filesystems.get(device.kname)
    if thin is not None and fs is not None:
        log = geometry(device.size).log_blocks * BLOCK
        thin.mapped = (log + fs.used - fs.used_at_start) // (256 * 1024) + 9


def _table(path: str, g: Geometry) -> str:
    return (
        f"meta-data={path:<22} isize=512    agcount={g.groups}, agsize={g.group_blocks} blks\n"
        "         =                       sectsz=512   attr=2, projid32bit=1\n"
        "         =                       crc=1        finobt=1, sparse=1, rmapbt=0\n"
        "         =                       reflink=1    bigtime=1 inobtcount=1 nrext64=0\n"
        f"data     =                       bsize=4096   blocks={g.blocks}, imaxpct=25\n"
        "         =                       sunit=16     swidth=64 blks\n"
        "naming   =version 2              bsize=8192   ascii-ci=0, ftype=1\n"
        f"log      =internal log           bsize=4096   blocks={g.log_blocks}, version=2\n"
        "         =                       sectsz=512   sunit=16 blks, lazy-count=1\n"
        "realtime =none                   extsz=4096   blocks=0, rtextents=0\n"
        "Discarding blocks...Done.\n"
    )


PROGRAMS: Final = {"mkfs.xfs": mkfs_xfs}
