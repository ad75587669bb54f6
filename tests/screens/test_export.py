"""The record of an operation as text and as JSON."""

import json
from pathlib import Path

import pytest

from screens.export import formatted, write_new
from tests.screens.past import record
from tui.ops.export import as_json, as_text


def test_json_holds_everything_with_times_that_programs_read() -> None:
    data = json.loads(json.dumps(as_json(record("1a2b3c4d5e", undone_by="ffff"))))
    assert (data["id"], data["state"], data["operator"], data["undone_by"]) == ("1a2b3c4d5e", "failed", "anna", "ffff")
    assert data["started"] == "2027-01-15T08:00:00.000Z"
    assert data["ended"] == "2027-01-15T08:01:15.500Z"
    assert data["seconds"] == 75.5
    second = data["steps"][1]
    assert (second["status"], second["remedy"], second["begun"]) == ("failed", "lsof /dev/sdb", True)
    (command,) = second["commands"]
    assert command["exit_code"] == 5
    assert command["answered"] == "2027-01-15T08:00:03.000Z"
    assert command["output"].endswith("second line\n")
    assert [step["id"] for step in data["steps"]] == ["s1", "s2", "s3"]


def test_what_has_no_end_has_none() -> None:
    data = as_json(record("1a", "broken off"))
    assert (data["ended"], data["seconds"], data["undoes"]) == (None, None, None)


def test_text_tells_each_command_with_its_exit_code_and_output_and_no_escape_sequences() -> None:
    text = as_text(record("1a2b3c4d5e"))
    for words in (
        "Load lab.json", "operation 1a2b3c4d5e, failed", "by anna@desk", "2. node2:", "what to do: lsof /dev/sdb",
        "$ lvm vgcreate vg_b /dev/sdb", "exit code 5", "      | second line",
    ):  # fmt: skip
        assert words in text
    assert "\x1b" not in text


def test_the_name_of_the_file_decides() -> None:
    assert json.loads(formatted(record("1a"), Path("x.JSON")))["id"] == "1a"
    assert formatted(record("1a"), Path("x.txt")).startswith("Load lab.json\n")


def test_a_file_is_for_its_owner_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_new(path, "first")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_new(path, "second")
    assert path.read_text() == "first"
