"""All that the simulated heketi is: its tables, nodes, settings, queue, and the operations on its books."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tui.demo.heketi_nodes import CommandError, Executor, Nodes
from tui.demo.heketi_tables import Operation, Tables
from tui.demo.heketi_wire import Fail, Reply, done, leads

IN_USE = "The target exists, contains other items, or is in use."
BUSY = "Server busy. Retry operation later."
READ_ONLY = "database is in read-only mode"


@dataclass(slots=True)
class Settings:
    """heketi.json, as far as it matters here. Sizes are GiB."""

    brick_min: int = 1
    brick_max: int = 4096
    bricks_a_volume: int = 32
    volumes_a_cluster: int = 1000
    in_flight: int = 8
    zone_checking: str = "none"
    make_block_hosts: bool = True
    block_host_size: int = 50
    create_tries: int = 5
    average_file_kib: int = 64
    real_devices: bool = True
    """Whether devices have paths and UUIDs, as on real nodes; heketi's mock executor knows none."""


@dataclass(slots=True)
class Faults:
    """What is wrong with the server itself."""

    skew: float = 0.0
    """Its clock minus the true one, seconds."""
    read_only_database: bool = False
    busy: bool = False
    """All operations are refused with 429."""
    retry_after: str = ""
    healing: set[str] = field(default_factory=set)
    """Bricks that others heal from."""
    unknown_bricks: bool = False
    """Gluster names bricks that heketi does not know; so does heketi's mock executor."""


class Queue:
    """Jobs under way and their results, which are given out once. All of it is in memory alone."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._jobs: dict[str, asyncio.Task[Reply]] = {}
        self.hold = False
        """While it is set, everything is said to be pending."""

    def start(self, job: Coroutine[Any, Any, Reply]) -> str:
        """Begin a job and return the path to ask for it."""
        ident = self._new_id()
        self._jobs[ident] = asyncio.create_task(job)
        return f"/queue/{ident}"

    def look(self, ident: str, method: str) -> Reply:
        """Its result, or that it is pending. Raises Fail."""
        job = self._jobs.get(ident)
        if job is None:
            raise Fail(404, "Id not found")
        if self.hold or not job.done():
            return Reply(200, b"", {"X-Pending": "true"})
        del self._jobs[ident]
        return job.result()

    async def close(self) -> None:
        """Forget everything, as a process that ends."""
        jobs, self._jobs = list(self._jobs.values()), {}
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)


class Heketi:
    """One heketi server, without its HTTP."""

    def __init__(self, executor: Executor, seed: int, settings: Settings | None = None) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - a simulation, no secret
        self.tables = Tables(self.rng)
        self.nodes = Nodes(executor)
        self.settings, self.faults = settings or Settings(), Faults()
        self.queue = Queue(self.tables.new_id)
        self.mode, self.log_level = "normal", "info"

    def accept(self, job: Coroutine[Any, Any, str], is_get: bool = False) -> Reply:
        """Take a job: it returns the path of what it made, or "". The answer leads to the queue."""
        return leads(202, "Accepted", self.queue.start(_ended(job)), is_get)

    def writable(self, prefix: str = "") -> None:
        """Raise Fail where the database can't be written."""
        if self.faults.read_only_database:
            raise Fail(500, prefix + READ_ONLY)

    def begin(self, kind: str) -> Operation:
        """Put an operation on the books. Raises Fail where there are too many."""
        flying = sum(operation.in_flight for operation in self.tables.operations.values())
        if self.faults.busy or flying >= self.settings.in_flight:
            raise Fail(429, BUSY)
        operation = Operation(self.tables.new_id(), kind)
        self.tables.operations[operation.id] = operation
        return operation

    def end(self, operation: Operation) -> None:
        """Take an operation off the books."""
        self.tables.operations.pop(operation.id, None)

    async def booked(self, operation: Operation, job: Awaitable[str]) -> str:
        """A job whose operation is off the books when it ends, well or not; it stays when the server dies."""
        try:
            path = await job
        except Exception:
            self.end(operation)
            raise
        self.end(operation)
        return path

    @contextmanager
    def setting_up(self, operation: Operation, prefix: str) -> Iterator[None]:
        """While an operation is being prepared: what fails takes it off the books and is a 500 with a prefix."""
        try:
            self.writable()
            yield
        except Fail as fail:
            self.end(operation)
            raise Fail(500, prefix + fail.text) from None

    async def restart(self) -> None:
        """As if the process ended and began anew: the queue is forgotten, what was under way is stale."""
        await self.queue.close()
        self.mode = "normal"
        for operation in self.tables.operations.values():
            operation.in_flight = False
            operation.status = operation.status or "stale"


async def _ended(job: Awaitable[str]) -> Reply:
    try:
        path = await job
    except Fail as fail:
        return _error(fail.text)
    except CommandError as error:
        return _error(str(error))
    except KeyError:
        # somebody else took it away meanwhile
        return _error("Id not found")
    return leads(303, "See Other", path, is_get=True) if path else done(204)


def _error(text: str) -> Reply:
    headers = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
    return Reply(500, f"{text}\n".encode(), headers)
