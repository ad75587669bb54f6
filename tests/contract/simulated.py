"""The simulated nodes as a place for scenarios."""

from pathlib import Path

from tests.contract.case import DISK_SIZE, DISKS, NODES, Given
from tui.core.asker import RefusingAsker
from tui.demo.accidents import happen
from tui.demo.site import DemoSite, start_site
from tui.remote.address import NodeAddress
from tui.remote.ssh import SshPool


class SimulatedPlace:
    """Three simulated nodes that look as the lab's; over SSH as any other node."""

    def __init__(self, site: DemoSite) -> None:
        self.site = site
        self.runner = SshPool(RefusingAsker())
        for node in site.nodes:
            address = NodeAddress(
                node.name,
                node.address,
                node.port,
                "root",
                (str(site.key_path),),
                known_hosts=str(site.known_hosts),
                ssh_config="none",
            )
            self.runner.add(address)

    async def make(self, given: Given) -> None:
        """Let something be so on a node."""
        node = self.site.node(f"node{given.node}")
        if given.what in ("stopped", "started"):
            node.faults.powered_off = given.what == "stopped"
        else:
            happen(node.machine, given.what, given.target)

    async def close(self) -> None:
        """End connections and nodes."""
        await self.runner.close()
        await self.site.close()


async def simulated_place(folder: Path) -> SimulatedPlace:
    """Start clean simulated nodes; their files go into `folder`."""
    site = await start_site(
        len(NODES), len(DISKS), folder=folder, disk_size=DISK_SIZE, prefix="vd", storage="10.77.0.1{}"
    )
    return SimulatedPlace(site)
