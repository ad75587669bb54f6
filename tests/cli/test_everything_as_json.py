"""What the README says: every command has a form for programs, and prints it where there is nothing to tell too."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.cli.running import Cli, Ended
from tests.cli.test_heketi_leave import run
from tests.site.heketi_world import beside
from tui.cli.parser import make_parser

NEVER = {"brickyard demo", "brickyard heketi export-repair"}


def leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers of all commands that can be run."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield parser
    for group in groups:
        for child in group.choices.values():
            yield from leaves(child)


def test_every_command_takes_a_format() -> None:
    without = {one.prog for one in leaves(make_parser()) if "--output" not in one._option_string_actions}
    assert without == NEVER


def data(ended: Ended, code: int = 0) -> Any:
    assert ended.code == code, ended
    return json.loads(ended.out)


async def test_a_check_of_a_topology(cli: Cli, tmp_path: Path) -> None:
    found = data(await cli.here("topology", "check", cli.demo.topology_path, "-o", "json"))
    assert (found["ok"], found["nodes"], found["devices"]) == (True, 3, 6)
    assert (found["problems"], found["findings"]) == ([], None)
    found = data(await cli.here("topology", "check", cli.demo.topology_path, "--nodes", "-o", "json"))
    assert (found["ok"], [one for one in found["findings"] if one["severity"] == "error"]) == (True, [])
    text = cli.demo.topology_path.read_text()
    wrong = tmp_path / "wrong.json"
    wrong.write_text(text.replace("/dev/sdc", "/dev/sdx"))
    found = data(await cli.here("topology", "check", wrong, "--nodes", "-o", "json"), 1)
    assert not found["ok"]
    assert any("/dev/sdx" in one["summary"] for one in found["findings"])
    wrong.write_text("{")
    found = data(await cli.here("topology", "check", wrong, "-o", "json"), 2)
    assert found["nodes"] is None
    assert found["problems"][0]["file"] == str(wrong)
    assert found["problems"][0]["line"] == 1


async def test_nothing_left_over(cli: Cli) -> None:
    found = data(await cli.here("clean", "leftovers", "-o", "json"))
    assert (found["ok"], found["steps"]) == (True, [])
    found = data(await cli.here("clean", "leftovers", "--dry-run", "-o", "json"))
    assert (found["title"], found["steps"]) == ("Nothing is left over", [])


async def test_a_key_that_is_not_there_yet(cli: Cli) -> None:
    files = ("--pair", cli.home / "k", "--write", cli.home / "h.json")
    ended = await cli.here("heketi", "prepare", cli.demo.topology_path, *files, "--dry-run", "-o", "json")
    found = data(ended)
    assert found["steps"] == []
    assert "without --dry-run it is made" in found["warnings"][0]
    assert not (cli.home / "k").exists()


async def test_a_heketi_json(tmp_path: Path, cli: Cli) -> None:
    file = tmp_path / "heketi.json"
    file.write_text("{")
    found = data(await cli.here("heketi", "lint", file, "-o", "json"), 1)
    assert {"file", "line", "column", "severity", "message"} == set(found[0])


async def test_what_leaving_comes_to(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        found = data(await run(bench, tmp_path, "heketi", "leave", "--report", "-o", "json"))
        assert (found["cluster"], found["has_left"]) == (next(iter(bench.known.clusters)), False)
        assert [node["name"] for node in found["nodes"]] == ["node1", "node2", "node3"]
        assert (found["reasons"], found["volumes"], found["pointers"]) == ([], [], None)
