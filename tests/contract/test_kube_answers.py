"""Rights, quotas and the fields of glusterfs volumes: a real 1.25 and the simulated one give the same answers."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tui.demo.kube_auth import Right
from tui.demo.kube_objects import claim, quota, storage_class, volume
from tui.demo.kube_resources import QUOTAS
from tui.demo.kube_server import SimKube

Obj = dict[str, Any]
RECORDED: dict[str, dict[str, Obj]] = json.loads(
    (Path(__file__).parent.parent / "data" / "kube" / "answers-1.25.json").read_text()
)
RIGHTS = RECORDED["63-rbac"]
FIELDS = {
    name: one for name, one in RECORDED["62-glusterfs-fields"].items() if "inline" not in name and "Class" not in name
}
GLUSTERFS: dict[str, Obj] = {
    "endpoints+path": {"endpoints": "e", "path": "p"},
    "all fields": {"endpoints": "e", "path": "p", "readOnly": True, "endpointsNamespace": "ns1"},
    "no endpoints": {"path": "p"},
    "no path": {"endpoints": "e"},
    "empty endpointsNamespace": {"endpoints": "e", "path": "p", "endpointsNamespace": ""},
    "bad endpointsNamespace": {"endpoints": "e", "path": "p", "endpointsNamespace": "Bad_NS"},
    "path ..": {"endpoints": "e", "path": "../x"},
    "endpoints bad name": {"endpoints": "Bad Name", "path": "p"},
    "unknown field": {"endpoints": "e", "path": "p", "volumeId": "x"},
}


async def ask(kube: SimKube, method: str, path: str, token: str, body: object = None, **query: str) -> tuple[int, Any]:
    """The code of an answer and its body, as JSON where it is."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, kube.url + path, json=body, params=query or None) as answer,
    ):
        text = await answer.text()
        return answer.status, json.loads(text) if answer.content_type == "application/json" else text


@pytest.mark.parametrize("name", RIGHTS)
async def test_rights(name: str) -> None:
    tokens = {"bad token": "wrong", "anonymous": ""}
    user, method, path = (
        (name, "GET", "/api/v1/namespaces/cap/persistentvolumeclaims") if name in tokens else name.split()
    )
    async with await SimKube().start() as kube:
        kube.auth.open = False
        kube.auth.tokens |= {"limited": "limited", "nobody": "nobody"}
        mine = [Right(verb, "persistentvolumeclaims", "cap") for verb in ("get", "list")]
        kube.auth.rights |= {"limited": mine, "nobody": []}
        kube.create_namespace("cap")
        kube.create(claim("cap", "p01", "1Gi", "x"))
        body = claim("cap", "x", "1Gi", "x") if method == "POST" else None
        code, found = await ask(kube, method, path, tokens.get(name, user), body)
        assert code == RIGHTS[name]["code"]
        if "body" in RIGHTS[name]:
            wanted = json.loads(json.dumps(RIGHTS[name]["body"]).replace(r"/p01", ""))
            assert found == wanted if name != "anonymous" else found["reason"] == "Forbidden"


@pytest.mark.parametrize("name", FIELDS)
async def test_fields_of_glusterfs(name: str) -> None:
    plain = name.removesuffix(" (Strict)")
    made = volume("dry", "p", "1Gi", modes=("ReadWriteOnce", "ReadWriteMany"))
    made["spec"]["glusterfs"] = GLUSTERFS[plain]
    strict = {"fieldValidation": "Strict"} if plain != name else {}
    async with await SimKube().start() as kube:
        code, found = await ask(kube, "POST", "/api/v1/persistentvolumes", "", made, dryRun="All", **strict)
        recorded = FIELDS[name]
        assert code == recorded["code"], found
        if "spec" in recorded:
            assert found["spec"] == recorded["spec"]
        else:
            assert found == recorded["body"]


async def test_quotas() -> None:
    recorded = RECORDED["61-quota"]
    async with await SimKube().start() as kube:
        kube.create(storage_class("gl-dead", {"resturl": "http://127.0.0.1:1"}))
        kube.create_namespace("other")
        hard = {"requests.storage": "2Gi", "gl-dead.storageclass.storage.k8s.io/persistentvolumeclaims": "0"}
        kube.create({**quota("other", "q"), "spec": {"hard": hard}})
        path = "/api/v1/namespaces/other/persistentvolumeclaims"
        asks = [
            ("storage over", "q1", "5Gi", "x"),
            ("class count over", "q2", "1Gi", "gl-dead"),
            ("ok", "q3", "1Gi", "x"),
        ]
        for name, claim_name, size, cls in asks:
            code, found = await ask(kube, "POST", path, "", claim("other", claim_name, size, cls))
            assert code == recorded[name]["code"], found
            assert "body" not in recorded[name] or found == recorded[name]["body"]
        stored = kube.store.get(QUOTAS, "other", "q")
        assert stored is not None
        kube.store.update(stored, lambda obj: obj["spec"].update(hard={"persistentvolumeclaims": "1"}))
        code, found = await ask(kube, "POST", path, "", claim("other", "q4", "1Gi", "x"))
        assert (code, found) == (403, recorded["count over"]["body"])
