"""Random disks on random nodes: what a load does not name stays byte for byte, and so does what it may not destroy."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.safety.helpers import Picture, changed, run, world
from tests.site.helpers import Bench, open_bench, write_topology
from tui.core.plan import Plan, Refused
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.demo.devices import Device
from tui.demo.files import FileSystem, Mount
from tui.demo.machine import Machine

STATES = ("blank", "ext4", "raw", "gpt", "label", "group", "mounted", "part mounted", "swap", "multipath", "ours")
LETTERS = "bcd"
Disk = tuple[str, bool, bool]  # state, named in the topology, destroydata
EXPENDABLE = ("ext4", "raw", "gpt", "label")

disks = st.tuples(st.sampled_from(STATES), st.booleans(), st.booleans())
nodes = st.lists(disks, min_size=len(LETTERS), max_size=len(LETTERS))
sites = st.lists(nodes, min_size=1, max_size=3)
slow = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def set_up(machine: Machine, disk: Device, state: str) -> None:
    """Bring a blank disk into a state that an admin may have left it in."""
    if state in ("ext4", "mounted", "swap"):
        disk.write("swap" if state == "swap" else "ext4", machine.rng)
    if state == "raw":
        disk.data |= {8192}
    if state == "label":
        machine.lvm.make_pv(disk)
    if state in ("group", "ours"):
        name = f"vg_{machine.rng.getrandbits(128):032x}" if state == "ours" else f"data{disk.kname}"
        machine.lvm.make_group(name, [machine.lvm.make_pv(disk)], set())
    if state in ("gpt", "part mounted"):
        part = machine.devices.partition(disk, "gpt", machine.rng)
        part.write("ext4", machine.rng)
        disk = part
    if state in ("mounted", "part mounted"):
        fs = FileSystem("ext4", GIB, GIB // 2)
        target = f"/srv/{disk.kname}"
        machine.files.make_all(target)
        machine.files.mounts.append(Mount(target, disk.path, fs, disk.number, "rw", "rw", machine.next_mount_id()))
    if state == "multipath":
        machine.devices.multipath(f"mpath{disk.kname}", [disk])
    disk.swap = state == "swap"


def topology(bench: Bench, folder: Path, site: list[list[Disk]]) -> Path:
    """Set up all disks; the file names those that are wanted."""
    wanted: dict[str, list[str | dict[str, object]]] = {}
    for node, states in zip(bench.demo.nodes, site, strict=True):
        wanted[node.name] = []
        for letter, (state, named, destroy) in zip(LETTERS, states, strict=True):
            set_up(node.machine, node.machine.devices.all[f"sd{letter}"], state)
            if named:
                wanted[node.name].append({"name": f"/dev/sd{letter}", "destroydata": destroy})
    return write_topology(folder / "any.json", wanted)


def may_change(site: list[list[Disk]], plan: Plan) -> set[str]:
    """The disks that the plan names, as "node1 /dev/sdb", with all that they may lose."""
    subjects = {step.subject for step in plan.steps}
    for number, states in enumerate(site, 1):
        for letter, (state, named, destroy) in zip(LETTERS, states, strict=True):
            subject = f"node{number} /dev/sd{letter}"
            if subject in subjects and state != "ours":
                assert named, subject
                assert state == "blank" or (destroy and state in EXPENDABLE), (subject, state)
    return subjects


def untouched(before: Picture, after: Picture, allowed: set[str]) -> None:
    for node, what in changed(before, after):
        disk = what.rstrip("1") if what.startswith("/dev/") else what
        assert f"{node} {disk}" in allowed or what.startswith("group vg_"), (node, what, before[node, what])


async def one_load(site: list[list[Disk]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_bench(folder, nodes=len(site), disks=len(LETTERS)) as bench:
            path = topology(bench, folder, site)
            before = world(bench.demo)
            plan = (await bench.propose(path)).plan
            assert changed(before, world(bench.demo)) == set(), "looking changed something"
            allowed = may_change(site, plan)
            await run(bench, plan)
            after = world(bench.demo)
            untouched(before, after, allowed)
            await bench.site.refresh()
            await one_volume(bench, after)


async def one_volume(bench: Bench, before: Picture) -> None:
    """Make a volume and delete it: the world is as it was."""
    try:
        plan = bench.site.volume_create_plan(VolumeRequest("db", GIB, "none", 1))
    except Refused:
        return
    made = await bench.run(plan)
    assert changed(before, world(bench.demo)) == group_changes(bench, before, plan)
    if made.ok:
        deleted = await bench.run(bench.site.volume_delete_plan("db"))
        assert deleted.ok, deleted.failed
        assert world(bench.demo) == before


def group_changes(bench: Bench, before: Picture, plan: Plan) -> set[tuple[str, str]]:
    """The volume groups that the plan names."""
    text = " ".join(str(command) for step in plan.steps for command in step.commands)
    named = {key for key in before if key[1].startswith("group ") and key[1].removeprefix("group ") in text}
    return named & changed(before, world(bench.demo))


@given(sites)
@slow
def test_what_a_load_does_not_name_stays_as_it_was(site: list[list[Disk]]) -> None:
    asyncio.run(one_load(site))
