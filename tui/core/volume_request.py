"""What an admin asks for when a volume is to be made. Sizes are bytes."""

import re
from dataclasses import dataclass
from typing import Final

from tui.core.document import shown
from tui.core.sizing import BRICK_MAX, BRICK_MIN, BRICKS_MAX

_NAME: Final = re.compile(r"[a-zA-Z0-9_-]+")
_GID_MAX: Final = 2**31 - 2
_NAME_MAX: Final = 200  # Gluster makes file names with more words around it


@dataclass(frozen=True, slots=True)
class VolumeRequest:
    """A volume of `size` as clients see it, on devices of the nodes named (none named: of all).

    `durability` is "replicate" with `replica` copies of all data, or "none". `gid` owns the
    volume's root folder (0: root alone writes). Bricks have `brick_min` to `brick_max` bytes (XFS
    makes no file system below 300 MiB), and a volume has `bricks_max` at most.
    """

    name: str
    size: int
    durability: str = "replicate"
    replica: int = 3
    gid: int = 0
    cluster: str = ""
    nodes: tuple[str, ...] = ()
    brick_min: int = BRICK_MIN
    brick_max: int = BRICK_MAX
    bricks_max: int = BRICKS_MAX

    @property
    def set_size(self) -> int:
        """Bricks in a replica set; 1 without replicas."""
        return self.replica if self.durability == "replicate" else 1


def why_no_request(request: VolumeRequest) -> str:
    """Why no volume can be asked for like this, "" if one can (limits are heketi's and Gluster's)."""
    name = shown(request.name)
    if not request.name:
        return "The volume needs a name."
    if not _NAME.fullmatch(request.name) or request.name.startswith("-"):
        return (
            f'"{name}" can\'t be the name of a volume: it is made of letters, digits, _ and -, and - is not the first.'
        )
    if len(request.name) > _NAME_MAX:
        return f'"{name}" is too long for the name of a volume: {_NAME_MAX} characters at most.'
    if request.name in ("all", "help"):
        return f'"{name}" can\'t be the name of a volume: it is a word of the gluster command.'
    if request.durability not in ("replicate", "none"):
        return f'"{shown(request.durability)}" is no durability; it is "replicate" or "none".'
    if request.durability == "replicate" and request.replica not in (2, 3):
        return f"A volume has 2 or 3 replicas, not {request.replica}; for one copy of the data choose durability none."
    if request.size <= 0:
        return "The size of the volume must be more than 0."
    if not 0 <= request.gid <= _GID_MAX:
        return f"{request.gid} is no group id; it is a number from 0 to {_GID_MAX}."
    return ""
