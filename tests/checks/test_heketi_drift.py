"""heketi's picture beside the nodes': every difference is found, and a healthy pair or an unread part is none."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.checks.heketi_pair import Pictures, open_pair
from tui.core.facts import PhysicalVolume
from tui.core.finding import Finding, Fix, Severity
from tui.core.heketi_model import HeketiChange, HeketiOperation
from tui.core.model import Freshness, Snapshot, Source
from tui.core.units import GIB
from tui.dialects import heketi_requests as requests
from tui.remote.heketi_errors import HeketiRefused


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """Three volumes that heketi made, read over SSH, HTTP and gluster."""

    async def build() -> Pictures:
        async with open_pair(tmp_path_factory.mktemp("pair")) as pair:
            await pair.load()
            await pair.volume("db")
            await pair.volume("web", durability="none", gid=2001)
            await pair.volume("arb", 8, options=("user.heketi.arbiter true", "performance.rda-cache-limit 10MB"))
            return await pair.look()

    return asyncio.run(build())


def only(pictures: Pictures) -> Finding:
    assert len(pictures.codes()) == 1
    [finding] = pictures.findings()
    return finding


def without(pictures: Pictures, name: str) -> Snapshot:
    """The nodes' picture without a volume."""
    shot = pictures.storage
    bricks = {key: brick for key, brick in shot.bricks.items() if brick.volume != name}
    return replace(shot, volumes={key: one for key, one in shot.volumes.items() if key != name}, bricks=bricks)


def test_a_healthy_pair_has_no_finding(healthy: Pictures) -> None:
    assert healthy.codes() == []
    assert len(healthy.site.volumes) == len(healthy.storage.volumes) == 3
    assert replace(healthy, dump=None, check=None).codes() == []


def test_what_was_not_read_is_not_missing(healthy: Pictures) -> None:
    nothing = replace(healthy, storage=Snapshot(), facts={})
    assert nothing.codes() == []
    silent = {name: replace(node, source=Source(name, Freshness.STALE)) for name, node in healthy.storage.nodes.items()}
    empty = replace(healthy.storage, nodes=silent, volumes={}, bricks={})
    assert replace(healthy, storage=empty).codes() == []
    unread = {"volume_groups": "lvm failed", "logical_volumes": "lvm failed", "physical_volumes": "lvm failed"}
    for name in healthy.facts:
        gone = healthy.with_facts(name, volume_groups=(), logical_volumes=(), physical_volumes=(), unread=unread)
        assert gone.codes() == []
    unasked = replace(healthy, storage=replace(healthy.storage, volumes={}, bricks={}))
    assert unasked.codes() == []


def test_a_volume_that_gluster_lost(healthy: Pictures) -> None:
    finding = only(replace(healthy, storage=without(healthy, "db")))
    assert (finding.code, str(finding.about)) == ("R1", "HeketiVolume db")
    assert finding.remedies[0].fix is not None
    assert finding.remedies[0].fix.value("volume") == healthy.volume("db").id
    [home] = {one.cluster for one in healthy.storage.volumes.values()}
    none = replace(healthy, storage=replace(healthy.storage, volumes={}, bricks={}), read=(home,))
    assert none.codes() == ["R1", "R1", "R1"]


def forgotten(pictures: Pictures, name: str) -> Pictures:
    """heketi without a volume and its bricks; devices count their space as free again."""
    volume, dump = pictures.volume(name), pictures.dump
    assert dump is not None
    ids = {brick.id for brick in volume.bricks}
    known = replace(pictures, site=replace(
        pictures.site, volumes={key: one for key, one in pictures.site.volumes.items() if key != volume.id},
    ))  # fmt: skip
    for device in pictures.site.devices.values():
        left = tuple(brick for brick in device.bricks if brick.id not in ids)
        back = sum(dump.bricks[brick.id].needed for brick in device.bricks if brick.id in ids)
        known = known.with_device(device.id, bricks=left, free=device.free + back, used=device.used - back)
    bricks = {key: one for key, one in dump.bricks.items() if key not in ids}
    volumes = {key: one for key, one in dump.volumes.items() if key != volume.id}
    devices = {
        key: replace(one, bricks=tuple(i for i in one.bricks if i not in ids)) for key, one in dump.devices.items()
    }
    clusters = {
        key: replace(one, volumes=tuple(i for i in one.volumes if i != volume.id)) for key, one in dump.clusters.items()
    }
    less = replace(dump, bricks=bricks, volumes=volumes, devices=devices, clusters=clusters)
    return replace(known, dump=less)


def test_a_volume_that_heketi_lost(healthy: Pictures) -> None:
    lost = forgotten(healthy, "db")
    assert lost.codes() == ["R2", "R11", "R11", "R11"]
    first = lost.findings()[0]
    assert str(first.about) == "GlusterVolume db"
    assert healthy.volume("db").id in first.proof[0].value
    assert {remedy.fix.name for remedy in first.remedies if remedy.fix} == {"heketi-resync"}
    assert all("more free" in one.sentence for one in lost.findings()[1:])


