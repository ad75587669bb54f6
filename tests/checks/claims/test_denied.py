"""What may not be read is never called missing: without a kind nothing is found that was not there with it."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

from tests.checks.claims.rooms import codes
from tests.core.site_facts import entry, facts, site
from tests.corpus import cases_d, cases_d_heketi, cases_e, cases_f, cases_h
from tests.corpus.build import NOW, Cluster
from tests.corpus.case import Case
from tui.checks import claim_mount
from tui.checks.claim_case import ClaimCase
from tui.checks.claims import diagnose
from tui.core.kube import KINDS, MORE_KINDS
from tui.core.kube_tables import PartState
from tui.core.model import Freshness

VAGUE = ("D11", "E2", "F1")
"""What stands for a more exact finding that can not be made without the kind."""


def _cases() -> Iterator[Case]:
    return chain.from_iterable(one.cases.all for one in (cases_d, cases_d_heketi, cases_e, cases_f, cases_h))


@pytest.mark.parametrize("kind", [kind for kind in (*KINDS, *MORE_KINDS) if kind != "persistentvolumeclaims"])
def test_a_kind_that_is_denied_or_not_read_yet_adds_no_finding(kind: str) -> None:
    count = 0
    for case in _cases():
        whole = set(codes(case.build(), case.claim))
        denied = case.build().deny(kind)
        unread = case.build().unlisted(kind)
        unread.objects[kind] = {}
        for cluster in (denied, unread):
            assert set(codes(cluster, case.claim)) - whole <= set(VAGUE), f"{case} without {kind}"
            count += 1
    assert count > 300


def test_a_claim_that_may_wait_for_its_first_pod_is_given_no_guess() -> None:
    """heketi answers well; that a storage node is down is a guess at why, for a claim that nobody asked heketi for."""
    away = entry(3, facts(3), freshness=Freshness.UNREACHABLE, reason="no answer for 10 s")

    def seen(**told: Any) -> Cluster:
        cluster = Cluster(1, 25).storage_class("slow", waits=True, parameters={"resturl": cases_d.URL})
        cluster.claim("db", cls="slow", size="10Gi", **told)
        return cluster.heketi("slow", cases_d_heketi.probe()).gluster(site({3: away}))

    assert [one.code for one in diagnose(seen().case("db"))] == ["C2"]
    assert diagnose(seen().deny("pods").case("db")) == ()
    assert diagnose(seen().unlisted("pods").case("db")) == ()
    chosen = seen(annotations={"volume.kubernetes.io/selected-node": "w1"}).node("w1")
    assert [one.code for one in diagnose(chosen.deny("pods").case("db"))] == ["D34"]
    assert [one.code for one in diagnose(seen().pod("web", "db").case("db"))] == ["D34", "C3"]


def test_a_deletion_that_began_just_now_is_no_fault_where_pods_cannot_be_read() -> None:
    def going(seconds: float) -> list[str]:
        cluster = Cluster().bound("db", deleted=seconds).endpoints("glusterfs-cluster", "10.0.0.1").deny("pods")
        return [one.code for one in diagnose(cluster.case("db"))]

    assert going(5.0) == []
    assert going(600.0) == ["B18"]


def test_rights_in_one_namespace_reach_as_far_as_that() -> None:
    world = Cluster().bound("db").storage_class("s", parameters={"resturl": "http://h.other.svc:1"}).world()
    case = ClaimCase(world, ("default", "db"), world.tables.claims["default", "db"])
    for kind in ("endpoints", "services"):
        world.tables.set_part(kind, PartState("live", NOW, only="default"))
    assert [finding.code for finding in claim_mount.rules(case)] == ["F2"]
    for kind in ("endpoints", "services"):
        world.tables.set_part(kind, PartState("live", NOW, only="elsewhere"))
    assert list(claim_mount.rules(case)) == []
