"""The joined picture: what the panes, the command line and the plans talk about.

Every object is frozen. Sizes are bytes, times seconds since the epoch; None is unknown.
`state` is one of the words in `State`, `reason` says in words why it is not well ("" if it is).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tui.core.heal import Heal
from tui.core.quota import Quota, quotas_on

if TYPE_CHECKING:
    from tui.core.heketi_facts import HeketiFacts


class Freshness(StrEnum):
    """The state of one source of data."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    DENIED = "denied"
    UNREACHABLE = "unreachable"


CLOCKS_APART: Final = 5.0
"""Seconds: so far the clocks of two computers may be apart, with the time that an answer takes."""


class State(StrEnum):
    """How an object is; the panes sort by `severity`, worst first.

    LISTED: heketi has it on its books, and nobody said whether it runs. FAILED: heketi was told to use it no more.
    """

    ONLINE = "online"
    AVAILABLE = "available"
    LISTED = "listed"
    STARTING = "starting"
    STOPPED = "stopped"
    DEGRADED = "degraded"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    OFFLINE = "offline"
    FAILED = "failed"
    MISSING = "missing"

    @property
    def severity(self) -> int:
        """0 is well, 1 wants a look, 2 is a fault."""
        if self in (State.OFFLINE, State.FAILED, State.MISSING, State.DEGRADED):
            return 2
        return 0 if self in (State.ONLINE, State.AVAILABLE, State.LISTED, State.FOREIGN) else 1


@dataclass(frozen=True, slots=True)
class Source:
    """Where data comes from, how fresh it is, and why it is not, with what to do about it."""

    name: str
    freshness: Freshness = Freshness.CONNECTING
    read_at: float | None = None
    reason: str = ""
    remedy: str = ""

    def age(self, now: float) -> float | None:
        """Seconds since the last good answer; None before the first."""
        return None if self.read_at is None else max(0.0, now - self.read_at)


@dataclass(frozen=True, slots=True)
class Cluster:
    """One Gluster trusted pool. `id` is "" for nodes that belong to no pool yet."""

    id: str
    name: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A storage node: `name` is its manage hostname (SSH), `storage` its name in the pool."""

    name: str
    storage: str
    zone: int
    cluster: str
    state: State
    reason: str = ""
    uuid: str = ""
    hostname: str = ""
    version: str = ""
    glusterd: str = "unknown"
    tags: dict[str, str] = field(default_factory=dict)
    source: Source = Source("")


DeviceKey = tuple[str, str]  # node name, device path
BrickKey = tuple[str, str, str]  # volume name, host in the pool, brick path


@dataclass(frozen=True, slots=True)
class Device:
    """A disk that holds bricks, could, or was asked for. `used` is what bricks and pools take."""

    node: str
    path: str
    size: int | None
    free: int | None
    used: int | None
    state: State
    reason: str = ""
    vg: str = ""
    uuid: str = ""
    number: str = ""
    bricks: int = 0
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> DeviceKey:
        return (self.node, self.path)


@dataclass(frozen=True, slots=True)
class Brick:
    """A brick with its logical volume and device; `node` and `device` are "" when not known.

    `set` is the number of its replica or disperse set in the volume, from 0.
    """

    volume: str
    node: str
    host: str
    path: str
    device: str
    size: int | None
    used: int | None
    state: State
    reason: str = ""
    set: int = 0
    arbiter: bool = False
    vg: str = ""
    lv: str = ""
    pool: str = ""
    mount: str = ""
    data_percent: float | None = None
    metadata_percent: float | None = None
    port: int | None = None
    pid: int | None = None

    @property
    def key(self) -> BrickKey:
        return (self.volume, self.host, self.path)


@dataclass(frozen=True, slots=True)
class Volume:
    """A Gluster volume. `type` reads "replicate 3"; `size` is what a client sees, in bytes.

    `heal` is None while its copies were not compared, or where it keeps none; `quotas` are limits of its folders,
    as far as they were read.
    """

    name: str
    id: str
    cluster: str
    type: str
    replica: int
    status: str
    size: int | None
    used: int | None
    state: State
    reason: str = ""
    bricks: tuple[BrickKey, ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    heal: Heal | None = None
    quotas: tuple[Quota, ...] = ()

    @property
    def has_quotas(self) -> bool:
        """Whether Gluster counts and limits its folders."""
        return quotas_on(self.options)

    @property
    def keeps_copies(self) -> bool:
        """Whether what one brick loses can be healed from others."""
        return self.replica > 1 or "disperse" in self.type


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole site at one revision of the store; screens read this and nothing else.

    `block_volumes` are heketi's, by HOSTING VOLUME/NAME; `heketi` is what it said, where the site has one.
    `heals_read` tells when the copies of a volume were last compared, by its id: seconds since the epoch;
    `quotas_read` when the limits of its folders were read.
    `volumes_unread` are the nodes with glusterd of whose cluster no volumes were read so far: that none are known of
    them says nothing. `volumes_read` tells when the volumes of a cluster were last read, by its id: seconds since the
    epoch.
    """

    revision: int = 0
    clusters: tuple[Cluster, ...] = ()
    nodes: dict[str, Node] = field(default_factory=dict)
    devices: dict[DeviceKey, Device] = field(default_factory=dict)
    bricks: dict[BrickKey, Brick] = field(default_factory=dict)
    volumes: dict[str, Volume] = field(default_factory=dict)
    block_volumes: dict[str, Volume] = field(default_factory=dict)
    heketi: "HeketiFacts | None" = None
    heals_read: dict[str, float] = field(default_factory=dict)
    quotas_read: dict[str, float] = field(default_factory=dict)
    volumes_unread: frozenset[str] = frozenset()
    volumes_read: dict[str, float] = field(default_factory=dict)

    def is_younger(self, made: float, cluster: str = "") -> bool:
        """Whether the volumes of this cluster, else those of any, were read before something was surely there.

        `made` is by another clock: seconds since the epoch.
        """
        read = (at for name, at in self.volumes_read.items() if cluster in ("", name))
        return any(at < made + CLOCKS_APART for at in read)

    @property
    def awaits_volumes(self) -> bool:
        """Whether a node has still to answer, or one that could tell its volumes was not asked for them yet."""
        return any(
            node.source.freshness is Freshness.CONNECTING
            or (node.source.freshness is Freshness.LIVE and name in self.volumes_unread)
            for name, node in self.nodes.items()
        )
