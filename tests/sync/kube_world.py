"""A simulated API server with a feed on it, and raw objects to put there."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.kube_objects import raw_claim, raw_class, raw_volume
from tests.sync.kube_api import KubeApi
from tui.core.kube import Key, KubeObject
from tui.core.kube_settings import KubeSettings
from tui.core.kube_tables import KubeTables
from tui.dialects.kube import parse
from tui.remote.kube import KubeClient
from tui.sync.kube_feed import KubeFeed
from tui.sync.kube_pace import KubePace

QUICK = KubePace(
    page=7, first=0.002, most=0.03, denied=0.05, absent=0.05, poll=0.05, quiet=0.25, short=0.1, request=0.4,
    watch_least=1.0, watch_most=2.0,
)  # fmt: skip
CLAIMS, VOLUMES, CLASSES = "persistentvolumeclaims", "persistentvolumes", "storageclasses"
PODS, EVENTS, SECRETS = "pods", "events", "secrets"
SECONDS = 20.0


def write_kubeconfig(
    path: Path, base: str, *, namespace: str = "", user: dict[str, Any] | None = None, **cluster: Any
) -> str:
    """A kubeconfig with one context."""
    import yaml

    context = {"cluster": "c", "user": "u", **({"namespace": namespace} if namespace else {})}
    path.write_text(yaml.safe_dump({
        "apiVersion": "v1", "kind": "Config", "current-context": "lab",
        "contexts": [{"name": "lab", "context": context}],
        "clusters": [{"name": "c", "cluster": {"server": base, **cluster}}],
        "users": [{"name": "u", "user": user or {}}],
    }))  # fmt: skip
    return str(path)


class Scene:
    """One server, one client, one feed."""

    def __init__(self, api: KubeApi, folder: Path, namespace: str = "", pace: KubePace = QUICK) -> None:
        self.api, self.tables, self.told = api, KubeTables(), 0
        config = write_kubeconfig(folder / "kubeconfig", api.base)
        self.client = KubeClient(KubeSettings(config, namespace=namespace))
        self.feed = KubeFeed(self.client, self.tables, pace)
        self.feed.subscribe(self._count)

    async def close(self) -> None:
        await self.feed.close()
        await self.client.close()
        await self.api.stop()

    async def begin(self) -> None:
        """Until all was read once and everything that can be is watched."""
        self.feed.start()
        await asyncio.wait_for(self.feed.loaded(), SECONDS)
        await self.until(lambda: self.api.watches(EVENTS) > 0 and self.api.watches(CLAIMS) > 0)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; fails when it takes too long."""
        end = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < end, "it does not come about"
            await asyncio.sleep(0.005)

    async def until_same(self, *kinds: str) -> None:
        """Wait until the tables (of some kinds, or all) are what a fresh list would give."""
        asked = kinds or self.kinds()
        await self.until(lambda: all(dict(self.tables.table(kind)) == self.fresh(kind) for kind in asked))

    async def change(self) -> None:
        """Changes of each sort, until the picture is that of a fresh list again."""
        self.api.put(CLAIMS, raw_claim(1, is_bound=False))
        self.api.put(CLAIMS, raw_claim(200))
        self.api.remove(CLAIMS, (raw_claim(2)["metadata"]["namespace"], raw_claim(2)["metadata"]["name"]))
        self.api.remove(VOLUMES, ("", raw_volume(2)["metadata"]["name"]))
        await self.until_same(CLAIMS, VOLUMES)

    def kinds(self) -> tuple[str, ...]:
        """The kinds that have objects and are watched."""
        return tuple(kind for kind in self.api.objects if kind not in (SECRETS, "leases"))

    def fresh(self, kind: str) -> dict[Key, KubeObject]:
        """What the server holds of a kind now."""
        found = [parse(kind, raw) for raw in self.api.objects[kind].values()]
        return {obj.key: obj for obj in found if obj is not None}

    def part(self, kind: str) -> str:
        return self.tables.parts[kind].state

    def _count(self) -> None:
        self.told += 1


def fill(api: KubeApi, claims: int = 20) -> None:
    """Some of everything."""
    for number in range(claims):
        api.put(CLAIMS, raw_claim(number))
        api.put(VOLUMES, raw_volume(number))
    for number in range(3):
        api.put(CLASSES, raw_class(number))
        api.put(PODS, raw_pod(number))
        api.put(EVENTS, raw_event(number, "hello"))
        api.put("nodes", {"metadata": {"name": f"w{number}", "uid": f"node-{number}"}})
    api.put(SECRETS, raw_secret("storage", "heketi"))


def raw_pod(number: int, node: str = "w0") -> dict[str, Any]:
    """A pod that uses a claim."""
    claim = raw_claim(number)["metadata"]
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": claim["name"]}}]
    meta = {"namespace": claim["namespace"], "name": f"db-{number}", "uid": f"pod-{number}"}
    return {"metadata": meta, "spec": {"nodeName": node, "volumes": volumes}, "status": {"phase": "Running"}}


def raw_event(number: int, message: str) -> dict[str, Any]:
    """An event of a claim."""
    claim = raw_claim(number)["metadata"]
    about = {"kind": "PersistentVolumeClaim", "namespace": claim["namespace"], "name": claim["name"]}
    meta = {"namespace": claim["namespace"], "name": f"event-{number}", "uid": f"event-{number}"}
    return {"metadata": meta, "involvedObject": about, "type": "Warning", "reason": "Odd", "message": message}


def raw_secret(namespace: str, name: str, value: str = "c2VjcmV0LXZhbHVl") -> dict[str, Any]:
    """A Secret."""
    meta = {"namespace": namespace, "name": name, "uid": f"secret-{name}"}
    return {"kind": "Secret", "metadata": meta, "type": "kubernetes.io/glusterfs", "data": {"key": value}}
