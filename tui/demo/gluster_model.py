"""GlusterFS as a model: the network, trusted pools, volumes with their bricks, and glusterd on each node."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tui.demo.devices import new_uuid
from tui.demo.gluster_client import VolumeFiles, find_split_brain, heal_set

if TYPE_CHECKING:
    from tui.demo.machine import Machine

VOLUME_ID: Final = "trusted.glusterfs.volume-id"
CREATED: Final = 0
STARTED: Final = 1
STOPPED: Final = 2
_STATUS: Final = ("Created", "Started", "Stopped")
# how an option is switched off
OFF: Final = ("off", "disable", "no", "false", "0")
# how an entry differs between copies
PENDING: Final = "pending"
SPLIT_BRAIN: Final = "split-brain"
HEALING: Final = "healing"


class Network:
    """All simulated nodes of a site, under all their names."""

    def __init__(self) -> None:
        self.machines: list[Machine] = []
        self.resolves_back = True

    def find(self, host: str) -> "Machine | None":
        """The node that a name or address means."""
        return next((m for m in self.machines if host == m.name or host in m.addresses), None)

    def reaches(self, one: "Machine", other: "Machine") -> bool:
        """Whether two nodes can talk to each other."""
        if one is other:
            return True
        return one.powered and other.powered and not (one.isolated or other.isolated)


@dataclass(slots=True, eq=False)
class Brick:
    """A brick; `port` and `pid` are 0 while its process does not run.

    `apart` are the entries ("/a/file") that it knows to differ on others, and how.
    """

    host: str
    machine: "Machine"
    path: str
    arbiter: bool = False
    port: int = 0
    pid: int = 0
    apart: dict[str, str] = field(default_factory=dict)

    @property
    def online(self) -> bool:
        """Whether its process runs."""
        return self.pid > 0 and self.machine.powered

    def __str__(self) -> str:
        return f"{self.host}:{self.path}"


@dataclass(slots=True, eq=False)
class Volume:
    """A volume. `replica` counts all copies, an arbiter too (1 = no copies).

    `quotas` are limits of folders, and what is used of them, in bytes.
    """

    name: str
    id: str
    bricks: list[Brick]
    replica: int = 1
    arbiter: int = 0
    status: int = CREATED
    options: dict[str, str] = field(default_factory=dict)
    quotas: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def status_text(self) -> str:
        """The word for its status."""
        return _STATUS[self.status]

    @property
    def sets(self) -> list[list[Brick]]:
        """The bricks by replica set."""
        return [self.bricks[at : at + self.replica] for at in range(0, len(self.bricks), self.replica)]

    @property
    def type(self) -> tuple[int, str]:
        """gluster's number and word for the type."""
        if self.replica == 1:
            return 0, "Distribute"
        return (2, "Replicate") if len(self.sets) == 1 else (7, "Distributed-Replicate")

    def reachable(self, machine: "Machine", bricks: list[Brick]) -> list[Brick]:
        """Those bricks that a client on this node can talk to."""
        return [b for b in bricks if b.online and machine.network.reaches(machine, b.machine)]

    def mountable(self, machine: "Machine") -> bool:
        """Whether a client gets at the root folder: one brick must answer."""
        return self.status == STARTED and bool(self.reachable(machine, self.bricks))

    def heal(self) -> None:
        """What is pending in sets whose bricks all run is copied over, unless that is off; split-brain stays."""
        for bricks in self.sets:
            if all(brick.online for brick in bricks):
                find_split_brain(bricks)
                if self.options.get("cluster.self-heal-daemon") not in OFF:
                    heal_set(bricks)

    def client_of(self, machine: "Machine") -> VolumeFiles:
        """The filesystem that a mount on this node shows."""
        return VolumeFiles(self, machine)


class Pool:
    """A trusted pool: its members and volumes. `locked` are volumes with a transaction under way."""

    def __init__(self, first: "Glusterd") -> None:
        self.members = [first]
        self.volumes: dict[str, Volume] = {}
        self.locked: set[str] = set()


class Glusterd:
    """The management daemon of one node. `names` are what this node calls the other members."""

    def __init__(self, machine: "Machine") -> None:
        self.machine = machine
        self.uuid = new_uuid(machine.rng)
        self.pool = Pool(self)
        self.names: dict[str, str] = {}
        self.heal_pid = machine.next_pid()
        self._running = True

    @property
    def running(self) -> bool:
        """Whether the daemon answers."""
        service = self.machine.services.get("glusterd")
        return self._running and self.machine.powered and service is not None

    def set_running(self, running: bool) -> None:
        """Start or stop the daemon; a start brings the bricks of started volumes up, a stop leaves them."""
        service = self.machine.services.get("glusterd")
        if service is not None:
            service.active = running
        self._running = running
        if running:
            self.start_bricks()

    def start_bricks(self) -> None:
        """Start the processes of this node's bricks whose folders are there."""
        for volume in self.pool.volumes.values():
            for brick in volume.bricks:
                if volume.status == STARTED and brick.machine is self.machine and not brick.pid:
                    self.start_brick(volume, brick)

    def start_brick(self, volume: Volume, brick: Brick) -> None:
        """Start one brick where its folder belongs to the volume."""
        entry = self.machine.files.get(brick.path)
        if entry is not None and entry.xattrs.get(VOLUME_ID) == volume.id:
            brick.port, brick.pid = self.machine.rng.randint(49152, 60999), self.machine.next_pid()
            volume.heal()

    def stop_bricks(self) -> None:
        """End the processes of this node's bricks."""
        for volume in self.pool.volumes.values():
            for brick in volume.bricks:
                if brick.machine is self.machine:
                    brick.pid = brick.port = 0

    def connected(self, other: "Glusterd") -> bool:
        """Whether this daemon can talk to another one."""
        return other.running and self.machine.network.reaches(self.machine, other.machine)

    def peers(self) -> list["Glusterd"]:
        """The other members."""
        return [member for member in self.pool.members if member is not self]

    def name_of(self, other: "Glusterd") -> str:
        """What this node calls a member."""
        return self.names.get(other.uuid, other.machine.addresses[0])

    def join(self, other: "Glusterd", host: str) -> None:
        """Take a daemon into the pool: all others learn the name that was probed.

        It learns the members by the names that we have for them, and us by what our address
        resolves back to: our host name, where names are kept for addresses at all.
        """
        ours = self.machine.name if self.machine.network.resolves_back else self.machine.addresses[0]
        for member in self.pool.members:
            member.names.setdefault(other.uuid, host)
            known = ours if member is self else self.name_of(member)
            other.names.setdefault(member.uuid, known)
        other.pool = self.pool
        self.pool.members.append(other)

    def leave(self, other: "Glusterd") -> None:
        """Put a member out; it stands alone then, without volumes."""
        self.pool.members.remove(other)
        for member in self.pool.members:
            member.names.pop(other.uuid, None)
        other.names.clear()
        other.pool = Pool(other)

    def holds_bricks(self, other: "Glusterd") -> bool:
        """Whether a member has bricks of any volume."""
        return any(b.machine is other.machine for v in self.pool.volumes.values() for b in v.bricks)
