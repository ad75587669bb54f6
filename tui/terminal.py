"""What may end the screen from outside, a signal or a terminal that is gone, and how large the terminal is."""

import asyncio
import contextlib
import fcntl
import logging
import os
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable
from typing import Final

SECONDS: Final = 2.0
HUNG_UP: Final = 128 + signal.SIGHUP
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

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


def watch(end: Callable[[int], object], drain: Callable[[], None]) -> None:
    """Call `end` in the running event loop, with the exit code, for a signal and once the terminal is gone.

    For that a thread of its own looks every few seconds, and calls `drain` for ever afterwards: the event loop can't
    look by itself, as it stands still as soon as nobody takes what it draws. A signal that ended the process by
    itself would leave the terminal as the screen needs it, and what runs broken off.
    """
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        # nohup has the hang-up ignored: that stays
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, end, 128 + number)

    def look() -> None:
        while not is_gone():
            time.sleep(SECONDS)
        log.warning("the terminal is gone: ending")
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself meanwhile
            loop.call_soon_threadsafe(end, HUNG_UP)
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
