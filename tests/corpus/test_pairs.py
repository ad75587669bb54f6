"""Two faults of one claim at once: both are found, whichever they are."""

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any, Final

import pytest

from tests.corpus import raw
from tests.corpus.build import GLUSTERFS, Cluster
from tui.checks.claims import diagnose

Told = dict[str, Any]
Fault = Callable[[Told, Told], object]
"""Changes what is told of the claim and of its volume."""
Change = Callable[[Cluster, Told], object]
"""Changes the cluster, and what is told of the claim."""


def _stale(_claim: Told, volume: Told) -> None:
    volume |= {"ref": ("default", "db", "an-older-life"), "phase": "Released"}


STATIC: Final[Mapping[str, Fault]] = {
    "B8": _stale,
    "B10": lambda claim, _: claim.update(mode="Block"),
    "B11": lambda claim, _: claim.update(size="5Gi"),
    "B12": lambda claim, _: claim.update(modes=("ReadWriteMany",)),
    "B14": lambda claim, _: claim.update(selector={"matchLabels": {"tier": "gold"}}),
    "B17": lambda _, volume: volume.update(deleted=900.0),
    "B22": lambda claim, _: claim.update(attributes="fast"),
    "B3": lambda claim, _: claim.update(cls="slow", legacy=""),
    "B20": lambda claim, _: claim.update(of_set=True),
}
"""Faults between a claim without a class and the one volume that could be meant."""
TOGETHER: Final = [pair for pair in combinations(STATIC, 2) if pair != ("B8", "B14")]
"""Labels of a volume that names the claim are never compared: neither now nor when its old uid is cleared."""


@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_two_reasons_why_a_volume_is_not_bound(one: str, other: str) -> None:
    claim: Told = {"cls": ""}
    volume: Told = {}
    for code in (one, other):
        STATIC[code](claim, volume)
    cluster = Cluster(1, 31)
    name, template = "db", raw.claim("data", size="90Gi")
    if claim.pop("of_set", False):
        name = "data-db-0"
        cluster.stateful_set("db", template)
    if "ref" in volume:
        volume["ref"] = ("default", name, "an-older-life")
    cluster.claim(name, **claim).volume("v1", **volume)
    codes = {finding.code for finding in diagnose(cluster.case(name))}
    assert {one, other} <= codes


def _of_set(cluster: Cluster, _told: Told) -> None:
    cluster.stateful_set("db", raw.claim("data", size="90Gi"))


def _affinity(cluster: Cluster, told: Told) -> None:
    cluster.node("n2")
    told["pv"]["on_nodes"] = ["n1"]


def _two_pods(cluster: Cluster, told: Told) -> None:
    told["modes"] = ("ReadWriteOncePod",)
    cluster.pod("one", "data-db-0", node="n1", phase="Running").pod("two", "data-db-0", why="ReadWriteOncePod")


BOUND: Final[Mapping[str, Change]] = {
    "B16": lambda _, told: told["pv"].update(phase="Failed", status={"message": "no"}),
    "B17": lambda _, told: told["pv"].update(deleted=900.0),
    "B20": _of_set,
    "C7": _affinity,
    "C9": _two_pods,
    "A10": lambda cluster, _: (
        cluster.event(
            "PersistentVolumeClaim default/data-db-0",
            "ResizeFailed",
            "Only bound persistent volume claims can be expanded",
        )
        and None
    ),
    "B9": lambda _, told: told["pv"].update(ref=("default", "another", "its-life")),
}
"""Faults of a claim that was bound once."""


@pytest.mark.parametrize(("one", "other"), list(combinations(BOUND, 2)))
def test_two_faults_of_a_bound_claim(one: str, other: str) -> None:
    cluster = Cluster(1, 30)
    told: Told = {"pv": {"source": {"local": {"path": "/mnt/disk"}}}}
    for code in (one, other):
        BOUND[code](cluster, told)
    cluster.bound("data-db-0", **told)
    codes = {finding.code for finding in diagnose(cluster.case("data-db-0"))}
    assert {one, other} <= codes


DYNAMIC: Final[Mapping[str, Change]] = {
    "B3": lambda _, told: told.update(legacy="old", cls="new"),
    "B8": lambda cluster, _: cluster.volume("v1", ref=("default", "data-db-0", "before"), phase="Released"),
    "B13": lambda _, told: told.update(selector={"matchLabels": {"tier": "gold"}}),
    "B20": _of_set,
    "A7": lambda cluster, _: cluster.event(
        "PersistentVolumeClaim default/data-db-0", "UpdateFailed", "spec is immutable after creation except resources"
    ),
    "D2": lambda cluster, _: cluster.storage_class("old", GLUSTERFS).storage_class("new", GLUSTERFS),
}  # fmt: skip
"""Faults of a claim that waits for the provisioner of its class."""


@pytest.mark.parametrize(("one", "other"), list(combinations(DYNAMIC, 2)))
def test_two_faults_of_a_claim_that_waits_for_its_provisioner(one: str, other: str) -> None:
    cluster = Cluster(1, 25)
    told: Told = {"cls": "old"}
    for name in ("old", "new"):
        cluster.storage_class(name, GLUSTERFS, parameters={"resturl": "http://10.0.0.9:8080"})
    for code in (one, other):
        DYNAMIC[code](cluster, told)
    cluster.claim("data-db-0", **told)
    codes = {finding.code for finding in diagnose(cluster.case("data-db-0"))}
    assert {one, other} <= codes
