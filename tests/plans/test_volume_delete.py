"""Starting, stopping and deleting: exactly the volume's own logical volumes, and nobody else's."""

from dataclasses import replace

import pytest

from tests.plans.factory import GROUP, answer, data
from tests.plans.sites import VOLUME_ID, brick_mount, loaded, snapshot, vg, volume, with_brick, with_volume
from tui.core.facts import Mount, NodeFacts
from tui.core.model import Snapshot
from tui.core.plan import Check, Danger, Plan, Refused
from tui.plans import volume_state
from tui.plans.mount_test import plan_mount_test
from tui.plans.volume_delete import plan_delete, plan_start, plan_stop


def delete(shot: Snapshot, known: dict[str, NodeFacts], name: str = "db") -> Plan:
    plan = plan_delete(shot, known, name)
    plan.check_order()
    return plan


def test_a_delete_from_the_stop_to_the_last_folder() -> None:
    plan = delete(*with_volume())
    assert [s.id.split()[0] for s in plan.steps] == ["stop", "delete", *["remove"] * 3]
    stop, gone, remove = plan.steps[:3]
    name, mount = f"brick_{1:032x}", brick_mount(1)
    assert (gone.needs, remove.needs) == ((stop.id,), (gone.id,))
    assert [c.argv for c in remove.commands] == [
        ("umount", mount),
        ("findmnt", "-n", "-o", "TARGET", "-M", mount),
        ("sed", "-i.save", f"/{name}/d", "/etc/fstab"),
        ("lvm", "lvremove", "--autobackup=n", "-f", "-S", "lv_uuid=lv-uuid-0001", f"{vg(1)}/{name}"),
        ("lvm", "lvremove", "--autobackup=n", "-f", "-S", "thin_count=0", f"{vg(1)}/tp_{1:032x}"),
        ("rmdir", mount),
        ("rmdir", f"/var/lib/heketi/mounts/{vg(1)}"),
    ]
    assert {s.node for s in plan.steps[2:]} == {"node1", "node2", "node3"}


def test_the_name_must_be_typed() -> None:
    plan = delete(*with_volume())
    assert (plan.confirm, plan.danger) == ("db", Danger.DESTROYS)
    assert "All data of volume db is lost" in plan.warnings[0]
    assert all(s.undo or s.no_undo for s in plan.steps)


def test_a_stopped_volume_is_not_stopped_again() -> None:
    assert delete(*with_volume(status="Stopped")).steps[0].id == "delete db"


def test_another_volume_of_the_same_name_is_not_deleted() -> None:
    for step in delete(*with_volume()).steps[:2]:
        guard = step.guards[0]
        assert asked(guard, info("db", VOLUME_ID))
        assert not asked(guard, info("db", VOLUME_ID[::-1]))
        assert not asked(guard, info("other", VOLUME_ID))


def test_a_brick_on_the_root_disk_keeps_its_data() -> None:
    known = loaded(1)
    plan = delete(snapshot(known, volume("db", (1, "/srv/bricks/db"), replica=1)), known)
    assert [s.id for s in plan.steps] == ["stop db", "delete db"]
    (skip,) = plan.skipped
    assert (skip.subject, skip.is_fault) == ("10.0.0.1:/srv/bricks/db", True)
    assert "its data stays" in skip.reason


def test_a_logical_volume_with_two_bricks_is_kept() -> None:
    known = {"node1": with_brick(loaded(1)["node1"], 1)}
    mount = brick_mount(1)
    shot = snapshot(
        known, volume("db", (1, f"{mount}/brick"), replica=1), volume("other", (1, f"{mount}/second"), replica=1)
    )
    plan = delete(shot, known)
    assert [s.id for s in plan.steps] == ["stop db", "delete db"]
    assert "another brick" in plan.skipped[0].reason


