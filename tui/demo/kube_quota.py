"""ResourceQuotas and LimitRanges as admission applies them, with the words of real servers."""

from tui.demo.kube_resources import BY_PLURAL, CLAIMS, LIMITS, QUOTAS, Obj, Resource
from tui.demo.kube_status import forbidden
from tui.demo.kube_store import KubeStore
from tui.dialects.kube_quantity import parse_quantity

_CLASS = ".storageclass.storage.k8s.io/"
_COUNTED = ("persistentvolumeclaims", "services", "secrets", "configmaps", "pods", "resourcequotas")


def quantity(size: int) -> str:
    """Bytes as Kubernetes writes them back: in the largest binary unit that leaves no rest."""
    for power, unit in ((60, "Ei"), (50, "Pi"), (40, "Ti"), (30, "Gi"), (20, "Mi"), (10, "Ki")):
        if size and size % (1 << power) == 0:
            return f"{size >> power}{unit}"
    return str(size)


def check_limits(store: KubeStore, claim: Obj) -> None:
    """Whether a claim is within the LimitRanges of its namespace. Raises ApiError (403)."""
    meta = claim["metadata"]
    raw = claim["spec"]["resources"]["requests"]["storage"]
    size, texts = parse_quantity(raw) or 0, []
    for limits in (stored.obj() for stored in store.all(LIMITS, meta["namespace"])):
        for item in limits.get("spec", {}).get("limits") or ():
            if item.get("type") != "PersistentVolumeClaim":
                continue
            least, most = (item.get(word, {}).get("storage") for word in ("min", "max"))
            if least is not None and size < (parse_quantity(least) or 0):
                texts.append(f"minimum storage usage per PersistentVolumeClaim is {least}, but request is {raw}")
            if most is not None and size > (parse_quantity(most) or 0):
                texts.append(f"maximum storage usage per PersistentVolumeClaim is {most}, but request is {raw}")
    if texts:
        why = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
        raise forbidden(CLAIMS, meta["name"], why)


def check_quotas(store: KubeStore, resource: Resource, obj: Obj, old: Obj | None = None) -> None:
    """Whether the quotas of the namespace leave room for a new object or a grown claim. Raises ApiError (403)."""
    namespace = obj["metadata"].get("namespace", "")
    if not namespace or resource is QUOTAS or resource.plural not in _COUNTED:
        return
    wanted = usage(resource, obj)
    for name, size in (usage(resource, old) if old else {}).items():
        wanted[name] = wanted.get(name, 0) - size
    for quota in (stored.obj() for stored in store.all(QUOTAS, namespace)):
        hard = quota.get("spec", {}).get("hard") or {}
        used = used_of(store, namespace, hard)
        over = [name for name in sorted(hard) if _exceeds(wanted.get(name, 0), used[name], hard[name])]
        if over:
            asked = ",".join(f"{name}={quantity(wanted[name])}" for name in over)
            have = ",".join(f"{name}={quantity(used[name])}" for name in over)
            most = ",".join(f"{name}={hard[name]}" for name in over)
            why = f"exceeded quota: {quota['metadata']['name']}, requested: {asked}, used: {have}, limited: {most}"
            raise forbidden(resource, obj["metadata"]["name"], why)


def _exceeds(wanted: int, used: int, hard: object) -> bool:
    return wanted > 0 and used + wanted > (parse_quantity(hard) or 0)


def used_of(store: KubeStore, namespace: str, hard: Obj) -> dict[str, int]:
    """How much of each limited thing a namespace uses."""
    used = dict.fromkeys(hard, 0)
    plurals = {plural for plural in _COUNTED for name in hard if plural in name}
    if any("requests.storage" in name for name in hard):
        plurals.add(CLAIMS.plural)
    for plural in plurals:
        resource = BY_PLURAL[plural]
        for stored in store.all(resource, namespace):
            for name, size in usage(resource, stored.obj()).items():
                if name in used:
                    used[name] += size
    return used


def usage(resource: Resource, obj: Obj) -> dict[str, int]:
    """What one object counts for, by the names that quotas use."""
    found = {resource.plural: 1, f"count/{resource.qualified}": 1}
    if resource is CLAIMS:
        size = parse_quantity(obj["spec"]["resources"]["requests"].get("storage")) or 0
        found["requests.storage"] = size
        name = _class(obj)
        if name:
            found[f"{name}{_CLASS}requests.storage"] = size
            found[f"{name}{_CLASS}persistentvolumeclaims"] = 1
    return found


def _class(obj: Obj) -> str:
    annotations = obj["metadata"].get("annotations") or {}
    legacy = annotations.get("volume.beta.kubernetes.io/storage-class")
    return str(legacy if legacy is not None else obj["spec"].get("storageClassName") or "")
