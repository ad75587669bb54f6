"""From what every node and pool said to the one joined picture, and the ways through it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.core.facts import BrickFact, ClusterFacts, VolumeFact
from tui.core.heal import HealFacts
from tui.core.join_bricks import Viewpoint, join_brick
from tui.core.join_memory import JoinedVolume, JoinMemory, PoolMemory, said_of, standing
from tui.core.join_nodes import join_nodes
from tui.core.join_pools import Pools
from tui.core.join_view import NodeView
from tui.core.join_volumes import join_volume
from tui.core.model import Brick, BrickKey, Cluster, Device, DeviceKey, Node, Snapshot, Volume
from tui.core.quota import Quota, QuotaFacts

if TYPE_CHECKING:
    from tui.core.store import NodeEntry


def join(
    nodes: "Mapping[str, NodeEntry]",
    clusters: Mapping[str, ClusterFacts],
    revision: int,
    memory: JoinMemory | None = None,
    heals: Mapping[str, HealFacts] | None = None,
    quotas: Mapping[str, QuotaFacts] | None = None,
) -> Snapshot:
    """The picture of the whole site. What is old or unread is shown as unknown, never left out.

    Two clusters may have volumes of the same name: the second is found under "NAME (CLUSTER)".
    `memory` is that of the join before: what did not change since is taken from it. `heals` and `quotas` are by
    volume id.
    """
    memory, heals, quotas = memory or JoinMemory(), heals or {}, quotas or {}
    views = memory.views(nodes)
    pools = memory.pools(views, clusters)
    joined = join_nodes(views, pools)
    bricks: dict[BrickKey, Brick] = {}
    volumes: dict[str, Volume] = {}
    for cluster, said in pools.facts:
        pool = _Pool(cluster, said, views, joined, pools, heals, quotas)
        _join_volumes(pool, memory.pool(cluster.id), bricks, volumes)
    devices = _join_devices(memory, views, joined, bricks)
    read = {name: heal.read_at for name, heal in heals.items() if heal.read_at is not None}
    limits_read = {name: said.read_at for name, said in quotas.items()}
    volumes_read, unread = _volumes_read(joined, clusters)
    return Snapshot(
        revision, pools.clusters, joined, devices, bricks, volumes, heals_read=read, quotas_read=limits_read,
        volumes_unread=unread, volumes_read=volumes_read,
    )  # fmt: skip


def _volumes_read(
    nodes: Mapping[str, Node], clusters: Mapping[str, ClusterFacts]
) -> tuple[dict[str, float], frozenset[str]]:
    """When the volumes of each cluster were last read, and the nodes that could tell them and were not asked so far."""
    whole = sorted((said for said in clusters.values() if "volumes" not in said.unread), key=lambda said: said.read_at)
    read = {nodes[said.read_from].cluster: said.read_at for said in whole if said.read_from in nodes}
    told = {said.read_from for said in whole}
    unread = frozenset(
        name
        for name, node in nodes.items()
        if node.glusterd == "active" and name not in told and not (node.cluster and node.cluster in read)
    )
    return read, unread


class _Pool:
    """One pool while its volumes are joined: who answers there, and which brick host is which node."""

    def __init__(
        self,
        cluster: Cluster,
        said: ClusterFacts,
        views: Mapping[str, NodeView],
        nodes: Mapping[str, Node],
        pools: Pools,
        heals: Mapping[str, HealFacts],
        quotas: Mapping[str, QuotaFacts],
    ) -> None:
        self.cluster, self.said, self.views, self.nodes = cluster, said, views, nodes
        self.heals, self._quotas = heals, quotas
        members = [views[name] for name in cluster.nodes]
        self.answers = any(view.live and view.facts.glusterd == "active" for view in members)
        self._by_uuid = pools.nodes
        self._by_name = {name: view.name for view in members for name in view.names}
        reader = views.get(said.read_from)
        self._connected = {peer.uuid: peer.connected for peer in reader.facts.peers} if reader and reader.live else {}
        self.standings = {name: standing(views[name], nodes[name]) for name in self._by_uuid.values()}
        self.standings |= {name: standing(views[name], nodes[name]) for name in cluster.nodes}

    @property
    def common(self) -> object:
        """What goes into every volume of the pool."""
        return (
            self.cluster, self.said.read_from, self.said.unread, self.answers,
            self._by_uuid, self._by_name, self._connected,
        )  # fmt: skip

    def node_of(self, brick: BrickFact) -> str | None:
        """The node that holds a brick, by uuid, else by the name in the brick."""
        return self._by_uuid.get(brick.host_uuid) or self._by_name.get(brick.host)

    def quotas(self, volume: VolumeFact) -> tuple[Quota, ...]:
        """The limits of the folders of a volume."""
        said = self._quotas.get(volume.id)
        return said.quotas if said is not None else ()

    def viewpoint(self, volume: VolumeFact, brick: BrickFact) -> Viewpoint:
        connected = self._connected.get(brick.host_uuid)
        return Viewpoint(self.answers, connected, self.said.unread.get(f"status {volume.name}", ""))


def _join_volumes(pool: _Pool, memory: PoolMemory, bricks: dict[BrickKey, Brick], volumes: dict[str, Volume]) -> None:
    dirty = memory.changed(pool.common, pool.standings)
    before, memory.volumes = memory.volumes, {}
    for fact in pool.said.volumes:
        key = fact.name
        if key in volumes:
            if volumes[key].cluster == pool.cluster.id:
                continue
            key = f"{fact.name} ({pool.cluster.name})"
        known = before.get(fact.name)
        heal = pool.heals.get(fact.id)
        same = known is not None and known.fact == fact and known.heal == said_of(heal)
        if known is None or not same or known.quotas != pool.quotas(fact) or not dirty.isdisjoint(known.nodes):
            known = _join_volume(pool, fact, heal)
        memory.volumes[fact.name] = known
        bricks.update((brick.key, brick) for brick in known.bricks)
        volumes[key] = known.volume


def _join_volume(pool: _Pool, fact: VolumeFact, heal: HealFacts | None) -> JoinedVolume:
    found: list[Brick] = []
    used: set[str] = set()
    for number, item in enumerate(fact.bricks):
        name = pool.node_of(item)
        view, node = (pool.views[name], pool.nodes[name]) if name else (None, None)
        found.append(join_brick(fact, number, item, view, node, pool.viewpoint(fact, item)))
        used |= {name} if name else set()
    quotas = pool.quotas(fact)
    volume = join_volume(fact, pool.cluster.id, found, heal, quotas)
    return JoinedVolume(fact, said_of(heal), quotas, frozenset(used), tuple(found), volume)


def _join_devices(
    memory: JoinMemory, views: Mapping[str, NodeView], nodes: Mapping[str, Node], bricks: Mapping[BrickKey, Brick]
) -> dict[DeviceKey, Device]:
    groups: dict[str, set[str]] = {name: set() for name in views}
    counts: dict[str, dict[str, int]] = {name: {} for name in views}
    for brick in bricks.values():
        if brick.node and brick.vg:
            groups[brick.node].add(brick.vg)
            counts[brick.node][brick.device] = counts[brick.node].get(brick.device, 0) + 1
    return {
        device.key: device
        for name, view in views.items()
        for device in memory.devices(view, nodes[name], groups[name], counts[name])
    }


def bricks_of_volume(snapshot: Snapshot, name: str) -> list[Brick]:
    """The bricks of a volume in its own order, [] for one that is not there."""
    volume = snapshot.volumes.get(name)
    return [snapshot.bricks[key] for key in volume.bricks if key in snapshot.bricks] if volume else []


def devices_of_volume(snapshot: Snapshot, name: str) -> list[Device]:
    """The devices under a volume's bricks, each once, as far as they are known."""
    keys = dict.fromkeys((brick.node, brick.device) for brick in bricks_of_volume(snapshot, name))
    return [snapshot.devices[key] for key in keys if key in snapshot.devices]


def volumes_on(snapshot: Snapshot, node: str, device: str = "") -> list[Volume]:
    """The volumes that have a brick on a node, or on one of its devices."""
    return [
        volume
        for volume in snapshot.volumes.values()
        if any(
            brick.node == node and (not device or brick.device == device)
            for brick in (snapshot.bricks[key] for key in volume.bricks)
        )
    ]
