"""Repairs that a finding offers: right packages, right guards, and nothing where an admin must decide."""

import re
from dataclasses import replace

import pytest

from tests.plans.factory import answer, facts, node, probed
from tui.checks.devices import check_device
from tui.checks.nodes import check_node
from tui.core.facts import NodeFacts, PhysicalVolume
from tui.core.finding import Finding, Severity
from tui.core.plan import Danger, Plan
from tui.plans.remedies import attach, plan_filter, plan_for

NODE = node()


def fix(code: str, known: NodeFacts | None = None, device: str = "") -> Plan | None:
    plan = plan_for(Finding(code, Severity.ERROR, "node1", "", "node1", device), known or facts())
    if plan:
        plan.check_order()
        assert all(s.undo or s.no_undo for s in plan.steps)
    return plan


def argvs(plan: Plan | None) -> list[tuple[str, ...]]:
    assert plan is not None
    return [command.argv for step in plan.steps for command in step.commands]


@pytest.mark.parametrize(
    ("os_id", "code", "expected"),
    [
        ("debian", "thin-check-missing", ("apt-get", "install", "-y", "thin-provisioning-tools")),
        ("ubuntu", "lvm2-missing", ("apt-get", "install", "-y", "lvm2")),
        ("rocky", "thin-check-missing", ("dnf", "install", "-y", "device-mapper-persistent-data")),
        ("rhel", "xfsprogs-missing", ("dnf", "install", "-y", "xfsprogs")),
        ("fedora", "glusterfs-client-missing", ("dnf", "install", "-y", "glusterfs-fuse")),
    ],
)
def test_packages_have_the_name_that_the_system_knows(os_id: str, code: str, expected: tuple[str, ...]) -> None:
    assert argvs(fix(code, replace(facts(), os_id=os_id))) == [expected]


def test_a_server_is_installed_and_started() -> None:
    assert argvs(fix("glusterd-missing")) == [
        ("apt-get", "install", "-y", "glusterfs-server", "glusterfs-client"),
        ("systemctl", "enable", "--now", "glusterd"),
    ]


def test_an_old_system_has_yum() -> None:
    old = replace(facts(), os_id="centos", tools={"dnf": False})
    assert argvs(fix("lvm2-missing", old))[0][0] == "yum"


def test_a_system_that_we_do_not_know_is_left_to_the_admin() -> None:
    assert fix("lvm2-missing", replace(facts(), os_id="plan9")) is None
    assert fix("device-mounted", device="/dev/vdb") is None


def test_glusterd_is_started_for_good() -> None:
    plan = fix("glusterd-stopped")
    assert argvs(plan) == [("systemctl", "enable", "--now", "glusterd")]
    assert plan is not None
    check = plan.steps[0].settled
    assert check is not None
    said = "LoadState=loaded\nActiveState={}\nUnitFileState={}\n"
    assert check.passes(answer(check.command, said.format("active", "enabled")))
    assert not check.passes(answer(check.command, said.format("activating", "enabled")))
    assert not check.passes(answer(check.command, said.format("active", "disabled")))


def test_thin_pools_now_and_after_a_restart() -> None:
    plan = fix("dm-thin-pool-missing")
    assert argvs(plan) == [("modprobe", "dm_thin_pool"), ("tee", "/etc/modules-load.d/brickyard.conf")]


def sed(script: str, text: str) -> str:
    """What GNU sed would do with our one substitution (basic regular expressions become Python's)."""
    _, pattern, replacement, _ = script.split("#")
    for basic, ours in ((r"\(", "("), (r"\)", ")"), (r"\{0,1\}", "?"), ("[[:space:]]", r"\s")):
        pattern = pattern.replace(basic, ours)
    return re.sub(pattern, replacement, text, count=1)


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ('\tfilter = [ "r|.*|" ]', '\tfilter = [ "a|^/dev/vdb$|", "r|.*|" ]'),
        ('global_filter=["r|/dev/vd.*|"]', 'global_filter=[ "a|^/dev/vdb$|","r|/dev/vd.*|"]'),
        ('# filter = [ "a|.*|" ]', '# filter = [ "a|.*|" ]'),
        ('my_filter = [ "x" ]', 'my_filter = [ "x" ]'),
    ],
)
def test_the_device_is_let_through_before_all_else(line: str, after: str) -> None:
    plan = plan_filter("node1", "/dev/vdb")
    assert plan is not None
    command = plan.steps[0].commands[0]
    assert command.argv[:2] == ("sed", "-i.brickyard")
    assert sed(command.argv[2], line) == after


def test_the_filter_is_tried_with_lvm_itself_and_can_be_put_back() -> None:
    plan = plan_filter("node1", "/dev/vdb")
    assert plan is not None
    (step,) = plan.steps
    assert step.settled is not None
    assert step.settled.command.argv == ("lvm", "pvcreate", "--test", "/dev/vdb")
    assert not step.settled.passes(answer(step.settled.command, "", 5))
    assert step.undo[0].argv == ("mv", "-f", "/etc/lvm/lvm.conf.brickyard", "/etc/lvm/lvm.conf")


def test_a_path_that_sed_would_misread_is_left_to_the_admin() -> None:
    assert plan_filter("node1", "/dev/disk/by-id/a#b") is None


def test_the_devices_file() -> None:
    plan = fix("device-not-in-devices-file", device="/dev/vdb")
    assert argvs(plan) == [("lvmdevices", "--adddev", "/dev/vdb")]


def test_a_leftover_label_is_taken_off_only_while_it_is_one() -> None:
    known = replace(facts(), physical_volumes=(PhysicalVolume("/dev/vdb", "u", "", 1, 1, "252:16"),))
    plan = fix("device-leftover", known, "/dev/vdb")
    assert argvs(plan) == [("lvm", "pvremove", "-qq", "/dev/vdb")]
    assert plan is not None
    assert (plan.danger, plan.confirm, len(plan.steps[0].guards)) == (Danger.DESTROYS, "/dev/vdb", 4)
    assert fix("device-leftover", facts(), "/dev/vdb") is None


def test_findings_get_their_plans() -> None:
    known = probed(replace(facts(), glusterd="inactive"), "b", filtered="device is rejected by filter config")
    found = [*check_node(NODE, known, ""), *check_device(NODE, NODE.devices[0], known, known.probes[0], {})]
    repaired = attach(found, {"node1": known})
    assert [f.remedies[0].plan is not None for f in repaired] == [True, True]
    assert [f.sentence for f in repaired] == [f.sentence for f in found]
