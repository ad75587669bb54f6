"""Leaving heketi, drift beside real nodes, and the linter of heketi.json on the command line."""

import asyncio
import contextlib
import io
import json
from pathlib import Path

import pytest

from tests.cli.running import Ended, begin, end
from tests.site.heketi_world import HeketiBench, beside, key_file
from tui.__main__ import main
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest


async def run(bench: HeketiBench, home: Path, *args: object) -> Ended:
    """A command on the nodes and their heketi; changes in a process of its own."""
    assert bench.demo is not None
    key = key_file(home, bench.server)
    words = ["--config", bench.demo.config_path, "--heketi", bench.server.url, "--heketi-key-file", key, *args]
    if "--yes" in args:
        return await end(await begin(*words, home=home))
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = await asyncio.to_thread(main, list(map(str, words)))
    return Ended(code, out.getvalue(), err.getvalue())


async def test_a_cluster_leaves_heketi_without_moving_a_byte(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        assert bench.demo is not None
        assert (await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))).ok
        healthy = await run(bench, tmp_path, "heketi", "drift")
        assert (healthy.code, "agree" in healthy.out) == (0, True), healthy
        report = await run(bench, tmp_path, "heketi", "leave", "--report")
        assert report.code == 0
        assert "is understood in all its parts" in report.out
        before = [
            {name: sorted(group.pools) for name, group in node.machine.lvm.groups.items()} for node in bench.demo.nodes
        ]
        for node in bench.demo.nodes:
            node.executor.history.clear()
        dry = await run(bench, tmp_path, "heketi", "leave", "--dry-run")
        assert (dry.code, "Leave heketi with cluster" in dry.out) == (0, True)
        left = await run(bench, tmp_path, "heketi", "leave", "--yes")
        assert left.code == 0, left
        assert "db: 1 GiB, replicate 3" in left.out
        assert "has left heketi." in left.out
        assert "write 'manage: false' below 'heketi:'" in left.out
        again = await run(bench, tmp_path, "heketi", "leave", "--dry-run")
        assert (again.code, len(again.out.splitlines())) == (0, 1), again
        assert "has left heketi already" in again.out
        made = await run(bench, tmp_path, "volume", "create", "y", "--size", "1", "--dry-run", "-o", "json")
        assert "heketi" not in {step["node"] for step in json.loads(made.out)["steps"]}
        assert any("manage: false" in text for text in json.loads(made.out)["warnings"])
        asked = [line for node in bench.demo.nodes for line in node.executor.history]
        touching = ("umount", "mkfs.xfs -", "lvcreate", "lvremove", "vgremove", "volume stop", "volume delete", "sed ")
        assert not [line for line in asked if any(word in line for word in touching)]
        after = [
            {name: sorted(group.pools) for name, group in node.machine.lvm.groups.items()} for node in bench.demo.nodes
        ]
        assert after == before
        deleted = await run(bench, tmp_path, "--direct", "volume", "delete", "db", "--dry-run", "-o", "json")
        assert {step["node"] for step in json.loads(deleted.out)["steps"]} == {"node1", "node2", "node3"}


async def test_drift_is_told_with_its_code_and_repair(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        assert bench.demo is not None
        assert (await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))).ok
        direct = bench.demo.node("node1")
        await direct.executor.run(["gluster", "--mode=script", "volume", "stop", "db", "force"], "")
        await direct.executor.run(["gluster", "--mode=script", "volume", "delete", "db"], "")
        found = await run(bench, tmp_path, "heketi", "drift", "-o", "json")
        assert found.code == 1
        rows = json.loads(found.out)
        assert any(row["code"].startswith("R") and "db" in row["summary"] for row in rows)
        broken = next(row for row in rows if any(remedy["can_run"] for remedy in row["remedies"]))
        name = broken["object"]["name"]
        wrong = await run(bench, tmp_path, "fix", broken["code"], "nobody")
        assert (wrong.code, name in wrong.err) == (1, True)
        dry = await run(bench, tmp_path, "fix", broken["code"], name, "--dry-run")
        assert (dry.code, "heketi: " in dry.out) == (0, True), dry
        fixed = await run(bench, tmp_path, "fix", broken["code"], name, "--yes")
        assert fixed.code == 0, fixed
        after = json.loads((await run(bench, tmp_path, "heketi", "drift", "-o", "json")).out)
        assert (broken["code"], name) not in [(row["code"], row["object"]["name"]) for row in after]


@pytest.mark.parametrize(("text", "code"), [('{"port": "8080", "jwt": 1}', 1), ("{", 1)])
async def test_a_wrong_heketi_json(tmp_path: Path, text: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "heketi.json"
    file.write_text(text)
    assert await asyncio.to_thread(main, ["heketi", "lint", str(file)]) == code
    said = capsys.readouterr()
    assert f"{file}:1:" in said.err
    assert "error" in said.out
    assert await asyncio.to_thread(main, ["heketi", "lint", str(tmp_path / "none")]) == 2
