"""Plans that repair what the checks of a node or device found, where a program can."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tui.core.facts import NodeFacts
from tui.core.finding import Finding, Remedy
from tui.core.plan import Check, Command, Danger, Plan, Step
from tui.dialects import host, lvm
from tui.plans import guards

LVM_CONF = "/etc/lvm/lvm.conf"
MODULES_FILE = "/etc/modules-load.d/brickyard.conf"

_DEBIAN = frozenset({"debian", "ubuntu", "linuxmint", "raspbian"})
_RED_HAT = frozenset({"rhel", "centos", "fedora", "rocky", "almalinux", "ol", "scientific", "amzn"})

# By the code of a finding: package on Debian, package on Red Hat, the program that shows it is there.
_PACKAGES = {
    "glusterd-missing": (("glusterfs-server", "glusterfs-client"), ("glusterfs-server", "glusterfs-fuse"), "glusterd"),
    "lvm2-missing": (("lvm2",), ("lvm2",), "lvm"),
    "thin-check-missing": (("thin-provisioning-tools",), ("device-mapper-persistent-data",), "thin_check"),
    "xfsprogs-missing": (("xfsprogs",), ("xfsprogs",), "mkfs.xfs"),
    "glusterfs-client-missing": (("glusterfs-client",), ("glusterfs-fuse",), "mount.glusterfs"),
}
_PLAIN_PATH = re.compile(r"/dev/[A-Za-z0-9/_.:+-]+")


def attach(findings: Iterable[Finding], facts: Mapping[str, NodeFacts]) -> list[Finding]:
    """The findings with a plan in their first remedy, where there is one."""
    return [_with_plan(finding, facts.get(finding.node)) for finding in findings]


def _with_plan(finding: Finding, facts: NodeFacts | None) -> Finding:
    plan = plan_for(finding, facts) if facts is not None else None
    if plan is None:
        return finding
    titles = finding.remedies or (Remedy(plan.title),)
    return replace(finding, remedies=(replace(titles[0], plan=plan), *titles[1:]))


def plan_for(finding: Finding, facts: NodeFacts) -> Plan | None:
    """The plan that removes the cause of a finding; None where an admin must decide or do it."""
    node, device = finding.node, finding.device
    if finding.code in _PACKAGES:
        return plan_install(node, finding.code, facts)
    if finding.code in ("glusterd-stopped", "glusterd-disabled"):
        return plan_start_glusterd(node)
    if finding.code == "dm-thin-pool-missing":
        return plan_thin_module(node)
    if finding.code == "device-filtered":
        return plan_filter(node, device)
    if finding.code == "device-not-in-devices-file":
        return plan_devices_file(node, device)
    if finding.code == "device-leftover":
        return plan_leftover(node, device, facts)
    return None


def plan_install(node: str, code: str, facts: NodeFacts) -> Plan | None:
    """Install what a finding misses; None on a system whose packages we don't know."""
    debian, red_hat, program = _PACKAGES[code]
    if facts.os_id in _DEBIAN:
        manager, packages = "apt-get", debian
    elif facts.os_id in _RED_HAT:
        manager, packages = "yum" if facts.tools.get("dnf") is False else "dnf", red_hat
    else:
        return None
    there = Check(Command(("which", program)), why=f"{program} is still missing")
    install = Step(
        id=f"install {node}",
        node=node,
        title=f"install {', '.join(packages)}",
        commands=(host.install(manager, packages),),
        subject=node,
        done=there,
        settled=there,
        serial=f"packages {node}",
        no_undo="packages are not removed again",
    )
    steps = (install, _enable_glusterd(node, needs=(install.id,))) if code == "glusterd-missing" else (install,)
    return Plan(f"Install {', '.join(packages)} on {node}", steps)


def plan_start_glusterd(node: str) -> Plan:
    """glusterd of a node runs, now and after each restart of the node."""
    return Plan(f"Start glusterd on {node}, now and at each start of the node", (_enable_glusterd(node),))


