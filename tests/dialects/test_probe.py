"""A node is read as a whole, and a part that fails takes no other with it."""

import json
from dataclasses import replace

import pytest

from tests.dialects.answers import DATA, recorded, result
from tui.core.facts import DeviceProbe
from tui.core.plan import Command, Result
from tui.dialects import lvm, probe, shell

DIFFERS = "/dev/vdb /dev/zero differ: byte {}, line 1\n"
BRICK = "/var/lib/heketi/mounts/vg_5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a/brick_5b1a5a1a5a1a5a1a5a1a5a1a5a1a5a1b"


def test_the_recorded_batch_is_what_is_asked_today() -> None:
    assert [r.command.argv for r in recorded("probe-blank.json")] == [c.argv for c in probe.probe_commands()]


def test_a_fresh_node() -> None:
    facts = probe.parse_probe(recorded("probe-blank.json"), 7.0)
    assert (facts.read_at, facts.hostname, facts.os_id, facts.kernel) == (7.0, "node1", "debian", "6.1.176")
    assert (facts.glusterd, facts.glusterd_enabled, facts.gluster_version) == ("active", "enabled", "10.3")
    assert facts.unread == {}
    assert len(facts.devices) == 5
    assert facts.peers[0].is_self
    assert facts.peers[0].uuid == facts.uuid
    assert facts.tools["thin_check"]
    assert not facts.tools["lvmdevices"]
    assert {"thin-pool", "dm_thin_pool"} <= facts.modules


def test_a_node_with_a_brick() -> None:
    facts = probe.parse_probe(recorded("probe-brick.json"), 7.0)
    assert facts.unread == {}
    (mount,) = [m for m in facts.mounts if m.target == BRICK]
    assert mount.size is not None
    assert mount.used is not None
    assert mount.number == next(lv.number for lv in facts.logical_volumes if lv.name.startswith("brick_"))
    assert facts.fstab[0].target == BRICK


def test_paths_that_are_links_tell_their_number() -> None:
    facts = probe.parse_probe(recorded("probe-brick.json"), 7.0)
    numbers = {p.path: p.number for p in facts.probes}
    assert numbers["/dev/vde"] == "98:64"
    assert {d.number: d.path for d in facts.devices}["98:64"] == "/dev/ubde"
    assert probe.sizes_of(facts, ["/dev/vde", "/dev/ubdb", "/dev/none"]) == {"/dev/vde": 4 << 30, "/dev/ubdb": 4 << 30}


def test_a_part_that_fails_is_named_and_the_rest_is_read() -> None:
    def broken(answer: Result) -> Result:
        if answer.command.argv[:2] == ("lvm", "vgs"):
            return replace(answer, code=127, stdout="", stderr="sh: 1: lvm: not found\n")
        if answer.command.argv[0] == "gluster":
            return replace(answer, code=1, stdout="Connection failed. Please check if gluster daemon is operational.\n")
        return answer

    facts = probe.parse_probe([broken(answer) for answer in recorded("probe-brick.json")], 7.0)
    assert facts.unread["volume_groups"] == "lvm is not installed on the node"
    assert facts.unread["peers"] == "glusterd does not run on the node"
    assert facts.physical_volumes
    assert facts.uuid
    assert set(facts.unread) == {"volume_groups", "peers", "gluster_version"}


def test_an_answer_that_breaks_off_leaves_the_rest_unread() -> None:
    facts = probe.parse_probe(recorded("probe-brick.json")[:3], 7.0)
    assert facts.kernel == "6.1.176"
    assert facts.unread["devices"] == "the answer ended before this was asked"
    assert {"uuid", "mounts", "glusterd", "peers", "modules", "tools"} <= set(facts.unread)
    assert probe.parse_probe([], 7.0).unread["hostname"]


def test_a_garbled_answer_is_unread_and_no_crash() -> None:
    garbled = [replace(answer, stdout="\x00{]") for answer in recorded("probe-brick.json")]
    facts = probe.parse_probe(garbled, 7.0)
    assert {"devices", "physical_volumes", "logical_volumes", "peers", "gluster_version"} <= set(facts.unread)


def test_glusterd_that_is_not_installed_or_never_ran() -> None:
    def fresh(answer: Result) -> Result:
        if answer.command.argv[0] == "systemctl":
            return replace(answer, stdout="LoadState=not-found\nActiveState=inactive\nUnitFileState=\n")
        if answer.command.argv[-1].endswith("glusterd.info"):
            return replace(answer, code=1, stdout="", stderr="cat: x: No such file or directory\n")
        return answer

    facts = probe.parse_probe([fresh(answer) for answer in recorded("probe-blank.json")[:-1]], 7.0)
    assert facts.glusterd == "not installed"
    assert facts.uuid == ""
    assert "uuid" not in facts.unread


