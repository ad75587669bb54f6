"""Programs that work on files: cat, tee, mkdir, rmdir, rm, chown, chmod, stat, sha256sum, sed, ls, test."""

import errno
import hashlib
import re
from collections.abc import Callable, Sequence
from stat import S_IFDIR, S_IFREG, filemode
from typing import TYPE_CHECKING, Final

from tui.demo.options import take
from tui.demo.reply import Reply, text_of

if TYPE_CHECKING:
    from tui.demo.machine import Machine


def read_file(machine: "Machine", path: str) -> bytes:
    """A file, or what the kernel shows under /proc and /sys. Raises OSError."""
    shown = machine.kernel_file(path)
    return shown.encode() if shown is not None else machine.files.read(path)


def _each(paths: Sequence[str], act: Callable[[str], str], complain: Callable[[str, OSError], str]) -> Reply:
    out, err = "", ""
    for path in paths:
        try:
            out += act(path)
        except OSError as error:
            err += complain(path, error)
    return Reply(1 if err else 0, out, err)


def _plain(program: str) -> Callable[[str, OSError], str]:
    return lambda path, error: f"{program}: {path}: {text_of(error)}\n"


def cat(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Read files."""
    paths = take(argv[1:], ()).words
    if not paths:
        return Reply(0, stdin)
    return _each(paths, lambda path: read_file(machine, path).decode("utf-8", "replace"), _plain("cat"))


def tee(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Write files."""
    options = take(argv[1:], ())

    def write(path: str) -> str:
        machine.files.write(path, stdin.encode(), append="-a" in options)
        return ""

    reply = _each(options.words, write, _plain("tee"))
    return Reply(reply.code, stdin, reply.err)


def mkdir(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Make folders."""
    options = take(argv[1:], ("-m",))

    def make(path: str) -> str:
        (machine.files.make_all if "-p" in options else machine.files.mkdir)(path)
        return ""

    return _each(options.words, make, lambda p, e: f"mkdir: cannot create directory '{p}': {text_of(e)}\n")


def rmdir(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Remove empty folders."""

    def remove(path: str) -> str:
        machine.files.rmdir(path)
        return ""

    words = take(argv[1:], ()).words
    return _each(words, remove, lambda p, e: f"rmdir: failed to remove '{p}': {text_of(e)}\n")


def rm(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Remove files, with -r folders."""
    options = take(argv[1:], ())
    letters = "".join(name.strip("-") for name in options.values)

    def remove(path: str) -> str:
        entry = machine.files.get(path)
        if entry is None and "f" in letters:
            return ""
        if entry is not None and entry.is_dir and "r" in letters:
            machine.files.remove_all(path)
        else:
            machine.files.remove(path)
        return ""

    return _each(options.words, remove, lambda p, e: f"rm: cannot remove '{p}': {text_of(e)}\n")


def chown(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Change owner and group (numbers only)."""
    who, *paths = take(argv[1:], ()).words
    user, _, group = who.partition(":")

    def change(path: str) -> str:
        entry = machine.files.need(path)
        entry.uid, entry.gid = int(user or entry.uid), int(group or entry.gid)
        return ""

    return _each(paths, change, lambda p, e: f"chown: cannot access '{p}': {text_of(e)}\n")


def chmod(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Change the mode (octal only)."""
    mode, *paths = take(argv[1:], ()).words

    def change(path: str) -> str:
        machine.files.need(path).mode = int(mode, 8)
        return ""

    return _each(paths, change, lambda p, e: f"chmod: cannot access '{p}': {text_of(e)}\n")


def _stat_fields(machine: "Machine", path: str) -> dict[str, str]:
    device = machine.devices.find(path)
    if device is not None:
        major, minor = device.number
        return {"t": f"{major:x}", "T": f"{minor:x}", "F": "block special file", "a": "660", "g": "6", "u": "0"}
    entry = machine.files.need(path)
    kind = "directory" if entry.is_dir else "regular file" if entry.data else "regular empty file"
    letters = filemode((S_IFDIR if entry.is_dir else S_IFREG) | entry.mode)
    more = {"A": letters, "a": f"{entry.mode:o}", "g": str(entry.gid), "u": str(entry.uid), "s": str(len(entry.data))}
    return {"t": "0", "T": "0", "F": kind, **more}


def stat(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Formatted facts of files and devices; only with a format."""
    options = take(argv[1:], ("-c", "--format", "--printf"))
    form = options.last("-c", "--format", "--printf")
    end = "" if "--printf" in options else "\n"

    def show(path: str) -> str:
        fields = _stat_fields(machine, path) | {"n": path}
        return re.sub("%([a-zA-Z])", lambda match: fields.get(match[1], "?"), form) + end

    return _each(options.words, show, lambda p, e: f"stat: cannot statx '{p}': {text_of(e)}\n")


def sha256sum(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Checksums."""
    words = take(argv[1:], ()).words
    if not words:
        return Reply(0, f"{hashlib.sha256(stdin.encode()).hexdigest()}  -\n")

    def line(path: str) -> str:
        return f"{hashlib.sha256(read_file(machine, path)).hexdigest()}  {path}\n"

    return _each(words, line, _plain("sha256sum"))


def sed(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """`sed -i.SUFFIX /REGEX/d FILE`, or `s/A/B/`, in place; anything else is refused."""
    suffix = next((word[2:] for word in argv[1:] if word.startswith("-i")), None)
    words = [word for word in argv[1:] if not word.startswith("-")]
    if suffix is None or len(words) != 2:
        return Reply(1, err="sed: the simulated node edits files in place only\n")
    script, path = words
    try:
        text = read_file(machine, path).decode()
    except OSError as error:
        if error.errno == errno.EISDIR:
            return Reply(4, err=f"sed: couldn't edit {path}: not a regular file\n")
        return Reply(2, err=f"sed: can't read {path}: {text_of(error)}\n")
    lines = text.splitlines(keepends=True)
    if script.startswith("/") and script.endswith("/d"):
        changed = [line for line in lines if not re.search(script[1:-2], line)]
    elif script.startswith("s"):
        _, old, new, _ = script.split(script[1])
        changed = [re.sub(old, new, line, count=1) for line in lines]
    else:
        return Reply(1, err=f"sed: -e expression #1, char 1: unknown command: `{script[:1]}'\n")
    try:
        if suffix:
            machine.files.write(path + suffix, text.encode())
        machine.files.write(path, "".join(changed).encode())
    except OSError as error:
        return Reply(4, err=f"sed: couldn't flush {path.rpartition('/')[0]}/sedQ7Yw1T: {text_of(error)}\n")
    return Reply()


def ls(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Names in a folder, one a line."""

    def names(path: str) -> str:
        if machine.devices.find(path) is not None or not machine.files.need(path).is_dir:
            return f"{path}\n"
        mount, rest = machine.files.locate(path)
        return "".join(f"{name}\n" for name in mount.fs.children(rest))

    words = take(argv[1:], ()).words or ["/"]
    reply = _each(words, names, lambda p, e: f"ls: cannot access '{p}': {text_of(e)}\n")
    return Reply(2 if reply.code else 0, reply.out, reply.err)


def find(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """`find /dev -type l -printf '%p %l\\n'`: the symbolic links of devices with where they lead."""
    rows = []
    for device in machine.devices.all.values():
        mapped = [device.path] if device.path.startswith("/dev/mapper/") else []
        for link in [*mapped, *device.links]:
            up = "../" * (link.count("/") - 2)
            rows.append(f"{link} {up}{device.kname}\n")
    return Reply(0, "".join(rows))


def test(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """`test` and `[`: -e, -d, -f, -b and comparisons."""
    words = [word for word in argv[1:] if word != "]"]
    if len(words) == 2:
        flag, path = words
        device, entry = machine.devices.find(path), machine.files.get(path)
        seen = {
            "-e": device or entry or machine.kernel_file(path), "-b": device, "-d": entry and entry.is_dir,
            "-f": entry and not entry.is_dir, "-n": path, "-z": not path,
        }  # fmt: skip
        return Reply(0 if seen.get(flag) else 1)
    if len(words) == 3:
        left, operator, right = words
        return Reply(0 if (left == right) == (operator in ("=", "-eq")) else 1)
    return Reply(1)


def sync(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Nothing is cached here."""
    return Reply()


PROGRAMS: Final = {
    "cat": cat, "tee": tee, "mkdir": mkdir, "rmdir": rmdir, "rm": rm, "chown": chown, "chmod": chmod, "stat": stat,
    "sha256sum": sha256sum, "sed": sed, "ls": ls, "test": test, "[": test, "sync": sync, "find": find,
}  # fmt: skip
