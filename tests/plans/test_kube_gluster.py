"""Bricks are started only where each has proven to be mounted and its volume's own."""

from dataclasses import replace

import pytest

from tests.plans.factory import answer
from tests.plans.sites import VOLUME_ID, brick_mount, loaded, snapshot, volume, with_brick
from tui.core.facts import VolumeFact
from tui.core.model import Snapshot
from tui.core.plan import Danger, Refused
from tui.plans.kube_gluster import plan_start_bricks, plan_start_gluster, plan_start_heal


def dead(fact: VolumeFact, *numbers: int) -> VolumeFact:
    """The volume with these bricks down, counted from 0."""
    bricks = tuple(replace(brick, online=number not in numbers) for number, brick in enumerate(fact.bricks))
    return replace(fact, bricks=bricks)


def site(*numbers: int, unmounted: int = 0) -> Snapshot:
    known = {name: with_brick(of, int(name[-1])) for name, of in loaded(3).items()}
    if unmounted:
        known[f"node{unmounted}"] = replace(known[f"node{unmounted}"], mounts=())
    bricks = [(n, f"{brick_mount(n)}/brick") for n in (1, 2, 3)]
    return snapshot(known, dead(volume("db", *bricks), *numbers))


def test_each_dead_brick_is_looked_at_first() -> None:
    plan = plan_start_bricks(site(1, 2), "db")
    plan.check_order()
    *looks, start = plan.steps
    assert [(step.node, step.danger) for step in looks] == [("node2", Danger.SAFE), ("node3", Danger.SAFE)]
    assert start.needs == tuple(step.id for step in looks)
    assert start.commands[0].argv[-4:] == ("volume", "start", "db", "force")
    assert start.no_undo


def test_a_brick_of_another_volume_stops_it() -> None:
    look = plan_start_bricks(site(1), "db").steps[0]
    mounted, own = look.guards
    line = f"36 25 253:10 / {brick_mount(2)} rw - xfs /dev/mapper/x rw\n"
    assert mounted.passes(answer(mounted.command, line))
    assert not mounted.passes(answer(mounted.command, "36 25 253:10 / / rw - ext4 /dev/sda rw\n"))
    text = f"# file: x\ntrusted.glusterfs.volume-id=0x{VOLUME_ID.replace('-', '')}\n"
    assert own.passes(answer(own.command, text))
    assert not own.passes(answer(own.command, text.replace("0x1", "0x2")))
    assert not own.passes(answer(own.command, "", 1))


def test_a_brick_without_its_file_system_is_refused() -> None:
    with pytest.raises(Refused, match="root disk") as refused:
        plan_start_bricks(site(1, unmounted=2), "db")
    assert "nothing is mounted" in refused.value.details[0]


def test_bricks_that_run_are_left() -> None:
    with pytest.raises(Refused, match="All bricks of volume db run"):
        plan_start_bricks(site(), "db")


def test_a_stopped_volume_is_started_otherwise() -> None:
    known = {name: with_brick(of, int(name[-1])) for name, of in loaded(3).items()}
    shot = snapshot(known, volume("db", *[(n, f"{brick_mount(n)}/brick") for n in (1, 2, 3)], status="Stopped"))
    with pytest.raises(Refused, match="is not started"):
        plan_start_bricks(shot, "db")
    assert plan_start_gluster(shot, "db").steps[0].id == "start db"


def test_a_heal_is_one_command_on_a_node_of_the_volume() -> None:
    plan = plan_start_heal(site(), "db")
    (step,) = plan.steps
    assert step.commands[0].argv == ("gluster", "--mode=script", "volume", "heal", "db")
    assert (step.node, step.danger, step.undo) == ("node1", Danger.CHANGES, ())
    assert step.no_undo
    assert "info summary" in plan.then
    info = f"<opRet>0</opRet><volume><name>db</name><id>{VOLUME_ID}</id></volume>"
    assert step.guards[0].passes(answer(step.guards[0].command, info))
    assert not step.guards[0].passes(answer(step.guards[0].command, info.replace(VOLUME_ID, "another")))


def test_a_heal_that_can_not_be_is_refused() -> None:
    with pytest.raises(Refused, match="Bricks of volume db are down"):
        plan_start_heal(site(1), "db")
    with pytest.raises(Refused, match="There is no volume nosuch"):
        plan_start_heal(site(), "nosuch")
    known = {name: with_brick(of, int(name[-1])) for name, of in loaded(3).items()}
    alone = replace(volume("db", (1, f"{brick_mount(1)}/brick")), replica=1)
    with pytest.raises(Refused, match="keeps no copies"):
        plan_start_heal(snapshot(known, alone), "db")
    bricks = [(n, f"{brick_mount(n)}/brick") for n in (1, 2, 3)]
    with pytest.raises(Refused, match="is not started"):
        plan_start_heal(snapshot(known, replace(volume("db", *bricks), status="Stopped")), "db")
