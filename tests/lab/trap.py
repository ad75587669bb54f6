"""A trap on real nodes: a program of a node is held before or after its effect, as if it took long."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from tests.lab.nodes import Lab

_SPRUNG: Final = "/run/brickyard-trap"
_SECONDS: Final = 240
# $1 is what has to stand in the arguments. Once released, the whole batch is ended, or goes on.
_WRAPPER: Final = """#!/bin/sh
here() {{ mkdir {sprung} 2>/dev/null || return; n=0
  while [ ! -e {sprung}/end ] && [ ! -e {sprung}/go ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n+1)); done
  [ ! -e {sprung}/end ] || {{ kill -KILL $PPID; exit 1; }}; }}
case "$*" in *'{words}'*) ;; *) exec {program} "$@";; esac
[ {when} = after ] || here
{program} "$@"
code=$?
[ {when} = before ] || here
exit $code
"""


@dataclass(frozen=True, slots=True)
class Hold:
    """`program` with `words` among its arguments is held "before" or "after" its effect, on one of `nodes`."""

    program: str
    words: str
    when: str
    nodes: tuple[int, ...] = (2,)

    def __str__(self) -> str:
        return f"{self.when} {self.program} {self.words}".strip()


@contextlib.contextmanager
def held(lab: Lab, hold: Hold) -> Iterator["Held"]:
    """Set the trap, and take it away after."""
    _each(lab, hold.nodes, f"rm -rf {_SPRUNG}; program=$(command -v {hold.program}) && {_install(hold)}")
    try:
        yield Held(lab, hold)
    finally:
        _each(lab, hold.nodes, f"rm -f /usr/local/sbin/{hold.program}; mkdir -p {_SPRUNG}; touch {_SPRUNG}/go")
        time.sleep(0.2)
        _each(lab, hold.nodes, f"rm -rf {_SPRUNG}")


class Held:
    """A trap that is set."""

    def __init__(self, lab: Lab, hold: Hold) -> None:
        self._lab, self._hold = lab, hold

    def wait(self, ended: Callable[[], int | None]) -> int:
        """Wait until a program is held; gives the number of its node.

        `ended` is the exit code of who is to call it, None while it runs: fails where that never happens.
        """
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            for node in self._hold.nodes:
                if self._lab.ssh(node, f"test -d {_SPRUNG}").returncode == 0:
                    return node
            assert ended() is None, f"it ended before '{self._hold}' came: exit code {ended()}"
        raise AssertionError(f"'{self._hold}' never came")

    def end_all(self) -> None:
        """End what is held, and the commands that stand behind it, as the power of a node would."""
        _each(self._lab, self._hold.nodes, f"mkdir -p {_SPRUNG}; touch {_SPRUNG}/end")

    def go_on(self) -> None:
        """Let it go on: the node does not know that nobody listens any more."""
        _each(self._lab, self._hold.nodes, f"mkdir -p {_SPRUNG}; touch {_SPRUNG}/go")


def _install(hold: Hold) -> str:
    text = _WRAPPER.format(sprung=_SPRUNG, words=hold.words, when=hold.when, program="@PROGRAM@")
    path = f"/usr/local/sbin/{hold.program}"
    return f"sed \"s|@PROGRAM@|$program|\" > {path} <<'END'\n{text}END\nchmod 755 {path}"


def _each(lab: Lab, nodes: Sequence[int], script: str) -> None:
    with ThreadPoolExecutor(len(nodes)) as pool:
        list(pool.map(lambda node: lab.must(node, script), nodes))
