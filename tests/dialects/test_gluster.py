"""Gluster's commands, its answers, and the questions that are asked with them."""

from dataclasses import replace

import pytest

from tests.dialects.answers import gluster_answer
from tui.core.facts import VolumeFact
from tui.core.plan import Check, Result
from tui.dialects import gluster
from tui.dialects.gluster_answers import split_brick


def _status(name: str, file: str) -> Result:
    return gluster_answer(file, *gluster.volume_status(name).argv)


def _volume(file: str) -> VolumeFact:
    (volume,) = gluster.parse_volumes(gluster_answer(file))
    return volume


def test_commands_are_what_an_admin_can_type() -> None:
    create = gluster.volume_create("db", 3, 1, [("10.0.0.1", "/b/1"), ("10.0.0.2", "/b/2"), ("10.0.0.3", "/b/3")])
    assert str(create) == (
        "gluster --mode=script --xml --timeout=600 volume create db replica 3 arbiter 1 "
        "10.0.0.1:/b/1 10.0.0.2:/b/2 10.0.0.3:/b/3"
    )
    assert create.xml
    assert create.timeout > 600
    plain = gluster.volume_create("db", 1, 0, [("h", "/b")])
    assert plain.argv[-3:] == ("create", "db", "h:/b")
    assert str(gluster.pool_list()) == "gluster --mode=script --xml pool list"
    assert str(gluster.volume_status("db")) == "gluster --mode=script --xml volume status db detail"
    assert str(gluster.peer_probe("h")).endswith("--timeout=600 peer probe h")


def test_the_asked_node_itself_is_a_well_member() -> None:
    peers = gluster.parse_peers(gluster_answer("pool-list.xml"))
    assert [(p.hostname, p.is_self, p.connected, p.state) for p in peers] == [
        ("localhost", True, True, 3),
        ("node2", False, True, 3),
        ("node3", False, True, 3),
    ]
    assert peers[0].uuid == "587af460-c573-4f2a-9221-1d567e16502b"


def test_a_disconnected_peer_keeps_state_3() -> None:
    answer = gluster_answer("pool-list.xml")
    cut = replace(answer, stdout=answer.stdout.replace("<connected>1", "<connected>0", 1))
    peer = gluster.parse_peers(cut)[1]
    assert (peer.connected, peer.state) == (False, 3)


def test_peers_that_can_not_be_read_say_why() -> None:
    with pytest.raises(ValueError, match="glusterd does not run"):
        gluster.parse_peers(gluster_answer("glusterd-down.txt", code=1))


def test_a_volume_with_its_bricks_and_options() -> None:
    volume = _volume("info-replica3.xml")
    assert (volume.name, volume.status, volume.kind, volume.replica, volume.distribute) == (
        "vol1",
        "Started",
        "Replicate",
        3,
        1,
    )
    assert [(b.host, b.path) for b in volume.bricks] == [(f"node{i}", "/var/lib/bricks/b1/brick") for i in (1, 2, 3)]
    assert volume.options["performance.client-io-threads"] == "off"
    assert {b.online for b in volume.bricks} == {None}


def test_the_arbiter_is_the_third_brick() -> None:
    volume = _volume("info-arbiter.xml")
    assert (volume.replica, volume.arbiter) == (3, 1)
    assert [brick.arbiter for brick in volume.bricks] == [False, False, True]


def test_status_in_detail_gives_sizes_and_processes() -> None:
    facts = gluster.parse_cluster(
        [gluster_answer("info-replica3.xml")], [_status("vol1", "status-detail.xml")], "node1", 5.0
    )
    brick = facts.volumes[0].bricks[0]
    assert (brick.online, brick.port, brick.pid) == (True, 50787, 1076)
    assert (brick.size, brick.free) == (1006108672, 964816896)
    assert (facts.read_at, facts.read_from, facts.unread) == (5.0, "node1", {})


def test_a_dead_brick_has_no_port_and_daemons_are_no_bricks() -> None:
    info, status = gluster_answer("info-r3.xml"), _status("r3", "status-with-daemons.xml")
    bricks = gluster.parse_cluster([info], [status], "n", 0.0).volumes[0].bricks
    assert [(b.host, b.online, b.port, b.pid, b.size) for b in bricks] == [
        ("127.1.1.1", True, 50156, 3655, None),
        ("127.1.1.2", True, 58241, 3684, None),
        ("127.1.1.3", False, None, None, None),
    ]


def test_a_brick_that_is_absent_from_the_status_is_unknown_and_not_dead() -> None:
    status = _status("r3", "status-with-daemons.xml")
    cut = replace(status, stdout=status.stdout.replace("/mnt/b2/r3", "/elsewhere"))
    bricks = gluster.parse_cluster([gluster_answer("info-r3.xml")], [cut], "n", 0.0).volumes[0].bricks
    assert [brick.online for brick in bricks] == [True, None, False]


