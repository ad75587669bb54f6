"""getfattr: extended attributes of files, as far as bricks have them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.demo.options import take
from tui.demo.reply import Reply

if TYPE_CHECKING:
    from tui.demo.machine import Machine


def getfattr(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Show one attribute of each file; ids of Gluster are 16 bytes there, shown in hexadecimal digits."""
    options = take(argv[1:], ("-n", "-e"))
    name = options.last("-n")
    out, err = "", ""
    for path in options.words:
        entry = machine.files.get(path)
        if entry is None:
            err += f"getfattr: {path}: No such file or directory\n"
        elif name not in entry.xattrs:
            err += f"{path}: {name}: No such attribute\n"
        else:
            out += f"# file: {path}\n{name}=0x{entry.xattrs[name].replace('-', '')}\n\n"
    return Reply(1 if err else 0, out, err)


PROGRAMS = {"getfattr": getfattr}
