"""What in Kubernetes still points at heketi, and how each of it is changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from tui.core.finding import Fix, ObjectRef, Remedy
from tui.core.heketi_model import HeketiSite
from tui.core.kube import PersistentVolume, StorageClass
from tui.core.kube_tables import KubeTables

_GLUSTER = "kubernetes.io/glusterfs"
_BY_HAND = "kubernetes.io/no-provisioner"


@dataclass(frozen=True, slots=True)
class Pointer:
    """One object that points at heketi, what that means without it, and what to do."""

    about: ObjectRef
    sentence: str
    remedies: tuple[Remedy, ...] = ()


def words_of(pointer: Pointer) -> list[str]:
    """A pointer as lines of a report."""
    return [f"  {pointer.about}: {pointer.sentence}", *(f"      - {remedy.title}" for remedy in pointer.remedies)]


def pointers(tables: KubeTables, site: HeketiSite, url: str = "") -> list[Pointer]:
    """Everything that points at the heketi at `url` ("": at any): classes, Secrets, volumes, Services, Endpoints."""
    classes = [one for one in tables.classes.values() if _is_ours(one, url)]
    found = [pointer for one in sorted(classes, key=lambda one: one.name) for pointer in _class(tables, one)]
    found += _secrets(tables, classes)
    found += _volumes(tables, site)
    found += _services(tables, classes)
    return [*found, *_endpoints(tables, site)]


def _is_ours(one: StorageClass, url: str) -> bool:
    address = (one.parameter("resturl") or "").rstrip("/")
    if not address:
        return False
    try:
        return not url or urlsplit(address).netloc == urlsplit(url.rstrip("/")).netloc or address == url.rstrip("/")
    except ValueError:
        return False


def _class(tables: KubeTables, one: StorageClass) -> Iterator[Pointer]:
    waiting = sorted(f"{claim.namespace}/{claim.name}" for claim in tables.pending_of_class(one.name))
    text = f"it makes volumes through heketi at {one.parameter('resturl')}"
    if waiting:
        text += f"; {', '.join(waiting[:5])} wait{'s' * (len(waiting) == 1)} for it"
    gone = {f"param.{key}": "" for key in one.parameters}
    values = {"name": one.name, "provisioner": _BY_HAND, "reclaim": "Retain", **gone}
    yield Pointer(
        ObjectRef("StorageClass", "", one.name),
        text,
        (
            Remedy(f"Make it anew with provisioner {_BY_HAND}: its claims wait for volumes made by hand",
                   fix=Fix("recreate-class", tuple(values.items()))),
            Remedy("Or delete it, and give new claims a class of another driver."),
        ),
    )  # fmt: skip


def _secrets(tables: KubeTables, classes: list[StorageClass]) -> Iterator[Pointer]:
    names = {one.name for one in classes}
    for key in dict.fromkeys(secret for one in classes for secret in one.secrets):
        others = sorted({one.name for one in tables.classes_of_secret(key)} - names)
        if others:
            continue
        used = ", ".join(sorted(one.name for one in classes if key in one.secrets))
        yield Pointer(
            ObjectRef("Secret", *key),
            f"it holds heketi's key, for {used}",
            (Remedy(f"When the classes are changed: kubectl -n {key[0]} delete secret {key[1]}"),),
        )


def _volumes(tables: KubeTables, site: HeketiSite) -> Iterator[Pointer]:
    """PersistentVolumes that Kubernetes would ask heketi to delete or to expand."""
    names = {one.name for one in site.volumes.values()}
    for one in sorted(tables.volumes.values(), key=lambda one: one.name):
        known = one.heketi_volume in site.volumes or (one.gluster is not None and one.gluster.volume in names)
        if not known or not (one.heketi_volume or one.provisioned_by == _GLUSTER):
            continue
        yield _volume(one)


def _volume(one: PersistentVolume) -> Pointer:
    ref = ObjectRef("PersistentVolume", "", one.name)
    if one.reclaim_policy == "Retain":
        return Pointer(
            ref, "its annotations name heketi; with policy Retain nobody follows them",
            (Remedy("Nothing has to be done. It can't be expanded through its claim any more."),),
        )  # fmt: skip
    title = "Set its policy to Retain; delete the volume with brickyard when its claim is gone"
    fix = Fix("patch-volume", (("volume", one.name), ("policy", "Retain")))
    return Pointer(
        ref, "when its claim is deleted Kubernetes asks heketi to delete the volume, and fails without heketi",
        (Remedy(title, fix=fix),),
    )  # fmt: skip


def _services(tables: KubeTables, classes: list[StorageClass]) -> Iterator[Pointer]:
    """heketi's own Service, where classes name it."""
    for key in sorted({one.rest_service for one in classes if one.rest_service}):
        if key in tables.services:
            yield Pointer(
                ObjectRef("Service", *key),
                "it leads to the heketi server",
                (Remedy(f"At last, with heketi's Deployment: kubectl -n {key[0]} delete service {key[1]}"),),
            )


def _endpoints(tables: KubeTables, site: HeketiSite) -> Iterator[Pointer]:
    """Endpoints lead to Gluster, not to heketi: they stay, but nobody changes them any more."""
    hosts = {name for node in site.nodes.values() for name in node.storage}
    used = [key for key, one in tables.endpoints.items() if hosts & set(one.addresses)]
    if used:
        names = ", ".join(f"{namespace}/{name}" for namespace, name in sorted(used)[:3])
        more = f" and {len(used) - 3} more" if len(used) > 3 else ""
        yield Pointer(
            ObjectRef("Endpoints", "", f"{names}{more}"),
            "they name Gluster nodes, not heketi, and stay as they are",
            (Remedy("When a node is added or replaced, correct them: nobody else does."),),
        )
