"""Topology files: the good are read, and of the bad every fault is told at its line and column."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.topology import Topology, TopologyCluster, TopologyDevice, TopologyNode
from tui.core.topology_file import dump_topology, parse_topology

DATA = Path(__file__).parent.parent / "data" / "topology"
GOOD = sorted((DATA / "good").iterdir())
BAD = sorted(path for path in (DATA / "bad").iterdir() if path.suffix != ".problems")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_files_have_no_problems(path: Path) -> None:
    reading = parse_topology(path.read_bytes(), path.name)
    assert reading.problems == ()
    assert reading.ok
    assert reading.topology is not None
    assert reading.topology.source == path.name


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_bad_files_have_exactly_these_problems(path: Path) -> None:
    """Each bad file stands beside NAME.problems, a line "LINE:COLUMN: SEVERITY: MESSAGE" a problem."""
    expected = Path(f"{path}.problems").read_text(encoding="utf-8").splitlines()
    reading = parse_topology(path.read_bytes(), path.name)
    assert [str(problem).removeprefix(f"{path.name}:") for problem in reading.problems] == expected
    assert expected
    assert reading.ok == (not any(": error: " in line for line in expected))


def test_there_are_many_bad_files() -> None:
    assert len(BAD) >= 45


def test_all_of_a_file_is_read() -> None:
    topology = parse_topology((DATA / "good" / "four-nodes-two-zones.json").read_text(), "t").topology
    assert topology is not None
    assert [(node.manage, node.storage, node.zone, len(node.devices)) for node in topology.nodes] == [
        ("node1", "10.0.0.1", 1, 2),
        ("node2", "10.0.0.2", 1, 1),
        ("node3", "10.0.0.3", 2, 1),
        ("node4", "10.0.0.4", 2, 2),
    ]
    assert topology.nodes[3].devices[0] == TopologyDevice("/dev/sdd", tags={"class": "ssd"}, line=31)
    flags = parse_topology((DATA / "good" / "flags-and-tags.json").read_text(), "t").topology
    assert flags is not None
    assert (flags.clusters[0].file, flags.clusters[0].block) == (True, False)
    assert flags.nodes[0].tags == {"rack": "r1", "arbiter": "disabled"}


def test_yaml_says_the_same_as_json() -> None:
    from_yaml = parse_topology((DATA / "good" / "three-nodes.yaml").read_text(), "t.yaml").topology
    assert from_yaml is not None
    again = parse_topology(dump_topology(from_yaml), "t.json").topology
    assert again is not None
    assert _without_lines(again) == _without_lines(from_yaml)


def test_tabs_in_json_are_blanks() -> None:
    spaces, tabs = (DATA / "good" / name for name in ("three-nodes.json", "tabs.json"))
    assert dump_topology(_read(spaces)) == dump_topology(_read(tabs))


def _read(path: Path) -> Topology:
    topology = parse_topology(path.read_text(), path.name).topology
    assert topology is not None
    return topology


def _without_lines(topology: Topology) -> tuple[TopologyCluster, ...]:
    def node(node: TopologyNode) -> TopologyNode:
        return replace(node, line=0, devices=tuple(replace(device, line=0) for device in node.devices))

    return tuple(replace(c, line=0, nodes=tuple(map(node, c.nodes))) for c in topology.clusters)


TAGS = st.dictionaries(
    st.text("abzAZ09_.-", min_size=1, max_size=32), st.text(st.characters(codec="utf-8"), max_size=64), max_size=3
)
DEVICES = st.lists(
    st.builds(TopologyDevice, st.from_regex(r"/dev/[a-z0-9_:]{1,9}", fullmatch=True), st.booleans(), TAGS),
    max_size=4,
    unique_by=lambda device: device.path,
).map(tuple)


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    clusters, number = [], 0
    for size in shape:
        nodes = []
        for _ in range(size):
            number += 1
            manage = draw(st.sampled_from([f"node{number}", f"n{number}.example.com", f"192.168.1.{number}"]))
            more = draw(st.sampled_from([(), (f"other{number}",)]))
            zone = draw(st.integers(1, 9))
            nodes.append(
                TopologyNode(manage, f"10.0.0.{number}", zone, draw(DEVICES), draw(TAGS), more, other_storage=more)
            )
        clusters.append(TopologyCluster(tuple(nodes), draw(st.booleans()), draw(st.booleans())))
    return Topology(tuple(clusters))


@settings(max_examples=60)
@given(topologies())
def test_what_is_written_is_read_back(topology: Topology) -> None:
    text = dump_topology(topology)
    reading = parse_topology(text, "t.json")
    assert reading.topology is not None, reading.problems
    assert _without_lines(reading.topology) == topology.clusters
    assert dump_topology(reading.topology) == text


WORDS = st.sampled_from(
    ["clusters", "nodes", "node", "hostnames", "manage", "storage", "zone", "devices", "name", "tags", "file", "x"]
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.sampled_from(["/dev/sdb", "10.0.0.1", "n1", "", "1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@given(JUNK)
def test_every_shape_is_answered_with_problems_or_a_topology(data: object) -> None:
    wrapped = {"clusters": [{"nodes": [{"node": data, "devices": data}, data]}, data]}
    for text in (json.dumps(data), json.dumps(wrapped)):
        reading = parse_topology(text, "t.json")
        assert reading.ok or any(problem.severity == "error" for problem in reading.problems)


@given(st.text() | st.binary())
def test_junk_is_never_a_topology_and_never_raises(text: str | bytes) -> None:
    assert not parse_topology(text, "t.json").ok


@settings(max_examples=50)
@given(st.integers(0, 900), st.integers(0, 30), st.text(max_size=3))
def test_a_damaged_file_never_raises(at: int, cut: int, insert: str) -> None:
    text = (DATA / "good" / "three-nodes.json").read_text()
    reading = parse_topology(text[:at] + insert + text[at + cut :], "t.json")
    assert reading.ok or reading.problems
