"""What can be planned on a site from what is known of it. Every method raises Refused where there is no plan."""

import random
import secrets
from collections.abc import Iterable

from tui.checks.leftovers import check_leftovers
from tui.core.facts import NodeFacts
from tui.core.finding import Finding
from tui.core.kube_tables import KubeTables
from tui.core.model import State
from tui.core.plan import Plan
from tui.core.store import Store
from tui.core.volume_request import VolumeRequest
from tui.plans.clean import CleanTarget, plan_clean
from tui.plans.clean_findings import attach_cleaning, plan_clean_findings
from tui.plans.mount_test import plan_mount_test
from tui.plans.volume_create import plan_create
from tui.plans.volume_delete import plan_delete, plan_start, plan_stop
from tui.plans.volume_users import refuse_used, with_users


def new_id() -> str:
    """A fresh name for a volume group or brick: 32 hex digits, as heketi makes them."""
    return secrets.token_hex(16)


class SitePlans:
    """Plans and findings from one store."""

    store: Store

    def tables(self) -> KubeTables | None:
        """What Kubernetes said, where the site has one."""
        return None

    def volume_create_plan(self, request: VolumeRequest) -> Plan:
        """Place the bricks of a new volume and plan it."""
        return plan_create(self.store.snapshot, self.facts(), request, random.SystemRandom(), new_id)

    def volume_start_plan(self, name: str) -> Plan:
        """Start a stopped volume."""
        return plan_start(self.store.snapshot, name)

    def volume_stop_plan(self, name: str) -> Plan:
        """Stop a volume: its clients lose it until it is started again."""
        return with_users(plan_stop(self.store.snapshot, name), self.tables())

    def volume_delete_plan(self, name: str) -> Plan:
        """Take a volume away with all its bricks."""
        return with_users(plan_delete(self.store.snapshot, self.facts(), name), self.tables())

    async def mount_test_plan(self, name: str, node: str) -> Plan:
        """Mount a volume on a node ("": any that is online), write, read back, compare, unmount."""
        snapshot = self.store.snapshot
        on = node or next((n.name for n in snapshot.nodes.values() if n.state is State.ONLINE), "")
        return plan_mount_test(snapshot, name, on, secrets.token_hex(8))

    async def clean_plan(self, target: CleanTarget) -> Plan:
        """Take a cluster, node, device or loaded topology away, however it came there."""
        plan = plan_clean(self.store.snapshot, self.facts(), target)
        refuse_used(plan, self.tables())
        return with_users(plan, self.tables())

    def findings(self) -> list[Finding]:
        """What failed loads and vanished volumes left on the nodes, with plans to clean it."""
        facts = self.facts()
        return attach_cleaning(check_leftovers(self.store.snapshot, facts), facts)

    def clean_findings_plan(self, findings: Iterable[Finding]) -> Plan:
        """One plan that cleans all of these."""
        return plan_clean_findings(findings, self.facts())

    def facts(self) -> dict[str, NodeFacts]:
        """What each node that ever answered said last."""
        return {name: entry.facts for name, entry in self.store.nodes.items() if entry.facts}
