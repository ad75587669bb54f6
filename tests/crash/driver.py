"""The brickyard process that gets killed, and what it does: load a topology, make a volume, undo, resume.

It runs as a process of its own, forked from a server that has the imports done.
"""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from tui.config import load_config
from tui.core.asker import RefusingAsker
from tui.core.plan import Refused
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.ops.events import Outcome
from tui.site import Site

Job = Callable[[Site], Awaitable[None]]
VOLUME = VolumeRequest("db", 5 * GIB // 2, gid=2001)
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.crash.driver", "tui.remote.ssh"])


async def open_site(config: Path, journal: Path) -> Site:
    """A site with the journal in this file."""
    site = Site(load_config(config).site(), RefusingAsker(), journal=journal)
    await site.open(watch=False)
    return site


async def load_and_create(site: Site) -> None:
    """All of the work, as far as it is not done yet."""
    await load(site)
    await site.refresh()
    if VOLUME.name not in site.store.snapshot.volumes:
        plan = site.volume_create_plan(VOLUME)
        must_be_good(plan.title, await site.start(plan).wait())


async def load(site: Site) -> None:
    """Load the topology that the site's configuration names."""
    topology = site.read_topology(Path(site.config.topology)).topology
    assert topology is not None
    plan = (await site.propose_load(topology)).plan
    if plan.steps:
        must_be_good(plan.title, await site.start(plan).wait())


async def resume(site: Site) -> None:
    """Go on with all that broke off."""
    for entry in await site.unfinished():
        must_be_good(entry.title, await (await site.resume(entry.id)).wait())


async def undo(site: Site) -> None:
    """Take back every operation, the newest first; one that was not begun is passed over."""
    for entry in await site.history():
        if entry.kind == "undo" or entry.undone_by:
            continue
        try:
            id_, plan = await site.undo_plan(entry.id)
        except Refused as refusal:
            if "changed nothing" not in refusal.sentence:
                raise
        else:
            must_be_good(plan.title, await site.start(plan, undoes=id_).wait())


def must_be_good(title: str, outcome: Outcome) -> None:
    """Raises AssertionError with all reasons."""
    bad = [f"{r.step}: {r.status}: {r.reason}" for r in outcome.reports.values() if not r.status.is_good]
    assert outcome.ok, f"{title}: {outcome.refused or bad}"


async def _work(config: Path, journal: Path, job: Job) -> None:
    site = await open_site(config, journal)
    try:
        await job(site)
    finally:
        await site.close()


def _main(config: str, journal: str, job: Job) -> None:
    asyncio.run(_work(Path(config), Path(journal), job))


def start(config: Path, journal: Path, job: Job = load_and_create) -> BaseProcess:
    """Start it with a job of this module; exit code 0 means that all was done."""
    process = _CONTEXT.Process(target=_main, args=(str(config), str(journal), job), daemon=True)
    process.start()
    return process
