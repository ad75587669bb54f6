"""heketi in the joined picture: all of it where nothing else is known, else its states and tags beside the nodes' own.

What was seen on the nodes is never hidden: a device that heketi has disabled and that works is online, and says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from tui.core.heketi_facts import HeketiFacts
from tui.core.heketi_links import block_name, links_of
from tui.core.heketi_model import FAILED, OFFLINE, HeketiBrick, HeketiDevice, HeketiNode, HeketiSite, HeketiVolume
from tui.core.model import Brick, BrickKey, Cluster, Device, DeviceKey, Node, Snapshot, Source, State, Volume

_WORDS: Final = {OFFLINE: "disabled in heketi: it takes no new bricks", FAILED: "removed in heketi"}
_STATES: Final = {OFFLINE: State.OFFLINE, FAILED: State.FAILED}
_T = TypeVar("_T", Node, Device)


@dataclass(slots=True)
class HeketiMemory:
    """What the last join made: objects that are the same as before stay the same objects."""

    whole_for: object = None
    whole: Snapshot = field(default_factory=Snapshot)
    beside: dict[object, tuple[Node | Device, Node | Device]] = field(default_factory=dict)


def with_heketi(snapshot: Snapshot, facts: HeketiFacts | None, memory: HeketiMemory | None = None) -> Snapshot:
    """The picture of the nodes with what heketi says; all of heketi's where there are no nodes."""
    memory = memory or HeketiMemory()
    if facts is None:
        return snapshot
    if facts.site is None:
        return replace(snapshot, heketi=facts)
    if snapshot.nodes:
        return _beside(snapshot, facts, facts.site, memory)
    key = (facts.site, facts.source.freshness, facts.source.reason)
    if memory.whole_for != key:
        memory.whole, memory.whole_for = _Whole(facts, facts.site).snapshot(), key
    whole = memory.whole
    nodes = {name: replace(node, source=_source(facts, name)) for name, node in whole.nodes.items()}
    return replace(whole, revision=snapshot.revision, nodes=nodes, heketi=facts)


def _source(facts: HeketiFacts, name: str) -> Source:
    return replace(facts.source, name=name)


def _beside(snapshot: Snapshot, facts: HeketiFacts, site: HeketiSite, memory: HeketiMemory) -> Snapshot:
    links = links_of(site)
    nodes = {name: _told(memory, name, node, links.node(node)) for name, node in snapshot.nodes.items()}
    devices = {
        key: _told(memory, key, device, links.device(device, snapshot.nodes.get(device.node)))
        for key, device in snapshot.devices.items()
    }
    blocks = {
        name: replace(block, state=snapshot.volumes[host].state) if host in snapshot.volumes else block
        for name, block in _block_volumes(site).items()
        for host in (name.partition("/")[0],)
    }
    return replace(snapshot, nodes=nodes, devices=devices, block_volumes=blocks, heketi=facts)


def _told(memory: HeketiMemory, key: object, seen: _T, said: HeketiNode | HeketiDevice | None) -> _T:
    """An object with heketi's state and tags; the tags on the nodes themselves stand above heketi's."""
    if said is None:
        return seen
    words = _WORDS.get(said.state, "")
    tags = {**said.tags, **seen.tags}
    if not words and tags == seen.tags:
        return seen
    told = replace(seen, reason="; ".join(part for part in (seen.reason, words) if part), tags=tags)
    known = memory.beside.get(key)
    if known is not None and known[0] is seen and known[1] == told:
        return known[1]
    memory.beside[key] = (seen, told)
    return told


