"""Repairs of StorageClasses, Secrets and Endpoints on a simulated API server, and back again."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.site.kube_desk import Desk, open_desk
from tui.core.plan import Danger, Refused, describe
from tui.dialects.kube_write import DEFAULT_CLASS, MARK, endpoints, gluster_secret, service, storage_class
from tui.ops.events import Status
from tui.ops.export import as_text
from tui.ops.operation import Operation
from tui.plans.kube_asks import Needs

SLOW = storage_class(
    "slow", parameters={"resturl": "http://10.0.0.9:8080", "restuser": "admin", "restuserkey": "Gehe!m42"}
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        opened.sim.create(SLOW)
        opened.sim.create(storage_class("old", "example.com/nfs", default=True))
        yield opened


def get(desk: Desk, plural: str, name: str, namespace: str = "") -> dict[str, Any]:
    found = desk.sim.get(plural, name, namespace)
    assert found is not None
    return found


async def there_and_back(desk: Desk, repair: str, /, **values: str) -> dict[str, Any]:
    """Run a repair and take it back; what the server had in between."""
    before = desk.photo()
    outcome = await desk.run(await desk.fix(repair, **values))
    assert outcome.ok, outcome.reports
    between = desk.photo()
    assert between != before
    back = await desk.undo()
    assert back.ok, back.reports
    assert desk.photo() == before
    return between


async def test_a_class_like_another(desk: Desk) -> None:
    between = await there_and_back(desk, "create-class", name="slo", like="slow")
    made = between["storageclasses /slo"]
    assert made["parameters"] == SLOW["parameters"]
    assert MARK in made["metadata"]["annotations"]


async def test_what_it_shall_be_like_is_asked_for(desk: Desk) -> None:
    with pytest.raises(Needs) as needs:
        await desk.fix("create-class", name="slo")
    assert (needs.value.name, needs.value.choices) == ("like", ("old", "slow"))


async def test_exactly_one_default(desk: Desk) -> None:
    desk.sim.create(storage_class("other", "example.com/x", default=True))
    between = await there_and_back(desk, "set-default-class", name="slow")
    defaults = {key: (obj["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) for key, obj in between.items()
                if key.startswith("storageclasses")}  # fmt: skip
    assert defaults == {
        "storageclasses /old": "false",
        "storageclasses /other": "false",
        "storageclasses /slow": "true",
    }


async def test_the_only_default_stays(desk: Desk) -> None:
    with pytest.raises(Refused, match="only default already"):
        await desk.fix("set-default-class", name="old")


async def test_a_class_anew_with_other_values(desk: Desk) -> None:
    between = await there_and_back(
        desk, "recreate-class", name="slow", param__resturl="http://10.0.0.8:8080", param__RESTUSER="", reclaim="Retain"
    )
    made = between["storageclasses /slow"]
    assert made["parameters"] == {"resturl": "http://10.0.0.8:8080", "restuserkey": "Gehe!m42"}
    assert made["reclaimPolicy"] == "Retain"


async def test_a_class_with_these_values_already(desk: Desk) -> None:
    with pytest.raises(Refused, match="has these values already"):
        await desk.fix("recreate-class", name="slow", param__restuser="admin")


async def test_expansion(desk: Desk) -> None:
    between = await there_and_back(desk, "allow-expansion", name="slow")
    assert between["storageclasses /slow"]["allowVolumeExpansion"] is True


async def test_a_new_secret(desk: Desk) -> None:
    key = desk.vault.put("My Secret 4711")
    between = await there_and_back(desk, "create-secret", namespace="default", name="heketi", key=key)
    made = between["secrets default/heketi"]
    assert (made["type"], made["data"]) == ("kubernetes.io/glusterfs", {"key": "TXkgU2VjcmV0IDQ3MTE="})


async def test_the_key_of_a_secret_is_asked_for(desk: Desk) -> None:
    with pytest.raises(Needs) as needs:
        await desk.fix("create-secret", namespace="default", name="heketi")
    assert needs.value.secret


async def test_another_key_in_a_secret(desk: Desk) -> None:
    desk.sim.create({**gluster_secret("default", "heketi", "b2xkIGtleQ=="), "data": {"other": "b2xkIGtleQ=="}})
    between = await there_and_back(desk, "create-secret", namespace="default", name="heketi", key=desk.vault.put("new"))
    assert between["secrets default/heketi"]["data"] == {"key": "bmV3"}


async def test_a_secret_of_the_wrong_type_is_made_anew(desk: Desk) -> None:
    secret = gluster_secret("default", "heketi", "b2xkIGtleQ==")
    desk.sim.create({**secret, "type": "Opaque"})
    plan = await desk.fix("create-secret", namespace="default", name="heketi", key=desk.vault.put("new"))
    assert "type Opaque" in plan.warnings[0]
    between = await there_and_back(desk, "create-secret", namespace="default", name="heketi", key=desk.vault.put("new"))
    assert between["secrets default/heketi"]["type"] == "kubernetes.io/glusterfs"


async def test_no_secret_is_written_down(desk: Desk) -> None:
    desk.sim.create({**gluster_secret("default", "heketi", "b2xkIGtleQ=="), "type": "Opaque"})
    await there_and_back(
        desk, "create-secret", namespace="default", name="heketi", key=desk.vault.put("My Secret 4711")
    )
    await there_and_back(desk, "recreate-class", name="slow", param__resturl="http://10.0.0.8:8080")
    await desk.journal.close()
    written = desk.journal.path.read_bytes()
    for secret in (b"My Secret 4711", b"TXkgU2VjcmV0IDQ3MTE", b"old key", b"b2xkIGtleQ", b"Gehe!m42"):
        assert secret not in written
    assert b"restuserkey" in written


async def test_no_secret_is_shown(desk: Desk) -> None:
    plan = await desk.fix("recreate-class", name="slow", param__resturl="http://10.0.0.8:8080")
    operation = Operation(plan)
    shown = describe(plan)
    operation.subscribe(lambda: shown.extend(operation.live.values()))
    desk.made.append(operation)
    await desk.executor.execute(operation)
    assert "POST /apis/storage.k8s.io/v1/storageclasses: HTTP 201" in shown
    shown += [f"{report} {report.output}" for report in operation.reports.values()] + [as_text(desk.record())]
    assert not [text for text in shown if "Gehe!m42" in text]
    assert any("restuserkey" in text for text in shown)


async def test_endpoints_and_the_service_that_keeps_them(desk: Desk) -> None:
    between = await there_and_back(
        desk, "create-endpoints", namespace="default", name="gluster", gluster="vol1", addresses="10.0.0.1,10.0.0.2"
    )
    ips = [one["ip"] for one in between["endpoints default/gluster"]["subsets"][0]["addresses"]]
    assert ips == ["10.0.0.1", "10.0.0.2"]
    assert "selector" not in between["services default/gluster"]["spec"]


async def test_wrong_addresses_and_a_selector(desk: Desk) -> None:
    old = service("default", "gluster")
    desk.sim.create({**old, "spec": {**old["spec"], "selector": {"app": "gluster"}}})
    desk.sim.create(endpoints("default", "gluster", ["10.0.0.7"]))
    between = await there_and_back(
        desk, "correct-endpoints", namespace="default", name="gluster", gluster="vol1", addresses="10.0.0.1,10.0.0.2"
    )
    assert len(between["endpoints default/gluster"]["subsets"][0]["addresses"]) == 2
    assert "selector" not in between["services default/gluster"]["spec"]


async def test_right_addresses_are_left(desk: Desk) -> None:
    desk.sim.create(service("default", "gluster"))
    desk.sim.create(endpoints("default", "gluster", ["10.0.0.2", "10.0.0.1"]))
    with pytest.raises(Refused, match="right addresses already"):
        await desk.fix(
            "correct-endpoints", namespace="default", name="gluster", gluster="v", addresses="10.0.0.1,10.0.0.2"
        )


async def test_a_name_is_no_address(desk: Desk) -> None:
    with pytest.raises(Refused, match="IP addresses only"):
        await desk.fix("create-endpoints", namespace="default", name="g", gluster="v", addresses="gl.invalid")


async def test_what_others_made_meanwhile_is_not_taken_back(desk: Desk) -> None:
    assert (await desk.run(await desk.fix("create-class", name="slo", like="slow"))).ok
    desk.sim.patch("storageclasses", "slo", {"metadata": {"annotations": {MARK: "somebody else"}}})
    back = await desk.undo()
    assert [report.status for report in back.reports.values()] == [Status.PRESENT]
    assert get(desk, "storageclasses", "slo")["metadata"]["annotations"][MARK] == "somebody else"


async def test_plans_say_how_much_they_cost(desk: Desk) -> None:
    plan = await desk.fix("recreate-class", name="slow", param__resturl="http://10.0.0.8:8080")
    assert plan.danger is Danger.CHANGES
    assert all(step.undo or step.no_undo for step in plan.steps)
