"""What the keys of the dashboard do through heketi: each asks what it must, makes a plan, and shows it."""

from typing import TYPE_CHECKING

from textual import getters
from textual.dom import DOMNode

from screens import heketi_forms as forms
from screens.columns_topology import TreeRow
from screens.details_panel import DetailsDialog
from screens.dialog import plain
from screens.findings import FindingsDialog
from screens.heketi_menu import HeketiMenu, choices
from screens.marks import Thing
from screens.running import review, run_flow
from screens.waiting import WaitingDialog
from screens.words import PLAIN, one_line
from tui.app import BrickyardApp
from tui.core.heketi_links import links_of
from tui.core.heketi_model import HeketiDevice, HeketiNode, HeketiSite, HeketiVolume
from tui.core.model import Brick, Device, Node, Snapshot, Volume
from tui.core.plan import Plan, Refused
from tui.core.units import parse_size
from tui.plans import heketi_members as members
from tui.plans import heketi_server as server
from tui.plans.heketi_clean import HeketiTarget, plan_heketi_clean
from tui.plans.heketi_volumes import plan_clone, plan_expand

if TYPE_CHECKING:
    from tui.site import Site

NO_HEKETI = "This site has no heketi: name one below heketi: in its configuration, or with --heketi URL."


class HeketiCommands(DOMNode):
    """Mixed into the dashboard."""

    app = getters.app(BrickyardApp)
    snapshot: Snapshot

    @property
    def selected(self) -> Thing | None:
        """The object under the cursor of the active pane."""
        return None

    def _site_with_heketi(self) -> "Site | None":
        site = self.app.site
        if site is None or site.config.heketi is None:
            self.app.notify(NO_HEKETI if site is not None else "No site is open yet.", markup=False)
            return None
        return site

    def action_heketi_menu(self) -> None:
        """What heketi can do about the selected row, and about itself."""
        site = self._site_with_heketi()
        if site is None:
            return
        try:
            facts = site.heketi_facts()
        except Refused as error:
            self.app.refused(error)
            return
        thing = self.selected
        offered = choices(self.snapshot, thing, facts)

        def chosen(name: str | None) -> None:
            if name:
                self.action_heketi(name)

        self.app.push_screen(HeketiMenu(words_of(thing), facts, offered), chosen)

    def action_heketi(self, name: str) -> None:
        """One of the choices."""
        site = self._site_with_heketi()
        if site is not None:
            run_flow(self.app, Flow(self.app, site, self.snapshot, self.selected).run(name), "working with heketi")


