"""A signal ends the screen as `q` does: the terminal is as it was, what runs comes to a safe point."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import struct
import sys
import termios
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.running import Cli, environment
from tui.demo.site import start_site

SECONDS = 120  # a generous limit, for a machine under load


@dataclass
class Screen:
    """The app on a pseudo-terminal."""

    process: asyncio.subprocess.Process
    master: int
    drawn: bytearray = field(default_factory=bytearray)

    def read(self) -> None:
        """Take what is drawn."""
        with contextlib.suppress(OSError):
            self.drawn += os.read(self.master, 65536)

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until this is so."""
        async with asyncio.timeout(SECONDS):
            while not seen():
                assert self.process.returncode is None, self.drawn[-2000:]
                await asyncio.sleep(0.02)

    async def shows(self, words: str) -> None:
        """Wait for words; what was drawn before is forgotten."""
        await self.until(lambda: words.encode() in self.drawn)
        self.drawn.clear()

    async def ended(self) -> int:
        """The exit code, with all that was drawn."""
        code = await asyncio.wait_for(self.process.wait(), SECONDS)
        while True:
            before = len(self.drawn)
            await asyncio.sleep(0.05)
            if len(self.drawn) == before:
                return code


@asynccontextmanager
async def screen(home: Path, *args: object) -> AsyncIterator[Screen]:
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tui", *map(str, args), stdin=slave, stdout=slave, stderr=slave,
        env={**environment(home), "TERM": "xterm-256color", "TMPDIR": str(home)},
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )  # fmt: skip
    app = Screen(process, master)
    loop = asyncio.get_running_loop()
    loop.add_reader(master, app.read)
    try:
        yield app
    finally:
        loop.remove_reader(master)
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(slave)
        os.close(master)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda number: number.name)
async def test_the_terminal_is_given_back(tmp_path: Path, number: signal.Signals) -> None:
    async with screen(tmp_path, "--node", "root@127.0.0.1:1") as app:
        await app.shows("Topology")
        app.process.send_signal(number)
        assert await app.ended() == 128 + number
        for back in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"):  # screen, cursor, mouse
            assert back in app.drawn


@pytest.mark.parametrize("when", ["while it opens", "once it is open"])
async def test_a_demo_leaves_nothing_behind(tmp_path: Path, when: str) -> None:
    async with screen(tmp_path, "demo") as app:
        if when == "once it is open":
            await app.shows("gl-a1")
        else:
            await app.until(lambda: bool(list(tmp_path.glob("brickyard-demo-*"))))
        app.process.send_signal(signal.SIGHUP)
        assert await app.ended() == 129
        assert list(tmp_path.glob("brickyard-demo-*")) == []


async def test_what_runs_comes_to_a_safe_point(tmp_path: Path) -> None:
    async with await start_site(3, 2, folder=tmp_path / "demo") as demo:
        cli = Cli(demo, tmp_path)
        async with screen(tmp_path, "--config", demo.config_path, "--load", demo.topology_path) as app:
            await app.until(lambda: bool(cli.asked("lvm pvcreate --test")))
            for node in demo.nodes:
                node.faults.latency = 0.3
            for _ in range(100):
                # the dialogs take it once they are painted
                if cli.asked("lvm vgcreate", "peer probe"):
                    break
                os.write(app.master, b"y")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        await app.until(lambda: bool(cli.asked("lvm vgcreate", "peer probe")))
            app.process.send_signal(signal.SIGTERM)
            assert await app.ended() == 143
        (entry,) = json.loads((await cli("operations", "-o", "json")).out)
        assert entry["state"] == "cancelled"
