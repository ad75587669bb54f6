"""`brickyard heketi export-repair` with what the nodes say."""

import json
from typing import Any

import pytest

from tests.cli.running import Cli
from tui.cli import codes
from tui.demo.heketi_export import dump
from tui.demo.heketi_of_site import heketi_of

_CREATE, _ADD_BRICK, _ADD_VOLUME = 1, 1, 2


def half_made(cli: Cli) -> dict[str, Any]:
    """A database in which making the volume "db", which Gluster has, did not come to its end."""
    raw = dump(heketi_of(cli.demo).state.tables)
    [ident] = raw["volumeentries"]
    bricks = raw["volumeentries"][ident]["Bricks"]
    raw["volumeentries"][ident]["Pending"]["Id"] = "f" * 32
    for brick in bricks:
        raw["brickentries"][brick]["Pending"]["Id"] = "f" * 32
    actions = [{"Change": _ADD_VOLUME, "Id": ident}, *({"Change": _ADD_BRICK, "Id": brick} for brick in bricks)]
    raw["pendingoperations"]["f" * 32] = {"Id": "f" * 32, "Type": _CREATE, "Actions": actions, "Status": "stale"}
    return raw


@pytest.mark.asyncio(loop_scope="session")
async def test_what_gluster_has_stays_where_the_nodes_are_asked(loaded: Cli) -> None:
    path = loaded.home / "export.json"
    path.write_text(json.dumps(half_made(loaded)))
    alone = await loaded("heketi", "export-repair", path)
    assert alone.code == codes.DONE, alone
    assert json.loads(alone.out)["volumeentries"] == {}
    assert "which was being made, is dropped" in alone.err
    beside = await loaded("heketi", "export-repair", path, "--nodes")
    assert beside.code == codes.DONE, beside
    [volume] = json.loads(beside.out)["volumeentries"].values()
    assert (volume["Info"]["name"], volume["Pending"]["Id"]) == ("db", "")
    assert "Gluster has all its bricks" in beside.err


async def test_without_any_answer_nothing_is_guessed(cli: Cli) -> None:
    for node in cli.demo.nodes:
        node.faults.powered_off = True
    path = cli.home / "export.json"
    path.write_text(json.dumps(dump(heketi_of(cli.demo).state.tables)))
    ended = await cli("heketi", "export-repair", path, "--nodes")
    assert (ended.code, ended.out) == (codes.UNREACHED, "")
    assert "no node told" in ended.err
