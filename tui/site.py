"""One administered site: its nodes, what is known of them, and what is done to them."""

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.config import SiteConfig
from tui.core.address import NodeAddress
from tui.core.asker import Asker
from tui.core.kube_tables import KubeTables
from tui.core.plan import Plan, Refused
from tui.core.runner import API_TARGETS, HEKETI, KUBERNETES
from tui.core.store import Store
from tui.core.topology import TopologyNode
from tui.core.vault import Vault
from tui.ops import history
from tui.ops.events import StepReport
from tui.ops.executor import Executor
from tui.ops.history import Entry, Record
from tui.ops.journal import Journal
from tui.ops.journal_schema import JournalError
from tui.ops.lock import ClusterLock, Locks
from tui.ops.obstacles import with_obstacles
from tui.ops.operation import Operation
from tui.ops.past import check_resumable, failed_steps, undo_of
from tui.ops.targets import Targets
from tui.ops.undo_claims import with_claims
from tui.plans.undo_stands import refuse_standing
from tui.plans.volume_users import with_users
from tui.site_claims import SiteClaims
from tui.site_heketi_drift import SiteDrift
from tui.site_load import LoadProposal
from tui.sync.supervisor import Supervisor

if TYPE_CHECKING:
    from tui.remote.kube import KubeClient
    from tui.remote.ssh import SshPool
    from tui.sync.kube import KubeSource

log = logging.getLogger(__name__)


