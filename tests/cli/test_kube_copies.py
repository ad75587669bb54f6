"""`doctor`, `explain` and `fix` on copies that differ, on the whole simulated site."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.running import begin, end
from tui.demo.gluster_heal import let_differ
from tui.demo.gluster_model import SPLIT_BRAIN, Volume
from tui.demo.whole_scene import WholeDemo, whole_scene


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[WholeDemo]:
    """All of the demo; nothing takes time."""
    made = await whole_scene(tmp_path / "demo", latency=0)
    yield made
    await made.close()


def volume(demo: WholeDemo, name: str) -> Volume:
    return demo.site.node("gl-a1").machine.glusterd.pool.volumes[name]


async def test_split_brain_is_found_when_it_is_looked_for(demo: WholeDemo, tmp_path: Path) -> None:
    let_differ(volume(demo, "prometheus"), ["/wal/1"], SPLIT_BRAIN, bricks=(0, 1))
    config = ("--config", demo.site.config_path)
    ended = await end(await begin(*config, "doctor", "--copies", "-o", "json", home=tmp_path))
    assert ended.out, ended
    found = [one for one in json.loads(ended.out)["findings"] if one["code"] == "H6"]
    assert {one["summary"] for one in found} == {"1 entry of Gluster volume 'prometheus' is in split-brain"}
    ended = await end(await begin(*config, "explain", "claim", "monitoring/prometheus", "--copies", home=tmp_path))
    assert ended.code == 1
    assert "SPLIT-BRAIN: 1 entry" in ended.out
    assert "gluster volume heal prometheus split-brain latest-mtime" in " ".join(ended.out.split())


async def test_a_heal_is_started_by_its_code(demo: WholeDemo, tmp_path: Path) -> None:
    demo.site.node("gl-b1").faults.glusterd_stopped = False
    let_differ(volume(demo, "prometheus"), ["/wal/1", "/wal/2"], bricks=(0, 1))
    words = ("fix", "H13", "monitoring/prometheus", "--yes")
    ended = await end(await begin("--config", demo.site.config_path, *words, home=tmp_path))
    assert ended.code == 0, ended
    assert [brick.apart for brick in volume(demo, "prometheus").bricks] == [{}] * 6
