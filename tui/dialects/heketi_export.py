"""A broken database of heketi's, repaired as an export: `heketi db export` in, text for `heketi db import` out.

What is not broken stays as it was, to the byte. An export holds the passwords of block volumes: whoever keeps the
text in a file keeps it from others.
"""

import json
import shlex
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

from tui.core.heketi_consistency import inconsistencies
from tui.core.model import Snapshot
from tui.dialects.heketi_db import parse_dump
from tui.dialects.heketi_export_links import mend_links
from tui.dialects.heketi_export_tables import Tables
from tui.dialects.heketi_export_work import end_operations
from tui.dialects.heketi_fields import read_object

DATABASE: Final = "/var/lib/heketi/heketi.db"
TABLES: Final = (
    "clusterentries", "volumeentries", "brickentries", "nodeentries", "deviceentries", "blockvolumeentries",
    "dbattributeentries", "pendingoperations",
)  # fmt: skip
# Go writes these as escapes, in keys and texts; nowhere else can they stand in JSON
_ESCAPES: Final = {"&": r"\u0026", "<": r"\u003c", ">": r"\u003e", "\u2028": r"\u2028", "\u2029": r"\u2029"}


@dataclass(frozen=True, slots=True)
class RepairedExport:
    """A repaired export: its text, what was changed, one sentence each, and what is still wrong with it.

    `losses` are those changes that took away what may be there on the nodes: a backup of the database, where there
    is one, is the better cure. `devices` are the ids of those whose space should be read from LVM again once heketi
    runs.
    """

    text: str = field(repr=False)
    changes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


def repair_export(text: str, in_use: Collection[str] | None = None) -> RepairedExport:
    """Take out what leads nowhere: operations with what they had begun, references to what does not exist.

    `in_use` are the ids of the bricks that Gluster's volumes have, None where Gluster was not asked: what an
    operation had made and Gluster uses stays then. Raises ValueError where the text is no export of heketi's.
    """
    raw = read_object(text)
    if not all(isinstance(raw.get(name), dict) for name in TABLES[:5]):
        raise ValueError("this is no export of heketi's database: tables are missing (heketi db export writes one)")
    tables = Tables(raw)
    end_operations(tables, None if in_use is None else frozenset(in_use))
    mend_links(tables)
    tables.give_space_back()
    repaired = write_export(raw)
    left = tuple(fault.words for fault in inconsistencies(parse_dump(repaired)))
    devices = tuple(sorted(tables.touched & tables.devices.keys()))
    return RepairedExport(repaired, tuple(tables.changes), left, tuple(tables.losses), devices)


def bricks_in_use(snapshot: Snapshot) -> frozenset[str]:
    """The ids of the bricks that Gluster's volumes have, as heketi names them."""
    return frozenset(brick.lv.removeprefix("brick_") for brick in snapshot.bricks.values() if brick.lv)


def write_export(raw: dict[str, Any]) -> str:
    """The text that `heketi db export` writes for these tables."""
    text = json.dumps(raw, indent=4, ensure_ascii=False)
    for char, escape in _ESCAPES.items():
        text = text.replace(char, escape)
    return text + "\n"


def import_steps(database: str = DATABASE, unit: str = "heketi", devices: Collection[str] = ()) -> tuple[str, ...]:
    """What to do, command by command, so that heketi runs with a repaired database; the old one is kept."""
    base = shlex.quote(database)
    return (
        f"systemctl stop {shlex.quote(unit)}"
        "    # as a pod: kubectl scale deployment heketi --replicas=0, and run the rest where its volume is mounted",
        f"cp -p {base} {base}.before-repair",
        f"(umask 077; heketi db export --dbfile={base} --jsonfile=heketi-export.json)",
        "(umask 077; brickyard heketi export-repair heketi-export.json > heketi-repaired.json)"
        "    # with --nodes: keeps what Gluster has of operations that did not end",
        f"heketi db import --jsonfile=heketi-repaired.json --dbfile={base}.new    # makes a new file",
        f'heketi db consistency-check --dbfile={base}.new    # "totalinconsistencies" must be 0',
        f"chown --reference={base} {base}.new && chmod --reference={base} {base}.new && mv {base}.new {base}",
        f"systemctl start {shlex.quote(unit)}",
        *(f"heketi-cli device resync {device}" for device in devices),
        "heketi-cli server operations info    # nothing is stale any more",
        "shred -u heketi-export.json heketi-repaired.json    # they hold the passwords of block volumes",
    )
