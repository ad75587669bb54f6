"""The heketi of a site: asked again and again, and the way for every change that it can do.

Where it manages the site (see `HeketiSettings.manage`), plans for what it knows go through it; what it does not
know or can't do goes over SSH, where the site has nodes.
"""

import asyncio
import importlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tui.config_types import HeketiSettings
from tui.core.asker import Asker
from tui.core.heketi_facts import HeketiFacts
from tui.core.heketi_left import all_left, left_clusters, without_left
from tui.core.heketi_links import links_of
from tui.core.heketi_model import HeketiSite
from tui.core.model import Freshness
from tui.core.plan import Plan, Refused
from tui.core.runner import HEKETI
from tui.core.topology import Topology
from tui.core.vault import Vault
from tui.core.volume_request import VolumeRequest
from tui.ops.targets import Targets
from tui.plans.clean import CleanTarget
from tui.plans.heketi_blocks import BlockRequest, plan_block_create, plan_block_delete
from tui.plans.heketi_clean import HeketiTarget, plan_heketi_clean
from tui.plans.heketi_load import plan_heketi_load
from tui.plans.heketi_pool import with_peers_down
from tui.plans.heketi_topology import without_faults
from tui.plans.heketi_volumes import plan_heketi_create, plan_heketi_delete
from tui.plans.volume_users import refuse_used, with_users
from tui.site_heketi_door import HeketiDoor
from tui.site_load import LoadProposal, SiteLoad
from tui.site_plans import SitePlans, new_id

if TYPE_CHECKING:
    from tui.remote.heketi import HeketiClient
    from tui.remote.kube import KubeClient
    from tui.sync.heketi_poll import HeketiPoll

_DIRECT: Final = "without heketi: --direct, or manage: false below heketi: in the configuration (then over SSH)"


