"""A pool of three simulated nodes answers what a real pool of three answered, in order."""

import re
from typing import Any

import pytest

from tests.demo.asking import ask, capture, connected, masked
from tui.core.plan import Command
from tui.core.units import MIB
from tui.demo.files import FileSystem, Mount
from tui.demo.site import DemoSite, start_site

MEASURED = r"(port|tcp|pid|sizeTotal|sizeFree|device|blockSize|mntOptions|fsName|inodeSize|inodesTotal|inodesFree)"


@pytest.fixture
async def pool() -> Any:
    site = await start_site(nodes=["s1", "s2", "s3"], disks=1)
    # the pool that was recorded stood in network namespaces, whose addresses have no names
    site.network.resolves_back = False
    for number, node in enumerate(site.nodes, 1):
        machine = node.machine
        machine.addresses = (f"10.9.0.{number}",)
        for path in ("/mnt/bricks", "/mnt/v"):
            machine.files.make_all(path)
        fs = FileSystem("ext4", 356104192)
        fs.entries["lost+found"] = machine.files.need("/mnt/v")
        machine.files.mounts.append(Mount("/mnt/bricks", "/dev/loop1", fs, (7, 1), "rw,relatime", "rw", 90))
        # /srv was a filesystem of its own there
        machine.files.mounts.append(Mount("/srv", "tmpfs", FileSystem("tmpfs", 64 * MIB), (0, 50), "rw", "rw", 91))
    async with site:
        yield site


def _like(text: str) -> str:
    """Without names of this run, measured values, and the order of the self-heal daemons."""
    text = re.sub(r"Did you mean \S+", "Did you mean OTHER", text)
    text = re.sub(rf"<{MEASURED}>(?!N/A|-1)[^<]*<", r"<\1>N<", masked(text))
    heal = r"        <node>\n          <hostname>Self-heal Daemon</hostname>.*?</node>\n"
    daemons = sorted(re.findall(heal, text, re.DOTALL))
    return re.sub(heal, "", text, flags=re.DOTALL).strip() + "".join(daemons)


def _shell(site: DemoSite, row: dict[str, Any]) -> None:
    node = site.node(f"s{row['node']}")
    if "pidof glusterd" in row["shell"]:
        node.faults.glusterd_stopped = True
    elif "kill -9" in row["shell"]:
        node.machine.glusterd.pool.volumes["a1"].bricks[0].pid = 0
        node.machine.glusterd.pool.volumes["a1"].bricks[0].port = 0


async def test_same_as_a_real_pool(pool: DemoSite) -> None:
    wrong = []
    for row in capture("gluster-pool.json"):
        if "shell" in row:
            _shell(pool, row)
            continue
        node = pool.node(f"s{row['node']}")
        async with connected(pool, node) as connection:
            [result] = await ask(connection, [Command(tuple(row["argv"]))], stop=False)
        here, real = _like(result.stdout + result.stderr), _like(row["output"])
        if (row["code"], real) != (result.code, here):
            wrong.append(f"{row['node']}: {' '.join(row['argv'])}\n--- real {row['code']}\n{real}\n--- here\n{here}")
    assert not wrong, "\n".join(wrong)
