"""flock(1) on a simulated node: its locks are shared by all connections and end with the channel that holds one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.demo.options import take
from tui.demo.reply import Reply
from tui.dialects import lock

if TYPE_CHECKING:
    from tui.demo.machine import Machine

Read = Callable[[int], Awaitable[str]]
Emit = Callable[[str, str], Awaitable[None]]
# the words behind the file: sh -c SCRIPT name record patience file mode
_WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class Call:
    """A command line of flock: only the program of `tui.dialects.lock` can be run under it."""

    path: str
    conflict: int
    record: str
    patience: float
    again: bool


def _call(argv: Sequence[str]) -> Call:
    """Raises ValueError for what this simulation can't do."""
    at = argv.index("sh") if "sh" in argv else 0
    words = list(argv[at:])
    if len(words) != _WORDS or words[2] != lock.SCRIPT:
        raise ValueError("only brickyard's own program")
    options = take(argv[1:at], ("-E", "--conflict-exit-code"))
    if "-n" not in options:
        raise ValueError("only with -n")
    conflict = int(options.last("-E", "--conflict-exit-code", default="1"))
    return Call(options.words[0], conflict, words[4], float(words[5]), words[7] == lock.AGAIN)


def flock(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Whether the lock can be had: exit code 0 with the first line, or the conflict's. Holds nothing (see `keep`)."""
    call = _call(argv)
    if call.path in machine.flocks:
        return Reply(call.conflict)
    old = machine.files.read(call.path).decode().strip() if machine.files.get(call.path) else ""
    if call.again and old and old != call.record:
        return Reply(lock.TAKEN)
    machine.files.write(call.path, f"{call.record}\n".encode())
    return Reply(0, f"{lock.HELD}\n")


async def keep(machine: "Machine", argv: Sequence[str], read: Read, emit: Emit) -> int:
    """Hold the lock that `flock` just said is free, until its input or the heartbeat ends; returns the exit code."""
    call = _call(argv)
    mine = machine.flocks[call.path] = object()
    try:
        await emit(f"{lock.HELD}\n", "")
        while True:
            try:
                async with asyncio.timeout(call.patience):
                    letter = await read(1)
            except TimeoutError:
                return 1
            if letter == lock.RELEASE:
                machine.files.write(call.path, f"{lock.FREE}\n".encode())
                return 0
            if letter != lock.BEAT:
                return 1
            await emit(f"{lock.BEAT}\n", "")
    finally:
        if machine.flocks.get(call.path) is mine:
            del machine.flocks[call.path]


PROGRAMS: Final = {"flock": flock}