class Flow:
    """One wish, from what is selected to the review of its plan. Raises Refused."""

    def __init__(self, app: BrickyardApp, site: "Site", snapshot: Snapshot, thing: Thing | None) -> None:
        self._app, self._site, self._snapshot, self._thing = app, site, snapshot, thing

    async def run(self, name: str) -> None:
        """Any choice of `screens.heketi_menu`."""
        if name == "drift":
            await self._drift()
            return
        if name == "leave":
            await self._leave()
            return
        if name == "report":
            lines = self._site.leave_report(self._cluster())
            self._app.push_screen(DetailsDialog("Leaving heketi", [("", line, PLAIN) for line in lines]))
            return
        plan = await self._plan(name)
        if plan is not None:
            review(self._app, plan)

    async def _plan(self, name: str) -> Plan | None:
        known = self._site.heketi_site()
        if name in ("expand", "clone"):
            return await self._volume_plan(name, known)
        if name in ("mode", "loglevel"):
            return await self._server_plan(name)
        if name in ("blockcreate", "blockdelete"):
            return await self._block_plan(name)
        if name == "cleanup":
            return server.plan_cleanup(known.operations)
        if name == "flags":
            return await self._flags(known)
        if name == "evict":
            brick = links_of(known).brick(self._thing) if isinstance(self._thing, Brick) else None
            if brick is None:
                raise Refused("Select a brick of heketi's first: 2 goes to the bricks.")
            return members.plan_evict(known, brick)
        return await self._member_plan(name, known)

    async def _member_plan(self, name: str, known: HeketiSite) -> Plan | None:
        member = self._member(known)
        if name == "enable":
            return members.plan_enable(known, member)
        if name == "disable":
            return members.plan_disable(known, member)
        if name == "remove":
            return members.plan_remove(known, member)
        if name == "delete":
            if isinstance(member, HeketiNode):
                return plan_heketi_clean(known, HeketiTarget("node", member.id, moves=True))
            return plan_heketi_clean(known, HeketiTarget("device", member.id, moves=True))
        if name == "resync":
            return members.plan_resync(known, member.devices if isinstance(member, HeketiNode) else (member,))
        answers = await self._app.push_screen_wait(forms.tags_form(members.name_of(known, member), member))
        if answers is None:
            return None
        wanted = forms.tags_of(answers["tags"])
        return members.plan_tags(known, member, wanted, [key for key in member.tags if key not in wanted])

    def _member(self, known: HeketiSite) -> HeketiNode | HeketiDevice:
        links, thing = links_of(known), self._thing
        found: HeketiNode | HeketiDevice | None = None
        if isinstance(thing, Node):
            found = links.node(thing)
        elif isinstance(thing, Device):
            found = links.device(thing, self._snapshot.nodes.get(thing.node))
        else:
            raise Refused("Select a node or a device first: 1 goes to the topology.")
        if found is None:
            raise Refused(f"heketi does not know {words_of(thing)}.")
        return found

    async def _volume_plan(self, name: str, known: HeketiSite) -> Plan | None:
        volume: HeketiVolume | None = None
        if isinstance(self._thing, Volume):
            volume = links_of(known).volume(self._thing.name)
        if volume is None:
            raise Refused("Select a volume of heketi's first: 3 goes to the volumes.")
        form = forms.expand_form(volume) if name == "expand" else forms.clone_form(volume)
        answers = await self._app.push_screen_wait(form)
        if answers is None:
            return None
        if name == "expand":
            return plan_expand(volume, parse_size(answers["size"]) - volume.size)
        return plan_clone(known, volume, answers["name"].strip())

    async def _block_plan(self, name: str) -> Plan | None:
        thing = self._thing
        if name == "blockdelete":
            if not isinstance(thing, Volume) or thing.name not in self._snapshot.block_volumes:
                raise Refused("Select a block volume first: 3 goes to the volumes.")
            return self._site.volume_delete_plan(thing.name)
        answers = await self._app.push_screen_wait(forms.block_form())
        if answers is None:
            return None
        cluster = thing.key[1] if isinstance(thing, TreeRow) and thing.key[0] == "cluster" else ""
        return self._site.block_create_plan(forms.block_of(answers, cluster))

    async def _flags(self, known: HeketiSite) -> Plan | None:
        cluster = known.clusters[self._site.heketi_cluster_of(self._cluster())]
        answers = await self._app.push_screen_wait(forms.flags_form(cluster))
        if answers is None:
            return None
        return server.plan_flags(cluster, file=answers["file"] == forms.YES, block=answers["block"] == forms.YES)

    async def _server_plan(self, name: str) -> Plan | None:
        is_mode = name == "mode"
        old = self._site.heketi_facts().mode if is_mode else await self._site.heketi_log_level()
        answers = await self._app.push_screen_wait(forms.mode_form(old) if is_mode else forms.level_form(old))
        if answers is None:
            return None
        return (server.plan_mode if is_mode else server.plan_log_level)(old, answers["value"])

    def _cluster(self) -> str:
        """The selected cluster, or the only one."""
        thing = self._thing
        if isinstance(thing, TreeRow) and thing.key[0] == "cluster":
            return thing.key[1]
        clusters = [cluster.id for cluster in self._snapshot.clusters if cluster.id]
        if len(clusters) != 1:
            raise Refused("Select a cluster first: 1 goes to the topology.")
        return clusters[0]

    async def _drift(self) -> None:
        while True:
            heketi = self._site.heketi_facts().source.name
            nothing = (
                f"heketi at {heketi}, the nodes that answer and Kubernetes tell the same, as far as they were read."
            )
            dialog = FindingsDialog(
                self._site.heketi_findings(), heading="Where heketi and the rest disagree", nothing=nothing
            )
            if not await self._app.push_screen_wait(dialog):
                return
            await self._site.refresh()

    async def _leave(self) -> None:
        cluster = self._cluster()
        text = plain("The nodes and heketi are asked once more: every brick, mount and fstab line must be understood.")

        async def look() -> Plan:
            await self._site.refresh()
            return self._site.leave_plan(cluster)

        plan = await self._app.push_screen_wait(WaitingDialog[Plan]("Leave heketi", text, look))
        if plan is not None:
            review(self._app, plan)


def words_of(thing: object) -> str:
    """The selected row as people say it; "" for what heketi has nothing to do with."""
    if isinstance(thing, Device):
        return one_line(f"{thing.node} {thing.path}")
    if isinstance(thing, Brick):
        return one_line(f"brick of {thing.volume} on {thing.node or thing.host}")
    if isinstance(thing, Node | Volume):
        return one_line(thing.name)
    return one_line(thing.name) if isinstance(thing, TreeRow) and thing.key[0] == "cluster" else ""
