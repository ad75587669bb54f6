"""A source of one cluster: tables, findings and what changed, on the simulated Kubernetes with its controllers."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.sync.kube_world import QUICK
from tui.checks.claim_case import ClaimWorld
from tui.core.finding import Finding
from tui.core.kube import Key
from tui.core.kube_settings import KubeSettings
from tui.demo.kube_resources import BY_PLURAL
from tui.demo.kube_server import SimKube
from tui.sync.kube import KubeSource
from tui.sync.kube_findings import ChangeLog

KEY = ("default", "db")


def claim(name: str, class_name: str) -> dict[str, object]:
    """A claim as an admin writes it."""
    spec = {
        "accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": class_name,
    }  # fmt: skip
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}


def volume(name: str, class_name: str) -> dict[str, object]:
    """A PersistentVolume that fits."""
    spec = {
        "accessModes": ["ReadWriteMany"], "capacity": {"storage": "1Gi"}, "storageClassName": class_name,
        "glusterfs": {"endpoints": "gluster", "path": "vol", "endpointsNamespace": "default"},
        "persistentVolumeReclaimPolicy": "Retain",
    }  # fmt: skip
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec}


def storage_class(name: str) -> dict[str, object]:
    """A StorageClass without a provisioner."""
    return {
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name},
        "provisioner": "kubernetes.io/no-provisioner",
    }  # fmt: skip


class Stage:
    """A cluster and a source of it."""

    def __init__(self, sim: SimKube, source: KubeSource) -> None:
        self.sim, self.source = sim, source

    async def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + 15
        while not holds():
            assert time.monotonic() < end, "it does not come about"
            await asyncio.sleep(0.01)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    sim = SimKube()
    sim.controllers.world.delays.resync = 0.05
    await sim.start(controllers=True)
    config = sim.write_kubeconfig(tmp_path / "kubeconfig")
    source = KubeSource(KubeSettings(str(config)), pace=QUICK)
    yield Stage(sim, source)
    await source.close()
    await sim.close()


async def test_a_claim_is_diagnosed_followed_and_bound(stage: Stage) -> None:
    stage.sim.create(storage_class("slow"))
    stage.sim.create(claim("db", "slo"))
    stage.source.start()
    await asyncio.wait_for(stage.source.loaded(), 15)
    assert stage.source.status.state == "live"
    assert stage.source.findings(KEY)[0].code == "C1"
    assert stage.source.state_words(KEY)[0] == "waiting"
    assert "slow" in stage.source.state_words(KEY)[1]
    assert stage.source.server == stage.sim.url
    assert stage.source.context == "demo"
    mark, everything = stage.source.changes_since(0)
    assert everything is None or KEY in everything
    stage.sim.create(storage_class("slo"))
    stage.sim.create(volume("v1", "slo"))
    await stage.until(lambda: stage.source.tables.claims[KEY].is_bound)
    mark, changed = stage.source.changes_since(mark)
    assert changed is not None
    assert KEY in changed
    await stage.until(lambda: "C1" not in {finding.code for finding in stage.source.findings(KEY)})
    assert stage.source.state_words(KEY)[0] == "bound"


async def test_a_claim_that_is_deleted_is_forgotten(stage: Stage) -> None:
    stage.sim.create(claim("db", "slo"))
    stage.source.start()
    await asyncio.wait_for(stage.source.loaded(), 15)
    assert stage.source.findings(KEY)
    stage.sim.store.delete(BY_PLURAL["persistentvolumeclaims"], "default", "db")
    await stage.until(lambda: KEY not in stage.source.tables.claims)
    await stage.until(lambda: not stage.source.findings(KEY))


async def test_faults_of_the_simulated_server_lose_nothing(stage: Stage) -> None:
    sim, source = stage.sim, stage.source
    sim.create(storage_class("slow"))
    source.start()
    await asyncio.wait_for(source.loaded(), 15)
    faults = sim.faults
    strikes: list[Callable[[], object]] = [
        lambda: faults.cut_lines(1), lambda: faults.cut_bytes(40), lambda: faults.end_lines(1), lambda: faults.gone(3),
        lambda: faults.fail(500, 3), lambda: faults.fail(503, 3), lambda: faults.throttle(2, 0),
        lambda: faults.close(3), lambda: faults.hang(2), sim.forget_history, sim.cut_streams,
    ]  # fmt: skip
    for number, strike in enumerate(strikes):
        strike()
        sim.create(claim(f"c{number}", "slow"))
        sim.create(volume(f"v{number}", "slow"))
        sim.cut_streams()
        await stage.until(lambda number=number: ("default", f"c{number}") in source.tables.claims)  # type: ignore[misc]
    await sim.restart(0.05)
    sim.faults.clear()
    await stage.until(
        lambda: len(source.tables.volumes) == 11 and all(one.is_bound for one in source.tables.claims.values())
    )
    await stage.until(lambda: source.status.state == "live")
    versions = {
        one["metadata"]["name"]: one["metadata"]["resourceVersion"] for one in sim.list("persistentvolumeclaims")
    }
    await stage.until(lambda: {key[1]: one.version for key, one in source.tables.claims.items()} == versions)


async def test_a_secret_is_not_called_missing_while_it_is_asked_for(stage: Stage) -> None:
    sim, source = stage.sim, stage.source
    source.start()
    await asyncio.wait_for(source.loaded(), 15)
    codes: set[str] = set()
    source.subscribe(lambda: codes.update(finding.code for finding in source.findings(KEY)))
    sim.faults.latency = 0.3
    meta = {"name": "heketi", "namespace": "default"}
    key = {"key": "c2VjcmV0"}
    sim.create({"kind": "Secret", "metadata": meta, "type": "kubernetes.io/glusterfs", "data": key})
    named = {"secretName": "heketi", "secretNamespace": "default", "resturl": "http://127.0.0.1:1", "restuser": "admin"}
    sim.create(storage_class("gold") | {"provisioner": "kubernetes.io/glusterfs", "parameters": named})
    sim.create(claim("db", "gold"))
    await stage.until(lambda: ("default", "heketi") in source.tables.secrets)
    await stage.until(lambda: KEY in source.tables.claims and not source.book.waiting)
    assert "D4" not in codes
    sim.store.delete(BY_PLURAL["secrets"], "default", "heketi")
    await stage.until(lambda: "D4" in codes)


async def test_rights_that_are_missing(stage: Stage) -> None:
    stage.sim.faults.forbid("storageclasses")
    # the controller's event would tell that there is no such class
    stage.sim.faults.forbid("events")
    stage.sim.create(claim("db", "slo"))
    stage.source.start()
    await asyncio.wait_for(stage.source.loaded(), 15)
    assert stage.source.status.state == "denied"
    assert stage.source.status.reason.startswith("cannot list storageclasses, events")
    assert "C1" not in {finding.code for finding in stage.source.findings(KEY)}, "nobody knows whether it is there"
    stage.sim.faults.allow()
    await stage.until(lambda: stage.source.status.state == "live")
    await stage.until(lambda: "C1" in {finding.code for finding in stage.source.findings(KEY)})


class OddBook:
    """Fails once in a while, as a diagnosis with a mistake in it would."""

    def __init__(self) -> None:
        self.marked: set[Key] = set()
        self.done: set[Key] = set()
        self.fails = 1

    @property
    def waiting(self) -> int:
        return len(self.marked)

    def mark(self, keys: Iterable[Key]) -> None:
        self.marked |= set(keys)

    def work(self, world: ClaimWorld, limit: int) -> set[Key]:
        key = self.marked.pop()
        if self.fails:
            self.fails -= 1
            raise RuntimeError("a mistake")
        self.done.add(key)
        return {key}

    def of(self, key: Key) -> tuple[Finding, ...]:
        return ()

    def all(self) -> Iterator[Finding]:
        return iter(())

    def keys(self) -> Iterable[Key]:
        return ()


async def test_a_mistake_in_a_diagnosis_does_not_end_it(stage: Stage, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        stage.sim.create(claim(name, "slo"))
    book = OddBook()
    source = KubeSource(KubeSettings(str(tmp_path / "kubeconfig")), book, pace=QUICK)
    source.start()
    await asyncio.wait_for(source.loaded(), 15)
    assert not book.waiting
    assert not book.fails
    assert len(book.done) >= 2
    book.done.clear()
    source.mark()
    await stage.until(lambda: len(book.done) == 3)
    await source.close()


def test_the_log_of_changes_tells_each_reader_its_own() -> None:
    log = ChangeLog(most=4)
    assert log.since(0) == (1, None)
    log.add([("a", "1")])
    mark, changed = log.since(1)
    assert changed == {("a", "1")}
    assert log.since(mark) == (mark, set())
    log.add([])
    assert log.since(mark) == (mark, set())
    log.add([("a", "2"), ("a", "1")])
    log.add([("a", "3")])
    assert log.since(mark)[1] == {("a", "1"), ("a", "2"), ("a", "3")}
    log.add([("a", "4"), ("a", "5")])
    assert log.since(1) == (5, None), "what is too old is not known any more"
    assert (
        log.since(mark)[1] == {("a", "1"), ("a", "2"), ("a", "3"), ("a", "4"), ("a", "5")} or log.since(mark)[1] is None
    )
    log.add([("b", str(number)) for number in range(9)])
    assert log.since(5) == (6, None)
    assert log.since(6) == (6, set())
