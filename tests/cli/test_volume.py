"""`brickyard volume`: a volume's whole life, and every refusal."""

import json
import re

import pytest

from tests.cli.running import Cli, begin, end
from tui.core.units import GIB

shared = pytest.mark.asyncio(loop_scope="session")


async def test_the_life_of_a_volume(cli: Cli) -> None:
    assert (await cli("topology", "load", cli.demo.topology_path, "--yes")).code == 0
    ended = await cli("volume", "create", "db", "--size", "1GiB", "--gid", "2000", "--yes")
    assert ended.code == 0, ended
    lines = ended.out.splitlines()
    assert lines[0].startswith("Create volume db: 1 GiB, replicate 3, 3 bricks: 5 done in ")
    assert re.fullmatch(r"  mount it: mount -t glusterfs [\w.]+:/db /mnt", lines[1])
    ended = await cli("volume", "mount-test", "db", "--on", "node2", "--yes", "-o", "json")
    assert ended.code == 0, ended
    assert {step["node"] for step in json.loads(ended.out)["steps"]} == {"node2"}
    assert (await cli("volume", "stop", "db", "--yes")).code == 0
    stopped = await cli.here("get", "volumes", "-o", "json")
    assert [v["status"] for v in json.loads(stopped.out)] == ["Stopped"]
    assert (await cli("volume", "start", "db", "--yes")).code == 0
    assert (await cli("volume", "delete", "db", "--yes")).code == 0
    ended = await cli.here("get", "bricks")
    assert (ended.code, ended.out, ended.err) == (0, "", "no bricks\n")
    assert all(not group.pools for node in cli.demo.nodes for group in node.machine.lvm.groups.values())


@shared
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("create big --size 100GiB", "The largest that fits now is"),
        ("create db --size 1GiB", "There is a volume db already"),
        ("create two --size 1GiB --cluster other", "There is no cluster other"),
        ("start db", "Volume db is started already"),
        ("start nono", "There is no volume nono"),
        ("delete nono", "known volumes: db"),
        ("mount-test db --on nowhere", "known nodes: node1, node2, node3"),
    ],
)
async def test_what_is_refused(loaded: Cli, typed: str, words: str) -> None:
    before = loaded.changes()
    ended = await loaded.here("volume", *typed.split(), "--yes")
    assert (ended.code, ended.out) == (1, "")
    assert words in ended.err
    assert loaded.changes() == before


@shared
@pytest.mark.parametrize("typed", ["create new --size 1GiB", "stop db", "delete db", "mount-test db"])
async def test_nothing_is_changed_without_a_yes(loaded: Cli, typed: str) -> None:
    before = loaded.changes()
    refused = await end(await begin("--config", loaded.demo.config_path, "volume", *typed.split(), home=loaded.home))
    assert (refused.code, refused.out) == (130, "")
    assert "nothing was changed" in refused.err
    shown = await loaded.here("volume", *typed.split(), "--dry-run", "-o", "json")
    assert shown.code == 0
    assert json.loads(shown.out)["steps"]
    assert loaded.changes() == before


@shared
async def test_what_fits_can_be_typed_as_it_is_told(loaded: Cli) -> None:
    ended = await loaded.here("volume", "create", "big", "--size", "100GiB", "--dry-run")
    size = ended.err.split("The largest that fits now is ")[1].split(".\n")[0]
    assert 4 * GIB < int(size.split()[0]) * (GIB if "GiB" in size else 2**20) < 8 * GIB
    fits = await loaded.here("volume", "create", "big", "--size", size.replace(" ", ""), "--dry-run")
    assert fits.code == 0, fits
