"""`brickyard topology load` as a process of its own: shown, refused, interrupted, run again."""

import asyncio
import json
import signal
from asyncio.subprocess import Process

import pytest

from tests.cli.running import Cli, begin, end
from tui.demo.faults import Rule
from tui.demo.reply import Reply


async def load(cli: Cli, *args: object) -> tuple[int, str, str]:
    ended = await cli("topology", "load", cli.demo.topology_path, *args)
    return ended.code, ended.out, ended.err


async def begun(cli: Cli) -> Process:
    """A load that runs."""
    return await begin(
        "--config", cli.demo.config_path, "topology", "load", cli.demo.topology_path, "--yes", home=cli.home
    )


async def test_a_load_and_a_second_one(cli: Cli) -> None:
    code, out, err = await load(cli, "--yes")
    assert (code, cli.groups()) == (0, [2, 2, 2])
    assert out.startswith(f"Load {cli.demo.topology_path}: 1 cluster, 3 nodes, 6 devices: 11 done in ")
    assert len(err.splitlines()) == 11
    assert all(": done (" in line for line in err.splitlines())
    assert err.splitlines()[-1].startswith("[11/11] ")
    for node in cli.demo.nodes:
        node.executor.history.clear()
    code, out, err = await load(cli, "--yes", "-o", "json")
    again = json.loads(out)
    assert (code, err, again["ok"], again["steps"]) == (0, "", True, [])
    assert len(again["skipped"]) == 8
    assert cli.changes() == []


async def test_a_dry_run_prints_all_commands_and_changes_nothing(cli: Cli) -> None:
    code, out, _ = await load(cli, "--dry-run")
    assert code == 0
    assert out.count("lvm vgcreate") == 6
    assert "gluster --mode=script --xml --timeout=600 peer probe 10.42.0.2" in out
    code, out, err = await load(cli, "--dry-run", "-o", "json")
    steps = json.loads(out)["steps"]
    assert (code, err, len(steps)) == (0, "", 11)
    assert [s["commands"][0][1] for s in steps if s["commands"] and s["commands"][0][0] == "lvm"] == ["vgcreate"] * 6
    assert (cli.groups(), cli.changes()) == ([0, 0, 0], [])


async def test_without_a_terminal_nobody_says_yes(cli: Cli) -> None:
    code, out, err = await load(cli)
    assert (code, out) == (130, "")
    assert err.splitlines()[-1] == "cancelled: nothing was changed (--yes runs a plan without asking)"
    assert "lvm vgcreate" not in err, "the review is short"
    assert (cli.groups(), cli.changes()) == ([0, 0, 0], [])


