"""Cleaning a cluster, a node, a device, or all that a topology file names: what would be lost, then the name typed."""

from typing import TYPE_CHECKING

from screens.columns_topology import TreeRow
from screens.dialog import plain
from screens.marks import Thing
from screens.running import review, run_flow
from screens.waiting import WaitingDialog
from screens.words import one_line
from tui.app import BrickyardApp
from tui.core.model import Device, Node
from tui.core.plan import Plan
from tui.core.topology import Topology
from tui.plans.clean_target import CleanTarget

if TYPE_CHECKING:
    from tui.site import Site


def target_of(thing: Thing | None) -> CleanTarget | None:
    """What a clean of the selected row would be for; None where a row is nothing that can be cleaned."""
    if isinstance(thing, Device):
        return CleanTarget("device", node=thing.node, device=thing.path)
    if isinstance(thing, Node):
        return CleanTarget("node", node=thing.name)
    if isinstance(thing, TreeRow) and thing.key[0] == "cluster" and thing.key[1]:
        return CleanTarget("cluster", cluster=thing.key[1])
    return None


def words_of(target: CleanTarget) -> str:
    """The target as people say it."""
    if target.kind == "device":
        return f"{target.device} on {target.node}"
    if target.topology is not None:
        return f"all that {target.topology.source} names"
    return f"{target.kind} {target.node or target.cluster}"


def clean(app: BrickyardApp, target: CleanTarget) -> None:
    """Begin the flow."""
    if app.site is not None:
        run_flow(app, _clean(app, app.site, target), "planning the clean")


async def review_clean(app: BrickyardApp, site: "Site", topology: Topology) -> None:
    """Take back all that a topology names."""
    await _clean(app, site, CleanTarget("topology", topology=topology))


async def _clean(app: BrickyardApp, site: "Site", target: CleanTarget) -> None:
    text = plain(
        "The nodes are asked what brickyard or heketi made there, what is mounted, and what would be lost.\n\n",
        (one_line(words_of(target)), "bold"),
    )

    async def look() -> Plan:
        await site.refresh()
        await site.know_users()
        return await site.clean_plan(target)

    plan = await app.push_screen_wait(WaitingDialog[Plan]("Clean", text, look))
    if plan is not None:
        review(app, plan)
