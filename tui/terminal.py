"""Whether the terminal that we draw on is still there, and how large it is where it does not say so."""

import contextlib
import fcntl
import logging
import os
import select
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable
from typing import Final

SECONDS: Final = 2.0

log = logging.getLogger(__name__)


def is_gone() -> bool:
    """Whether the other end of the terminal was closed: a connection broke, a window was shut.

    Where the signal for it is ignored (nohup, some supervisors), nothing else tells, and reading from it for ever
    costs a whole processor.
    """
    try:
        number = sys.stdin.fileno()
    except (OSError, ValueError, AttributeError):
        return False
    poll = select.poll()
    poll.register(number, 0)
    return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))


def watch(on_gone: Callable[[], object], drain: Callable[[], None]) -> None:
    """Look every few seconds in a thread of its own; once the terminal is gone call `on_gone`, then `drain` for ever.

    The event loop can't look by itself: it stands still as soon as nobody takes what it draws.
    """

    def look() -> None:
        while not is_gone():
            time.sleep(SECONDS)
        log.warning("the terminal is gone: ending")
        on_gone()
        while True:
            drain()
            time.sleep(0.05)

    threading.Thread(target=look, name="terminal", daemon=True).start()


def give_size(columns: int = 80, lines: int = 24) -> None:
    """Make a terminal that has no size this large: one of `script`, `expect` or a login without a window has 0 by 0.

    Textual would guess one size, Rich another, and the screen would be drawn for ever, now for the one, now for the
    other. What really has a size tells it later, as always.
    """
    for stream in filter(None, (sys.__stdin__, sys.__stdout__, sys.__stderr__)):
        with contextlib.suppress(OSError, ValueError):
            number = stream.fileno()
            now = os.get_terminal_size(number)
            if not all(now):
                size = struct.pack("HHHH", now.lines or lines, now.columns or columns, 0, 0)
                fcntl.ioctl(number, termios.TIOCSWINSZ, size)


def forget() -> None:
    """Let what is still to be drawn go nowhere: Python's last flush to a terminal that is gone would fail, and its
    exit code (120) would stand in for ours.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            os.dup2(nowhere, stream.fileno())
