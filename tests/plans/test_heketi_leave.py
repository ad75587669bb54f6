"""A cluster leaves heketi: adopted where all is understood, with reasons where it is not, and nothing moves."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.checks.heketi_pair import Pair, Pictures, open_pair
from tests.corpus.build import Cluster
from tui.core import group_tags as tags
from tui.core.heketi_model import HeketiBlockVolume, HeketiOperation
from tui.core.model import Freshness, Source
from tui.core.plan import Danger, Plan, Refused
from tui.core.units import GIB
from tui.dialects import heketi_requests as requests
from tui.plans.heketi_leave import MARK, UNMARKED, leave_report, plan_leave
from tui.plans.heketi_leave_kube import pointers
from tui.plans.topology_load import plan_load
from tui.plans.undo import plan_undo

URL = "http://10.0.0.9:8080"


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with open_pair(tmp_path) as pair:
        await pair.load(disks=1)
        await pair.volume("db")
        await pair.volume("web", durability="none")
        yield pair


def leave(found: Pictures, **more: Any) -> Plan:
    return plan_leave(found.site, found.storage, found.facts, dump=found.dump, **more)


def why(found: Pictures) -> str:
    with pytest.raises(Refused, match="can't leave heketi yet") as refused:
        leave(found)
    return "\n".join(refused.value.details)


def photo(pair: Pair) -> Any:
    """All that clients and bricks depend on."""
    return [
        (
            node.machine.files.read("/etc/fstab"),
            sorted((mount.source, mount.target, mount.options) for mount in node.machine.files.mounts),
            {name: sorted(group.pools) for name, group in node.machine.lvm.groups.items()},
        )
        for node in pair.demo.nodes
    ], {
        name: (volume.status, [str(brick) for brick in volume.bricks])
        for name, volume in pair.demo.nodes[0].machine.glusterd.pool.volumes.items()
    }


async def run(pair: Pair, plan: Plan) -> None:
    plan.check_order()
    outcome = await pair.site.start(plan).wait()
    assert outcome.ok, outcome.failed


async def test_all_is_adopted_and_nothing_moves(pair: Pair) -> None:
    node = next(iter(pair.server.state.tables.nodes.values()))
    await pair.client.change(requests.set_tags("nodes", node.id, {"rack": "r1"}))
    before, found = photo(pair), await pair.look()
    plan = leave(found)
    assert len(plan.steps) == 5
    assert plan.danger is not Danger.DESTROYS
    words = " ".join(str(command) for step in plan.steps for command in step.commands)
    assert not any(word in words for word in ("mkfs", "lvremove", "umount", "mount ", "volume stop", "fstab"))
    await run(pair, plan)
    assert photo(pair) == before
    after = await pair.look()
    assert leave(after).steps == ()
    assert all(volume.options[MARK].startswith("heketi-") for volume in after.storage.volumes.values())
    said = [tags.read(group.tags) for name in sorted(after.facts) for group in after.facts[name].volume_groups]
    assert [(one.manage, one.storage, one.zone) for one in said] == [
        (f"node{number}", f"10.42.0.{number}", number) for number in (1, 2, 3)
    ]
    assert {one.cluster for one in said} == set(found.site.clusters)
    assert next(one for one in said if one.manage == node.manage[0]).node == {"rack": "r1"}
    assert after.codes() == []
    reading = pair.site.read_topology(pair.demo.topology_path)
    assert reading.topology is not None
    # what brickyard itself would load is there already
    assert not [s for s in plan_load(reading.topology, after.facts, (), lambda: "0" * 32).steps if "sdb" in s.subject
                and s.id.startswith("group")]  # fmt: skip


async def test_it_is_taken_back(pair: Pair) -> None:
    found = await pair.look()
    plan = leave(found)
    await run(pair, plan)
    await run(pair, plan_undo(plan, [step.id for step in plan.steps], ()))
    after = await pair.look()
    for name in found.facts:
        assert after.facts[name].volume_groups == found.facts[name].volume_groups
    assert {volume.options[MARK] for volume in after.storage.volumes.values()} == {UNMARKED}
    assert [step.id for step in leave(after).steps] == [step.id for step in plan.steps]


async def test_a_volume_that_was_heketis_can_be_deleted_by_brickyard(pair: Pair) -> None:
    await run(pair, leave(await pair.look()))
    await pair.site.refresh()
    await run(pair, pair.site.volume_delete_plan("db"))
    machines = [node.machine for node in pair.demo.nodes]
    assert "db" not in machines[0].glusterd.pool.volumes
    assert sum(len(group.pools) for machine in machines for group in machine.lvm.groups.values()) == 1


async def test_heketi_can_be_frozen_first(pair: Pair) -> None:
    plan = leave(await pair.look(), freeze=True)
    assert plan.steps[0].node == "heketi"
    assert all(plan.steps[0].id in step.needs for step in plan.steps[1:])
    for command in plan.steps[0].commands:
        await pair.client.call(command.argv[0], command.argv[1], command.stdin)
    assert pair.server.state.mode == "read-only"


async def test_whatever_is_not_understood_is_a_reason_to_stay(pair: Pair) -> None:
    found = await pair.look()
    site = found.site
    stale = HeketiOperation("o" * 32, "create-volume", "stale")
    assert "create-volume" in why(replace(found, site=replace(site, operations=(stale,))))
    assert "does not find" in why(replace(found, site=replace(site, missing=(("/volumes/x", "c"),))))
    [cluster] = site.clusters
    block = HeketiBlockVolume("b", "blk", cluster, "v", GIB, GIB, 3)
    assert "block volume blk" in why(replace(found, site=replace(site, block_volumes={"b": block})))
    brick = found.volume("db").bricks[0]
    name = site.nodes[brick.node].name
    facts = found.facts[name]
    folder = brick.path.removesuffix("/brick")
    entries = tuple(entry for entry in facts.fstab if entry.target != folder)
    assert "the fstab does not name" in why(found.with_facts(name, fstab=entries))
    entries = tuple(replace(e, source="/dev/sdx") if e.target == folder else e for e in facts.fstab)
    assert "the fstab mounts /dev/sdx" in why(found.with_facts(name, fstab=entries))
    mounts = tuple(mount for mount in facts.mounts if mount.target != folder)
    assert "nothing is mounted" in why(found.with_facts(name, mounts=mounts))
    mounts = tuple(replace(m, number="8:99") if m.target == folder else m for m in facts.mounts)
    assert "something else than" in why(found.with_facts(name, mounts=mounts))
    lvs = tuple(replace(lv, pool="") if brick.id in lv.name else lv for lv in facts.logical_volumes)
    assert "no thin pool" in why(found.with_facts(name, logical_volumes=lvs))
    assert "there is no logical volume" in why(found.with_facts(name, logical_volumes=()))
    assert "there is no volume group" in why(found.with_facts(name, volume_groups=()))
    assert "not all could be read: fstab" in why(found.with_facts(name, unread={"fstab": "permission denied"}))
    shot = found.storage
    away = replace(shot.nodes[name], source=Source(name, Freshness.UNREACHABLE), reason="can't be reached")
    assert "can't be asked now" in why(replace(found, storage=replace(shot, nodes={**shot.nodes, name: away})))
    left = {key: one for key, one in shot.nodes.items() if key != name}
    assert "none of this site's nodes" in why(replace(found, storage=replace(shot, nodes=left)))
    lost = {key: one for key, one in shot.volumes.items() if key != "web"}
    assert "volume web: Gluster does not have it" in why(replace(found, storage=replace(shot, volumes=lost)))
    other = replace(brick, path="/bricks/other/brick")
    bricks = (other, *found.volume("db").bricks[1:])
    assert "Gluster does not have /bricks/other" in why(found.with_volume(found.volume("db"), bricks=bricks))


async def test_which_cluster_must_be_said_where_there_are_several(pair: Pair) -> None:
    await pair.client.change(requests.create_cluster())
    found = await pair.look()
    with pytest.raises(Refused, match="Say which"):
        leave(found)
    full = next(ident for ident, one in found.site.clusters.items() if one.nodes)
    assert len(leave(found, cluster=full[:8]).steps) == 5
    with pytest.raises(Refused, match="no cluster zz"):
        leave(found, cluster="zz")


async def test_the_report_tells_what_was_adopted_and_what_still_points_at_heketi(pair: Pair) -> None:
    found = await pair.look()
    volume = found.volume("db")
    source = {"glusterfs": {"endpoints": "ep", "path": "db", "endpointsNamespace": "shop"}}
    notes = {
        "gluster.kubernetes.io/heketi-volume-id": volume.id,
        "pv.kubernetes.io/provisioned-by": "kubernetes.io/glusterfs",
    }
    told = {"source": source, "annotations": notes}
    cluster = (
        Cluster()
        .storage_class("slow", parameters={"resturl": URL, "secretName": "key", "secretNamespace": "kube"})
        .storage_class("other", parameters={"resturl": "http://elsewhere:8080"})
        .bound("db", "shop", volume="pv1", cls="slow", pv={**told, "policy": "Delete"})
        .volume("pv2", policy="Retain", **told)
        .claim("waits", "shop", cls="slow")
        .endpoints("ep", "10.42.0.1", namespace="shop")
    )
    tables = cluster.tables()
    found_pointers = {str(one.about): one for one in pointers(tables, found.site, URL)}
    assert list(found_pointers) == [
        "StorageClass slow", "Secret kube/key", "PersistentVolume pv1", "PersistentVolume pv2",
        "Endpoints shop/ep",
    ]  # fmt: skip
    fix = found_pointers["StorageClass slow"].remedies[0].fix
    assert fix is not None
    assert (fix.name, fix.value("provisioner")) == ("recreate-class", "kubernetes.io/no-provisioner")
    assert ("param.resturl", "") in fix.values
    assert "shop/waits waits for it" in found_pointers["StorageClass slow"].sentence
    patch = found_pointers["PersistentVolume pv1"].remedies[0].fix
    assert patch is not None
    assert (patch.name, patch.value("policy")) == ("patch-volume", "Retain")
    assert found_pointers["PersistentVolume pv2"].remedies[0].fix is None
    lines = "\n".join(leave_report(found.site, found.storage, found.facts, tables, url=URL))
    for words in ("is understood in all its parts", "node1 (10.42.0.1), zone 1", "db: 2 GiB, replicate 3, 3 bricks",
                  "web: 2 GiB, distribute 1", "StorageClass slow", "stop the heketi server"):  # fmt: skip
        assert words in lines
    assert "was not asked" in "\n".join(leave_report(found.site, found.storage, found.facts))
