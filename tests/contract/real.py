"""The real nodes as a place for scenarios."""

import asyncio
from pathlib import Path
from typing import Final

from tests.contract.case import Given
from tests.lab.nodes import Lab, control
from tui.core.asker import RefusingAsker
from tui.remote.address import NodeAddress
from tui.remote.ssh import SshPool

# how each thing comes about on a real node; `{target}` is the device or folder
HOW: Final = {
    "ext4": "mkfs.ext4 -q -F {target}",
    "xfs": "mkfs.xfs -q -f {target}",
    "mounted": "mkfs.ext4 -q -F {target} && mkdir -p /mnt/data && mount {target} /mnt/data",
    "gpt": "parted -s {target} mklabel gpt mkpart data 1MiB 100% && udevadm settle",
    "dos": "parted -s {target} mklabel msdos mkpart primary 1MiB 100% && udevadm settle",
    "swap in use": "mkswap -q {target} && swapon {target}",
    # xfs takes the sector that ext4 leaves free, then ext4's superblock is put back
    "two filesystems": "mkfs.ext4 -q -F {target} && dd if={target} of=/tmp/super bs=1k skip=1 count=1 status=none &&"
    " mkfs.xfs -q -f {target} && dd if=/tmp/super of={target} bs=1k seek=1 conv=notrunc,fsync status=none &&"
    # udev does not watch a device while it looks at the write before
    " udevadm trigger --settle --name-match={target}",
    "noise": "printf x | dd of={target} bs=1 seek=65536 conv=notrunc,fsync status=none",
    "noise at the end": "printf x | dd of={target} bs=1 seek=4294967000 conv=notrunc,fsync status=none",
    # the kernel's own name: /dev/vdb is a link
    "filtered by LVM": """printf 'devices {{ filter = [ "r|/dev/(u|v)d%s$|" ] }}\\n' $(echo {target} | tail -c2)"""
    " >/etc/lvm/lvmlocal.conf",
    "busy": "setsid sh -c 'cd {target} && exec sleep 1000' >/dev/null 2>&1 </dev/null & sleep 0.5",
    "idle": "pkill -KILL -x sleep; sleep 0.3",
    "bricks killed": "pkill -KILL -x glusterfsd; sleep 0.5",
    "glusterd stopped": "systemctl stop glusterd",
    "glusterd started": "systemctl reset-failed glusterd; systemctl start glusterd",
}


class RealPlace:
    """Three nodes of the lab; they must be clean."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        known_hosts = str(lab.write_known_hosts(folder / "known_hosts"))
        self.runner = SshPool(RefusingAsker())
        for node in lab.nodes:
            address = NodeAddress(
                node.name, node.manage, 22, "root", (str(lab.key),), known_hosts=known_hosts, ssh_config="none"
            )
            self.runner.add(address)

    async def make(self, given: Given) -> None:
        """Let something be so on a node."""
        if given.what in ("stopped", "started"):
            await asyncio.to_thread(control, {"stopped": "stop", "started": "start"}[given.what], str(given.node))
        else:
            command = HOW[given.what].format(target=given.target)
            await asyncio.to_thread(self.lab.must, given.node, command)

    async def close(self) -> None:
        """End the connections."""
        await self.runner.close()
