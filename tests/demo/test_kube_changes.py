"""Changes through the API of the simulated Kubernetes: patches, deletions, admission, what can't be changed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.demo.kube_client import CLAIMS, MERGE, Client, client
from tui.demo.kube_objects import claim, default_class, quota, secret, storage_class, volume
from tui.demo.kube_resources import BY_PLURAL
from tui.demo.kube_server import SimKube

Obj = dict[str, Any]
STRATEGIC, JSON = "application/strategic-merge-patch+json", "application/json-patch+json"
VOLUMES, CLASSES = "/api/v1/persistentvolumes", "/apis/storage.k8s.io/v1/storageclasses"


@pytest.fixture
async def kube() -> AsyncIterator[SimKube]:
    async with await SimKube().start() as started:
        yield started


@pytest.fixture
async def web(kube: SimKube) -> AsyncIterator[Client]:
    async with client(kube) as one:
        yield one


async def refused(
    web: Client, method: str, path: str, body: object, kind: str = MERGE, **query: Any
) -> tuple[int, str]:
    """The code and the message of a refusal."""
    code, found = await web.ask(method, path, body, kind, **query)
    assert found["status"] == "Failure", found
    return code, found["message"]


async def test_a_strategic_patch_merges_lists_by_their_keys(web: Client) -> None:
    await web.send("POST", CLAIMS, claim("default", "a", "1Gi", "x"))
    found = await web.send("PATCH", f"{CLAIMS}/a", {"metadata": {"finalizers": ["example.com/x"]}}, STRATEGIC)
    assert found["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection", "example.com/x"]
    gone = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/x"]}}
    found = await web.send("PATCH", f"{CLAIMS}/a", gone, STRATEGIC)
    assert found["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]


async def test_json_patches(web: Client) -> None:
    await web.send("POST", CLAIMS, claim("default", "a", "1Gi", "x"))
    steps = [
        {"op": "test", "path": "/spec/storageClassName", "value": "x"},
        {"op": "add", "path": "/metadata/labels", "value": {"a/b": "1"}},
        {"op": "replace", "path": "/metadata/labels/a~1b", "value": "2"},
        {"op": "copy", "from": "/metadata/labels/a~1b", "path": "/metadata/labels/c"},
        {"op": "remove", "path": "/metadata/finalizers/0"},
        {"op": "add", "path": "/metadata/finalizers/-", "value": "example.com/x"},
    ]
    found = await web.send("PATCH", f"{CLAIMS}/a", steps, JSON)
    assert found["metadata"]["labels"] == {"a/b": "2", "c": "2"}
    assert found["metadata"]["finalizers"] == ["example.com/x"]


async def test_applying_takes_back_what_is_not_applied_any_more(web: Client) -> None:
    kind = "application/apply-patch+yaml"
    head: Obj = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
    body: Obj = {
        **head,
        "metadata": {"labels": {"a": "1", "b": "1"}},
        "spec": claim("default", "s", "1Gi", "x")["spec"],
    }
    assert (await web.ask("PATCH", f"{CLAIMS}/s", body, kind, fieldManager="m1"))[0] == 201
    body["metadata"] = {"labels": {"a": "2"}}
    found = await web.send("PATCH", f"{CLAIMS}/s", body, kind, fieldManager="m1")
    assert found["metadata"]["labels"] == {"a": "2"}
    other = {**head, "metadata": {"labels": {"a": "3"}}}
    assert (await refused(web, "PATCH", f"{CLAIMS}/s", other, kind, fieldManager="m2"))[0] == 409
    found = await web.send("PATCH", f"{CLAIMS}/s", other, kind, fieldManager="m2", force="true")
    assert found["metadata"]["labels"] == {"a": "3"}


async def test_status_is_changed_through_its_own_address_alone(kube: SimKube, web: Client) -> None:
    await web.send("POST", CLAIMS, claim("default", "a", "1Gi", "x"))
    body = {"status": {"phase": "Bound"}, "metadata": {"labels": {"x": "1"}}}
    found = await web.send("PATCH", f"{CLAIMS}/a", body, MERGE)
    assert (found["status"], found["metadata"]["labels"]) == ({"phase": "Pending"}, {"x": "1"})
    body = {"status": {"phase": "Bound"}, "spec": {"volumeName": "v"}}
    found = await web.send("PATCH", f"{CLAIMS}/a/status", body, MERGE)
    assert found["status"]["phase"] == "Bound"
    assert "volumeName" not in found["spec"]


async def test_dry_runs_change_nothing(kube: SimKube, web: Client) -> None:
    before = kube.store.version
    made = await web.send("POST", CLAIMS, claim("default", "a", "1Gi", "x"), dryRun="All")
    assert "resourceVersion" not in made["metadata"]
    assert made["metadata"]["uid"]
    kube.create(claim("default", "b", "1Gi", "x"))
    await web.send("PATCH", f"{CLAIMS}/b", {"metadata": {"labels": {"x": "1"}}}, MERGE, dryRun="All")
    await web.send("DELETE", f"{CLAIMS}/b", {"dryRun": ["All"]})
    assert kube.store.version == before + 1
    assert kube.get("persistentvolumeclaims", "a", "default") is None


async def test_deleting_waits_for_finalizers_and_cannot_be_taken_back(kube: SimKube, web: Client) -> None:
    await web.send("POST", CLAIMS, claim("default", "a", "1Gi", "x"))
    found = await web.send("DELETE", f"{CLAIMS}/a")
    when = found["metadata"]["deletionTimestamp"]
    found = await web.send("PATCH", f"{CLAIMS}/a", {"metadata": {"deletionTimestamp": None}}, MERGE)
    assert found["metadata"]["deletionTimestamp"] == when
    await web.send("PATCH", f"{CLAIMS}/a", {"metadata": {"finalizers": []}}, MERGE)
    assert (await web.ask("GET", f"{CLAIMS}/a"))[0] == 404


async def test_a_collection_is_deleted_by_its_labels(kube: SimKube, web: Client) -> None:
    path = "/api/v1/namespaces/default/secrets"
    for name, labels in (("a", {"x": "1"}), ("b", {})):
        made = secret("default", name, "k")
        kube.create({**made, "metadata": {**made["metadata"], "labels": labels}})
    found = await web.send("DELETE", path, labelSelector="x=1")
    assert [item["metadata"]["name"] for item in found["items"]] == ["a"]
    assert [item["metadata"]["name"] for item in (await web.get(path))["items"]] == ["b"]


async def test_names_are_generated(web: Client) -> None:
    body = claim("default", "", "1Gi", "x")
    body["metadata"] = {"generateName": "test-"}
    found = await web.send("POST", CLAIMS, body)
    name = found["metadata"]["name"]
    assert name.startswith("test-")
    assert len(name) == 10


async def test_what_cannot_be_changed(kube: SimKube, web: Client) -> None:
    kube.create(storage_class("fast", {"resturl": "http://x"}))
    kube.create(volume("v", "vol", "10Gi", "fast"))
    kube.create(claim("default", "a", "1Gi", "fast"))
    kube.create(secret("default", "s", "k"))
    fixed = "{0}: Forbidden: updates to {0} are forbidden."
    begins = [
        (f"{CLASSES}/fast", {"parameters": {"resturl": "http://y"}}, fixed.format("parameters")),
        (f"{CLASSES}/fast", {"provisioner": "y"}, fixed.format("provisioner")),
        (f"{CLASSES}/fast", {"reclaimPolicy": "Retain"}, fixed.format("reclaimPolicy")),
        (f"{CLASSES}/fast", {"volumeBindingMode": "WaitForFirstConsumer"}, "volumeBindingMode: Invalid value: "),
        (f"{VOLUMES}/v", {"spec": {"glusterfs": {"path": "y"}}}, "spec.persistentvolumesource: Forbidden: "
         "spec.persistentvolumesource is immutable after creation\n"),
        (f"{VOLUMES}/v", {"spec": {"volumeMode": "Block"}}, "spec.volumeMode: Invalid value: "),
        (f"{CLAIMS}/a", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}, "spec: Forbidden: spec is immutable "
         "after creation except resources.requests for bound claims\n"),
        ("/api/v1/namespaces/default/secrets/s", {"type": "Opaque"}, "type: Invalid value: "),
    ]  # fmt: skip
    for path, body, text in begins:
        code, message = await refused(web, "PATCH", path, body)
        assert code == 422
        assert message.partition(" is invalid: ")[2].startswith(text)


async def test_what_can_be_changed(kube: SimKube, web: Client) -> None:
    kube.create(storage_class("fast", {"resturl": "http://x"}))
    kube.create(volume("v", "vol", "10Gi", "fast"))
    assert (await web.send("PATCH", f"{CLASSES}/fast", {"allowVolumeExpansion": True}, MERGE))["allowVolumeExpansion"]
    spec = {
        "capacity": {"storage": "20Gi"},
        "accessModes": ["ReadWriteOnce"],
        "persistentVolumeReclaimPolicy": "Delete",
    }
    found = await web.send("PATCH", f"{VOLUMES}/v", {"spec": {**spec, "storageClassName": "slow"}}, MERGE)
    assert found["spec"]["storageClassName"] == "slow"
    assert found["spec"]["capacity"] == {"storage": "20Gi"}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"glusterfs": {"path": "p"}}, "spec.glusterfs.endpoints: Required value"),
        ({"glusterfs": {"endpoints": "e", "path": "p", "endpointsNamespace": ""}}, 'spec.glusterfs.endpointsNamespace: '
         'Invalid value: "": if the endpointnamespace is set, it must be a valid namespace name'),
        ({"glusterfs": None}, "spec: Required value: must specify a volume type"),
        ({"capacity": None}, "spec.capacity: Required value"),
        ({"accessModes": ["RWX"]}, 'spec.accessModes: Unsupported value: "RWX": supported values: '
         '"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce"'),
        ({"persistentVolumeReclaimPolicy": "Keep"}, 'spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": '
         'supported values: "Delete", "Recycle", "Retain"'),
    ],
)  # fmt: skip
async def test_volumes_that_are_not_valid(web: Client, change: Obj, text: str) -> None:
    made = volume("v", "vol", "10Gi")
    spec = {name: value for name, value in {**made["spec"], **change}.items() if value is not None}
    code, found = await web.ask("POST", VOLUMES, {**made, "spec": spec})
    assert (code, found["message"]) == (422, f'PersistentVolume "v" is invalid: {text}')


async def test_quotas_and_limits_refuse_claims(kube: SimKube, web: Client) -> None:
    kube.create(quota("default", "q", requests_storage="2Gi", persistentvolumeclaims="2"))
    item = {"type": "PersistentVolumeClaim", "max": {"storage": "1536Mi"}, "min": {"storage": "100Mi"}}
    kube.create({"kind": "LimitRange", "metadata": {"name": "l", "namespace": "default"}, "spec": {"limits": [item]}})
    await web.send("POST", CLAIMS, claim("default", "a", "1Gi", "x"))
    texts = {
        "1200Mi": "exceeded quota: q, requested: requests.storage=1200Mi, used: requests.storage=1Gi, limited: "
        "requests.storage=2Gi",
        "2Gi": "maximum storage usage per PersistentVolumeClaim is 1536Mi, but request is 2Gi",
        "10Mi": "minimum storage usage per PersistentVolumeClaim is 100Mi, but request is 10Mi",
    }
    for size, text in texts.items():
        code, found = await web.ask("POST", CLAIMS, claim("default", "b", size, "x"))
        assert (code, found["message"]) == (403, f'persistentvolumeclaims "b" is forbidden: {text}')
    await web.send("POST", CLAIMS, claim("default", "b", "500Mi", "x"))
    code, found = await web.ask("POST", CLAIMS, claim("default", "c", "200Mi", "x"))
    assert (
        "persistentvolumeclaims=1, used: persistentvolumeclaims=2, limited: persistentvolumeclaims=2"
        in found["message"]
    )


async def test_nothing_is_made_in_a_namespace_that_goes(kube: SimKube, web: Client) -> None:
    kube.create_namespace("going")
    kube.create(claim("going", "a", "1Gi", "x"))
    await web.send("DELETE", "/api/v1/namespaces/going")
    path = "/api/v1/namespaces/going/persistentvolumeclaims"
    code, found = await web.ask("POST", path, claim("going", "b", "1Gi", "x"))
    text = "unable to create new content in namespace going because it is being terminated"
    assert (code, found["message"]) == (403, f'persistentvolumeclaims "b" is forbidden: {text}')


async def test_the_newest_of_two_default_classes_wins_from_1_26_on() -> None:
    async with await SimKube().start((1, 30)) as kube:
        for name, when in (("old", 1000.0), ("new", 2000.0)):
            kube.store.clock = lambda when=when: when  # type: ignore[misc]
            kube.create(default_class(storage_class(name, {"resturl": "http://x"})))
        made = kube.create(claim("default", "a", "1Gi"))
        assert made["spec"]["storageClassName"] == "new"


async def test_preconditions_hold_for_one_life_of_an_object(kube: SimKube, web: Client) -> None:
    made = kube.create(secret("default", "s", "k"))
    path = "/api/v1/namespaces/default/secrets/s"
    uid, version = made["metadata"]["uid"], made["metadata"]["resourceVersion"]
    kube.store.update(kube.store.all(BY_PLURAL["secrets"])[0], lambda obj: obj["metadata"].update(labels={"x": "1"}))
    assert (await web.ask("DELETE", path, {"preconditions": {"uid": uid, "resourceVersion": version}}))[0] == 409
    assert (await web.ask("DELETE", path, {"preconditions": {"uid": uid}}))[0] == 200