def test_a_volume_in_the_making_is_none_that_heketi_lost(healthy: Pictures) -> None:
    lost = replace(forgotten(healthy, "db"), dump=None)
    volume = healthy.volume("db")
    changes = (
        HeketiChange(volume.id, "Add volume"),
        *(HeketiChange(brick.id, "Add brick") for brick in volume.bricks),
    )
    busy = HeketiOperation("o" * 32, "create-volume", "", True, changes)
    assert replace(lost, site=replace(lost.site, operations=(busy,))).codes() == []


def test_volumes_of_others_on_other_disks_are_none_of_heketis_business(healthy: Pictures) -> None:
    shot = healthy.storage
    twin = replace(shot.volumes["web"], name="own", options={}, bricks=(("own", "10.42.0.1", "/bricks/own"),))
    brick = replace(next(iter(shot.bricks.values())), volume="own", path="/bricks/own", vg="data", lv="own")
    other = replace(shot, volumes={**shot.volumes, "own": twin}, bricks={**shot.bricks, brick.key: brick})
    assert replace(healthy, storage=other).codes() == []


def test_bricks_that_differ(healthy: Pictures) -> None:
    volume = healthy.volume("db")
    other = replace(volume.bricks[0], path="/bricks/moved/brick")
    finding = only(healthy.with_volume(volume, bricks=(other, *volume.bricks[1:])))
    assert finding.code == "R3"
    assert any(one.value.endswith(":/bricks/moved/brick") for one in finding.proof)
    assert any(volume.bricks[0].path in one.value for one in finding.proof)


def test_a_type_or_an_option_that_differs(healthy: Pictures) -> None:
    assert only(healthy.with_volume(healthy.volume("db"), replica=2)).code == "R4"
    assert only(healthy.with_volume(healthy.volume("web"), durability="replicate", replica=2)).code == "R4"
    options = only(healthy.with_volume(healthy.volume("arb"), options=("performance.rda-cache-limit 20MB",)))
    assert (options.code, options.severity) == ("R5", Severity.INFO)
    assert options.remedies[0].title == "gluster volume set arb performance.rda-cache-limit 20MB"
    shot = healthy.storage
    marked = replace(shot.volumes["db"], options={"user.heketi.id": "f" * 32})
    other = only(replace(healthy, storage=replace(shot, volumes={**shot.volumes, "db": marked})))
    assert other.code == "R5"
    assert "another volume" in other.sentence


def test_a_brick_whose_logical_volume_is_gone(healthy: Pictures) -> None:
    _, _, name = healthy.device_of("db")
    brick = healthy.volume("db").bricks[0]
    lvs = tuple(lv for lv in healthy.lvs(name) if brick.id not in lv.name)
    mounts = tuple(mount for mount in healthy.facts[name].mounts if brick.id not in mount.target)
    finding = only(healthy.with_facts(name, logical_volumes=lvs, mounts=mounts))
    assert (finding.code, finding.severity, str(finding.about)) == ("R6", Severity.ERROR, f"HeketiBrick {brick.id}")
    assert finding.remedies[0].fix is not None
    assert finding.remedies[0].fix.value("brick") == brick.id


def test_a_brick_that_nobody_knows(healthy: Pictures) -> None:
    lost = forgotten(healthy, "db")
    orphaned = replace(lost, storage=without(lost, "db"))
    assert orphaned.codes() == ["R7", "R7", "R7", "R11", "R11", "R11"]
    assert "1 brick (2 GiB)" in orphaned.findings()[0].sentence


def test_a_brick_that_was_resized(healthy: Pictures) -> None:
    _, _, name = healthy.device_of("db")
    brick = healthy.volume("db").bricks[0]
    lvs = tuple(replace(lv, size=3 * GIB) if lv.name == f"brick_{brick.id}" else lv for lv in healthy.lvs(name))
    finding = only(healthy.with_facts(name, logical_volumes=lvs))
    assert finding.code == "R8"
    assert "2 GiB in heketi and 3 GiB" in finding.sentence


def test_a_device_whose_disk_is_gone(healthy: Pictures) -> None:
    device, _, name = healthy.device_of("db")
    groups = tuple(group for group in healthy.facts[name].volume_groups if group.name != device.group)
    lvs = tuple(lv for lv in healthy.lvs(name) if lv.vg != device.group)
    finding = only(healthy.with_facts(name, volume_groups=groups, logical_volumes=lvs))
    assert (finding.code, finding.severity) == ("R9", Severity.ERROR)
    assert finding.remedies[0].fix is not None
    assert finding.remedies[0].fix.name == "heketi-move-device"
    labels = tuple(replace(label, missing=label.vg == device.group) for label in healthy.facts[name].physical_volumes)
    assert only(healthy.with_facts(name, physical_volumes=labels)).code == "R9"
    spare = next(one for one in healthy.site.devices.values() if not one.bricks)
    node = healthy.site.nodes[spare.node].name
    empty = tuple(group for group in healthy.facts[node].volume_groups if group.name != spare.group)
    forget = only(healthy.with_facts(node, volume_groups=empty))
    assert forget.remedies[0].fix is not None
    assert forget.remedies[0].fix.name == "heketi-forget-device"