def _enable_glusterd(node: str, needs: tuple[str, ...] = ()) -> Step:
    state = Command(("systemctl", "show", "glusterd", "-p", "LoadState", "-p", "ActiveState", "-p", "UnitFileState"))
    runs = Check(state, matches=r"ActiveState=active\b.*UnitFileState=enabled", why="glusterd does not run yet")
    return Step(
        id=f"glusterd {node}",
        node=node,
        title="start glusterd, now and at each start of the node",
        commands=(host.enable_now("glusterd"),),
        subject=node,
        needs=needs,
        done=runs,
        settled=runs,
        settle_seconds=30.0,
        no_undo="a storage node needs glusterd",
    )


def plan_thin_module(node: str) -> Plan:
    """Load dm_thin_pool now and at each start of the node."""
    step = Step(
        id=f"dm_thin_pool {node}",
        node=node,
        title="load dm_thin_pool, now and at each start of the node",
        commands=(host.modprobe("dm_thin_pool"), host.write_file(MODULES_FILE, "dm_thin_pool\n")),
        subject=node,
        settled=Check(Command(("dmsetup", "targets")), matches=r"(?:^|\n)thin-pool\b", why="no thin-pool target yet"),
        undo=(host.rm(MODULES_FILE),),
    )
    return Plan(f"Load dm_thin_pool on {node}", (step,))


def _lvm_takes(path: str) -> Check:
    return Check(replace(lvm.pvcreate_test(path), ok=(0,)), why=f"LVM still refuses {path}: lvm pvcreate --test {path}")


def plan_filter(node: str, path: str) -> Plan | None:
    """Put a device before all else in the filters of lvm.conf; the file as it was stays as lvm.conf.brickyard."""
    if not _PLAIN_PATH.fullmatch(path):
        return None
    head = r"^\([[:space:]]*\(global_\)\{0,1\}filter[[:space:]]*=[[:space:]]*\[\)"
    accept = f'"a|^{path.replace(".", "[.]")}$|"'
    step = Step(
        id=f"filter {node} {path}",
        node=node,
        title=f"let {path} through the filter in {LVM_CONF}",
        commands=(Command(("sed", "-i.brickyard", f"s#{head}#\\1 {accept},#", LVM_CONF)),),
        subject=f"{node} {path}",
        done=_lvm_takes(path),
        guards=(
            Check(
                Command(("grep", "-E", r"^[[:space:]]*(global_)?filter[[:space:]]*=[[:space:]]*\[", LVM_CONF)),
                absent=re.escape(accept),
                why=f"{LVM_CONF} sets no filter that could be opened (look in lvmlocal.conf and the profiles), "
                f"or lets {path} through already",
            ),
        ),
        settled=_lvm_takes(path),
        serial=f"lvm {node}",
        undo=(Command(("mv", "-f", f"{LVM_CONF}.brickyard", LVM_CONF)),),
    )
    return Plan(f"Let {path} through the LVM filter of {node}", (step,))


def plan_devices_file(node: str, path: str) -> Plan:
    """Enter a device in LVM's devices file."""
    step = Step(
        id=f"devices file {node} {path}",
        node=node,
        title=f"add {path} to LVM's devices file",
        commands=(lvm.lvmdevices_add(path),),
        subject=f"{node} {path}",
        done=_lvm_takes(path),
        settled=_lvm_takes(path),
        serial=f"lvm {node}",
        undo=(Command(("lvmdevices", "--deldev", path)),),
    )
    return Plan(f"Add {path} to LVM's devices file on {node}", (step,))


def plan_leftover(node: str, path: str, facts: NodeFacts) -> Plan | None:
    """Take the label off an LVM physical volume that is in no volume group."""
    probe = next((p for p in facts.probes if p.path == path), None)
    block = next((d for d in facts.devices if probe and d.number == probe.number), None)
    if block is None or not any(v.number == block.number and not v.vg for v in facts.physical_volumes):
        return None
    step = Step(
        id=f"label {node} {path}",
        node=node,
        title=f"take the LVM label off {path}",
        commands=(lvm.pvremove(path),),
        subject=f"{node} {path}",
        done=guards.no_signature(path),
        guards=(
            guards.leads_to(path, block.number),
            guards.same_and_free(block, ()),
            guards.same_content(block, ()),
            guards.in_no_group(block, ()),
        ),
        serial=f"device {node} {block.number}",
        danger=Danger.DESTROYS,
        no_undo="the label does not come back, and a volume group that lost its other disks needs it",
    )
    return Plan(f"Take the LVM label off {path} on {node}", (step,), confirm=path)
