"""The app, driven by its keys, on real nodes: load a topology, create, test, stop, start and delete volumes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from screens import house
from screens.dashboard import DashboardScreen
from screens.findings import FindingsDialog
from screens.load import FileDialog
from screens.mount_test import MountTestDialog
from screens.operation import OperationDialog
from screens.plan_review import PlanReviewDialog
from screens.problems import ProblemsDialog
from screens.volume_create import VolumeCreateDialog
from tests.lab.nodes import Lab
from tests.screens.driving import text
from tui.app import BrickyardApp
from tui.config import load_config
from tui.core.asker import Asker, RefusingAsker
from tui.core.model import State
from tui.site import Site
from tui.widgets.file_picker import FilePicker

SECONDS = 120
_ON_THE_WAY = (ProblemsDialog, FindingsDialog, PlanReviewDialog)


async def until(pilot: Pilot[None], seen: Callable[[], bool], what: str) -> None:
    """Real nodes take their time: wait until this is seen."""
    for _ in range(SECONDS * 10):
        if seen():
            return
        await pilot.pause(0.1)
    raise AssertionError(f"{what} was never seen; on screen:\n{text(pilot)}")


async def screen(pilot: Pilot[None], kind: type[Screen[Any]]) -> Screen[Any]:
    """Wait for a screen of this kind."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind), kind.__name__)
    await pilot.pause(0.6)
    return pilot.app.screen


class Driver:
    """The app on the lab, and what a user does with it."""

    def __init__(self, pilot: Pilot[None], site: Site) -> None:
        self.pilot, self.site = pilot, site

    async def confirm(self, typed: str = "", key: str = "y") -> None:
        """Agree to the plan that is shown, wait for its end, and see that all of it is done."""
        before = len(self.site.operations)
        await screen(self.pilot, PlanReviewDialog)
        await self.pilot.press(*typed, "enter") if typed else await self.pilot.press(key)
        await screen(self.pilot, OperationDialog)
        operation = self.site.operations[before]
        await until(self.pilot, lambda: not operation.running, f"the end of '{operation.plan.title}'")
        assert operation.outcome is not None
        assert operation.outcome.ok, [(r.step, r.reason, r.output) for r in operation.outcome.failed]
        await self.pilot.press("escape")
        await screen(self.pilot, DashboardScreen)
        await self.site.refresh()
        await self.pilot.pause(0.5)

    async def load(self, path: Path) -> None:
        """`L`, the file, and the plan."""
        await self.pilot.press("L")
        dialog = await screen(self.pilot, FileDialog)
        dialog.query_one(FilePicker).query_one(Input).value = str(path)
        await self.pilot.press("enter")
        while not isinstance(self.pilot.app.screen, PlanReviewDialog):
            # warnings of the file, and what was found on the nodes, let the load go on
            await until(self.pilot, lambda: isinstance(self.pilot.app.screen, _ON_THE_WAY), "the plan")
            await self.pilot.pause(0.6)
            if isinstance(self.pilot.app.screen, (ProblemsDialog, FindingsDialog)):
                await self.pilot.press("y")
                await self.pilot.pause(0.3)
        await self.confirm()

    async def create(self, name: str, size: str, to_the_right: int) -> None:
        """`c` and the form; the durability is so many choices to the right of replica 3."""
        await self.pilot.press("c")
        await screen(self.pilot, VolumeCreateDialog)
        await self.pilot.press(*name, "tab", *size, "tab", *["right"] * to_the_right, "enter")
        await self.confirm()

    async def on_volume(self, name: str, key: str) -> None:
        """A key on a volume of the third pane."""
        await self.pilot.press("3")
        table = self.pilot.app.screen.query_one("#volumes VirtualTable")
        table.move_to_key(name)  # type: ignore[attr-defined]
        await self.pilot.pause(0.3)
        await self.pilot.press(key)


async def driven(lab: Lab, folder: Path, nodes: int, work: Callable[[Driver], Any]) -> None:
    """Open the app on the first nodes of the lab and let `work` drive it."""
    site = Site(load_config(lab.write_site(folder, nodes=nodes)).site(), RefusingAsker(), journal=folder / "journal.db")

    async def make(_: Asker) -> Site:
        return site

    app = BrickyardApp(house(), make)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: all(e.facts for e in site.store.nodes.values()) and bool(site.store.nodes), "facts")
        await work(Driver(pilot, site))


