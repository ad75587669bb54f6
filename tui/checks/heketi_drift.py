"""heketi's database beside Gluster, LVM and Kubernetes: every difference with its cause and what to do (R1-R21).

What was not read is never called missing. Repairs are named (`Fix`); `tui.plans.heketi_repair` plans them.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from tui.checks.heketi_db import database_rules
from tui.checks.heketi_drift_bricks import brick_rules
from tui.checks.heketi_drift_case import Drift
from tui.checks.heketi_drift_devices import device_rules
from tui.checks.heketi_drift_kube import kube_rules
from tui.checks.heketi_drift_nodes import node_rules
from tui.checks.heketi_drift_volumes import volume_rules
from tui.core.facts import NodeFacts
from tui.core.finding import Finding, Severity
from tui.core.heketi_dump import HeketiCheck, HeketiDump
from tui.core.heketi_model import HeketiSite
from tui.core.kube_tables import KubeTables
from tui.core.model import Snapshot

_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def heketi_findings(
    site: HeketiSite,
    dump: HeketiDump | None,
    check: HeketiCheck | None,
    storage: Snapshot,
    facts: Mapping[str, NodeFacts],
    tables: KubeTables | None,
    now: float,
    read: Collection[str] | None = None,
) -> list[Finding]:
    """All differences, the worst first. `storage` and `facts` may be empty: then heketi alone is looked at.

    `dump` and `check` are GET /db/dump and /db/check where the server gave them; `now` is seconds since the epoch;
    `read` are the ids of Gluster clusters whose volumes were read whole (None: those that have any volume).
    """
    drift = Drift(site, storage, facts, dump, tables, now, read)
    return sorted(_all(drift, check), key=lambda one: (_ORDER.index(one.severity), int(one.code[1:]), one.subject))


def _all(drift: Drift, check: HeketiCheck | None) -> Iterator[Finding]:
    yield from database_rules(drift, check)
    yield from volume_rules(drift)
    yield from brick_rules(drift)
    yield from device_rules(drift)
    yield from node_rules(drift)
    yield from kube_rules(drift)
