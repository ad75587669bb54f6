"""What the programs on a node say when they fail, and what that means: data for `failures.explain`.

The first pattern that is found wins, so causes stand before what follows from them. {0} is the
pattern's first group, {program} the program that was run, {last} its last argument.
"""

import re
from dataclasses import dataclass
from typing import Final

from tui.dialects.failure_rules_gluster import AGAIN, BUSY, GLUSTER


@dataclass(frozen=True, slots=True)
class Rule:
    """A text, what it means, what to do."""

    pattern: re.Pattern[str]
    reason: str
    remedy: str = ""
    transient: bool = False


PACKAGES: Final = {
    "lvm": "lvm2",
    "lvmdevices": "lvm2 (2.03.12 or later)",
    "gluster": "glusterfs-server",
    "mkfs.xfs": "xfsprogs",
    "mount.glusterfs": "glusterfs-client (glusterfs-fuse on RHEL)",
    "thin_check": "thin-provisioning-tools (device-mapper-persistent-data on RHEL)",
    "lsblk": "util-linux",
    "getfattr": "attr",
    "dmsetup": "dmsetup (device-mapper on RHEL)",
}

_THIN_TOOLS: Final = f"install {PACKAGES['thin_check']} on the node"
_ERASE: Final = "make sure that nobody needs what is on it, then load it with 'destroydata', or choose another device"
_SUDO: Final = (
    "allow it without a password: 'USER ALL=(ALL) NOPASSWD: ALL' in a file in /etc/sudoers.d, or log in as root"
)
HOLDERS: Final = "see who holds it with 'fuser -vm' or 'lsof' on the node, and end that first"

_SYSTEM: Final = (
    (r"(\S+) is not in the sudoers file", "the user {0} may not use sudo on the node", _SUDO),
    (r"sudo: a (?:terminal is required to read the )?password(?: is required)?", "sudo asks for a password", _SUDO),
    (r"sudo: (?:no tty present|sorry, you must have a tty)", "sudo wants a terminal (requiretty)", _SUDO),
    (r"Sorry, user (\S+) (?:is not allowed to execute|may not run sudo)",
     "sudo does not allow {0} to run {program}", _SUDO),
    (r"Could not get lock (\S+)|Waiting for cache lock", "another package manager is running on the node", AGAIN),
    (r"Unable to locate package (\S+)|No match for argument: (\S+)",
     "the node's package sources have no {0}{1}",
     "add the repository that has it, or update the package lists on the node"),
    (r"modprobe: FATAL: Module (\S+) not found in directory (\S+)",
     "the kernel on the node has no module {0}",
     "install the package with the kernel's extra modules; after a kernel update, reboot"),
    (r"Unit (?:file )?(\S+?) (?:could not be found|does not exist)|Unit (\S+) not found",
     "the node has no service {0}{1}", "install the package that brings it (glusterfs-server for glusterd)"),
    (r"Job for (\S+) failed", "{0} does not start", "read 'journalctl -u {0}' on the node"),
)  # fmt: skip

_LVM: Final = (
    (r"/dev/mapper/control: open failed|Failure to communicate with kernel device-mapper",
     "the kernel on the node has no device-mapper", "load it with 'modprobe dm_mod'; in a container, use the host"),
    (r"thin(?:-pool)?: Required device-mapper target\(s\) not detected",
     "the kernel on the node has no thin provisioning (module dm_thin_pool is not loaded)",
     "run 'modprobe dm_thin_pool' and name it in /etc/modules-load.d, so that it is there after a reboot"),
    (r"thin_check\S*(?:: | )[^\n]*(?:[Nn]o such file|not found|failed)",
     "thin_check is missing on the node", _THIN_TOOLS),
    (r"Can't open (\S+) exclusively", "{0} is in use on the node: mounted, swap, or held by another program", HOLDERS),
    (r"Cannot use (\S+): device is partitioned", "{0} is partitioned", _ERASE),
    (r"Cannot use (\S+): device is a multipath component",
     "{0} is one path of a multipath device", "name the multipath device itself (/dev/mapper/mpath...)"),
    (r"Cannot use (\S+): device is an md component",
     "{0} is a member of a software RAID", "name the /dev/md device, or another disk"),
    (r"Cannot use (\S+): device is an LV", "{0} is a logical volume itself", "name a disk"),
    (r"Cannot use (\S+): device is not in devices file",
     "LVM ignores {0}: it is not in LVM's devices file", "run 'lvmdevices --adddev {0}' on the node"),
    (r"Cannot use (\S+): device is rejected by filter config",
     "LVM ignores {0}: a filter in lvm.conf rejects it",
     "let devices/filter and global_filter in /etc/lvm/lvm.conf accept it"),
    (r"Cannot use (\S+): device is too small", "{0} is too small for LVM", "choose a larger device"),
    (r"Cannot use (\S+): device is missing sysfs info",
     "LVM ignores {0}: the kernel tells nothing about it in /sys",
     "see whether the disk is still there; in a container, mount the host's /sys"),
    (r"Cannot use (\S+): device is a duplicate",
     "LVM sees {0} twice: two paths lead to one disk, or it is a copy", "set up multipath, or remove the copy"),
    (r"Cannot use (\S+): device is not in a usable state",
     "{0} is not in a usable state (suspended or without a table)", "look at 'dmsetup info' on the node"),
    (r"signature detected on (\S+) at offset \d+\. Wipe it|Cannot use (\S+): device has a signature",
     "{0}{1} is not empty; nothing was erased", _ERASE),
    (r"Cannot use (\S+): ([^\n]+)", "LVM refuses {0}: {1}", ""),
    (r"No device found for (\S+?)\.?(?:\s|$)|Device (\S+) not found",
     "there is no device {0}{1} on the node",
     "look at 'lsblk' there: names change when disks are added; a name in /dev/disk/by-id does not"),
    (r"Physical volume '(\S+)' is already in volume group '(\S+)'",
     "{0} is already in volume group {1}",
     "choose another device, or delete the volumes that have bricks there first"),
    (r"Can't initialize physical volume \"(\S+)\" of volume group \"(\S+)\"",
     "{0} is already in volume group {1}",
     "choose another device, or delete the volumes that have bricks there first"),
    (r"A volume group called (\S+) already exists|/dev/(\S+): already exists in filesystem",
     "the name {0}{1} is already in use on the node", "choose another name"),
    (r"Volume group \"(\S+)\" not found",
     "there is no volume group {0} on the node", "refresh: it was removed meanwhile"),
    (r"Failed to find logical volume \"(\S+)\"",
     "there is no logical volume {0} on the node", "refresh: it was removed meanwhile"),
    (r"Logical [Vv]olume \"?(\S+?)\"? already exists in [Vv]olume group \"?([^\s\".]+)",
     "logical volume {1}/{0} is already there", ""),
    (r"Volume group \"(\S+)\" has insufficient free space \((\d+) extents\): (\d+) required",
     "volume group {0} has too little space: {2} extents are needed, {1} are free",
     "choose another device or a smaller size"),
    (r"Insufficient (?:suitable allocatable extents|free space)[^\n]*",
     "the volume group has too little space",
     "choose another device or a smaller size; a spare as large as the largest pool's metadata is needed too"),
    (r"Logical volume (\S+) (?:contains a filesystem )?in use", "logical volume {0} is in use", "unmount it first"),
    (r"really want to remove volume group \"(\S+)\" containing (\d+) logical volumes",
     "volume group {0} still holds {1} logical volumes", "take its bricks away first"),
    (r"Invalid argument for --addtag: (\S+)", "LVM does not take the tag {0}", ""),
    (r"No PV found on device (\S+?)\.(?:\s|$)", "there is no LVM physical volume on {0}", ""),
    (r"PV (\S+) is used by VG (\S+)", "{0} is still in volume group {1}", "remove the volume group first"),
)  # fmt: skip

