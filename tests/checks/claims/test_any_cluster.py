"""Clusters of random objects: the rooms never fail, and what they say is whole."""

from dataclasses import replace

import pytest

from tests.checks.claims.rooms import ROOMS
from tests.core.kube_world import World
from tests.core.site_facts import site
from tests.corpus.cases_d_heketi import probe, refused
from tui.checks import claim_external, claim_gluster_class, claim_heketi
from tui.checks.claim_case import ClaimCase, ClaimWorld
from tui.core.finding import Finding
from tui.core.kube import KINDS, MORE_KINDS
from tui.core.kube_tables import KubeTables

PROVISIONERS = ("kubernetes.io/glusterfs", "x/p1", "kubernetes.io/no-provisioner")


def _world(seed: int) -> ClaimWorld:
    made, tables = World(seed), KubeTables()
    tables.set_version((1, 20 + seed % 17))
    for kind in (*KINDS, *MORE_KINDS):
        objects = [made.make(kind) for _ in range(made.below(12))]
        if kind == "storageclasses":
            objects = [replace(one, provisioner=PROVISIONERS[made.below(3)]) for one in objects]  # type: ignore[call-arg]
        if made.below(6):
            tables.replace(kind, objects)
    asked = {"gold": probe(), "silver": refused("auth", 401, "Invalid JWT token: Unknown user")}
    volumes = {name: replace(site().volumes["db"], name=name) for name in ("vol_a", "vol_b")}
    return ClaimWorld(tables, 1000.0, replace(site(), volumes=volumes), asked)


def _all(world: ClaimWorld) -> list[Finding]:
    tables = world.tables
    keys = {*tables.claims, *tables.claims_not_there()}
    found = [f for key in keys for room in ROOMS for f in room.rules(ClaimCase(world, key, tables.claims.get(key)))]
    for volume in tables.volumes.values():
        found += [*claim_external.volume_rules(world, volume), *claim_heketi.volume_rules(world, volume)]
    for one in tables.classes.values():
        found += claim_gluster_class.class_rules(world, one)
    return found


@pytest.mark.parametrize("start", range(0, 400, 40))
def test_any_cluster_can_be_diagnosed(start: int) -> None:
    codes: set[str] = set()
    for seed in range(start, start + 40):
        for finding in _all(_world(seed)):
            codes.add(finding.code)
            assert finding.about is not None
            assert finding.sentence
            assert finding.cause
            assert finding.proof
            assert finding.remedies
            assert finding.subject == str(finding.about)
    assert len(codes) >= 4
