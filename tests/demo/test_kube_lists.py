"""Lists and watches of the simulated Kubernetes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.demo.kube_client import CLAIMS, MERGE, Client, client, follow, shape
from tui.demo.kube_objects import claim
from tui.demo.kube_resources import BY_PLURAL
from tui.demo.kube_server import SimKube
from tui.demo.kube_store import KubeStore


@pytest.fixture
async def kube() -> AsyncIterator[SimKube]:
    async with await SimKube(KubeStore(history=50)).start() as started:
        yield started


@pytest.fixture
async def web(kube: SimKube) -> AsyncIterator[Client]:
    async with client(kube) as one:
        yield one


def names(found: dict[str, object]) -> list[str]:
    items = found["items"]
    assert isinstance(items, list)
    return [item["metadata"]["name"] for item in items]


async def test_pages_show_what_was_there_at_the_first(kube: SimKube, web: Client) -> None:
    for number in range(7):
        kube.create(claim("default", f"c{number}", "1Gi", "x"))
    first = await web.get(CLAIMS, limit=3)
    assert names(first) == ["c0", "c1", "c2"]
    assert first["metadata"]["remainingItemCount"] == 4
    kube.store.delete(BY_PLURAL["persistentvolumeclaims"], "default", "c4")
    kube.create(claim("default", "c3b", "1Gi", "x"))
    token = first["metadata"]["continue"]
    second = await web.get(CLAIMS, limit=3, **{"continue": token})
    third = await web.get(CLAIMS, limit=3, **{"continue": second["metadata"]["continue"]})
    assert names(second) + names(third) == ["c3", "c4", "c5", "c6"]
    assert {page["metadata"]["resourceVersion"] for page in (first, second, third)} == {
        first["metadata"]["resourceVersion"]
    }
    # the same page again, as after a lost answer
    assert names(await web.get(CLAIMS, limit=3, **{"continue": token})) == names(second)
    assert "continue" not in third["metadata"]
    assert "kind" not in first["items"][0]


async def test_a_token_that_is_too_old_gives_another_one(kube: SimKube, web: Client) -> None:
    for number in range(4):
        kube.create(claim("default", f"c{number}", "1Gi", "x"))
    first = await web.get(CLAIMS, limit=2)
    kube.forget_history()
    code, status = await web.ask("GET", CLAIMS, limit=2, **{"continue": first["metadata"]["continue"]})
    assert (code, status["reason"]) == (410, "Expired")
    rest = await web.get(CLAIMS, **{"continue": status["metadata"]["continue"]})
    assert names(rest) == ["c2", "c3"]


async def test_a_list_from_the_cache_knows_no_pages(kube: SimKube, web: Client) -> None:
    for number in range(4):
        kube.create(claim("default", f"c{number}", "1Gi", "x"))
    assert len(names(await web.get(CLAIMS, limit=2, resourceVersion=0))) == 4


@pytest.mark.parametrize(
    ("labels", "found"),
    [("w=1", ["a"]), ("w!=1", ["b", "c"]), ("w in (1,2)", ["a", "b"]), ("w", ["a", "b"]), ("!w", ["c"]),
     ("w,v==x", ["b"]), ("w notin (2),w", ["a"]), ("w=", [])],
)  # fmt: skip
async def test_labels_select(kube: SimKube, web: Client, labels: str, found: list[str]) -> None:
    for name, given in (("a", {"w": "1"}), ("b", {"w": "2", "v": "x"}), ("c", {})):
        made = claim("default", name, "1Gi", "x")
        kube.create({**made, "metadata": {**made["metadata"], "labels": given}})
    assert names(await web.get(CLAIMS, labelSelector=labels)) == found


async def test_fields_select(kube: SimKube, web: Client) -> None:
    kube.controllers.world.event(kube.create(claim("default", "a", "1Gi", "x")), "Warning", "R", "one")
    kube.controllers.world.event(kube.create(claim("default", "b", "1Gi", "x")), "Normal", "R", "two")
    path = "/api/v1/events"
    warning = await web.get(path, fieldSelector="type=Warning,involvedObject.kind=PersistentVolumeClaim")
    assert [event["message"] for event in warning["items"]] == ["one"]
    assert len((await web.get(path, fieldSelector="involvedObject.name!=a"))["items"]) == 1
    assert names(await web.get("/api/v1/persistentvolumeclaims", fieldSelector="metadata.name=b")) == ["b"]


async def test_a_watch_goes_on_where_a_list_ended(kube: SimKube, web: Client) -> None:
    kube.create(claim("default", "a", "1Gi", "x"))
    version = (await web.get(CLAIMS))["metadata"]["resourceVersion"]
    await web.send("PATCH", f"{CLAIMS}/a", {"metadata": {"labels": {"w": "1"}}}, MERGE)
    # the same again changes nothing, and nobody hears of it
    await web.send("PATCH", f"{CLAIMS}/a", {"metadata": {"labels": {"w": "1"}}}, MERGE)
    deleted = await web.send("DELETE", f"{CLAIMS}/a")
    assert deleted["metadata"]["deletionGracePeriodSeconds"] == 0
    await web.send("PATCH", f"{CLAIMS}/a", {"metadata": {"finalizers": None}}, MERGE)
    lines = await web.watch(CLAIMS, 3, resourceVersion=version)
    assert shape(lines) == [("MODIFIED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]
    last = lines[-1]["object"]
    # the last line shows the object as it was stored, with the version of its end
    assert last["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]
    assert int(last["metadata"]["resourceVersion"]) > int(lines[1]["object"]["metadata"]["resourceVersion"])
    assert last["kind"] == "PersistentVolumeClaim"


async def test_what_leaves_a_selector_is_deleted_for_its_watch(kube: SimKube, web: Client) -> None:
    made = claim("default", "a", "1Gi", "x")
    kube.create({**made, "metadata": {**made["metadata"], "labels": {"w": "1"}}})
    watch = await follow(web, kube, CLAIMS, 3, labelSelector="w=1", resourceVersion=kube.store.version)
    for value in ("2", "1"):
        kube.patch("persistentvolumeclaims", "a", {"metadata": {"labels": {"w": value}}}, "default")
    kube.store.delete(BY_PLURAL["persistentvolumeclaims"], "default", "a")
    lines = await watch
    assert shape(lines) == [("DELETED", "a"), ("ADDED", "a"), ("DELETED", "a")]
    assert lines[0]["object"]["metadata"]["labels"] == {"w": "1"}


async def test_a_watch_of_a_namespace_or_an_object_hears_of_nothing_else(kube: SimKube, web: Client) -> None:
    kube.create_namespace("other")
    space = await follow(web, kube, CLAIMS, 2)
    one = await follow(web, kube, f"{CLAIMS}/b", 1)
    for namespace, name in (("other", "x"), ("default", "a"), ("default", "b")):
        kube.create(claim(namespace, name, "1Gi", "x"))
    assert shape(await space) == [("ADDED", "a"), ("ADDED", "b")]
    assert shape(await one) == [("ADDED", "b")]


async def test_a_watch_from_too_far_back_ends_with_one_line(kube: SimKube, web: Client) -> None:
    version = kube.store.version
    for number in range(60):
        kube.create(claim("default", f"c{number}", "1Gi", "x"))
    (line,) = await web.watch(CLAIMS, resourceVersion=version)
    assert (line["type"], line["object"]["code"]) == ("ERROR", 410)
    assert line["object"]["message"].startswith(f"too old resource version: {version} (")
    kube.forget_history()
    (line,) = await web.watch("/api/v1/events", resourceVersion=1)
    assert line["object"]["message"] == "The resourceVersion for the provided watch is too old."


async def test_a_watch_ends_in_its_time_and_marks_how_far_it_came(kube: SimKube, web: Client) -> None:
    kube.handler.bookmarks = 0.2
    query: dict[str, Any] = {"timeoutSeconds": 1, "allowWatchBookmarks": "true", "resourceVersion": kube.store.version}
    lines = await web.watch(CLAIMS, **query)
    assert lines
    empty: dict[str, Any] = {"spec": {"resources": {}}, "status": {}}
    meta = {"resourceVersion": str(kube.store.version), "creationTimestamp": None}
    head = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": meta}
    assert lines[0] == {"type": "BOOKMARK", "object": {**head, **empty}}
    assert await web.watch("/api/v1/events", **query) == []


async def test_a_watch_can_begin_with_all_objects_from_1_32_on() -> None:
    for version, code in (((1, 36), 200), ((1, 25), 422)):
        async with await SimKube().start(version) as kube, client(kube) as web:
            kube.create(claim("default", "a", "1Gi", "x"))
            query = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
            if code == 422:
                assert (await web.ask("GET", CLAIMS, None, watch=1, **query))[0] == 422
                continue
            lines = await web.watch(CLAIMS, 2, **query)
            assert shape(lines) == [("ADDED", "a"), ("BOOKMARK", "")]
            assert lines[1]["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
