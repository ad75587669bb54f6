"""Where the heketi of a site and the nodes disagree, and what only heketi itself can tell."""

import time
from dataclasses import replace
from typing import Any, Final

from tui.checks.heketi_drift import heketi_findings
from tui.core.finding import Finding
from tui.core.plan import Plan
from tui.core.runner import API_TARGETS, HEKETI
from tui.dialects.heketi_answers import parse_log_level
from tui.plans.heketi_leave import MANAGE_FALSE, leave_data, leave_report, plan_leave
from tui.plans.heketi_repair import attach_repairs
from tui.site_heketi import SiteHeketi
from tui.site_locks import nodes_to_lock, why_not_locked

FRESH_POLLS: Final = 8
"""What Gluster said longer ago than so many rounds of polling says nothing about what is missing there."""
_MODES: Final = {
    "read-only": "heketi is read-only: it refuses this until it is started anew, or its process gets SIGUSR2.",
    "local-client": "heketi is in the mode local-client: it refuses this unless it is asked from its own host.",
}


class SiteDrift(SiteHeketi):
    """What a site does about a heketi that nobody maintains."""

    _told_left = False

    def heketi_findings(self) -> list[Finding]:
        """All differences between heketi and what was read elsewhere; none while heketi can't be asked."""
        facts = self.store.heketi
        if facts is None or facts.site is None or not facts.is_live:
            return []
        now = time.time()
        since = now - FRESH_POLLS * self.config.poll_seconds
        read = {cluster for cluster, read_at in self.store.storage.volumes_read.items() if read_at >= since}
        found = heketi_findings(
            facts.site, facts.dump, facts.check, self.store.storage, self.facts(), self.tables(), now, read
        )
        return attach_repairs(found, facts.site)

    def leave_plan(self, cluster: str = "", *, freeze: bool = False) -> Plan:
        """Manage a cluster of heketi's ("": its only one) over SSH from now on. Raises Refused with all reasons."""
        facts = self.heketi_facts()
        self._need_nodes("Leaving heketi is for nodes that are reached over SSH")
        ident = self.heketi_cluster_of(cluster) if cluster else ""
        return plan_leave(
            self.heketi_site(), self.store.storage, self.facts(), ident, facts.dump,
            freeze=freeze, managed=self._shall_manage,
        )  # fmt: skip

    def leave_data(self, cluster: str = "") -> dict[str, Any]:
        """The same as `leave_report`, as plain data. Raises Refused."""
        facts = self.heketi_facts()
        ident = self.heketi_cluster_of(cluster) if cluster else ""
        return leave_data(self.heketi_site(), self.store.storage, self.facts(), self.tables(), ident, facts.source.name)

    def leave_report(self, cluster: str = "") -> list[str]:
        """What is adopted, and what in Kubernetes still points at heketi. Raises Refused."""
        facts = self.heketi_facts()
        ident = self.heketi_cluster_of(cluster) if cluster else ""
        return leave_report(
            self.heketi_site(), self.store.storage, self.facts(), self.tables(), ident, facts.source.name,
            managed=self._shall_manage,
        )  # fmt: skip

    def nodes_to_lock(self, plan: Plan) -> set[str]:
        """The nodes that a plan locks; no API is among those that are locked."""
        facts = self.store.heketi
        return nodes_to_lock(plan, self.store.storage, facts.site if facts is not None else None)

    def with_lock_words(self, plan: Plan) -> Plan:
        """The plan, with a warning where it goes through heketi and nothing keeps other admins out.

        That heketi takes no changes just now is said too. What goes over SSH because the clusters have left heketi
        says so, once.
        """
        facts = self.store.heketi
        if facts is None:
            return plan
        if not _goes_through(plan):
            return self._with_left_words(plan)
        words = (_MODES.get(facts.mode, ""), why_not_locked(plan, self.store.storage, facts.site))
        return replace(plan, warnings=(*plan.warnings, *(text for text in words if text)))

    def _with_left_words(self, plan: Plan) -> Plan:
        storage = any(step.node not in API_TARGETS for step in plan.steps)
        if self._told_left or not storage or not self._shall_manage or not self.has_left:
            return plan
        self._told_left = True
        words = f"This goes over SSH, as the nodes have left heketi: {MANAGE_FALSE} (site {self.config.name})."
        return replace(plan, warnings=(*plan.warnings, words))

    async def know_whom_to_lock(self, plan: Plan) -> None:
        """Ask nodes and heketi where a plan goes through heketi and they were not asked yet."""
        facts = self.store.heketi
        if facts is None or not _goes_through(plan):
            return
        asked = not self.store.nodes or any(entry.facts for entry in self.store.nodes.values())
        if facts.site is None or not asked:
            await self.refresh()

    async def heketi_log_level(self) -> str:
        """How much heketi logs. Raises Refused, RemoteError."""
        return parse_log_level(await (await self.heketi_client()).get("/internal/logging"))


def _goes_through(plan: Plan) -> bool:
    return any(step.node == HEKETI for step in plan.steps)
