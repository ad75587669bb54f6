"""What others did between a broken run and its undo or resume is left alone."""

from pathlib import Path

import pytest

from tests.crash import driver
from tests.crash.case import Case, open_case, undo_all
from tests.crash.trap import Point
from tui.core.plan import Refused
from tui.demo.accidents import happen
from tui.demo.machine import Machine

LABEL = Point("node2: lvm vgcreate /dev/sdb", 1, "before")
STARTING = Point("any: gluster volume start", 1, "before")


def second(case: Case) -> Machine:
    return case.demo.node("node2").machine


def must(machine: Machine, line: str) -> None:
    reply = machine.run(line.split())
    assert reply.code == 0, reply


async def test_a_filesystem_made_before_the_undo_stays(tmp_path: Path) -> None:
    async with open_case(tmp_path) as case:
        assert await case.killed_at(LABEL)
        happen(second(case), "ext4", "/dev/sdb")
        before = case.photos()["node2"]["disks"]["/dev/sdb"]
        await undo_all(case)
        assert case.photos()["node2"]["disks"]["/dev/sdb"] == before


async def test_data_without_a_signature_stays(tmp_path: Path) -> None:
    async with open_case(tmp_path) as case:
        assert await case.killed_at(LABEL)
        happen(second(case), "noise", "/dev/sdb")
        await undo_all(case)
        assert case.photos()["node2"]["disks"]["/dev/sdb"] == [case.blank["node2"]["disks"]["/dev/sdb"][0], [], [65536]]


async def test_a_volume_group_of_somebody_else_stays_and_is_named(tmp_path: Path) -> None:
    async with open_case(tmp_path) as case:
        assert await case.killed_at(LABEL)
        must(second(case), "lvm vgcreate -qq vg_other /dev/sdb")
        before = case.photos()["node2"]
        with pytest.raises(AssertionError, match="vg_other"):
            await undo_all(case)
        after = case.photos()["node2"]
        assert after["disks"]["/dev/sdb"] == before["disks"]["/dev/sdb"]
        assert after["groups"]["vg_other"] == before["groups"]["vg_other"]


async def test_a_label_without_a_group_is_taken_back(tmp_path: Path) -> None:
    """vgcreate itself was cut short: it labels the disk first."""
    async with open_case(tmp_path) as case:
        assert await case.killed_at(LABEL)
        must(second(case), "lvm pvcreate /dev/sdb")
        await undo_all(case)
        assert case.photos() == case.blank


async def test_a_disk_that_has_another_name_now_is_not_overwritten(tmp_path: Path) -> None:
    async with open_case(tmp_path) as case:
        async with case.site() as site:
            await driver.load(site)
        devices = second(case).devices
        first, other = devices.all["sdb"], devices.all["sdc"]
        must(second(case), f"lvm vgremove -qq {second(case).lvm.pvs['sdc'].vg}")
        must(second(case), "lvm pvremove -qq /dev/sdc")
        other.data = {65536}
        first.path, other.path = other.path, first.path
        first.kname, other.kname = other.kname, first.kname
        devices.all["sdb"], devices.all["sdc"] = other, first
        with pytest.raises(AssertionError, match="group node2"):
            await undo_all(case)
        assert other.data == {65536}


async def test_a_brick_that_was_done_is_not_taken_back_by_a_resume(tmp_path: Path) -> None:
    async with open_case(tmp_path) as case:
        assert await case.killed_at(STARTING)
        second(case).files.write("/etc/fstab", b"# all by hand now\n")
        before = case.photos()["node2"]["groups"]
        with pytest.raises(AssertionError, match="brick"):
            async with case.site() as site:
                await driver.resume(site)
        assert case.photos()["node2"]["groups"] == before


async def test_a_deleted_volume_is_not_half_brought_back(tmp_path: Path) -> None:
    async with open_case(tmp_path) as case, case.site() as site:
        await driver.load_and_create(site)
        await site.refresh()
        plan = site.volume_delete_plan("db")
        driver.must_be_good(plan.title, await site.start(plan).wait())
        with pytest.raises(Refused, match="nothing that can be taken back") as refusal:
            await site.undo_plan((await site.history())[0].id)
        assert any("delete volume db" in detail for detail in refusal.value.details)
