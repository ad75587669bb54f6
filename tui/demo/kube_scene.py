"""The Kubernetes of the demo: claims in six namespaces on the volumes of the simulated site, eight in trouble.

What is wrong: a class whose name is mistyped, a class whose secret is missing, a volume that is kept for a claim
that was deleted, a volume in GB for a claim in GiB, a claim for a volume that nobody made, a namespace without
endpoints, a claim whose volume was taken away, and a quota that is used up.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tui.demo.kube_delete import delete
from tui.demo.kube_objects import (
    RWX,
    claim,
    default_class,
    endpoints,
    node,
    pod,
    quota,
    secret,
    service,
    stateful_set,
    storage_class,
    volume,
)
from tui.demo.kube_resources import CLAIMS, VOLUMES, Obj
from tui.demo.kube_server import SimKube
from tui.demo.kube_site import Volumes, site_volumes
from tui.demo.kube_world import Made
from tui.demo.site import DemoSite

HEKETI_URL: Final = "http://127.0.0.1:18080"
HEKETI_KEY: Final = "demo-key"
NAMESPACES: Final = ("storage", "registry", "monitoring", "media", "ci", "wiki", "shop")
_DAY: Final = 86400.0
# claims that heketi made volumes for: (namespace, name, pod)
_DYNAMIC: Final = (
    ("ci", "jenkins-home", "jenkins-0"), ("ci", "nexus", "nexus-0"), ("media", "thumbnails", "thumbs-0"),
    ("shop", "uploads", "shop-web-0"), ("monitoring", "grafana", "grafana-0"), ("registry", "scans", "scanner-0"),
)  # fmt: skip
# claims on volumes that somebody made by hand: (namespace, name, path in GlusterFS, pod, GiB or 0 for all)
_STATIC: Final = (
    ("registry", "images", "registry", "registry-0", 0), ("registry", "charts", "registry/charts", "charts-0", 5),
    ("monitoring", "prometheus", "prometheus", "prometheus-0", 0), ("media", "library", "media", "player-0", 0),
    ("media", "posters", "media/posters", "posters-0", 20), ("ci", "builds-cache", "builds-cache", "runner-0", 0),
    ("ci", "maven", "builds-cache/maven", "runner-1", 40),
)  # fmt: skip


async def kube_scene(
    site: DemoSite | None = None, *, heketi_url: str = HEKETI_URL, resync: float = 5.0, tls: Path | None = None
) -> SimKube:
    """Start the Kubernetes of the demo, version 1.25; `resync` is seconds between two rounds of its controllers.

    With a site, its volumes are used and new ones are made there; without one, volumes are only named. Raises OSError.
    """
    volumes = site_volumes(site)
    kube = await SimKube().start((1, 25), tls=tls)
    kube.controllers.delays.resync = 0
    try:
        _at(kube, 60 * _DAY)
        _cluster(kube, volumes, heketi_url)
        kube.controllers.start()
        await _healthy(kube, volumes)
        _at(kube, 1500)
        await _broken(kube, volumes)
    except BaseException:
        await kube.close()
        raise
    kube.store.clock = time.time
    kube.controllers.hooks.provision, kube.controllers.hooks.delete = volumes.provision, volumes.delete
    kube.controllers.hooks.expand, kube.controllers.hooks.mount = volumes.expand, volumes.mount
    kube.controllers.delays.resync = resync
    kube.controllers.resync()
    return kube


def _at(kube: SimKube, age: float) -> None:
    """What is made from now on is that old, in seconds."""
    kube.store.clock = lambda: time.time() - age


def _cluster(kube: SimKube, volumes: Volumes, url: str) -> None:
    for name in NAMESPACES:
        kube.create_namespace(name)
    for number in range(1, 5):
        labels = {"topology.kubernetes.io/zone": f"zone-{number % 3 + 1}"}
        kube.store.put(node(f"kube-{number}", f"10.42.8.{number}", labels=labels))
    heketi = {"resturl": url, "restuser": "admin", "secretNamespace": "storage", "volumetype": "replicate:3"}
    kube.create(
        default_class(
            storage_class("gluster-replica3", {**heketi, "secretName": "heketi-secret"}, allowVolumeExpansion=True)
        )
    )
    kube.create(storage_class("gluster-keep", {**heketi, "secretName": "heketi-secret"}, reclaimPolicy="Retain"))
    kube.create(storage_class("gluster-archive", {**heketi, "secretName": "heketi-archive"}))
    waits = {"volumeBindingMode": "WaitForFirstConsumer"}
    kube.create(storage_class("gluster-late", {**heketi, "secretName": "heketi-secret"}, **waits))
    kube.create(secret("storage", "heketi-secret", HEKETI_KEY))
    for name in ("registry", "monitoring", "media", "ci", "shop"):
        kube.create(service(name, "glusterfs-cluster"))
        kube.create(endpoints(name, "glusterfs-cluster", volumes.peers))


async def _healthy(kube: SimKube, volumes: Volumes) -> None:
    await _dynamic(kube, volumes)
    for namespace, name, path, pod_name, gib in _STATIC:
        _static(kube, namespace, name, path, f"{gib or volumes.gib(path)}Gi")
        kube.create(pod(namespace, pod_name, name, labels={"app": name}))
    await _turn(kube)


async def _dynamic(kube: SimKube, volumes: Volumes) -> None:
    free = list(volumes.dynamic)

    async def provision(made_for: Obj, cls: Obj, key: str) -> Made:
        name = free.pop(0)
        return Made(name.removeprefix("vol_"), name, volumes.peers, volumes.gib(name))

    kube.controllers.hooks.provision = provision
    sizes = [f"{volumes.gib(name)}Gi" for name in volumes.dynamic]
    for (namespace, name, pod_name), size in zip(_DYNAMIC, sizes, strict=False):
        kube.create(claim(namespace, name, size, "gluster-replica3", (RWX,)))
        await _turn(kube)
        kube.create(pod(namespace, pod_name, name, labels={"app": name}))
    kube.create(stateful_set("shop", "db", 3, sizes[len(_DYNAMIC)], "gluster-keep", image="postgres:15"))
    for _ in range(6):
        await _turn(kube)


def _static(kube: SimKube, namespace: str, name: str, path: str, size: str, asked: str = "") -> None:
    """A volume by hand and the claim that names it."""
    kube.create(volume(f"{namespace}-{name}", path, size, "static"))
    kube.create(claim(namespace, name, asked or size, "static", (RWX,), volumeName=f"{namespace}-{name}"))


async def _broken(kube: SimKube, volumes: Volumes) -> None:
    # mistyped class
    kube.create(claim("shop", "invoices", "20Gi", "gluster-replica-3"))
    kube.create(pod("shop", "invoices-0", "invoices"))
    # its class names a secret that is not there
    kube.create(claim("ci", "artifacts", "50Gi", "gluster-archive", (RWX,)))
    kube.create(pod("ci", "artifacts-0", "artifacts"))
    # GB and GiB
    _static(kube, "monitoring", "loki", "prometheus/loki", "100G", "100Gi")
    kube.create(pod("monitoring", "loki-0", "loki"))
    # nobody made its volume
    kube.create(claim("wiki", "attachments", "10Gi", "static", (RWX,), volumeName="wiki-attachments"))
    kube.create(pod("wiki", "wiki-uploads-0", "attachments"))
    # bound, but there are no endpoints in its namespace
    _static(kube, "wiki", "pages", "old-wiki", f"{volumes.gib('old-wiki')}Gi")
    kube.create(pod("wiki", "wiki-0", "pages"))
    # waits for a pod, which is no fault
    kube.create(claim("media", "transcoding", "10Gi", "gluster-late"))
    await _turn(kube)
    await _deleted(kube)
    await _used_up(kube)


async def _deleted(kube: SimKube) -> None:
    # a claim was deleted and made again; its volume still waits for the old one
    _static(kube, "media", "uploads", "media/uploads", "80Gi")
    # a volume was taken away from its claim
    _static(kube, "ci", "old-cache", "builds-cache/old", "60Gi")
    await _turn(kube)
    stored = kube.store.get(CLAIMS, "media", "uploads")
    assert stored is not None
    delete(kube.store, stored, {})
    await _turn(kube)
    kube.create(claim("media", "uploads", "80Gi", "static", (RWX,), volumeName="media-uploads"))
    kube.create(pod("media", "uploads-0", "uploads"))
    kube.store.delete(VOLUMES, "", "ci-old-cache")
    await _turn(kube)


async def _used_up(kube: SimKube) -> None:
    used = sum(
        int(str(one["spec"]["resources"]["requests"]["storage"]).removesuffix("Gi")) for one in _claims(kube, "shop")
    )
    kube.create(quota("shop", "storage", requests_storage=f"{used + 10}Gi"))
    kube.create(stateful_set("shop", "search", 3, "30Gi", "gluster-replica3", image="opensearch:2"))
    await _turn(kube)


def _claims(kube: SimKube, namespace: str) -> Sequence[Obj]:
    return kube.list("persistentvolumeclaims", namespace)


async def _turn(kube: SimKube) -> None:
    await kube.controllers.settle()
    kube.controllers.resync()
    await kube.controllers.settle()
