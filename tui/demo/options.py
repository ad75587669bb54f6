"""Taking command lines apart: options with and without values, and sizes as LVM reads them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from tui.core.units import parse_size


@dataclass(slots=True)
class Options:
    """What a command line says: options with all their values, and the other words in order."""

    values: dict[str, list[str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def last(self, *names: str, default: str = "") -> str:
        """The last value that any of these options was given."""
        found = [value for name in names for value in self.values.get(name, [])]
        return found[-1] if found else default


def take(argv: Sequence[str], valued: Collection[str]) -> Options:
    """Read options as getopt_long does; `valued` are those that take a value ("-o", "--name")."""
    options, words = Options(), list(argv)
    while words:
        word = words.pop(0)
        if word == "--":
            options.words += words
            break
        if word.startswith("--") and "=" in word:
            name, _, value = word.partition("=")
            options.values.setdefault(name, []).append(value)
        elif word in valued:
            options.values.setdefault(word, []).append(words.pop(0) if words else "")
        elif word.startswith("-") and len(word) > 1:
            options.values.setdefault(word, []).append("")
        else:
            options.words.append(word)
    return options


def lvm_size(text: str) -> int:
    """Bytes of "8192K", "128M", "1G"; a bare number counts MiB, as in LVM."""
    return parse_size(text, default_unit="m")


def short_size(size: int) -> str:
    """A size as LVM prints it in messages: "1.00 GiB", "104.00 MiB"."""
    for unit, factor in (("TiB", 1024**4), ("GiB", 1024**3), ("MiB", 1024**2)):
        if size >= factor:
            return f"{size / factor:.2f} {unit}"
    return f"{size / 1024:.2f} KiB"