def test_a_group_that_heketi_does_not_know(healthy: Pictures) -> None:
    facts = healthy.facts["node1"]
    stranger = replace(facts.volume_groups[0], name=f"vg_{'e' * 32}", tags=())
    label = PhysicalVolume("/dev/sdz", "pv-z", stranger.name, stranger.size, stranger.free, "8:400")
    more = {"volume_groups": (*facts.volume_groups, stranger), "physical_volumes": (*facts.physical_volumes, label)}
    finding = only(healthy.with_facts("node1", **more))
    assert finding.code == "R10"
    assert "/dev/sdz" in finding.sentence
    ours = replace(stranger, tags=("brickyard.manage=node1",))
    assert healthy.with_facts("node1", **more | {"volume_groups": (*facts.volume_groups, ours)}).codes() == []


@pytest.mark.parametrize(("change", "words"), [(GIB, "1 GiB more free"), (-GIB, "1012 MiB less free")])
def test_space_that_differs(healthy: Pictures, change: int, words: str) -> None:
    device, _, _ = healthy.device_of("db")
    finding = only(healthy.with_device(device.id, free=device.free + change, used=device.used - change))
    assert finding.code == "R11"
    assert words in finding.sentence
    assert finding.remedies[0].fix is not None
    assert finding.remedies[0].fix.value("device") == device.id
    grown = only(healthy.with_device(device.id, total=device.total + GIB))
    assert "in all" in grown.sentence


def test_after_a_resync_the_spare_of_lvm_is_no_difference(healthy: Pictures) -> None:
    known = healthy
    for device in healthy.site.devices.values():
        group = healthy.group(healthy.site.nodes[device.node].name, device.group)
        known = known.with_device(device.id, free=group.free, used=group.size - group.free)
    assert known.codes() == []


def test_a_node_that_heketi_counts_on_and_that_is_down(healthy: Pictures) -> None:
    shot = healthy.storage
    node = shot.nodes["node2"]
    stopped = replace(node, glusterd="inactive")
    finding = only(replace(healthy, storage=replace(shot, nodes={**shot.nodes, "node2": stopped})))
    assert (finding.code, finding.definite) == ("R12", True)
    assert finding.remedies[0].fix == Fix("start-glusterd", (("node", "node2"),))
    away = replace(node, source=Source("node2", Freshness.UNREACHABLE, reason="no route to host"))
    finding = only(replace(healthy, storage=replace(shot, nodes={**shot.nodes, "node2": away})))
    assert (finding.code, finding.definite) == ("R12", False)
    assert "no route to host" in finding.sentence
    fix = finding.remedies[-1].fix
    assert fix is not None
    assert (fix.name, fix.value("state")) == ("heketi-state", "offline")


def test_a_node_or_device_that_is_set_aside_and_well(healthy: Pictures) -> None:
    device, node, _ = healthy.device_of("db")
    finding = only(healthy.with_node(node.id, state="offline"))
    assert (finding.code, finding.severity) == ("R13", Severity.INFO)
    assert only(healthy.with_node(node.id, state="failed")).severity is Severity.WARNING
    assert "disabled" in only(healthy.with_device(device.id, state="offline")).sentence
    assert "removed" in only(healthy.with_device(device.id, state="failed")).sentence


def test_a_node_that_left_the_pool(healthy: Pictures) -> None:
    shot = healthy.storage
    alone = replace(shot.nodes["node3"], cluster="")
    finding = only(replace(healthy, storage=replace(shot, nodes={**shot.nodes, "node3": alone})))
    assert finding.code == "R14"
    assert "gluster peer probe" in finding.remedies[0].title


def test_one_machine_as_two_nodes(healthy: Pictures) -> None:
    [first, *_] = healthy.site.nodes.values()
    twin = replace(first, id="t" * 32, devices=())
    finding = only(replace(healthy, site=replace(healthy.site, nodes={**healthy.site.nodes, twin.id: twin})))
    assert (finding.code, finding.severity) == ("R15", Severity.ERROR)


async def test_a_delete_at_a_busy_brick_is_found_and_ended(tmp_path: Path) -> None:
    async with open_pair(tmp_path) as pair:
        await pair.load()
        ident = await pair.volume("db")
        fault = pair.server.fail("umount", "umount: target is busy.")
        with pytest.raises(HeketiRefused):
            await pair.client.change(requests.delete_volume(ident))
        pair.server.state.nodes.faults.remove(fault)
        found = await pair.look()
        [home] = {node.cluster for node in found.storage.nodes.values()}
        assert replace(found, read=(home,)).codes()[0] == "R1"
        await pair.client.change(requests.delete_volume(ident))
        assert replace(await pair.look(), read=(home,)).codes() == []
