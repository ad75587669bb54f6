"""Just enough of a POSIX shell to run the scripts of `tui.dialects.shell`. No program of the host is ever run.

Known are: simple commands with quotes and $NAME, assignments, export, cd, exit, `|`, `&&`, `||`, `;`,
`</dev/null`, `>&2`, `2>&1`, `>/dev/null`. Anything else is a syntax error, loudly.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tui.demo.reply import Reply

Run = Callable[[Sequence[str], str], Awaitable[Reply]]
Emit = Callable[[str, str], Awaitable[None]]
Word = tuple[tuple[str, bool], ...]
_REDIRECT: Final = re.compile(r"[0-9]?(?:>&[0-9]|>>?|<)")
_ASSIGN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_VARIABLE: Final = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*|\?)")
_ESCAPES: Final = {"n": "\n", "t": "\t", "\\": "\\"}


class IncompleteError(Exception):
    """The text ends inside of a quote: more lines are needed."""


class ShellSyntaxError(Exception):
    """Something that this shell does not know."""


@dataclass(slots=True)
class Simple:
    """One command of a pipe: its words and redirections (operator, target)."""

    words: list[Word] = field(default_factory=list)
    redirects: list[tuple[str, Word]] = field(default_factory=list)


def tokens(text: str) -> Iterator[str | Word]:
    """Operators as strings, words as pieces of text with a flag whether $NAME counts in them."""
    at = 0
    while at < len(text):
        char = text[at]
        if char in " \t":
            at += 1
        elif char == "\n" or char == ";":
            yield ";"
            at += 1
        elif char == "#":
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
        elif text.startswith(("&&", "||"), at):
            yield text[at : at + 2]
            at += 2
        elif char == "|":
            yield "|"
            at += 1
        elif match := _REDIRECT.match(text, at):
            yield match[0]
            at = match.end()
        else:
            word, at = _word(text, at)
            yield word


def _word(text: str, at: int) -> tuple[Word, int]:
    pieces: list[tuple[str, bool]] = []
    while at < len(text) and text[at] not in " \t\n;|<>&":
        char = text[at]
        if char == "'":
            end = _closing(text, "'", at + 1)
            pieces.append((text[at + 1 : end], False))
            at = end + 1
        elif char == '"':
            end = _closing(text, '"', at + 1)
            pieces.append((text[at + 1 : end], True))
            at = end + 1
        elif char == "\\":
            pieces.append((text[at + 1 : at + 2], False))
            at += 2
        elif char in "`(){}":
            raise ShellSyntaxError(char)
        else:
            match = re.compile(r"[^ \t\n;|<>&'\"\\`(){}]+").match(text, at)
            assert match
            pieces.append((match[0], True))
            at = match.end()
    if at < len(text) and text[at] == "&" and not text.startswith("&&", at):
        raise ShellSyntaxError("&")
    return tuple(pieces), at


def _closing(text: str, quote: str, at: int) -> int:
    end = text.find(quote, at)
    if end < 0:
        raise IncompleteError
    return end


class Shell:
    """Runs script text; `run` runs a program, `emit` takes its output (stdout, stderr)."""

    def __init__(self, run: Run, emit: Emit) -> None:
        self._run, self._emit = run, emit
        self.variables: dict[str, str] = {"PATH": "/usr/bin:/bin"}
        self.status = 0
        self.exited = False
        self._line, self._pending = 0, ""

    async def feed(self, line: str) -> None:
        """Run one more line of the script; a quote that is still open waits for the next."""
        self._line += 1
        self._pending += line
        try:
            found = list(tokens(self._pending))
        except IncompleteError:
            return
        self._pending = ""
        await self._lists(found)

    async def finish(self) -> int:
        """The script has ended; returns its exit code."""
        if self._pending and not self.exited:
            await self._emit("", f"sh: {self._line}: Syntax error: Unterminated quoted string\n")
            return 2
        return self.status

    async def _lists(self, found: list[str | Word]) -> None:
        """Split at `;`, then run the pipes between `&&` and `||` as far as their codes ask for it."""
        rest: list[str | Word] = []
        for part_ in [*found, ";"]:
            if part_ != ";":
                rest.append(part_)
                continue
            if rest and not self.exited:
                await self._and_or(rest)
            rest = []

    async def _and_or(self, found: list[str | Word]) -> None:
        part: list[str | Word] = []
        due = True
        for part_ in [*found, "&&"]:
            if part_ not in ("&&", "||"):
                part.append(part_)
                continue
            if due and not self.exited:
                await self._pipe(part)
            due = (self.status == 0) == (part_ == "&&")
            part = []

    async def _pipe(self, found: list[str | Word]) -> None:
        commands, current = [Simple()], iter(found)
        for part_ in current:
            if part_ == "|":
                commands.append(Simple())
            elif isinstance(part_, tuple):
                commands[-1].words.append(part_)
            elif re.search(r">&[0-9]$", part_):
                commands[-1].redirects.append((part_, ()))
            else:
                target = next(current, None)
                if not isinstance(target, tuple):
                    raise ShellSyntaxError(part_)
                commands[-1].redirects.append((part_, target))
        stdin = ""
        for number, command in enumerate(commands):
            reply = await self._simple(command, stdin)
            out, err = self._redirected(command, reply)
            last = number == len(commands) - 1
            if err or (out and last):
                await self._emit(out if last else "", err)
            stdin, self.status = out, reply.code

    def _redirected(self, command: Simple, reply: Reply) -> tuple[str, str]:
        out, err = reply.out, reply.err
        for operator, target in command.redirects:
            if operator in (">&2", "1>&2"):
                out, err = "", err + out
            elif operator == "2>&1":
                out, err = out + err, ""
            elif operator in (">", ">>", "1>") and self._expand(target) == "/dev/null":
                out = ""
            elif operator == "2>" and self._expand(target) == "/dev/null":
                err = ""
            elif operator != "<":
                raise ShellSyntaxError(operator)
        return out, err

    def _expand(self, word: Word) -> str:
        def value(match: re.Match[str]) -> str:
            return str(self.status) if match[1] == "?" else self.variables.get(match[1], "")

        return "".join(_VARIABLE.sub(value, text) if live else text for text, live in word)

    async def _simple(self, command: Simple, stdin: str) -> Reply:
        words = list(command.words)
        while words and words[0] and words[0][0][1] and (match := _ASSIGN.match(words[0][0][0])):
            self.variables[match[0][:-1]] = self._expand(words.pop(0))[len(match[0]) :]
        argv = [self._expand(word) for word in words]
        if not argv:
            return Reply()
        builtin = _BUILTINS.get(argv[0])
        if builtin is not None:
            return builtin(self, argv)
        reply = await self._run(argv, stdin)
        if reply.code == 127 and reply.err.endswith(": not found\n"):
            return Reply(127, err=f"sh: {self._line}: {reply.err.removeprefix('sh: ')}")
        return reply

    def _exit(self, argv: Sequence[str]) -> Reply:
        self.exited = True
        return Reply(int(argv[1]) if len(argv) > 1 else self.status)

    def _nothing(self, argv: Sequence[str]) -> Reply:
        return Reply()

    def _printf(self, argv: Sequence[str]) -> Reply:
        form, values = argv[1], list(argv[2:])
        form = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), form)
        return Reply(0, re.sub("%s", lambda _: values.pop(0) if values else "", form))

    def _echo(self, argv: Sequence[str]) -> Reply:
        return Reply(0, " ".join(argv[1:]) + "\n")


_BUILTINS: Final[dict[str, Callable[[Shell, Sequence[str]], Reply]]] = {
    "exit": Shell._exit, "cd": Shell._nothing, "export": Shell._nothing, ":": Shell._nothing,
    "printf": Shell._printf, "echo": Shell._echo,
}  # fmt: skip
