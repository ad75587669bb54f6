"""The tree of files of a node: filesystems with entries, and the mounts that put them together."""

import errno
from dataclasses import dataclass, field

from tui.demo.reply import os_error


@dataclass(slots=True)
class Entry:
    """A folder or a file."""

    is_dir: bool
    data: bytes = b""
    mode: int = 0o755
    uid: int = 0
    gid: int = 0
    xattrs: dict[str, str] = field(default_factory=dict)


def folder() -> Entry:
    """A new folder."""
    return Entry(True)


class FileSystem:
    """One filesystem. Paths are relative to its root ("" is the root itself); sizes are bytes.

    `used_at_start` is what its own structures take, `ballast` what was written long ago.
    """

    def __init__(self, kind: str, size: int = 0, used_at_start: int = 0) -> None:
        self.kind, self.size, self.used_at_start = kind, size, used_at_start
        self.ballast = 0
        self.full = False
        self.entries: dict[str, Entry] = {"": folder()}

    @property
    def used(self) -> int:
        """Bytes in use."""
        return self.used_at_start + self.ballast + sum(-(-len(e.data) // 4096) * 4096 for e in self.entries.values())

    def get(self, path: str) -> Entry | None:
        """The entry, or None."""
        return self.entries.get(path)

    def put(self, path: str, entry: Entry) -> None:
        """Make or replace an entry. Raises OSError where there is no room."""
        if self.full or (self.size and self.used + len(entry.data) > self.size):
            raise os_error(errno.ENOSPC)
        self.entries[path] = entry

    def remove(self, path: str) -> None:
        """Take an entry away."""
        del self.entries[path]

    def children(self, path: str) -> list[str]:
        """Names in a folder."""
        head = f"{path}/" if path else ""
        inside = (name[len(head) :] for name in self.entries if name.startswith(head) and name != path)
        return sorted({name for name in inside if name and "/" not in name})


@dataclass(slots=True, eq=False)
class Mount:
    """A mounted filesystem; `options` stand before the dash of mountinfo, `super_options` behind it."""

    target: str
    source: str
    fs: FileSystem
    number: tuple[int, int]
    options: str
    super_options: str
    mount_id: int
    parent_id: int = 16


class Files:
    """All that can be reached by path on a node. Methods raise OSError as the kernel would."""

    def __init__(self, root: Mount) -> None:
        self.mounts = [root]

    def locate(self, path: str) -> tuple[Mount, str]:
        """The mount that a path lies in, and the path inside of it."""
        clean = "/" + "/".join(part for part in path.split("/") if part not in ("", "."))
        for mount in reversed(self.mounts):
            target = mount.target.rstrip("/")
            if clean == (target or "/") or clean.startswith(f"{target}/"):
                return mount, clean[len(target) :].strip("/")
        raise os_error(errno.ENOENT)

    def get(self, path: str) -> Entry | None:
        """The entry, or None."""
        mount, rest = self.locate(path)
        return mount.fs.get(rest)

    def need(self, path: str) -> Entry:
        """The entry; ENOENT where there is none."""
        entry = self.get(path)
        if entry is None:
            raise os_error(errno.ENOENT)
        return entry

    def mounted_at(self, path: str) -> Mount | None:
        """The topmost mount with exactly this target."""
        wanted = path.rstrip("/") or "/"
        return next((m for m in reversed(self.mounts) if m.target == wanted), None)

    def read(self, path: str) -> bytes:
        """The content of a file."""
        entry = self.need(path)
        if entry.is_dir:
            raise os_error(errno.EISDIR)
        return entry.data

    def write(self, path: str, data: bytes, *, append: bool = False) -> None:
        """Write a file anew or at its end."""
        mount, rest = self.locate(path)
        old = mount.fs.get(rest)
        if old is not None and old.is_dir:
            raise os_error(errno.EISDIR)
        if old is None:
            self._need_parent(path)
        kept = old.data if old is not None and append else b""
        mode, gid = (old.mode, old.gid) if old is not None else (0o644, 0)
        mount.fs.put(rest, Entry(False, kept + data, mode, 0, gid))

    def _need_parent(self, path: str) -> None:
        parent = self.get(path.rstrip("/").rpartition("/")[0] or "/")
        if parent is None:
            raise os_error(errno.ENOENT)
        if not parent.is_dir:
            raise os_error(errno.ENOTDIR)

    def mkdir(self, path: str) -> None:
        """Make one folder."""
        mount, rest = self.locate(path)
        if mount.fs.get(rest) is not None:
            raise os_error(errno.EEXIST)
        self._need_parent(path)
        mount.fs.put(rest, folder())

    def make_all(self, path: str) -> None:
        """Make a folder and those above it; those that are there stay."""
        parts = [part for part in path.split("/") if part]
        for count in range(1, len(parts) + 1):
            step = "/" + "/".join(parts[:count])
            entry = self.get(step)
            if entry is None:
                self.mkdir(step)
            elif not entry.is_dir:
                raise os_error(errno.EEXIST)

    def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        if self.mounted_at(path) is not None:
            raise os_error(errno.EBUSY)
        entry = self.need(path)
        mount, rest = self.locate(path)
        if not entry.is_dir:
            raise os_error(errno.ENOTDIR)
        if mount.fs.children(rest):
            raise os_error(errno.ENOTEMPTY)
        mount.fs.remove(rest)

    def remove(self, path: str) -> None:
        """Remove a file."""
        entry = self.need(path)
        if entry.is_dir:
            raise os_error(errno.EISDIR)
        mount, rest = self.locate(path)
        mount.fs.remove(rest)

    def remove_all(self, path: str) -> None:
        """Remove a folder with all in it."""
        mount, rest = self.locate(path)
        for name in mount.fs.children(rest):
            self.remove_all(f"{path.rstrip('/')}/{name}")
        mount.fs.remove(rest)
