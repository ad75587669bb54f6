"""A disk that changes between the plan and its run is left alone."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.safety.helpers import changed, meddle, reasons, run, world
from tests.site.helpers import Bench, open_bench, write_topology
from tui.core.plan import Command
from tui.demo.devices import Device
from tui.demo.machine import Machine
from tui.ops.events import Status
from tui.remote.errors import Unreachable


def machine(bench: Bench) -> Machine:
    return bench.demo.nodes[0].machine


def disk(bench: Bench, name: str = "sdb") -> Device:
    return machine(bench).devices.all[name]


def topology(folder: Path, path: str = "/dev/sdb", *, destroy: bool = False) -> Path:
    return write_topology(folder / "t.json", {"node1": [{"name": path, "destroydata": destroy}]})


def other_wwn(bench: Bench) -> None:
    disk(bench).wwn = "0x5000c500ffffffff"


def other_serial(bench: Bench) -> None:
    disk(bench).wwn, disk(bench).serial = "", "OTHER"


def other_filesystem(bench: Bench) -> None:
    disk(bench).wipe()
    disk(bench).write("ext4", machine(bench).rng)


def other_kind(bench: Bench) -> None:
    disk(bench).wipe()
    disk(bench).write("xfs", machine(bench).rng)


def new_partition(bench: Bench) -> None:
    machine(bench).devices.partition(disk(bench), "gpt", machine(bench).rng)


def swapped_to(bench: Bench) -> None:
    disk(bench).swap = True


def somebodys_group(bench: Bench) -> None:
    disk(bench).wipe()
    machine(bench).lvm.make_group("data", [machine(bench).lvm.make_pv(disk(bench))], set())


def multipath(bench: Bench) -> None:
    machine(bench).devices.multipath("mpatha", [disk(bench)])


CHANGES = (
    other_wwn,
    other_serial,
    other_filesystem,
    other_kind,
    new_partition,
    swapped_to,
    somebodys_group,
    multipath,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
async def test_a_disk_that_is_to_be_wiped_and_changes(tmp_path: Path, change: Callable[[Bench], None]) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        disk(bench).write("ext4", machine(bench).rng)
        plan = (await bench.propose(topology(tmp_path, destroy=True))).plan
        assert [step.id.split()[0] for step in plan.steps] == ["wipe", "group"]
        change(bench)
        before = world(bench.demo)
        outcome = await run(bench, plan)
        assert not outcome.ok
        assert changed(before, world(bench.demo)) == set()
        assert bench.asked("wipefs --all", "vgcreate -qq") == []


@pytest.mark.parametrize("destroy", [False, True])
async def test_a_link_that_leads_to_another_disk_now(tmp_path: Path, destroy: bool) -> None:
    async with open_bench(tmp_path, nodes=1, disks=2) as bench:
        link = "/dev/disk/by-path/slot-1"
        disk(bench).links.append(link)
        if destroy:
            disk(bench).write("ext4", machine(bench).rng)
        plan = (await bench.propose(topology(tmp_path, link, destroy=destroy))).plan
        disk(bench).links.remove(link)
        disk(bench, "sdc").links.append(link)
        if destroy:
            disk(bench, "sdc").write("ext4", machine(bench).rng)
        before = world(bench.demo)
        outcome = await run(bench, plan)
        assert "does not lead to the disk" in reasons(outcome)
        assert changed(before, world(bench.demo)) == set()


async def test_a_node_that_was_started_anew_in_between_is_asked_everything_again(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        plan = (await bench.propose(topology(tmp_path))).plan
        gone: list[str] = []

        def act(node: str, commands: Sequence[Command]) -> None:
            if commands[0].argv[1] == "vgcreate" and not gone:
                gone.append(node)
                other_wwn(bench)
                raise Unreachable(node, "connection refused")

        meddle(bench, act)
        outcome = await run(bench, plan)
        assert gone == ["node1"]
        assert "is not the disk it was" in reasons(outcome)
        assert bench.asked("vgcreate -qq") == []


async def test_two_operations_never_work_on_one_disk_at_once(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        disk(bench).write("ext4", machine(bench).rng)
        path = topology(tmp_path, destroy=True)
        plans = [(await bench.propose(path)).plan for _ in range(2)]
        bench.demo.nodes[0].faults.slow("wipefs --all", 0.2)
        operations = [bench.site.start(plan) for plan in plans]
        outcomes = [await operation.wait() for operation in operations]
        (group,) = machine(bench).lvm.groups.values()
        assert [s.type for s in disk(bench).signatures] == ["LVM2_member"]
        assert group.pvs[0].device is disk(bench)
        assert any(outcome.ok for outcome in outcomes)


async def test_a_load_that_is_run_again_wipes_nothing(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        disk(bench).write("ext4", machine(bench).rng)
        plan = (await bench.propose(topology(tmp_path, destroy=True))).plan
        assert (await bench.run(plan)).ok
        before = world(bench.demo)
        again = await run(bench, plan)
        assert again.reports["wipe node1 /dev/sdb"].status is Status.FAILED
        assert changed(before, world(bench.demo)) == set()