async def test_read_only_refuses(cli: Cli) -> None:
    for args in (["--read-only", "--yes"], ["--read-only"]):
        code, out, err = await load(cli, *args)
        assert (code, out) == (1, "")
        assert "read-only" in err
    assert (cli.groups(), cli.changes()) == ([0, 0, 0], [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=lambda n: n.name)
async def test_a_signal_ends_at_a_safe_point_and_a_second_run_completes(cli: Cli, number: signal.Signals) -> None:
    for node in cli.demo.nodes:
        node.faults.slow("lvm vgcreate", 0.3)
        node.faults.slow("gluster --mode=script --xml --timeout=600 peer probe", 0.3)
    ended = await cli.interrupted(
        number, "vgcreate -qq", "topology", "load", cli.demo.topology_path, "--yes", "-o", "json"
    )
    result = json.loads(ended.out)
    assert (ended.code, result["cancelled"]) == (130, True)
    assert "safe point" in ended.err
    assert {step["status"] for step in result["steps"]} <= {"done", "cancelled", "not tried"}
    assert result["counts"]["cancelled"] > 0
    # what was begun came to its end
    groups = sum(step["status"] == "done" and "volume group" in step["title"] for step in result["steps"])
    assert sum(cli.groups()) == groups
    code, _, _ = await load(cli, "--yes")
    assert (code, cli.groups()) == (0, [2, 2, 2])


async def test_a_second_signal_ends_what_hangs(cli: Cli) -> None:
    cli.demo.nodes[0].faults.stall("lvm vgcreate")
    process = await begin(
        "--config", cli.demo.config_path, "topology", "load", cli.demo.topology_path, "--yes", home=cli.home
    )
    assert process.stderr is not None
    await process.stderr.readuntil(b"[4/11]")
    process.send_signal(signal.SIGINT)
    assert b"safe point" in await process.stderr.readuntil(b"too)\n")
    process.send_signal(signal.SIGINT)
    ended = await end(process)
    assert ended.code == 130
    # how many steps had begun by then differs from run to run
    assert "  cancelled: " in ended.out
    assert ": the program ended while it ran\n" in ended.out


async def test_who_reads_the_progress_may_go_away(cli: Cli) -> None:
    process = await begin(
        "--config", cli.demo.config_path, "topology", "load", cli.demo.topology_path, "--yes", home=cli.home
    )
    assert process.stderr is not None
    process._transport.get_pipe_transport(2).close()  # type: ignore[attr-defined]
    out = await process.stdout.read() if process.stdout else b""
    assert await process.wait() == 0
    assert b"11 done" in out
    assert cli.groups() == [2, 2, 2]


async def test_a_dead_node_is_left_out_and_the_others_are_done(cli: Cli) -> None:
    cli.demo.nodes[1].faults.powered_off = True
    code, out, _ = await load(cli, "--yes")
    assert (code, cli.groups()) == (1, [2, 0, 2])
    refused = [line for line in out.splitlines() if "refused: " in line]
    assert len(refused) == 2, out
    assert refused[0].startswith("  refused: node2: can't be asked: ")
    assert refused[1] == "  refused: node2 /dev/sdb /dev/sdc: its node is left out"
    assert "what to do: " in out
    cli.demo.nodes[1].faults.powered_off = False
    code, _, _ = await load(cli, "--yes")
    assert (code, cli.groups()) == (0, [2, 2, 2])


async def test_a_step_that_fails_is_told_with_its_reason(cli: Cli) -> None:
    cli.demo.nodes[0].faults.rules.append(Rule("lvm vgcreate", Reply(5, "", "  Insufficient free space\n"), times=1))
    code, out, err = await load(cli, "--yes", "-o", "yaml")
    assert (code, sum(cli.groups())) == (1, 5)
    assert "status: failed" in out
    assert "failed (" in err


async def test_all_nodes_dead(cli: Cli) -> None:
    for node in cli.demo.nodes:
        node.faults.powered_off = True
    code, out, _ = await load(cli, "--yes")
    assert code == 3
    assert out.count("can't be asked") == 3
    for words in (
        ("topology", "check", "--nodes", cli.demo.topology_path),
        ("volume", "start", "db"),
        ("get", "bricks"),
    ):
        assert (await cli.here(*words)).code == 3


async def test_check_asks_the_nodes_only_when_told(cli: Cli) -> None:
    ended = await cli.here("topology", "check", cli.demo.topology_path)
    assert (ended.code, ended.err) == (0, "")
    assert [node.accepted for node in cli.demo.nodes] == [0, 0, 0]
    ended = await cli.here("topology", "check", "--nodes", cli.demo.topology_path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("3 nodes, 6 devices: good, on the nodes too\n")
    cli.demo.nodes[2].faults.glusterd_stopped = True
    cli.demo.nodes[0].faults.powered_off = True
    ended = await cli.here("topology", "check", "--nodes", cli.demo.topology_path)
    assert ended.code == 1
    assert "error: node1 can't be asked: " in ended.err
    assert "error: glusterd is not running on node3" in ended.err
    assert cli.changes() == []


async def test_without_a_journal_nothing_is_changed(cli: Cli) -> None:
    (cli.home / ".local").write_text("in the way of the state folder")
    code, out, err = await load(cli, "--yes")
    assert (code, cli.groups(), cli.changes()) == (1, [0, 0, 0], [])
    assert len(out.splitlines()) <= 4, out
    assert "journal" in out
    assert err == ""


async def test_a_second_load_at_the_same_time_is_refused(cli: Cli) -> None:
    for node in cli.demo.nodes:
        node.faults.slow("lvm vgcreate", 1.5)
    first = await begun(cli)
    while not cli.asked("lvm vgcreate"):
        await asyncio.sleep(0.01)
    code, out, _ = await load(cli, "--yes")
    assert code == 1
    assert "changes this cluster since" in out
    assert (await end(first)).code == 0
    assert cli.groups() == [2, 2, 2]
