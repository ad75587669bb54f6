"""Where the heketi of a site and the nodes disagree, and what only heketi itself can tell."""

import time
from typing import Final

from tui.checks.heketi_drift import heketi_findings
from tui.core.finding import Finding
from tui.core.plan import Plan
from tui.dialects.heketi_answers import parse_log_level
from tui.plans.heketi_leave import leave_report, plan_leave
from tui.plans.heketi_repair import attach_repairs
from tui.site_heketi import SiteHeketi

FRESH_POLLS: Final = 8
"""What Gluster said longer ago than so many rounds of polling says nothing about what is missing there."""


class SiteDrift(SiteHeketi):
    """What a site does about a heketi that nobody maintains."""

    def heketi_findings(self) -> list[Finding]:
        """All differences between heketi and what was read elsewhere; none while heketi can't be asked."""
        facts = self.store.heketi
        if facts is None or facts.site is None or not facts.is_live:
            return []
        now = time.time()
        read = self.store.volumes_read(now - FRESH_POLLS * self.config.poll_seconds)
        found = heketi_findings(
            facts.site, facts.dump, facts.check, self.store.storage, self.facts(), self.tables(), now, read
        )
        return attach_repairs(found, facts.site)

    def leave_plan(self, cluster: str = "", *, freeze: bool = False) -> Plan:
        """Manage a cluster of heketi's ("": its only one) over SSH from now on. Raises Refused with all reasons."""
        facts = self.heketi_facts()
        self._need_nodes("Leaving heketi is for nodes that are reached over SSH")
        ident = self.heketi_cluster_of(cluster) if cluster else ""
        return plan_leave(self.heketi_site(), self.store.storage, self.facts(), ident, facts.dump, freeze=freeze)

    def leave_report(self, cluster: str = "") -> list[str]:
        """What is adopted, and what in Kubernetes still points at heketi. Raises Refused."""
        facts = self.heketi_facts()
        ident = self.heketi_cluster_of(cluster) if cluster else ""
        return leave_report(
            self.heketi_site(), self.store.storage, self.facts(), self.tables(), ident, facts.source.name
        )

    async def heketi_log_level(self) -> str:
        """How much heketi logs. Raises Refused, RemoteError."""
        return parse_log_level(await (await self.heketi_client()).get("/internal/logging"))