def test_a_volume_that_stopped_meanwhile_is_stopped_and_no_error() -> None:
    facts = gluster.parse_cluster(
        [gluster_answer("info-replica3.xml")], [_status("vol1", "status-not-started.xml")], "n", 0.0
    )
    assert facts.volumes[0].status == "Stopped"
    assert facts.unread == {}


def test_one_bad_status_spoils_only_its_own_volume() -> None:
    facts = gluster.parse_cluster([gluster_answer("info-replica3.xml")], [_status("vol1", "busy.xml")], "n", 0.0)
    assert facts.volumes[0].bricks[0].online is None
    assert list(facts.unread) == ["status vol1"]


def test_volumes_that_can_not_be_read_are_not_none() -> None:
    down = gluster_answer("glusterd-down.txt", code=1)
    assert gluster.parse_cluster([down], [], "n", 0.0).unread == {"volumes": "glusterd does not run on the node"}
    assert gluster.parse_cluster([], [], "n", 0.0).unread == {"volumes": "gluster was not asked"}
    assert gluster.started_volumes([down]) == []


def test_only_started_volumes_are_asked_for_their_status() -> None:
    assert gluster.started_volumes([gluster_answer("info-replica3.xml")]) == ["vol1"]
    assert gluster.started_volumes([gluster_answer("info-created.xml")]) == []


def test_xml_with_a_document_type_is_refused() -> None:
    answer = gluster_answer("pool-list.xml")
    bomb = replace(answer, stdout=answer.stdout.replace("<cliOutput>", "<!DOCTYPE x [<!ENTITY a 'b'>]><cliOutput>"))
    with pytest.raises(ValueError, match="cliOutput"):
        gluster.parse_peers(bomb)


@pytest.mark.parametrize(
    ("name", "host"), [("node1:/b", "node1"), ("fd00::1:/b", "fd00::1"), ("10.0.0.1:/b", "10.0.0.1")]
)
def test_a_brick_name_is_split_at_its_path(name: str, host: str) -> None:
    assert split_brick(name) == (host, "/b")


def _says(check: Check, file: str, **changes: str) -> bool:
    answer = gluster_answer(file, *check.command.argv)
    for old, new in changes.items():
        answer = replace(answer, stdout=answer.stdout.replace(old, new))
    return check.passes(answer)


def test_questions_about_peers() -> None:
    assert _says(gluster.all_connected(3), "pool-list.xml")
    assert not _says(gluster.all_connected(4), "pool-list.xml")
    assert not _says(gluster.all_connected(40), "pool-list.xml")
    assert not _says(
        gluster.all_connected(2),
        "pool-list.xml",
        **{"<connected>1</connected>\n      <state>3": "<connected>0</connected>\n      <state>3"},
    )
    assert not _says(gluster.all_connected(3), "pool-list.xml", **{"<state>3": "<state>6"})
    assert _says(gluster.peer_known("node2"), "pool-list.xml")
    assert not _says(gluster.peer_known("node4"), "pool-list.xml")
    assert not _says(gluster.peer_known("node"), "pool-list.xml")
    assert not _says(gluster.peer_known("node2"), "pool-list.xml", **{"<state>3": "<state>4"})
    assert _says(gluster.peer_gone("node4"), "pool-list.xml")
    assert not _says(gluster.peer_gone("node3"), "pool-list.xml")
    assert not _says(gluster.peer_gone("node4"), "glusterd-down.txt")


def test_questions_about_volumes() -> None:
    assert _says(gluster.volume_exists("vol1"), "info-replica3.xml")
    assert not _says(gluster.volume_exists("vol"), "info-replica3.xml")
    assert not _says(gluster.volume_exists("nfs.disable"), "info-replica3.xml")
    assert _says(gluster.volume_gone("vol2"), "info-replica3.xml")
    assert not _says(gluster.volume_gone("vol1"), "info-replica3.xml")
    assert not _says(gluster.volume_gone("vol2"), "glusterd-down.txt")
    assert _says(gluster.volume_started("vol1"), "info-replica3.xml")
    assert not _says(gluster.volume_started("vol1"), "info-created.xml")
    assert _says(gluster.volume_stopped("vol1"), "info-created.xml")
    assert _says(gluster.bricks_online("vol1", 3), "status-detail.xml")
    assert not _says(gluster.bricks_online("vol1", 4), "status-detail.xml")
    assert not _says(gluster.bricks_online("vol1", 3), "status-detail.xml", **{"<status>1": "<status>0"})


def test_a_question_to_a_large_pool_is_answered_at_once() -> None:
    peer = "<peer><uuid>u</uuid><hostname>h</hostname><connected>1</connected><state>3</state></peer>"
    text = f"<opRet>0</opRet><peerStatus>{peer * 60}</peerStatus>"
    check = gluster.all_connected(61)
    assert not check.passes(Result(check.command, 0, text))