def test_old_util_linux_is_asked_for_fewer_columns() -> None:
    old = Result(Command(("lsblk", "-J")), 1, "", "lsblk: unknown column: PATH,MAJ:MIN\n")
    assert probe.lsblk_is_too_old([old])
    assert not probe.lsblk_is_too_old(recorded("probe-blank.json"))
    (lsblk,) = [c for c in probe.probe_commands(old_lsblk=True) if c.argv[0] == "lsblk"]
    assert "MOUNTPOINTS" not in lsblk.argv[-1]
    answer = Result(
        lsblk, 0, '{"blockdevices":[{"name":"sda","kname":"sda","maj:min":"8:0","type":"disk","size":"5"}]}'
    )
    assert probe.parse_probe([answer], 1.0).devices[0].path == "/dev/sda"


def test_the_batch_survives_the_shell_seam() -> None:
    commands = probe.probe_commands()
    script = shell.render(commands, "MARK", stop=False)
    assert "find /dev -type l -printf '%p %l\\n' </dev/null" in script
    said = [r.stdout + f"\nMARK {i} {r.code}\n" for i, r in enumerate(recorded("probe-brick.json"))]
    errors = [f"\nMARK {i} {r.code}\n" for i, r in enumerate(recorded("probe-brick.json"))]
    results = shell.split(commands, "MARK", "".join(said), "".join(errors))
    assert probe.parse_probe(results, 1.0) == probe.parse_probe(recorded("probe-brick.json"), 1.0)


def _look(name: str) -> DeviceProbe:
    rows = json.loads((DATA / "host" / "close-looks.json").read_text())[name]
    (found,) = probe.parse_close_look([result(row) for row in rows], ["/dev/vde"])
    return found


def test_the_close_look_at_disks_that_are_not_empty() -> None:
    assert _look("ext4") == DeviceProbe("/dev/vde", "98:64", True, ("ext4",), True, None)
    assert _look("partitioned") == DeviceProbe("/dev/vde", "98:64", True, ("gpt", "PMBR"), None, None)
    assert _look("swap in use").exclusive is False
    assert _look("data only") == DeviceProbe("/dev/vde", "98:64", True, (), True, False)
    assert set(_look("several").signatures) == {"xfs", "ext4"}


def test_the_close_look_at_blank_and_absent_disks() -> None:
    paths = ["/dev/vdb", "/dev/vde", "/dev/vdz", "/dev/ubda"]
    found = {p.path: p for p in probe.parse_close_look(recorded("close-look.json"), paths)}
    assert found["/dev/vdb"] == DeviceProbe("/dev/vdb", "98:16", True, (), True, True)
    assert found["/dev/vde"].blank is False
    assert found["/dev/vdz"] == DeviceProbe("/dev/vdz")
    assert (found["/dev/ubda"].signatures, found["/dev/ubda"].exclusive) == (("ext4",), False)


def test_the_last_mib_is_compared_where_the_size_is_known() -> None:
    commands = probe.close_look_commands(["/dev/sdb", "/dev/sdc"], {"/dev/sdb": 10 << 20})
    compared = [c.argv for c in commands if c.argv[-1] == "/dev/zero" and c.argv[0] == "cmp"]
    assert compared == [
        ("cmp", "-n", "1048576", "/dev/sdb", "/dev/zero"),
        ("cmp", "-n", "1048576", "-i", "9437184:0", "/dev/sdb", "/dev/zero"),
        ("cmp", "-n", "1048576", "/dev/sdc", "/dev/zero"),
    ]


def test_a_disk_that_lvm_gave_back() -> None:
    (found,) = probe.parse_close_look(
        [
            Result(Command(("stat", "-L", "--printf=%t:%T:%F", "/dev/vdb")), 0, "62:10:block special file"),
            Result(Command(("cmp", "-n", "1048576", "/dev/vdb", "/dev/zero")), 1, DIFFERS.format(4097)),
            Result(lvm.left_metadata("/dev/vdb"), 0),
        ],
        ["/dev/vdb"],
    )
    assert (found.blank, found.released) == (False, True)


@pytest.mark.parametrize(("first", "header"), [(513, 0), (4097, 1), (4098, 0)])
def test_a_disk_with_something_else_was_not_given_back(first: int, header: int) -> None:
    (found,) = probe.parse_close_look(
        [
            Result(Command(("stat", "-L", "--printf=%t:%T:%F", "/dev/vdb")), 0, "62:10:block special file"),
            Result(Command(("cmp", "-n", "1048576", "/dev/vdb", "/dev/zero")), 1, DIFFERS.format(first)),
            Result(lvm.left_metadata("/dev/vdb"), header),
        ],
        ["/dev/vdb"],
    )
    assert (found.blank, found.released) == (False, False)


def test_what_lvm_ignores_is_said_in_its_own_words() -> None:
    rows = json.loads((DATA / "host" / "close-looks.json").read_text())["partitioned"]
    refused = "  Cannot use /dev/vde: device is rejected by filter config\n"
    results = [result({**row, "stderr": refused} if row["argv"][0] == "lvm" else row) for row in rows]
    assert probe.parse_close_look(results, ["/dev/vde"])[0].filtered == "device is rejected by filter config"
