"""`gluster volume heal` on simulated nodes says what real ones say, and copies that missed a write are healed."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.demo.asking import ask, connected, masked
from tests.demo.test_volume_life import MOUNT, UP, must
from tui.core.plan import Command, Result
from tui.core.quota import Quota
from tui.core.units import GIB
from tui.demo.gluster_heal import let_differ
from tui.demo.gluster_model import HEALING, SPLIT_BRAIN, Volume
from tui.demo.site import DemoSite, start_site
from tui.dialects import gluster, gluster_heal, host
from tui.dialects.failures import explain, succeeded
from tui.dialects.gluster_heal import parse_heal, parse_split_brain
from tui.dialects.gluster_quota import parse_quotas, quota_list

CAPTURED = Path(__file__).parents[1] / "data" / "gluster"


@pytest.fixture
async def site() -> Any:
    """Three nodes with a started volume v1 of replica 3, and "spread" without copies."""
    async with await start_site(nodes=3, disks=2) as made:
        hosts = [node.machine.addresses[0] for node in made.nodes]
        for number in range(3):
            await must(made, number, UP)
        await must(made, 0, [gluster.peer_probe(name) for name in hosts[1:]])
        bricks = [(name, f"{MOUNT}/brick") for name in hosts]
        spread = [(name, f"{MOUNT}/spread") for name in hosts[:2]]
        await must(made, 0, [gluster.volume_create("v1", 3, 0, bricks), gluster.volume_create("spread", 1, 0, spread)])
        await must(made, 0, [gluster.volume_start("v1"), gluster.volume_start("spread")])
        yield made


def volume(site: DemoSite) -> Volume:
    return site.nodes[0].machine.glusterd.pool.volumes["v1"]


async def answer(site: DemoSite, command: Command, number: int = 0) -> Result:
    async with connected(site, site.nodes[number]) as shell:
        [result] = await ask(shell, [command], stop=False)
    return result


async def counts(site: DemoSite) -> list[tuple[int | None, int | None, int | None]]:
    bricks = parse_heal(await answer(site, gluster_heal.heal_summary("v1")))
    return [(brick.pending, brick.split_brain, brick.healing) for brick in bricks]


def _like(text: str) -> str:
    return masked(re.sub(r"<name>[^<]*</name>", "<name>BRICK</name>", text)).strip()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("heal-summary-two-down.xml", ("info", "summary")),
        ("heal-info-two-down.xml", ("info",)),
        ("heal-split-brain-two-down.xml", ("info", "split-brain")),
    ],
)
async def test_two_bricks_are_down_as_on_a_real_node(site: DemoSite, file: str, words: tuple[str, ...]) -> None:
    for number in (1, 2):
        site.nodes[number].faults.powered_off = True
    command = Command(("gluster", "--mode=script", "--xml", "volume", "heal", "v1", *words), xml=True)
    said = await answer(site, command)
    assert _like(said.stdout) == _like((CAPTURED / file).read_text())
    assert said.code == 0


async def test_what_is_no_volume_with_copies_is_refused_as_on_a_real_node(site: DemoSite) -> None:
    said = await answer(site, gluster_heal.heal_summary("spread"))
    assert said.stdout.replace("spread", "dist") == (CAPTURED / "heal-distribute.xml").read_text()
    assert said.code == 234
    await must(site, 0, [gluster.volume_stop("v1")])
    said = await answer(site, gluster_heal.heal_summary("v1"))
    assert said.stdout.replace("v1", "r2") == (CAPTURED / "heal-no-brick.xml").read_text()
    assert said.code == 251
    said = await answer(site, gluster_heal.heal_summary("nosuch"))
    assert (said.code, succeeded(said), explain(said).reason) == (254, False, "there is no volume nosuch")


async def test_entries_are_counted_and_listed_by_brick(site: DemoSite) -> None:
    let_differ(volume(site), ["/", "/a"], bricks=(0, 1))
    let_differ(volume(site), ["/b & c"], SPLIT_BRAIN)
    let_differ(volume(site), ["/d"], HEALING, bricks=(2,))
    assert await counts(site) == [(2, 1, 0), (2, 1, 0), (0, 1, 1)]
    files = parse_split_brain(await answer(site, gluster_heal.split_brain_files("v1"), 2))
    assert list(files.values()) == [("/b & c",)] * 3
    plain = await answer(site, Command(("gluster", "volume", "heal", "v1", "info", "split-brain")))
    assert plain.stdout.count("/b & c\nStatus: Connected\nNumber of entries in split-brain: 1\n") == 3


async def test_a_heal_that_is_started_copies_what_is_pending_and_leaves_split_brain(site: DemoSite) -> None:
    let_differ(volume(site), ["/a"], bricks=(0, 1))
    let_differ(volume(site), ["/b"], SPLIT_BRAIN, bricks=(0, 1))
    said = await answer(site, gluster_heal.heal_start("v1"))
    assert succeeded(said)
    lead = "Launching heal operation to perform index self heal on volume v1"
    assert said.stdout.startswith(f"{lead} has been successful")
    assert await counts(site) == [(0, 1, 0), (0, 1, 0), (0, 0, 0)]
    resolve = ("gluster", "--mode=script", "volume", "heal", "v1", "split-brain", "latest-mtime", "/b")
    assert (await answer(site, Command(resolve))).stdout == "Healed /b.\n"
    assert await counts(site) == [(0, 0, 0)] * 3
    assert (await answer(site, Command(resolve))).code == 22


async def test_heals_that_are_refused_say_why(site: DemoSite) -> None:
    await must(site, 0, [gluster.volume_set("v1", "cluster.self-heal-daemon", "off")])
    off = await answer(site, gluster_heal.heal_start("v1"))
    assert (off.code, explain(off).reason) == (1, "the self-heal daemon of volume v1 is switched off")
    assert explain(off).remedy == "switch it on: gluster volume set v1 cluster.self-heal-daemon on"
    await must(site, 0, [gluster.volume_set("v1", "cluster.self-heal-daemon", "on")])
    site.nodes[1].machine.glusterd.heal_pid = 0
    dead = await answer(site, gluster_heal.heal_start("v1"), 1)
    assert explain(dead).reason == "the self-heal daemon does not run on the node"
    await must(site, 0, [gluster.volume_stop("v1")])
    stopped = await answer(site, gluster_heal.heal_start("v1"))
    assert explain(stopped).reason == "volume v1 is not started"


async def test_what_a_brick_missed_is_healed_when_it_comes_back(site: DemoSite) -> None:
    server = site.nodes[0].machine.addresses[0]
    await must(site, 0, [host.mkdir("/mnt/t"), host.mount_volume(server, "v1", "/mnt/t")])
    await must(site, 0, [host.write_file("/mnt/t/old", "x")])
    assert await counts(site) == [(0, 0, 0)] * 3
    site.nodes[2].faults.powered_off = True
    await must(site, 0, [host.write_file("/mnt/t/new", "hello\n"), host.rm("/mnt/t/old")])
    # the folder, the new file, the old file
    assert await counts(site) == [(3, 0, 0), (3, 0, 0), (None, None, None)]
    site.nodes[2].faults.powered_off = False
    assert await counts(site) == [(0, 0, 0)] * 3
    assert await must(site, 2, [host.cat(f"{MOUNT}/brick/new")]) == ["hello\n"]
    assert (await answer(site, host.cat(f"{MOUNT}/brick/old"), 2)).code == 1


async def test_quotas_are_listed_where_they_are_switched_on(site: DemoSite) -> None:
    off = await answer(site, quota_list("v1"))
    assert (off.stdout, off.code) == ((CAPTURED / "quota-disabled.xml").read_text(), 2)
    command = ("gluster", "--mode=script", "--xml", "volume", "quota", "v1")
    await must(site, 0, [Command((*command, "enable"), xml=True)])
    assert parse_quotas(await answer(site, quota_list("v1"))) == ()
    await must(site, 0, [Command((*command, "limit-usage", "/team", "10GB"), xml=True)])
    volume(site).quotas["/full"] = (GIB, GIB)
    assert parse_quotas(await answer(site, quota_list("v1"), 2)) == (
        Quota("/team", 10 * GIB, 0),
        Quota("/full", GIB, GIB, is_reached=True),
    )
    missing = await answer(site, quota_list("nosuch"))
    assert explain(missing).reason == "there is no volume nosuch"
