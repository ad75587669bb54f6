"""Bad loads that met nodes which were loaded already, and a delete that stuck: numbers as in `test_bad_loads`."""

import json

import pytest

from tests.scenarios.cases import ALL, DISKS, N0, N1, N2, N9
from tests.scenarios.stage import DATA, STORAGE, Stage, said, same
from tests.scenarios.states import make_bad, put_right
from tui.core import group_tags


@pytest.fixture
def loaded(stage: Stage) -> Stage:
    """The three nodes, loaded, and nothing that was asked before."""
    ended = stage.load(ALL)
    assert ended.code == 0, ended
    stage.forget()
    return stage


def clusters(stage: Stage) -> set[str]:
    """The clusters that the volume groups of all nodes say they are in."""
    groups = [group for node in stage.demo.nodes for group in node.machine.lvm.groups.values()]
    return {group_tags.read(group.tags).cluster for group in groups}


def write(stage: Stage, name: str, text: str) -> str:
    (stage.demo.folder / name).write_text(text)
    return name


def undone(stage: Stage) -> None:
    ended = stage.run("undo", "--yes")
    assert ended.code == 0, ended


def test_06_a_half_load_is_completed(stage: Stage) -> None:
    case = DISKS[0]
    stage.happen(make_bad, case.state)
    assert stage.load(ALL).code == 1
    first = stage.photos()[N0]
    nodes = json.loads(stage.run("get", "nodes", "-o", "json").out)
    assert {node["state"] for node in nodes} == {"online"}
    stage.happen(put_right, case.state)
    stage.forget()
    assert stage.load(ALL).code == 0
    assert stage.groups() == {"node00": 3, "node01": 3, "node02": 3, "node99": 0}
    assert len([line for line in stage.changes() if "vgcreate" in line]) == 6
    assert stage.photos()[N0] == first


def test_06_a_half_load_is_cleaned_by_its_file(stage: Stage) -> None:
    """From another machine, where nothing is known of the load: what it refused does not hinder that."""
    case = DISKS[0]
    stage.happen(make_bad, case.state)
    before = stage.photos()
    assert stage.load(ALL).code == 1
    ended = stage.run("clean", "topology", stage.demo.folder / ALL, "--yes")
    assert ended.code == 1
    for node in (N1, N2):
        assert said(ended, ("refused", node, "/dev/sdc", "vg_old", "neither brickyard nor heketi")), ended.out
    same(before, stage.photos())


def test_07_a_new_node_at_the_top_joins_the_cluster_that_is_there(loaded: Stage) -> None:
    before, cluster = loaded.photos(), clusters(loaded)
    ended = loaded.load("topo-newfirst.json")
    assert (ended.code, loaded.groups()["node99"]) == (0, 1), ended
    assert "warning" not in ended.err
    assert clusters(loaded) == cluster
    assert len(loaded.demo.node(N9).machine.glusterd.peers()) == 3
    undone(loaded)
    same(before, loaded.photos())


def test_09_swapped_names_are_known_from_the_nodes(stage: Stage) -> None:
    """Where both are names, the file alone does not show it."""
    name, other = N0, "storage00.example.com"
    machine = stage.demo.node(name).machine
    machine.addresses = (other, *machine.addresses)
    stage.know(other, name)
    right = (DATA / ALL).read_text().replace(STORAGE[name], other)
    assert stage.load(write(stage, "right.json", right)).code == 0
    before = stage.photos()
    stage.forget()
    wrong = right.replace(name, "X").replace(other, name).replace("X", other)
    ended = stage.load(write(stage, "wrong.json", wrong))
    assert ended.code == 1
    assert said(ended, ("refused", other, "swapped", f"'manage' was {name} before")), ended.out
    assert said(ended, ("what to do", f"'manage': {name}", f"'storage': {other}")), ended.out
    assert stage.changes() == []
    same(before, stage.photos())


def test_10_another_zone_and_devices_that_the_file_lost(loaded: Stage) -> None:
    before = loaded.photos()
    ended = loaded.load("topo-changed.json")
    assert ended.code == 0, ended
    assert said(ended, ("warning", N0, "/dev/sdc", "/dev/sdd", "does not name", "stays")), ended.err
    groups = loaded.demo.node(N0).machine.lvm.groups.values()
    assert [group_tags.read(group.tags).zone for group in groups] == [3, 3, 3]
    undone(loaded)
    same(before, loaded.photos())


def test_11_a_loaded_node_under_another_name_stays_in_its_cluster(loaded: Stage) -> None:
    cluster = clusters(loaded)
    loaded.nodes.do(lambda: loaded.demo.node(N0).machine.devices.add_disk("sdz", 100 * 1024**3))
    before = loaded.photos()
    ended = loaded.load("topo-dup-of-loaded.json")
    assert (ended.code, loaded.groups()["node00"]) == (0, 4), ended
    assert said(ended, ("warning", "dup1 (10.0.0.10)", f"was loaded as {N0}")), ended.err
    assert clusters(loaded) == cluster
    undone(loaded)
    same(before, loaded.photos())


def test_18_a_brick_that_is_in_use_keeps_its_volume_from_going(loaded: Stage) -> None:
    """And 19, 20, 21: it is on the list of what failed, the volume is gone from Gluster, and a resume ends it."""
    before = loaded.photos()
    assert loaded.run("volume", "create", "vbusy", "--size", "1GiB", "--yes").code == 0
    machine = loaded.demo.node(N1).machine
    brick = next(m.target for m in machine.files.mounts if "/brick_" in m.target)
    loaded.nodes.do(lambda: machine.held.add(brick))
    ended = loaded.run("volume", "delete", "vbusy", "--yes")
    assert ended.code == 1
    assert said(ended, ("failed", N1, brick, "still mounted")), ended.out
    assert said(ended, ("what to do", "fuser")), ended.out
    newest = json.loads(loaded.run("operations", "-o", "json").out)[0]
    assert (newest["state"], newest["title"][:19]) == ("failed", "Delete volume vbusy")
    assert machine.glusterd.pool.volumes == {}
    assert said(loaded.run("clean", "leftovers", "--dry-run"), (N1, brick.rpartition("/")[2]))
    loaded.nodes.do(machine.held.clear)
    assert loaded.run("resume").code == 0
    same(before, loaded.photos())
