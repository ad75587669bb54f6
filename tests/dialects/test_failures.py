"""Real failures of real programs become one sentence and a remedy."""

import json

import pytest

from tests.dialects.answers import DATA, gluster_answer, result
from tui.core.plan import Command, Result
from tui.dialects.failures import Explanation, explain, succeeded

CASES = {row["name"]: result(row) for row in json.loads((DATA / "host" / "failures.json").read_text())}
REASONS = {
    "peer-probe-unreachable-ip": "10.77.0.99 does not answer gluster",
    "lvcreate-exists": "logical volume vg_a/brick_1 is already there",
    "lvcreate-no-vg": "there is no volume group nosuch on the node",
    "lvcreate-too-big": "volume group vg_a has too little space: 25600 extents are needed, 740 are free",
    "lvremove-missing": "there is no logical volume vg_a/nope on the node",
    "lvremove-mounted": "logical volume vg_a/brick_1 is in use",
    "mkfs-existing-fs": "/dev/mapper/vg_a-brick_1 is mounted",
    "mkfs-missing": "there is no device /dev/mapper/vg_a-nope on the node",
    "mkfs-existing-unmounted": "/dev/vdc holds a filesystem (xfs) already; nothing was erased",
    "mount-already": "/dev/mapper/vg_a-brick_1 is already mounted on /var/lib/bricks/b1",
    "mount-missing-dev": "there is no device /dev/mapper/vg_a-nope on the node",
    "pvcreate-already-pv-in-vg": "/dev/vdb is already in volume group vg_a",
    "pvcreate-fs-noyes": "/dev/vdc is not empty; nothing was erased",
    "pvcreate-missing-device": "there is no device /dev/vdz on the node",
    "pvcreate-mounted": "/dev/vdc is in use on the node: mounted, swap, or held by another program",
    "pvcreate-partitioned": "/dev/vdd is partitioned",
    "pvremove-in-vg": "/dev/vdb is still in volume group vg_a",
    "pvremove-not-pv": "there is no LVM physical volume on /dev/vdd",
    "umount-busy": "/var/lib/bricks/b1 is in use",
    "umount-notmounted": "nothing is mounted on /mnt/c",
    "vgcreate-existing-name": "the name vg_a is already in use on the node",
    "vgcreate-used-pv": "/dev/vdb is already in volume group vg_a",
    "vgremove-missing": "there is no volume group vg_nope on the node",
    "vgremove-with-lvs": "volume group vg_a still holds 2 logical volumes",
    "create-bad-name": "gluster did not accept the command",
    "create-host-not-in-pool": "node9 is no full member of the pool",
    "create-nested-brick": "the brick node1:/var/lib/bricks/b1/brick/sub is in use by another volume, "
    "or lies inside another brick",
    "create-parent-missing": "the folder of brick node1:/var/lib/bricks/nope/brick can't be made: "
    "No such file or directory",
    "create-root-partition": "the brick node1:/srv/brick4 would lie on the system disk: its own disk is not mounted",
    "create-same-host-replicas": "two copies of the data would lie on the same node",
    "create-wrong-count": "gluster does not accept this layout of bricks",
    "delete-started": "volume vol1 is still started",
    "delete-missing": "there is no volume nosuch",
    "peer-detach-with-bricks": "node3 still holds bricks",
    "stop-not-started": "volume vol2 is not started",
    "race-a3": "another gluster operation on vol1 is running",
    "create-reused-after-delete": "/var/lib/bricks/b1/brick was a brick of another volume before",
    "status-node3-just-down": "a node of the pool gave no answer in time",
    "glusterd-down-cli": "glusterd does not run on the node",
    "probe-host-in-other-cluster": "node2 belongs to another pool, or has volumes of its own",
    "sudo-absent": "sudo is not installed on the node",
    "mount-bad-volume": "the volume could not be mounted on /mnt/v: no such volume, or glusterd did not answer",
    "down-create": "node3 is not connected in the pool",
    "lvcreate-no-device-mapper": "the kernel on the node has no device-mapper",
    "wipefs-busy": "/dev/vde is in use",
    "apt-no-package": "the node's package sources have no nosuchpkg",
    "dnf-missing": "dnf is not installed on the node",
    "modprobe-missing": "the kernel on the node has no module nosuchmod",
    "volume-missing": "there is no volume nosuch",
    "lvcreate-no-space-for-spare": "the volume group has too little space",
}


def test_every_captured_failure_has_its_sentence() -> None:
    assert {name: explain(case).reason for name, case in CASES.items()} == REASONS


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_captured_failure_is_a_failure(case: Result) -> None:
    assert not succeeded(case)


def test_only_locks_are_worth_trying_again() -> None:
    assert [name for name, case in CASES.items() if explain(case).transient] == ["race-a3"]
    assert explain(gluster_answer("busy.xml")).transient
    assert not explain(gluster_answer("create-exists.xml")).transient