class Site(SiteDrift, SiteClaims):
    """Everything that can be seen and done on one site. `open` it before use, `close` it after.

    Methods that make plans raise Refused with a sentence where there can't be one.
    """

    def __init__(
        self, config: SiteConfig, asker: Asker, *, read_only: bool = False, journal: Path | None = None
    ) -> None:
        self.config, self.name, self.read_only = config, config.name, read_only
        self.store, self.vault = Store(), Vault()
        self.kube: KubeSource | None = None
        self.targets: Targets | None = None
        self.operations: list[Operation] = []
        self._asker = asker
        self._journal = Journal(journal)
        self._pool: SshPool | None = None
        self._executor: Executor | None = None
        self._locks: Locks | None = None
        self._supervisor: Supervisor | None = None
        self._proposals: list[LoadProposal] = []
        self._named_by: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._on_close: list[Callable[[], Awaitable[None]]] = []

    async def open(self, *, watch: bool = True) -> None:
        """Get ready to talk to the nodes; with `watch`, poll them from now on.

        Raises ConfigError where the site names a topology file that can't be read.
        """
        await asyncio.to_thread(importlib.import_module, "tui.remote.ssh")  # 0.3 s: not before the first paint
        from tui.remote.ssh import SshPool

        self._pool = SshPool(self._asker)
        self._locks, self.targets = Locks(self._pool), Targets(self._pool, self.vault)
        self._executor = Executor(self.targets, self._journal, self.name, read_only=self.read_only)
        self._supervisor = Supervisor(self.store, self._pool, self.config.poll_seconds, self._discovered, self._detour)
        self.declare(await asyncio.to_thread(self.config.declared_nodes))
        if self.config.kubernetes is not None:
            await self.open_kubernetes(self.config.kubernetes)
        if self.config.heketi is not None:
            await self.open_heketi(self.config.heketi)
        if watch:
            self._supervisor.start()
            self.start_claims()
            self.start_heketi()

    async def close(self) -> None:
        """End polling and connections; a running operation is stopped at a safe point and waited for."""
        for operation in self.operations:
            if operation.running:
                operation.cancel()
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._supervisor:
            await self._supervisor.close()
        await self.close_heketi()
        await self.close_kubernetes()
        if self._pool:
            await self._pool.close()
        await self._journal.close()
        for action in self._on_close:
            await action()
        self.vault.forget()

    def on_close(self, action: Callable[[], Awaitable[None]]) -> None:
        """Await this last of all when the site is closed (the simulated nodes end with it)."""
        self._on_close.append(action)

    def tables(self) -> KubeTables | None:
        """What Kubernetes said, where the site has one."""
        return self.kube.tables if self.kube is not None else None

    def _kube_client(self) -> "KubeClient | None":
        return self.kube.client if self.kube is not None else None

    @property
    def reached(self) -> bool:
        """Whether any node, or heketi, has answered so far."""
        heketi = self.store.heketi
        return any(entry.facts for entry in self.store.nodes.values()) or bool(heketi and heketi.site)

    async def refresh(self, nodes: Sequence[str] | None = None) -> None:
        """Ask the nodes (all by default) and heketi now, and wait for the answers."""
        await asyncio.gather(self._need_supervisor().refresh(nodes), self.refresh_heketi())

    async def refresh_nodes(self) -> None:
        """Ask all nodes now, and wait for the answers; heketi is not asked."""
        await self._need_supervisor().refresh()

    async def compare_copies(self) -> None:
        """Ask how far the copies of every volume are apart, which takes 1 to 2 seconds a volume."""
        await self._need_supervisor().compare_copies()

    def start(self, plan: Plan, *, undoes: str = "") -> Operation:
        """Run a plan in the background; `undoes` is the id of the operation that it takes back.

        Raises Refused in read-only mode.
        """
        return self._start(Operation(plan, kind="undo" if undoes else "do", undoes=undoes), None)

    async def history(self) -> list[Entry]:
        """The operations on this site, the newest first. Raises JournalError."""
        return await asyncio.to_thread(history.entries, self._journal.path, self.name)

    async def unfinished(self) -> list[Entry]:
        """Operations on this site that broke off and were not taken back. Raises JournalError."""
        return history.open_ends(await self.history(), ("broken off",))

    def shell_argv(self, node: str) -> list[str]:
        """The `ssh` command that opens a shell on a node for a human. Raises KeyError."""
        return self._need_pool().shell_argv(node)

    async def record(self, operation: str) -> Record:
        """All of one operation, by the beginning of its id. Raises JournalError."""
        return await asyncio.to_thread(history.record, self._journal.path, operation)

    async def undo_plan(self, operation: str) -> tuple[str, Plan]:
        """The id of an operation and the plan that takes it back, as far as that can work by what is known now.

        Raises JournalError, and `tui.ops.past.ChangedNothing` where there never was anything to take back.
        """
        record = await self.record(operation)
        plan = undo_of(record)
        refuse_standing(plan, self.store.snapshot)
        plan = await with_claims(plan, self.targets)
        if self.targets is not None:
            plan = await with_obstacles(plan, self.targets)
        return record.entry.id, with_users(plan, self.tables())

    async def resume(self, operation: str, *, skip_failed: bool = False) -> Operation:
        """Go on with an operation that broke off, was cancelled or failed. Raises JournalError.

        With `skip_failed` the steps that failed are left out, and what needs them goes on without them.
        """
        record = await self.record(operation)
        check_resumable(record)
        return self._start(
            Operation(record.plan, id_=record.entry.id, kind=record.entry.kind, undoes=record.entry.undoes),
            record.reports,
            failed_steps(record) if skip_failed else (),
        )

    def _start(
        self, operation: Operation, before: Mapping[str, StepReport] | None, skip: Collection[str] = ()
    ) -> Operation:
        if self._executor is None:
            raise Refused("the site is not open yet")
        self._executor.check_allowed(operation.plan)
        for node in {step.node for step in operation.plan.steps} - set(self._need_pool().nodes) - API_TARGETS:
            self._need_pool().add(self.config.address(node))
        self.operations.append(operation)
        task = asyncio.create_task(self._run(operation, before, skip), name=operation.plan.title)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return operation

    async def _run(self, operation: Operation, before: Mapping[str, StepReport] | None, skip: Collection[str]) -> None:
        assert self._executor is not None
        assert self._locks is not None
        if nodes := self.topology_of(operation.plan):
            self.declare(nodes)
        try:
            # what is wrong with the journal shows before any node is locked
            await self._journal.open()
            await self.know_whom_to_lock(operation.plan)
            lock = ClusterLock(self._locks, self.nodes_to_lock(operation.plan), operation.plan.title)
            await lock.acquire()
        except JournalError as error:
            operation.refuse(f"{error.reason} ({error.remedy})")
            return
        except Refused as refused:
            operation.refuse(" ".join((refused.sentence, *refused.details)))
            return
        try:
            await self._executor.execute(operation, before, lock.steady, skip)
        finally:
            await lock.release()
        touched = {step.node for step in operation.plan.steps}
        if KUBERNETES in touched:
            self.look_at_keys()
        changed = set(self.store.nodes) | {HEKETI} if HEKETI in touched else touched - API_TARGETS
        if not changed or not self._need_supervisor().started:
            return
        try:
            await self.refresh(sorted(changed))
        except Exception:
            log.exception("refresh after '%s'", operation.plan.title)

    def declare(self, nodes: Sequence[TopologyNode]) -> None:
        """Make nodes part of this site, from now on."""
        for node in nodes:
            self._need_pool().add(self._address(node))
        self.store.declare(nodes)
        if self._supervisor is not None and self._supervisor.started:
            self._supervisor.start()

    def _discovered(self, node: TopologyNode, named_by: str) -> None:
        self._need_pool().add(self._address(node))
        self._named_by[node.manage] = named_by

    def _detour(self, name: str) -> bool:
        """A peer may be reachable only from inside the cluster: then the node that named it is the way there."""
        named_by = self._named_by.pop(name, None)
        entry = self.store.nodes.get(name)
        if named_by is None or entry is None:
            return False
        way = self._address(self.store.nodes[named_by].declared)
        host = f"[{way.target}]" if ":" in way.target else way.target
        hop = f"{way.user}@{host}" if way.user else host
        address = self._address(entry.declared)
        self._need_pool().add(
            replace(address, host=entry.declared.storage, jump=(*way.jump, f"{hop}:{way.port or 22}"))
        )
        return True

    def _address(self, node: TopologyNode) -> NodeAddress:
        return self.config.address(node.manage)

    def _need_pool(self) -> "SshPool":
        if self._pool is None:
            raise Refused("the site is not open yet")
        return self._pool

    def _need_supervisor(self) -> Supervisor:
        if self._supervisor is None:
            raise Refused("the site is not open yet")
        return self._supervisor
