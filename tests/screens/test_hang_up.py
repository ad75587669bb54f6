"""The terminal goes away under the app, and the signal for it is ignored: the app ends by itself."""

import asyncio
import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

from tests.cli.running import environment


async def test_the_app_ends_with_its_terminal(tmp_path: Path) -> None:
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tui", "--node", "root@127.0.0.1:1", stdin=slave, stdout=slave, stderr=slave,
        env={**environment(tmp_path), "TERM": "xterm-256color"},
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )  # fmt: skip
    os.close(slave)
    seen = b""
    while b"Topology" not in seen:
        seen += await asyncio.to_thread(os.read, master, 65536)
    assert process.returncode is None
    os.close(master)
    assert await asyncio.wait_for(process.wait(), 60) == 129


def test_what_is_still_to_be_drawn_does_not_change_the_exit_code() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    left_over = "import sys; from tui import terminal; sys.stdout.write('half a frame'); {}; sys.exit(129)"
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    codes = [
        subprocess.run(
            [sys.executable, "-c", left_over.format(last)], stdout=writing, stderr=subprocess.DEVNULL, env=buffered
        ).returncode
        for last in ("pass", "terminal.forget()")
    ]
    os.close(writing)
    assert codes == [120, 129]