class SiteHeketi(SitePlans, SiteLoad):
    """What a site does with its heketi. Methods that make plans raise Refused with a sentence."""

    vault: Vault
    targets: Targets | None
    _asker: Asker
    _door: HeketiDoor | None = None
    _heketi_poll: "HeketiPoll | None" = None

    @property
    def through_heketi(self) -> bool:
        """Whether changes go through heketi: it manages the site, and not all that it knows has left it."""
        return self._shall_manage and not self.has_left

    @property
    def has_left(self) -> bool:
        """Whether all clusters of this heketi have left it, by what the nodes say, whatever the configuration says."""
        facts = self.store.heketi
        return all_left(self.facts(), facts.site if facts is not None else None)

    @property
    def _shall_manage(self) -> bool:
        return self.config.heketi is not None and self.config.heketi.manage

    def _managed(self) -> HeketiSite:
        """All that heketi still manages. Raises Refused."""
        return without_left(self.heketi_site(), left_clusters(self.facts()))

    async def open_heketi(self, settings: HeketiSettings) -> None:
        """Get ready to ask it; nothing is sent yet."""
        await asyncio.to_thread(importlib.import_module, "tui.sync.heketi_poll")
        from tui.sync.heketi_poll import HeketiPoll

        self._door = HeketiDoor(settings, self._asker, self.vault, kube=self._kube_client)
        assert self.targets is not None
        self.targets.apis[HEKETI] = self._door
        self._heketi_poll = HeketiPoll(self.store, self._door.client, settings.name, self.config.poll_seconds)

    def start_heketi(self) -> None:
        """Ask again and again from now on, where there is one."""
        if self._heketi_poll is not None:
            self._heketi_poll.start()

    async def refresh_heketi(self, seconds: float | None = None) -> None:
        """Ask it now and wait for the answer, where there is one; the store says what came of it.

        It is left out where it takes longer than `seconds` (None: it is waited for).
        """
        if self._heketi_poll is None or self._door is None:
            return
        facts = self.store.heketi
        if facts is not None and facts.source.freshness is Freshness.DENIED:
            await self._door.ask_again()
        await self._heketi_poll.refresh(seconds)

    async def close_heketi(self) -> None:
        """End asking."""
        if self._heketi_poll is not None:
            await self._heketi_poll.close()
        if self._door is not None:
            await self._door.close()

    async def heketi_client(self) -> "HeketiClient":
        """The client, for what no plan is needed for. Raises Refused without a heketi, RemoteError without a key."""
        if self._door is None:
            raise Refused("This site has no heketi.", ("name one: --heketi URL, or heketi: in the configuration",))
        return await self._door.client()

    def heketi_facts(self) -> HeketiFacts:
        """What heketi said last. Raises Refused where the site has none, and where it can't be asked now."""
        facts = self.store.heketi
        if facts is None:
            raise Refused("This site has no heketi.", ("name one: --heketi URL, or heketi: in the configuration",))
        if not facts.is_live:
            source = facts.source
            ways = [source.remedy, _DIRECT if self.store.nodes else ""]
            raise Refused(
                f"heketi at {source.name} is {source.freshness}: {source.reason or 'it has not answered yet'}",
                tuple(way for way in ways if way),
            )
        return facts

    def heketi_site(self) -> HeketiSite:
        """All that heketi knows. Raises Refused."""
        known = self.heketi_facts().site
        assert known is not None
        return known

    def volume_create_plan(self, request: VolumeRequest) -> Plan:
        """Let heketi place and make a new volume, else do it over SSH."""
        if not self.through_heketi:
            return super().volume_create_plan(request)
        known, home = self._managed(), ""
        if request.cluster:
            home = self.heketi_cluster_of(request.cluster)
            if home not in known.clusters:
                return super().volume_create_plan(request)
        elif len(known.clusters) != len(self.heketi_site().clusters):
            # heketi itself knows of no leaving
            if len(known.clusters) != 1:
                raise Refused(
                    "Some clusters have left heketi: say which one the volume goes to.", tuple(known.clusters)
                )
            home = next(iter(known.clusters))
        # without a name of ours nobody could tell afterwards whether it was made
        named = request if request.name else replace(request, name=f"vol_{new_id()}")
        plan = plan_heketi_create(known, named, home)
        return with_peers_down(plan, known, self.store.storage, self.facts(), home)

    def block_create_plan(self, request: BlockRequest) -> Plan:
        """Let heketi make a block volume; without a name it gets one of ours, so that it can be told afterwards."""
        known, home = self.heketi_site(), request.cluster
        home = self.heketi_cluster_of(home) if home else ""
        return plan_block_create(known, replace(request, cluster=home, name=request.name or f"blockvol_{new_id()}"))

    def volume_delete_plan(self, name: str) -> Plan:
        """Take a volume away with all its bricks, through heketi where it is one of heketi's."""
        if self.through_heketi:
            links = links_of(self._managed())
            volume, block = links.volume(name), links.block_volume(name)
            if block is not None:
                return plan_block_delete(block)
            if volume is not None:
                plan = with_users(plan_heketi_delete(links.site, volume), self.tables())
                return with_peers_down(plan, links.site, self.store.storage, self.facts(), volume.cluster)
        self._need_nodes(f"heketi has no volume {name}")
        return super().volume_delete_plan(name)

    def volume_start_plan(self, name: str) -> Plan:
        """Start a stopped volume, over SSH."""
        self._need_nodes("heketi can't start a volume")
        return super().volume_start_plan(name)

    def volume_stop_plan(self, name: str) -> Plan:
        """Stop a volume, over SSH."""
        self._need_nodes("heketi can't stop a volume")
        return super().volume_stop_plan(name)

    async def mount_test_plan(self, name: str, node: str) -> Plan:
        """Mount a volume on a node, over SSH."""
        self._need_nodes("heketi can't mount a volume")
        return await super().mount_test_plan(name, node)

    def clusters_to_choose(self, topology: Topology) -> tuple[str, ...]:
        """heketi's clusters, where it has to be said into which one the new nodes of a topology go."""
        facts = self.store.heketi
        if not self.through_heketi or facts is None or facts.site is None:
            return ()
        try:
            plan_heketi_load(topology, facts.site)
        except Refused:
            try:
                plan_heketi_load(topology, facts.site, new_cluster=True)
            except Refused:
                return ()
            return tuple(facts.site.clusters)
        return ()

    async def propose_load(self, topology: Topology, *, into: str = "", new_cluster: bool = False) -> LoadProposal:
        """Plan the load of a topology; with nodes of ours, they are looked at first.

        New nodes go `into` a cluster of heketi's, or a further one is made with `new_cluster`.
        """
        if self._shall_manage and not any(entry.facts for entry in self.store.nodes.values()):
            # only the nodes can tell that they have left heketi
            await self.refresh()
        if not self.through_heketi or self._is_of_left(topology):
            if into or new_cluster:
                raise Refused("Clusters can be chosen only where a load goes through heketi.")
            return await super().propose_load(topology)
        await self.refresh_heketi()
        known = self.heketi_site()
        if not self.store.nodes:
            return LoadProposal(topology, plan_heketi_load(topology, known, into=into, new_cluster=new_cluster), ())
        looked = await super().propose_load(topology)
        rest, skipped = without_faults(topology, looked.findings, known)
        plan = plan_heketi_load(rest, known, into=into, new_cluster=new_cluster)
        proposal = replace(looked, plan=replace(plan, skipped=(*plan.skipped, *skipped)))
        self._proposals = [*self._proposals[-4:], proposal]
        return proposal

    def _is_of_left(self, topology: Topology) -> bool:
        """Whether it names nodes of a cluster that has left heketi, which has them in its database all the same."""
        facts, left = self.store.heketi, left_clusters(self.facts())
        known = facts.site.nodes.values() if facts is not None and facts.site is not None else ()
        names = {name for node in known if node.cluster in left for name in (*node.manage, *node.storage)}
        return any({node.manage, node.storage} & names for node in topology.nodes)

    async def clean_plan(self, target: CleanTarget) -> Plan:
        """Take a cluster, node, device or loaded topology away: through heketi where it knows it."""
        if self.through_heketi:
            await self.refresh_heketi()
            wanted = self._heketi_target(target)
            if wanted is not None:
                plan = plan_heketi_clean(self._managed(), wanted)
                refuse_used(plan, self.tables())
                return with_users(plan, self.tables())
        self._need_nodes("heketi does not know it")
        return await super().clean_plan(target)

    def heketi_cluster_of(self, cluster: str) -> str:
        """The id of heketi's cluster that is this cluster of the picture. Raises Refused where there is none."""
        found = self._heketi_cluster(cluster)
        if not found:
            raise Refused(f"heketi has no cluster {cluster}.", tuple(self.heketi_site().clusters))
        return found

    def _heketi_cluster(self, cluster: str) -> str:
        known, snapshot = self.heketi_site(), self.store.snapshot
        if cluster in known.clusters:
            return cluster
        there = next((one for one in snapshot.clusters if cluster in (one.id, one.name)), None)
        found = links_of(known).cluster(there, snapshot) if there is not None else None
        return found.id if found is not None else ""

    def _heketi_target(self, target: CleanTarget) -> HeketiTarget | None:
        """The same target as heketi knows it; None where it does not."""
        links, snapshot = links_of(self._managed()), self.store.snapshot
        if target.topology is not None:
            names = {node.name for node in links.site.nodes.values()}
            known = any(node.manage in names for node in target.topology.nodes)
            return HeketiTarget("topology", topology=target.topology) if known else None
        if target.kind == "cluster":
            ident = self._heketi_cluster(target.cluster)
            return HeketiTarget("cluster", ident) if ident in links.site.clusters else None
        there = snapshot.nodes.get(target.node)
        node = links.node(there) if there is not None else None
        if target.kind == "node":
            return HeketiTarget("node", node.id) if node is not None else None
        disk = snapshot.devices.get((target.node, target.device))
        device = links.device(disk, there) if disk is not None else None
        return HeketiTarget("device", device.id) if device is not None else None

    async def refresh(self, nodes: Sequence[str] | None = None) -> None:
        """Ask the nodes and heketi now."""
        raise NotImplementedError

    def _kube_client(self) -> "KubeClient | None":
        return None

    def _need_nodes(self, why: str) -> None:
        """Refuse what goes over SSH where the site has a heketi and no nodes."""
        if self.config.heketi is not None and not self.store.nodes:
            raise Refused(f"{why}, and this site names no nodes for SSH.", ("name them: nodes: or topology:",))
