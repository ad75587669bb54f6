"""A broken object reads as far as it is whole, and never ends in an exception."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.dialects.kube_answers import raw, recorded
from tui.core.kube import KINDS, MORE_KINDS
from tui.core.kube_tables import KubeTables
from tui.dialects.kube import identify, parse

JUNK: tuple[Any, ...] = (None, 1, 10**18, -1, 1.5, True, "", "x", [], {}, [1], [None, {}], {"a": 1}, {"a": {"b": []}})

NOWHERE = ("metadata", "managedFields")


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path == NOWHERE:
        return
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for place, item in entries:
        yield from _paths(item, (*path, place))


def _made_up() -> list[tuple[str, dict[str, Any]]]:
    """Objects of the kinds that were not recorded."""
    template = {"metadata": {"name": "d"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}
    bodies: dict[str, dict[str, Any]] = {
        "statefulsets": {"spec": {"replicas": 2, "ordinals": {"start": 1}, "volumeClaimTemplates": [template]}},
        "nodes": {"spec": {"taints": [{"key": "k"}]}, "status": {"addresses": [{"type": "t"}], "conditions": [{}]}},
        "secrets": {"type": "t", "data": {"key": "v"}},
        "services": {"spec": {"selector": {"a": "b"}, "ports": [{"port": 1}]}},
        "endpointslices": {"endpoints": [{"addresses": ["1"], "conditions": {"ready": True}}], "ports": [{"port": 1}]},
        "resourcequotas": {"spec": {"hard": {"requests.storage": "1"}}, "status": {"used": {"requests.storage": "0"}}},
        "limitranges": {"spec": {"limits": [{"type": "PersistentVolumeClaim", "min": {"storage": "1"}}]}},
        "pods": {"spec": {"containers": [{"image": "gluster", "env": [{"name": "P"}], "args": ["-provisioner"]}]}},
    }
    bodies["namespaces"] = {"status": {"phase": "Active", "conditions": [{"type": "t", "status": "True"}]}}
    bodies["csidrivers"] = {"spec": {"attachRequired": False}}
    bodies["leases"] = {
        "spec": {"holderIdentity": "h", "leaseDurationSeconds": 15, "renewTime": "2026-11-22T20:00:00Z"}
    }
    return [(kind, {"metadata": {"name": "x", "namespace": "n"}, **body}) for kind, body in bodies.items()]


def test_any_field_may_be_anything() -> None:
    luck, objects, tables = random.Random(7), recorded() + _made_up(), KubeTables()
    assert {kind for kind, _ in objects} == {*KINDS, *MORE_KINDS}
    for _ in range(4000):
        kind, whole = luck.choice(objects)
        broken = copy.deepcopy(whole)
        *way, last = luck.choice(list(_paths(broken)))
        place: Any = broken
        for step in way:
            place = place[step]
        place[last] = luck.choice(JUNK)
        found = parse(kind, broken)
        if found is not None:
            tables.put(kind, found)
    tables.take_touched()
    assert len(tables.claims) > 5


@pytest.mark.parametrize("kind", [*KINDS, *MORE_KINDS])
@pytest.mark.parametrize("nothing", [{}, {"metadata": None}, {"metadata": {"name": ""}}, {"metadata": {"name": 5}}, []])
def test_what_has_no_name_is_nothing(kind: str, nothing: Any) -> None:
    assert parse(kind, nothing) is None
    assert identify(nothing) is None


def test_an_unknown_kind_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        parse("widgets", {"metadata": {"name": "x"}})


def test_what_managers_wrote_is_not_held() -> None:
    assert "managedFields" in raw("pvc-h5")["metadata"]
    assert "kube-controller-manager" not in repr(parse("persistentvolumeclaims", raw("pvc-h5")))
