"""What was changed can be listed, taken back, gone on with; and what is there can be cleaned away."""

import json
import signal

from tests.cli.running import Cli
from tui.demo.kube_server import SimKube
from tui.dialects.kube_write import volume


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
    shown = json.loads((await cli("resume", "--dry-run", "-o", "json")).out)
    assert (shown["state"], cli.groups()) == ("failed", [2, 0, 2]), shown
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


async def test_the_newest_that_left_something_is_taken_back(cli: Cli) -> None:
    await load(cli)
    created = await cli("volume", "create", "db", "--size", "1GiB", "--yes")
    assert created.code == 0, created
    tested = await cli("volume", "mount-test", "db", "--yes")
    assert tested.code == 0, tested
    (first, *_) = json.loads((await cli("operations", "-o", "json")).out)
    assert "ount" in first["title"]
    refused = await cli("undo", first["id"], "--yes")
    assert (refused.code, "changed nothing that can be taken back" in refused.err) == (1, True), refused
    ended = await cli("undo", "--yes")
    assert ended.code == 0, ended
    assert f"left out, since it left nothing to take back: {first['title']} (done, " in ended.err
    assert "taking back: Create volume db" in ended.err
    assert cli.groups() == [2, 2, 2]


async def test_a_load_stays_while_a_volume_stands_on_it(cli: Cli) -> None:
    await load(cli)
    (entry,) = json.loads((await cli("operations", "-o", "json")).out)
    assert (await cli("volume", "create", "db", "--size", "1GiB", "--yes")).code == 0
    changes = cli.changes()
    ended = await cli("undo", entry["id"], "--yes")
    assert (ended.code, cli.changes() == changes) == (1, True), ended
    assert "Volume db has bricks on what this would take away" in ended.err
    assert "brickyard volume delete db" in ended.err


async def test_claims_that_lose_a_volume_are_named_by_its_undo_and_when_that_goes_on(cli: Cli) -> None:
    await load(cli)
    assert (await cli("volume", "create", "zz", "--size", "1GiB", "--yes")).code == 0
    source = {"glusterfs": {"endpoints": "gluster", "path": "zz"}}
    reference = {"namespace": "shop", "name": "db"}
    async with SimKube() as kube:
        kube.create(volume("pv-zz", source, capacity="1Gi", access_modes=("ReadWriteMany",), claim=reference))
        config = "--kubeconfig", kube.write_kubeconfig(cli.home / "kubeconfig")
        asked = await cli(*config, "undo")
        assert (asked.code, "Volume zz is used by claim shop/db (no pod)." in asked.err) == (130, True), asked
        assert "could not be read" not in asked.err
        for node in cli.demo.nodes:
            node.faults.fail("gluster --mode=script --xml --timeout=600 volume stop", 1, "volume stop: failed: no\n")
        failed = await cli(*config, "undo", "--yes")
        assert failed.code == 1, failed
        for node in cli.demo.nodes:
            node.faults.clear()
        resumed = await cli(*config, "resume")
        assert (resumed.code, "Volume zz is used by claim shop/db (no pod)." in resumed.err) == (0, True), resumed


async def test_what_broke_off_is_named_before_anything_else_is_changed(cli: Cli) -> None:
    cli.demo.nodes[1].faults.stall("lvm vgcreate")
    await cli.interrupted(signal.SIGKILL, "lvm vgcreate", "topology", "load", cli.demo.topology_path, "--yes")
    cli.demo.nodes[1].faults.clear()
    (entry,) = json.loads((await cli("operations", "-o", "json")).out)
    assert entry["state"] == "broken off"
    planned = await cli("topology", "load", cli.demo.topology_path, "--dry-run")
    short = entry["id"][:8]
    (line,) = [line for line in planned.err.splitlines() if line.startswith("note: ")]
    assert f"note: '{entry['title']}' broke off on this site: `brickyard resume {short}` goes on with it" in line
    undone = await cli("undo", "--yes")
    assert (undone.code, cli.groups()) == (0, [0, 0, 0]), undone
    assert "note: " not in (await cli("topology", "load", cli.demo.topology_path, "--dry-run")).err


async def test_a_device_that_is_not_there_is_a_wrong_name(cli: Cli) -> None:
    name = cli.demo.nodes[0].name
    ended = await cli("clean", "device", name, "/dev/nosuch", "--yes")
    assert (ended.code, f"There is no /dev/nosuch on {name}" in ended.err) == (1, True), ended
    assert "/dev/sdb" in ended.err
    ended = await cli("clean", "node", "nosuch", "--yes")
    assert (ended.code, "known nodes: " in ended.err) == (1, True), ended
