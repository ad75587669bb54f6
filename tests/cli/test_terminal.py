"""The command line on a terminal: questions, the progress bar, tables that fit."""

import asyncio
import fcntl
import os
import re
import signal
import struct
import sys
import termios
from collections.abc import AsyncIterator

import pytest

from tests.cli.running import Cli, environment


class Terminal:
    """A pseudo-terminal of 60 columns with a command on it."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        self.text = ""

    async def run(self, cli: Cli, *args: object) -> None:
        """Start a command with all three streams on the terminal."""
        env = {name: value for name, value in environment(cli.home).items() if name != "COLUMNS"}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tui", "--config", cli.demo.config_path, *map(str, args),
            stdin=self.slave, stdout=self.slave, stderr=self.slave, env=env,
        )  # fmt: skip
        asyncio.get_running_loop().add_reader(self.master, self._read)

    def _read(self) -> None:
        self.text += os.read(self.master, 65536).decode(errors="replace")

    async def until(self, words: str) -> None:
        """Wait for words on the terminal."""
        async with asyncio.timeout(15):
            while words not in self.text:
                assert self.process.returncode is None, self.text
                await asyncio.sleep(0.01)

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self.master, text.encode() + b"\n")

    async def end(self) -> int:
        """The exit code, with all text read."""
        code = await asyncio.wait_for(self.process.wait(), 30)
        await asyncio.sleep(0.05)
        return code


@pytest.fixture
async def terminal() -> AsyncIterator[Terminal]:
    terminal = Terminal()
    yield terminal
    asyncio.get_running_loop().remove_reader(terminal.master)
    os.close(terminal.master)
    os.close(terminal.slave)


async def test_a_load_is_shown_agreed_to_and_has_a_bar(cli: Cli, terminal: Terminal) -> None:
    await terminal.run(cli, "topology", "load", cli.demo.topology_path)
    await terminal.until("Do it? [y/N] ")
    assert re.search(r"    make volume group vg_[0-9a-f]{6}… on /dev/sdb", terminal.text)
    terminal.type("y")
    assert await terminal.end() == 0
    assert re.search(r"\[#+-+\] [1-9]\d?/11 0s", terminal.text)
    assert "11 done in " in terminal.text
    assert cli.groups() == [2, 2, 2]
    drawn = [part for part in re.split(r"[\r\n]", terminal.text) if "\x1b[K[" in part]
    assert max(len(part.removeprefix("\x1b[K")) for part in drawn) < 60


@pytest.mark.parametrize("answer", ["n", "", "yess"])
async def test_all_but_yes_is_no(cli: Cli, terminal: Terminal, answer: str) -> None:
    await terminal.run(cli, "topology", "load", cli.demo.topology_path)
    await terminal.until("[y/N] ")
    terminal.type(answer)
    assert await terminal.end() == 130
    assert cli.changes() == []


async def test_a_signal_ends_a_question(cli: Cli, terminal: Terminal) -> None:
    await terminal.run(cli, "topology", "load", cli.demo.topology_path)
    await terminal.until("[y/N] ")
    terminal.process.send_signal(signal.SIGINT)
    assert await terminal.end() == 130
    assert "Traceback" not in terminal.text
    assert cli.changes() == []


async def test_a_host_key_is_shown_and_kept(cli: Cli, terminal: Terminal) -> None:
    known, node = cli.home / "mine", cli.demo.nodes[0]
    known.write_text("".join(cli.demo.known_hosts.read_text().splitlines(keepends=True)[1:]))
    await terminal.run(cli, "--known-hosts", known, "get", "nodes")
    await terminal.until("Trust it from now on? [y/N] ")
    assert node.host_key.get_fingerprint() in terminal.text
    terminal.type("yes")
    assert await terminal.end() == 0, terminal.text
    assert len(known.read_text().splitlines()) == 3


@pytest.mark.asyncio(loop_scope="session")
async def test_tables_fit(loaded: Cli) -> None:
    terminal = Terminal()
    await terminal.run(loaded, "get", "bricks")
    assert await terminal.end() == 0
    lines = terminal.text.splitlines()
    assert lines[0].split()[:3] == ["VOLUME", "NODE", "DEVICE"]
    assert max(map(len, lines)) <= 60
    terminal.text = ""
    await terminal.run(loaded, "volume", "delete", "db")
    await terminal.until("Type 'db' to go on: ")
    terminal.type("bd")
    assert await terminal.end() == 130
    asyncio.get_running_loop().remove_reader(terminal.master)
    os.close(terminal.master)
    os.close(terminal.slave)
