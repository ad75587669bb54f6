"""A volume from blank disks to a mounted filesystem and back to blank disks, over SSH, with the app's own commands."""

from pathlib import Path
from typing import Any

import pytest

from tests.demo.asking import ask, connected
from tui.core.plan import Command
from tui.core.units import GIB, MIB
from tui.demo.site import DemoSite, start_site
from tui.dialects import gluster, host, lvm
from tui.dialects.failures import succeeded

VG, POOL, BRICK = f"vg_{1:032x}", f"tp_{2:032x}", f"brick_{2:032x}"
DEVICE, MOUNT = host.brick_device(VG, BRICK), host.brick_mount(VG, BRICK)
UP = [
    lvm.vgcreate(VG, "/dev/sdb", ("brickyard.zone=1",)),
    host.mkdir(MOUNT),
    lvm.lvcreate_brick(VG, POOL, BRICK, GIB, GIB, 8 * MIB),
    host.mkfs_xfs(DEVICE),
    host.fstab_add(DEVICE, MOUNT),
    host.mount(DEVICE, MOUNT),
    host.mkdir(f"{MOUNT}/brick", parents=False),
]


async def must(site: DemoSite, number: int, commands: list[Command]) -> list[str]:
    """Run on a node; every command must succeed."""
    async with connected(site, site.nodes[number]) as shell:
        results = await ask(shell, commands)
    assert [r.command for r in results if not succeeded(r)] == []
    assert len(results) == len(commands)
    return [r.stdout for r in results]


async def refused(site: DemoSite, number: int, command: Command) -> tuple[int | None, str]:
    """Run on a node; the answer of a command that fails."""
    async with connected(site, site.nodes[number]) as shell:
        [result] = await ask(shell, [command])
    return result.code, result.stderr


@pytest.fixture
async def volume() -> Any:
    """Three nodes with a started volume v1 of replica 3."""
    async with await start_site(nodes=3, disks=2) as site:
        hosts = [node.machine.addresses[0] for node in site.nodes]
        for number in range(3):
            await must(site, number, UP)
        await must(site, 0, [gluster.peer_probe(name) for name in hosts[1:]])
        bricks = [(name, f"{MOUNT}/brick") for name in hosts]
        await must(site, 0, [gluster.volume_create("v1", 3, 0, bricks), gluster.volume_start("v1")])
        yield site


async def test_what_a_client_writes_is_on_all_bricks(volume: DemoSite) -> None:
    server, file = volume.nodes[1].machine.addresses[0], "/mnt/t/hello"
    await must(volume, 0, [host.mkdir("/mnt/t"), host.mount_volume(server, "v1", "/mnt/t")])
    await must(volume, 0, [host.write_file(file, "hello\n"), host.sync()])
    [text, checksum] = await must(volume, 0, [host.cat(file), host.sha256sum(file)])
    assert text == "hello\n"
    assert checksum == f"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  {file}\n"
    for number in range(3):
        assert await must(volume, number, [host.cat(f"{MOUNT}/brick/hello")]) == ["hello\n"]
    await must(volume, 0, [host.rm(file), host.umount("/mnt/t"), host.rmdir("/mnt/t")])
    assert (await refused(volume, 2, host.cat(f"{MOUNT}/brick/hello")))[0] == 1


async def test_without_a_majority_nothing_is_written(volume: DemoSite) -> None:
    server = volume.nodes[0].machine.addresses[0]
    await must(volume, 0, [host.mkdir("/mnt/t"), host.mount_volume(server, "v1", "/mnt/t")])
    volume.nodes[1].faults.powered_off = volume.nodes[2].faults.powered_off = True
    code, text = await refused(volume, 0, host.write_file("/mnt/t/x", "x"))
    assert (code, text) == (1, "tee: /mnt/t/x: Read-only file system\n")


async def test_a_stopped_volume_can_not_be_mounted(volume: DemoSite) -> None:
    server = volume.nodes[0].machine.addresses[0]
    await must(volume, 0, [gluster.volume_stop("v1"), host.mkdir("/mnt/t")])
    code, text = await refused(volume, 0, host.mount_volume(server, "v1", "/mnt/t"))
    assert (code, text) == (1, "Mount failed. Check the log file  for more details.\n")
    code, text = await refused(volume, 0, host.mount_volume(server, "nosuch", "/mnt/t"))
    assert (code, text) == (1, "Mounting glusterfs on /mnt/t failed.\n")


async def test_a_running_brick_keeps_its_mount_and_its_disk(volume: DemoSite) -> None:
    assert await refused(volume, 1, host.umount(MOUNT)) == (32, f"umount: {MOUNT}: target is busy.\n")
    code, text = await refused(volume, 1, lvm.lvremove_empty_pool(VG, POOL))
    assert (code, text) == (0, "")
    assert (await refused(volume, 1, host.wipefs_all("/dev/sdb")))[0] == 1


async def test_a_node_that_comes_back_has_its_brick_again(volume: DemoSite) -> None:
    node = volume.nodes[2]
    node.faults.powered_off = True
    [status] = await must(volume, 0, [gluster.volume_status("v1")])
    assert "<nodeCount>2</nodeCount>" in status
    node.faults.powered_off = False
    [status] = await must(volume, 0, [gluster.volume_status("v1")])
    assert status.count("<status>1</status>") == 3


async def test_all_of_it_goes_away_again(volume: DemoSite) -> None:
    await must(volume, 0, [gluster.volume_stop("v1"), gluster.volume_delete("v1")])
    for number, node in enumerate(volume.nodes):
        uuid = node.machine.lvm.groups[VG].pools[POOL].thins[0].uuid
        down = [host.umount(MOUNT), host.fstab_remove(BRICK), lvm.lvremove_by_uuid(VG, BRICK, uuid)]
        down += [lvm.lvremove_empty_pool(VG, POOL), host.rmdir(MOUNT), host.rmdir(str(Path(MOUNT).parent))]
        down += [lvm.vgremove(VG), lvm.pvremove("/dev/sdb"), host.cat("/etc/fstab")]
        assert (await must(volume, number, down))[-1] == ""
        assert not node.machine.devices.all["sdb"].signatures
        assert [d.kname for d in node.machine.devices.all.values() if d.type == "lvm"] == []
