"""What may be a hostname, a device path and a tag. Limits are those of heketi's API (v10)."""

import ipaddress
import posixpath
import re
from typing import Final

from tui.core.document import shown

MAX_TAGS: Final = 32
MAX_TAG_NAME: Final = 32
MAX_TAG_VALUE: Final = 64
TAG_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]+")

_HOST_CHAR: Final = re.compile(r"[a-zA-Z0-9_.-]")
_HOST_LABEL: Final = re.compile(r"[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?")
_DEVICE_CHAR: Final = re.compile(r"[a-zA-Z0-9_.:/-]")
_FOLDERS: Final = frozenset(
    {"/dev/mapper", "/dev/disk", "/dev/block", "/dev/md", "/dev/pts"}
    | {f"/dev/disk/by-{kind}" for kind in ("id", "path", "uuid", "label", "partuuid", "partlabel", "diskseq")}
)
# Links whose names come from the disk itself: no two disks of the world share one.
_WORLDWIDE: Final = re.compile(r"/dev/disk/by-id/(?:wwn-|scsi-3|nvme-eui\.)")


def names_one_disk(path: str) -> bool:
    """Whether this path stands for one physical disk, on whatever node it shows up."""
    return bool(_WORLDWIDE.match(normal_path(path)))


def is_ip(text: str) -> bool:
    """Whether this is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_loopback(text: str) -> bool:
    """Whether a name means the machine that asks, and so a different one to each."""
    if not is_ip(text):
        return text.lower().split(".")[0] == "localhost"
    address = ipaddress.ip_address(text)
    return address.is_loopback or address.is_unspecified


def normal_host(text: str) -> str:
    """The same text for spellings of the same name: "Node1." is "node1", "::0:1" is "::1"."""
    return str(ipaddress.ip_address(text)) if is_ip(text) else text.lower().removesuffix(".")


def why_no_hostname(text: str) -> str:
    """Why this is neither a hostname nor an IP address, "" if it is one."""
    name = shown(text)
    if not text.strip():
        return "a hostname must not be empty"
    if is_ip(text):
        return ""
    for char in text:
        if not _HOST_CHAR.match(char):
            what = "a blank" if char.isspace() else f"'{shown(char)}'"
            return f'"{name}" is no hostname or IP address: {what} may not stand in it'
    if re.fullmatch(r"[0-9.]+", text):
        return f'"{name}" is no valid IP address'
    if len(text) > 253 or not all(_HOST_LABEL.fullmatch(label) for label in text.removesuffix(".").split(".")):
        return f'"{name}" is no hostname: each part between the dots has 1 to 63 characters and no "-" at its ends'
    return ""


def normal_path(path: str) -> str:
    """A device path without doubled slashes and dots: "/dev//sdb" is "/dev/sdb"."""
    return posixpath.normpath("/" + path.lstrip("/"))


def why_no_device(path: str) -> str:
    """Why this can't be the path of a device, "" if it can."""
    name = shown(path)
    if not path.strip():
        return 'a device path must not be empty; write a path like "/dev/sdb"'
    for char in path:
        if not _DEVICE_CHAR.match(char):
            what = "a blank" if char.isspace() else f"'{shown(char)}'"
            return f'"{name}" is no device path that heketi takes: {what} may not stand in it'
    if not path.startswith("/"):
        rest = name.removeprefix("dev/")
        return f'"{name}" is no absolute path; write "/dev/{rest}"'
    normal = normal_path(path)
    if normal == "/dev" or normal in _FOLDERS:
        return f'"{name}" is a folder, not a device'
    if not normal.startswith("/dev/"):
        return f'"{name}" is no path in /dev'
    return ""
