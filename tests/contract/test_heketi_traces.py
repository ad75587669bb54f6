"""The commands that the simulated heketi runs on nodes for each operation are those that the real one ran.

Bricks are made side by side, so that the order between them is nobody's: the commands are compared sorted, and
those of one brick stay in order by the faults that the other tests put between them.
"""

from collections.abc import AsyncIterator

import pytest

from tests.contract.heketi_cli import list_operations, list_volumes, load, plain, read_recorded, run
from tests.remote.heketi_world import client_of
from tui.demo.heketi import SimHeketi
from tui.demo.heketi_nodes import NodeFault, PretendNodes
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import Request, VolumeWish
from tui.remote.errors import CommandTimeout
from tui.remote.heketi import HeketiClient

TRACES = read_recorded("traces.json")
BUSY = NodeFault("^umount", "umount: target is busy.")
UNSEEN = NodeFault("^mount$", answer="")


class Traced:
    """A server of three nodes with a disk each, loaded by heketi-cli."""

    def __init__(self, server: SimHeketi, client: HeketiClient, nodes: PretendNodes, loaded: list[str]) -> None:
        self.server, self.client, self.nodes, self.loaded = server, client, nodes, loaded
        self.at_load = self.commands()

    def commands(self) -> list[str]:
        """What was run since the last look, sorted and without ids."""
        found = sorted(plain([command for _, command in self.nodes.history]))
        self.nodes.history.clear()
        return found

    async def run(self, request: Request) -> list[str]:
        """The commands of one request that succeeds."""
        self.nodes.history.clear()
        assert await run(self.client, request) == []
        return self.commands()

    def volume(self, name: str) -> str:
        """The id of a volume."""
        return next(volume.id for volume in self.server.state.tables.volumes.values() if volume.name == name)


def recorded(name: str) -> list[str]:
    """The commands of a trace."""
    return sorted(plain(TRACES[name].commands))


@pytest.fixture
async def traced() -> AsyncIterator[Traced]:
    nodes = PretendNodes(disk_kib=500 * 2**20)
    entries = [
        {
            "node": {"hostnames": {"manage": [f"node0{n}.example.com"], "storage": [f"10.0.0.1{n}"]}, "zone": n + 1},
            "devices": ["/dev/sdb"],
        }
        for n in range(3)
    ]
    async with SimHeketi(executor=nodes) as server, client_of(server) as client:
        loaded = await load(client, {"clusters": [{"nodes": entries}]})
        yield Traced(server, client, nodes, loaded)


async def test_a_load(traced: Traced) -> None:
    assert plain(traced.loaded) == plain(TRACES["load-3x1"].output)
    assert traced.at_load == recorded("load-3x1")


async def test_volumes_made_grown_and_taken_away(traced: Traced) -> None:
    wish = VolumeWish(10, "v1", gid=2001, snapshot_factor=1.5)
    assert await traced.run(requests.create_volume(wish)) == recorded("vol-create-r3")
    assert await traced.run(requests.expand_volume(traced.volume("v1"), 5)) == recorded("vol-expand")
    assert await traced.run(requests.delete_volume(traced.volume("v1"))) == recorded("vol-delete")


@pytest.mark.parametrize(
    ("name", "wish"),
    [
        ("none", VolumeWish(4, "vnone", "none")),
        ("ec", VolumeWish(4, "vec", "disperse", data=2, redundancy=1)),
        ("arb", VolumeWish(20, "varb", options=("user.heketi.arbiter true",))),
    ],
)
async def test_volumes_of_other_kinds(traced: Traced, name: str, wish: VolumeWish) -> None:
    assert await traced.run(requests.create_volume(wish)) == recorded(f"vol-create-{name}")


async def test_a_block_volume_and_its_host(traced: Traced) -> None:
    given = await traced.run(requests.create_block_volume(2, "blk1", ha=3))
    assert [line.partition(" full ")[0] for line in given] == [
        line.partition(" full ")[0] for line in recorded("blockvolume-create")
    ]
    [block] = traced.server.state.tables.block_volumes
    await traced.run(requests.delete_block_volume(block))
    [host] = traced.server.state.tables.volumes
    assert await traced.run(requests.delete_volume(host)) == recorded("bhv-delete")


async def test_a_volume_whose_bricks_are_busy_yet_not_mounted(traced: Traced) -> None:
    await traced.run(requests.create_volume(VolumeWish(1, "vbusy")))
    traced.server.state.nodes.faults = [BUSY, UNSEEN]
    given = await traced.run(requests.delete_volume(traced.volume("vbusy")))
    # what is answered by a fault is not in the history
    assert given == [line for line in recorded("fail-umount-busy-delete") if line != "mount"]


async def test_what_was_under_way_when_heketi_died_is_cleaned_up(traced: Traced) -> None:
    traced.server.hang("mkfs.xfs")
    with pytest.raises(CommandTimeout):
        await traced.client.change(requests.create_volume(VolumeWish(1, "vstale")), seconds=0.1)
    assert plain(await list_operations(traced.client)) == plain(TRACES["ops-list-inflight"].output)
    await traced.server.restart()
    assert plain(await list_operations(traced.client)) == plain(TRACES["ops-stale-list"].output)
    [stuck] = await traced.client.operations()
    whole = await traced.client.get(f"/operations/pending/{stuck.id}")
    assert whole.count("Add brick") == 3
    assert whole.count("Add volume") == 1
    assert await list_volumes(traced.client) == []
    traced.server.state.nodes.faults = []
    assert await traced.run(requests.clean_operations()) == recorded("ops-cleanup")
    assert await list_operations(traced.client) == TRACES["ops-after-cleanup"].output
    assert traced.server.state.tables.bricks == {}


async def test_a_device_on_its_way_out(traced: Traced) -> None:
    device, node = next((d.id, d.node) for d in traced.server.state.tables.devices.values())
    told = {
        "dev-delete-online": requests.delete_device(device),
        "dev-remove-online": requests.set_state("devices", device, "failed"),
    }
    for name, request in told.items():
        assert plain(await run(traced.client, request)) == plain(TRACES[name].output)
        assert traced.commands() == recorded(name)
    for state in ("offline", "failed"):
        assert await traced.run(requests.set_state("devices", device, state)) == []
    missing = '  Volume group "vg_x" not found\n  Cannot process volume group vg_x'
    traced.server.fail("pvremove", missing)
    lines = await run(traced.client, requests.delete_device(device))
    here = traced.server.state.tables.nodes[node].manage[0]
    wanted = [line.replace("node00.example.com", here) for line in TRACES["dev-delete-vg-missing"].output]
    assert plain(lines) == plain(wanted)
    assert traced.commands() == recorded("dev-delete-vg-missing")
    assert await traced.run(requests.delete_device(device, forget=True)) == recorded("dev-delete-forceforget")
    detached = traced.server.state.tables.nodes[node].storage[0]
    given = await traced.run(requests.delete_node(node))
    assert given == [line.replace("10.0.0.10", detached) for line in recorded("node-delete")]


async def test_a_cluster_that_is_not_empty(traced: Traced) -> None:
    [cluster] = traced.server.state.tables.clusters
    lines = await run(traced.client, requests.delete_cluster(cluster))
    assert plain(lines) == plain(TRACES["cluster-delete-nonempty"].output)
    assert traced.commands() == recorded("cluster-delete-nonempty")