def lvm(lab: Lab, node: int) -> dict[str, list[str]]:
    """The volume groups of a node with the logical volumes and pools in them, in LVM's own words."""
    groups = lab.must(node, "vgs --noheadings -o vg_name").split()
    report = json.loads(lab.must(node, "lvs --reportformat json -o vg_name,lv_name"))["report"][0]["lv"]
    return {group: sorted(lv["lv_name"] for lv in report if lv["vg_name"] == group) for group in groups}


def brick_lines(lab: Lab, node: int) -> tuple[list[str], list[str]]:
    """The lines about bricks in the fstab and among the mounts of a node."""
    fstab = lab.must(node, "cat /etc/fstab").splitlines()
    mounts = lab.must(node, "cat /proc/mounts").splitlines()
    return [line for line in fstab if "brick_" in line], [line for line in mounts if "/brick_" in line]


async def test_the_main_job(clean_lab: Lab, tmp_path: Path) -> None:
    """Points 8 and 9: topology load, replica 3 volume, mount test, stop, start, delete."""
    lab = clean_lab
    topology = lab.write_topology(tmp_path / "topology.json", devices=2)

    async def work(driver: Driver) -> None:
        await driver.load(topology)
        for node in (1, 2, 3):
            assert len(lvm(lab, node)) == 2
            assert lab.must(node, "gluster pool list").count("Connected") == 3
            assert (
                lab.must(node, "pvs --noheadings -o pe_start,vg_extent_size --units k").split()
                == [
                    "131328.00k",
                    "4096.00k",
                ]
                * 2
            )
            assert "brickyard.zone=" + str(node) in lab.must(node, "vgs --noheadings -o vg_tags")
        await driver.create("db", "1GiB", 0)
        info = lab.must(1, "gluster volume info db")
        assert "Type: Replicate" in info
        assert "Status: Started" in info
        assert sorted(n.storage for n in lab.nodes if f"{n.storage}:/var/lib/heketi/mounts/vg_" in info) == sorted(
            n.storage for n in lab.nodes
        )
        for node in (1, 2, 3):
            fstab, mounts = brick_lines(lab, node)
            assert (len(fstab), len(mounts)) == (1, 1)
            assert fstab[0].split()[0] == mounts[0].split()[0]
        assert driver.site.store.snapshot.volumes["db"].state is State.ONLINE
        await driver.on_volume("db", "m")
        await screen(driver.pilot, MountTestDialog)
        await driver.pilot.press("enter")
        await driver.confirm()
        assert "brickyard-test" not in lab.must(1, "ls -a /run; cat /proc/mounts")
        await driver.on_volume("db", "s")
        await driver.confirm(key="Y")
        assert "Status: Stopped" in lab.must(2, "gluster volume info db")
        await driver.on_volume("db", "s")
        await driver.confirm()
        await driver.on_volume("db", "D")
        await driver.confirm("db")
        assert "No volumes present" in lab.ssh(1, "gluster volume info 2>&1").stdout
        for node in (1, 2, 3):
            assert list(lvm(lab, node).values()) == [[], []]
            assert brick_lines(lab, node) == ([], [])
            assert "brick_" not in lab.must(node, "find /var/lib/heketi/mounts")

    await driven(lab, tmp_path, 3, work)


async def test_the_seed_case(clean_lab: Lab, tmp_path: Path) -> None:
    """One node, two devices, durability none; the size is scaled to the lab's disks."""
    lab = clean_lab
    topology = lab.write_topology(tmp_path / "topology.json", nodes=1, devices=2)

    async def work(driver: Driver) -> None:
        await driver.load(topology)
        await driver.create("vol", "1GiB", 2)
        info = lab.must(1, "gluster volume info vol")
        assert "Number of Bricks: 1" in info
        assert "Status: Started" in info
        await driver.on_volume("vol", "m")
        await screen(driver.pilot, MountTestDialog)
        await driver.pilot.press("enter")
        await driver.confirm()
        await driver.on_volume("vol", "D")
        await driver.confirm("vol")
        assert list(lvm(lab, 1).values()) == [[], []]

    await driven(lab, tmp_path, 1, work)
