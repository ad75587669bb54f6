"""Steps that are requests: conflicts, servers that fail in the middle, crashes, and rights that are missing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.site.kube_desk import Desk, open_desk
from tui.core.plan import Plan, Refused
from tui.dialects.kube_write import MARK, storage_class, volume
from tui.ops.events import Status
from tui.ops.export import as_text
from tui.ops.lock import ClusterLock, Locks
from tui.ops.operation import Operation

SOURCE = {"glusterfs": {"endpoints": "gluster", "path": "vol1"}}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        opened.sim.create(storage_class("slow", "example.com/x"))
        opened.sim.create(volume("pv1", SOURCE, capacity="10Gi", access_modes=["ReadWriteOnce"]))
        yield opened


def capacity(desk: Desk) -> str:
    found = desk.sim.get("persistentvolumes", "pv1")
    assert found is not None
    return str(found["spec"]["capacity"]["storage"])


async def grow(desk: Desk) -> Plan:
    return await desk.fix("patch-volume", volume="pv1", capacity="20Gi")


def the_report(operation: Operation, number: int = 0) -> tuple[Status, str]:
    report = list(operation.reports.values())[number]
    return report.status, report.reason


async def test_what_was_changed_meanwhile_is_left_alone(desk: Desk) -> None:
    plan = await grow(desk)
    desk.sim.patch("persistentvolumes", "pv1", {"spec": {"capacity": {"storage": "15Gi"}}})
    assert not (await desk.run(plan)).ok
    assert the_report(desk.made[-1]) == (
        Status.FAILED, "PersistentVolume pv1 is not what it was when the plan was made",
    )  # fmt: skip
    assert capacity(desk) == "15Gi"


async def test_the_server_itself_refuses_what_came_between_question_and_change(desk: Desk) -> None:
    plan = await grow(desk)
    (step,) = plan.steps
    blind = replace(plan, steps=(replace(step, guards=()),))
    desk.sim.patch("persistentvolumes", "pv1", {"spec": {"capacity": {"storage": "15Gi"}}})
    assert not (await desk.run(blind)).ok
    status, reason = the_report(desk.made[-1])
    assert status is Status.FAILED
    assert "changed meanwhile" in reason
    assert capacity(desk) == "15Gi"


async def test_what_is_done_already_is_not_done_again(desk: Desk) -> None:
    plan = await grow(desk)
    desk.sim.patch("persistentvolumes", "pv1", {"spec": {"capacity": {"storage": "20Gi"}}})
    assert (await desk.run(plan)).ok
    assert the_report(desk.made[-1])[0] is Status.PRESENT
    with pytest.raises(Refused, match="changed nothing that can be taken back"):
        await desk.undo()


async def test_a_plan_is_nothing_until_it_runs(desk: Desk) -> None:
    before = desk.photo()
    await grow(desk)
    assert desk.photo() == before
    assert not [one for one in desk.sim.requests if one[1] != "GET"]


async def test_the_server_tries_a_plan_out(desk: Desk) -> None:
    before = desk.photo()
    tried = await desk.rehearse(await grow(desk))
    assert [result.code for _, result in tried] == [200]
    assert '"20Gi"' in tried[0][1].stdout
    desk.sim.patch("persistentvolumes", "pv1", {"spec": {"capacity": {"storage": "10Gi"}}})
    assert desk.photo() == before
    assert any("dryRun=All" in path for _, _, path in desk.sim.requests)


async def test_what_stands_on_an_earlier_step_is_not_tried(desk: Desk) -> None:
    tried = await desk.rehearse(await desk.fix("recreate-class", name="slow", param__x="1"))
    assert [step.id for step, _ in tried] == ["delete StorageClass slow"]
    assert desk.sim.get("storageclasses", "slow") is not None


async def test_read_only_refuses(tmp_path: Path) -> None:
    async with open_desk(tmp_path, read_only=True) as desk:
        desk.sim.create(storage_class("slow", "example.com/x"))
        plan = await desk.fix("allow-expansion", name="slow")
        with pytest.raises(Refused, match="read-only"):
            await desk.run(plan)
        assert [result.code for _, result in await desk.rehearse(plan)] == [200]
        assert "allowVolumeExpansion" not in desk.photo()["storageclasses /slow"]


@pytest.mark.parametrize("code", [503, 504])
async def test_a_server_that_fails_for_a_moment(desk: Desk, code: int) -> None:
    desk.sim.faults.fail(code, times=2, verb="patch")
    assert (await desk.run(await grow(desk))).ok
    assert capacity(desk) == "20Gi"


async def test_a_write_that_landed_though_the_server_gave_up_is_ours(desk: Desk) -> None:
    desk.sim.faults.fail_after(504, verb="create", resource="storageclasses")
    assert (await desk.run(await desk.fix("create-class", name="fast", like="slow"))).ok
    assert the_report(desk.made[-1])[0] is Status.DONE
    assert (await desk.undo()).ok
    assert desk.sim.get("storageclasses", "fast") is None


async def test_a_busy_server_is_asked_again(desk: Desk) -> None:
    desk.sim.faults.throttle(times=1, seconds=0, verb="patch")
    assert (await desk.run(await grow(desk))).ok


async def test_questions_wait_for_a_server_that_starts(desk: Desk) -> None:
    plan = await grow(desk)
    desk.sim.faults.fail(503, times=2, verb="get")
    assert (await desk.run(plan)).ok
    assert capacity(desk) == "20Gi"


async def test_a_server_that_is_started_anew_is_waited_for(desk: Desk) -> None:
    plan = await desk.fix("recreate-class", name="slow", param__x="1")
    restart = asyncio.create_task(desk.sim.restart(0.5))
    await asyncio.sleep(0.05)
    outcome = await desk.run(plan)
    await restart
    assert outcome.ok, outcome.reports
    assert desk.photo()["storageclasses /slow"]["parameters"] == {"x": "1"}


async def test_a_right_that_is_missing_is_named_with_the_rule(desk: Desk) -> None:
    plan = await grow(desk)
    desk.sim.faults.forbid("persistentvolumes", verb="patch")
    assert not (await desk.run(plan)).ok
    report = next(iter(desk.made[-1].reports.values()))
    assert "may not patch persistentvolumes in the whole cluster" in report.reason
    assert "kubectl create clusterrole brickyard-patch-persistentvolumes --verb=patch" in report.remedy


async def test_not_being_allowed_to_look_is_no_change(desk: Desk) -> None:
    plan = await grow(desk)
    desk.sim.faults.forbid("persistentvolumes", verb="get")
    assert not (await desk.run(plan)).ok
    status, reason = the_report(desk.made[-1])
    assert status is Status.FAILED
    assert "can't be read" in reason
    assert "may not get persistentvolumes" in reason


async def test_a_connection_that_broke_is_read_back(desk: Desk) -> None:
    plan = await grow(desk)
    desk.sim.faults.close(verb="patch")
    assert not (await desk.run(plan)).ok
    assert "read back: it is not done" in the_report(desk.made[-1])[1]
    assert (await desk.resume()).ok
    assert capacity(desk) == "20Gi"


async def test_a_crash_before_the_request(desk: Desk) -> None:
    await crash(desk, await grow(desk), landed=False)
    assert capacity(desk) == "10Gi"
    assert (await desk.resume()).ok
    assert capacity(desk) == "20Gi"
    assert (await desk.undo()).ok
    assert capacity(desk) == "10Gi"


async def test_a_crash_after_the_request(desk: Desk) -> None:
    await crash(desk, await grow(desk), landed=True)
    assert capacity(desk) == "20Gi"
    assert (await desk.resume()).ok
    assert desk.record().reports["change PersistentVolume pv1"].status is Status.DONE
    assert (await desk.undo()).ok
    assert capacity(desk) == "10Gi"


@pytest.mark.parametrize("landed", [False, True])
async def test_a_crash_that_is_taken_back_at_once(desk: Desk, landed: bool) -> None:
    await crash(desk, await desk.fix("create-class", name="fast", like="slow"), landed=landed)
    assert (await desk.undo()).ok
    assert desk.sim.get("storageclasses", "fast") is None


async def crash(desk: Desk, plan: Plan, *, landed: bool) -> None:
    """Run a plan of one step, and end as a process that is killed before or after its request."""
    operation = Operation(plan)
    desk.made.append(operation)
    await desk.journal.begin(operation, "test")
    await desk.journal.step_begins(operation.id, plan.steps[0].id)
    if landed:
        await desk.targets.run("kubernetes", plan.steps[0].commands)
    await desk.journal.close()


async def test_a_secret_is_gone_with_the_program(desk: Desk) -> None:
    key = desk.vault.put("My Secret 4711")
    plan = await desk.fix("create-secret", namespace="default", name="heketi", key=key)
    desk.vault.forget()
    assert not (await desk.run(plan)).ok
    report = next(iter(desk.made[-1].reports.values()))
    assert "not known any more" in report.reason
    assert "type the key again" in report.remedy
    assert desk.sim.get("secrets", "heketi", "default") is None


async def test_requests_are_exported_with_their_status(desk: Desk) -> None:
    assert (await desk.run(await grow(desk))).ok
    text = as_text(desk.record())
    assert "PATCH /api/v1/persistentvolumes/pv1" in text
    assert "HTTP 200" in text
    assert "exit code" not in text


async def test_an_api_that_is_not_configured(desk: Desk) -> None:
    desk.targets.apis.clear()
    assert not (await desk.run(await grow(desk))).ok
    assert the_report(desk.made[-1])[1] == "this site has no kubernetes"


async def test_an_api_is_not_locked() -> None:
    lock = ClusterLock(Locks(None), ("kubernetes", "heketi"), "repair")  # type: ignore[arg-type]
    assert lock.nodes == ()
    async with lock:
        await lock.steady("kubernetes")
        with pytest.raises(KeyError):
            await lock.steady("node1")
    lock.lost.set()
    with pytest.raises(Refused):
        await lock.steady("kubernetes")


async def test_marks_stay_out_of_each_others_way(desk: Desk) -> None:
    plans = [await desk.fix("create-class", name=name, like="slow") for name in ("a", "b", "c")]
    assert all(outcome.ok for outcome in await asyncio.gather(*(desk.run(plan) for plan in plans)))
    marks = {desk.photo()[f"storageclasses /{name}"]["metadata"]["annotations"][MARK] for name in "abc"}
    assert len(marks) == 3
