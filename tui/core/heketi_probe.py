"""What a heketi server answered when it was asked on behalf of a StorageClass. Pure data, made in `tui.sync`."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HeketiSpace:
    """A node of heketi's with the space of its devices that take bricks, bytes; states as heketi writes them."""

    node: str
    hostname: str
    zone: int
    state: str
    online_devices: int
    free: int
    largest_free: int


@dataclass(frozen=True, slots=True)
class HeketiProbe:
    """One look at a heketi: with which address and user, how far it came, and what it said.

    `stage` is where it ended: "resolve", "connect", "hello", "auth", "clusters", "operations" or "done". `status`
    is the HTTP status of the answer that ended it (0: none came), `text` heketi's own words or the error of the
    connection. `skew` is heketi's clock minus ours in seconds, None where it sent no Date.
    `asked_from` names the machine that asked: the API server's host may see another picture.
    """

    url: str
    user: str
    stage: str
    status: int = 0
    text: str = ""
    skew: float | None = None
    asked_from: str = ""
    clusters: tuple[str, ...] = ()
    nodes: tuple[HeketiSpace, ...] = ()
    volumes: dict[str, int] = field(default_factory=dict)
    """Volumes a cluster, by the cluster's id."""
    in_flight: int = 0
    stale: int = 0
    failed: int = 0
    mode: str = ""
    read_at: float = 0.0
