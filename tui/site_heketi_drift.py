"""Where the heketi of a site and the nodes disagree, and what only heketi itself can tell."""

import time

from tui.checks.heketi_drift import heketi_findings
from tui.core.finding import Finding
from tui.dialects.heketi_answers import parse_log_level
from tui.plans.heketi_repair import attach_repairs
from tui.site_heketi import SiteHeketi


class SiteDrift(SiteHeketi):
    """What a site does about a heketi that nobody maintains."""

    def heketi_findings(self) -> list[Finding]:
        """All differences between heketi and what was read elsewhere; none while heketi can't be asked."""
        facts = self.store.heketi
        if facts is None or facts.site is None or not facts.is_live:
            return []
        found = heketi_findings(
            facts.site, facts.dump, facts.check, self.store.storage, self.facts(), self.tables(), time.time()
        )
        return attach_repairs(found, facts.site)

    async def heketi_log_level(self) -> str:
        """How much heketi logs. Raises Refused, RemoteError."""
        return parse_log_level(await (await self.heketi_client()).get("/internal/logging"))
