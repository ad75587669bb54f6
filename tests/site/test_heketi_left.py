"""After a cluster has left heketi its nodes say so, and nothing goes through heketi, whatever the file says."""

from pathlib import Path

from tests.plans.heketi_sites import wanted
from tests.site.heketi_world import HeketiBench, beside
from tui.core.asker import RefusingAsker
from tui.core.group_tags import read
from tui.core.heketi_left import all_left, left_clusters, without_left
from tui.core.heketi_model import HeketiCluster, HeketiSite
from tui.core.plan import Plan
from tui.core.runner import HEKETI
from tui.core.topology import Topology
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.plans.clean import CleanTarget
from tui.site import Site


async def left(bench: HeketiBench) -> Plan:
    """The cluster with a volume "db" leaves."""
    assert (await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))).ok
    plan = bench.site.leave_plan()
    assert "manage: false" in plan.then
    outcome = await bench.run(plan)
    assert outcome.ok, outcome.failed
    return plan


def through(plan: Plan) -> bool:
    return HEKETI in {step.node for step in plan.steps}


async def test_everything_goes_over_ssh_and_it_is_told_once(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        site = bench.site
        assert site.through_heketi
        await left(bench)
        assert site.config.heketi is not None
        assert (site.config.heketi.manage, site.through_heketi) == (True, False)
        plan = site.volume_create_plan(VolumeRequest("y", GIB))
        assert not through(plan)
        told = site.with_lock_words(plan).warnings
        assert [("manage: false" in text, site.name in text) for text in told] == [(True, True)]
        assert site.with_lock_words(plan).warnings == ()
        assert (await bench.run(plan)).ok
        assert "y" not in {volume.name for volume in bench.known.volumes.values()}
        assert not through(site.volume_delete_plan("db"))
        assert not through(await site.clean_plan(CleanTarget("cluster", cluster=site.store.snapshot.clusters[0].id)))


async def test_a_load_is_planned_over_ssh_before_anybody_asked_the_nodes(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        await left(bench)
        assert bench.demo is not None
        other = Site(bench.site.config, RefusingAsker(), journal=tmp_path / "other.db")
        try:
            await other.open(watch=False)
            reading = other.read_topology(bench.demo.topology_path)
            assert reading.topology is not None
            plan = (await other.propose_load(reading.topology)).plan
        finally:
            await other.close()
        # all is there, and the mark of leaving stays
        assert plan.steps == ()


async def test_it_is_left_while_its_server_is_stopped(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        await left(bench)
        await bench.server.close()
        other = Site(bench.site.config, RefusingAsker(), journal=tmp_path / "other.db")
        try:
            await other.open(watch=False)
            await other.refresh()
            assert not other.through_heketi
            assert not through(other.volume_delete_plan("db"))
        finally:
            await other.close()


async def test_leaving_twice_says_that_it_has_left(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        await left(bench)
        already = f"Cluster {next(iter(bench.known.clusters))[:8]} has left heketi already"
        again = bench.site.leave_plan()
        assert (again.title, again.steps) == (already, ())
        assert "has left heketi." in bench.site.leave_report()[0]
        # heketi does not know that it is deleted
        assert (await bench.run(bench.site.volume_delete_plan("db"))).ok
        assert bench.site.leave_plan().title == already


async def test_nothing_is_to_be_written_where_the_site_goes_over_ssh_already(tmp_path: Path) -> None:
    async with beside(tmp_path, manage=False) as bench:
        assert (await bench.run(bench.site.volume_create_plan(VolumeRequest("db", GIB)))).ok
        told = bench.site.leave_plan().then
        assert "write 'manage: false'" not in told + "\n".join(bench.site.leave_report())
        assert "change what in Kubernetes still points at heketi" in told


async def test_what_was_not_marked_yet_is_still_to_be_done(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        await left(bench)
        assert bench.demo is not None
        group = bench.site.facts()["node1"].volume_groups[0]
        assert read(group.tags).left in bench.known.clusters
        mark = next(tag for tag in group.tags if tag.startswith("brickyard.left="))
        await bench.demo.node("node1").executor.run(["lvm", "vgchange", "--deltag", mark, group.name], "")
        await bench.site.refresh()
        (step,) = bench.site.leave_plan().steps
        assert group.name in step.title
        assert not bench.site.through_heketi


async def test_what_is_taken_back_goes_through_heketi_again(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        await left(bench)
        outcome = await bench.undo()
        assert outcome.ok, outcome.failed
        assert bench.site.through_heketi
        assert through(bench.site.volume_delete_plan("db"))
        assert bench.site.leave_plan().steps


async def test_one_of_several_clusters_has_left(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        await left(bench)
        site, facts = bench.known, bench.site.facts()
        (gone,) = site.clusters
        both = HeketiSite(
            {**site.clusters, "f" * 32: HeketiCluster("f" * 32, nodes=("e" * 32,))}, site.nodes, site.volumes
        )
        assert left_clusters(facts) == {gone}
        assert all_left(facts, site)
        assert all_left(facts, None)
        assert not all_left(facts, both)
        rest = without_left(both, left_clusters(facts))
        assert (list(rest.clusters), dict(rest.nodes), dict(rest.volumes)) == (["f" * 32], {}, {})
        assert without_left(both, frozenset()) is both
        assert not all_left({}, site)
        assert not bench.site.clusters_to_choose(Topology((wanted(1, 1, 1),)))