_FILESYSTEM: Final = (
    (r"wipefs: error: (\S+): probing initialization failed: Device or resource busy", "{0} is in use", HOLDERS),
    (r"wipefs: error: (\S+): probing initialization failed: No such", "there is no device {0} on the node", ""),
    (r"(\S+) contains a mounted filesystem", "{0} is mounted", "unmount it first"),
    (r"(\S+) appears to contain an existing filesystem \((\S+)\)",
     "{0} holds a filesystem ({1}) already; nothing was erased", ""),
    (r"Error accessing specified device (\S+): No such file",
     "there is no device {0} on the node", "refresh: it was removed meanwhile"),
    (r"mount: \S+: (\S+) already mounted on (\S+?)\.?(?:\s|$)", "{0} is already mounted on {1}", ""),
    (r"special device (\S+) does not exist", "there is no device {0} on the node", "refresh: it was removed meanwhile"),
    (r"ERROR: Mount point does not exist", "there is no folder {last} to mount on", ""),
    (r"mount: (\S+): mount point does not exist", "there is no folder {0} to mount on", ""),
    (r"unknown filesystem type '?glusterfs",
     "the node can't mount GlusterFS volumes", f"install {PACKAGES['mount.glusterfs']} there"),
    (r"unknown filesystem type '?(\w+)",
     "the kernel on the node does not know the filesystem {0}", "load its module with 'modprobe {0}'"),
    (r"wrong fs type, bad option, bad superblock on (\S+?),",
     "{0} holds no filesystem that can be mounted", "look at 'dmesg' on the node"),
    (r"umount: (\S+): target is busy", "{0} is in use", HOLDERS),
    (r"umount: (\S+): not mounted", "nothing is mounted on {0}", ""),
    (r"Mounting glusterfs on (\S+) failed",
     "the volume could not be mounted on {0}: no such volume, or glusterd did not answer",
     "see whether the volume is there and started; the client's log is in /var/log/glusterfs"),
    (r"Mount failed\. (?:Please c|C)heck the log file",
     "the volume could not be mounted: its bricks did not answer",
     "see whether the bricks run; the client's log is in /var/log/glusterfs"),
    (r"No space left on device", "a filesystem on the node is full", "make room on it"),
    (r"Read-only file system",
     "a filesystem on the node is read-only", "look at 'dmesg' on the node: the kernel does that after an error"),
    (r"Input/output error",
     "the disk fails: input/output error", "look at 'dmesg' and the SMART values of the disk on the node"),
)  # fmt: skip

_LATE: Final = (
    (r"'([^']+)': Device or resource busy", "{0} is in use, or something is mounted on it", HOLDERS),
    (r"Permission denied|Operation not permitted",
     "{program} was not permitted on the node", "log in as root, or as a user with sudo"),
)  # fmt: skip


def _rules() -> tuple[Rule, ...]:
    tables = ((_SYSTEM, False), (BUSY, True), (_LVM, False), (GLUSTER, False), (_FILESYSTEM, False), (_LATE, False))
    return tuple(
        Rule(re.compile(pattern, re.MULTILINE), reason, remedy, transient)
        for table, transient in tables
        for pattern, reason, remedy in table
    )


RULES: Final = _rules()
