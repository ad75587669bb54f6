"""Terminals without a size, and output that goes elsewhere."""

import asyncio
import fcntl
import os
import struct
import sys
import termios
from pathlib import Path

from tests.cli.running import environment

COMMAND = (sys.executable, "-m", "tui", "--node", "root@127.0.0.1:1")


async def test_a_terminal_without_a_size_gets_one_and_is_not_drawn_for_ever(tmp_path: Path) -> None:
    master, slave = os.openpty()
    env = {name: value for name, value in environment(tmp_path).items() if name != "COLUMNS"}
    process = await asyncio.create_subprocess_exec(
        *COMMAND, stdin=slave, stdout=slave, stderr=slave, env={**env, "TERM": "xterm-256color"}
    )
    os.close(slave)
    try:
        seen = b""
        while b"Topology" not in seen:
            seen += await asyncio.to_thread(os.read, master, 65536)
        rows, columns, _, _ = struct.unpack("HHHH", fcntl.ioctl(master, termios.TIOCGWINSZ, b"\0" * 8))
        assert (rows, columns) == (24, 80)
        # who draws for ever serves no key
        os.write(master, b"q")
        await asyncio.gather(asyncio.to_thread(_drain, master), asyncio.wait_for(process.wait(), 60))
        assert process.returncode == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(master)


def _drain(master: int) -> None:
    try:
        while os.read(master, 65536):
            pass
    except OSError:
        pass


async def test_a_screen_whose_output_goes_into_a_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    master, slave = os.openpty()
    with (tmp_path / "out").open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, stdin=slave, stdout=out, stderr=slave, env={**environment(tmp_path), "TERM": "xterm-256color"}
        )
        os.close(slave)
        said = await asyncio.to_thread(os.read, master, 65536)
        assert await asyncio.wait_for(process.wait(), 60) == 2
    os.close(master)
    assert b"the screen needs a terminal" in said
    assert (tmp_path / "out").read_bytes() == b""
