"""What was changed can be listed, taken back, gone on with; and what is there can be cleaned away."""

import json

from tests.cli.running import Cli


async def load(cli: Cli) -> None:
    ended = await cli("topology", "load", cli.demo.topology_path, "--yes")
    assert ended.code == 0, ended


async def test_a_load_is_listed_shown_and_taken_back(cli: Cli) -> None:
    await load(cli)
    listed = await cli("operations", "-o", "json")
    (entry,) = json.loads(listed.out)
    assert (entry["state"], entry["kind"]) == ("done", "do")
    shown = await cli("operations", entry["id"][:6])
    assert shown.code == 0
    assert "lvm vgcreate" in shown.out
    dry = await cli("undo", "--dry-run")
    assert (dry.code, cli.groups()) == (0, [2, 2, 2])
    assert "lvm vgremove" in dry.out
    undone = await cli("undo", "--yes")
    assert (undone.code, cli.groups()) == (0, [0, 0, 0]), undone
    states = [row["state"] for row in json.loads((await cli("operations", "-o", "json")).out)]
    assert states == ["done", "undone"]
    again = await cli("undo", "--yes")
    assert again.code == 1
    assert "there is no operation that can be taken back" in again.err


async def test_a_failed_load_is_resumed(cli: Cli) -> None:
    cli.demo.nodes[1].faults.fail("lvm vgcreate", 5, "  Cannot use /dev/sdb: device is rejected by filter config\n")
    failed = await cli("topology", "load", cli.demo.topology_path, "--yes")
    assert (failed.code, cli.groups()) == (1, [2, 0, 2]), failed
    cli.demo.nodes[1].faults.clear()
    resumed = await cli("resume")
    assert (resumed.code, cli.groups()) == (0, [2, 2, 2]), resumed
    nothing = await cli("resume")
    assert nothing.code == 1
    assert "there is no operation that can be resumed" in nothing.err


async def test_steps_that_failed_are_left_out(cli: Cli) -> None:
    cli.demo.nodes[1].faults.fail("lvm vgcreate", 5, "  Cannot use /dev/sdb: device is rejected by filter config\n")
    assert (await cli("topology", "load", cli.demo.topology_path, "--yes")).code == 1
    resumed = await cli("resume", "--skip-failed")
    assert (resumed.code, cli.groups()) == (0, [2, 0, 2]), resumed
    assert resumed.err.count("left out: ") == 2
    assert "2 skipped" in resumed.out
    assert "there is no operation that can be resumed" in (await cli("resume")).err


async def test_a_cluster_with_a_volume_is_cleaned(cli: Cli) -> None:
    await load(cli)
    created = await cli("volume", "create", "db", "--size", "1GiB", "--yes")
    assert created.code == 0, created
    dry = await cli("clean", "cluster", "--dry-run")
    assert dry.code == 0, dry
    assert "db" in dry.out
    assert cli.groups() == [2, 2, 2]
    asked = await cli("clean", "cluster")
    assert (asked.code, cli.groups()) == (130, [2, 2, 2]), asked
    cleaned = await cli("clean", "cluster", "--yes")
    assert (cleaned.code, cli.groups()) == (0, [0, 0, 0]), cleaned
    assert (await cli("clean", "leftovers")).out == "nothing is left over\n"


async def test_a_loaded_file_is_taken_back_by_its_name(cli: Cli) -> None:
    await load(cli)
    cleaned = await cli("clean", "topology", cli.demo.topology_path, "--yes")
    assert (cleaned.code, cli.groups()) == (0, [0, 0, 0]), cleaned


async def test_an_unknown_operation_is_named(cli: Cli) -> None:
    ended = await cli("undo", "feed", "--yes")
    assert ended.code == 1
    assert "there is no operation 'feed'" in ended.err
