"""Bad topologies loaded by heketi-cli, one after another into one server, as they were recorded.

The lines that heketi-cli prints and the commands that heketi runs on nodes are those of the real one.
"""

from typing import Any

import pytest

from tests.contract import heketi_cli as cli
from tests.contract.heketi_cli import Recorded, plain, read_recorded, topology
from tests.remote.heketi_world import client_of
from tui.demo.heketi import SimHeketi
from tui.demo.heketi_nodes import NodeFault, PretendNodes
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.heketi import HeketiClient

RECORDED = read_recorded("bad-loads.json")
NOT_OF_THE_SERVER = {"05-topology-info-partial", "12-unparsable", "15-missingfile", "17-noserver"}
FILTERED = "  Device /dev/sdb excluded by a filter."
FOREIGN = (
    '  Can\'t initialize physical volume "/dev/sdc" of volume group "vg_old" without -ff\n'
    "  /dev/sdc: physical volume not initialized."
)
GONE = "  Device /dev/sdd not found."


class Story:
    """The server in the middle, with what was broken for each scenario."""

    def __init__(self, server: SimHeketi, client: HeketiClient, nodes: PretendNodes) -> None:
        self.server, self.client, self.nodes = server, client, nodes

    def break_down(self, *faults: tuple[str, str, str]) -> None:
        """Only these commands fail from now on: (command, text, host)."""
        self.server.state.nodes.faults = [NodeFault(command, text, host) for command, text, host in faults]

    async def play(self, name: str) -> list[str]:
        """What heketi-cli printed."""
        number = name[:2]
        loads = {"01": "3x3", "03": "3x3", "04": "3x3", "06": "3x3", "07": "newfirst", "09": "swapped"}
        loads |= {"10": "changed", "13": "nozone", "14": "baddev"}
        self._prepare(number)
        if number in loads:
            return await cli.load(self.client, topology(f"topo-{loads[number]}"))
        if number == "11":
            return await cli.load(self.client, _one_of(topology("topo-dupstorage")))
        if number == "16":
            async with client_of(self.server, key="wrong") as stranger:
                return await cli.load(stranger, topology("topo-3x3"))
        if number in ("02", "08"):
            return await cli.list_clusters(self.client)
        if number == "19":
            return await cli.list_operations(self.client)
        if number == "20":
            return await cli.list_volumes(self.client)
        if number == "22":
            return await cli.run(self.client, requests.add_device(self._node("node01"), "/dev/sdb", destroy=True))
        return await self._delete_volume(number)

    def _prepare(self, number: str) -> None:
        broken = {
            "01": [("glusterd", "Unit glusterd.service could not be found.", "")],
            "03": [("probe", "peer probe: failed: Probe returned with Transport endpoint is not connected", "")],
            "04": [
                fault
                for host in ("node01.example.com", "node02.example.com")
                for fault in (
                    ("vgcreate .*/dev/sdb", FILTERED, host),
                    ("vgcreate .*/dev/sdc", FOREIGN, host),
                    ("vgcreate .*/dev/sdd", GONE, host),
                    ("pvs .*/dev/sdd", GONE, host),
                )
            ],
            "18": [("^umount", "umount: target is busy.", "")],
            "22": [("vgcreate .*/dev/sdb", FILTERED, "")],
        }
        self.break_down(*broken.get(number, []))

    async def _delete_volume(self, number: str) -> list[str]:
        if number == "18":
            faults, self.server.state.nodes.faults = self.server.state.nodes.faults, []
            cluster = self.server.state.tables.nodes[self._node("node01")].cluster
            await self.client.change(requests.create_volume(VolumeWish(1, "vbusy", clusters=(cluster,))))
            self.server.state.nodes.faults = faults
            self.nodes.history.clear()
        [volume] = self.server.state.tables.volumes
        return await cli.run(self.client, requests.delete_volume(volume), f"Volume {volume} deleted")

    def _node(self, name: str) -> str:
        return next(node.id for node in self.server.state.tables.nodes.values() if node.manage[0].startswith(name))


def _one_of(whole: dict[str, Any]) -> dict[str, Any]:
    """The topology with its first node alone, as it was loaded."""
    return {"clusters": [{"nodes": whole["clusters"][0]["nodes"][:1]}]}


async def test_the_whole_story() -> None:
    nodes = PretendNodes(disk_kib=99 * 2**20)
    seen: dict[str, Recorded] = {}
    async with SimHeketi(executor=nodes) as server, client_of(server) as client:
        story = Story(server, client, nodes)
        for name, recorded in RECORDED.items():
            if name in NOT_OF_THE_SERVER:
                continue
            nodes.history.clear()
            output = await story.play(name)
            commands = [command for _, command in nodes.history]
            seen[name] = Recorded(name, recorded.asked, plain(output), recorded.exit, sorted(plain(commands)))
    assert len(seen) == 18
    for name, given in seen.items():
        recorded = RECORDED[name]
        lines = [line.replace("Error:   ", "Error: ") for line in recorded.output]
        assert given.output == plain(lines), name
        assert given.commands == sorted(plain(recorded.commands)), name


def test_the_record_holds_what_the_story_tells() -> None:
    assert len(RECORDED) == 22
    assert set(RECORDED) >= NOT_OF_THE_SERVER


@pytest.mark.parametrize("name", ["01-glusterd-down", "03-probe-fail", "04-device-errors"])
def test_heketi_cli_says_success_where_all_failed(name: str) -> None:
    assert RECORDED[name].exit == 0
    assert any("Unable to" in line for line in RECORDED[name].output)
