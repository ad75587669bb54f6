"""Dead bricks and stopped volumes of claims, on simulated nodes over SSH."""

from tests.site.helpers import Bench
from tui.core.finding import Fix
from tui.core.model import State
from tui.core.plan import Plan
from tui.core.units import GIB
from tui.core.vault import Vault
from tui.core.volume_request import VolumeRequest
from tui.demo.gluster_heal import let_differ
from tui.ops.events import Status
from tui.remote.kube import KubeClient
from tui.site_kube_fixes import Fixes
from tui.site_kube_read import Reader


async def fix(bench: Bench, name: str) -> Plan:
    """The plan of a repair that asks Kubernetes nothing."""
    fixes = Fixes(Reader(KubeClient(), Vault()), bench.site.store.snapshot)
    return await fixes.plan(Fix(name, (("volume", "db"),)))


async def with_volume(bench: Bench) -> None:
    assert (await bench.load()).ok
    plan = bench.site.volume_create_plan(VolumeRequest(name="db", size=GIB, replica=3))
    assert (await bench.run(plan)).ok


def states(bench: Bench) -> list[State]:
    snapshot = bench.site.store.snapshot
    return [snapshot.bricks[key].state for key in snapshot.volumes["db"].bricks]


def kill_brick(bench: Bench, number: int) -> str:
    """End the process of one brick; the name of its node."""
    daemon = bench.demo.nodes[0].machine.glusterd
    brick = daemon.pool.volumes["db"].bricks[number]
    brick.pid = brick.port = 0
    return next(node.name for node in bench.demo.nodes if node.machine is brick.machine)


async def test_a_dead_brick_runs_again(bench: Bench) -> None:
    await with_volume(bench)
    kill_brick(bench, 1)
    await bench.site.refresh()
    assert states(bench).count(State.ONLINE) == 2
    outcome = await bench.run(await fix(bench, "start-bricks"))
    assert outcome.ok, outcome.reports
    assert states(bench) == [State.ONLINE] * 3


async def test_a_brick_that_lost_its_mount_since_is_not_started(bench: Bench) -> None:
    await with_volume(bench)
    node = kill_brick(bench, 1)
    await bench.site.refresh()
    plan = await fix(bench, "start-bricks")
    machine = bench.demo.node(node).machine
    mount = next(one for one in machine.files.mounts if "brick_" in one.target)
    machine.files.mounts.remove(mount)
    outcome = await bench.run(plan)
    assert [report.status for report in outcome.reports.values()] == [Status.FAILED, Status.BLOCKED]
    assert "nothing is mounted" in outcome.failed[0].reason


async def test_a_folder_of_another_volume_is_not_started(bench: Bench) -> None:
    await with_volume(bench)
    kill_brick(bench, 1)
    await bench.site.refresh()
    plan = await fix(bench, "start-bricks")
    brick = bench.demo.nodes[0].machine.glusterd.pool.volumes["db"].bricks[1]
    entry = brick.machine.files.get(brick.path)
    assert entry is not None
    entry.xattrs["trusted.glusterfs.volume-id"] = "99999999-2222-4333-8444-555555555555"
    outcome = await bench.run(plan)
    assert "does not carry the id of its volume" in outcome.failed[0].reason


async def test_a_stopped_volume_is_started_and_stopped_again(bench: Bench) -> None:
    await with_volume(bench)
    assert (await bench.run(bench.site.volume_stop_plan("db"))).ok
    assert (await bench.run(await fix(bench, "start-gluster"))).ok
    assert bench.site.store.snapshot.volumes["db"].status == "Started"
    entry = (await bench.site.history())[0]
    id_, plan = await bench.site.undo_plan(entry.id)
    await bench.site.start(plan, undoes=id_).wait()
    await bench.site.refresh()
    assert bench.site.store.snapshot.volumes["db"].status == "Stopped"


async def test_a_heal_is_started_and_nothing_waits_any_more(bench: Bench) -> None:
    await with_volume(bench)
    let_differ(bench.demo.nodes[0].machine.glusterd.pool.volumes["db"], ["/a", "/b"], bricks=(0, 2))
    await bench.site.compare_copies()
    heal = bench.site.store.snapshot.volumes["db"].heal
    assert heal is not None
    assert heal.pending == 2
    outcome = await bench.run(await fix(bench, "start-heal"))
    assert outcome.ok, outcome.reports
    await bench.site.compare_copies()
    heal = bench.site.store.snapshot.volumes["db"].heal
    assert heal is not None
    assert (heal.pending, heal.split_brain, heal.unknown) == (0, 0, ())


async def test_a_heal_that_gluster_refuses_says_why(bench: Bench) -> None:
    await with_volume(bench)
    plan = await fix(bench, "start-heal")
    volume = bench.demo.nodes[0].machine.glusterd.pool.volumes["db"]
    volume.options["cluster.self-heal-daemon"] = "off"
    outcome = await bench.run(plan)
    assert [report.status for report in outcome.reports.values()] == [Status.FAILED]
    assert "the self-heal daemon of volume db is switched off" in outcome.failed[0].reason


async def test_a_glusterd_that_is_stopped_is_started_where_there_is_no_kubernetes(bench: Bench) -> None:
    await with_volume(bench)
    node = bench.demo.nodes[0]
    node.machine.glusterd.set_running(False)
    await bench.site.refresh()
    assert bench.site.store.snapshot.nodes[node.name].glusterd != "active"
    outcome = await bench.run(await bench.site.fix_plan(Fix("start-glusterd", (("node", node.name),))))
    assert outcome.ok, outcome.reports
    await bench.site.refresh()
    assert bench.site.store.snapshot.nodes[node.name].glusterd == "active"
