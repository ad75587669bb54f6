"""What kubelet and the Gluster client say when a volume can't be mounted or used (F3-F20, H6, H7, H10).

Texts: Kubernetes 1.20 to 1.36 (kubelet, pkg/volume/glusterfs), glusterfs 10.3; the first that fits is meant.
"""

import re
from dataclasses import dataclass
from typing import Final

from tui.core.finding import Severity


@dataclass(frozen=True, slots=True)
class MountText:
    """One cause by its text. `sentence` stands after "pod X: "; `running`: it is also told of pods that run."""

    code: str
    pattern: re.Pattern[str]
    sentence: str
    cause: str
    advice: tuple[str, ...]
    severity: Severity = Severity.ERROR
    definite: bool = True
    running: bool = False


def _text(code: str, pattern: str, sentence: str, cause: str, *advice: str, **more: object) -> MountText:
    return MountText(code, re.compile(pattern), sentence, cause, advice, **more)  # type: ignore[arg-type]


_INSTALL: Final = "Install the Gluster client on the node: package glusterfs-fuse (RHEL) or glusterfs-client (Debian)."
_BRICKS: Final = "See the volume and its bricks (pane Volumes), and that the node reaches the bricks' ports."

TEXTS: Final[tuple[MountText, ...]] = (
    _text(
        "F1", r"no volume plugin matched",
        "the node has no driver for glusterfs volumes any more",
        "The driver was taken out of kubelet in 1.26.",
        "Move the data to a volume of a CSI driver, or make the PersistentVolume anew with one for the same volume.",
    ),
    _text(
        "F2", r'endpoints "[^"]+" not found',
        "the Endpoints of the volume are not there",
        "kubelet reads the addresses of the Gluster nodes from Endpoints, by default in the namespace of the pod.",
        "Make the Service (without selector) and the Endpoints in that namespace.",
    ),
    _text(
        "F3", r"no valid ipaddress found in endpoint address list",
        "the Endpoints of the volume have no address",
        "kubelet mounts from the addresses in the Endpoints. A Service with a selector empties them.",
        "Write the addresses of the Gluster nodes into the Endpoints, and take the selector out of their Service.",
    ),
    _text(
        "F4", r"endpointnamespace field set, but no endpointnamespace specified|no glusterFS endpoint specified",
        "the PersistentVolume does not tell the Endpoints",
        "spec.glusterfs.endpoints, or endpointsNamespace, is empty.",
        "Make the PersistentVolume anew with endpoints that exist; the data is not touched by that.",
    ),
    _text(
        "F5", r"required binary /sbin/mount\.glusterfs is missing|verify that your node machine has the required",
        "the node has no Gluster client (/sbin/mount.glusterfs)",
        "kubelet mounts with the client of the node itself.", _INSTALL,
    ),
    _text(
        "F6", r"unknown filesystem type '?glusterfs",
        "the node has no Gluster client (unknown file system type glusterfs)",
        "mount found no mount.glusterfs on the node.", _INSTALL,
    ),
    _text(
        "F9", r"could not open log file for pod",
        "the Gluster client did not even start",
        "It wrote no log: the program or one of its libraries is missing, or SELinux or the rights of "
        "/var/lib/kubelet/plugins forbid it.",
        "Try on the node by hand: mount -t glusterfs HOST:VOLUME /mnt.", definite=False,
    ),
    _text(
        "F10", r"[Ii]nvalid option:? auto_unmount|auto_unmount.*[Ii]nvalid argument",
        "the Gluster client of the node is too old",
        "It does not know the option auto_unmount (from version 3.7 on).",
        "Bring a current Gluster client to the node.",
    ),
    _text(
        "F7",
        r"failed to fetch volume file|failed to get the 'volume file' from server|Mounting glusterfs on \S+ failed",
        "no Gluster node gives the volume",
        "There is no volume of that name, or none of the addresses answers on port 24007.",
        "Compare the path in the PersistentVolume with the volumes there are; try port 24007 from the node.",
        definite=False,
    ),
    _text(
        "F8", r"failed to get the port number for remote subvolume|[Aa]ll subvolumes are down"
        r"|first lookup on root failed|Mount failed\. Check the log file",
        "the volume is there, but its bricks can't be reached",
        "The volume is stopped, its brick processes don't run, or their ports are blocked.",
        "Start the volume if it is stopped.", _BRICKS, definite=False,
    ),
    _text(
        "F11", r"mount\.glusterfs: \d+: .*unexpected operator",
        "mount.glusterfs complains about its shell, which is harmless",
        "The script was written for bash and runs in dash; it goes on all the same.",
        "Look for the error that follows.", severity=Severity.INFO, definite=False,
    ),
    _text(
        "F12", r"[Tt]ransport endpoint is not connected",
        "the Gluster client under the volume died",
        "The process that serves the mount is gone: killed for memory, upgraded, or its CSI pod was restarted. "
        "The mount can't come back by itself.",
        "Delete the pod, so that its volume is mounted anew.", running=True,
    ),
    _text(
        "F14", r"fusefs_t|virt_use_fusefs|SELinux.*denied",
        "SELinux forbids containers to use FUSE file systems on the node",
        "Containers may use them only with a boolean set.",
        "On the node: setsebool -P virt_use_fusefs on (getsebool -a | grep fusefs tells its name there).", running=True,
    ),
    _text(
        "F15", r"[Rr]ead-only file ?system",
        "the file system became read-only",
        "Gluster refuses writes while fewer bricks of a replica set run than the quorum needs; or the "
        "PersistentVolume or the mount is readOnly.",
        _BRICKS, definite=False, running=True,
    ),
    _text(
        "H6", r"[Ss]plit-?brain",
        "some files have copies that differ, and none is known to be right (split-brain)",
        "Copies were written apart from each other while nodes did not see each other.",
        "For each file: gluster volume heal VOLUME split-brain latest-mtime FILE (or bigger-file, or source-brick).",
        running=True,
    ),
    _text(
        "F16", r"[Ii]nput/output error",
        "some files can't be read (input/output error)",
        "The copies of a file differ and none is right (split-brain), or a disk is broken.",
        "gluster volume heal VOLUME info split-brain tells the files.", definite=False, running=True,
    ),
    _text(
        "H10", r"[Dd]isk quota exceeded|EDQUOT",
        "the quota of the folder is used up",
        "Gluster limits the space of the folder, and the limit is reached.",
        "Raise it: gluster volume quota VOLUME limit-usage PATH SIZE.", running=True,
    ),
    _text(
        "H9", r"[Nn]o space left on device",
        "the volume is full",
        "A brick is full; files that belong on it can't be written, even where other bricks have room.",
        "Expand the volume and rebalance it, or delete files.", definite=False, running=True,
    ),
    _text(
        "F13", r"[Pp]ermission denied",
        "no right to write to the volume",
        "The volume's folder belongs to a group, which a pod gets from the annotation pv.beta.kubernetes.io/gid of "
        "the PersistentVolume; fsGroup is not applied to Gluster.",
        "Put the annotation on the PersistentVolume and start the pod anew, or give the pod supplementalGroups.",
        definite=False, running=True,
    ),
    _text(
        "F17", r"not found in the list of registered CSI drivers",
        "the CSI driver does not run on the node",
        "The driver's node plugin registers with kubelet on each node, and on this one it did not.",
        "Look at the driver's DaemonSet: a taint, a node selector, or another kubelet folder keeps it away.",
    ),
    _text(
        "F18", r"Multi-Attach error",
        "the volume is attached to another node",
        "A volume that can be on one node only is still held by the node where it was before.",
        "Delete the pod that holds it there; if that node is dead, delete its VolumeAttachment or the node.",
    ),
    _text(
        "F19", r'path "[^"]+" does not exist|hostPath type check failed',
        "the path is not on the node",
        "A local or hostPath volume needs the path on each node that may run the pod; a FUSE mount is not there. "
        'With hostPath type "" or DirectoryOrCreate the data would go to the root disk without a word.',
        "Mount it on the node with a systemd mount unit, and use hostPath type Directory.",
    ),
    _text(
        "F20", r"PVC is not bound|PVC is being deleted|does not point to claim\.UID|PVC \S+ (has|is) .*bound",
        "the claim was bound differently after the pod was placed",
        "kubelet found that the claim, its PersistentVolume and the pod do not belong together any more.",
        "Delete the pod, so that it is placed anew.", definite=False,
    ),
)  # fmt: skip

_FRAME: Final = re.compile(r'for volume "([^"]+)"')
_UNMOUNTED: Final = re.compile(r"unmounted volumes=\[([^\]]*)\]")


def meaning(text: str) -> MountText | None:
    """What a text of kubelet's tells, None when it is of another kind."""
    return next((one for one in TEXTS if one.pattern.search(text)), None)


def volume_told(text: str) -> str:
    """The PersistentVolume that a message is about, "" when it names none."""
    match = _FRAME.search(text)
    return match[1] if match else ""


def pod_volumes_told(text: str) -> tuple[str, ...]:
    """The pod's own names of its volumes that are not mounted."""
    match = _UNMOUNTED.search(text)
    return tuple(re.split(r"[ ,]+", match[1])) if match and match[1] else ()
