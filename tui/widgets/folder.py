"""What a folder on this machine holds, for choosing a file."""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder; `size` is bytes, `modified` seconds since 1970; both None of a folder."""

    name: str
    is_folder: bool
    size: int | None = None
    modified: float | None = None


def split_path(text: str, base: Path) -> tuple[Path, str]:
    """The folder that a typed path is in, and the beginning of a name in it."""
    folder, slash, prefix = text.rpartition("/")
    return (base / Path(folder + slash).expanduser() if folder or slash else base), prefix


def read_folder(folder: Path, suffixes: Collection[str]) -> list[Entry]:
    """Folders first, then files with one of the suffixes (none given: all). Raises OSError."""
    entries = []
    with os.scandir(folder) as found:
        for item in found:
            try:
                if item.is_dir():
                    entries.append(Entry(item.name, True))
                elif not suffixes or Path(item.name).suffix.lower() in suffixes:
                    facts = item.stat()
                    entries.append(Entry(item.name, False, facts.st_size, facts.st_mtime))
            except OSError:  # it went away, or a link leads nowhere: nothing that can be chosen
                continue
    return sorted(entries, key=lambda entry: (not entry.is_folder, entry.name))


def beginning_with(entries: Sequence[Entry], prefix: str) -> list[Entry]:
    """The entries whose name begins so; hidden ones only when a dot was typed."""
    return [e for e in entries if e.name.startswith(prefix) and (prefix or not e.name.startswith("."))]


def complete(entries: Sequence[Entry], prefix: str) -> str:
    """The longest beginning that all entries with this prefix share; a folder that is the only one gets its slash."""
    fitting = beginning_with(entries, prefix)
    if len(fitting) == 1:
        return fitting[0].name + ("/" if fitting[0].is_folder else "")
    names = [entry.name for entry in fitting]
    return os.path.commonprefix(names) or prefix  # noqa: RUF071 - character by character is what is wanted
