"""Refusals: what real servers (1.36, and 1.25 where it differs) answered, against the simulated one."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tui.demo.kube_auth import Right
from tui.demo.kube_server import SimKube

Obj = dict[str, Any]
RECORDED: dict[str, Obj] = json.loads((Path(__file__).parent.parent / "data" / "kube" / "bodies.json").read_text())
SPACE = "kmt"
# where the recording of a long body, and of the difference that an immutable field shows, ends
CUT = " …(cut)"
# what differs from run to run
CHANGING = [
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"in record \(\d+\)"), "in record (N)"),
    (re.compile(r"current: \d+"), "current: N"),
    (re.compile(r',"managedFields":\[.*?\}\}\}\]|"managedFields":\[.*?\}\}\}\]'), ""),
]


@pytest.fixture(params=[(1, 36), (1, 25)], ids=["1.36", "1.25"])
async def kube(request: pytest.FixtureRequest) -> AsyncIterator[SimKube]:
    """A server with a few claims in a namespace, and the users of the recording."""
    kube = await SimKube().start(request.param)
    kube.auth.open = False
    kube.auth.tokens |= {"limited": "limited", "nobody": "nobody"}
    kube.auth.rights |= {"limited": [Right("get", "persistentvolumeclaims", SPACE)], "nobody": []}
    kube.create_namespace(SPACE)
    for name in ("a", "l0", "l1", "l3", "fin"):
        kube.create(claim(name))
    for name in ("s1", "s2"):
        kube.create({"kind": "Secret", "metadata": {"name": name, "namespace": SPACE}})
    kube.create({"kind": "Lease", "metadata": {"name": "le", "namespace": SPACE}, "spec": {}})
    async with kube:
        await ask(kube, {"method": "DELETE", "path": f"/api/v1/namespaces/{SPACE}/persistentvolumeclaims/fin"})
        body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "ssa", "labels": {"s": "1"}}}
        path = f"/api/v1/namespaces/{SPACE}/persistentvolumeclaims/ssa?fieldManager=m1"
        applied = {"method": "PATCH", "path": path, "type": "application/apply-patch+yaml"}
        code, _, text = await ask(kube, {**applied, "send": {**body, "spec": claim("ssa")["spec"]}})
        assert code == 201, text
        yield kube


def claim(name: str) -> Obj:
    """A claim of a class that is not there."""
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}
    meta = {"name": name, "namespace": SPACE}
    return {"kind": "PersistentVolumeClaim", "metadata": meta, "spec": {**spec, "storageClassName": "kmt-sc"}}


async def ask(kube: SimKube, recorded: Obj) -> tuple[int, str, str]:
    """Send a recorded request: (code, content type, body)."""
    sent = recorded.get("send")
    data = sent if isinstance(sent, str) else json.dumps(sent) if sent is not None else None
    user = recorded.get("user", "demo-token")
    headers = {"Authorization": f"Bearer {user}"} if user else {}
    headers |= {"Content-Type": recorded.get("type", "application/json"), "Accept": recorded.get("accept", "*/*")}
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            recorded["method"], kube.url + recorded["path"], params=recorded.get("query"), data=data, headers=headers
        ) as answer,
    ):
        return answer.status, answer.headers["Content-Type"], (await answer.text()).rstrip("\n")


def masked(text: str) -> str:
    """A body without what differs from run to run, and without the difference that immutability shows."""
    for pattern, word in CHANGING:
        text = pattern.sub(word, text)
    return re.sub(r"(bound claims)\\n.*", r"\1", text)


@pytest.mark.parametrize("name", RECORDED)
async def test_as_recorded(kube: SimKube, name: str) -> None:
    recorded = RECORDED[name]
    old = kube.version < (1, 30)
    code, _, body = await ask(kube, recorded)
    whole, _, _ = masked(recorded["old"] if old and "old" in recorded else recorded["body"]).partition(CUT)
    assert code == (recorded.get("old_code", recorded["code"]) if old else recorded["code"])
    assert masked(body)[: len(whole)] == whole


async def test_headers_and_line_ends(kube: SimKube) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer demo-token"}) as session:
        async with session.get(f"{kube.url}/api/v1/namespaces") as answer:
            text = await answer.text()
            assert answer.headers["Content-Type"] == "application/json"
            assert answer.headers["Cache-Control"] == "no-cache, private"
            assert len(answer.headers["Audit-Id"]) == 36
            assert text.endswith("]}\n")
            assert "\n" not in text[:-1]
        async with session.get(f"{kube.url}/version/?pretty=true") as answer:
            assert json.loads(await answer.text())["minor"] == str(kube.version[1])
        async with session.get(f"{kube.url}/readyz/") as answer:
            assert (answer.status, await answer.text()) == (404, "404 page not found\n")
