"""Whatever stands on the nodes, and whatever plan is made of it: done and then undone, all is as it was."""

import asyncio
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.crash import driver
from tests.crash.photo import difference, photographs
from tui.core.plan import Plan, Refused
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.demo.accidents import happen
from tui.demo.site import DemoSite, start_site
from tui.dialects.probe import probe_commands
from tui.site import Site

DISKS = ("/dev/sdb", "/dev/sdc")
ACCIDENTS = ("", "", "", "ext4", "gpt", "swap in use", "noise", "filtered by LVM", "mounted")
# the shell's own test between two commands, and what is read of volumes whose names the probe told
PASSED = ("[ ", "gluster --mode=script --xml volume info", "gluster --mode=script --xml volume status")
STATES = st.lists(st.sampled_from(ACCIDENTS), min_size=6, max_size=6)
LOADS = st.lists(st.lists(st.sampled_from(DISKS), unique=True, max_size=2), min_size=3, max_size=3)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(STATES, LOADS, LOADS, st.integers(0, 3), st.booleans())
def test_done_and_undone_is_as_it_was(
    states: list[str], before: list[list[str]], load: list[list[str]], replica: int, stop: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_try(Path(folder), states, before, load, replica, stop))


async def _try(
    folder: Path, states: list[str], before: list[list[str]], load: list[list[str]], replica: int, stop: bool
) -> None:
    async with await start_site(3, 2, folder=folder / "demo") as demo:
        for number, what in enumerate(states):
            if what:
                happen(demo.nodes[number // 2].machine, what, DISKS[number % 2])
        site = await driver.open_site(demo.config_path, folder / "journal.db")
        try:
            await _done_and_undone(demo, site, await _load(folder, site, before), back=False)
            await _done_and_undone(demo, site, await _load(folder, site, load))
            request = VolumeRequest("db", GIB, durability="replicate" if replica > 1 else "none", replica=replica or 3)
            await _done_and_undone(demo, site, _plan(lambda: site.volume_create_plan(request)))
            if stop and await _done_and_undone(demo, site, _plan(lambda: site.volume_create_plan(request)), back=False):
                await _done_and_undone(demo, site, _plan(lambda: site.volume_stop_plan("db")))
        finally:
            await site.close()


async def _load(folder: Path, site: Site, disks: list[list[str]]) -> Plan | None:
    nodes = [
        {"node": {"hostnames": {"manage": [f"node{n}"], "storage": [f"10.42.0.{n}"]}, "zone": n}, "devices": paths}
        for n, paths in enumerate(disks, 1)
        if paths
    ]
    path = folder / "topology.json"
    path.write_text(json.dumps({"clusters": [{"nodes": nodes}]}))
    topology = site.read_topology(path).topology
    return (await site.propose_load(topology)).plan if topology and topology.nodes else None


def _plan(make: Callable[[], Plan]) -> Plan | None:
    try:
        return make()
    except Refused:
        return None


async def _done_and_undone(demo: DemoSite, site: Site, plan: Plan | None, *, back: bool = True) -> bool:
    if plan is None or not plan.steps:
        return False
    photos = photographs(node.machine for node in demo.nodes)
    for node in demo.nodes:
        node.executor.history.clear()
    outcome = await site.start(plan).wait()
    await site.refresh()
    newest = (await site.history())[0]
    undo = Plan("", ())
    if back:
        try:
            id_, undo = await site.undo_plan(newest.id)
        except Refused:
            pass
        else:
            taken = await site.start(undo, undoes=id_).wait()
            assert taken.ok, [(r.step, r.reason) for r in taken.failed]
        now = photographs(node.machine for node in demo.nodes)
        assert difference(photos, now) == []
    await site.refresh()
    _only_what_was_shown(demo, plan, undo)
    return outcome.ok


def _only_what_was_shown(demo: DemoSite, *plans: Plan) -> None:
    """Each node was asked for nothing but the steps of the plans, their checks, and the probe that reads all."""
    looks = {" ".join(command.argv) for command in probe_commands()}
    for node in demo.nodes:
        steps = [step for plan in plans for step in plan.steps if step.node == node.name]
        asks = [c for s in steps for c in (s.done, s.settled, s.undone, *s.guards, *s.undo_guards) if c]
        checks = [part for check in asks for part in check.parts()]
        allowed = {" ".join(c.argv) for s in steps for c in (*s.commands, *s.undo)}
        allowed |= {" ".join(check.command.argv) for check in checks} | looks
        asked = [line for line in node.executor.history if not line.startswith(PASSED)]
        strange = {line for line in asked if line not in allowed and "flock" not in line}
        assert not strange, (node.name, strange)
