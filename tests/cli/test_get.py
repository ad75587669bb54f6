"""`brickyard get`: tables for people, JSON and YAML for programs, and an exit code that says how things are."""

import asyncio
import json
import os
import sys
from typing import Any

import pytest
import yaml

from tests.cli.running import Cli, environment
from tui.cli.rows import KINDS
from tui.core.units import GIB

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def rows(loaded: Cli, kind: str, output: str = "json") -> list[dict[str, Any]]:
    ended = await loaded.here("get", kind, "-o", output)
    assert (ended.code, ended.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(ended.out) if output == "json" else yaml.safe_load(ended.out)
    return found


async def test_nodes_as_json(loaded: Cli) -> None:
    nodes = await rows(loaded, "nodes")
    assert [(n["name"], n["manage"], n["storage"], n["zone"], n["state"]) for n in nodes] == [
        (f"node{i}", f"node{i}", f"10.42.0.{i}", i, "online") for i in (1, 2, 3)
    ]
    assert all(0 <= n["age_seconds"] < 60 and n["read_at"].endswith("+00:00") for n in nodes)


async def test_devices_as_json(loaded: Cli) -> None:
    devices = await rows(loaded, "devices")
    assert [(d["node"], d["path"]) for d in devices] == [(f"node{i}", f"/dev/sd{d}") for i in (1, 2, 3) for d in "bc"]
    assert all(3 * GIB < d["size"] < 4 * GIB and d["size"] == d["free"] + d["used"] for d in devices)
    assert all(d["vg"].startswith("vg_") and d["state"] == "online" and d["reason"] == "" for d in devices)
    assert sum(d["bricks"] for d in devices) == 3


async def test_bricks_as_json(loaded: Cli) -> None:
    bricks = await rows(loaded, "bricks")
    assert [(b["volume"], b["node"], b["state"]) for b in bricks] == [("db", f"node{i}", "online") for i in (1, 2, 3)]
    assert all(b["path"].startswith("/var/lib/heketi/mounts/vg_") and b["device"].startswith("/dev/sd") for b in bricks)
    assert all(isinstance(b["size"], int) for b in bricks)


async def test_volumes_are_the_same_in_json_and_yaml(loaded: Cli) -> None:
    as_json, as_yaml = await rows(loaded, "volumes"), await rows(loaded, "volumes", "yaml")
    assert as_json == as_yaml
    (volume,) = as_json
    assert (volume["name"], volume["type"], volume["replica"], volume["status"]) == ("db", "replicate 3", 3, "Started")
    assert len(volume["bricks"]) == 3
    assert len(volume["id"]) == 36


@pytest.mark.parametrize("kind", KINDS)
async def test_tables_have_aligned_columns_and_no_empty_reasons(loaded: Cli, kind: str) -> None:
    ended = await loaded.here("get", kind)
    lines = ended.out.splitlines()
    assert (ended.code, ended.err) == (0, "")
    assert "REASON" not in lines[0]
    assert len(lines) == {"nodes": 4, "devices": 7, "bricks": 4, "volumes": 2}[kind]
    if kind != "nodes":  # sizes stand right
        after = lines[0].index("SIZE") + 4
        assert all(line[after - 1] == "B" for line in lines[1:]), lines


async def test_a_reader_that_goes_away_is_no_fault(loaded: Cli) -> None:
    read, write = os.pipe()
    os.close(read)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tui", "--config", loaded.demo.config_path, "get", "devices",
        stdout=write, stderr=asyncio.subprocess.PIPE, env=environment(loaded.home),
    )  # fmt: skip
    os.close(write)
    _, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")


async def test_a_full_disk_is_a_fault(loaded: Cli) -> None:
    with open("/dev/full", "wb") as full:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tui", "--config", loaded.demo.config_path, "get", "nodes",
            stdout=full, stderr=asyncio.subprocess.PIPE, env=environment(loaded.home),
        )  # fmt: skip
        _, err = await process.communicate()
    assert process.returncode == 1
    assert b"No space left" in err


async def test_a_node_named_on_the_command_line_and_its_pool(loaded: Cli) -> None:
    node, files = loaded.demo.nodes[0], loaded.demo
    ended = await loaded.bare(
        "--node", f"root@{node.address}:{node.port}", "--key", files.key_path, "--known-hosts", files.known_hosts,
        "get", "volumes", "-o", "json",
    )  # fmt: skip
    # the addresses in the pool are not there for us: the other nodes are found and can't be reached
    assert ended.code == 3, ended
    assert [volume["name"] for volume in json.loads(ended.out)] == ["db"]
    assert "node2" in ended.err


async def test_an_unknown_host_key_is_refused_with_its_fingerprint(loaded: Cli) -> None:
    node = loaded.demo.nodes[0]
    ended = await loaded.bare(
        "--node", f"root@{node.address}:{node.port}", "--key", loaded.demo.key_path,
        "--known-hosts", loaded.home / "nobody", "get", "nodes",
    )  # fmt: skip
    assert ended.code == 3
    assert node.host_key.get_fingerprint() in ended.out + ended.err
    assert "ssh-keygen -lf" in ended.err
    assert not (loaded.home / "nobody").exists()


async def test_a_refused_key_is_told_with_user_and_key(loaded: Cli) -> None:
    loaded.demo.nodes[2].faults.refuse_key = True
    try:
        ended = await loaded.here("get", "devices")
    finally:
        loaded.demo.nodes[2].faults.clear()
    assert ended.code == 3
    assert ended.out.splitlines()[0].split()[0] == "NODE"
    assert "root" in ended.err
    assert "id_ed25519" in ended.err
    assert "what to do" in ended.err


async def test_a_dead_brick_is_found(loaded: Cli) -> None:
    loaded.demo.nodes[1].faults.glusterd_stopped = True
    try:
        ended = await loaded.here("get", "nodes")
    finally:
        loaded.demo.nodes[1].faults.glusterd_stopped = False
    assert ended.code == 1, ended
    assert "REASON" in ended.out.splitlines()[0]
