"""Recorded answers of heketi read into objects, and answers that are none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.heketi_calls import Call, read_calls
from tui.core.units import GIB, KIB
from tui.dialects import heketi_answers as answers
from tui.dialects.heketi_db import parse_check, parse_dump

CALLS = {call.name[4:]: call for call in read_calls()}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
PARSERS = (
    answers.parse_cluster, answers.parse_node, answers.parse_device, answers.parse_volume, answers.parse_block_volume,
    answers.parse_counts, answers.parse_operations, answers.parse_operation, answers.parse_mode,
    answers.parse_log_level, parse_dump, parse_check,
)  # fmt: skip


def body(name: str) -> str:
    """The text of a recorded answer."""
    call: Call = CALLS[name]
    return json.dumps(call.body)


def test_a_space_below_nothing_is_negative() -> None:
    raw = {"id": "a", "name": "/dev/sdb", "storage": {"total": 100, "free": 2**64 - 4, "used": 104}, "bricks": None}
    device = answers.parse_device(json.dumps(raw))
    assert (device.total, device.free, device.used) == (100 * KIB, -4 * KIB, 104 * KIB)
    assert device.bricks == ()


def test_a_cluster() -> None:
    found = answers.parse_cluster(body("cluster-info-with-volumes"))
    assert found.id == "362e0a15235b4a8fc2d296f936f02cfa"
    assert (len(found.nodes), len(found.volumes), found.block_volumes) == (4, 5, ())
    assert found.takes_files
    assert found.takes_blocks
    assert answers.parse_ids(body("cluster-list"), "clusters") == ("7b5170a67bf3192fa54be2e80c72c3d7",)


def test_a_node_with_its_devices() -> None:
    found = answers.parse_node(body("node-info"))
    assert (found.name, found.storage, found.zone, found.state) == ("node02.example.com", ("10.0.0.12",), 3, "online")
    assert found.tags == {"rack": "r3"}
    assert [device.name for device in found.devices] == ["/dev/sdb", "/dev/sdc", "/dev/sdd", "/dev/sde"]
    assert {device.node for device in found.devices} == {found.id}
    assert found.devices[0].total == 524288000 * KIB
    assert found.devices[0].tags == {"arbiter": "supported"}


def test_a_device_with_a_brick() -> None:
    found = answers.parse_device(body("device-info-after-remove"))
    assert (found.free, found.used) == (516382720 * KIB, 7905280 * KIB)
    assert found.group == "vg_7ddbfb9ae0952d46b8321f03f471e606"
    assert found.node == "3dfa5ef650d5957d6ee25d6cafa9686c"
    assert [brick.size for brick in found.bricks] == [5 * GIB]


def test_volumes_of_all_kinds() -> None:
    replicated = answers.parse_volume(body("volume-info-replica3"))
    assert (replicated.name, replicated.size, replicated.durability, replicated.replica) == (
        "vol_r3", 10 * GIB, "replicate", 3,
    )  # fmt: skip
    assert replicated.options == ("performance.rda-cache-limit 10MB",)
    assert (replicated.gid, replicated.snapshot_factor) == (2001, 1.5)
    assert len(replicated.bricks) == 3
    dispersed = answers.parse_volume(body("volume-info-ec"))
    assert (dispersed.durability, dispersed.data, dispersed.redundancy) == ("disperse", 2, 1)
    host = answers.parse_volume(body("volume-info-blockhosting"))
    assert (host.is_block, host.free, host.reserved) == (True, 44 * GIB, 1 * GIB)
    assert host.block_volumes == ("a9b7e5df27f13c8131f53e63391b8925",)


def test_a_block_volume_without_its_password() -> None:
    found = answers.parse_block_volume(body("blockvolume-info"))
    assert (found.size, found.usable, found.ha_count, found.user) == (5 * GIB, 5 * GIB, 3, "heketi-user")
    assert '"secret"' in body("blockvolume-info")
    assert "secret" not in repr(found)
    assert "secret" not in answers.without_passwords(body("blockvolume-info"))
    assert json.loads(answers.without_passwords(body("blockvolume-info")))["blockvolume"]["password"] == "(hidden)"


def test_operations() -> None:
    counts = answers.parse_counts(body("operations-info-stale"))
    assert (counts.total, counts.stale, counts.in_flight) == (1, 1, 0)
    [listed] = answers.parse_operations(body("operations-pending-stale"))
    assert (listed.type, listed.status, listed.is_stuck, listed.is_in_flight) == ("clone-volume", "stale", True, False)
    whole = answers.parse_operation(body("operations-pending-details"))
    assert [change.description for change in whole.changes[:3]] == [
        "Clone volume from",
        "Expand volume to",
        "Add brick",
    ]
    assert answers.parse_mode(body("admin-get")) == "normal"
    assert answers.parse_log_level(body("loglevel-get")) == "info"


def test_the_database() -> None:
    found = parse_dump(body("db-dump"))
    assert (len(found.clusters), len(found.nodes), len(found.devices), len(found.volumes)) == (1, 4, 16, 5)
    brick = found.bricks["14f38ce173d1e7cd01b2f15064ff077c"]
    assert (brick.brick.size, brick.pool_size, brick.metadata_size) == (10 * GIB, 15 * GIB, 81920 * KIB)
    for device in found.devices.values():
        assert device.device.used == sum(found.bricks[ident].needed for ident in device.bricks)
    volume = found.volumes["77a6aeb99c6b0401739d421daf0ceb73"]
    assert volume.volume.options == ("performance.rda-cache-limit 10MB",)
    assert all(found.bricks[ident].brick.volume == volume.volume.id for ident in volume.bricks)
    assert {found.devices[ident].device.node for ident in found.devices} == set(found.nodes)


def test_the_check_of_the_database() -> None:
    found = parse_check(body("db-check"))
    assert found.inconsistencies == 0
    assert found.words == ()
    assert {table.name: table.total for table in found.tables}["bricks"] == 16
    broken = parse_check(
        '{"clusters": {"total": 1, "notok": 1, "inconsistencies": ["a b"]}, "totalinconsistencies": 1}'
    )
    assert broken.words == ("a b",)


@pytest.mark.parametrize("text", ["", "<html>busy</html>", "[1]", "null", '"x"', "{"])
def test_what_is_no_answer_of_heketi_is_told(text: str) -> None:
    for parser in PARSERS:
        with pytest.raises(ValueError, match="no answer of heketi"):
            parser(text)


@given(st.dictionaries(st.sampled_from(
    ["id", "nodes", "volumes", "hostnames", "devices", "storage", "state", "bricks", "size", "durability", "mount",
     "snapshot", "blockinfo", "clusterentries", "brickentries", "pendingoperations", "changes", "tags", "zone"]
), JSON))  # fmt: skip
def test_no_object_breaks_the_reading(raw: dict[str, object]) -> None:
    for parser in PARSERS:
        assert parser(json.dumps(raw)) is not None
