"""One output stream of a batch as it arrives: cut where it is too much, but never at a mark."""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from tui.core.runner import OnOutput


@dataclass(slots=True)
class Budget:
    """Bytes that a batch may still keep, both streams together."""

    left: int


class Stream:
    """Collects one stream. Marks are the lines that `tui.dialects.shell.render` prints behind each command.

    `text` has all marks, so that it can be split; `marks` are the times they came and `codes` the
    exit codes they told; `pid` is the process of the shell (0: not told); `cut` are the numbers
    of the commands that lost output; `live` gets the text without marks as it comes.
    """

    def __init__(self, mark: str, budget: Budget, clock: Callable[[], float], live: OnOutput | None = None) -> None:
        self.marks: list[float] = []
        self.codes: list[int] = []
        self.pid = 0
        self.cut: set[int] = set()
        self._start = b"\n" + mark.encode() + b" "
        self._mark = re.compile(re.escape(self._start) + rb"(?:pid (\S+)|\d+ (\d+))\n")
        self._budget, self._clock, self._live = budget, clock, live
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._kept: list[bytes] = []
        self._pending = b""

    @property
    def text(self) -> str:
        """All that was kept; what is not UTF-8 is replaced."""
        return (b"".join(self._kept) + self._pending).decode("utf-8", "replace")

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        data = self._pending + data
        position = 0
        for match in self._mark.finditer(data):
            self._take(data[position : match.start()])
            position = match.end()
            if match[1] is not None:
                self.pid = int(match[1]) if match[1].isdigit() else 0
                continue
            self._kept.append(match[0])
            self.marks.append(self._clock())
            self.codes.append(int(match[2]))
        rest = data[position:]
        held = self._maybe_mark(rest)
        self._take(rest[: len(rest) - held])
        self._pending = rest[len(rest) - held :]

    def finish(self) -> None:
        """The stream ended: what looked like the start of a mark was text."""
        self._take(self._pending)
        self._pending = b""

    def _maybe_mark(self, data: bytes) -> int:
        """How many bytes at the end may still become a mark."""
        at = data.rfind(b"\n")
        tail = data[at:] if at >= 0 else b""
        if not tail or len(tail) > len(self._start) + 24:
            return 0
        return len(tail) if self._start.startswith(tail) or tail.startswith(self._start) else 0

    def _take(self, data: bytes) -> None:
        if not data:
            return
        keep = data[: self._budget.left]
        self._budget.left -= len(keep)
        if keep:
            self._kept.append(keep)
        if len(keep) < len(data):
            self.cut.add(len(self.marks))
        if self._live and (text := self._decoder.decode(data)):
            self._live(text)
