"""A heketi that takes minutes is left out of what is told, and does not hold up what needs nothing of it."""

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.running import Ended
from tests.remote.heketi_world import heketi
from tests.site.heketi_world import key_file
from tui.__main__ import main
from tui.cli import kube_read
from tui.demo.heketi import HttpFault, SimHeketi
from tui.demo.kube_objects import claim, storage_class
from tui.demo.kube_server import SimKube


@dataclass(frozen=True, slots=True)
class SlowWorld:
    """A cluster, and a heketi that does not answer before anybody has gone home."""

    kube: SimKube
    server: SimHeketi
    home: Path

    async def __call__(self, *args: str) -> Ended:
        """Run a command that only looks, in a thread of this process."""
        config, key = self.kube.write_kubeconfig(self.home / "kubeconfig"), key_file(self.home, self.server)
        words = ["--kubeconfig", str(config), "--heketi", self.server.url, "--heketi-key-file", key, *args]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = await asyncio.to_thread(main, words)
        return Ended(code, out.getvalue(), err.getvalue())


@pytest.fixture
async def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlowWorld]:
    monkeypatch.setattr(kube_read, "HEKETI_SECONDS", 3.0)
    monkeypatch.setattr(kube_read, "_QUIET_SECONDS", 0.01)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    kube = await SimKube().start((1, 25))
    try:
        async with heketi() as server:
            server.http_faults.append(HttpFault("GET", seconds=3600.0, times=-1))
            yield SlowWorld(kube, server, tmp_path)
    finally:
        await kube.close()


async def test_doctor_leaves_it_out_and_says_so(slow: SlowWorld) -> None:
    ended = await slow("doctor", "-o", "json")
    left_out = f"heketi at {slow.server.url}: heketi is slow: it has not told all within 3 s and is left out"
    assert left_out in ended.err, ended
    assert f"waiting for heketi at {slow.server.url}, 3 s at most" in ended.err
    sources = {source["name"]: source for source in json.loads(ended.out)["sources"]}
    assert (sources["heketi"]["state"], sources["heketi"]["server"]) == ("unreachable", slow.server.url)
    assert "is left out" in sources["heketi"]["reason"]
    assert sources["kubernetes/persistentvolumeclaims"]["state"] == "live"


async def test_what_needs_nothing_of_it_does_not_ask_it(slow: SlowWorld) -> None:
    for kind in ("claims", "pvs", "classes"):
        ended = await slow("get", kind)
        assert (ended.code, ended.err) == (0, f"no {kind}\n")
    assert slow.server.requests == []


async def test_a_class_whose_heketi_is_slow_holds_its_claims_up_no_longer(slow: SlowWorld) -> None:
    slow.kube.create(storage_class("slow", {"resturl": slow.server.url, "restauthenabled": "false"}))
    slow.kube.create(claim("default", "db", "1Gi", "slow"))
    ended = await slow("get", "claims", "-o", "json")
    [row] = json.loads(ended.out)
    assert (row["name"], row["state"]) == ("db", "waiting"), ended
    assert "waiting for the heketi of the StorageClasses" in ended.err
    assert set(slow.server.requests) == {"GET /hello"}
