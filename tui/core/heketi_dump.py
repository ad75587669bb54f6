"""heketi's database as GET /db/dump and /db/check give it. Sizes are bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.core.heketi_model import HeketiBlockVolume, HeketiBrick, HeketiCluster, HeketiDevice, HeketiNode, HeketiVolume


@dataclass(frozen=True, slots=True)
class DumpBrick:
    """A brick with its thin pool. `pending` is the id of the operation that holds it, "" for none.

    `pool` is heketi's LvmThinPool; "" in databases of heketi before 9, where the pool is tp_<brick id>.
    """

    brick: HeketiBrick
    pool: str
    pool_size: int
    metadata_size: int
    pending: str = ""

    @property
    def needed(self) -> int:
        """What heketi took from the device for it."""
        return self.pool_size + self.metadata_size


@dataclass(frozen=True, slots=True)
class DumpVolume:
    """A volume with the ids of its bricks; `volume.bricks` is empty here."""

    volume: HeketiVolume
    bricks: tuple[str, ...] = ()
    pending: str = ""


@dataclass(frozen=True, slots=True)
class DumpDevice:
    """A device with the ids of its bricks; `extent` is the size of an extent of its volume group."""

    device: HeketiDevice
    bricks: tuple[str, ...] = ()
    extent: int = 0


@dataclass(frozen=True, slots=True)
class DumpNode:
    """A node with the ids of its devices; `node.devices` is empty here."""

    node: HeketiNode
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeketiDump:
    """The whole database, each table by id. Ids may dangle: nothing is checked here."""

    clusters: Mapping[str, HeketiCluster] = field(default_factory=dict)
    nodes: Mapping[str, DumpNode] = field(default_factory=dict)
    devices: Mapping[str, DumpDevice] = field(default_factory=dict)
    volumes: Mapping[str, DumpVolume] = field(default_factory=dict)
    bricks: Mapping[str, DumpBrick] = field(default_factory=dict)
    block_volumes: Mapping[str, HeketiBlockVolume] = field(default_factory=dict)
    operations: tuple[str, ...] = ()
    pending_blocks: Mapping[str, str] = field(default_factory=dict)
    """The operations that hold block volumes, by the block volume's id."""


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """What heketi's own check says of one table of its database."""

    name: str
    total: int = 0
    pending: int = 0
    broken: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeketiCheck:
    """The answer to GET /db/check: heketi's own look at its database."""

    tables: tuple[CheckedTable, ...] = ()
    inconsistencies: int = 0

    @property
    def words(self) -> tuple[str, ...]:
        """All that it found, in heketi's words."""
        return tuple(word for table in self.tables for word in table.words)
