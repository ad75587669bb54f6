"""Terminals without a size, of other sizes, and output that goes elsewhere."""

import asyncio
import fcntl
import os
import struct
import sys
import termios
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Input

from screens.dashboard import DashboardScreen
from screens.details_panel import DetailsPanel
from screens.dialog import Dialog, fitting, key_line
from screens.help import HelpDialog
from screens.load import FileDialog
from screens.operations import OperationsDialog
from screens.volume_create import VolumeCreateDialog
from tests.cli.running import environment
from tests.screens.driving import screen, shows, until
from tests.screens.fake_site import FakeSite, app_on
from tests.screens.scene import busy_store
from tui.core.store import Store

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


async def test_a_dialog_is_laid_out_for_its_width_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: set[tuple[bool, int]] = set()
    lay_out = Screen._refresh_layout

    def noting(top: Screen[None], size: Size | None = None, scroll: bool = False) -> None:
        lay_out(top, size, scroll)
        if isinstance(top, HelpDialog):
            laid_out.add((top.has_class("-narrow"), top.query_one(".box").outer_size.width))

    monkeypatch.setattr(Screen, "_refresh_layout", noting)
    async with app_on(FakeSite(Store())).run_test(size=(80, 24)) as pilot:
        await pilot.app.push_screen(HelpDialog(()))
        await shows(pilot, "Esc close")
        assert laid_out == {(True, 80)}


async def test_what_lies_under_a_dialog_grows_with_the_terminal() -> None:
    async with app_on(FakeSite(busy_store())).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "5 nodes live")
        floor = await screen(pilot, DashboardScreen)
        await pilot.press("question_mark")
        await screen(pilot, HelpDialog)
        await pilot.resize_terminal(200, 60)
        await until(pilot, lambda: floor.has_class("-grid") and not floor.has_class("-narrow"))
        await pilot.press("escape")
        await until(pilot, lambda: floor.query_one(DetailsPanel).region.width == 44)


@pytest.mark.parametrize(
    ("width", "seen"),
    [
        (99, "y run it   Esc back, nothing is changed   ↑↓ scroll   t try it on the API server"),
        (60, "y run it   Esc back, nothing is changed   ↑↓ scroll"),
        (44, "y run it   Esc back, nothing is changed"),
        (36, "y run it   Esc back   ↑↓ scroll"),
        (10, "y run it   Esc back"),
    ],
)
def test_of_the_keys_those_that_fit_are_shown_and_always_the_way_back(width: int, seen: str) -> None:
    keys = (
        ("y", "run it"), ("Esc", "back, nothing is changed"), ("↑↓", "scroll"), ("t", "try it on the API server"),
    )  # fmt: skip
    assert key_line(fitting(keys, width)).plain == seen


async def test_on_a_very_small_terminal_each_dialog_says_the_way_back() -> None:
    app = app_on(FakeSite(busy_store()))
    dialogs: dict[str, type[Dialog[Any]]] = {
        "question_mark": HelpDialog,
        "c": VolumeCreateDialog,
        "L": FileDialog,
        "o": OperationsDialog,
    }
    async with app.run_test(size=(40, 12)) as pilot:
        await until(pilot, lambda: app.site is not None)
        for key, kind in dialogs.items():
            await pilot.press(key)
            await screen(pilot, kind)
            await shows(pilot, "Esc ")
            await pilot.press("escape")
            await screen(pilot, DashboardScreen)
        await pilot.press("c")
        dialog = await screen(pilot, VolumeCreateDialog)
        assert dialog.query_one(Input).size.width >= 18
