"""Plans through a simulated heketi over real HTTP: made, run, taken back and gone on with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.remote.heketi_world import client_of
from tests.site.kube_nodes import NoNodes
from tui.core.heketi_model import HeketiSite
from tui.core.plan import Plan
from tui.core.runner import HEKETI
from tui.core.vault import Vault
from tui.demo.heketi import SimHeketi
from tui.ops import history
from tui.ops.events import Outcome
from tui.ops.executor import Executor
from tui.ops.journal import Journal
from tui.ops.operation import Operation
from tui.ops.past import undo_of
from tui.ops.targets import Targets
from tui.remote.heketi import HeketiClient
from tui.remote.heketi_runner import HeketiRunner
from tui.sync.heketi_site import read_site


@dataclass
class HeketiDesk:
    """A heketi, a client of it, and an executor with a journal."""

    server: SimHeketi
    client: HeketiClient
    executor: Executor
    journal: Journal
    made: list[Operation] = field(default_factory=list)

    async def site(self) -> HeketiSite:
        """What heketi knows now."""
        return await read_site(self.client)

    async def run(self, plan: Plan, *, undoes: str = "") -> Outcome:
        """Run a plan to its end."""
        plan.check_order()
        operation = Operation(plan, kind="undo" if undoes else "do", undoes=undoes)
        self.made.append(operation)
        await self.executor.execute(operation)
        return await operation.wait()

    def begin(self, plan: Plan) -> Operation:
        """An operation whose run the test starts by itself."""
        self.made.append(Operation(plan))
        return self.made[-1]

    async def undo(self) -> Outcome:
        """Take the newest operation back."""
        record = history.record(self.journal.path, self.made[-1].id)
        return await self.run(undo_of(record), undoes=record.entry.id)

    async def resume(self) -> Outcome:
        """Go on with the newest operation, as a new run of the program."""
        record = history.record(self.journal.path, self.made[-1].id)
        operation = Operation(record.plan, id_=record.entry.id, kind=record.entry.kind, undoes=record.entry.undoes)
        await self.executor.execute(operation, record.reports)
        return await operation.wait()

    def photo(self) -> Any:
        """All that heketi has, by names: what is the same before and after an undo."""
        tables = self.server.state.tables
        return {
            (node.manage[0], node.storage[0], node.zone, tuple(sorted(node.tags.items()))): sorted(
                (tables.devices[ident].name, len(tables.devices[ident].bricks)) for ident in node.devices
            )
            for node in tables.nodes.values()
        }, sorted(volume.name for volume in tables.volumes.values())


@asynccontextmanager
async def heketi_desk(folder: Path, server: SimHeketi | None = None) -> AsyncIterator[HeketiDesk]:
    """A desk with an empty heketi, or with this one."""
    journal = Journal(folder / "journal.db")
    await journal.open()
    try:
        async with server or SimHeketi() as running, client_of(running) as client:
            targets = Targets(NoNodes(), Vault(), {HEKETI: HeketiRunner(client)})
            yield HeketiDesk(running, client, Executor(targets, journal, "test"), journal)
    finally:
        await journal.close()
