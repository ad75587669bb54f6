"""The cluster's clock is not ours, and what it told may be old: neither is a fault of its claims."""

from dataclasses import replace

import pytest

from tests.checks.claims.rooms import codes
from tests.corpus.build import Cluster
from tests.corpus.cases_e import lease, provisioner, waiting
from tui.checks.claim_case import ClaimCase, ClaimWorld
from tui.checks.claims import diagnose

DAYS = 30 * 86400.0
DEAD = 'MountVolume.SetUp failed for volume "pv-db" : stat /var/lib/kubelet: transport endpoint is not connected'


def later(cluster: Cluster, seconds: float) -> list[str]:
    """What is found when our clock is so many seconds ahead of the cluster's."""
    world: ClaimWorld = cluster.world()
    key = ("default", "db")
    found = diagnose(ClaimCase(replace(world, now=world.now + seconds), key, world.tables.claims[key]))
    return [finding.code for finding in found]


@pytest.mark.parametrize("ahead", [0.0, DAYS])
def test_what_the_newest_events_tell_counts_whatever_our_clock_says(ahead: float) -> None:
    cluster = Cluster().bound("db").endpoints("glusterfs-cluster", "10.0.0.1")
    cluster.pod("app", "db", node="n1", phase="Running").event("Pod default/app", "FailedMount", DEAD)
    assert later(cluster, ahead) == ["F12"]
    assert later(cluster, ahead + 1200.0) == (["F12"] if ahead else [])


def test_a_refused_change_in_a_copy_of_a_cluster_is_told() -> None:
    cluster = Cluster().bound("db").endpoints("glusterfs-cluster", "10.0.0.1")
    text = "field can not be less than previous value"
    cluster.event("PersistentVolumeClaim default/db", "ResizeRefused", text)
    assert later(cluster, 0.0) == later(cluster, DAYS) == ["A11"]


@pytest.mark.parametrize("ahead", [20.0, 60.0, 600.0, 5000.0])
def test_a_lease_is_held_by_the_clusters_own_clock(ahead: float) -> None:
    """A bastion whose clock is ahead, or a lease that was read half a minute ago."""
    cluster = lease(provisioner(waiting(age=120)), 3)
    assert later(cluster, 0.0) == []
    assert "E1" not in later(cluster, ahead)


def test_a_lease_that_others_outlived_has_ended() -> None:
    cluster = lease(waiting(), 600).node("n1", age=1.0)
    assert codes(cluster) == ["E1"]
    assert later(cluster, 5000.0) == ["E1"]
