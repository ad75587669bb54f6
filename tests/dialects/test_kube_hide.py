"""Answers without their secrets, and objects as they can be made again."""

import json
from typing import Any

import pytest

from tui.core.json_fields import ABSENT
from tui.core.kube_claim import HIDDEN
from tui.core.plan import Command
from tui.core.vault import Vault
from tui.dialects import kube_request as api
from tui.dialects.kube_hide import hide_in, hide_secrets
from tui.dialects.kube_write import (
    LAST_APPLIED,
    MARK,
    bare,
    canonical,
    claim,
    endpoints,
    gluster_secret,
    marked,
    readable,
    service,
    storage_class,
    to_yaml,
    trial_claim,
    volume,
)  # fmt: skip

SECRET = {**gluster_secret("ns", "heketi", "Z2VoZWlt"), "metadata": {
    "name": "heketi", "namespace": "ns", "annotations": {LAST_APPLIED: '{"data":{"key":"Z2VoZWlt"}}'},
}}  # fmt: skip


def hidden(path: str, whole: Any) -> Any:
    return json.loads(hide_secrets(path, json.dumps(whole)))


def test_a_secret_keeps_the_names_of_its_keys() -> None:
    found = hidden("/api/v1/namespaces/ns/secrets/heketi", SECRET)
    assert found["data"] == {"key": HIDDEN}
    assert found["metadata"]["annotations"] == {LAST_APPLIED: HIDDEN}
    assert found["type"] == "kubernetes.io/glusterfs"


def test_an_empty_note_of_kubectl_is_no_accident() -> None:
    empty: dict[str, Any] = {
        **SECRET,
        "data": dict(SECRET["data"]),
        "metadata": {"name": "heketi", "annotations": {LAST_APPLIED: ""}},
    }
    assert hide_in(empty, Vault().put, is_secret=True)


def test_secrets_in_a_list() -> None:
    items = [{key: value for key, value in SECRET.items() if key not in ("kind", "apiVersion")}]
    found = hidden("/api/v1/secrets?limit=500", {"kind": "SecretList", "items": items})
    assert found["items"][0]["data"] == {"key": HIDDEN}


def test_a_key_in_the_parameters_of_a_class() -> None:
    raw = storage_class("slow", parameters={"resturl": "http://admin:geheim@h:8080", "restuserkey": "geheim"})
    raw["metadata"]["annotations"] = {LAST_APPLIED: '{"parameters":{"restuserkey":"geheim"}}'}
    text = hide_secrets("/apis/storage.k8s.io/v1/storageclasses/slow", json.dumps(raw))
    assert "geheim" not in text
    assert '"resturl"' in text


def test_an_answer_without_secrets_stays_to_the_letter() -> None:
    text = json.dumps(storage_class("slow", parameters={"resturl": "http://h:8080"}), indent=2)
    assert hide_secrets("/apis/storage.k8s.io/v1/storageclasses/slow", text) == text
    assert (
        hide_secrets("/api/v1/namespaces/ns/persistentvolumeclaims/a", '{"data": {"key": 1}}') == '{"data": {"key": 1}}'
    )


@pytest.mark.parametrize("text", ["", "no json", "[1]", "null", '{"data": 7, "metadata": []}', '{"items": [3, null]}'])
def test_strange_answers_are_no_accident(text: str) -> None:
    assert isinstance(hide_secrets("/api/v1/namespaces/ns/secrets/x", text), str)


def test_a_secret_that_was_cut_off_is_hidden_whole() -> None:
    assert hide_secrets("/api/v1/namespaces/ns/secrets/x", json.dumps(SECRET)[:-3]) == HIDDEN


