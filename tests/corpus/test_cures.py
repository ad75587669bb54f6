"""The remedies of the diagnosis, run as plans on a simulated Kubernetes: the finding is gone afterwards."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.corpus import cases_a, cases_b, cases_c
from tests.corpus.build import Cluster, key_of
from tests.corpus.case import Case
from tests.site.kube_desk import Desk, open_desk
from tui.checks.claim_case import ClaimCase, ClaimWorld
from tui.checks.claims import diagnose
from tui.core.finding import Finding, Fix
from tui.core.kube import KINDS, KubeObject
from tui.core.kube_tables import KubeTables
from tui.core.plan import Refused
from tui.demo.kube_resources import BY_PLURAL
from tui.dialects.kube import parse
from tui.plans.kube_asks import Needs, answered

_ANSWERS = {"gluster": "vol1", "addresses": "10.0.0.1", "like": "another"}
_ANOTHER = {"kind": "StorageClass", "apiVersion": "storage.k8s.io/v1", "metadata": {"name": "another"}}
_BY_THEMSELVES = frozenset(("finish-deletion",))
"""Repairs that need a decision of the admin's first; they are tested with it elsewhere."""


def _curable() -> list[tuple[Case, int]]:
    """Each remedy with a repair of each situation, by its number in the first finding."""
    found = []
    for case in (*cases_a.cases.all, *cases_b.cases.all, *cases_c.cases.all):
        asked = case.build().case(case.claim)
        if any(part.state == "denied" for part in asked.world.tables.parts.values()):
            continue
        first = diagnose(asked)[0]
        for number, remedy in enumerate(first.remedies):
            if remedy.fix is not None and remedy.fix.name not in _BY_THEMSELVES:
                found.append((case, number))
    return found


CURABLE = _curable()


def _put(desk: Desk, cluster: Cluster) -> None:
    """The objects of a situation, past all admission."""
    for namespace in sorted({key[0] for objects in cluster.objects.values() for key in objects if key[0]}):
        desk.sim.create_namespace(namespace)
    for plural, objects in cluster.objects.items():
        for obj in objects.values():
            if plural not in ("namespaces", "events"):
                resource = BY_PLURAL[plural]
                desk.sim.store.put({"kind": resource.kind, "apiVersion": resource.api_version} | obj)


def _diagnosed(desk: Desk, claim: str) -> tuple[Finding, ...]:
    """What is wrong with a claim by what is in the server now."""
    tables = KubeTables()
    tables.set_version(desk.sim.version)
    for kind in (*KINDS, "csidrivers"):
        tables.replace(kind, [one for obj in desk.sim.list(kind) if isinstance(one := parse(kind, obj), KubeObject)])
    world, key = ClaimWorld(tables, desk.sim.store.clock() + 3600.0), key_of(claim)
    return diagnose(ClaimCase(world, key, tables.claims.get(key)))


@pytest.fixture
async def desk(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, version=request.param) as opened:
        yield opened


async def _planned(desk: Desk, fix: Fix) -> None:
    """Make the plan of a repair, with an answer to whatever it asks, and run it."""
    for _ in range(4):
        try:
            plan = await desk.fix_plan(fix)
        except Needs as asked:
            if asked.name == "like":
                desk.sim.store.put(_ANOTHER | {"provisioner": "org.example/x"})
            fix = answered(fix, asked.name, _ANSWERS[asked.name])
            continue
        plan.check_order()
        outcome = await desk.run(plan)
        assert outcome.ok, outcome.reports
        return
    pytest.fail("it asks without end")


@pytest.mark.parametrize(
    ("desk", "case", "number"),
    [pytest.param(case.build().version, case, number, id=f"{case}-{number}") for case, number in CURABLE],
    indirect=["desk"],
)
async def test_a_remedy_takes_its_finding_away(desk: Desk, case: Case, number: int) -> None:
    _put(desk, case.build())
    before = _diagnosed(desk, case.claim)
    assert before[0].code == case.first
    fix = before[0].remedies[number].fix
    assert fix is not None
    desk.sim.controllers.start()
    if desk.sim.version >= (1, 26) and fix.name == "create-volume":
        with pytest.raises(Refused, match=r"1\.26"):
            await _planned(desk, fix)
        return
    async with asyncio.timeout(20):
        await _planned(desk, fix)
        await desk.sim.controllers.settle()
        desk.sim.controllers.resync()
        await desk.sim.controllers.settle()
    after = _diagnosed(desk, case.claim)
    assert case.first not in [one.code for one in after], [(one.code, one.sentence) for one in after]


@pytest.mark.parametrize("desk", [(1, 30)], indirect=True)
async def test_a_claim_moves_from_the_removed_driver_to_kadalu_without_its_data_being_touched(desk: Desk) -> None:
    driver = {"metadata": {"name": "kadalu"}, "spec": {"attachRequired": False}}
    _put(desk, Cluster(1, 30).bound("db", cls="slow", pv={"policy": "Delete"}).add("csidrivers", driver))
    desk.sim.controllers.start()
    codes = []
    for wanted in ("recreate-claim", "create-volume"):
        finding = _diagnosed(desk, "db")[0]
        codes.append(finding.code)
        await _planned(desk, next(one.fix for one in finding.remedies if one.fix and one.fix.name == wanted))
        await desk.sim.controllers.settle()
    assert codes == ["F1", "B6"]
    claim, volume = desk.sim.get("persistentvolumeclaims", "db", "default"), desk.sim.get("persistentvolumes", "pv-db")
    assert claim is not None
    assert (claim["status"]["phase"], claim["spec"]["volumeName"]) == ("Bound", "pv-db-kadalu")
    made = desk.sim.get("persistentvolumes", "pv-db-kadalu")
    assert made is not None
    assert made["spec"]["csi"]["volumeAttributes"]["gvolname"] == "vol_pv-db"
    assert volume is not None
    assert (volume["status"]["phase"], volume["spec"]["persistentVolumeReclaimPolicy"]) == ("Released", "Retain")
    assert _diagnosed(desk, "db") == ()


def test_there_are_remedies_for_most_of_what_is_found() -> None:
    assert len({case.first for case, _ in CURABLE}) >= 18
    assert len(CURABLE) >= 60
