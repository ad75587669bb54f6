"""The table of bad loads: what was wrong with which node, what the admin is told, and how it ends.

The number is that of the transcript of heketi-cli; a letter marks a variant that users met as well.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tests.scenarios.states import Bad

N0, N1, N2, N9 = "node00.example.com", "node01.example.com", "node02.example.com", "node99.example.com"
ALL: Final = "topo-3x3.json"
ONE: Final = "topo-onedisk.json"
FEW: Final = "topo-few.json"
Words = tuple[str, ...]


class End(StrEnum):
    """How a load may end; there is no fourth way."""

    LOADED = "loaded"
    REFUSED = "refused before any change"
    TAKEN_BACK = "half loaded, and taken back"


@dataclass(frozen=True, slots=True)
class Case:
    """One bad load. `says` are the lines that must be read, `groups` the volume groups on the first three nodes.

    With `mend` the cause is put right at last, and the same command must complete the load.
    """

    name: str
    state: tuple[Bad, ...]
    says: tuple[Words, ...]
    end: End = End.TAKEN_BACK
    groups: tuple[int, int, int] = (3, 2, 3)
    topology: str = ALL
    code: int = 1
    mend: bool = True


def _three(what: str) -> tuple[Bad, ...]:
    return tuple(Bad(node, what) for node in (N0, N1, N2))


def _disk(name: str, what: str, *words: str) -> Case:
    """One bad disk of the second node."""
    return Case(
        name, (Bad(N1, what, "/dev/sdb"),), ((N1, "/dev/sdb", *words),), groups=(1, 1, 1), topology=FEW, mend=False
    )


def _four(node: str) -> tuple[tuple[Bad, ...], tuple[Words, ...]]:
    """The three disks of the fourth transcript."""
    state = (
        Bad(node, "filtered by LVM", "/dev/sdb"), Bad(node, "in vg_old", "/dev/sdc"), Bad(node, "missing", "/dev/sdd")
    )  # fmt: skip
    says = (
        (node, "/dev/sdb", "a filter in lvm.conf"), (node, "/dev/sdc", "volume group vg_old"),
        (node, "There is no block device /dev/sdd"),
    )  # fmt: skip
    return state, says


_FOUR: Final = (_four(N1), _four(N2))
_MISSING: Final = "glusterd is not installed on"

NODES: Final = (
    Case("01 no glusterd anywhere", _three("glusterd not installed"),
         tuple((node, f"{_MISSING} {node}") for node in (N0, N1, N2)), End.REFUSED, (0, 0, 0)),
    Case("01a glusterd stands still on one node", (Bad(N1, "glusterd stopped"),),
         ((N1, "glusterd is not running"), ("systemctl enable --now glusterd",)), groups=(3, 0, 3)),
    Case("01b no glusterd on one node", (Bad(N1, "glusterd not installed"),), ((N1, _MISSING),), groups=(1, 0, 1),
         topology=FEW, mend=False),
    Case("03 peers that can't be probed", (Bad(N1, "cut off from the others"), Bad(N2, "cut off from the others")),
         ((N1, "10.0.0.11 does not answer gluster"), (N2, "10.0.0.12 does not answer gluster"),
          ("glusterd runs there", "firewall", "24007")), groups=(3, 3, 3)),
    Case("03a peer of another pool", (Bad(N1, "in a pool with", N9),),
         ((N1, "a pool that this topology does not name", "10.0.0.99"),), groups=(3, 0, 3)),
    Case("03b cloned machine", (Bad(N1, "a clone"),),
         ((N0, f"{N0} and {N1} have the same Gluster identity"),
          (N1, f"{N1} and {N0} have the same Gluster identity")), groups=(0, 0, 3)),
    Case("03c connection lost before a disk is taken", (Bad(N1, "cut before vgcreate"),),
         ((N1, "/dev/sdb", "the connection broke", "it is not done"), ("what to do", "run it again")),
         groups=(3, 0, 3), topology=ONE, mend=False),
    Case("03d connection lost after a disk was taken", (Bad(N1, "cut after vgcreate"),), (), End.LOADED,
         groups=(3, 1, 3), topology=ONE, code=0, mend=False),
    Case("09a storage addresses of two nodes exchanged", (),
         ((N0, N2, "10.0.0.12 leads to another machine than node01.example.com", "storage"),),
         groups=(3, 3, 3), topology="topo-crossed.json", mend=False),
    Case("09b storage address of a strange machine", (),
         ((N0, "10.0.0.99 leads to another machine than node01.example.com", "storage"),),
         groups=(3, 3, 3), topology="topo-foreign.json", mend=False),
    Case("09c storage address that nobody has", (), ((N0, N1, "10.0.0.77 does not answer gluster"),),
         groups=(3, 3, 3), topology="topo-nobody.json", mend=False),
    Case("11a one machine under two names", (),
         (("refused", f"{N0} and dup1 are the same machine"), ("refused", f"dup1 and {N0} are the same machine")),
         groups=(0, 0, 3), topology="topo-two-names.json", mend=False),
    Case("16 a node refuses the key", (Bad(N1, "refuses the key"),),
         ((N1, "permission denied for user root", "id_ed25519"), ("authorized_keys",)),
         groups=(1, 0, 1), topology=FEW, mend=False),
    Case("17 a node is dead", (Bad(N1, "dead"),), ((N1, "refused the connection"),), groups=(3, 0, 3)),
    Case("17a all nodes are dead", _three("dead"), tuple((node, "refused the connection") for node in (N0, N1, N2)),
         End.REFUSED, (0, 0, 0), code=3),
)  # fmt: skip

DISKS: Final = (
    Case("04 three bad disks on two nodes", _FOUR[0][0] + _FOUR[1][0], _FOUR[0][1] + _FOUR[1][1], groups=(3, 0, 0)),
    _disk("04a filesystem", "ext4", "carries ext4"),
    _disk("04b two filesystems", "two filesystems", "carries xfs, ext4"),
    _disk("04c mounted", "mounted", "mounted on /mnt/data"),
    _disk("04d partitioned with GPT", "gpt", "partition table (gpt) with 1 partition"),
    _disk("04e partitioned with MBR", "dos", "partition table (dos) with 1 partition"),
    _disk("04f swap", "swap in use", "swap space"),
    _disk("04g data without a signature", "noise", "no signature", "data is written"),
    _disk("04h data at the end only", "noise at the end", "no signature", "data is written"),
    _disk("04i leg of a multipath disk", "multipath leg", "multipath disk /dev/mapper/mpathb"),
    _disk("04j not in the devices file", "not in the devices file", "LVM's devices file"),
    _disk("04k LVM's leftover", "leftover of LVM", "LVM physical volume in no volume group"),
    _disk("04l read-only", "read-only", "read-only"),
    _disk("04m in the fstab", "in the fstab", "fstab (line 2, for /srv/old)"),
    Case("04n one LUN for two nodes", (Bad(N1, "same LUN", "/dev/sdb"),),
         ((f"/dev/sdb on {N0} and /dev/sdb on {N1} are the same disk (WWN",),
          (f"/dev/sdb on {N1} and /dev/sdb on {N0} are the same disk (WWN",)),
         groups=(0, 1, 1), topology=FEW, mend=False),
    Case("04o LVM refuses in the middle", (Bad(N1, "LVM fails"),),
         ((N1, "/dev/sdb", "excluded by a filter"), (N1, "/dev/sdc", "excluded by a filter")),
         groups=(1, 0, 1), topology=FEW),
    Case("04p one disk under two names", (Bad(N1, "linked twice", "/dev/sdb"),),
         ((N1, "/dev/disk/by-id/same-as-sdb and /dev/sdb", "are the same disk"), ("what to do", "once")),
         topology="topo-same-disk.json", mend=False),
    Case("22 destroydata on a filtered disk", (Bad(N1, "filtered by LVM", "/dev/sdb"),),
         ((N1, "/dev/sdb", "a filter in lvm.conf"),), topology="topo-destroydata.json", mend=False),
)  # fmt: skip

FILES: Final = (
    Case("09 swapped hostnames", (), ((":6:", "10.0.0.10", "node00.example.com", "swapped"),),
         topology="topo-swapped.json"),
    Case("11 one storage address for two nodes", (), ((":10:", "10.0.0.10", "already that of the node on line 5"),),
         topology="topo-dupstorage.json"),
    Case("12 unparsable", (), ((":7:1:", "the file ends here", "line 6 is not closed"),), topology="topo-bad.json"),
    Case("13 no zone", (), ((":6:", '"zone" is missing'),), topology="topo-nozone.json"),
    Case("14 bad device names", (), ((":7:", '"sdz" is no absolute path'), (":7:", '"/dev/sd z"', "blank")),
         topology="topo-baddev.json"),
    Case("15 missing file", (), (("nope.json", "No such file"),), topology="nope.json"),
)  # fmt: skip
