"""Bad loads onto real nodes: each names its cause, and a clean leaves the nodes as they were before."""

import json
from pathlib import Path
from typing import Any

import pytest

from screens.plan_review import PlanReviewDialog
from tests.lab.bastion import Bastion
from tests.lab.nodes import Lab
from tests.lab.photo import photographs, same
from tests.lab.test_app_on_real_nodes import Driver, driven, screen

SET_UP = {
    2: "parted -s /dev/vdb mklabel gpt mkpart data 1MiB 100% && udevadm settle",
    3: "vgcreate -q vg_theirs /dev/vdb && lvcreate -q -L 100M -n data vg_theirs",
    # all is on the disk before it is photographed: what ext4 puts off would look like a change
    1: "for disk in b c; do mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0 /dev/vd$disk; done &&"
    " mkdir -p /srv/data && mount /dev/vdc /srv/data && echo hello >/srv/data/file && sync -f /srv/data/file && sync",
}
EXPECTED = {
    (1, "/dev/vdb"): "carries ext4",
    (1, "/dev/vdc"): "is mounted on /srv/data",
    (1, "/dev/vdz"): "There is no block device /dev/vdz",
    (2, "/dev/vdb"): "has a partition table (gpt)",
    (3, "/dev/vdb"): "is in volume group vg_theirs",
}
DEVICES = {1: "bcdz", 2: "bd", 3: "bd"}


@pytest.fixture
def bastion(clean_lab: Lab, tmp_path: Path) -> Bastion:
    return Bastion(clean_lab, tmp_path)


def write(path: Path, topology: dict[str, Any]) -> str:
    path.write_text(json.dumps(topology, indent=1))
    return str(path)


def entries(topology: dict[str, Any]) -> list[dict[str, Any]]:
    """Its nodes."""
    found = topology["clusters"][0]["nodes"]
    assert isinstance(found, list)
    return found


def refused(answer: str) -> dict[str, str]:
    """What was refused, and why."""
    return {row["subject"]: row["reason"] for row in json.loads(answer)["skipped"] if row["refused"]}


def test_disks_that_others_use(bastion: Bastion, tmp_path: Path) -> None:
    """A wrong name, a filesystem, a mount, partitions and a volume group: nothing of it is touched."""
    lab = bastion.lab
    for node, script in SET_UP.items():
        lab.must(node, script)
    topology = lab.topology()
    for number, entry in enumerate(entries(topology), 1):
        entry["devices"] = [f"/dev/vd{letter}" for letter in DEVICES[number]]
    file = write(tmp_path / "disks.json", topology)
    before = photographs(lab)
    told = refused(bastion.run("topology", "load", file, code=1))
    named = {f"{lab.nodes[node - 1].manage} {path}": words for (node, path), words in EXPECTED.items()}
    assert told.keys() == named.keys()
    assert all(words in told[subject] for subject, words in named.items()), told
    for node in (1, 2, 3):
        assert "/dev/vdd" in lab.must(node, "pvs --noheadings -o pv_name,vg_name | grep ' vg_[0-9a-f]'")
        assert lab.must(node, "gluster pool list").count("Connected") == 3

    bastion.run("clean", "topology", file, code=1)
    same(before, photographs(lab))
    assert lab.must(1, "cat /srv/data/file") == "hello\n"


async def test_glusterd_is_stopped_and_the_cluster_is_cleaned_by_its_key(bastion: Bastion, tmp_path: Path) -> None:
    lab = bastion.lab
    lab.must(2, "systemctl stop glusterd")
    before = photographs(lab)
    file = str(lab.write_topology(tmp_path / "topology.json", devices=1))
    told = refused(bastion.run("topology", "load", file, code=1))
    assert any("glusterd" in reason and lab.nodes[1].manage in subject for subject, reason in told.items()), told
    assert lab.must(3, "gluster pool list").count("Connected") == 2

    async def clean(driver: Driver) -> None:
        await driver.pilot.press("1", "home", "X")
        review = await screen(driver.pilot, PlanReviewDialog)
        assert isinstance(review, PlanReviewDialog)
        await driver.confirm(review.plan.confirm)

    await driven(lab, tmp_path, 3, clean)
    same(before, photographs(lab))


def test_a_peer_of_another_pool(bastion: Bastion, tmp_path: Path) -> None:
    lab = bastion.lab
    lab.must(2, f"gluster --mode=script peer probe {lab.nodes[2].storage}")
    lab.must(2, "until gluster pool list | grep -v localhost | grep -q Connected; do sleep 0.2; done")
    before = photographs(lab)
    file = str(lab.write_topology(tmp_path / "two.json", nodes=2, devices=1))
    told = refused(bastion.run("topology", "load", file, code=1))
    assert f"its peers are {lab.nodes[2].storage}" in told[lab.nodes[1].manage]
    bastion.run("clean", "topology", file)
    same(before, photographs(lab))


def test_swapped_host_names(bastion: Bastion, tmp_path: Path) -> None:
    lab = bastion.lab
    before = photographs(lab)
    topology = lab.topology(devices=1)
    second, third = (entry["node"]["hostnames"] for entry in entries(topology)[1:])
    second["storage"], third["storage"] = third["storage"], second["storage"]
    answer = bastion.run("topology", "load", file := write(tmp_path / "swapped.json", topology), code=1)
    assert "leads to another machine than" in answer
    bastion.run("clean", "topology", file)
    same(before, photographs(lab))
