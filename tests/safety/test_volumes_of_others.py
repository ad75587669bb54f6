"""Volumes and bricks that somebody else made, under our names or in our places, are left alone."""

from pathlib import Path

import pytest

from tests.safety.helpers import changed, reasons, run, world
from tests.site.helpers import Bench, open_bench
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.demo.machine import Machine
from tui.ops.events import Status

REQUEST = VolumeRequest("db", GIB, "none", 1)
GLUSTER = ("gluster", "--mode=script", "--xml", "volume")


def machine(bench: Bench) -> Machine:
    return bench.demo.nodes[0].machine


def say(bench: Bench, *words: str) -> None:
    """Somebody else's gluster command."""
    reply = machine(bench).run((*GLUSTER, *words))
    assert "<opRet>0</opRet>" in reply.out, reply.out


async def with_volume(bench: Bench) -> str:
    """Load, make the volume "db", and answer the path of its brick."""
    assert (await bench.load()).ok
    assert (await bench.run(bench.site.volume_create_plan(REQUEST))).ok
    return machine(bench).glusterd.pool.volumes["db"].bricks[0].path


async def test_a_brick_that_another_volume_took_over(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        path = await with_volume(bench)
        plan = bench.site.volume_delete_plan("db")
        say(bench, "stop", "db")
        say(bench, "delete", "db")
        say(bench, "create", "rescued", f"10.42.0.1:{path}", "force")
        before = world(bench.demo)
        outcome = await run(bench, plan)
        assert "a volume has a brick in" in reasons(outcome)
        assert changed(before, world(bench.demo)) == set()


async def test_a_volume_of_the_same_name_made_anew(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        path = await with_volume(bench)
        plan = bench.site.volume_delete_plan("db")
        say(bench, "stop", "db")
        say(bench, "delete", "db")
        say(bench, "create", "db", f"10.42.0.1:{path}", "force")
        before = world(bench.demo)
        outcome = await run(bench, plan)
        assert "is another one than it was" in reasons(outcome)
        assert changed(before, world(bench.demo)) == set()


async def test_a_volume_that_got_another_brick(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        await with_volume(bench)
        plan = bench.site.volume_delete_plan("db")
        volume = machine(bench).glusterd.pool.volumes["db"]
        from tui.demo.gluster_model import Brick

        volume.bricks.append(Brick("10.42.0.1", machine(bench), "/srv/more"))
        outcome = await run(bench, plan)
        assert "has other bricks" in reasons(outcome)
        assert "db" in machine(bench).glusterd.pool.volumes
        assert bench.asked("lvremove", "umount") == []


async def test_something_else_is_mounted_on_the_brick_now(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        await with_volume(bench)
        plan = bench.site.volume_delete_plan("db")
        mount = next(m for m in machine(bench).files.mounts if "brick_" in m.target)
        mount.source, mount.number = "/dev/sdz", (8, 400)
        outcome = await run(bench, plan)
        assert "something else than" in reasons(outcome)
        assert mount in machine(bench).files.mounts
        assert bench.asked("lvremove") == []


async def test_an_fstab_whose_last_line_has_no_end(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        assert (await bench.load()).ok
        theirs = b"UUID=1 /data xfs defaults 0 0"
        machine(bench).files.write("/etc/fstab", theirs)
        outcome = await run(bench, bench.site.volume_create_plan(REQUEST))
        assert "has no end" in reasons(outcome)
        assert machine(bench).files.read("/etc/fstab") == theirs
        assert bench.asked("lvcreate") == []


@pytest.mark.parametrize("resume", [True, False], ids=["resumed", "taken back"])
async def test_a_volume_of_others_survives_our_failed_create(tmp_path: Path, resume: bool) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        assert (await bench.load()).ok
        plan = bench.site.volume_create_plan(REQUEST)
        machine(bench).files.make_all("/srv/theirs")
        say(bench, "create", "db", "10.42.0.1:/srv/theirs", "force")
        theirs = machine(bench).glusterd.pool.volumes["db"].id
        assert not (await run(bench, plan)).ok
        newest = (await bench.site.history())[0]
        if resume:
            await (await bench.site.resume(newest.id)).wait()
        else:
            id_, undo = await bench.site.undo_plan(newest.id)
            await bench.site.start(undo, undoes=id_).wait()
        assert machine(bench).glusterd.pool.volumes["db"].id == theirs
        assert bench.asked("volume delete", "volume stop") == []


async def test_taking_back_an_old_create_spares_the_volume_that_is_called_so_now(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        await with_volume(bench)
        newest = (await bench.site.history())[0]
        id_, undo = await bench.site.undo_plan(newest.id)
        assert (undo.danger, undo.confirm) == ("destroys", "db")
        say(bench, "stop", "db")
        say(bench, "delete", "db")
        machine(bench).files.make_all("/srv/theirs")
        say(bench, "create", "db", "10.42.0.1:/srv/theirs", "force")
        say(bench, "start", "db")
        theirs = machine(bench).glusterd.pool.volumes["db"]
        outcome = await bench.site.start(undo, undoes=id_).wait()
        assert machine(bench).glusterd.pool.volumes["db"] is theirs
        assert theirs.status == 1
        assert outcome.reports["undo create db"].status is Status.PRESENT


async def test_our_nodes_are_not_drawn_into_another_pool(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=3, disks=1) as bench:
        three = bench.demo.node("node3").machine
        from tests.site.helpers import write_topology

        path = write_topology(tmp_path / "two.json", {"node1": ["/dev/sdb"], "node2": ["/dev/sdb"]})
        plan = (await bench.propose(path)).plan
        three.run(("gluster", "--mode=script", "--xml", "peer", "probe", "10.42.0.1"))
        outcome = await run(bench, plan)
        assert "members that it had not" in reasons(outcome)
        assert bench.asked("peer probe 10.42.0.2") == []


async def test_a_delete_that_is_run_twice(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        await with_volume(bench)
        plan = bench.site.volume_delete_plan("db")
        assert (await run(bench, plan)).ok
        before = world(bench.demo)
        again = await run(bench, plan)
        assert again.ok, reasons(again)
        assert changed(before, world(bench.demo)) == set()