def test_bare_objects_can_be_made_again() -> None:
    raw: dict[str, Any] = claim("ns", "db", class_name="slow") | {"status": {"phase": "Bound"}}
    raw["metadata"] |= {
        "uid": "u", "resourceVersion": "7", "creationTimestamp": "t", "managedFields": [{}], "labels": {"a": "b"},
        "annotations": {"pv.kubernetes.io/bind-completed": "yes", "mine": "x"},
        "finalizers": ["kubernetes.io/pvc-protection", "example.com/keep"],
    }  # fmt: skip
    found = bare(raw)
    assert "status" not in found
    assert found["metadata"] == {
        "name": "db", "namespace": "ns", "labels": {"a": "b"}, "annotations": {"mine": "x"},
        "finalizers": ["example.com/keep"],
    }  # fmt: skip
    assert raw["metadata"]["uid"] == "u"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1024Mi", "1Gi"), ("20Gi", "20Gi"), ("1025Mi", "1025Mi"), ("1000M", "1G"), ("10G", "10G"), ("1000", "1k"),
        ("1073741824", "1073741824"), ("1.5Gi", "1.5Gi"), ("much", "much"), ("0", "0"), ("1024Ei", "1024Ei"),
        ("5K", "5K"),
    ],
)  # fmt: skip
def test_quantities_as_the_server_writes_them(text: str, wanted: str) -> None:
    assert canonical(text) == wanted


def test_bytes_as_people_write_them() -> None:
    assert [readable(text) for text in ("107374182400", "1000000", "20Gi", "0")] == ["100Gi", "1M", "20Gi", "0"]


def test_the_trial_claim_in_yaml() -> None:
    assert to_yaml(trial_claim("slow")) == (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: gluster-test\n  namespace: default\nspec:\n"
        "  accessModes:\n  - ReadWriteMany\n  resources:\n    requests:\n      storage: 20Gi\n"
        "  storageClassName: slow\n"
    )
    old = trial_claim("slow", legacy=True)
    assert old["metadata"]["annotations"] == {"volume.beta.kubernetes.io/storage-class": "slow"}
    assert "storageClassName" not in old["spec"]


def test_several_objects_in_one_file() -> None:
    text = to_yaml(service("ns", "gluster"), endpoints("ns", "gluster", ["10.0.0.1"]))
    assert text.count("---\n") == 1
    assert "selector" not in text


def test_a_mark_leaves_the_manifest_alone() -> None:
    plain = volume("pv1", {"nfs": {}}, capacity="1Gi", access_modes=["ReadWriteOnce"])
    assert marked(plain, "abc")["metadata"]["annotations"] == {MARK: "abc"}
    assert "annotations" not in plain["metadata"]


def test_paths() -> None:
    assert api.object_path("StorageClass", "ignored", "slow") == "/apis/storage.k8s.io/v1/storageclasses/slow"
    assert api.list_path("Pod", "ns") == "/api/v1/namespaces/ns/pods"
    assert api.object_path("Secret", "n/s", "a?b") == "/api/v1/namespaces/n%2Fs/secrets/a%3Fb"
    with pytest.raises(ValueError, match="namespace"):
        api.object_path("Secret", "", "a")
    assert api.is_request(Command(("GET", "/version")))
    assert not api.is_request(Command(("gluster", "volume")))
    assert not api.is_request(Command(("GET",)))


def test_a_patch_tests_what_it_relies_on() -> None:
    old = {"metadata": {"uid": "u", "labels": {"a/b": "1"}}, "spec": {"capacity": {"storage": "1Gi"}}}
    command = api.patch("/p", "u", old, {"/spec/capacity/storage": "2Gi", "/metadata/labels/a~1b": ABSENT})
    assert command.argv == ("PATCH", "/p", "application/json-patch+json")
    assert json.loads(command.stdin) == [
        {"op": "test", "path": "/metadata/uid", "value": "u"},
        {"op": "test", "path": "/spec/capacity/storage", "value": "1Gi"},
        {"op": "replace", "path": "/spec/capacity/storage", "value": "2Gi"},
        {"op": "test", "path": "/metadata/labels/a~1b", "value": "1"},
        {"op": "remove", "path": "/metadata/labels/a~1b"},
    ]


def test_a_field_whose_place_is_missing_is_merged_in() -> None:
    command = api.patch("/p", "u", {"metadata": {"uid": "u"}}, {"/metadata/annotations/a~1b": "x"})
    assert command.argv[2] == "application/merge-patch+json"
    assert json.loads(command.stdin) == {"metadata": {"uid": "u", "annotations": {"a/b": "x"}}}
