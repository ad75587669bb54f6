"""The one place where commands become shell text, and where its answers are taken apart again.

A batch of commands goes to a node as one script on the standard input of `sh -s`, over one SSH
channel: a channel costs 0.1 s and a fork is dear. Each command reads from /dev/null unless it
has input of its own, so that no program can wait for an answer or eat the script.
"""

import re
import shlex
from collections.abc import Sequence

from tui.core.plan import Command, Result

SHELL_ARGV = ("sh", "-s")
_PREAMBLE = 'LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; export LC_ALL PATH; cd /'


def as_typed(command: Command, sudo: bool) -> str:
    """One command as an admin would type it; root is asked for with `sudo -n` (no terminal).

    Raises ValueError where a word holds a NUL character.
    """
    argv = ("sudo", "-n", "--", *command.argv) if sudo and command.sudo else command.argv
    if any("\0" in word for word in (*argv, command.stdin)):
        # a shell drops it: another path than the one that was looked at would be left
        raise ValueError(f"a command holds a NUL character: {command}")
    return shlex.join(argv)


def render(commands: Sequence[Command], mark: str, *, sudo: bool = False, stop: bool = True) -> str:
    """The script for a batch. `mark` is a word that the answers can't hold (a fresh random one).

    After each command its number and exit code are printed behind the mark, on both streams.
    With `stop`, the first command whose exit code is not one of its `ok` ends the batch.
    """
    lines = [_PREAMBLE]
    for number, command in enumerate(commands):
        typed = as_typed(command, sudo)
        if command.stdin:
            lines.append(f"printf %s {shlex.quote(command.stdin)} | {typed}")
        else:
            lines.append(f"{typed} </dev/null")
        lines.append("r=$?")
        lines.append(f"printf '\\n%s %s %s\\n' {mark} {number} $r")
        lines.append(f"printf '\\n%s %s %s\\n' {mark} {number} $r >&2")
        if stop:
            tests = " || ".join(f"[ $r = {code} ]" for code in command.ok)
            lines.append(f"{tests} || exit 0")
    return "\n".join(lines) + "\n"


def split(commands: Sequence[Command], mark: str, stdout: str, stderr: str) -> list[Result]:
    """The results of a batch, one a command that ran to its end, in order.

    A command without a mark did not end: it has `code` None and the text that came until then.
    Commands after the first such one are left out.
    """
    out, err = _parts(stdout, mark), _parts(stderr, mark)
    results: list[Result] = []
    for number, command in enumerate(commands):
        text, code = out.get(number, (None, None))
        errors = err.get(number, ("", None))[0]
        if code is None:
            rest, rest_err = out.get(-1, ("", None))[0], err.get(-1, ("", None))[0]
            ended = number and results[-1].code not in results[-1].command.ok
            if not ended:
                results.append(Result(command, None, rest or "", rest_err or ""))
            break
        results.append(Result(command, code, text or "", errors or ""))
    return results


def _parts(text: str, mark: str) -> dict[int, tuple[str, int | None]]:
    """Text before each mark by command number; what follows the last mark stands under -1."""
    parts: dict[int, tuple[str, int | None]] = {}
    start = 0
    # a pattern that begins with the mark itself is searched much faster than one with the line break before it
    for match in re.finditer(rf"{re.escape(mark)} (\d+) (\d+)\n", text):
        end = match.start() - 1 if text.endswith("\n", start, match.start()) else match.start()
        parts[int(match[1])] = (text[start:end], int(match[2]))
        start = match.end()
    parts[-1] = (text[start:], None)
    return parts
