"""Which nodes of a pool are down, said before heketi is asked: its own answer is only that some are."""

from dataclasses import replace

from tui.core.heketi_links import links_of
from tui.core.heketi_model import HeketiSite
from tui.core.model import Snapshot
from tui.core.plan import Plan, Refused
from tui.plans.volume_state import Facts, need_whole_pool


def with_peers_down(plan: Plan, site: HeketiSite, snapshot: Snapshot, facts: Facts, cluster: str) -> Plan:
    """The plan, with a warning where Gluster will refuse it: a pool whose nodes are not all connected.

    `cluster` is the id of heketi's that the volume is in; "" is its only one, and of several nothing is said.
    """
    home = cluster or (next(iter(site.clusters)) if len(site.clusters) == 1 else "")
    words: list[str] = []
    for pool in snapshot.clusters:
        found = links_of(site).cluster(pool, snapshot)
        if found is None or found.id != home:
            continue
        try:
            need_whole_pool(snapshot, facts, pool, "Making or deleting a volume")
        except Refused as refused:
            words.append("; ".join((refused.sentence, *refused.details)))
    return replace(plan, warnings=(*plan.warnings, *words))
