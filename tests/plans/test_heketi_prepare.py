"""A heketi server prepared: its configuration written and looked through, its key put onto the nodes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.site.helpers import open_bench
from tui.config_heketi import read_heketi_json
from tui.core.plan import Plan, Refused
from tui.core.topology_fields import Notes
from tui.dialects.heketi_json import HeketiWish, lint_heketi_json, write_heketi_json
from tui.plans.heketi_prepare import plan_install_key
from tui.plans.undo import plan_undo

ADMIN, USER = "an-admin-key-that-is-long", "a-user-key-that-is-long"
WISH = HeketiWish("/etc/heketi/heketi_key", ADMIN, USER)
PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB+/x+y/zCk0mF1pX9q3T5v7b2n4c6d8e0f2g4h6j8k0 heketi"


def written(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(write_heketi_json(WISH))
    for key, value in changes.items():
        *way, last = key.split("__")
        at = whole
        for name in way:
            at = at[name]
        if value is None:
            del at[last]
        else:
            at[last] = value
    return whole


def lint(whole: Any) -> list[str]:
    text = json.dumps(whole, indent=2)
    problems = lint_heketi_json(text, "heketi.json")
    for problem in problems:
        assert ADMIN not in str(problem)
        assert USER not in str(problem)
        assert 1 <= problem.line <= len(text.splitlines())
    return [f"{problem.severity}: {problem.message}" for problem in problems]


def test_what_is_written_has_no_fault_and_is_read_by_ourselves(tmp_path: Path) -> None:
    text = write_heketi_json(WISH)
    assert lint_heketi_json(text, "heketi.json") == ()
    path = tmp_path / "heketi.json"
    path.write_text(text)
    path.chmod(0o600)
    found = read_heketi_json(str(path), notes := Notes(str(path)))
    assert found is not None, notes.problems
    assert (found.ssh.user, found.ssh.port, found.ssh.keys) == ("root", 22, ("/etc/heketi/heketi_key",))
    assert ADMIN not in repr(WISH)
    other = json.loads(write_heketi_json(HeketiWish("/k", ADMIN, USER, user="heketi", ssh_port=2222, sudo=True)))
    assert other["glusterfs"]["sshexec"] | {"keyfile": ""} == {
        "keyfile": "", "user": "heketi", "port": "2222", "fstab": "/etc/fstab", "sudo": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"port": None}, 'error: "port" is missing'),
        ({"port": 8080}, 'error: "port" in heketi.json must be a text in double quotes, not the number 8080'),
        ({"port": "http"}, "must be a number from 1 to 65535"),
        ({"use_auth": False}, 'warning: "use_auth" is passed over'),
        ({"enable_tls": True}, '"enable_tls" needs "cert_file"'),
        ({"default_state": "readonly"}, "must be one of normal, read-only, local-client"),
        ({"jwt": None}, 'error: "jwt" has no key for "admin"'),
        ({"jwt__user__key": ""}, '"jwt" has no key for "user"'),
        ({"jwt__admin__key": "My Secret"}, "the one of the sample file"),
        ({"jwt__admin__key": "short"}, "has 5 characters"),
        ({"jwt__user__key": ADMIN}, "have the same key"),
        ({"glusterfs": None}, 'error: "glusterfs" is missing'),
        ({"glusterfs__executor": "mock"}, "does nothing on any node"),
        ({"glusterfs__executor": "docker"}, 'must be "ssh" or "kubernetes", not "docker"'),
        ({"glusterfs__executor": "inject/ssh"}, "is for tests of heketi"),
        ({"glusterfs__executor": "kubernetes"}, '"kubeexec" is missing'),
        ({"glusterfs__sshexec": None}, 'error: "sshexec" is missing'),
        ({"glusterfs__sshexec__keyfile": None}, "Missing ssh private key file"),
        ({"glusterfs__sshexec__keyfile": "~/.ssh/id"}, "must be a whole path"),
        ({"glusterfs__sshexec__keyfile": "/k.pub"}, "must be the private key"),
        ({"glusterfs__sshexec__user": None, "glusterfs__sshexec__sudo": None}, '"heketi" is not root'),
        ({"glusterfs__sshexec__user": "core"}, '"core" is not root: set "sudo": true'),
        ({"glusterfs__sshexec__port": 22}, 'error: "port" in "sshexec" must be a text'),
        ({"glusterfs__sshexec__port": "ssh"}, "must be a number in quotes"),
        ({"glusterfs__sshexec__fstab": "/var/lib/heketi/fstab"}, "is read at no start of the nodes"),
        ({"glusterfs__sshexec__key_file": "/k"}, 'did you mean "keyfile"?'),
        ({"glusterfs__sshexec__xfs_su": 64}, "count together only"),
        ({"glusterfs__db": None}, '"db" is missing'),
        ({"glusterfs__db": "heketi.db"}, "counts from where heketi is started"),
        ({"glusterfs__brick_min_size_gb": 9, "glusterfs__brick_max_size_gb": 4}, "nothing finds a place"),
        ({"glusterfs__zone_checking": "yes"}, "must be one of none, strict"),
        ({"glusterfs__brick_min_size_gb": "1"}, "must be a whole number"),
    ],
)
def test_each_fault_is_told(changes: dict[str, Any], words: str) -> None:
    assert any(words in line for line in lint(written(**changes))), lint(written(**changes))


def test_places_are_those_of_the_file() -> None:
    text = '{\n  "port": "8080",\n  "glusterfs": {\n    "executor": "mock"\n  }\n}\n'
    places = {(problem.line, problem.column) for problem in lint_heketi_json(text, "h.json")}
    assert (4, 17) in places
    assert str(lint_heketi_json("{", "h.json")[0]).startswith("h.json:1:")
    assert "is an object" in lint_heketi_json("[]", "h.json")[0].message
    assert lint_heketi_json(b"\xff\xfe", "h.json")[0].severity == "error"


async def test_the_key_is_put_onto_nodes_and_taken_off_again(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=2, disks=1) as bench:
        await bench.site.refresh()
        machines = [node.machine for node in bench.demo.nodes]
        path = "/root/.ssh/authorized_keys"
        machines[1].files.make_all("/root/.ssh")
        machines[1].files.write(path, b"ssh-rsa AAAAB3Nza other\n")
        plan = plan_install_key({"node1": "/root", "node2": "/root"}, PUBLIC)
        assert (await bench.run(plan)).ok
        assert machines[0].files.read(path).decode() == f"{PUBLIC}\n"
        assert machines[1].files.read(path).decode() == f"ssh-rsa AAAAB3Nza other\n{PUBLIC}\n"
        assert (await bench.run(plan)).ok
        assert machines[1].files.read(path).decode().count("ed25519") == 1
        assert (await bench.run(plan_undo(plan, [step.id for step in plan.steps], ()))).ok
        assert machines[0].files.read(path).decode() == ""
        assert machines[1].files.read(path).decode() == "ssh-rsa AAAAB3Nza other\n"


async def test_a_file_whose_last_line_has_no_end_is_left_alone(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        files = bench.demo.nodes[0].machine.files
        files.make_all("/root/.ssh")
        files.write("/root/.ssh/authorized_keys", b"ssh-rsa AAAAB3Nza other")
        outcome = await bench.run(plan_install_key({"node1": "/root"}, PUBLIC))
        assert not outcome.ok
        assert "the last line" in outcome.failed[0].reason
        assert files.read("/root/.ssh/authorized_keys") == b"ssh-rsa AAAAB3Nza other"


def commands(plan: Plan) -> list[str]:
    return [" ".join(command.argv) for step in plan.steps for command in step.commands]


def test_for_another_user_the_files_become_his() -> None:
    plan = plan_install_key({"node1": "/home/heketi"}, PUBLIC, user="heketi", own=False)
    assert commands(plan)[-2] == "chown heketi: /home/heketi/.ssh/authorized_keys"
    assert all(command.sudo for step in plan.steps for command in step.commands)
    own = plan_install_key({"node1": "/root"}, PUBLIC)
    assert not any(command.sudo for step in own.steps for command in (*step.commands, *step.undo))


@pytest.mark.parametrize("public", ["", "AAAA", "-----BEGIN OPENSSH PRIVATE KEY-----", f"{PUBLIC}\nssh-rsa AAAA x",
                                    'command="x" ssh-ed25519 AAAA'])  # fmt: skip
def test_what_is_no_public_key_is_refused(public: str) -> None:
    with pytest.raises(Refused, match="no public key"):
        plan_install_key({"node1": "/root"}, public)
    with pytest.raises(Refused, match="home folders"):
        plan_install_key({"node1": "~"}, PUBLIC)
