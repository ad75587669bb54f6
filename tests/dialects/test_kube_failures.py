"""What real API servers (1.25 and 1.36) answered when they refused, and what the admin reads."""

import json

import pytest

from tui.core.plan import Command, Result
from tui.dialects.explanation import Explanation
from tui.dialects.failures import explain, program_of, succeeded

PATH = "/api/v1/namespaces/kmt/persistentvolumeclaims/a"


def answered(code: int, text: str, method: str = "PATCH", path: str = PATH, ok: tuple[int, ...] = (200,)) -> Result:
    return Result(Command((method, path), ok=ok), code, text)


def status(message: str, reason: str, code: int, **details: object) -> str:
    return json.dumps({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": reason, "details": details, "code": code,
    })  # fmt: skip


def why(code: int, message: str, reason: str = "", **details: object) -> Explanation:
    return explain(answered(code, status(message, reason, code, **details)))


def test_a_right_in_a_namespace() -> None:
    found = why(
        403, 'persistentvolumeclaims "a" is forbidden: User "nobody" cannot patch resource "persistentvolumeclaims" in'
        ' API group "" in the namespace "kmt"', "Forbidden",
    )  # fmt: skip
    assert found.reason == "nobody may not patch persistentvolumeclaims in namespace kmt"
    assert "kubectl create role brickyard-patch-persistentvolumeclaims --verb=patch" in found.remedy
    assert "--resource=persistentvolumeclaims -n kmt" in found.remedy
    assert found.remedy.endswith(
        "rolebinding brickyard-patch-persistentvolumeclaims --role=brickyard-patch-persistentvolumeclaims"
        " --user=nobody -n kmt"
    )


def test_a_right_of_a_service_account_in_the_whole_cluster() -> None:
    found = why(
        403, 'storageclasses.storage.k8s.io is forbidden: User "system:serviceaccount:ops:brick" cannot create resource'
        ' "storageclasses" in API group "storage.k8s.io" at the cluster scope', "Forbidden",
    )  # fmt: skip
    assert found.reason.endswith("may not create storageclasses.storage.k8s.io in the whole cluster")
    assert "kubectl create clusterrole" in found.remedy
    assert "--serviceaccount=ops:brick" in found.remedy


def test_a_quota() -> None:
    found = why(
        403, 'persistentvolumeclaims "x" is forbidden: exceeded quota: small, requested: requests.storage=20Gi,'
        " used: requests.storage=95Gi, limited: requests.storage=100Gi", "Forbidden",
    )  # fmt: skip
    assert found.reason == (
        "quota small does not allow it: asked for requests.storage=20Gi, used requests.storage=95Gi of"
        " requests.storage=100Gi"
    )


@pytest.mark.parametrize(
    ("code", "message", "reason", "words"),
    [
        (401, "Unauthorized", "Unauthorized", "does not accept our credentials"),
        (403, 'persistentvolumeclaims "x" is forbidden: maximum storage usage per PersistentVolumeClaim is 10Gi, but'
         " request is 20Gi", "Forbidden", "a LimitRange of the namespace"),
        (403, 'persistentvolumeclaims "x" is forbidden: unable to create new content in namespace n because it is being'
         " terminated", "Forbidden", "the namespace is being deleted"),
        (403, 'admission webhook "policy.example.com" denied the request: no hostPath', "",
         "policy.example.com refuses it: no hostPath"),
        (404, 'namespaces "x" not found', "NotFound", "there is no namespace x"),
        (404, 'persistentvolumeclaims "a" not found', "NotFound", "it is not there (any more)"),
        (409, 'persistentvolumeclaims "a" already exists', "AlreadyExists", "there is one of this name already"),
        (409, 'Operation cannot be fulfilled on persistentvolumeclaims "a": the object has been modified; please apply'
         " your changes to the latest version and try again", "Conflict", "changed meanwhile"),
        (422, "the server rejected our request due to an error in our request", "Invalid", "changed meanwhile"),
        (405, "the server does not allow this method on the requested resource", "MethodNotAllowed", "does not know"),
    ],
)  # fmt: skip
def test_refusals(code: int, message: str, reason: str, words: str) -> None:
    found = why(code, message, reason)
    assert words in found.reason
    assert not found.transient


def test_what_is_invalid_is_named_without_the_picture_of_the_difference() -> None:
    cause = {
        "reason": "FieldValueForbidden", "field": "spec",
        "message": "Forbidden: spec is immutable after creation except resources.requests for bound claims\n  core.P{",
    }  # fmt: skip
    found = why(422, 'PersistentVolumeClaim "a" is invalid: spec: ...', "Invalid", causes=[cause, cause])
    assert found.reason == (
        "the API server does not take it: spec: Forbidden: spec is immutable after creation except resources.requests"
        " for bound claims"
    )
    assert "making the object anew" in found.remedy


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (429, "Too many requests, please try again later.\n"),
        (503, "apiserver not ready\n"),
        (504, '{"metadata":{},"status":"Failure","message":"Timeout: request did not complete within the allotted'
         ' timeout","reason":"Timeout","details":{},"code":504}'),
        (500, '{"kind":"Status","message":"etcdserver: leader changed","code":500}'),
        (502, "<html>Bad Gateway</html>"),
    ],
)  # fmt: skip
def test_what_passes_is_tried_again(code: int, text: str) -> None:
    assert explain(answered(code, text)).transient


def test_an_object_that_is_still_being_deleted_is_waited_for() -> None:
    message = 'object is being deleted: persistentvolumes "a" already exists'
    assert why(409, message, "AlreadyExists").transient


def test_an_internal_error_stays() -> None:
    assert not explain(
        answered(500, '{"kind":"Status","message":"Internal error occurred: boom","code":500}')
    ).transient


def test_what_is_not_gone_yet_says_what_it_waits_for() -> None:
    meta = {"name": "a", "deletionTimestamp": "2026-11-22T20:54:16Z", "finalizers": ["kubernetes.io/pvc-protection"]}
    found = explain(answered(200, json.dumps({"metadata": meta}), "GET", ok=(404,)))
    assert found.reason == "a is still there: it waits for kubernetes.io/pvc-protection"
    assert found.transient


@pytest.mark.parametrize("text", ["", "[]", "null", '{"message": 7}', "\x00\xff", '{"details": []}', "{" * 5000])
@pytest.mark.parametrize("code", [200, 400, 401, 403, 404, 409, 415, 422, 429, 500, 504])
def test_answers_that_make_no_sense_have_a_reason_all_the_same(code: int, text: str) -> None:
    assert explain(answered(code, text, ok=(201,))).reason


def test_heketi_says_it_in_a_line() -> None:
    found = explain(Result(Command(("POST", "/volumes"), ok=(202,)), 500, "No space\n"))
    assert found.reason == "No space"
    assert explain(Result(Command(("POST", "/volumes"), ok=(202,)), 429, "Server busy\n")).transient


def test_requests_are_named_by_method_and_path() -> None:
    assert program_of(answered(200, "")) == f"PATCH {PATH}"
    assert succeeded(answered(200, ""))
    assert not succeeded(answered(404, ""))
    assert "not known" in explain(Result(Command(("PATCH", PATH)), None)).reason
