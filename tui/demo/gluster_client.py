"""What a client that mounted a volume sees: files that live on the bricks, in every copy."""

import errno
import hashlib
from typing import TYPE_CHECKING

from tui.demo.files import Entry, FileSystem, folder
from tui.demo.reply import os_error

if TYPE_CHECKING:
    from tui.demo.gluster_model import Brick, Volume
    from tui.demo.machine import Machine


class VolumeFiles(FileSystem):
    """A filesystem whose entries are kept in the folders of the bricks, as GlusterFS does."""

    def __init__(self, volume: "Volume", machine: "Machine") -> None:
        super().__init__("fuse.glusterfs")
        self.volume, self.machine = volume, machine
        self.size = sum(self._df(bricks)[0] for bricks in volume.sets)

    @property
    def used(self) -> int:
        """Bytes in use, counted once for all copies."""
        return sum(self._df(bricks)[1] for bricks in self.volume.sets)

    def _df(self, bricks: "list[Brick]") -> tuple[int, int]:
        up = [brick for brick in self.volume.reachable(self.machine, bricks) if not brick.arbiter]
        if not up:
            return 0, 0
        mount, _ = up[0].machine.files.locate(up[0].path)
        return mount.fs.size, mount.fs.used

    def _set_for(self, path: str) -> "list[Brick]":
        sets = self.volume.sets
        name = path.rpartition("/")[2]
        return sets[int(hashlib.sha256(name.encode()).hexdigest(), 16) % len(sets)]

    def _writable(self, bricks: "list[Brick]") -> "list[Brick]":
        up = self.volume.reachable(self.machine, bricks)
        if not up:
            raise os_error(errno.ENOTCONN)
        has_quorum = self.volume.options.get("cluster.quorum-type") != "none"
        if has_quorum and len(bricks) > 2 and len(up) * 2 <= len(bricks):
            raise os_error(errno.EROFS)
        return up

    def _folders(self) -> "list[Brick]":
        return self.volume.reachable(self.machine, self.volume.bricks)

    def get(self, path: str) -> Entry | None:
        """From the first copy that has it."""
        if not path:
            return folder() if self._folders() else None
        if any(brick.apart.get(f"/{path}") == "split-brain" for brick in self._folders()):
            raise os_error(errno.EIO)
        for brick in self._folders():
            entry = brick.machine.files.get(f"{brick.path}/{path}")
            if entry is not None and not (brick.arbiter and not entry.is_dir):
                return entry
        return None

    def put(self, path: str, entry: Entry) -> None:
        """To all copies of its set; an arbiter keeps the name only."""
        bricks = self._folders() if entry.is_dir else self._writable(self._set_for(path))
        was_there = any(brick.machine.files.get(f"{brick.path}/{path}") is not None for brick in bricks)
        for brick in bricks:
            _put(brick, path, entry)
        self._note(bricks, path, in_folder=not was_there)

    def remove(self, path: str) -> None:
        """From all bricks that have it."""
        up = self._writable(self._set_for(path))
        for brick in up:
            _remove(brick, path)
        self._note(up, path, in_folder=True)

    def children(self, path: str) -> list[str]:
        """Names of all bricks together."""
        names: set[str] = set()
        for brick in self._folders():
            mount, rest = brick.machine.files.locate(f"{brick.path}/{path}")
            names.update(mount.fs.children(rest))
        return sorted(names - {".glusterfs"})

    def _note(self, up: "list[Brick]", path: str, *, in_folder: bool) -> None:
        """Bricks that were written to while others of their set were away know what those missed.

        With `in_folder` the folder has an entry more or less, so that it differs too.
        """
        missed = [f"/{path.rpartition('/')[0]}"] if in_folder else []
        for members in self.volume.sets:
            here = [brick for brick in members if brick in up]
            if here and len(here) < len(members):
                for brick in here:
                    for one in (*missed, f"/{path}"):
                        brick.apart.setdefault(one, "pending")


def find_split_brain(bricks: "list[Brick]") -> None:
    """What bricks blame each other for, with other data on each, is in split-brain on all of them."""
    pending = {path for brick in bricks for path, kind in brick.apart.items() if kind == "pending"}
    for path in pending:
        blaming = [brick for brick in bricks if path in brick.apart and not brick.arbiter]
        found = [brick.machine.files.get(f"{brick.path}{path}") for brick in blaming]
        if len({entry.data for entry in found if entry is not None}) > 1:
            for brick in blaming:
                brick.apart[path] = "split-brain"


def heal_set(bricks: "list[Brick]") -> None:
    """Copy what is pending from the bricks that know of it to the others."""
    for source in bricks:
        for path in [path for path, kind in source.apart.items() if kind == "pending"]:
            copy_over(source, path, bricks)
            del source.apart[path]


def copy_over(source: "Brick", path: str, bricks: "list[Brick]") -> None:
    """Let the other bricks have an entry ("/a/file") as this one has it, or have it no more."""
    entry = source.machine.files.get(f"{source.path}{path}")
    for brick in bricks:
        if brick is not source and not source.arbiter and path != "/":
            _put(brick, path[1:], entry) if entry is not None else _remove(brick, path[1:])


def _put(brick: "Brick", path: str, entry: Entry) -> None:
    mount, rest = brick.machine.files.locate(f"{brick.path}/{path}")
    data = b"" if brick.arbiter else entry.data
    mount.fs.put(rest, Entry(entry.is_dir, data, entry.mode, entry.uid, entry.gid))


def _remove(brick: "Brick", path: str) -> None:
    mount, rest = brick.machine.files.locate(f"{brick.path}/{path}")
    if mount.fs.get(rest) is not None:
        mount.fs.remove(rest)
