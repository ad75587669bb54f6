"""Choosing a file with real folders."""

import os
from pathlib import Path

import pytest

from tests.widgets.app import Wall
from tui.widgets.file_picker import FilePicker, PathInput
from tui.widgets.folder import complete, read_folder
from tui.widgets.virtual_table import VirtualTable


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("topology-a.json", "topology-b.yaml", "notes.txt", ".hidden.yml", "we[ird].yml"):
        (tmp_path / name).write_text("x" * 2048)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "deep.yml").touch()
    (tmp_path / "gone.yml").symlink_to("/nowhere")
    return tmp_path


def test_read_and_complete(home: Path) -> None:
    entries = read_folder(home, (".json", ".yaml", ".yml"))
    assert [e.name for e in entries] == ["site", ".hidden.yml", "topology-a.json", "topology-b.yaml", "we[ird].yml"]
    assert complete(entries, "t") == "topology-"
    assert complete(entries, "s") == "site/"
    assert complete(entries, "zz") == "zz"


async def test_typing_completes_and_chooses(home: Path) -> None:
    picker = FilePicker(home)
    app = Wall(picker)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert [line[1:14].strip() for line in app.lines()[2:7]] == [
            "../", "site/", "topology-a.js", "topology-b.ya", "we[ird].yml",
        ]  # fmt: skip
        await pilot.press("t", "tab", "a")
        await pilot.pause()
        assert app.query_one(VirtualTable).row_count == 1
        await pilot.press("tab", "enter")
        await pilot.pause()
        assert [event.path for event in app.heard(FilePicker.Selected)] == [home / "topology-a.json"]
        await pilot.press("x", "enter")
        await pilot.pause()
        # a long path is wrapped anywhere
        shown = "".join("".join(app.lines()).split())
        assert f"{home}/topology-a.jsonx is not there.".replace(" ", "") in shown


async def test_walking_the_list(home: Path) -> None:
    picker = FilePicker(home)
    app = Wall(picker)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("down", "down", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.query_one(PathInput).value == f"{home}/site/"
        await pilot.press("end", "enter")
        await pilot.pause()
        assert [event.path for event in app.heard(FilePicker.Selected)] == [home / "site" / "deep.yml"]
        await pilot.press("backspace")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.query_one(PathInput).value == f"{home}/"


@pytest.mark.parametrize(("folder", "reason"), [("nothing", "No such file"), ("topology-a.json", "Not a directory")])
async def test_a_folder_that_cannot_be_read_says_why(home: Path, folder: str, reason: str) -> None:
    app = Wall(FilePicker(home / folder))
    async with app.run_test(size=(120, 24)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert any(reason in line for line in app.lines())


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
async def test_a_forbidden_folder_says_so(home: Path) -> None:
    (home / "site").chmod(0)
    app = Wall(FilePicker(home / "site"))
    async with app.run_test(size=(120, 24)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert any("Permission denied" in line for line in app.lines())
