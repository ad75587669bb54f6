"""brickyard is killed on real nodes before and after every kind of step; then it is resumed, or undone.

A node that is cut off in the middle is the last case.
"""

import json
import signal
import time
from pathlib import Path

import pytest

from tests.lab.bastion import Bastion
from tests.lab.nodes import Lab
from tests.lab.photo import photographs, same, without_chance
from tests.lab.trap import Hold, held

EACH = (1, 2, 3)
# a load works on all nodes at once: while one program is held the others come to their end
LOADING = {
    Hold("lvm", "vgcreate", "before"): Hold("gluster", "peer detach", "after", EACH),
    Hold("lvm", "vgcreate", "after", (3,)): Hold("lvm", "vgremove", "before"),
    Hold("gluster", "peer probe", "after", EACH): Hold("lvm", "pvremove", "after", (3,)),
}
CREATING = (
    Hold("mkdir", "/var/lib/heketi/mounts", "before"),
    Hold("lvm", "lvcreate", "after"),
    Hold("mkfs.xfs", "", "before"),
    Hold("mount", "nouuid", "after"),
    Hold("tee", "fstab", "after"),
    Hold("gluster", "volume create", "after", EACH),
    Hold("gluster", "volume start", "before", EACH),
)
UNCREATING = (
    Hold("gluster", "volume stop", "after", EACH),
    Hold("gluster", "volume delete", "before", EACH),
    Hold("umount", "/var/lib/heketi/mounts", "after"),
    Hold("lvm", "lvremove", "before"),
    Hold("lvm", "thin_count=0", "after"),
)
CREATE = ("volume", "create", "db", "--size", "1GiB", "--gid", "2001")


class Killer(Bastion):
    """A bastion on which the command line is killed at a certain moment."""

    def killed(self, hold: Hold, *words: str) -> None:
        """Run a command and kill it where a program on a node is held; that program ends then, or goes on."""
        with held(self.lab, hold) as trap:
            process = self.start(*words)
            trap.wait(process.poll)
            process.send_signal(signal.SIGKILL)
            process.wait()
            # both happen: a shell ends with its connection, a program that works does not notice
            trap.go_on() if hold.when == "before" and hold.program == "lvm" else trap.end_all()

    def killed_everywhere(self, holds: tuple[Hold, ...], begin: tuple[str, ...], go_on: tuple[str, ...]) -> None:
        """Begin a command, and go on with it after each kill, until all have happened; then to its end."""
        for number, hold in enumerate(holds):
            self.killed(hold, *(go_on if number else begin))
        self.run(*go_on)


@pytest.fixture
def bastion(clean_lab: Lab, tmp_path: Path) -> Killer:
    return Killer(clean_lab, tmp_path)


def test_killed_and_resumed(bastion: Killer) -> None:
    lab = bastion.lab
    blank = photographs(lab)
    bastion.run(*bastion.load)
    bastion.run(*CREATE)
    whole = without_chance(photographs(lab))
    lab.wipe()
    same(without_chance(blank), without_chance(photographs(lab)))

    for load, undo in LOADING.items():
        blank = photographs(lab)
        bastion.killed(load, *bastion.load)
        bastion.run("resume")
        bastion.killed(undo, "undo")
        bastion.run("resume")
        same(blank, photographs(lab))

    bastion.run(*bastion.load)
    loaded = photographs(lab)
    bastion.killed_everywhere(CREATING, CREATE, ("resume",))
    same(whole, without_chance(photographs(lab)))
    bastion.killed_everywhere(UNCREATING, ("undo",), ("resume",))
    same(loaded, photographs(lab))


@pytest.mark.parametrize("hold", [*[*LOADING][1:3], *CREATING[1:6:2]], ids=str)
def test_killed_and_undone(bastion: Killer, hold: Hold) -> None:
    begin: tuple[str, ...] = bastion.load
    if hold in CREATING:
        bastion.run(*bastion.load)
        begin = CREATE
    before = photographs(bastion.lab)
    bastion.killed(hold, *begin)
    bastion.run("undo")
    same(before, photographs(bastion.lab))


def test_a_node_is_cut_off(bastion: Killer) -> None:
    lab = bastion.lab
    bastion.run(*bastion.load)
    with held(lab, Hold("mkfs.xfs", "", "before")) as trap:
        process = bastion.start(*CREATE)
        trap.wait(process.poll)
        lab.cut(2)
        began = time.monotonic()
        out, err = process.communicate(timeout=600)
        print(f"the account came {time.monotonic() - began:.0f} s after the cut")
        lab.start(2)
    assert process.returncode == 1, (out, err)
    steps = {step["node"]: step for step in json.loads(out)["steps"] if step["title"].startswith("make brick")}
    assert [steps[node.manage]["status"] for node in lab.nodes] == ["done", "failed", "done"], out
    assert lab.nodes[1].manage in steps[lab.nodes[1].manage]["reason"]
    bastion.run("resume")
    assert "Number of Bricks: 1 x 3 = 3" in lab.must(1, "gluster volume info db")
    assert "Status: Started" in lab.must(2, "gluster volume info db")
    bastion.run("volume", "mount-test", "db")
