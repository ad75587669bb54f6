"""`brickyard heketi blockvolume ...` on a heketi, over HTTP."""

import json

from tests.cli.heketi import HeketiCli


async def test_a_block_volume_is_made_shown_and_deleted(far: HeketiCli) -> None:
    far.seed()
    dry = await far("heketi", "blockvolume", "create", "blk", "--size", "3GiB", "--ha", "3", "--auth", "--dry-run")
    assert (dry.code, far.changes()) == (0, [])
    assert 'POST /blockvolumes <<< \'{"size": 3, "name": "blk", "hacount": 3, "auth": true}\'' in dry.out
    await far.do("heketi", "blockvolume", "create", "blk", "--size", "3GiB", "--ha", "3", "--auth")
    [block] = far.server.state.tables.block_volumes.values()
    assert (block.name, block.size, block.ha, block.auth) == ("blk", 3, 3, True)
    info = json.loads((await far("heketi", "info", "-o", "json")).out)
    [row] = info["block_volumes"]
    assert (row["name"].endswith("/blk"), row["ha"]) == (True, 3)
    [host] = info["volumes"]
    assert (host["takes_blocks"], host["free_for_blocks"]) == (True, 46 << 30)
    assert "HOSTS_BLOCKS" in (await far("heketi", "info")).out
    gone = await far("heketi", "blockvolume", "delete", "blk", "--dry-run", "-o", "json")
    assert [step["danger"] for step in json.loads(gone.out)["steps"]] == ["destroys"]
    await far.do("heketi", "blockvolume", "delete", row["name"])
    assert far.server.state.tables.block_volumes == {}
    undone = await far("undo", "--yes")
    assert undone.code == 1, undone


async def test_what_was_made_is_taken_back(far: HeketiCli) -> None:
    far.seed()
    await far.do("heketi", "blockvolume", "create", "--size", "1")
    await far.do("undo")
    assert far.server.state.tables.block_volumes == {}


async def test_wrong_input_changes_nothing(far: HeketiCli) -> None:
    far.seed()
    for code, words in (
        (2, ("create", "blk", "--size", "much")),
        (2, ("create", "blk", "--size", "1GiB", "--ha", "-2")),
        (1, ("create", "b.lk", "--size", "1GiB")),
        (1, ("create", "blk", "--size", "1GiB", "--ha", "9")),
        (1, ("create", "blk", "--size", "1GiB", "--cluster", "nowhere")),
        (1, ("delete", "nothing")),
    ):
        ended = await far("heketi", "blockvolume", *words, "--dry-run")
        assert ended.code == code, ended
    assert far.changes() == []