def test_what_is_mounted_over_a_brick_is_kept() -> None:
    of = with_brick(loaded(1)["node1"], 1)
    known = {"node1": replace(of, mounts=(Mount("/dev/sdz", brick_mount(1), "xfs", "rw", "8:9"),))}
    plan = delete(snapshot(known, volume("db", (1, f"{brick_mount(1)}/brick"), replica=1)), known)
    assert [s.id for s in plan.steps] == ["stop db", "delete db"]
    assert "something else" in plan.skipped[0].reason


def test_a_logical_volume_that_is_gone_leaves_its_fstab_line_to_remove() -> None:
    of = with_brick(loaded(1)["node1"], 1)
    known = {"node1": replace(of, logical_volumes=(), mounts=())}
    plan = delete(snapshot(known, volume("db", (1, f"{brick_mount(1)}/brick"), replica=1)), known)
    (remove,) = plan.steps[2:]
    assert [c.argv[0] for c in remove.commands] == ["sed", "rmdir", "rmdir"]


def test_a_shared_pool_is_not_waited_for() -> None:
    known = {"node1": with_brick(loaded(1)["node1"], 1, thin_count=2)}
    plan = delete(snapshot(known, volume("db", (1, f"{brick_mount(1)}/brick"), replica=1)), known)
    settled = plan.steps[-1].settled
    assert settled is not None
    pool = f'{{"lv_name":"tp_{1:032x}", "vg_name":"{vg(1)}"}}'
    assert asked(settled, f'{{"report":[{pool}]}}')


def test_what_is_still_there_after_a_removal_is_seen() -> None:
    known = {"node1": with_brick(loaded(1)["node1"], 1)}
    plan = delete(snapshot(known, volume("db", (1, f"{brick_mount(1)}/brick"), replica=1)), known)
    settled = plan.steps[-1].settled
    assert settled is not None
    real = data("lvs-used.json").replace(GROUP, vg(1))
    assert "brick_00112233445566778899aabbccddeeff" in real
    assert asked(settled, real)
    assert not asked(settled, real.replace("brick_00112233445566778899aabbccddeeff", f"brick_{1:032x}"))
    assert not asked(settled, real.replace("tp_00112233445566778899aabbccddeeff", f"tp_{1:032x}"))


def refusal(shot: Snapshot, known: dict[str, NodeFacts], name: str = "db") -> str:
    with pytest.raises(Refused) as caught:
        delete(shot, known, name)
    return caught.value.sentence


def test_a_volume_that_is_not_there() -> None:
    assert refusal(*with_volume(), name="nope") == "There is no volume nope."


def test_that_there_are_more_volumes_than_are_named_is_told() -> None:
    (one,) = with_volume()[0].volumes.values()
    for count, told in ((5, "a0, a1, a2, a3, a4"), (7, "a0, a1, a2, a3, a4, … (7 in all)"), (0, "none")):
        shot = Snapshot(volumes={name: replace(one, name=name) for name in (f"a{number}" for number in range(count))})
        with pytest.raises(Refused) as refused:
            volume_state.volume(shot, "nope")
        assert refused.value.details == (f"known volumes: {told}",)


def test_heketis_own_volume_is_kept() -> None:
    known = {"node1": with_brick(loaded(1)["node1"], 1)}
    shot = snapshot(known, volume("heketidbstorage", (1, f"{brick_mount(1)}/brick"), replica=1))
    assert "heketi's database" in refusal(shot, known, "heketidbstorage")


def test_a_node_with_bricks_that_is_down() -> None:
    _, known = with_volume()
    known["node3"] = replace(known["node3"], glusterd="failed")
    bricks = [(n, f"{brick_mount(n)}/brick") for n in (1, 2, 3)]
    assert "node3 is not connected" in refusal(snapshot(known, volume("db", *bricks)), known)


