"""The doctor asks the heketi behind a class as its provisioner would, on the command line."""

import json
from pathlib import Path

import pytest

from tests.cli.running import begin, end
from tests.remote.heketi_world import heketi
from tui.demo.kube_objects import claim, storage_class
from tui.demo.kube_server import SimKube

_OFF = {"restauthenabled": "false"}


@pytest.mark.parametrize(
    ("parameters", "code"),
    [({**_OFF, "restuser": "admin"}, "D24"), (_OFF, "D24"), ({}, "D24"), ({"restuser": "admin"}, "D22")],
)
async def test_a_class_without_a_key(parameters: dict[str, str], code: str, tmp_path: Path) -> None:
    kube = await SimKube().start((1, 25))
    try:
        async with heketi() as server:
            kube.create(storage_class("slow", {"resturl": server.url, **parameters}))
            kube.create(claim("default", "db", "1Gi", "slow"))
            config = kube.write_kubeconfig(tmp_path / "kubeconfig")
            ended = await end(await begin("--kubeconfig", config, "doctor", "-o", "json", home=tmp_path))
    finally:
        await kube.close()
    found = json.loads(ended.out)["findings"]
    assert (ended.code, [finding["code"] for finding in found]) == (1, [code]), ended.err
    assert set(found[0]) == {
        "code", "severity", "definite", "object", "summary", "cause", "evidence", "remedies",
    }  # fmt: skip
    assert found[0]["object"] == {"kind": "PersistentVolumeClaim", "namespace": "default", "name": "db"}
