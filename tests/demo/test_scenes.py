"""The site of `brickyard demo`: it can be read with the app's own readers, and it is the same for a seed."""

import json
from pathlib import Path

from tests.demo.asking import ask, connected
from tui.config import load_config
from tui.core.topology_file import parse_topology
from tui.demo.scenes import demo_scene
from tui.demo.site import DemoSite
from tui.dialects import gluster


async def test_files_are_valid(tmp_path: Path) -> None:
    async with await demo_scene(tmp_path, latency=0) as site:
        config = load_config(site.config_path)
        assert [s.name for s in config.sites] == ["demo"]
        for name in ("topology.json", "topology-new.json"):
            reading = parse_topology((tmp_path / name).read_bytes(), name)
            assert reading.ok, reading.problems
        devices = [len(node.devices) for node in config.sites[0].declared_nodes()]
        assert devices == [6, 5, 6, 6, 6]
        assert (tmp_path / "id_ed25519").stat().st_mode & 0o777 == 0o600


def _shape(site: DemoSite) -> object:
    machines = [node.machine for node in site.nodes]
    volumes = machines[0].glusterd.pool.volumes
    free = [[group.free for group in machine.lvm.groups.values()] for machine in machines]
    return sorted(volumes), free, [str(brick).partition("/")[2] for v in volumes.values() for brick in v.bricks]


async def test_a_seed_gives_the_same_site(tmp_path: Path) -> None:
    async with (
        await demo_scene(tmp_path / "a", latency=0, seed=3) as one,
        await demo_scene(tmp_path / "b", latency=0, seed=3) as two,
    ):
        assert _shape(one) == _shape(two)
    async with await demo_scene(tmp_path / "c", latency=0, seed=4) as three:
        assert _shape(one) != _shape(three)


async def test_the_app_reads_the_volumes(tmp_path: Path) -> None:
    async with await demo_scene(tmp_path, latency=0) as site, connected(site, site.node("gl-a1")) as shell:
        info = await ask(shell, gluster.volume_info_commands())
        volumes = gluster.parse_volumes(info[0])
        assert len(volumes) == 15
        names = gluster.started_volumes(info)
        statuses = await ask(shell, gluster.volume_status_commands(names), stop=False)
        facts = gluster.parse_cluster(info, statuses, "gl-a1", 1.0)
        assert not facts.unread
        [registry] = [v for v in facts.volumes if v.name == "registry"]
        assert [brick.online for brick in registry.bricks] == [True, False, True]
        [pool] = await ask(shell, [gluster.pool_list()])
        assert pool.stdout.count("<connected>0</connected>") == 1
    assert json.loads((tmp_path / "topology-new.json").read_text())["clusters"][0]["nodes"][5]["node"]["zone"] == 3