def test_logical_volumes_that_were_not_read() -> None:
    _, known = with_volume()
    known["node2"] = replace(known["node2"], unread={"logical_volumes": "lvs timed out"})
    bricks = [(n, f"{brick_mount(n)}/brick") for n in (1, 2, 3)]
    assert "10.0.0.2 has bricks of it and can't be read" in refusal(snapshot(known, volume("db", *bricks)), known)


def test_a_brick_on_an_unknown_host() -> None:
    shot, known = with_volume()
    del known["node3"]
    assert "can't be" in refusal(shot, known) or "not connected" in refusal(shot, known)


def test_start_and_stop() -> None:
    shot, _ = with_volume()
    (stop,) = plan_stop(shot, "db").steps
    assert stop.commands[0].argv[-3:] == ("volume", "stop", "db")
    assert stop.undo[0].argv[-3:] == ("volume", "start", "db")
    with pytest.raises(Refused, match="started already"):
        plan_start(shot, "db")
    stopped, _ = with_volume(status="Stopped")
    (start,) = plan_start(stopped, "db").steps
    assert start.commands[0].argv[-3:] == ("volume", "start", "db")
    with pytest.raises(Refused, match="not started"):
        plan_stop(stopped, "db")


def asked(check: Check, text: str) -> bool:
    return check.passes(answer(check.command, text))


def info(name: str, id_: str, status: str = "Started", path: str = "/bricks/one") -> str:
    """Two volumes as `gluster volume info --xml` tells them."""
    other = "<volume><name>zz</name><id>z</id><statusStr>Started</statusStr><name>h:/bricks/zz</name></volume>"
    return (
        "<cliOutput><opRet>0</opRet><volInfo><volumes>"
        f"<volume>\n<name>{name}</name>\n<id>{id_}</id><statusStr>{status}</statusStr>"
        f"<bricks><brick><name>h:{path}</name></brick></bricks></volume>{other}</volumes></volInfo></cliOutput>"
    )


def test_whether_a_volume_runs() -> None:
    check = volume_state.not_started("db")
    assert not asked(check, info("db", "i"))
    assert asked(check, info("db", "i", "Stopped"))
    assert asked(check, info("other", "i"))
    assert not asked(check, "<cliOutput><opRet>-1</opRet></cliOutput>")


def test_a_volume_is_ours_by_its_first_brick() -> None:
    check = volume_state.is_made_of("db", "/bricks/one")
    assert asked(check, info("db", "i"))
    assert not asked(check, info("db", "i", path="/bricks/two"))
    assert not asked(volume_state.is_made_of("db", "/bricks/zz"), info("db", "i"))


def test_the_mount_test_cleans_up_after_whatever_happened() -> None:
    shot, _ = with_volume()
    plan = plan_mount_test(shot, "db", "node2", "abc123")
    plan.check_order()
    mount, write, clean_up = plan.steps
    folder = "/run/brickyard-test-abc123"
    assert mount.commands[1].argv == ("mount", "-t", "glusterfs", "10.0.0.2:/db", folder)
    assert write.needs == ("mount",)
    assert write.commands[0].stdin == "brickyard abc123\n"
    assert write.settled is not None
    assert asked(write.settled, "brickyard abc123\n")
    assert not asked(write.settled, "brickyard abc12")
    assert (clean_up.needs, clean_up.after) == ((), ("mount", "write"))
    assert [c.argv[0] for c in clean_up.commands] == ["rm", "umount", "rmdir"]
    assert clean_up.settled is not None
    assert not asked(clean_up.settled, f"99 1 0:50 / {folder} rw - fuse.glusterfs 10.0.0.2:/db rw\n")


def test_when_a_volume_can_not_be_mounted() -> None:
    stopped, _ = with_volume(status="Stopped")
    with pytest.raises(Refused, match="not started"):
        plan_mount_test(stopped, "db", "node1", "abc")
    shot, _ = with_volume()
    with pytest.raises(Refused, match="There is no node node9"):
        plan_mount_test(shot, "db", "node9", "abc")
