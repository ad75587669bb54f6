"""Which object of heketi's is which of the joined picture: by names, paths and ids."""

from collections import Counter

from tui.core.heketi_model import (
    HeketiBlockVolume,
    HeketiBrick,
    HeketiCluster,
    HeketiDevice,
    HeketiNode,
    HeketiSite,
    HeketiVolume,
)
from tui.core.model import Brick, Cluster, Device, Node, Snapshot


def node_names(site: HeketiSite) -> dict[str, str]:
    """What each node is called here, by its id: its manage name, with its id where several have the same."""
    counts = Counter(node.name for node in site.nodes.values())
    return {
        ident: node.name if counts[node.name] == 1 else f"{node.name} ({ident[:6]})"
        for ident, node in site.nodes.items()
    }


def block_name(block: HeketiBlockVolume, site: HeketiSite) -> str:
    """A block volume as gluster-block names it, HOSTING VOLUME/NAME; no Gluster volume has a slash in its name."""
    host = site.volumes.get(block.host_volume)
    return f"{host.name if host else block.host_volume}/{block.name}"


_last: "list[HeketiLinks]" = []


def links_of(site: HeketiSite) -> "HeketiLinks":
    """Indexes over what a heketi knows; the last ones are kept, since every key on the screen asks for them."""
    if not _last or _last[0].site is not site:
        _last[:] = [HeketiLinks(site)]
    return _last[0]


class HeketiLinks:
    """Indexes over what a heketi knows; what it does not know is None."""

    def __init__(self, site: HeketiSite) -> None:
        self.site = site
        self.names = node_names(site)
        self._by_name: dict[str, HeketiNode] = {}
        for ident, node in site.nodes.items():
            for name in (*node.storage, *node.manage, self.names[ident]):
                self._by_name[name] = node
        self._bricks = {brick.path: brick for device in site.devices.values() for brick in device.bricks}
        self._volumes = {volume.name: volume for volume in site.volumes.values()}
        self._blocks = {block_name(block, site): block for block in site.block_volumes.values()}

    def node(self, node: Node) -> HeketiNode | None:
        """By its manage name, else its name in the pool or its host name."""
        found = (self._by_name.get(name) for name in (node.name, node.storage, node.hostname) if name)
        return next((one for one in found if one is not None), None)

    def device(self, device: Device, node: Node | None) -> HeketiDevice | None:
        """By its volume group or LVM's UUID, else its path, on its node."""
        home = self.node(node) if node is not None else None
        devices = home.devices if home is not None else ()
        for one in devices:
            if device.vg == one.group or (device.uuid and device.uuid == one.pv_uuid):
                return one
        return next((one for one in devices if device.path in (one.name, *one.paths)), None)

    def brick(self, brick: Brick) -> HeketiBrick | None:
        """By its path, which has heketi's id in it."""
        return self._bricks.get(brick.path)

    def volume(self, name: str) -> HeketiVolume | None:
        """By its name."""
        return self._volumes.get(name)

    def block_volume(self, name: str) -> HeketiBlockVolume | None:
        """By its name in the picture."""
        return self._blocks.get(name)

    def cluster(self, cluster: Cluster, snapshot: Snapshot) -> HeketiCluster | None:
        """By its id, else the one that has most of its nodes."""
        if cluster.id in self.site.clusters:
            return self.site.clusters[cluster.id]
        homes = Counter(
            home.cluster
            for name in cluster.nodes
            if name in snapshot.nodes and (home := self.node(snapshot.nodes[name])) is not None
        )
        return self.site.clusters.get(homes.most_common(1)[0][0]) if homes else None
