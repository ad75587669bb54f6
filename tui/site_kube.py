"""What can be planned and tried out on the Kubernetes cluster of a site."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tui.core.finding import Fix, ObjectRef
from tui.core.kube_object import Key
from tui.core.plan import Command, Plan, Refused, Result, Step
from tui.core.runner import KUBERNETES
from tui.core.store import Store
from tui.core.vault import Vault
from tui.dialects.kube_quantity import parse_quantity
from tui.dialects.kube_request import CLAIM, CLASS, VOLUME
from tui.dialects.kube_write import Manifest
from tui.ops.targets import Targets
from tui.plans.kube_class import plan_new_class, plan_recreate_class, replaced_class
from tui.plans.kube_gluster_fit import gluster_fit
from tui.plans.kube_static import StaticVolumeRequest, plan_static_volume
from tui.plans.kube_steps import create, one_step
from tui.plans.kube_wizard import ClaimRequest, StorageClassRequest
from tui.plans.remedies import plan_start_glusterd
from tui.remote.errors import RemoteError
from tui.site_kube_fixes import Fixes, new_token
from tui.site_kube_gluster import addresses, servers_of
from tui.site_kube_read import Client, Reader

if TYPE_CHECKING:
    from tui.sync.kube import KubeSource

_NOT_SET: Final = "No Kubernetes cluster is configured for this site."


class SiteKube:
    """Plans for one cluster. Methods raise Refused with a sentence where there is none."""

    store: Store
    vault: Vault
    targets: Targets | None
    kube: "KubeSource | None"

    async def fix_plan(self, fix: Fix) -> Plan:
        """The plan of a repair that a finding names. Raises `tui.plans.kube_asks.Needs` where a value is missing."""
        if fix.name == "start-glusterd":  # a node alone, also where there is no Kubernetes
            return plan_start_glusterd(fix.value("node"))
        return await Fixes(self._reader(), self.store.snapshot).plan(fix)

    def follows(self, fix: Fix, about: ObjectRef | None = None) -> Key | None:
        """The claim that shows whether the repair has helped."""
        for names in (("claim_namespace", "claim_name"), ("namespace", "name")):
            if names[0] == "claim_namespace" or fix.name in ("recreate-claim", "forget-selected-node"):
                key = (fix.value(names[0]), fix.value(names[1]))
                if all(key):
                    return key
        return (about.namespace, about.name) if about is not None and about.kind == CLAIM else None

    async def class_plan(self, asked: StorageClassRequest) -> Plan:
        """A new StorageClass; where there is one of this name it is made anew, since its values can't be changed."""
        _check("StorageClass", asked.name, asked.problems())
        reader = self._reader()
        old, version = await reader.one(CLASS, "", asked.name), await reader.version()
        if old is not None:
            return plan_recreate_class(old, replaced_class(old, asked.manifest()), new_token(), version)
        return plan_new_class(asked.manifest(), new_token(), version)

    async def claim_plan(self, asked: ClaimRequest) -> Plan:
        """A new claim."""
        _check("Claim", f"{asked.namespace}/{asked.name}", asked.problems())
        title = f"Create claim {asked.namespace}/{asked.name}"
        return one_step(title, create(asked.manifest(), new_token()))

    async def static_volume_plan(self, asked: StaticVolumeRequest) -> Plan:
        """A new PersistentVolume for a Gluster volume; without addresses, those of its cluster are taken."""
        reader = self._reader()
        size, key = parse_quantity(asked.capacity), (asked.claim_namespace, asked.claim_name)
        fit = gluster_fit(self.store.snapshot, await reader.many(VOLUME), size, asked.name, key)
        if not asked.addresses:
            asked = replace(asked, addresses=await addresses(servers_of(self.store.snapshot, asked.gluster)))
        old: tuple[Manifest | None, Manifest | None] = (None, None)
        if asked.source == "glusterfs" and asked.endpoints_namespace and asked.endpoints:
            where = (asked.endpoints_namespace, asked.endpoints)
            old = (await reader.one("Service", *where), await reader.one("Endpoints", *where))
        plan = plan_static_volume(asked, old, new_token(), await reader.version())
        return replace(plan, warnings=(*fit.doubts(asked.gluster), *plan.warnings))

    async def rehearse(self, plan: Plan) -> list[tuple[Step, Result]]:
        """Let the API server try each request of a plan that can stand alone; it changes nothing (dryRun=All).

        What changes an object that an earlier step changes is left out: only the real run can show it. Raises Refused
        where it can't be asked.
        """
        if self.targets is None:
            raise Refused(_NOT_SET)
        try:
            return [(step, (await self.targets.run(KUBERNETES, (request,)))[0]) for step, request in rehearsal(plan)]
        except RemoteError as error:
            raise Refused(f"Kubernetes can't be asked: {error.reason}", tuple(filter(None, (error.remedy,)))) from error

    def _reader(self) -> Reader:
        client: Client | None = self.kube.client if self.kube is not None else None
        if client is None:
            raise Refused(_NOT_SET, ("name a kubeconfig, with --kubeconfig or in the configuration",))
        return Reader(client, self.vault)


def rehearsal(plan: Plan) -> list[tuple[Step, Command]]:
    """The requests of a plan that can be tried on their own, with `dryRun=All`."""
    found: list[tuple[Step, Command]] = []
    touched: set[str] = set()
    for step in plan.steps:
        if step.node != KUBERNETES or not step.commands:
            continue
        if step.subject not in touched:
            found.append((step, _dry(step.commands[0])))
        touched.add(step.subject)
    return found


def _dry(command: Command) -> Command:
    method, path, *more = command.argv
    mark = "&" if "?" in path else "?"
    return replace(command, argv=(method, f"{path}{mark}dryRun=All", *more))


def _check(kind: str, name: str, problems: Sequence[str]) -> None:
    if problems:
        raise Refused(f"{kind} {name} can't be made: {problems[0]}.", tuple(problems[1:]))
