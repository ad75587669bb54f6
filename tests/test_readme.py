"""The README says what is true: its keys, its commands, its pictures."""

import re
import shlex

import pytest

from tests.keys import README, with_keys
from tui.cli.parser import make_parser

TEXT = README.read_text()
COMMANDS = [
    line.split("#")[0].strip()
    for line in TEXT.splitlines()
    if line.startswith("    brickyard ") and "|" not in line.split("#")[0]
]


def test_the_keys_are_those_of_the_registry() -> None:
    assert with_keys(TEXT) == TEXT, "run python -m tests.keys"


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_can_be_typed(line: str) -> None:
    assert make_parser().parse_args(shlex.split(line)[1:]) is not None


def test_there_are_commands() -> None:
    assert len(COMMANDS) > 12


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT)
    assert pictures
    for picture in pictures:
        assert (README.parent / picture).is_file(), picture
