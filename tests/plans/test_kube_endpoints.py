"""Endpoints of Gluster volumes: addresses only, in any order, and kept alive by a Service without selector."""

from typing import Any

import pytest

from tests.plans.factory import answer
from tui.core.plan import Refused
from tui.dialects.kube_request import dumps
from tui.dialects.kube_write import endpoints, service
from tui.plans.kube_endpoints import addresses_of, check_addresses, plan_endpoints


def alive(manifest: dict[str, Any]) -> dict[str, Any]:
    return {**manifest, "metadata": {**manifest["metadata"], "uid": "u-1"}}


def test_both_are_made_and_the_service_first() -> None:
    plan = plan_endpoints("ns", "gluster", "vol1", ["10.0.0.1", "10.0.0.1", "fd00::2"], (None, None), "t0ken")
    assert [step.title.split()[1] for step in plan.steps] == ["Service", "Endpoints"]
    assert plan.steps[1].needs == (plan.steps[0].id,)
    assert '"addresses":[{"ip":"10.0.0.1"},{"ip":"fd00::2"}]' in plan.steps[1].commands[0].stdin
    assert plan.warnings == ()


def test_from_1_33_on_it_says_that_they_are_deprecated() -> None:
    plan = plan_endpoints("ns", "gluster", "vol1", ["10.0.0.1"], (None, None), "t0ken", (1, 33))
    assert "deprecated since Kubernetes 1.33" in plan.warnings[0]


def test_the_order_of_the_addresses_does_not_matter() -> None:
    old = alive(endpoints("ns", "gluster", ["10.0.0.9"]))
    plan = plan_endpoints(
        "ns", "gluster", "vol1", ["10.0.0.1", "10.0.0.2"], (alive(service("ns", "gluster")), old), "t"
    )
    (step,) = plan.steps
    assert step.done is not None
    for order in (["10.0.0.1", "10.0.0.2"], ["10.0.0.2", "10.0.0.1"]):
        text = dumps(alive(endpoints("ns", "gluster", order)))
        assert step.done.passes(answer(step.done.command, text, 200))
    for wrong in (["10.0.0.1"], ["10.0.0.1", "10.0.0.2", "10.0.0.9"], ["10.0.0.1", "10.0.0.22"]):
        text = dumps(alive(endpoints("ns", "gluster", wrong)))
        assert not step.done.passes(answer(step.done.command, text, 200))


def test_endpoints_of_another_life_are_left() -> None:
    old = alive(endpoints("ns", "gluster", ["10.0.0.9"]))
    (step,) = plan_endpoints("ns", "gluster", "v", ["10.0.0.1"], (alive(service("ns", "gluster")), old), "t").steps
    other = {**old, "metadata": {**old["metadata"], "uid": "u-2"}}
    (guard,) = step.guards
    assert guard.passes(answer(guard.command, dumps(old), 200))
    assert not guard.passes(answer(guard.command, dumps(other), 200))


@pytest.mark.parametrize(
    ("given", "words"), [([], "is not known"), (["gl1.example.com", "10.0.0.1"], "served by gl1.example.com")]
)
def test_what_is_no_address(given: list[str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        check_addresses(given, "vol1")


def test_addresses_that_are_not_ready_do_not_count() -> None:
    raw = {"subsets": [{"addresses": [{"ip": "b"}, {"ip": "a"}], "notReadyAddresses": [{"ip": "c"}]}, {}]}
    assert addresses_of(raw) == ["a", "b"]
    assert addresses_of({}) == []
