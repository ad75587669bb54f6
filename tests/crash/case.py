"""One case of the crash matrix: a brickyard process is killed at a point, and what came of it is put right."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.crash import driver
from tests.crash.driver import Job
from tests.crash.photo import Photo, difference, photographs, without_ids
from tests.crash.trap import Point, Trap
from tui.core.units import GIB
from tui.demo.node import SimNode
from tui.demo.site import DemoSite, start_site
from tui.site import Site


@dataclass(slots=True)
class Case:
    """A site of simulated nodes, with a journal, that nothing was done to yet."""

    demo: DemoSite
    trap: Trap
    journal: Path
    blank: dict[str, Photo]

    def photos(self) -> dict[str, Photo]:
        """All nodes now."""
        return photographs(node.machine for node in self.demo.nodes)

    async def killed_at(self, point: Point, job: Job = driver.load_and_create) -> bool:
        """Let a brickyard process work until this point, and kill it there; whether the point was reached."""
        process = driver.start(self.demo.config_path, self.journal, job)

        async def kill(node: SimNode) -> None:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            await asyncio.to_thread(process.join)

        self.trap.set(point, kill)
        await asyncio.to_thread(process.join)
        reached = self.trap.sprung
        self.trap.set(None)
        assert reached or process.exitcode == 0, f"the brickyard process failed with {process.exitcode}"
        await self.calm()
        return reached

    async def calm(self) -> None:
        """Wait until every node noticed that its connections are gone."""
        while any(node.connections for node in self.demo.nodes):
            await asyncio.sleep(0.005)

    @contextlib.asynccontextmanager
    async def site(self) -> AsyncIterator[Site]:
        """A new process would see the same: a site opened anew on the same journal."""
        site = await driver.open_site(self.demo.config_path, self.journal)
        try:
            yield site
        finally:
            await site.close()


@contextlib.asynccontextmanager
async def open_case(folder: Path, nodes: int = 3) -> AsyncIterator[Case]:
    """Nodes with two blank disks; the second is too small for the brick, so that placement is no chance."""
    demo = await start_site(nodes, 2, folder=folder / "demo")
    for node in demo.nodes:
        disk = node.machine.devices.find("/dev/sdc")
        assert disk is not None
        disk.size = 2 * GIB
        node.machine.files.write("/etc/fstab", b"UUID=0815 / ext4 errors=remount-ro 0 1\n")
    try:
        yield Case(demo, Trap(demo), folder / "journal.db", photographs(node.machine for node in demo.nodes))
    finally:
        await demo.close()


async def resume_all(case: Case) -> None:
    """Go on with what broke off, then do what was not begun yet."""
    async with case.site() as site:
        await driver.resume(site)
        await driver.load_and_create(site)
        assert not await site.unfinished()


async def undo_all(case: Case) -> None:
    """Take back every operation, also where that was begun before."""
    async with case.site() as site:
        await driver.undo(site)


async def resume_undo(case: Case) -> None:
    """Go on with an undo that broke off, then take back the rest."""
    async with case.site() as site:
        await driver.resume(site)
        await driver.undo(site)
        assert not await site.unfinished()


def differs_from(wanted: str, case: Case) -> list[str]:
    """Where the nodes differ from an uninterrupted run."""
    found = without_ids(case.photos())
    return [] if found == wanted else sorted(set(wanted.splitlines()) ^ set(found.splitlines()))


def differs_from_blank(case: Case) -> list[str]:
    """Where the nodes differ from what they were before anything was done."""
    return difference(case.blank, case.photos())
