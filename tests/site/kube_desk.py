"""The engine over real HTTP on a simulated Kubernetes: plans made, run, taken back and gone on with."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.site.kube_nodes import NoNodes
from tui.core.finding import Fix
from tui.core.model import Snapshot
from tui.core.plan import Plan
from tui.core.store import Store
from tui.core.vault import Vault
from tui.demo.kube_resources import BY_PLURAL, Resource
from tui.demo.kube_server import SimKube
from tui.demo.kube_store import Stored
from tui.dialects.kube_write import storage_class
from tui.ops import history
from tui.ops.events import Outcome
from tui.ops.executor import Executor
from tui.ops.history import Record
from tui.ops.journal import Journal
from tui.ops.operation import Operation
from tui.ops.past import undo_of
from tui.ops.targets import Targets
from tui.remote.kube import KubeSettings
from tui.remote.kube_runner import KubeRunner
from tui.site_kube import SiteKube
from tui.sync.kube import KubeSource

Obj = dict[str, Any]
_OF_ONE_LIFE = ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation")
_OF_CONTROLLERS = ("pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller")


class FrozenStore(Store):
    """A store that shows one picture of the storage nodes."""

    def __init__(self, shot: Snapshot) -> None:
        super().__init__()
        self.shot = shot

    @property
    def snapshot(self) -> Snapshot:
        return self.shot


@dataclass
class Desk(SiteKube):
    """A site that has Kubernetes alone."""

    sim: SimKube
    kube: KubeSource
    store: Store
    vault: Vault
    targets: Targets
    executor: Executor
    journal: Journal
    controlled: bool = False
    made: list[Operation] = field(default_factory=list)

    async def fix(self, repair: str, /, **values: str) -> Plan:
        """The plan of a repair; "_" in names of values stands for itself, "__" for "."."""
        plan = await self.fix_plan(Fix(repair, tuple((key.replace("__", "."), value) for key, value in values.items())))
        plan.check_order()
        return plan

    async def run(self, plan: Plan, *, undoes: str = "") -> Outcome:
        """Run a plan to its end."""
        operation = Operation(plan, kind="undo" if undoes else "do", undoes=undoes)
        self.made.append(operation)
        await self.executor.execute(operation)
        return await operation.wait()

    async def undo(self) -> Outcome:
        """Take the newest operation back."""
        record = self.record()
        return await self.run(undo_of(record), undoes=record.entry.id)

    async def resume(self) -> Outcome:
        """Go on with the newest operation."""
        record = self.record()
        operation = Operation(record.plan, id_=record.entry.id)
        await self.executor.execute(operation, record.reports)
        return await operation.wait()

    def record(self) -> Record:
        """What the journal says of the newest operation."""
        return history.record(self.journal.path, self.made[-1].id)

    async def until(self, come_true: Callable[[], bool]) -> None:
        """Wait for what the controllers bring about."""
        async with asyncio.timeout(30):
            while not come_true():
                await asyncio.sleep(0.01)

    async def quiet(self) -> dict[str, Obj]:
        """The photo once nothing changes any more."""
        if self.controlled:
            await self.sim.controllers.settle()
        return self.photo()

    async def ask(self, method: str, path: str) -> None:
        """A request of somebody else's."""
        answer = await self.kube.client.request(method, path)
        assert answer.status < 300, answer.text

    def resource(self, plural: str) -> Resource:
        """A kind of objects by its plural."""
        return BY_PLURAL[plural]

    def stored(self, plural: str, name: str, namespace: str = "") -> Stored:
        """An object in the store."""
        found = self.sim.store.get(BY_PLURAL[plural], namespace, name)
        assert found is not None
        return found

    def photo(self) -> dict[str, Obj]:
        """Everything on the server, without what belongs to one life of an object, and without events."""
        return {
            f"{plural} {stored.namespace}/{stored.name}": _bare(stored.obj())
            for plural, resource in BY_PLURAL.items()
            if plural not in ("events", "leases")
            for stored in self.sim.store.all(resource)
        }


def _bare(obj: Obj) -> Obj:
    meta = {key: value for key, value in obj["metadata"].items() if key not in _OF_ONE_LIFE}
    notes = {key: value for key, value in (meta.pop("annotations", None) or {}).items() if key not in _OF_CONTROLLERS}
    spec = dict(obj.get("spec") or {})
    if "claimRef" in spec:
        spec["claimRef"] = {key: spec["claimRef"].get(key) for key in ("namespace", "name")}
    return {**obj, "metadata": meta | ({"annotations": notes} if notes else {})} | ({"spec": spec} if spec else {})


@contextlib.asynccontextmanager
async def open_desk(
    folder: Path, *, version: tuple[int, int] = (1, 25), read_only: bool = False, controllers: bool = False,
    shot: Snapshot | None = None, classes: Sequence[str] = (),
) -> AsyncIterator[Desk]:  # fmt: skip
    """Start a simulated Kubernetes and a site on it, with these StorageClasses for volumes that somebody makes."""
    sim = await SimKube().start(version, controllers=controllers)
    for name in classes:
        sim.create(storage_class(name, "kubernetes.io/no-provisioner"))
    config = sim.write_kubeconfig(folder / "kubeconfig")
    journal = Journal(folder / "journal.db")
    source = KubeSource(KubeSettings(kubeconfig=str(config)), book=None)
    vault = Vault()
    targets = Targets(NoNodes(), vault, {"kubernetes": KubeRunner(source.client, vault.fill)})
    executor = Executor(targets, journal, "test", read_only=read_only)
    try:
        yield Desk(sim, source, FrozenStore(shot or Snapshot()), vault, targets, executor, journal, controllers)
    finally:
        await journal.close()
        await source.close()
        await sim.close()