def test_the_lock_error_number_is_enough_without_its_text() -> None:
    text = (
        "<?xml version='1.0'?><cliOutput><opRet>-1</opRet><opErrno>30802</opErrno><opErrstr>odd</opErrstr></cliOutput>"
    )
    assert explain(Result(Command(("gluster", "x"), xml=True), 0, text)) == Explanation("odd", "", True)


@pytest.mark.parametrize("name", ["create.xml", "probe-again.xml", "remove-brick-start.xml"])
def test_success_may_come_with_an_error_text_or_number(name: str) -> None:
    assert succeeded(gluster_answer(name))


@pytest.mark.parametrize("name", ["create-exists.xml", "busy.xml", "glusterd-down.txt", "info-missing.xml"])
def test_exit_code_zero_is_no_success_when_op_ret_says_no(name: str) -> None:
    assert not succeeded(gluster_answer(name))


def test_xml_that_was_cut_off_still_tells_its_op_ret() -> None:
    whole = gluster_answer("info-replica3.xml")
    assert succeeded(Result(whole.command, 0, whole.stdout[:300], truncated=True))


def test_text_instead_of_xml_is_explained() -> None:
    why = explain(gluster_answer("glusterd-down.txt", code=1))
    assert (why.reason, why.transient) == ("glusterd does not run on the node", False)
    assert "systemctl enable --now glusterd" in why.remedy


def _failed(stderr: str, *argv: str, code: int = 5) -> Explanation:
    return explain(Result(Command(argv or ("lvm", "vgcreate", "vg", "/dev/sdb")), code, "", stderr))


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        ("device is a multipath component", "/dev/sdb is one path of a multipath device"),
        ("device is an md component", "/dev/sdb is a member of a software RAID"),
        ("device is an LV", "/dev/sdb is a logical volume itself"),
        ("device is not in devices file", "LVM ignores /dev/sdb: it is not in LVM's devices file"),
        ("device is rejected by filter config", "LVM ignores /dev/sdb: a filter in lvm.conf rejects it"),
        ("device is too small (pv_min_size)", "/dev/sdb is too small for LVM"),
        ("device is missing sysfs info", "LVM ignores /dev/sdb: the kernel tells nothing about it in /sys"),
        ("device is a duplicate", "LVM sees /dev/sdb twice: two paths lead to one disk, or it is a copy"),
        ("device is not in a usable state", "/dev/sdb is not in a usable state (suspended or without a table)"),
        ("device is of a new kind", "LVM refuses /dev/sdb: device is of a new kind"),
    ],
)
def test_each_refusal_of_lvm(refusal: str, reason: str) -> None:
    assert _failed(f"  Cannot use /dev/sdb: {refusal}\n  Command requires all devices to be found.\n").reason == reason


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        ("sudo: a password is required\n", "sudo asks for a password"),
        (
            "ann is not in the sudoers file.  This incident will be reported.\n",
            "the user ann may not use sudo on the node",
        ),
        ("sudo: sorry, you must have a tty to run sudo\n", "sudo wants a terminal (requiretty)"),
        ("sudo: lvm: command not found\n", "lvm is not installed on the node"),
    ],
)
def test_what_sudo_says(stderr: str, reason: str) -> None:
    assert _failed(stderr, "lvm", "vgs", code=1).reason == reason


def test_thin_provisioning_that_is_missing() -> None:
    modules = "  /sbin/modprobe failed: 1\n  thin: Required device-mapper target(s) not detected in your kernel.\n"
    assert "modprobe dm_thin_pool" in _failed(modules).remedy
    check = (
        "  /usr/sbin/thin_check: execvp failed: No such file or directory\n  Check of pool vg/tp failed (status:2).\n"
    )
    assert _failed(check).reason == "thin_check is missing on the node"


def test_a_program_that_is_not_there() -> None:
    why = _failed("sh: 12: mkfs.xfs: not found\n", "mkfs.xfs", "/dev/sdb", code=127)
    assert why == Explanation("mkfs.xfs is not installed on the node", "install xfsprogs there")


def test_a_change_on_some_nodes_only_is_told_as_such() -> None:
    said = "<opRet>-1</opRet><opErrno>1</opErrno><opErrstr>Commit failed on node2. Error: disk</opErrstr>"
    text = f"<?xml version='1.0'?><cliOutput>{said}</cliOutput>"
    why = explain(Result(Command(("gluster", "x"), xml=True), 0, text))
    assert why.reason == "it was done on some nodes only: node2 failed. disk"


def test_unknown_texts_are_shown_as_they_are_without_noise() -> None:
    assert _failed("  Something new.\n  WARNING: This metadata update is NOT backed up.\n").reason == "Something new."
    assert _failed("").reason == "'lvm vgcreate' failed with exit code 5"


def test_braces_in_a_text_do_no_harm() -> None:
    assert _failed("  Cannot use /dev/{x}: {0} and {program}\n").reason == "LVM refuses /dev/{x}: {0} and {program}"


def test_a_command_without_an_end_says_that_its_effect_is_unknown() -> None:
    why = explain(Result(Command(("mkfs.xfs", "/dev/sdb")), None))
    assert "not known" in why.reason
    assert not why.transient
