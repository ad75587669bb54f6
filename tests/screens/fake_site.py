"""A site whose nodes are facts in a store and whose operations are moved by the test, step by step."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from screens import house
from tui.app import BrickyardApp, FirstRun, MakeSite
from tui.config import SiteConfig
from tui.core.asker import Asker
from tui.core.finding import Finding, Fix
from tui.core.kube_source import KubeSource
from tui.core.plan import Command, Danger, Plan, Refused, Step
from tui.core.store import Store
from tui.core.topology import Topology
from tui.core.topology_file import TopologyReading, parse_topology
from tui.core.vault import Vault
from tui.core.volume_request import VolumeRequest
from tui.ops.history import Entry, Record
from tui.ops.operation import Operation
from tui.ops.past import undo_of
from tui.plans.clean_target import CleanTarget
from tui.plans.kube_asks import Needs

if TYPE_CHECKING:
    from tui.site import Site


@dataclass
class Proposal:
    """What a load would do."""

    topology: Topology
    plan: Plan
    findings: tuple[Finding, ...]


class FakeSite:
    """Stands where `tui.site.Site` stands; nothing is asked of any node."""

    def __init__(self, store: Store, *, read_only: bool = False) -> None:
        self.name, self.store, self.read_only = "lab", store, read_only
        self.operations: list[Operation] = []
        self.config = SiteConfig("lab")
        self.kube: KubeSource | None = None
        self.vault = Vault()
        self.fixed: list[Fix] = []
        self.questions: list[Needs] = []
        self.found: tuple[Finding, ...] = ()
        self.past: list[Record] = []
        self.cleaned: list[CleanTarget] = []
        self.load_plan = Plan("Load a topology", (step("a", "node1"), step("b", "node2")))
        self.preflight = asyncio.Event()
        self.preflight.set()
        self.requests: list[VolumeRequest] = []
        self.refreshed = 0
        self.closed = False

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Remembered."""
        self.closed = True

    async def refresh(self, nodes: Sequence[str] | None = None) -> None:
        """Counted."""
        self.refreshed += 1

    def read_topology(self, path: Path) -> TopologyReading:
        """The real reader."""
        return parse_topology(path.read_bytes(), str(path))

    def clusters_to_choose(self, topology: Topology) -> tuple[str, ...]:
        """It has no heketi."""
        return ()

    async def propose_load(self, topology: Topology, *, into: str = "", new_cluster: bool = False) -> Proposal:
        """Waits until the test lets it go."""
        await self.preflight.wait()
        return Proposal(topology, self.load_plan, self.found)

    def findings(self) -> list[Finding]:
        """The same ones."""
        return list(self.found)

    def heketi_findings(self) -> list[Finding]:
        """It has no heketi."""
        return []

    async def history(self) -> list[Entry]:
        """What the test put there, the newest first."""
        return [record.entry for record in self.past]

    async def unfinished(self) -> list[Entry]:
        """Those that broke off."""
        return [entry for entry in await self.history() if entry.state == "broken off" and not entry.undone_by]

    async def record(self, operation: str) -> Record:
        """By the beginning of its id."""
        return next(record for record in self.past if record.entry.id.startswith(operation))

    async def undo_plan(self, operation: str) -> tuple[str, Plan]:
        """The real plan."""
        record = await self.record(operation)
        return record.entry.id, undo_of(record)

    async def resume(self, operation: str, *, skip_failed: bool = False) -> Operation:
        """The same id once more, live."""
        record = await self.record(operation)
        self.past = [replace(r, entry=replace(r.entry, state="running")) if r is record else r for r in self.past]
        resumed = Operation(record.plan, id_=record.entry.id)
        self.operations.append(resumed)
        return resumed

    async def know_users(self) -> None:
        """Known at once."""

    async def clean_plan(self, target: CleanTarget) -> Plan:
        """Destroys, so the name is to be typed."""
        self.cleaned.append(target)
        lost = ("volume pvc-00 with 12 GiB of data is lost",)
        return Plan("Clean it", (step("rm", "node1", Danger.DESTROYS),), warnings=lost, confirm=target.node or "lab")

    async def fix_plan(self, fix: Fix) -> Plan:
        """One step."""
        self.fixed.append(fix)
        if self.questions:
            raise self.questions.pop()
        return Plan(f"Repair: {fix.name}", (step("fix", "kubernetes"),))

    def shell_argv(self, node: str) -> list[str]:
        """A program that is there."""
        return ["true", node]

    def volume_create_plan(self, request: VolumeRequest) -> Plan:
        """A plan of three steps; what is too large is refused."""
        self.requests.append(request)
        if request.size > 2**50:
            raise Refused("There is not enough room for three bricks of 1024 TiB.", ("largest free: 1.9 TiB",))
        return Plan(f"Create volume {request.name}", tuple(step(str(n), f"node{n}") for n in (1, 2, 3)))

    def volume_start_plan(self, name: str) -> Plan:
        """One step."""
        return Plan(f"Start volume {name}", (step("start", "node1"),))

    def volume_stop_plan(self, name: str) -> Plan:
        """One step."""
        return Plan(f"Stop volume {name}", (step("stop", "node1"),), warnings=("its clients lose it",))

    def volume_delete_plan(self, name: str) -> Plan:
        """Destroys, so the name is to be typed."""
        return Plan(f"Delete volume {name}", (step("rm", "node1", Danger.DESTROYS),), confirm=name)

    async def mount_test_plan(self, name: str, node: str) -> Plan:
        """One step."""
        return Plan(f"Mount test of {name} on {node}", (step("mount", node),))

    def start(self, plan: Plan, *, undoes: str = "") -> Operation:
        """An operation that the test drives."""
        if self.read_only:
            raise Refused("the site is read-only")
        operation = Operation(plan, kind="undo" if undoes else "do", undoes=undoes)
        self.operations.append(operation)
        return operation


def step(name: str, node: str, danger: Danger = Danger.CHANGES) -> Step:
    """A step with one command."""
    command = Command(("lvm", "vgcreate", f"vg_{name}", "/dev/sdb"))
    return Step(
        name,
        node,
        f"step {name} [b]bold[/] [/x]",
        (command,),
        subject=f"{node} /dev/sdb",
        danger=danger,
        undo=(Command(("lvm", "vgremove", f"vg_{name}")),),
    )


def maker(site: FakeSite) -> MakeSite:
    """What the app awaits."""

    async def make(asker: Asker) -> "Site":
        return cast("Site", site)

    return make


def app_on(site: FakeSite, **options: Any) -> BrickyardApp:
    """The real app on this site."""
    return BrickyardApp(house(), maker(site), **options)


def first_run_app(first_run: FirstRun) -> BrickyardApp:
    """The real app where nothing is configured."""
    return BrickyardApp(house(), None, first_run=first_run)