class _Whole:
    """The picture from heketi alone."""

    def __init__(self, facts: HeketiFacts, site: HeketiSite) -> None:
        self._site, self._links = site, links_of(site)
        self._by_id = site.devices
        reason = f": {facts.source.reason}" if facts.source.reason else ""
        self._blind = "" if facts.is_live else f"heketi can't be asked{reason}"

    def snapshot(self) -> Snapshot:
        site = self._site
        bricks = {brick.key: brick for one in site.volumes.values() for brick in self._bricks(one)}
        return Snapshot(
            clusters=tuple(self._clusters()),
            nodes={self._links.names[node.id]: self._node(node) for node in site.nodes.values()},
            devices=dict(self._devices()),
            bricks=bricks,
            volumes=dict(self._volumes()),
            block_volumes=_block_volumes(site, self._blind),
        )

    def _clusters(self) -> Iterable[Cluster]:
        for number, one in enumerate(sorted(self._site.clusters.values(), key=lambda one: one.id), 1):
            names = sorted(self._links.names[ident] for ident in one.nodes if ident in self._links.names)
            yield Cluster(one.id, f"cluster {number}", tuple(names))

    def _node(self, node: HeketiNode) -> Node:
        state, reason = self._standing(node.state)
        storage = node.storage[0] if node.storage else node.name
        name = self._links.names[node.id]
        return Node(name, storage, node.zone, node.cluster, state, reason, tags=dict(node.tags))

    def _devices(self) -> Iterable[tuple[DeviceKey, Device]]:
        for node in self._site.nodes.values():
            name = self._links.names[node.id]
            for one in node.devices:
                state, reason = self._standing(one.state)
                if not reason and node.state in _WORDS:
                    reason = f"its node is {_WORDS[node.state]}"
                device = Device(
                    name, one.name, one.total, one.free, one.used, state, reason, one.group, one.pv_uuid,
                    bricks=len(one.bricks), tags=dict(one.tags),
                )  # fmt: skip
                yield device.key, device

    def _standing(self, state: str) -> tuple[State, str]:
        if self._blind:
            return State.UNKNOWN, self._blind
        return _STATES.get(state, State.ONLINE), _WORDS.get(state, "")

    def _bricks(self, volume: HeketiVolume) -> Iterable[Brick]:
        return (self._brick(volume, brick) for brick in volume.bricks)

    def _brick(self, volume: HeketiVolume, brick: HeketiBrick) -> Brick:
        node, device = self._site.nodes.get(brick.node), self._by_id.get(brick.device)
        host = node.storage[0] if node and node.storage else ""
        mount = brick.path.removesuffix("/brick")
        state, reason = (State.UNKNOWN, self._blind) if self._blind else (State.LISTED, "")
        return Brick(
            volume.name, self._links.names.get(brick.node, ""), host, brick.path, device.name if device else "",
            brick.size, None, state, reason, vg=f"vg_{brick.device}", lv=mount.rpartition("/")[2], mount=mount,
        )  # fmt: skip

    def _volumes(self) -> Iterable[tuple[str, Volume]]:
        """Two clusters may have volumes of the same name."""
        seen: set[str] = set()
        for one in self._site.volumes.values():
            yield f"{one.name} ({one.cluster[:6]})" if one.name in seen else one.name, self._volume(one)
            seen.add(one.name)

    def _volume(self, volume: HeketiVolume) -> Volume:
        state, reason = (State.UNKNOWN, self._blind) if self._blind else (State.LISTED, "")
        keys: tuple[BrickKey, ...] = tuple(brick.key for brick in self._bricks(volume))
        options = dict(_pair(option) for option in volume.options)
        return Volume(
            volume.name, volume.id, volume.cluster, type_of(volume), max(1, volume.replica), "", volume.size, None,
            state, reason, keys, options,
        )  # fmt: skip


def type_of(volume: HeketiVolume) -> str:
    """The kind of a volume in the words of the other panes: "replicate 3", "distributed-disperse 2x(4+2)"."""
    if volume.durability == "replicate":
        width, inner = volume.replica, str(volume.replica)
        if "user.heketi.arbiter true" in volume.options and width == 3:
            inner = "2+1 arbiter"
    elif volume.durability == "disperse":
        width, inner = volume.data + volume.redundancy, f"{volume.data}+{volume.redundancy}"
    else:
        return f"distribute {len(volume.bricks)}"
    sets = len(volume.bricks) // width if width else 1
    if sets <= 1:
        return f"{volume.durability} {inner}"
    return f"distributed-{volume.durability} {sets}x" + (f"({inner})" if "+" in inner else inner)


def _block_volumes(site: HeketiSite, blind: str = "") -> dict[str, Volume]:
    """Block volumes as volumes without bricks of their own."""
    found: dict[str, Volume] = {}
    for block in site.block_volumes.values():
        name = block_name(block, site)
        state = State.UNKNOWN if blind else State.LISTED
        paths = f", {block.ha_count} paths" if block.ha_count else ""
        found[name] = Volume(name, block.id, block.cluster, f"block{paths}", 1, "", block.size, None, state, blind)
    return found


def _pair(option: str) -> tuple[str, str]:
    key, _, value = option.partition(" ")
    return key, value
