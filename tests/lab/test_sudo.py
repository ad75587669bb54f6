"""Commands as another user than root, through sudo, on real nodes."""

from pathlib import Path

from tests.lab.nodes import Lab
from tui.core.asker import RefusingAsker
from tui.core.plan import Command, Result
from tui.dialects import host, lvm
from tui.dialects.failures import explain
from tui.dialects.lvm_answers import parse_vgs
from tui.dialects.probe import parse_probe, probe_commands
from tui.remote.address import NodeAddress
from tui.remote.ssh import SshPool


async def _as(user: str, lab: Lab, folder: Path, commands: list[Command], *, stop: bool = True) -> list[Result]:
    known_hosts = str(lab.write_known_hosts(folder / "known_hosts"))
    pool = SshPool(RefusingAsker())
    where, key = lab.nodes[0].manage, (str(lab.key),)
    pool.add(NodeAddress("node1", where, 22, user, key, sudo=True, known_hosts=known_hosts, ssh_config="none"))
    try:
        return await pool.run("node1", commands, stop=stop)
    finally:
        await pool.close()


async def test_a_user_who_may_use_sudo_changes_what_root_owns(clean_lab: Lab, tmp_path: Path) -> None:
    commands = [lvm.vgcreate("vg_sudo", "/dev/vdb", ("a.tag=1",)), lvm.vgs(), host.fstab_add("/dev/x", "/mnt/x")]
    results = await _as("admin", clean_lab, tmp_path, [*commands, host.cat(host.FSTAB)])
    assert [result.code for result in results] == [0, 0, 0, 0]
    assert [(group.name, group.tags) for group in parse_vgs(results[1].stdout)] == [("vg_sudo", ("a.tag=1",))]
    assert results[3].stdout.startswith("/dev/x /mnt/x xfs ")


async def test_the_whole_probe_works_through_sudo(lab: Lab, tmp_path: Path) -> None:
    results = await _as("admin", lab, tmp_path, list(probe_commands()), stop=False)
    facts = parse_probe(results, 0)
    assert (facts.hostname, facts.glusterd, facts.unread) == ("node1", "active", {})


async def test_a_user_without_sudo_is_told_so(lab: Lab, tmp_path: Path) -> None:
    (result,) = await _as("nosudo", lab, tmp_path, [lvm.vgs()])
    assert result.code == 1
    assert "sudo" in explain(result).reason
    assert explain(result).remedy
